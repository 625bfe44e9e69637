"""A question before something is done: what, with which consequences, by which command.

Returns True only for a clear yes. What cannot be undone asks for a word to be typed.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from widgets.field import Field
from widgets.page import Page
from widgets.pieces import Piece
from widgets.toned import overlay

_AROUND = 8
"""Rows of the box that are not its text: padding, the line of keys, and room round it."""


class Confirm(ModalScreen[bool]):
    """`title`, the consequences, the equivalent command; y or n, or a word to type."""

    BINDINGS = [
        Binding("y", "answer(True)", show=False, id="confirm.yes"),
        Binding("n,escape,q", "answer(False)", show=False, id="confirm.no"),
        Binding("up,k", "scroll(-1)", show=False, id="move.up"),
        Binding("down,j", "scroll(1)", show=False, id="move.down"),
        Binding("pageup,ctrl+b", "page(-1)", show=False, id="move.page_up"),
        Binding("pagedown,ctrl+f,space", "page(1)", show=False, id="move.page_down"),
    ]
    CSS = overlay("Confirm", 60)
    DEFAULT_CSS = """
    Confirm { align: center middle; }
    Confirm > Vertical {
        width: 76; max-width: 96%; height: auto; max-height: 90%; padding: 1 2; background: $panel;
    }
    Confirm Page { height: auto; background: $panel; }
    Confirm Field { background: $background; }
    """

    def __init__(self, title: str, lines: Sequence[str], command: str = "", *, type_to_confirm: str = "") -> None:
        super().__init__()
        self._title, self._lines, self._command, self._word = title, list(lines), command, type_to_confirm

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Page(id="text")
            yield Page(id="keys")
            if self._word:
                yield Field()

    def on_mount(self) -> None:
        for page in self.query(Page):
            page.can_focus, page.wrap = False, True
        self._text.show(self._body())
        self._ask("")
        if self._word:
            self.query_one(Field).focus()

    @property
    def _text(self) -> Page:
        return self.query_one("#text", Page)

    def _body(self) -> list[list[Piece]]:
        lines: list[list[Piece]] = [[(self._title, "strong")], *([(line, None)] for line in self._lines)]
        return [*lines, [], [(f"$ {self._command}", "dim")]] if self._command else lines

    def _ask(self, problem: str) -> None:
        words: list[Piece] = [("y", "strong"), ("  yes     ", None), ("n", "strong"), ("  no", None)]
        if self._word:
            words = [("type ", None), (self._word, "strong"), (" to go on, esc to leave", None)]
        self.query_one("#keys", Page).show([[], words, *([[(problem, "warn")]] if problem else [])])
        self.query_one("#keys", Page).refresh(layout=True)

    def on_resize(self) -> None:
        """A long text scrolls, so that the question below it is always in sight."""
        self._text.styles.max_height = max(3, self.size.height - _AROUND)

    def action_answer(self, yes: bool) -> None:
        if not (yes and self._word):
            self.dismiss(yes)

    def action_scroll(self, step: int) -> None:
        self._text.action_scroll(step)

    def action_page(self, step: int) -> None:
        self._text.action_page(step)

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        if event.value == self._word:
            self.dismiss(True)
        else:
            self._ask("that is something else; nothing was done")
