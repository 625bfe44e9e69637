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
"""Bytes of a block: a search pauses between blocks, and old lines are dropped by the block."""
_MOST: Final = 256 * 1024 * 1024
"""Bytes kept whatever the lines: a program that logs megabytes a line must not take the machine with it."""


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

    @property
    def end(self) -> int:
        """The number after that of its last line."""
        return self.first + len(self)

    def line(self, number: int) -> bytes:
        """The line of this number, without its line feed."""
        place = number - self.first
        return self.data[self.starts[place] : self.starts[place + 1] - 1]


class LogBuffer:
    """A ring of lines. `first` and `end` bound the numbers of the lines that are kept."""

    def __init__(self, limit: int, most: int = _MOST) -> None:
        self.limit, self._most = limit, most
        self._blocks: deque[Block] = deque()
        self._firsts: list[int] | None = None
        self._size = 0
        self._open: list[bytes] = []
        self._open_size = 0
        self._open_first = 0
        self._open_block: Block | None = None
        self.first = 0
        self.end = 0

    def __len__(self) -> int:
        return self.end - self.first

    @property
    def dropped(self) -> int:
        """Lines that had to go."""
        return self.first

    @property
    def size(self) -> int:
        """Bytes kept, offsets not counted."""
        return self._size + self._open_size

    def clear(self) -> None:
        """Forget everything; numbers begin anew."""
        self._blocks.clear()
        self._open, self._open_block = [], None
        self.first = self.end = self._size = self._open_size = self._open_first = 0
        self._firsts = None

    def append(self, data: bytes) -> None:
        """Take whole lines, each ended by a line feed; a last one without it is completed."""
        if not data:
            return
        if not data.endswith(b"\n"):
            data += b"\n"
        self._open.append(data)
        self._open_size += len(data)
        self._open_block = None
        self.end += data.count(b"\n")
        if self._open_size >= _BLOCK:
            self._close()
        self._trim()

    def divide(self, text: str) -> None:
        """Put a line of our own between the program's."""
        self._close()
        line = text.replace("\n", " ").encode("utf-8", "replace") + b"\n"
        self._add(Block(line, self.end, divider=True))
        self.end = self._open_first = self.end + 1
        self._trim()

    def line(self, number: int) -> tuple[bytes, bool]:
        """The line of this number, and whether it is a divider. Raises IndexError when it is not kept."""
        block = self._block(number)
        return block.line(number), block.divider

    def blocks(self, start: int = 0) -> Iterator[Block]:
        """The blocks that hold line `start` or later ones."""
        for block in [*self._blocks, *self._opened()]:
            if block.end > start:
                yield block

    # -- the open end: small appends wait here, joined when they are a block's worth or are asked for

    def _opened(self) -> list[Block]:
        if not self._open:
            return []
        if self._open_block is None:
            self._open = [b"".join(self._open)]
            self._open_block = Block(self._open[0], self._open_first)
        return [self._open_block]

    def _close(self) -> None:
        if not self._open:
            return
        data, first = b"".join(self._open), self._open_first
        self._open, self._open_size, self._open_block = [], 0, None
        for part in _parts(data):
            block = Block(part, first)
            self._add(block)
            first = block.end
        self._open_first = first

    def _add(self, block: Block) -> None:
        self._blocks.append(block)
        self._size += len(block.data)
        self._firsts = None

    def _trim(self) -> None:
        self.first = max(self.first, self.end - self.limit)
        blocks = self._blocks
        while blocks and (blocks[0].end <= self.first or (self._size > self._most and len(blocks) > 1)):
            gone = blocks.popleft()
            self._size -= len(gone.data)
            self.first = max(self.first, gone.end)
            self._firsts = None

    def _block(self, number: int) -> Block:
        if not self.first <= number < self.end:
            raise IndexError(number)
        if number >= self._open_first:
            return self._opened()[0]
        if self._firsts is None:
            self._firsts = [block.first for block in self._blocks]
        return self._blocks[bisect_right(self._firsts, number) - 1]


def _parts(data: bytes) -> Iterator[bytes]:
    """`data` cut at line ends into parts of about one block; a longer line is a part of its own."""
    start = 0
    while len(data) - start > 2 * _BLOCK:
        end = data.rfind(b"\n", start, start + _BLOCK) + 1 or data.index(b"\n", start) + 1
        yield data[start:end]
        start = end
    if start < len(data):
        yield data[start:]
