"""A log that is written faster than anybody reads: ten thousand lines a second, numbered, all of one length.

Owns its lines. They are built in blocks once and only numbered and dated anew, so that a flood costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import floor
from typing import Final
from zlib import crc32

from tui.core.units import rfc3339
from tui.demo.world.logs import Line

RATE: Final = 10_000
"""Lines a second."""
LENGTH: Final = 110
"""Bytes of a line with its end."""
KEPT: Final = 10.0
"""Seconds between two rotations of the log; what was written before the last but one is gone."""
_BLOCK: Final = RATE // 10
"""Lines of a block: a tenth of a second."""
_TICK: Final = 1_000_000 // RATE
"""Microseconds between two lines."""
_DIGITS: Final = 12
_NUMBER: Final = b"#" * (_DIGITS - 3)
_STAMP: Final = b"@" * len("2006-01-02T15:04:05.0")
_LEVELS: Final = {0: "ERROR", 1: "WARN ", 2: "WARN ", 3: "WARN "}
_PIECE: Final = 1 << 20
"""Bytes of the file that are given at once."""


@dataclass(frozen=True, slots=True)
class Flood:
    """The log. Line n is written n ten-thousandths of a second after `since`, which is a whole tenth of a second."""

    since: float
    ends: float | None = None

    def read(self, after: float, until: float) -> Iterator[Line]:
        """Entries with after < time <= until, as far as they are not rotated away."""
        first, last = self._span(after, until)
        for number in range(first, last):
            yield self.since + number / RATE, _line(number)

    def data(self, after: float, until: float, *, stamps: bool) -> Iterator[bytes]:
        """The same as it goes over the wire, in blocks."""
        first, last = self._span(after, until)
        while first < last:
            block, begin = divmod(first, _BLOCK)
            end = min(_BLOCK, last - block * _BLOCK)
            text = _blank(stamps).replace(_NUMBER, b"%0*d" % (_DIGITS - 3, block))
            if stamps:
                text = text.replace(_STAMP, rfc3339(self.since + block / 10 + 0.01, fraction=6)[: len(_STAMP)].encode())
            size = len(text) // _BLOCK
            yield text[begin * size : end * size]
            first = block * _BLOCK + end

    def reach(self, lines: int, until: float) -> float:
        """The moment after which so many lines were written."""
        last = self._count(until)
        return self.since + (max(0, last - lines) - 0.5) / RATE

    def size(self, now: float) -> int:
        """Bytes of all that was written, rotated away or not: a file is not rotated."""
        return self._count(now) * LENGTH

    def piece(self, start: int, now: float) -> bytes:
        """What is in such a file from an offset on, a megabyte at most."""
        first, rest = divmod(start, LENGTH)
        last = min(self._count(now), first + _PIECE // LENGTH)
        return b"".join(b"%s\n" % _line(number).encode() for number in range(first, last))[rest:]

    def _span(self, after: float, until: float) -> tuple[int, int]:
        kept = floor(until / KEPT) * KEPT - KEPT
        return self._count(max(after, kept)), self._count(until)

    def _count(self, until: float) -> int:
        """Lines that were written by a moment."""
        passed = round((until if self.ends is None else min(until, self.ends)) * 1e6) - round(self.since * 1e6)
        return passed // _TICK + 1 if passed >= 0 else 0


@cache
def _blank(stamps: bool) -> bytes:
    """A block whose lines are to be numbered and dated."""
    lines = []
    for place in range(_BLOCK):
        stamp = _STAMP + b"%05d000Z " % (place * _TICK) if stamps else b""
        lines.append(stamp + _NUMBER + b"%03d" % place + _said(place))
    return b"\n".join(lines) + b"\n"


@cache
def _said(place: int) -> bytes:
    noise = crc32(b"%d" % place)
    level = _LEVELS.get(noise % 97, "INFO ")
    loss, speed = 0.2 + (noise & 0xFFF) / 9000, 800 + noise % 199
    said = f" {level} worker {noise % 8} batch {noise % 512:3d} loss {loss:.5f} {speed:4d} samples/s"
    return said.ljust(LENGTH - 1 - _DIGITS, ".").encode()


def _line(number: int) -> str:
    return f"{number:0{_DIGITS}d}{_said(number % _BLOCK).decode()}"
