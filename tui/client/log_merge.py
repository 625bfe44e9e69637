"""Lines of several logs in the order of their timestamps; what happened to a log keeps its place among its lines.

Owns what is held back and for how long. Nothing is lost and the lines of one log keep their order; a line that comes
later than the patience lasts is given at once, out of turn. Pure: reads no network and no clock.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from tui.client.log_events import LogEvent
from tui.client.log_pace import is_history
from tui.client.log_seen import stamp_of

_KEY: Final = 30
"""Bytes of a timestamp in UTC with nine digits, as kubelets write them."""
_AT_ONCE: Final = 20_000
"""About so many lines are sorted in one go: what shows them has keys to answer in between."""


class Batch(Struct, frozen=True):
    """Whole lines, and for each the number of its source in a byte; no bytes: all are of source 0."""

    data: bytes
    sources: bytes = b""


class Said(Struct, frozen=True):
    """What happened to one log."""

    source: int
    event: LogEvent


class _Held:
    """What is held of one log."""

    def __init__(self, asked: float, *, loads: bool) -> None:
        self.lines: list[bytes] = []
        self.keys: list[bytes] = []
        """Their timestamps, none lower than the one before: the order of a log's own lines is never changed."""
        self.marks: deque[tuple[int, bytes, LogEvent]] = deque()
        """What happened: after how many of its lines, and after which timestamp."""
        self.size = self.given = 0
        self.newest = b""
        self.loads = loads
        """It gives what was written before it was asked for: others wait for it."""
        self.seen = (asked, b"")
        """When its pace was looked at, and the newest timestamp then."""

    @property
    def place(self) -> int:
        """How many lines have come of it."""
        return self.given + len(self.lines)

    def take(self, until: bytes | None) -> tuple[list[bytes], list[bytes]]:
        """Its lines up to a timestamp (None: all) and up to the first thing that happened."""
        count = len(self.lines) if until is None else bisect_right(self.keys, until)
        if self.marks:
            count = min(count, self.marks[0][0] - self.given)
        lines, keys = self.lines[:count], self.keys[:count]
        del self.lines[:count], self.keys[:count]
        self.given += count
        self.size -= sum(map(len, lines)) + count
        return lines, keys


class Merge:
    """What was put in and not yet taken. With one log alone everything passes through as it is."""

    def __init__(self, hold: float, settle: float) -> None:
        """`hold`: seconds a line waits for others; `settle`: seconds that the first line of a log is waited for."""
        self._hold, self._settle = hold, settle
        self._of: dict[int, _Held] = {}
        self._open: set[int] = set()
        self._alone: list[Batch | Said] = []
        self._alone_size = 0
        self._arrivals: deque[tuple[float, bytes]] = deque()
        self._aged = b""
        """The newest timestamp of what came `hold` ago: older lines were waited for long enough."""
        self._settled = False

    @property
    def is_alone(self) -> bool:
        """There is one log only."""
        return len(self._of) == 1

    def begin(self, source: int, now: float) -> None:
        """A log is asked for. Those that are there from the start wait for each other until all have caught up."""
        self._of[source] = _Held(now, loads=not self._settled)
        self._open.add(source)

    def end(self, source: int) -> None:
        """No more comes of it."""
        self._open.discard(source)

    def size(self, source: int) -> int:
        """Bytes that are held of a log."""
        return self._of[source].size + self._alone_size

    def lines(self, source: int, data: bytes, now: float) -> None:
        """Whole lines of one log came."""
        held = self._of[source]
        if self.is_alone:
            self._alone.append(Batch(data))
            self._alone_size += len(data)
            held.newest = max(held.newest, _key(data, data.rfind(b"\n", 0, -1) + 1))
            return
        lines = data.split(b"\n")
        lines.pop()
        held.lines += lines
        held.keys += _keys(lines, held.newest)
        held.size += len(data)
        held.newest = held.keys[-1]
        if not held.seen[1]:
            held.seen = (now, held.newest)
        self._arrivals.append((now, held.newest))

    def event(self, source: int, event: LogEvent, now: float) -> None:
        """Something happened to one log, after the lines it gave until now. It is waited for no more."""
        held = self._of[source]
        held.loads = False
        if self.is_alone:
            self._alone.append(Said(source, event))
            return
        held.marks.append((held.place, held.newest, event))
        self._arrivals.append((now, held.newest))

    def due(self, now: float) -> float | None:
        """Seconds until it is to be looked at, though nothing comes; None: nothing is held."""
        if self._alone:
            return 0.0
        if not any(held.lines or held.marks for held in self._of.values()):
            return self._hold if any(self._of[source].loads for source in self._open) else None
        if not self._arrivals:
            return self._hold / 2  # all is old enough: a log that gives its past is waited for
        return max(0.0, min(self._arrivals[0][0] + self._hold - now, self._hold / 2))

    def take(self, now: float) -> list[Batch | Said]:
        """What has waited long enough, or about 20,000 lines of it: empty when there is no more."""
        found, self._alone, self._alone_size = self._alone, [], 0
        until = self._until(now)
        for held in self._of.values():
            if len(held.keys) > (most := _AT_ONCE // len(self._of) + 100):
                until = held.keys[most] if until is None else min(until, held.keys[most])
        while (mark := self._mark(until)) is not None:
            source, key = mark
            found += self._sorted(key)
            found.append(Said(source, self._of[source].marks.popleft()[2]))
        found += self._sorted(until)
        self._settled = self._settled or not any(self._of[source].loads for source in self._open)
        return found

    def _until(self, now: float) -> bytes | None:
        """The greatest timestamp before which nothing is expected any more; None: nothing is expected at all."""
        while self._arrivals and self._arrivals[0][0] <= now - self._hold:
            self._aged = max(self._aged, self._arrivals.popleft()[1])
        for source in self._open:
            self._look(self._of[source], now)
        logs = [self._of[source] for source in self._open]
        return min((held.newest if held.loads else max(held.newest, self._aged) for held in logs), default=None)

    def _look(self, held: _Held, now: float) -> None:
        """Whether it still gives its past."""
        at, newest = held.seen
        if not held.loads or now - at < (self._hold if held.newest else self._settle):
            return
        held.loads = bool(held.newest) and is_history(newest, held.newest, now - at)
        held.seen = (now, held.newest)

    def _mark(self, until: bytes | None) -> tuple[int, bytes] | None:
        """Where the first thing happened among what is to be given: its source and its place in time."""
        marks = ((held.marks[0][1], source) for source, held in self._of.items() if held.marks)
        key, source = min(marks, default=(b"", -1))
        return None if source < 0 or (until is not None and key > until) else (source, key)

    def _sorted(self, until: bytes | None) -> Iterator[Batch]:
        """The lines up to a timestamp, in order. Of equal ones those of the first source are first."""
        taken = [(source, *held.take(until)) for source, held in self._of.items() if held.lines]
        taken = [each for each in taken if each[1]]
        if len(taken) == 1:
            source, lines, _keys = taken[0]
            yield Batch(_joined(lines), bytes([source]) * len(lines))
        elif taken:
            lines = [line for _source, some, _keys in taken for line in some]
            keys = [key for _source, _lines, some in taken for key in some]
            sources = b"".join(bytes([source]) * len(some) for source, some, _keys in taken)
            order = sorted(range(len(keys)), key=keys.__getitem__)
            yield Batch(_joined(map(lines.__getitem__, order)), bytes(map(sources.__getitem__, order)))


def _joined(lines: list[bytes] | Iterator[bytes]) -> bytes:
    return b"\n".join(lines) + b"\n"


def _key(line: bytes, start: int = 0) -> bytes:
    stamp = stamp_of(line, start)
    return stamp + b"Z" if stamp else b""


def _keys(lines: list[bytes], newest: bytes) -> list[bytes]:
    """What each line is placed by: its timestamp, at least that of the line before it."""
    keys, count = [line[:_KEY] for line in lines], len(lines)
    heads = b"".join(keys)
    if not (
        len(heads) == _KEY * count
        and heads[_KEY - 1 :: _KEY] == b"Z" * count
        and heads[19::_KEY] == b"." * count
        and heads[10::_KEY] == b"T" * count
    ):
        keys = [_key(line) for line in lines]  # another zone, fewer digits, or no timestamp
    if keys != sorted(keys):
        top = newest
        for number, key in enumerate(keys):
            keys[number] = top = max(top, key)
    elif keys[0] < newest:
        place = bisect_right(keys, newest)
        keys[:place] = [newest] * place
    return keys
