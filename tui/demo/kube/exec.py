"""GET and POST of a pod's exec: a program in a container, its standard streams as channels of a WebSocket.

Owns the parameters of PodExecOptions, and the Status that tells how a program ended. What there is to run is behind
`programs`.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Final

import msgspec
from aiohttp import web

from tui.demo.kube import channels
from tui.demo.kube.channels import Channels
from tui.demo.kube.cluster import woken
from tui.demo.kube.context import Context
from tui.demo.kube.podlogs import container_of, state_of
from tui.demo.kube.programs import Start, Unstartable
from tui.demo.kube.status import StatusError, not_found

_SPOKEN: Final = (channels.V5, channels.V4)
_COLUMNS, _ROWS = 80, 24
_KILLED: Final = 137
_LOOKS: Final = 0.3
"""Seconds between two looks at whether a container is still there."""


async def execute(context: Context) -> web.StreamResponse:
    """Serve one program. Raises StatusError for a pod or container in which none can be started."""
    pod = placed(context)
    container = container_of(pod, context.query("container"))
    if not channels.wanted(context.request):
        raise StatusError(400, "Upgrade request required")
    spoken = channels.spoken(context.request, _SPOKEN)
    lacks = _lacks(context, pod, container)
    if lacks and spoken != channels.V5:
        # only who speaks v5 has its own connection to the API server; the others have one to the kubelet
        return web.Response(text=f"{lacks[1]}\n", status=lacks[0])
    if context.request.method != "GET" or not spoken:
        return channels.unfit(context.request)
    start = Start(pod, container, tuple(context.request.query.getall("command", [])), context.flag("tty"))
    wire = _Wire(context, Channels(context, [spoken]))
    await wire.open()
    await _Session(context, wire, start).run(lacks[1] if lacks else "")
    return wire.channels.socket


def placed(context: Context) -> dict[str, Any]:
    """The pod, when it is on a node. Raises StatusError (400, 404)."""
    held = context.cluster.objects.held("pods", context.key)
    if held is None:
        raise not_found(context.resource, context.name)
    if not held[0].get("spec", {}).get("nodeName"):
        raise StatusError(400, f"pod {context.name} does not have a host assigned")
    return held[0]


async def gone(context: Context, pod: dict[str, Any], container: str = "") -> None:
    """Ends with the server, with the pod, and with this run of a container if one is named."""
    cluster, uid = context.cluster, pod["metadata"]["uid"]
    state = state_of(pod, container) if container else {}
    with cluster.streams.opened() as wake:
        while not cluster.streams.stopping:
            held = cluster.objects.held("pods", context.key)
            if held is None or held[0]["metadata"]["uid"] != uid:
                return
            if container and state_of(held[0], container) != state:
                return
            await woken(wake, _LOOKS)


def _lacks(context: Context, pod: dict[str, Any], container: str) -> tuple[int, str] | None:
    """Why the kubelet starts nothing: its status and sentence."""
    if not any(context.flag(name) for name in ("stdin", "stdout", "stderr")):
        return 400, "you must specify at least 1 of stdin, stdout, stderr"
    if "running" not in state_of(pod, container):
        return 500, f'container not found ("{container}")'
    return None


class _Wire:
    """A program's streams as channels."""

    def __init__(self, context: Context, opened: Channels) -> None:
        self.channels = opened
        self.columns, self.rows = _COLUMNS, _ROWS
        self._stdin = context.flag("stdin")
        self._stdout = context.flag("stdout")
        self._stderr = context.flag("stderr") and not context.flag("tty")
        self._came: asyncio.Queue[bytes] = asyncio.Queue()
        self._over = not self._stdin

    async def open(self) -> None:
        """Shake hands, and say so on the first channel that can be written to."""
        await self.channels.open()
        first = channels.STDOUT if self._stdout else channels.STDERR if self._stderr else channels.ERROR
        await self.channels.greet(first)

    async def read(self) -> bytes:
        """What came; empty at the end, and for ever after it."""
        if self._over:
            return b""
        data = await self._came.get()
        self._over = not data
        return data

    async def write(self, data: bytes) -> None:
        """Standard output, where it is wanted."""
        if self._stdout:
            await self.channels.send(channels.STDOUT, data)

    async def error(self, data: bytes) -> None:
        """Standard error, where it is wanted."""
        if self._stderr:
            await self.channels.send(channels.STDERR, data)

    async def listen(self) -> None:
        """Take in what the client sends, until it goes."""
        while (came := await self.channels.receive()) is not None:
            channel, data = came
            if channel == channels.STDIN:
                self._came.put_nowait(data)
            elif channel == channels.RESIZE:
                self._resize(data)

    def _resize(self, data: bytes) -> None:
        with suppress(msgspec.DecodeError, KeyError, TypeError, ValueError):
            said = msgspec.json.decode(data)
            self.columns, self.rows = int(said["Width"]), int(said["Height"])


class _Session:
    """One program and its client: whichever ends first ends the other."""

    def __init__(self, context: Context, wire: _Wire, start: Start) -> None:
        self._context, self._wire, self._start = context, wire, start
        self._translated = wire.channels.closes_channels

    async def run(self, lacks: str) -> None:
        """Run to the end; `lacks` is why nothing is started."""
        program = asyncio.create_task(self._program(lacks))
        listener = asyncio.create_task(self._wire.listen())
        stopped = asyncio.create_task(gone(self._context, self._start.pod, self._start.container))
        tasks = (program, listener, stopped)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            killed = stopped.done() and not program.done()
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        if killed and not self._context.cluster.streams.stopping:
            with suppress(ConnectionError):
                await self._tell(_ended(_KILLED, self._said(_KILLED)))
        await self._wire.channels.close()
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, ConnectionError):
                raise result

    async def _program(self, lacks: str) -> None:
        """Run it, and tell how it ended."""
        if lacks:
            status = _internal(f"unable to upgrade connection: {lacks}")
        else:
            status = await self._ending()
        await self._tell(status)

    async def _tell(self, status: dict[str, Any]) -> None:
        await self._wire.channels.send(channels.ERROR, msgspec.json.encode(status))

    async def _ending(self) -> dict[str, Any]:
        try:
            code = await self._context.cluster.programs.run(self._start, self._wire)
        except Unstartable as why:
            said = _internal(f"error executing command in container: {why}")
            return _internal(said["message"]) if self._translated else said
        return _ended(code, self._said(code)) if code else {"metadata": {}, "status": "Success"}

    def _said(self, code: int) -> str:
        """Of an exit code: by the API server where it has a connection of its own, else by the kubelet."""
        if self._translated:
            return f"command terminated with exit code {code}"
        return f"error executing command [{' '.join(self._start.command)}], exit code {code}"


def _ended(code: int, said: str) -> dict[str, Any]:
    return {
        "metadata": {}, "status": "Failure", "reason": "NonZeroExitCode",
        "message": f"command terminated with non-zero exit code: {said}",
        "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]},
    }  # fmt: skip


def _internal(said: str) -> dict[str, Any]:
    return {
        "metadata": {}, "status": "Failure", "reason": "InternalError", "code": 500,
        "message": f"Internal error occurred: {said}", "details": {"causes": [{"message": said}]},
    }  # fmt: skip
