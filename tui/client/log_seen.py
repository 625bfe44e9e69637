"""Which lines of a log were given already: the rule by which one is resumed without a line lost or twice.

The API can be asked for what came since a second, no finer. So the lines of the last second are kept, and what comes
again is dropped by counting lines per timestamp. Pure: reads no network.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

_SECOND: Final = 19
"""Characters of a timestamp down to its second."""
_DISORDER: Final = b"05"
"""Hundredths of a second by which a line may come after a later one."""
_LATEST: Final = b".95"
"""The rest of a second after which lines may be as early as that."""
_STAMP: Final = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)(?:\.(\d+))?(?:Z|([+-]\d\d:\d\d))")


def stamp_of(line: bytes, start: int = 0) -> bytes:
    """When the line that begins at `start` was written: in UTC, of one length, so that bytes compare as instants do.

    Empty for a line without a timestamp: kubelets put remarks of their own into a stream.
    """
    found = _STAMP.match(line, start)
    if found is None:
        return b""
    minute, second, fraction, offset = found.groups()
    return (_utc(minute, offset) if offset else minute) + second + b"." + (fraction or b"").ljust(9, b"0")


@lru_cache(maxsize=256)
def _utc(minute: bytes, offset: bytes) -> bytes:
    """The minute in UTC. Nodes write their own time, with its distance."""
    hours, minutes = int(offset[1:3]), int(offset[4:6])
    distance = timedelta(hours=hours, minutes=minutes) * (-1 if offset[:1] == b"-" else 1)
    try:
        return (datetime.fromisoformat(minute.decode()) - distance).isoformat()[:16].encode()
    except (ValueError, OverflowError):
        return minute


class Seen:
    """What was given already, as far back as a resume can reach: a little more than the second of the last line."""

    def __init__(self) -> None:
        self.last = b""
        """The newest timestamp."""
        self._first = b""
        self._first_line = b""
        self._remark = b""
        """The last line that had no timestamp."""
        self._floor = b""
        """The second to resume from."""
        self._edge = b""
        """Blocks whose first and last lines are all older hold none of that second."""
        self._blocks: deque[tuple[bytes, bytes]] = deque()
        """Whole lines, with the newest timestamp of the first and the last of them."""

    def add(self, block: bytes) -> None:
        """Whole lines were given."""
        begin, end = stamp_of(block), stamp_of(block, block.rfind(b"\n", 0, -1) + 1)
        if not (begin and end):
            begin, end = self._mixed(block)
        if not self._first and begin:
            self._first, self._first_line = begin, block[: block.find(b"\n")]
        newest = max(begin, end)
        if newest > self.last or (end and _is_set_back(end, self.last)):
            # A clock that was set back is followed: what it says now would never come if more was asked for.
            self.last = newest if newest > self.last else end
            self._floor = _floor(self.last)
            self._edge = _before(self._floor) + _LATEST
        self._blocks.append((newest, block))
        while self._blocks and self._blocks[0][0] < self._edge:
            self._blocks.popleft()

    def _mixed(self, block: bytes) -> tuple[bytes, bytes]:
        """The timestamps of the first line and of the newest, where some have none."""
        lines = _lines(block)
        stamps = [stamp_of(line) for line in lines]
        self._remark = next((line for line, stamp in zip(lines, stamps, strict=True) if not stamp), self._remark)
        return stamps[0], max(stamps)

    @property
    def since(self) -> str:
        """The sinceTime to resume with; empty when there is nothing to resume from."""
        return self._floor.decode() + "Z" if self.last else ""

    def filter(self) -> Callable[[bytes], bytes]:
        """Drops, from the blocks of a resumed stream in turn, the lines that were given."""
        second = self._floor
        counts = Counter(
            stamp for _newest, block in self._blocks for line in _lines(block)
            if (stamp := stamp_of(line))[:_SECOND] >= second
        )  # fmt: skip
        # The newest line may stand before another: only here is it worth a look at every one.
        last = max((stamp for stamp in counts if not _is_set_back(self.last, stamp)), default=self.last)
        all_here, begun, beyond, passed = self._first[:_SECOND] >= second, False, False, False

        def is_new(line: bytes) -> bool:
            nonlocal begun, beyond, passed
            stamp = stamp_of(line)
            if not stamp:
                return passed or line != self._remark
            passed = passed or stamp > last  # what comes after a new line is new
            if passed:
                return True
            if not begun:
                # Before the first line that was given there are only older ones: such as a tail left out, or the end
                # of a long line whose beginning is of another second.
                begun = line == self._first_line or stamp > self._first if all_here else counts[stamp] > 0
            if not begun:
                return False
            beyond = beyond or stamp > self._first
            if counts[stamp] > 0:
                counts[stamp] -= 1
                return False
            # Of the instant in which a tail began, some lines were left out: those before it, which say the same.
            return beyond or stamp != self._first or stamp == last

        def fresh(block: bytes) -> bytes:
            if passed:
                return block
            kept = [line for line in _lines(block) if is_new(line)]
            return b"\n".join(kept) + b"\n" if kept else b""

        return fresh


def _lines(block: bytes) -> list[bytes]:
    """Lines end at line feeds only: a carriage return is a progress bar's."""
    return block.split(b"\n")[:-1]


def _floor(stamp: bytes) -> bytes:
    """The second to resume from after this timestamp: what a container says at once on two ways comes out of order."""
    if stamp[_SECOND + 1 : _SECOND + 3] >= _DISORDER:
        return stamp[:_SECOND]
    return _before(stamp[:_SECOND])


@lru_cache(maxsize=256)
def _before(second: bytes) -> bytes:
    """The second before."""
    try:
        return (datetime.fromisoformat(second.decode()) - timedelta(seconds=1)).isoformat().encode()
    except (ValueError, OverflowError):
        return second


def _is_set_back(stamp: bytes, last: bytes) -> bool:
    """Whether a clock was set: more than the seconds by which lines come out of order."""
    return stamp[:_SECOND] < _before(_before(last[:_SECOND]))
