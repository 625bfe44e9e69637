"""The body of an open answer, piece by piece, its failures as values."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Final

from tui.client import failure
from tui.core.errors import Problem

_KEEPALIVE: Final = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))
"""A peer that is gone without a word is noticed after a minute, not after the two hours of the system's default."""


_LOOK: Final = 5.0
"""Seconds after which who waits for bytes looks whether there is still a connection: when the framing of a body breaks,
aiohttp drops the connection and tells nobody who waits."""
_CLOSED: Final = "Connection closed"
QUIET: Final = b""
"""In the place of bytes: none came for a while."""


async def chunks(response: Any, url: str, quiet: float = _LOOK) -> AsyncGenerator[bytes | Problem, None]:
    """Bytes as they come, QUIET each time that none came for `quiet` seconds.

    A Problem is the last thing it gives when the stream breaks.
    """
    import aiohttp

    parts = response.content.iter_any().__aiter__()
    while True:
        waiting = asyncio.timeout(quiet)
        try:
            async with waiting:
                part = await anext(parts, None)
        except TimeoutError as error:
            if not waiting.expired():
                yield failure.of_exception(error, url)
                return
            part = QUIET
        except (aiohttp.ClientError, OSError) as error:
            yield failure.of_exception(error, url)
            return
        except RuntimeError as error:
            yield _closed(error, url)
            return
        if part is None:
            return
        yield part


async def whole(response: Any, url: str) -> bytes | Problem:
    """All of the body."""
    parts: list[bytes] = []
    async with aclosing(chunks(response, url, _LOOK)) as pieces:
        async for piece in pieces:
            if isinstance(piece, Problem):
                return piece
            parts.append(piece)
    return b"".join(parts)


def _closed(error: RuntimeError, url: str) -> Problem:
    """aiohttp's words for a body whose framing broke before its connection did. Raises every other RuntimeError."""
    if not str(error).startswith(_CLOSED):
        raise error
    return Problem("the connection broke in the middle of an answer", failure.host_port(url), code="Broken")


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
