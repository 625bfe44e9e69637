"""Whether a server lives, asked when a stream of it has said nothing for a while.

A server that hangs, or a link that swallows everything, closes nothing: an open watch alone looks well for minutes.
Owns how seldom it is asked, however many streams want to know. Must not know what is asked.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Final

from tui.client.shared import Shared
from tui.core.errors import Problem

GOOD_FOR: Final = 10.0
"""Seconds for which one answer does for all streams; a missing one is asked for anew."""


class Pulse:
    """One server's."""

    def __init__(
        self, ask: Callable[[], Awaitable[Problem | None]], tick: Callable[[], float] = time.monotonic
    ) -> None:
        """`ask` gives a Problem when nobody answers."""
        self._ask, self._tick = ask, tick
        self._felt = float("-inf")
        self._asking: Shared[Problem | None] = Shared()

    async def feel(self) -> Problem | None:
        """None when it lives, or did a moment ago."""
        if self._tick() - self._felt < GOOD_FOR:
            return None
        return await self._asking.get(self._once)

    async def _once(self) -> Problem | None:
        found = await self._ask()
        if found is None:
            self._felt = self._tick()
        return found
