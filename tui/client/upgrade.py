"""A WebSocket to the API server, signed, encrypted and led as every other request is.

Owns the handshake, and its refusal: aiohttp throws away what a server says when it refuses one, and that names the
right that is missing or the container that is not there. Knows nothing of what a socket is for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final

from tui.client.identity import Headers

HEARTBEAT: Final = 20.0
"""Seconds without a byte after which the other side is asked whether it lives; it has half of them to answer."""
_GOODBYE: Final = 0.5
"""Seconds that the end may take."""
_LARGEST: Final = 1 << 22
"""Bytes of one message; servers send 32 KiB."""


class UpgradeRefused(Exception):
    """The answer to a handshake is not the one that was asked for. Inside of the client only: it becomes a Problem."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(status)
        self.status, self.body = status, body


async def refusals(request: Any, handler: Callable[[Any], Awaitable[Any]]) -> Any:
    """A middleware of aiohttp's session: a handshake that is refused keeps what the server said."""
    response = await handler(request)
    if response.status == 101 or request.headers.get("Upgrade") != "websocket":
        return response
    try:
        raise UpgradeRefused(response.status, await response.read())
    finally:
        response.close()


async def connect(
    api: Any, url: str, headers: Headers, protocols: Sequence[str], heartbeat: float | None, connecting: float
) -> Any:
    """An open WebSocket (aiohttp's) on the session of the official ApiClient. Raises as aiohttp does."""
    from aiohttp import ClientWSTimeout
    from multidict import CIMultiDict

    rest = api.rest_client
    if rest.pool_manager is None:
        rest.pool_manager = rest._create_pool_manager()
    configuration = api.configuration
    async with asyncio.timeout(connecting):
        return await rest.pool_manager.ws_connect(
            url, protocols=protocols, headers=CIMultiDict(headers), heartbeat=heartbeat, max_msg_size=_LARGEST,
            timeout=ClientWSTimeout(ws_close=_GOODBYE), proxy=rest.proxy, proxy_headers=rest.proxy_headers,
            server_hostname=configuration.tls_server_name or None,
        )  # fmt: skip


async def leave(socket: Any) -> None:
    """Say goodbye, and hang up on who does not answer: one that is in the middle of a flood never would."""
    try:
        async with asyncio.timeout(_GOODBYE):
            await socket.close()
    except TimeoutError:
        return


def pairs(query: Iterable[tuple[str, Any]]) -> list[tuple[str, str]]:
    """Without what is None, and booleans as the API spells them."""
    return [(name, str(value).lower() if isinstance(value, bool) else str(value)) for name, value in query
            if value is not None]  # fmt: skip
