"""A terminal's glass: what pyte shows after some bytes, as cells that can be compared.

pyte is mended where it differs from real terminals: moving a line that was never written, zero-width characters
in the middle of a text, half a wide character that is written over, and private sequences.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, NamedTuple

import pyte
from pyte.screens import Margins

_PRIVATE = re.compile(r"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p")


class Cell(NamedTuple):
    """One cell: its text and how it looks."""

    text: str
    front: str
    back: str
    bold: bool
    italic: bool
    underline: bool
    reverse: bool


class _Screen(pyte.Screen):
    def draw(self, data: str) -> None:
        for character in data:
            joins = unicodedata.combining(character)
            if not joins and pyte.screens.wcwidth(character) == 0:
                continue
            line, x = self.buffer[self.cursor.y], self.cursor.x
            if not joins and 0 < x < self.columns and line[x].data == "":
                line[x - 1] = line[x - 1]._replace(data=" ")
            super().draw(character)
            x = self.cursor.x
            if not joins and x < self.columns and line[x].data == "" and pyte.screens.wcwidth(character) >= 1:
                line[x] = line[x]._replace(data=" ")

    def delete_lines(self, count: int | None = None) -> None:
        self._write_all()
        super().delete_lines(count)

    def insert_lines(self, count: int | None = None) -> None:
        self._write_all()
        super().insert_lines(count)

    def _write_all(self) -> None:
        top, bottom = self.margins or Margins(0, self.lines - 1)
        for y in range(top, bottom + 1):
            self.buffer[y]


class Glass:
    """A terminal that is only looked at."""

    def __init__(self, width: int, height: int) -> None:
        self._screen = _Screen(width, height)
        self._screen.reset_mode(pyte.modes.DECAWM >> 5, private=True)
        self._stream = pyte.Stream(self._screen)

    def feed(self, text: str) -> Glass:
        """Take what was written."""
        self._stream.feed(_PRIVATE.sub("", text))
        return self

    def resize(self, width: int, height: int) -> None:
        """Another size; what is shown is cut or filled as pyte likes it."""
        self._screen.resize(height, width)
        self._screen.reset_mode(pyte.modes.DECAWM >> 5, private=True)

    @property
    def cells(self) -> list[list[Cell]]:
        """Every cell."""
        screen = self._screen
        return [[_cell(screen.buffer[y][x]) for x in range(screen.columns)] for y in range(screen.lines)]

    @property
    def lines(self) -> list[str]:
        """The text of every row, right blanks cut."""
        return ["".join(cell.text for cell in row).rstrip() for row in self.cells]

    @property
    def caret(self) -> tuple[int, int]:
        """Column and row of the cursor."""
        return self._screen.cursor.x, self._screen.cursor.y


def _cell(char: Any) -> Cell:
    text = unicodedata.normalize("NFC", char.data)
    return Cell(text, char.fg, char.bg, char.bold, char.italics, char.underscore, char.reverse)


def difference(one: Glass, other: Glass) -> list[str]:
    """The cells in which they differ, in words, the first few."""
    pairs = [
        (y, x, a, b)
        for y, (row, twin) in enumerate(zip(one.cells, other.cells, strict=True))
        for x, (a, b) in enumerate(zip(row, twin, strict=True))
        if _seen(a) != _seen(b)
    ]
    return [f"{y}:{x} {a} is not {b}" for y, x, a, b in pairs[:5]]


def _seen(cell: Cell) -> Cell:
    """What the eye sees of a cell: a blank has no colour of its own."""
    if cell.text in (" ", "") and not (cell.underline or cell.reverse):
        return Cell(cell.text, "", cell.back, False, False, False, False)
    return cell
