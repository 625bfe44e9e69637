"""The `:` command line: one input at the bottom, what it can become above it. Tab takes the first."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from widgets.page import Page
from widgets.toned import Piece

_SHOWN = 6


class PromptScreen(ModalScreen[str | None]):
    """Returns the line that was typed, None when it was left."""

    BINDINGS = [
        Binding("escape", "leave", show=False, priority=True),
        Binding("tab,right", "take", show=False, priority=True),
        Binding("down", "choose(1)", show=False, priority=True),
        Binding("up", "choose(-1)", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    PromptScreen { align: left bottom; background: $background 0%; }
    PromptScreen > Vertical { height: auto; background: $panel; }
    PromptScreen Page { height: 6; background: $panel; }
    PromptScreen Horizontal { height: 1; }
    PromptScreen Static { width: 1; }
    PromptScreen Input { width: 1fr; height: 1; border: none; padding: 0; background: $panel; }
    """

    def __init__(self, complete: Callable[[str], list[str]]) -> None:
        super().__init__()
        self._complete = complete
        self._found: list[str] = []
        self._place = 0

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Page()
            with Horizontal():
                yield Static(":", markup=False)
                field = Input(compact=True)
                field.cursor_blink = False
                yield field

    def on_mount(self) -> None:
        self.query_one(Page).can_focus = False
        self.query_one(Input).focus()
        self._show("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._place = 0
        self._show(event.value)

    def _show(self, typed: str) -> None:
        self._found = self._complete(typed)[:_SHOWN]
        self._mark()

    def _mark(self) -> None:
        lines: list[list[Piece]] = [
            [(f" {text}", "strong" if place == self._place else "dim")] for place, text in enumerate(self._found)
        ]
        page = self.query_one(Page)
        page.styles.height = max(1, len(lines))
        page.show(lines)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        self.dismiss(event.value)

    def action_take(self) -> None:
        if self._found:
            field = self.query_one(Input)
            field.value = self._found[min(self._place, len(self._found) - 1)]
            field.cursor_position = len(field.value)

    def action_choose(self, step: int) -> None:
        if self._found:
            self._place = (self._place + step) % len(self._found)
            self._mark()

    def action_leave(self) -> None:
        self.dismiss(None)
