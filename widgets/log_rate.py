"""How many lines a second come, smoothed. Pure: the time is given."""

from __future__ import annotations

from math import exp
from typing import Final

_MEMORY: Final = 1.5
"""Seconds after which what came counts for a third."""


class Rate:
    """Lines a second, the latest counting most."""

    def __init__(self) -> None:
        self._rate, self._at = 0.0, 0.0

    def add(self, count: int, now: float) -> None:
        """So many lines came since the last time."""
        self._rate, self._at = self.at(now) + count / _MEMORY, now

    def at(self, now: float) -> float:
        """The rate as of now."""
        rate = self._rate * exp(-max(0.0, now - self._at) / _MEMORY)
        return rate if rate >= 0.5 else 0.0
