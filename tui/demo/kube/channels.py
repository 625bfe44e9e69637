"""Byte channels over one WebSocket, as exec and port-forward have them: the first byte of a message is its channel.

Owns the subprotocols v4.channel.k8s.io and v5.channel.k8s.io (which has a message for the end of a channel). Must not
know what the channels are for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from aiohttp import WSCloseCode, WSMsgType, web

from tui.demo.kube.context import Context

V4: Final = "v4.channel.k8s.io"
V5: Final = "v5.channel.k8s.io"
STDIN: Final = 0
STDOUT: Final = 1
STDERR: Final = 2
ERROR: Final = 3
RESIZE: Final = 4
_CLOSE: Final = 255
_LARGEST: Final = 32 * 1024
"""Bytes of one message."""
_CUT: Final = 12
"""Messages after which the fault `drop` cuts a connection."""
_LEAVES: Final = 2.0
"""Seconds that the other side has to say goodbye."""


def wanted(request: web.Request) -> bool:
    """The request asks for a WebSocket."""
    return request.headers.get("Upgrade", "").lower() == "websocket"


def offered(request: web.Request) -> list[str]:
    """The subprotocols that the client speaks, the one it likes best first."""
    given = ",".join(request.headers.getall("Sec-WebSocket-Protocol", []))
    return [name for part in given.split(",") if (name := part.strip())]


def spoken(request: web.Request, known: Sequence[str]) -> str:
    """The first of some known subprotocols that a client speaks; empty for none."""
    theirs = offered(request)
    return next((name for name in known if name in theirs), "")


def unfit(request: web.Request) -> web.Response:
    """The answer to a handshake that cannot be one."""
    if request.method != "GET":
        return web.Response(text="bad method", status=405)
    return web.Response(status=403)


class Channels:
    """One open connection. Ends with ConnectionError where the other side is gone."""

    def __init__(self, context: Context, protocols: Sequence[str]) -> None:
        self._context = context
        self.socket = web.WebSocketResponse(protocols=protocols, timeout=_LEAVES, max_msg_size=1 << 20, compress=False)
        self._sent = 0

    async def open(self) -> None:
        """Shake hands."""
        await self.socket.prepare(self._context.request)

    @property
    def closes_channels(self) -> bool:
        """The end of a channel can be told."""
        return self.socket.ws_protocol == V5

    async def receive(self) -> tuple[int, bytes] | None:
        """Channel and data of the next message; None when the connection ends. Empty data: the channel ends."""
        while True:
            message = await self.socket.receive()
            if message.type not in (WSMsgType.BINARY, WSMsgType.TEXT):
                return None
            data = message.data.encode() if isinstance(message.data, str) else bytes(message.data)
            if len(data) > 1 and data[0] == _CLOSE and self.closes_channels:
                return data[1], b""
            if len(data) > 1:
                return data[0], data[1:]

    async def send(self, channel: int, data: bytes) -> None:
        """Send data on a channel, in pieces that are not too large."""
        for start in range(0, len(data), _LARGEST):
            await self._send(bytes((channel,)) + data[start : start + _LARGEST])

    async def send_whole(self, data: bytes) -> None:
        """Send what has no channel."""
        await self._send(data)

    async def greet(self, channel: int) -> None:
        """Tell that a channel is there."""
        await self.socket.send_bytes(bytes((channel,)))

    async def _send(self, message: bytes) -> None:
        if self._context.fault == "drop" and self._sent >= _CUT:
            self.abort()
            raise ConnectionResetError("cut")
        self._sent += 1
        await self.socket.send_bytes(message)

    def abort(self) -> None:
        """End without a word."""
        transport = self._context.request.transport
        if transport is not None:
            transport.abort()

    async def close(self) -> None:
        """Say goodbye."""
        try:
            async with asyncio.timeout(_LEAVES):
                await self.socket.close(code=WSCloseCode.OK)
        except (TimeoutError, ConnectionError):
            self.abort()
