"""What listens on the ports of pods: small HTTP servers.

Owns which ports there are and what their pages say. Must not know how a connection gets there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from zlib import crc32

import msgspec

from tui.demo.kube.programs import Line

Body = dict[str, Any]
Page = Callable[[str, bytes, float], "tuple[str, bytes] | None"]
"""Media type and body for a path, what was sent, and a moment; None for 404."""

BOARD: Final = 6006
"""Where the first worker of a running job shows its curves."""
_LARGE: Final = 4 << 20
_MOST: Final = 1 << 20
"""Bytes of a request that are read at most."""


def page_of(pod: Body, port: int) -> Page | None:
    """Who answers on a port; None when nobody does."""
    marks = pod["metadata"].get("labels") or {}
    if port == BOARD and marks.get("volcano.sh/task-index") == "0":
        return _board(marks.get("ml.azure.com/run-id", ""))
    spoken = any(
        each.get("containerPort") == port
        for container in pod["spec"].get("containers", ()) for each in container.get("ports") or ()
    )  # fmt: skip
    return _metrics(pod["metadata"]["name"]) if spoken else None


def _board(run: str) -> Page:
    def page(path: str, sent: bytes, now: float) -> tuple[str, bytes] | None:
        if path == "/":
            said = f"<!doctype html><title>{run}</title><h1>Scalars of {run}</h1><p><a href=/data/scalars>loss</a>\n"
            return "text/html", said.encode()
        if path == "/data/scalars":
            points = [[step, round(2.4 / (1 + step / 400) + _noise(run, step), 4)] for step in range(0, 2000, 50)]
            return "application/json", msgspec.json.encode({"run": run, "wall_time": now, "loss": points})
        if path == "/data/echo":
            return "application/octet-stream", sent
        if path == "/data/large":
            return "application/octet-stream", bytes(range(256)) * (_LARGE // 256)
        return None

    return page


def _noise(run: str, step: int) -> float:
    return (crc32(f"{run}/{step}".encode()) & 0xFF) / 2560


def _metrics(name: str) -> Page:
    def page(path: str, sent: bytes, now: float) -> tuple[str, bytes] | None:
        del sent
        if path in ("/healthz", "/readyz", "/"):
            return "text/plain", b"ok\n"
        if path != "/metrics":
            return None
        lines = (
            "# HELP process_start_time_seconds Start time of the process since unix epoch in seconds.",
            "# TYPE process_start_time_seconds gauge",
            f"process_start_time_seconds {int(now) - int(now) % 86400}",
            "# HELP reconcile_total Reconciliations.",
            "# TYPE reconcile_total counter",
            f'reconcile_total{{pod="{name}"}} {int(now) % 1_000_000}',
        )
        return "text/plain; version=0.0.4", "".join(f"{line}\n" for line in lines).encode()

    return page


async def serve(page: Page, line: Line, clock: Callable[[], float]) -> None:
    """Answer the requests of a connection, until either side ends it."""
    kept = b""
    while True:
        while b"\r\n\r\n" not in kept:
            piece = await line.read()
            if not piece or len(kept) > _MOST:
                return
            kept += piece
        head, _, kept = kept.partition(b"\r\n\r\n")
        request, fields = _parsed(head)
        length = int(fields.get("content-length", "0"))
        while len(kept) < length:
            piece = await line.read()
            if not piece or length > _MOST:
                return
            kept += piece
        sent, kept = kept[:length], kept[length:]
        stays = fields.get("connection", "").lower() != "close" and request[-1:] == ["HTTP/1.1"]
        await line.write(_answer(page, request, sent, clock(), stays=stays))
        if not stays:
            return


def _parsed(head: bytes) -> tuple[list[str], Mapping[str, str]]:
    first, *rest = head.decode("latin-1").split("\r\n")
    pairs = (field.partition(":") for field in rest)
    return first.split(), {name.strip().lower(): value.strip() for name, _, value in pairs}


def _answer(page: Page, request: list[str], sent: bytes, now: float, *, stays: bool) -> bytes:
    path = request[1].partition("?")[0] if len(request) > 1 else ""
    found = page(path, sent, now)
    status = "200 OK" if found else "404 Not Found"
    media, body = found or ("text/plain", b"not found\n")
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\nContent-Length: {len(body)}\r\n"
    head += f"Connection: {'keep-alive' if stays else 'close'}\r\n\r\n"
    return head.encode() + (b"" if request[:1] == ["HEAD"] else body)
