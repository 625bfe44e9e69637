"""The body of an open answer, piece by piece, its failures as values."""

from __future__ import annotations

import socket
from collections.abc import AsyncGenerator
from typing import Any, Final

from tui.client import failure
from tui.core.errors import Problem

_KEEPALIVE: Final = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))
"""A peer that is gone without a word is noticed after a minute, not after the two hours of the system's default."""


async def chunks(response: Any, url: str) -> AsyncGenerator[bytes | Problem, None]:
    """Bytes as they come; a Problem is the last thing it gives when the stream breaks."""
    import aiohttp

    parts = response.content.iter_any().__aiter__()
    while True:
        try:
            part = await anext(parts, None)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            yield failure.of_exception(error, url)
            return
        if part is None:
            return
        yield part


async def whole(response: Any, url: str) -> bytes | Problem:
    """All of the body."""
    import aiohttp

    try:
        body: bytes = await response.read()
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        return failure.of_exception(error, url)
    return body


def keep_alive(response: Any) -> None:
    """Probe the peer of a long quiet stream."""
    transport = response.connection.transport if response.connection is not None else None
    sock = transport.get_extra_info("socket") if transport is not None else None
    if sock is None:
        return
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE:
        option = getattr(socket, name, None)
        if option is not None:
            sock.setsockopt(socket.IPPROTO_TCP, option, value)
