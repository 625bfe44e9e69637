"""The `:` command line: one input at the bottom, what it can become above it.

Tab takes the first, or the one chosen with the arrows; enter runs what was chosen, else what was typed.
"""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from widgets.field import Field
from widgets.page import Page
from widgets.pieces import Piece
from widgets.toned import overlay

_SHOWN = 6
"""Completions shown at a time."""


class PromptScreen(ModalScreen[str | None]):
    """Returns the line that was typed, None when it was left."""

    BINDINGS = [
        Binding("escape", "leave", show=False, id="prompt.leave", priority=True),
        Binding("tab", "take", show=False, id="prompt.take", priority=True),
        Binding("down", "choose(1)", show=False, id="prompt.next", priority=True),
        Binding("up", "choose(-1)", show=False, id="prompt.previous", priority=True),
    ]
    CSS = overlay("PromptScreen", 0)
    DEFAULT_CSS = """
    PromptScreen { align: left bottom; }
    PromptScreen > Vertical { height: auto; background: $panel; }
    PromptScreen Page { height: auto; background: $panel; }
    PromptScreen Horizontal { height: 1; }
    PromptScreen Static { width: 1; }
    """

    def __init__(self, complete: Callable[[str], list[str]]) -> None:
        super().__init__()
        self._complete = complete
        self._found: list[str] = []
        self._place = 0
        self._chosen = False

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Page()
            with Horizontal():
                yield Static(":", markup=False)
                yield Field()

    def on_mount(self) -> None:
        self.query_one(Page).can_focus = False
        self.query_one(Field).focus()
        self._show("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._show(event.value)

    def _show(self, typed: str) -> None:
        self._place, self._chosen = 0, False
        self._found = self._complete(typed)
        self._mark()

    def _mark(self) -> None:
        """Show the completions round the marked one."""
        start = max(0, min(self._place - _SHOWN + 1, len(self._found) - _SHOWN))
        lines: list[list[Piece]] = [
            [(f" {text}", "strong" if place == self._place else "dim")]
            for place, text in enumerate(self._found[start : start + _SHOWN], start)
        ]
        page = self.query_one(Page)
        page.show(lines)
        page.refresh(layout=True)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        self.dismiss(self._found[self._place] if self._chosen else event.value)

    def action_take(self) -> None:
        if self._found:
            field = self.query_one(Field)
            field.value = self._found[self._place]
            field.cursor_position = len(field.value)

    def action_choose(self, step: int) -> None:
        if self._found:
            self._place = (self._place + step) % len(self._found) if self._chosen or step < 0 else 0
            self._chosen = True
            self._mark()

    def action_leave(self) -> None:
        self.dismiss(None)
