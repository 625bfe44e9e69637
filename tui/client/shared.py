"""Work that several wait for, done once.

Owns nothing but the turn: must not know what the work is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """Who comes while the work is under way gets its answer; who comes after starts it anew."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._done = 0
        self._answers: list[T] = []

    async def get(self, work: Callable[[], Awaitable[T]]) -> T:
        """The answer of the work under way, else of `work`. A cancelled worker hands its turn to the next who waits."""
        came = self._done
        async with self._turn:
            if self._done == came:
                self._answers = [await work()]
                self._done += 1
            return self._answers[0]
