"""Time for what waits: it passes by itself, and at once by whatever somebody sleeps.

So a back-off of minutes costs nothing, and a figure still says how long an operator would have waited.
"""

from __future__ import annotations

import asyncio
import time


class Skipping:
    """A monotonic clock whose sleeps are skipped, and counted."""

    def __init__(self) -> None:
        self._skipped = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return time.monotonic() + self._skipped

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._skipped += seconds
        await asyncio.sleep(0)

    async def wait(self, _wake: asyncio.Event, seconds: float) -> None:
        """In the place of a poller's wait."""
        await self.sleep(seconds)


class Plain:
    """The same, in earnest."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def __call__(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(seconds)


Clock = Skipping | Plain


class Wall:
    """A wall clock that somebody sets: `ahead` seconds of the real one."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead
