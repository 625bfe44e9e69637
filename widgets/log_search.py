"""Searching the lines of a log buffer, a block at a time, by what they show.

Pure: finds numbers of lines. A search that needs no pattern runs over whole blocks; a line is decoded only when
it may match.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from widgets.ansi import without_escapes
from widgets.log_buffer import Block
from widgets.log_line import STAMPS
from widgets.searching import Search, is_literal


class LogSearch(Search):
    """A search that follows a log: `searched` is the number of the first line not yet looked at."""

    def __init__(self, text: str, visible: Callable[[bytes], str], first: int, anchor: int) -> None:
        super().__init__(text)
        self._visible = visible
        self._candidates = _holding(text.lower()) if is_literal(text) else self._matching
        self.searched = first
        self.anchor: int | None = anchor
        """The line the search was begun at; None once the user went from match to match."""
        self.fresh = True
        """Whether the first match is still to be gone to."""

    def read(self, block: Block) -> None:
        """Look at the block's lines that were not looked at."""
        if not block.divider:
            found = self.pattern.search
            for number in self._candidates(block):
                if number >= self.searched and found(self._visible(block.line(number))):
                    self.matches.append(number)
        self.searched = max(self.searched, block.end)

    def _matching(self, block: Block) -> Iterator[int]:
        found = self.pattern.search
        for number, line in enumerate(_text(STAMPS.sub(b"", block.data)).split("\n")[:-1], block.first):
            if found(line):
                yield number


def _text(data: bytes) -> str:
    return without_escapes(data).decode("utf-8", "replace")


def _holding(needle: str) -> Callable[[Block], Iterator[int]]:
    """The lines that hold `needle`, case ignored, found without looking at each line."""

    def candidates(block: Block) -> Iterator[int]:
        text = _text(block.data).lower()
        number, start = block.first, 0
        place = text.find(needle)
        while place >= 0:
            number += text.count("\n", start, place)
            yield number
            start = text.find("\n", place) + 1
            if not start:
                return
            number += 1
            place = text.find(needle, start)

    return candidates
