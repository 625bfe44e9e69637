"""GET of a pod's portforward: connections to its ports as channels of a WebSocket.

Owns the parameters of PodPortForwardOptions, and the two channels of a port: data, and what went wrong. What listens
there is behind `programs`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

from aiohttp import web

from tui.demo.kube import channels, tunnel
from tui.demo.kube.channels import Channels
from tui.demo.kube.context import Context
from tui.demo.kube.exec import gone, placed
from tui.demo.kube.incoming import Incoming, ended_with, failure
from tui.demo.kube.programs import Unreachable
from tui.demo.kube.status import StatusError

_HIGHEST: Final = 65535


async def forward(context: Context) -> web.StreamResponse:
    """Serve connections to ports. Raises StatusError for a pod that has none."""
    pod = placed(context)
    if not channels.wanted(context.request):
        raise StatusError(400, "Upgrade request required")
    if tunnel.PROTOCOL in channels.offered(context.request):
        _asked(context)
        return await tunnel.tunnel(context, pod)
    if pod.get("status", {}).get("phase") != "Running":
        return web.Response(text=f'pod not found ("{context.name}_{context.namespace}")\n', status=500)
    try:
        ports = _ports(context)
    except ValueError as error:
        return web.Response(text=f"{error}\n", status=400)
    if context.request.method != "GET" or channels.V4 not in channels.offered(context.request):
        return channels.unfit(context.request)
    opened = Channels(context, [channels.V4])
    await opened.open()
    await _Session(context, pod, opened, ports).run()
    return opened.socket


def _ports(context: Context) -> list[int]:
    """What is asked for. Raises StatusError where the API server refuses it, ValueError where the kubelet does."""
    found = _asked(context)
    if not found:
        raise ValueError('query parameter "port" is required')
    if 0 in found:
        raise ValueError('port "0" must be > 0')
    return found


def _asked(context: Context) -> list[int]:
    return [_port(part) for text in context.request.query.getall("ports", []) for part in text.split(",")]


def _port(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= number <= _HIGHEST:
        why = "invalid syntax" if number < 0 else "value out of range"
        raise StatusError(400, f'cannot convert to []int32: strconv.ParseUint: parsing "{text}": {why}')
    return number


class _Line:
    """One port as who listens has it."""

    def __init__(self, opened: Channels, number: int, port: int) -> None:
        self._opened, self.data, self.errors, self.port = opened, 2 * number, 2 * number + 1, port
        self.incoming = Incoming()

    async def open(self) -> None:
        """Tell which port the channels are for."""
        for channel in (self.data, self.errors):
            await self._opened.send(channel, self.port.to_bytes(2, "little"))

    async def read(self) -> bytes:
        """What the client said."""
        return await self.incoming.read()

    async def write(self, data: bytes) -> None:
        """Answer."""
        await self._opened.send(self.data, data)

    async def fail(self, why: str) -> None:
        """Tell what went wrong."""
        await self._opened.send(self.errors, why.encode())


class _Session:
    """The connections of one WebSocket; it ends when all have ended, or with the pod."""

    def __init__(self, context: Context, pod: dict[str, Any], opened: Channels, ports: list[int]) -> None:
        self._context, self._pod, self._opened = context, pod, opened
        self._lines = [_Line(opened, number, port) for number, port in enumerate(ports)]

    async def run(self) -> None:
        """Run to the end."""
        async with ended_with(gone(self._context, self._pod)) as ends, ended_with(self._listen()) as left:
            for line in self._lines:
                await line.open()
            async with ended_with(self._answer()) as answered:
                await asyncio.wait((ends, left, answered), return_when=asyncio.FIRST_COMPLETED)
        await self._opened.close()

    async def _answer(self) -> None:
        await asyncio.gather(*(self._connected(line) for line in self._lines))

    async def _connected(self, line: _Line) -> None:
        programs = self._context.cluster.programs
        try:
            programs.listens(self._pod, line.port)
        except Unreachable as why:
            await line.fail(failure(self._pod, line.port, str(why)))
            return
        await programs.answer(self._pod, line.port, line)

    async def _listen(self) -> None:
        by_channel: dict[int, Callable[[bytes], None]] = {line.data: line.incoming.put for line in self._lines}
        while (came := await self._opened.receive()) is not None:
            channel, data = came
            if channel in by_channel:
                by_channel[channel](data)
