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
    """Whole lines, each ended by a line feed, with the offset at which each begins.

    `sources` has one byte a line, the number of its source; it is empty when all are of source 0. A divider is a
    block of its own; one without a source stands for all of them.
    """

    __slots__ = ("data", "divider", "first", "sources", "starts")

    def __init__(self, data: bytes, first: int, sources: bytes = b"", *, divider: bool = False) -> None:
        self.data, self.first, self.sources, self.divider = data, first, sources, divider
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

    def source(self, number: int) -> int | None:
        """The source of the line of this number; None for a divider of all of them."""
        if self.sources:
            return self.sources[number - self.first]
        return None if self.divider else 0

    def data_between(self, start: int, end: int) -> bytes:
        """The lines from `start` until before `end`."""
        if start == self.first and end == self.end:
            return self.data
        return self.data[self.starts[start - self.first] : self.starts[end - self.first]]

    def sources_between(self, start: int, end: int) -> bytes:
        """Their sources, empty when all are of source 0."""
        return self.sources[start - self.first : end - self.first]


class LogBuffer:
    """A ring of lines. `first` and `end` bound the numbers of the lines that are kept."""

    def __init__(self, limit: int, most: int = _MOST) -> None:
        self.limit, self.most = limit, most
        self._blocks: deque[Block] = deque()
        self._firsts: list[int] | None = None
        self._size = 0
        self._open: list[bytes] = []
        self._open_sources = bytearray()
        self._open_size = 0
        self._open_first = 0
        self._open_block: Block | None = None
        self.first = 0
        self.end = 0
        self.short_of_bytes = False
        """Whether lines had to go for their bytes and not for their number, the last time some went."""

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
        self._open, self._open_block, self._open_sources = [], None, bytearray()
        self.first = self.end = self._size = self._open_size = self._open_first = 0
        self._firsts = None
        self.short_of_bytes = False

    def append(self, data: bytes, sources: bytes = b"") -> None:
        """Take whole lines, each ended by a line feed; a last one without it is completed.

        `sources` has the number of its source for each line; empty: all are of source 0.
        """
        if not data:
            return
        if not data.endswith(b"\n"):
            data += b"\n"
        count = data.count(b"\n")
        if sources or self._open_sources:
            self._note_sources(count, sources)
        self._open.append(data)
        self._open_size += len(data)
        self._open_block = None
        self.end += count
        if self._open_size >= _BLOCK:
            self._close()
        self._trim()

    def divide(self, text: str, source: int | None = None) -> None:
        """Put a line of our own between the program's, about one source or about all."""
        self._close()
        line = text.replace("\n", " ").encode("utf-8", "replace") + b"\n"
        self._add(Block(line, self.end, b"" if source is None else bytes((source,)), divider=True))
        self.end = self._open_first = self.end + 1
        self._trim()

    def line(self, number: int) -> tuple[bytes, bool]:
        """The line of this number, and whether it is a divider. Raises IndexError when it is not kept."""
        block = self.block(number)
        return block.line(number), block.divider

    def source(self, number: int) -> int | None:
        """The source of the line of this number; None for a divider of all of them."""
        return self.block(number).source(number)

    def block(self, number: int) -> Block:
        """The block that holds the line of this number. Raises IndexError when it is not kept."""
        if not self.first <= number < self.end:
            raise IndexError(number)
        if number >= self._open_first:
            return self._opened()[0]
        if self._firsts is None:
            self._firsts = [block.first for block in self._blocks]
        return self._blocks[bisect_right(self._firsts, number) - 1]

    def blocks(self, start: int = 0) -> Iterator[Block]:
        """The blocks that hold line `start` or later ones, as of now."""
        for block in [*self._blocks, *self._opened()]:
            if block.end > start:
                yield block

    # -- the open end: small appends wait here, joined when they are a block's worth or are asked for

    def _opened(self) -> list[Block]:
        if not self._open:
            return []
        if self._open_block is None:
            self._open = [b"".join(self._open)]
            self._open_block = Block(self._open[0], self._open_first, bytes(self._open_sources))
        return [self._open_block]

    def _close(self) -> None:
        if not self._open:
            return
        data, first, sources = b"".join(self._open), self._open_first, bytes(self._open_sources)
        self._open, self._open_size, self._open_block, self._open_sources = [], 0, None, bytearray()
        for part in _parts(data):
            block = Block(part, first)
            block.sources = sources[first - self._open_first :][: len(block)]
            self._add(block)
            first = block.end
        self._open_first = first

    def _note_sources(self, count: int, sources: bytes) -> None:
        """Of the open end, with those before and after that named none."""
        if len(sources) not in (0, count):
            raise ValueError(f"{len(sources)} sources for {count} lines")
        if not self._open_sources:
            self._open_sources = bytearray(self.end - self._open_first)
        self._open_sources += sources or bytes(count)

    def _add(self, block: Block) -> None:
        self._blocks.append(block)
        self._size += len(block.data)
        self._firsts = None

    def _trim(self) -> None:
        if self.end - self.limit > self.first:
            self.first, self.short_of_bytes = self.end - self.limit, False
        blocks = self._blocks
        while blocks and (blocks[0].end <= self.first or (self._size > self.most and len(blocks) > 1)):
            gone = blocks.popleft()
            self._size -= len(gone.data)
            if gone.end > self.first:
                self.first, self.short_of_bytes = gone.end, True
            self._firsts = None


def _parts(data: bytes) -> Iterator[bytes]:
    """`data` cut at line ends into parts of about one block; a longer line is a part of its own."""
    start = 0
    while len(data) - start > 2 * _BLOCK:
        end = data.rfind(b"\n", start, start + _BLOCK) + 1 or data.index(b"\n", start) + 1
        yield data[start:end]
        start = end
    if start < len(data):
        yield data[start:]
