"""Tones: how a piece of text is put forward or pushed back, as words; their styles come from the theme.

A tone is None (plain), one of TONES, an enum member whose lower-case name is one of them, a rich Style (the
text brought its own colours), or one of these marked as Changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from widgets.pieces import Piece, plain

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
    &:ansi > .tone--mark { text-style: underline; }
    &:ansi > .tone--cursor { text-style: reverse; }
"""
COMPONENTS: Final = {f"tone--{tone}" for tone in (*TONES, "cursor")}
_GROUND: Final = ("cursor", "mark")
"""Overlays that change what is behind a line; the others change the text."""


def overlay(screen: str, shade: int) -> str:
    """The style sheet that lets what lies under a screen show through, shaded by so many percent.

    To be a screen's CSS and not its DEFAULT_CSS: an app's rule for all screens would make it opaque again.
    """
    return f"{screen} {{ background: $background {shade}%; }} {screen}:ansi {{ background: transparent; }}"


class Changed(NamedTuple):
    """A tone whose text has just changed: underlined, so that it shows without colour too."""

    tone: Any


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
        self._tone_styles: dict[tuple[Any, str], Style] = {}

    def notify_style_update(self) -> None:
        """Another theme: forget the styles."""
        self._tone_styles.clear()
        super().notify_style_update()

    def tone_style(self, tone: Any, over: str = "") -> Style:
        """The style of a tone on this widget's background, under an overlay."""
        style = self._tone_styles.get((tone, over))
        if style is None:
            style = self._base_style(tone) + self._overlay("" if tone == "match" else over)
            if len(self._tone_styles) > 1024:
                self._tone_styles.clear()
            self._tone_styles[tone, over] = style
        return style

    def _base_style(self, tone: Any) -> Style:
        if isinstance(tone, Changed):
            return self._base_style(tone.tone) + Style(underline=True)
        if isinstance(tone, Style):
            return self.rich_style + tone
        name = tone_name(tone)
        known = name == "cursor" or name in TONES
        return self.get_component_rich_style(f"tone--{name}") if known else self.rich_style

    def _overlay(self, over: str) -> Style:
        """Only what the overlay adds: a background, or an attribute such as reverse or dim."""
        if not over:
            return Style.null()
        style = self._base_style(over)
        if over not in _GROUND:
            return Style(color=style.color, dim=style.dim)
        if style.reverse or style.underline:
            return Style(reverse=style.reverse, underline=style.underline)
        return Style(bgcolor=style.bgcolor)

    def strip_of(self, pieces: Iterable[Piece], width: int, over: str = "") -> Strip:
        """One line of exactly `width` cells; `over` is a tone laid over all of it."""
        segments = [Segment(plain(text), self.tone_style(tone, over)) for text, tone in pieces if text]
        return Strip(_merged(segments)).adjust_cell_length(width, self.tone_style(None, over))


def _merged(segments: Sequence[Segment]) -> list[Segment]:
    """Neighbours of one style as one segment: fewer bytes on the wire."""
    merged: list[Segment] = []
    for segment in segments:
        if merged and merged[-1].style == segment.style:
            merged[-1] = Segment(merged[-1].text + segment.text, segment.style)
        else:
            merged.append(segment)
    return merged
