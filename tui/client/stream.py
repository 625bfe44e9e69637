"""The body of an open answer, piece by piece, its failures as values."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from tui.client import failure
from tui.core.errors import Problem


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
