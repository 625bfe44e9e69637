"""Lines of a log as they came: blocks of bytes with offsets, the oldest dropped beyond a limit.

A line's number counts from the first line ever appended, so it stays the line's name while older ones go.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

_BLOCK: Final = 64 * 1024
"""Bytes up to which small appends share a block; larger blocks search faster, smaller ones drop sooner."""


class Block:
    """Whole lines, each ended by a line feed, with the offset at which each begins."""

    __slots__ = ("data", "divider", "first", "starts")

    def __init__(self, data: bytes, first: int, *, divider: bool = False) -> None:
        self.data, self.first, self.divider = data, first, divider
        sizes = map(len, data.split(b"\n"))
        self.starts = array("I", (0,))
        self.starts.extend(accumulate(size + 1 for size in sizes))
        del self.starts[-1:]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def line(self, number: int) -> bytes:
        """The line of this number, without its line feed."""
        place = number - self.first
        return self.data[self.starts[place] : self.starts[place + 1] - 1]


class LogBuffer:
    """A ring of lines. `first` and `end` bound the numbers of the lines that are kept."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._blocks: deque[Block] = deque()
        self._firsts: list[int] | None = None
        self.first = 0
        self.end = 0

    def __len__(self) -> int:
        return self.end - self.first

    @property
    def dropped(self) -> int:
        """Lines that had to go."""
        return self.first

    def clear(self) -> None:
        """Forget everything; numbers begin anew."""
        self._blocks.clear()
        self.first = self.end = 0
        self._firsts = None

    def append(self, data: bytes) -> None:
        """Take whole lines, each ended by a line feed; a last one without it is completed."""
        if not data:
            return
        if not data.endswith(b"\n"):
            data += b"\n"
        last = self._blocks[-1] if self._blocks else None
        if last is not None and not last.divider and len(last.data) + len(data) <= _BLOCK:
            self._blocks.pop()
            block = Block(last.data + data, last.first)
            self._blocks.append(block)
            self.end = block.first + len(block)
        else:
            self._add(Block(data, self.end))
        self._trim()

    def divide(self, text: str) -> None:
        """Put a line of our own between the program's."""
        self._add(Block(text.replace("\n", " ").encode() + b"\n", self.end, divider=True))
        self._trim()

    def line(self, number: int) -> tuple[bytes, bool]:
        """The line of this number, and whether it is a divider. Raises IndexError when it is not kept."""
        block = self._block(number)
        return block.line(number), block.divider

    def blocks(self, start: int = 0) -> Iterator[Block]:
        """The blocks that hold line `start` or later ones."""
        for block in list(self._blocks):
            if block.first + len(block) > start:
                yield block

    def _add(self, block: Block) -> None:
        self._blocks.append(block)
        self.end = block.first + len(block)
        self._firsts = None

    def _trim(self) -> None:
        self.first = max(self.first, self.end - self.limit)
        while self._blocks and self._blocks[0].first + len(self._blocks[0]) <= self.first:
            self._blocks.popleft()
            self._firsts = None

    def _block(self, number: int) -> Block:
        if not self.first <= number < self.end:
            raise IndexError(number)
        if self._firsts is None:
            self._firsts = [block.first for block in self._blocks]
        return self._blocks[bisect_right(self._firsts, number) - 1]
