"""From the pieces of a stream to whole lines.

Owns where a line that is not ended yet is cut: a progress bar writes carriage returns for hours before its line feed.
Where it is cut follows from the bytes of the line alone, never from how they came, so that a line that comes again
after a break is cut at the same places. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui.client.log_seen import stamp_of

WINDOW: Final = 16_384
"""Bytes of a line after which it is cut behind its last carriage return: container runtimes pass on pieces so long."""
LONGEST: Final = 8 << 20
"""Bytes after which a line is cut anyhow: nobody's memory is without end."""


class Cutter:
    """One stream. A line that is cut goes on in the next with the timestamp it began with."""

    def __init__(self) -> None:
        self._open = bytearray()
        """The line that has no end yet, from the last cut on."""
        self._cut = self._looked = 0
        """Offsets in that line: of the last cut, and of what was looked at."""
        self._head = b""

    def feed(self, part: bytes) -> bytes:
        """The whole lines that are complete with this piece; empty when there is none."""
        end = part.rfind(b"\n") + 1
        if not end:
            self._open += part
            return b"".join(self._windows())
        if not self._open and not self._cut:
            whole = _cut(part[:end])
            if end == len(part):
                return whole
            found = [whole]
        else:
            first = part.find(b"\n")
            self._open += part[:first]
            found = [*self._windows(), self.rest(), _cut(part[first + 1 : end])]
        self._open += part[end:]
        return b"".join([*found, *self._windows()])

    def rest(self) -> bytes:
        """What is left, as a line; empty when nothing is."""
        left = self._head + self._open + b"\n" if self._open else b""
        self._open.clear()
        self._cut = self._looked = 0
        self._head = b""
        return bytes(left)

    def _windows(self) -> Iterator[bytes]:
        """Pieces of the line that is not ended. Of the last window nothing: it may hold all that is left."""
        while self._cut + len(self._open) > self._looked + WINDOW:
            begin = self._looked - self._cut
            place = self._open.rfind(b"\r", begin, begin + WINDOW) + 1
            self._looked += WINDOW
            if not place and begin + WINDOW >= LONGEST:
                place = begin + WINDOW
            if place:
                yield self._taken(place)

    def _taken(self, size: int) -> bytes:
        piece = self._head + self._open[:size] + b"\n"
        if not self._cut and stamp_of(piece):
            self._head = piece[: piece.find(b" ") + 1]
        del self._open[:size]
        self._cut += size
        return bytes(piece)


def _cut(block: bytes) -> bytes:
    """Whole lines, with the same cuts in long ones as if they had come piece by piece."""
    begin = at = 0
    found: list[bytes] = []
    while len(block) - at > WINDOW:
        newline = block.rfind(b"\n", at, at + WINDOW + 1)
        if newline >= 0:
            at = newline + 1
            continue
        end = block.find(b"\n", at)
        alone = Cutter()
        alone._open += block[at:end]
        found += [block[begin:at], *alone._windows(), alone.rest()]
        begin = at = end + 1
    return b"".join([*found, block[begin:]]) if found else block
