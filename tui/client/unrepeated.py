"""Keeps aiohttp from sending a write twice.

By itself it repeats a PUT or a DELETE, once and without a word, when the connection breaks before the answer. A write
that may have been taken is not ours to repeat before somebody looked; nor is what goes on record a half of what is
sent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any


async def unrepeated(request: Any, handler: Callable[[Any], Awaitable[Any]]) -> Any:
    """A middleware of aiohttp's for one request: what breaks is told in an error that it does not repeat upon."""
    import aiohttp

    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise  # nothing was sent, and it is not repeated either
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise aiohttp.ClientConnectionError(str(error) or type(error).__name__) from error
