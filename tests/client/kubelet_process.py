"""A Kubernetes API over TLS with nothing but pods and long logs, in a process of its own: made to be waited for by
nobody. `python -m tests.client.kubelet_process DIRECTORY LINES` says where it is in one JSON line.

The pods: `big` ends after so many lines; `endless-MS-…` sends a piece every so many milliseconds
until the reader leaves.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from aiohttp import http_writer, web

from tui.demo import tls

LINES: Final = 200_000
PIECE: Final = 32
"""Lines of one piece of an endless log."""
_LINE: Final = "step {:>7} loss 0.1846 lr 0.00010 grad 1.92 throughput 573 img/s memory 31.2 GiB epoch 61 of 90 rank 0 "
BODIES: Final = web.AppKey("bodies", tuple)
"""The big log without timestamps, and with them."""
_CHUNK: Final = 1 << 16
_KINDS: Final = {
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
    "/api/v1": {
        "kind": "APIResourceList", "groupVersion": "v1",
        "resources": [
            {"name": "pods", "singularName": "pod", "namespaced": True, "kind": "Pod", "verbs": ["get", "list"]},
            {"name": "pods/log", "singularName": "", "namespaced": True, "kind": "Pod", "verbs": ["get"]},
        ],
    },
}  # fmt: skip


def stamped(number: int, at: float) -> str:
    seconds, nanos = divmod(int(at * 1e9), 10**9)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{nanos:09d}Z {_LINE.format(number)}"


def body(count: int, *, timestamps: bool) -> bytes:
    """The big log."""
    lines = (stamped(number, 1.7e9 + number * 0.01) for number in range(count))
    return "".join(f"{line if timestamps else line[31:]}\n" for line in lines).encode()


async def pod(request: web.Request) -> web.Response:
    name, namespace = request.match_info["name"], request.match_info["namespace"]
    state = {"running": {"startedAt": "2026-01-02T03:04:05Z"}}
    status = {"name": "main", "restartCount": 0, "ready": True, "state": state, "image": "x", "imageID": "x"}
    return web.json_response({
        "kind": "Pod", "apiVersion": "v1", "metadata": {"name": name, "namespace": namespace, "uid": f"uid-{name}"},
        "spec": {"nodeName": "n", "restartPolicy": "Never", "containers": [{"name": "main", "image": "x"}]},
        "status": {"phase": "Running", "containerStatuses": [status]},
    })  # fmt: skip


async def log(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Type": "text/plain"})
    await answer.prepare(request)
    name = request.match_info["name"]
    if name.startswith("endless"):
        with suppress(ConnectionError):
            await _endless(answer, float(name.split("-")[1]) / 1000)
        return answer
    data = memoryview(request.app[BODIES][request.query.get("timestamps") == "true"])
    for at in range(0, len(data), _CHUNK):
        await answer.write(data[at : at + _CHUNK])
    return answer


async def _endless(answer: web.StreamResponse, every: float) -> None:
    """Pieces at a rate; late ones are made up for."""
    number, begun = 0, time.time()
    fixed = "".join(f"{stamped(n, begun)}\n" for n in range(PIECE * 16)).encode() if not every else b""
    while True:
        if not every:
            await answer.write(fixed)
            continue
        now = time.time()
        await answer.write("".join(f"{stamped(number + n, now)}\n" for n in range(PIECE)).encode())
        number += PIECE
        await asyncio.sleep(max(0.0, begun + number / PIECE * every - time.time()))


def app(lines: int) -> web.Application:
    async def known(request: web.Request) -> web.Response:
        return web.json_response(_KINDS[request.path])

    made = web.Application()
    made[BODIES] = (body(lines, timestamps=False), body(lines, timestamps=True))
    made.add_routes([web.get(path, known) for path in _KINDS])
    made.add_routes([
        web.get("/api/v1/namespaces/{namespace}/pods/{name}", pod),
        web.get("/api/v1/namespaces/{namespace}/pods/{name}/log", log),
    ])  # fmt: skip
    return made


async def serve(directory: Path, lines: int) -> None:
    http_writer.SKIP_WRITELINES = True  # one record of TLS a piece, as real servers send it
    certificates = tls.issue(directory)
    runner = web.AppRunner(app(lines), shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls.server_context(certificates)).start()
    url = f"https://127.0.0.1:{runner.addresses[0][1]}"
    config: Any = {
        "apiVersion": "v1", "kind": "Config", "current-context": "big",
        "clusters": [{"name": "big", "cluster": {"server": url, "certificate-authority": str(certificates.ca_path)}}],
        "contexts": [{"name": "big", "context": {"cluster": "big", "user": "big", "namespace": "ns"}}],
        "users": [{"name": "big", "user": {"token": "x"}}],
    }  # fmt: skip
    kubeconfig = directory / "kubeconfig"
    await asyncio.to_thread(kubeconfig.write_text, json.dumps(config))
    print(json.dumps({"url": url, "ca": str(certificates.ca_path), "kubeconfig": str(kubeconfig)}), flush=True)
    await asyncio.to_thread(sys.stdin.read)  # until its maker is gone


@contextmanager
def kubelet_process(directory: Path, lines: int = LINES) -> Iterator[dict[str, str]]:
    """It runs while the block does: its url, ca and kubeconfig."""
    command = [sys.executable, "-m", "tests.client.kubelet_process", str(directory), str(lines)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
