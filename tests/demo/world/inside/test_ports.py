"""What listens on the ports of the demo's pods."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo.world.inside.bench import Bench
from tui.demo.kube.programs import Unreachable


class Line:
    """One connection in memory."""

    def __init__(self, *given: bytes) -> None:
        self._given, self.said = list(given), b""

    async def read(self) -> bytes:
        return self._given.pop(0) if self._given else b""

    async def write(self, data: bytes) -> None:
        self.said += data


def board() -> Bench:
    bench = Bench(ports=[{"containerPort": 8080}])
    bench.pod["metadata"]["labels"] = {"volcano.sh/task-index": "0", "ml.azure.com/run-id": "run-1"}
    return bench


async def asked(bench: Bench, port: int, *given: bytes) -> bytes:
    line = Line(*given)
    bench.containers.listens(bench.pod, port)
    await bench.containers.answer(bench.pod, port, line)
    return line.said


@pytest.mark.parametrize(
    ("port", "path", "status", "part"),
    [(6006, "/", b"200 OK", b"Scalars of run-1"), (6006, "/data/scalars?x=1", b"200 OK", b'"loss":[['),
     (6006, "/nothing", b"404 Not Found", b"not found"), (8080, "/metrics", b"200 OK", b'reconcile_total{pod="p"}'),
     (8080, "/healthz", b"200 OK", b"ok")],
)  # fmt: skip
async def test_pages(port: int, path: str, status: bytes, part: bytes) -> None:
    said = await asked(board(), port, f"GET {path} HTTP/1.0\r\nHost: x\r\n\r\n".encode())
    assert said.startswith(b"HTTP/1.1 " + status)
    assert part in said


async def test_requests_come_in_any_pieces_and_many_on_one_connection() -> None:
    body = bytes(range(256))
    post = b"POST /data/echo HTTP/1.1\r\nContent-Length: 256\r\n\r\n" + body
    wire = post + b"HEAD /data/large HTTP/1.1\r\n\r\n" + post
    said = await asked(board(), 6006, *(wire[start : start + 7] for start in range(0, len(wire), 7)))
    assert said.count(b"HTTP/1.1 200 OK") == 3
    assert said.count(body) == 2
    assert len(said) < 2000, "HEAD has no body"


@pytest.mark.parametrize(("port", "more"), [(6007, {}), (6006, {"labels": {"volcano.sh/task-index": "1"}})])
async def test_closed_ports(port: int, more: dict[str, Any]) -> None:
    bench = board()
    bench.pod["metadata"] |= more
    with pytest.raises(Unreachable, match="connection refused"):
        bench.containers.listens(bench.pod, port)
