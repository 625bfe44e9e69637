"""What the terminal shows, cell by cell, and the shortest way from there to a new frame.

Pure: strips of segments in, one string of escape sequences out. Rows that hold wide or combining characters
are sent whole, since terminals differ on their widths.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

Cell = tuple[str, Style | None]
Patch = tuple[int, int, list[Segment]]
"""Row, column, and the segments to put there."""

_JOIN: Final = 4
"""Equal cells between two changed runs up to which sending them is cheaper than moving over them."""
_UNKNOWN: Final[Cell] = ("\0", None)
_WIDE: Final[Cell] = ("", None)
"""The right half of a wide character."""


class Shadow:
    """A copy of the terminal's cells."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._rows: list[list[Cell]] = [[_UNKNOWN] * width for _ in range(height)]
        self._codes: dict[Style, str] = {}

    def frame(self, patches: Iterable[Patch], colors: ColorSystem | None) -> str:
        """Take patches in; returns what to write so that the terminal shows them, empty when it does."""
        touched: dict[int, list[Cell]] = {}
        for y, x, segments in patches:
            if 0 <= y < self.height:
                row = touched.get(y)
                if row is None:
                    row = touched[y] = list(self._rows[y])
                _overlay(row, x, segments)
        out: list[str] = []
        for y in sorted(touched):
            self._send_row(out, y, touched[y], colors)
        if out:
            out.append("\x1b[0m")
        return "".join(out)

    def _send_row(self, out: list[str], y: int, row: list[Cell], colors: ColorSystem | None) -> None:
        before = self._rows[y]
        if row == before:
            return
        self._rows[y] = row
        if _is_plain(row) and _is_plain(before):
            runs = _runs(before, row)
        else:
            runs = [(0, self.width)]
        for start, end in runs:
            out.append(f"\x1b[{y + 1};{start + 1}H")
            self._send_cells(out, row[start:end], colors)

    def _send_cells(self, out: list[str], cells: Sequence[Cell], colors: ColorSystem | None) -> None:
        style: Style | None = None
        first = True
        for text, wanted in cells:
            if first or wanted is not style:
                out.append(self._code(wanted, colors))
                style, first = wanted, False
            out.append(" " if text == "\0" else text)

    def _code(self, style: Style | None, colors: ColorSystem | None) -> str:
        if style is None or colors is None:
            return "\x1b[0m"
        code = self._codes.get(style)
        if code is None:
            codes = style._make_ansi_codes(colors)
            code = self._codes[style] = f"\x1b[0;{codes}m" if codes else "\x1b[0m"
            if len(self._codes) > 4096:
                self._codes.clear()
        return code


def _overlay(row: list[Cell], x: int, segments: Sequence[Segment]) -> None:
    width = len(row)
    for text, style, control in segments:
        if control:
            continue
        if text.isascii():
            for character in text:
                if 0 <= x < width:
                    row[x] = (character, style)
                x += 1
        else:
            x = _overlay_wide(row, x, text, style)


def _overlay_wide(row: list[Cell], x: int, text: str, style: Style | None) -> int:
    width = len(row)
    for character in text:
        size = cell_len(character)
        if size == 0:
            if 0 < x <= width and row[x - 1][0]:
                row[x - 1] = (row[x - 1][0] + character, style)
            continue
        if 0 <= x < width:
            row[x] = (character, style)
        if size == 2 and 0 <= x + 1 < width:
            row[x + 1] = _WIDE
        x += size
    return x


def _is_plain(row: Sequence[Cell]) -> bool:
    return all(len(text) == 1 for text, _style in row)


def _runs(before: Sequence[Cell], after: Sequence[Cell]) -> list[tuple[int, int]]:
    """Spans of cells that differ; close ones become one."""
    runs: list[tuple[int, int]] = []
    for x, (old, new) in enumerate(zip(before, after, strict=True)):
        if old == new:
            continue
        if runs and x - runs[-1][1] < _JOIN:
            runs[-1] = (runs[-1][0], x + 1)
        else:
            runs.append((x, x + 1))
    return runs
