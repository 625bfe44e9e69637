"""Pieces of text and the cells they take: made inert, cut, padded, wrapped, skipped. Pure.

Owns the rule that widths are counted in cells, never in characters, and that no text acts on the terminal.
Must not know styles or widgets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from rich.cells import cell_len, get_character_cell_size, set_cell_size

Piece = tuple[str, Any]
"""Text and its tone."""

_SPACES: Final = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]")
_ACTING: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Controls act on the terminal; lone surrogates cannot be encoded and would end its writer."""
_TURNING: Final = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that change the direction of what follows: they would reorder other columns too."""


def plain(text: str) -> str:
    """`text` without the power to act: controls become U+FFFD, breaks a space, direction marks nothing."""
    if text.isprintable():
        return text
    return _ACTING.sub("\ufffd", _TURNING.sub("", _SPACES.sub(" ", text)))


def plain_pieces(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with inert text; empty ones go."""
    return [(plain(text), tone) for text, tone in pieces if text]


def width_of(pieces: Sequence[Piece]) -> int:
    """Cells that the pieces take."""
    return sum(cell_len(text) for text, _tone in pieces)


@lru_cache(maxsize=8192)
def fit(text: str, width: int, *, right: bool = False, middle: bool = False) -> str:
    """`text` in exactly `width` cells: padded, or cut with an ellipsis at its end or middle."""
    if width <= 0:
        return ""
    text = plain(text)
    size = cell_len(text)
    if size <= width:
        pad = " " * (width - size)
        return pad + text if right else text + pad
    if middle and width > 4:
        tail = (width - 1) // 2
        return set_cell_size(text, width - 1 - tail) + "…" + _tail(text, tail)
    return set_cell_size(text, width - 1) + "…"


def _tail(text: str, cells: int) -> str:
    """The last `cells` cells of a longer text; half a wide character becomes a space."""
    start = len(text)
    room = cells
    while start and (size := get_character_cell_size(text[start - 1])) <= room:
        start, room = start - 1, room - size
    tail = text[start:]
    return " " * (cells - cell_len(tail)) + tail


def wrap_pieces(pieces: Sequence[Piece], width: int) -> list[list[Piece]]:
    """The lines that `pieces` make at `width` cells; at least one."""
    width = max(1, width)
    lines: list[list[Piece]] = [[]]
    room = width
    for text, tone in pieces:
        start, ascii_only = 0, text.isascii()
        while start < len(text):
            end, size = _reach(text, start, room, ascii_only)
            if end == start and room < width:
                lines.append([])
                room = width
                continue
            if end == start:  # a character wider than a whole line
                end, size = start + 1, room
            lines[-1].append((text[start:end], tone))
            start, room = end, room - size
    return lines


def _reach(text: str, start: int, room: int, ascii_only: bool) -> tuple[int, int]:
    """How far from `start` the text goes in `room` cells, and the cells it takes."""
    if ascii_only:
        end = min(len(text), start + room)
        return end, end - start
    size = 0
    for end in range(start, len(text)):
        wide = get_character_cell_size(text[end])
        if size + wide > room:
            return end, size
        size += wide
    return len(text), size


def skip_pieces(pieces: Sequence[Piece], cells: int) -> list[Piece]:
    """`pieces` without their first `cells` cells: sideways scrolling. Half a wide character leaves a space."""
    kept: list[Piece] = []
    for text, tone in pieces:
        if cells <= 0:
            kept.append((text, tone))
            continue
        end, size = _reach(text, 0, cells, text.isascii())
        cells -= size
        if end == len(text):
            continue
        if cells:
            end, cells = end + 1, cells - get_character_cell_size(text[end])
        kept.append((" " * -cells + text[end:], tone))
        cells = 0
    return kept


def first_cell(pieces: Sequence[Piece], tone: Any) -> int | None:
    """The cell at which the first piece of this tone begins."""
    cell = 0
    for text, its in pieces:
        if its == tone:
            return cell
        cell += cell_len(text)
    return None
