"""Which bytes of a file were taken already: the rule by which one is followed without a line lost or twice.

Owns the offset, the beginning of a line that is not whole yet, and the remarks of `tail` about a file replaced.
`tail` writes those into the same stream as the file, so that they say exactly where the new one begins; they are known
by the file's path, which is spelled as no program would. Pure: reads nothing.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import Final

from msgspec import Struct

CONTEXT: Final = 1024
"""Bytes before the offset that are asked for again: when they are others, the file is another."""
LONGEST: Final = 4 << 20
"""Bytes of a line; what is longer is given in pieces."""
_BITS: Final = 40
"""Pieces by which a path is spelled; each is one of two."""
_ANEW: Final = re.compile(rb"has been replaced|has appeared|file truncated")
"""What GNU tail and busybox say when the next byte is the first of another file."""
_LINE: Final = 128
"""Bytes that a line is thought to have, when a file's last lines are looked for."""
_LEAST: Final = 16 << 10
_MOST: Final = 64 << 20


class Anew(Struct, frozen=True):
    """The file was replaced or cut: what follows is its new content."""

    reason: str


Piece = bytes | Anew
"""Whole lines, or where another file begins."""


def spelled(path: str, random: Callable[[], float]) -> str:
    """The same file by a path that nobody can guess."""
    folder, name = posixpath.split(path)
    return f"{folder or '.'}/{''.join('./' if random() < 0.5 else '/' for _ in range(_BITS))}{name}"


class Taken:
    """What was taken of one file."""

    def __init__(self, mark: str) -> None:
        """`mark`: the path that `tail` was given."""
        self._mark = mark.encode()
        self._forget(0)

    def _forget(self, offset: int) -> None:
        self.offset = offset
        """Bytes of the file that were given; the beginning of a line was not."""
        self._held: list[bytes] = []
        self._size = 0
        self._context = b""

    @property
    def resume(self) -> int:
        """The offset to go on from: what was taken last comes again, to be compared."""
        return self.offset - len(self._context)

    @property
    def context(self) -> bytes:
        """What comes first when it is the same file."""
        return self._context

    def again(self) -> None:
        """The stream comes again from the offset: with it the line that was not whole."""
        self._held, self._size = [], 0

    def begin(self, offset: int) -> list[Piece]:
        """Another file, or another place in it. Gives what is left of the line that was not whole."""
        rest = self.rest()
        self._forget(offset)
        return rest

    def rest(self) -> list[Piece]:
        """The line that was not whole, when nothing more comes."""
        held, self._held, self._size = b"".join(self._held), [], 0
        return [held + b"\n"] if held else []

    def take(self, data: bytes) -> list[Piece]:
        """The next bytes of the stream."""
        head, newline, tail = data.rpartition(b"\n")
        if not newline:
            return self._hold(data)
        whole = b"".join([*self._held, head, newline])
        self._held, self._size = [], 0
        if self._mark not in whole:
            pieces = self._count(whole)
        else:
            pieces, left = self._split(whole)
            tail = left + tail
        return [*pieces, *self._hold(tail)] if tail else pieces

    def _hold(self, data: bytes) -> list[Piece]:
        """Keep the beginning of a line; one that never ends is cut."""
        self._held.append(data)
        self._size += len(data)
        if self._size < LONGEST:
            return []
        held, self._held, self._size = b"".join(self._held), [], 0
        self._count(held)
        return [held + b"\n"]

    def _count(self, whole: bytes) -> list[Piece]:
        if not whole:
            return []
        self.offset += len(whole)
        self._context = (self._context + whole[-CONTEXT:])[-CONTEXT:]
        return [whole]

    def _split(self, whole: bytes) -> tuple[list[Piece], bytes]:
        """Lines among which are remarks, and what is left without an end when those are taken out."""
        pieces: list[Piece] = []
        while (place := whole.find(self._mark)) >= 0:
            start, end = whole.rfind(b"tail: ", 0, place), whole.index(b"\n", place) + 1
            if start < 0:
                break
            remark = whole[start:end]
            if _ANEW.search(remark) is None:
                whole = whole[:start] + whole[end:]
                continue
            before = whole[:start]  # the old file may have ended in the middle of a line
            pieces += [before + (b"" if before.endswith(b"\n") else b"\n")] if before else []
            pieces.append(Anew("the file was cut" if b"truncated" in remark else "the file was replaced"))
            self._forget(0)
            whole = whole[end:]
        end = whole.rfind(b"\n") + 1
        return [*pieces, *self._count(whole[:end])], whole[end:]


def window(size: int, lines: int | None, before: int = 0) -> int:
    """The offset from which on the last `lines` of a file are probably found; `before`: the try that was too near."""
    if lines is None:
        return 0
    if before:
        return max(0, size - min(max(size - before, _LEAST) * 16, _MOST))
    return max(0, size - min(max(lines * _LINE, _LEAST), _MOST))


def last_lines(head: bytes, lines: int) -> int | None:
    """Where the last `lines` whole lines begin in the end of a file, what is not whole after them; None: further up."""
    place = head.rfind(b"\n") + 1
    for _ in range(lines):
        if not place:
            return None
        place = head.rfind(b"\n", 0, place - 1) + 1
    return place if place or not lines else None
