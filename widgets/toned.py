"""Tones: how a piece of text is put forward or pushed back, as words; their styles come from the theme.

A tone is None (plain), one of TONES, or an enum member whose lower-case name is one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

Piece = tuple[str, Any]
"""Text and its tone."""

TONES: Final = (
    "dim",
    "strong",
    "good",
    "busy",
    "warn",
    "bad",
    "off",
    "unknown",
    "stale",
    "header",
    "match",
    "mark",
)

TONE_CSS: Final = """
    & > .tone--dim { color: $text-muted; }
    & > .tone--strong { text-style: bold; }
    & > .tone--good { color: $success; }
    & > .tone--busy { color: $primary; }
    & > .tone--warn { color: $warning; }
    & > .tone--bad { color: $error; }
    & > .tone--off { color: $text-muted; }
    & > .tone--unknown { color: $warning; }
    & > .tone--stale { color: $text-muted; }
    & > .tone--header { color: $text-muted; }
    & > .tone--match { background: $warning; color: $background; }
    & > .tone--mark { background: $boost; }
    & > .tone--cursor { background: $primary 25%; }
    &:ansi > .tone--dim, &:ansi > .tone--off { text-style: dim; }
    &:ansi > .tone--stale, &:ansi > .tone--header { text-style: dim; }
    &:ansi > .tone--good { color: ansi_green; }
    &:ansi > .tone--busy { color: ansi_cyan; }
    &:ansi > .tone--warn, &:ansi > .tone--unknown { color: ansi_yellow; }
    &:ansi > .tone--bad { color: ansi_red; text-style: bold; }
    &:ansi > .tone--match { text-style: reverse bold; }
    &:ansi > .tone--cursor { text-style: reverse; }
"""
COMPONENTS: Final = {f"tone--{tone}" for tone in (*TONES, "cursor")}


def tone_name(tone: Any) -> str:
    """The word of a tone, empty for plain."""
    if tone is None:
        return ""
    return str(getattr(tone, "name", tone)).lower()


class Toned(Widget):
    """A widget that paints pieces. Styles are looked up once per theme."""

    COMPONENT_CLASSES = COMPONENTS

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._styles_by_tone: dict[str, Style] = {}

    def notify_style_update(self) -> None:
        """Another theme: forget the styles."""
        self._styles_by_tone.clear()
        super().notify_style_update()

    def tone_style(self, tone: Any) -> Style:
        """The style of a tone on this widget's background."""
        name = tone_name(tone)
        style = self._styles_by_tone.get(name)
        if style is None:
            known = name == "cursor" or name in TONES
            style = self.get_component_rich_style(f"tone--{name}") if known else self.rich_style
            self._styles_by_tone[name] = style
        return style

    def strip_of(self, pieces: Iterable[Piece], width: int, over: str = "") -> Strip:
        """One line of exactly `width` cells; `over` is a tone laid over all of it."""
        base = self.rich_style
        above = self._overlay(over)
        segments: list[Segment] = []
        for text, tone in pieces:
            if text:
                style = self.tone_style(tone) if tone is not None else base
                segments.append(Segment(text, style + above if above else style))
        filler = base + above if above else base
        return Strip(_merged(segments)).adjust_cell_length(width, filler).simplify()

    def _overlay(self, over: str) -> Style | None:
        """Only what the overlay adds: a background, or an attribute such as reverse or dim."""
        if not over:
            return None
        style = self.tone_style(over)
        reverse = bool(style.reverse)
        if over in ("cursor", "mark", "match"):
            return Style(reverse=True) if reverse else Style(bgcolor=style.bgcolor)
        return Style(color=style.color, dim=style.dim)


def _merged(segments: Sequence[Segment]) -> list[Segment]:
    """Neighbours of one style as one segment: fewer bytes on the wire."""
    merged: list[Segment] = []
    for segment in segments:
        if merged and merged[-1].style == segment.style:
            merged[-1] = Segment(merged[-1].text + segment.text, segment.style)
        else:
            merged.append(segment)
    return merged


@lru_cache(maxsize=4096)
def fit(text: str, width: int, *, right: bool = False, middle: bool = False) -> str:
    """`text` in exactly `width` cells: padded, or cut with an ellipsis at its end or middle."""
    if width <= 0:
        return ""
    size = cell_len(text)
    if size == width:
        return text
    if size < width:
        pad = " " * (width - size)
        return pad + text if right else text + pad
    if middle and width > 4 and text.isascii():
        tail = (width - 1) // 2
        return text[: width - 1 - tail] + "…" + text[-tail:]
    return set_cell_size(text, width - 1) + "…"


def wrap_pieces(pieces: Sequence[Piece], width: int) -> list[list[Piece]]:
    """The lines that `pieces` make at `width` cells; at least one."""
    lines: list[list[Piece]] = [[]]
    room = max(1, width)
    for text, tone in pieces:
        while text:
            head, size = _head(text, room)
            if head:
                lines[-1].append((head, tone))
            text, room = text[len(head) :], room - size
            if text:
                lines.append([])
                room = max(1, width)
    return lines


def _head(text: str, room: int) -> tuple[str, int]:
    """As much of `text` as fits into `room` cells (at least one character on an empty line of one cell)."""
    if text.isascii():
        return text[:room], min(len(text), room)
    size = 0
    for end, character in enumerate(text):
        wide = cell_len(character)
        if size + wide > room and end:
            return text[:end], size
        size += wide
    return text, size


def skip_pieces(pieces: Sequence[Piece], cells: int) -> list[Piece]:
    """`pieces` without their first `cells` cells: sideways scrolling."""
    kept: list[Piece] = []
    for text, tone in pieces:
        if cells <= 0:
            kept.append((text, tone))
            continue
        head, size = _head(text, cells)
        cells -= size
        if rest := text[len(head) :]:
            kept.append((rest, tone))
            cells = 0
    return kept
