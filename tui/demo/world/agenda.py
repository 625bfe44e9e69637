"""What is to happen when: steps in the order of their times, whatever steps time is advanced in.

Owns the order. Must not know what the steps do.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

Step = Callable[[float], None]
"""Called with the time it was due at, which may be earlier than now."""


class Agenda:
    """Steps that are due at a time. A step may add others, also for earlier than now."""

    def __init__(self) -> None:
        self._steps: list[tuple[float, int, Step]] = []
        self._numbers = count()
        self.now = 0.0
        """When the step that is taken was due."""

    def at(self, due: float, step: Step) -> None:
        """Do this then."""
        heappush(self._steps, (due, next(self._numbers), step))

    def play(self, now: float) -> None:
        """Do everything that is due, in order."""
        while self._steps and self._steps[0][0] <= now:
            due, _number, step = heappop(self._steps)
            self.now = due
            step(due)
