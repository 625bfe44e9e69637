"""The keys of a screen, in columns, over it. Any of the usual keys closes it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import ModalScreen

from widgets.page import Page
from widgets.toned import Piece

Section = tuple[str, list[tuple[str, str]]]


class HelpScreen(ModalScreen[None]):
    """Sections of (keys, words)."""

    BINDINGS = [Binding("escape,q,question_mark,f1,enter", "dismiss", show=False)]
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
        self.query_one(Page).show(lines_of(self._sections, 2 if self.app.size.width >= 76 else 1))
        self.query_one(Page).focus()


def lines_of(sections: Sequence[Section], columns: int) -> list[list[Piece]]:
    """The sections as lines of `columns` pairs each."""
    lines: list[list[Piece]] = []
    for title, pairs in sections:
        lines.append([(title.upper(), "strong")])
        rows = -(-len(pairs) // columns)
        for row in range(rows):
            pieces: list[Piece] = []
            for keys, words in pairs[row::rows]:
                pieces += [(f"  {keys:<14}", "busy"), (f" {words[:18]:<18}", None)]
            lines.append(pieces)
        lines.append([])
    return lines
