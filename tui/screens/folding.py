"""Lines folded at words, with what goes on under what it belongs to: for pages that are read.

Pure: lines and a width in, lines out. Must not know what they say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from rich.cells import cell_len

from tui.core.table import Tone
from widgets.pieces import wrap_pieces

Line = list[tuple[str, Tone]]
_WORD: Final = re.compile(r"\s+|\S+")
_PART: Final = re.compile(r"[^/]*/|[^/]+")
"""What is longer than a row breaks after its slashes: ids."""
_NARROW: Final = 24
"""Cells below which nothing is folded at words."""


def folded(lines: Iterable[Line], width: int) -> list[Line]:
    """The lines in `width` cells; those that fit are as they were."""
    return [part for line in lines for part in _fold(line, width)]


def _fold(line: Line, width: int) -> Iterator[Line]:
    if sum(cell_len(text) for text, _tone in line) <= width or width < _NARROW:
        yield line
        return
    hang = _hang(line, width)
    row: Line = []
    used = 0
    for word, tone in _words(line, width - hang):
        size = cell_len(word)
        if used + size > width:
            yield row
            row, used = [(" " * hang, None)], hang
            if word.isspace():
                continue
        row.append((word, tone))
        used += size
    if used > hang:
        yield row


def _words(line: Line, room: int) -> Iterator[tuple[str, Tone]]:
    """Blanks and words, none longer than a row has room for."""
    for text, tone in line:
        for word in _WORD.findall(text):
            for part in _PART.findall(word) if cell_len(word) > room else (word,):
                for pieces in wrap_pieces([(part, tone)], room):
                    yield from pieces


def _hang(line: Line, width: int) -> int:
    """Where what goes on begins: under the text after a label, else a little deeper than the line itself."""
    first = line[0][0]
    if len(line) > 1 and cell_len(first) <= width // 2:
        return cell_len(first)
    return min(len(first) - len(first.lstrip()) + 2, width // 2)
