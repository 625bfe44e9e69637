"""How many requests a subscription has left: an hourly allowance that refills all the time.

Pure arithmetic on the injected clock. Must not know HTTP.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

HOUR: Final = 3600.0
ALLOWED: Final = {"reads": 12_000, "writes": 1_200, "deletes": 15_000}
"""Requests an hour and subscription."""


def sort_of(method: str) -> str:
    """Which allowance a method draws on."""
    return {"GET": "reads", "HEAD": "reads", "DELETE": "deletes"}.get(method, "writes")


class Quota:
    """The allowances of all subscriptions."""

    def __init__(self, clock: Callable[[], float], allowed: dict[str, int] | None = None) -> None:
        self._clock, self._allowed = clock, allowed or ALLOWED
        self._left: dict[tuple[str, str], tuple[float, float]] = {}

    def take(self, subscription: str, sort: str) -> int:
        """Count one request; gives how many are left, -1 when there was none."""
        left = self._now_left(subscription, sort)
        if left < 1:
            return -1
        self._left[subscription.lower(), sort] = (left - 1, self._clock())
        return int(left - 1)

    def wait(self, subscription: str, sort: str) -> int:
        """Whole seconds until there is one again, at least 1."""
        missing = 1 - self._now_left(subscription, sort)
        return max(1, round(missing * HOUR / self._allowed[sort] + 0.5))

    def _now_left(self, subscription: str, sort: str) -> float:
        most = self._allowed[sort]
        left, at = self._left.get((subscription.lower(), sort), (float(most), self._clock()))
        return min(float(most), left + (self._clock() - at) * most / HOUR)
