"""Byte channels over one WebSocket, as exec and port-forward have them: the first byte of a message is its channel.

Owns the subprotocols v4.channel.k8s.io and v5.channel.k8s.io, which can also tell that a channel has ended. Knows
nothing of what the channels carry.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from tui.client import failure
from tui.client.upgrade import HEARTBEAT
from tui.core.errors import Problem

if TYPE_CHECKING:
    from tui.client.transport import Transport

V5: Final = "v5.channel.k8s.io"
V4: Final = "v4.channel.k8s.io"
_END: Final = 255
"""The channel, in v5, on which the end of another is told."""
_PIECE: Final = 32 * 1024
"""Bytes a message: what API servers send themselves."""
BROKEN: Final = "Broken"
"""The code of a connection that was there and is no more."""

Message = tuple[int, bytes]


class Channels:
    """One open connection."""

    def __init__(self, socket: Any, where: str) -> None:
        self._socket, self._where = socket, where
        self.ends: bool = socket.protocol == V5
        """The end of a channel can be told."""

    async def receive(self) -> Message | Problem | None:
        """Channel and data of the next message that holds any; None when the other side has said goodbye."""
        from aiohttp import WSMsgType

        while True:
            message = await self._socket.receive()
            if message.type in (WSMsgType.BINARY, WSMsgType.TEXT):
                data = message.data.encode() if isinstance(message.data, str) else bytes(message.data)
                if len(data) > 1:
                    return data[0], data[1:]
            elif message.type is WSMsgType.CLOSE:
                return None if message.data in (1000, 1001) else self._broken(f"code {message.data} {message.extra}")
            else:
                silent = isinstance(self._socket.exception(), TimeoutError)
                return self._broken("the other side is silent" if silent else "")

    async def send(self, channel: int, data: bytes) -> Problem | None:
        """Send data on a channel."""
        for start in range(0, len(data), _PIECE):
            problem = await self._send(bytes((channel,)) + data[start : start + _PIECE])
            if problem is not None:
                return problem
        return None

    async def end(self, channel: int) -> Problem | None:
        """Tell that nothing more comes on a channel, where that can be told."""
        return await self._send(bytes((_END, channel))) if self.ends else None

    async def _send(self, message: bytes) -> Problem | None:
        from aiohttp import ClientError

        if self._socket.closed:
            return self._broken("")
        try:
            await self._socket.send_bytes(message)
        except (ClientError, OSError):
            return self._broken("")
        return None

    def _broken(self, why: str) -> Problem:
        from tui.core.text import clean

        told = f"the connection broke{f': {clean(why)}' if why.strip() else ''}"
        return Problem(told, failure.host_port(self._where), code=BROKEN)


@asynccontextmanager
async def opened(
    kube: Transport, path: str, query: Iterable[tuple[str, Any]], *, protocols: tuple[str, ...] = (V5, V4),
    reads: bool = False, heartbeat: float | None = HEARTBEAT,
) -> AsyncIterator[Channels | Problem]:  # fmt: skip
    """A connection to `path`; it ends with the block. What it can be for in a read-only session: `reads`."""
    async with kube.upgrade(path, query, protocols, reads=reads, heartbeat=heartbeat) as socket:
        if isinstance(socket, Problem):
            yield socket
        elif socket.protocol is None:
            told = f"the server speaks none of {', '.join(protocols)}"
            yield Problem(told, kube.connection.context, "is it older than 1.4, or a gateway that knows no WebSocket?")
        else:
            yield Channels(socket, kube.connection.server)
