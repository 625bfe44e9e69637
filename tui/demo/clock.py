"""The time of the simulated cloud: it starts somewhere and runs at a speed of its own.

Owns the one formula. Must not know what the time is used for.
"""

from __future__ import annotations

import time
from collections.abc import Callable


class WorldClock:
    """Called, it gives the world's time in seconds since 1970. Speed 0 freezes it."""

    def __init__(self, start: float, began: float, speed: float, real: Callable[[], float] = time.time) -> None:
        self.start, self.began, self.speed = start, began, speed
        self._real = real

    def __call__(self) -> float:
        return self.start + (self._real() - self.began) * self.speed
