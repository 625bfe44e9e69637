"""What both ways of forwarding a port have in common: bytes that come in, and what is said of a closed port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any


class Incoming:
    """What one side of a connection has sent; the other may read it later."""

    def __init__(self) -> None:
        self._pieces: asyncio.Queue[bytes] = asyncio.Queue()
        self._over = False

    def put(self, data: bytes) -> None:
        """More of it; empty for its end."""
        self._pieces.put_nowait(data)

    async def read(self) -> bytes:
        """The next piece; empty at the end, and for ever after it."""
        if self._over:
            return b""
        piece = await self._pieces.get()
        self._over = not piece
        return piece


def failure(pod: dict[str, Any], port: int, why: str) -> str:
    """What the kubelet says of a port that cannot be reached; containerd knows pods by their sandboxes."""
    sandbox = (str(pod["metadata"]["uid"]).replace("-", "") * 2)[:64]
    return f"error forwarding port {port} to pod {sandbox}, uid : {why}"


@asynccontextmanager
async def ended_with(work: Any) -> AsyncIterator[asyncio.Task[Any]]:
    """Something that goes on beside a block, and is over after it. Raises what it raised, but for lost connections."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, ConnectionError):
            await task
