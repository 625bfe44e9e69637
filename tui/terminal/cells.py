"""One row of the terminal's cells: what a segment of text puts where, and what differs between two rows. Pure.

A cell is a text and its look. The text is one character, with what combines with it; a wide character leaves the
cell after it empty. Widths are rich's, as in textual; terminals may think otherwise of some, and rows that hold
such characters are called odd.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from operator import is_not, ne
from typing import Final

from rich.cells import cell_len

from tui.terminal.look import NO_LOOK, Look

UNKNOWN: Final = "\0"
"""The text of a cell of which nobody knows what the terminal shows."""
WIDE: Final = ""
"""The text of the right half of a wide character."""
_ACTING: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Nothing that acts on the terminal passes here, whoever failed to clean it before. All of no width."""
_UNSENDABLE: Final = re.compile(r"[\ud800-\udfff]")
"""Lone surrogates: no encoding has them."""
_AGREED: Final = "\uffff"
"""Of single characters beyond this (flags, pictures) terminals think differently."""
_JOIN: Final = 4
"""Equal cells between two changed runs up to which sending them is cheaper than moving over them."""
_RUN: Final = re.compile(rb"\x01(?:\x00{0,%d}\x01)*" % _JOIN)


class Row:
    """The cells of one row. Looks are compared by identity: whoever makes them makes equal ones once."""

    __slots__ = ("looks", "odd", "texts")

    def __init__(self, width: int) -> None:
        self.texts = [UNKNOWN] * width
        self.looks = [NO_LOOK] * width
        self.odd = False

    def copy(self) -> Row:
        """The same cells in a row of their own."""
        row = Row(0)
        row.texts, row.looks, row.odd = self.texts.copy(), self.looks.copy(), self.odd
        return row

    def same(self, other: Row) -> bool:
        """Whether both show the same."""
        return self.texts == other.texts and self.looks == other.looks

    @property
    def text(self) -> str:
        """All of its text."""
        return "".join(self.texts)

    def put(self, x: int, text: str, look: Look) -> int:
        """Put `text` from cell `x` on; returns the cell after it. Cells off the row are ignored.

        Half a wide character that is left over at either end becomes a space, as terminals do it.
        """
        texts = self.texts
        if self.odd and 0 < x < len(texts) and texts[x] == WIDE:
            texts[x - 1] = " "
        end = x + len(text)
        if x >= 0 and end <= len(texts) and _is_simple(text):
            texts[x:end] = text
            self.looks[x:end] = [look] * len(text)
        else:
            self.odd = True
            end = self._put_clusters(x, text, look)
        if self.odd and 0 <= end < len(texts) and texts[end] == WIDE:
            texts[end] = " "
        return end

    def _put_clusters(self, x: int, text: str, look: Look) -> int:
        width = len(self.texts)
        for cluster, size in clusters(text):
            parts = [cluster, *[WIDE] * (size - 1)] if x >= 0 and x + size <= width else [" "] * size
            for place, part in enumerate(parts, x):
                if 0 <= place < width:
                    self.texts[place], self.looks[place] = part, look
            x += size
        return x

    def is_odd(self) -> bool:
        """Whether terminals may disagree on where its cells are."""
        self.odd = self.odd and not all(len(text) == 1 and text <= _AGREED for text in self.texts)
        return self.odd

    def runs(self, other: Row) -> list[tuple[int, int]]:
        """Spans of cells that differ; close ones become one."""
        texts = int.from_bytes(bytes(map(ne, self.texts, other.texts)), "big")
        looks = int.from_bytes(bytes(map(is_not, self.looks, other.looks)), "big")
        return [found.span() for found in _RUN.finditer((texts | looks).to_bytes(len(self.texts), "big"))]

    def stretches(self, start: int, end: int) -> Iterator[tuple[str, Look]]:
        """The text from `start` to `end`, cut where the look changes."""
        looks = self.looks
        steps = bytes(map(is_not, looks[start + 1 : end], looks[start:end]))
        cuts = [start, *(start + 1 + place for place, step in enumerate(steps) if step), end]
        for first, last in pairwise(cuts):
            if last > first:
                yield "".join(self.texts[first:last]), looks[first]

    def blank_from(self) -> int:
        """The cell from which on the row is blank in one look."""
        x, look = len(self.texts), self.looks[-1] if self.looks else NO_LOOK
        while x and look.blank and self.texts[x - 1] == " " and self.looks[x - 1] is look:
            x -= 1
        return x


@lru_cache(maxsize=4096)
def _is_simple(text: str) -> bool:
    """Whether all terminals agree that every character takes one cell."""
    if not text.isprintable():
        return False
    return text.isascii() or all(size == 1 and len(one) == 1 and one <= _AGREED for one, size in clusters(text))


def clusters(text: str) -> Iterator[tuple[str, int]]:
    """The characters of `text`, each with what combines with it, and their widths."""
    if not text.isprintable():
        text = _UNSENDABLE.sub("\ufffd", _ACTING.sub("", text))
    joined = "\u200d" in text or "\ufe0f" in text
    held, width, before = "", 0, 0
    for end, character in enumerate(text, 1):
        size = cell_len(text[:end]) - before if joined else cell_len(character)
        before += size
        if held and (size == 0 or (joined and character == "\ufe0f")):
            held, width = held + character, width + size
            continue
        if held:
            yield held, width
        held, width = (character, size) if size else ("", 0)
    if held:
        yield held, width
