"""Port-forward as kubectl has it: any number of connections over one WebSocket, each a pair of SPDY streams.

Owns which streams belong together. What listens on a port is behind `programs`.
"""

from __future__ import annotations

import asyncio
import struct
import zlib
from contextlib import suppress
from typing import Any, Final

from aiohttp import WSMsgType, web

from tui.demo.kube.channels import Channels
from tui.demo.kube.context import Context
from tui.demo.kube.exec import gone
from tui.demo.kube.incoming import Incoming, ended_with, failure
from tui.demo.kube.programs import Unreachable
from tui.demo.kube.spdy import Away, Data, Frame, Open, Ping, Reader, Reset, Writer

PROTOCOL: Final = "SPDY/3.1+portforward.k8s.io"
_PIECE: Final = 32 * 1024


async def tunnel(context: Context, pod: dict[str, Any]) -> web.StreamResponse:
    """Serve connections until the client goes."""
    opened = Channels(context, [PROTOCOL])
    await opened.open()
    await _Tunnel(context, pod, opened).run()
    return opened.socket


class _Line:
    """One connection: its data stream, and the one for what goes wrong."""

    def __init__(self, tunnel: _Tunnel, port: int, errors: int) -> None:
        self._tunnel, self.port, self.errors, self.data = tunnel, port, errors, 0
        self.incoming = Incoming()

    async def read(self) -> bytes:
        """What the client said."""
        return await self.incoming.read()

    async def write(self, data: bytes) -> None:
        """Answer."""
        for start in range(0, len(data), _PIECE):
            await self._tunnel.send(Writer.data(self.data, data[start : start + _PIECE]))


class _Tunnel:
    def __init__(self, context: Context, pod: dict[str, Any], opened: Channels) -> None:
        self._context, self._pod, self._opened = context, pod, opened
        self._reader, self._writer = Reader(), Writer()
        self._by_request: dict[str, _Line] = {}
        self._by_stream: dict[int, _Line] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Run to the end."""
        try:
            async with ended_with(gone(self._context, self._pod)) as ends, ended_with(self._listen()) as left:
                await asyncio.wait((ends, left), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._opened.close()

    async def send(self, frame: bytes) -> None:
        """A frame to the client."""
        await self._opened.send_whole(frame)

    async def _listen(self) -> None:
        with suppress(ValueError, zlib.error, struct.error):
            async for message in self._opened.socket:
                if message.type is not WSMsgType.BINARY:
                    return
                for frame in self._reader.feed(message.data):
                    if isinstance(frame, Away):
                        return
                    await self._take(frame)

    async def _take(self, frame: Frame) -> None:
        match frame:
            case Open(stream, headers):
                await self._open(stream, headers.get("streamtype", ""), headers)
            case Data(stream, data, final):
                self._hear(stream, data, final=final)
            case Reset(stream):
                self._hear(stream, b"", final=True)
            case Ping(whole):
                await self.send(whole)

    async def _open(self, stream: int, kind: str, headers: Any) -> None:
        await self.send(self._writer.opened(stream))
        request = headers.get("requestid", "")
        if kind == "error":
            self._by_request[request] = _Line(self, int(headers.get("port", "0")), stream)
        elif kind == "data" and request in self._by_request:
            line = self._by_request.pop(request)
            line.data = stream
            self._by_stream[stream] = line
            task = asyncio.create_task(self._connected(line))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _hear(self, stream: int, data: bytes, *, final: bool) -> None:
        line = self._by_stream.get(stream)
        if line is None:
            return
        if data:
            line.incoming.put(data)
        if final:
            line.incoming.put(b"")

    async def _connected(self, line: _Line) -> None:
        programs = self._context.cluster.programs
        with suppress(ConnectionError):
            try:
                programs.listens(self._pod, line.port)
                await programs.answer(self._pod, line.port, line)
            except Unreachable as why:
                await self.send(Writer.data(line.errors, failure(self._pod, line.port, str(why)).encode()))
            await self.send(Writer.data(line.data, b"", final=True))
            await self.send(Writer.data(line.errors, b"", final=True))
        self._by_stream.pop(line.data, None)
