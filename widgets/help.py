"""The keys of a screen, in columns, over it. Any of the usual keys closes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import ModalScreen

from widgets.page import Page
from widgets.pieces import Piece, fit
from widgets.toned import overlay

Section = tuple[str, list[tuple[str, str]]]

_KEYS: Final = 14
_WORDS: Final = 20
"""Cells that keys and words take at least."""
_AROUND: Final = 4
"""Rows of a screen, and cells of the page's own width, that are not for text."""
_SHARE: Final = 96
"""Of a hundred cells of a screen the page has so many."""


class HelpScreen(ModalScreen[None]):
    """Sections of (keys, words)."""

    BINDINGS = [Binding("escape,q,question_mark,f1,enter", "dismiss", show=False, id="help.close")]
    CSS = overlay("HelpScreen", 60)
    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen > Page { width: 96%; height: 90%; padding: 1 2; background: $panel; }
    """

    def __init__(self, sections: Sequence[Section]) -> None:
        super().__init__()
        self._sections = sections

    def compose(self) -> ComposeResult:
        yield Page()

    def on_mount(self) -> None:
        self.query_one(Page).focus()

    def on_resize(self) -> None:
        lines = lines_of(self._sections, self.size.width * _SHARE // 100 - _AROUND)
        if len(lines) > self.size.height - _AROUND:
            lines = [[("j k scroll, esc closes", "dim")], [], *lines]
        self.query_one(Page).show(lines)


def lines_of(sections: Sequence[Section], width: int) -> list[list[Piece]]:
    """The sections in `width` cells, as many pairs side by side as there is room for."""
    columns = max(1, width // (_KEYS + _WORDS + 3))
    room = max(_WORDS, width // columns - _KEYS - 3)
    lines: list[list[Piece]] = []
    for title, pairs in sections:
        lines.append([(title.upper(), "strong")])
        rows = -(-len(pairs) // columns)
        lines += [_side_by_side(pairs[row::rows], room) for row in range(rows)]
        lines.append([])
    return lines[:-1]


def _side_by_side(pairs: Sequence[tuple[str, str]], room: int) -> list[Piece]:
    pieces: list[Piece] = []
    for keys, words in pairs:
        pieces += [("  ", None), (fit(keys, _KEYS), "busy"), (f" {fit(words, room)}", None)]
    return pieces
