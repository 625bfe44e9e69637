"""What containers write: logs as pure functions of time.

Owns how lines are laid over time. What the lines say is in `chatter` and `training_log`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from heapq import merge
from math import inf
from zlib import crc32

from tui.demo.kube.logs import LogSource

Line = tuple[float, str]
Write = Callable[[int, float], str]
"""What line number n says, at its time."""


@dataclass(frozen=True, slots=True)
class Told:
    """A log that was written down: lines at their times."""

    lines: tuple[Line, ...]
    ends: float | None = None

    def read(self, after: float, until: float) -> Iterator[Line]:
        """Entries with after < time <= until."""
        times = [at for at, _text in self.lines]
        yield from self.lines[bisect_right(times, after) : bisect_right(times, until)]


@dataclass(frozen=True, slots=True)
class Flow:
    """A log without end: a line about every `every` seconds from `since` on."""

    since: float
    every: float
    write: Write
    ends: float | None = None

    def read(self, after: float, until: float) -> Iterator[Line]:
        """Entries with after < time <= until."""
        until = min(until, inf if self.ends is None else self.ends)
        number = max(0, int((after - self.since) // self.every) - 1)
        while (at := self._at(number)) <= until:
            if at > after:
                yield at, self.write(number, at)
            number += 1

    def _at(self, number: int) -> float:
        """Not quite regular: a line is up to two thirds of its share late."""
        late = (crc32(f"{self.since}/{number}".encode()) & 0xFFFF) / 0x18000
        return self.since + (number + late) * self.every


@dataclass(frozen=True, slots=True)
class Joined:
    """One log after another."""

    parts: tuple[Told | Flow | Only | Merged, ...]
    ends: float | None = None

    def read(self, after: float, until: float) -> Iterator[Line]:
        """Entries with after < time <= until."""
        for part in self.parts:
            yield from part.read(after, until)


@dataclass(frozen=True, slots=True)
class Merged:
    """Several logs that are written at the same time."""

    parts: tuple[Flow, ...]
    ends: float | None = None

    def read(self, after: float, until: float) -> Iterator[Line]:
        """Entries with after < time <= until."""
        return merge(*(part.read(after, until) for part in self.parts), key=lambda line: line[0])


@dataclass(frozen=True, slots=True)
class Only:
    """Some lines of a log."""

    whole: Told | Flow | Joined
    wanted: Callable[[str], bool]

    @property
    def ends(self) -> float | None:
        """As the whole does."""
        return self.whole.ends

    def read(self, after: float, until: float) -> Iterator[Line]:
        """Entries with after < time <= until."""
        return (line for line in self.whole.read(after, until) if self.wanted(line[1]))


Source = Told | Flow | Joined | Merged | Only


@dataclass(frozen=True, slots=True)
class Voice:
    """Which container a log is of, or which file of a pod, and the log of the run before."""

    namespace: str
    pod: str
    container: str
    source: LogSource
    previous: LogSource | None = None


def told(since: float, *lines: tuple[float, str], ends: float | None = None) -> Told:
    """Lines at seconds after a moment."""
    return Told(tuple((since + offset, text) for offset, text in lines), ends)


@lru_cache(maxsize=64)
def cycle(lines: tuple[str, ...], every: int = 1) -> Write:
    """Says some lines over and over; `{n}` in one is its number times `every`."""

    def write(number: int, _at: float) -> str:
        return lines[number % len(lines)].replace("{n}", str(number * every))

    return write
