"""What a reader put forward in a log: texts and patterns, each in a colour of its own. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from widgets.log_hues import INKS
from widgets.log_level import Level
from widgets.pieces import Piece
from widgets.searching import compile_search, marked

LEVEL_TONES: dict[Level | None, str] = {Level.ERROR: "bad", Level.WARNING: "warn", Level.DEBUG: "dim"}
"""The tones of lines by their level; the others are plain."""


class Highlight(NamedTuple):
    """A text or pattern, and the tone it is put in."""

    pattern: str
    tone: str


def toggled(highlights: Sequence[Highlight], text: str) -> list[Highlight]:
    """Without this text if it was there, else with it in the next free colour."""
    if any(each.pattern == text for each in highlights):
        return [each for each in highlights if each.pattern != text]
    used = [each.tone for each in highlights]
    tone = min(INKS, key=lambda ink: (used.count(ink), INKS.index(ink)))
    return [*highlights, Highlight(text, tone)]


def highlighted(pieces: Sequence[Piece], highlights: Sequence[Highlight]) -> Sequence[Piece]:
    """The pieces with each highlight's matches in its tone; later ones lie over earlier ones."""
    for each in highlights:
        pieces = marked(pieces, _pattern(each.pattern), each.tone)
    return pieces


def toned(pieces: Sequence[Piece], tone: Any) -> list[Piece]:
    """The pieces with this tone where they have none of their own."""
    return [(text, tone if own is None else own) for text, own in pieces]


_pattern = lru_cache(maxsize=64)(compile_search)
