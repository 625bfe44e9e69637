"""The line one types a filter or a search into. Hidden until opened; enter keeps, escape clears."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from widgets.field import Field
from widgets.pieces import plain

_HISTORY = 50
"""Texts that can be recalled."""


class FilterBar(Horizontal):
    """`/` and what is typed. Tells every change, so that the rows follow the typing."""

    BINDINGS = [
        Binding("escape", "clear", show=False, id="filter.clear", priority=True),
        Binding("up", "recall(-1)", show=False, id="filter.older", priority=True),
        Binding("down", "recall(1)", show=False, id="filter.newer", priority=True),
    ]
    DEFAULT_CSS = """
    FilterBar { height: 1; dock: bottom; display: none; margin-bottom: 1; background: $panel; }
    FilterBar.-open { display: block; }
    FilterBar > .prompt { width: auto; color: $text-muted; }
    FilterBar > .problem { width: auto; color: $warning; }
    """

    @dataclass
    class Changed(Message):
        """The text is another one."""

        bar: FilterBar
        text: str

        @property
        def control(self) -> FilterBar:
            """The bar, for selectors."""
            return self.bar

    @dataclass
    class Closed(Message):
        """Enter or escape: the typing is over."""

        bar: FilterBar

        @property
        def control(self) -> FilterBar:
            """The bar, for selectors."""
            return self.bar

    def __init__(self, *, prompt: str = "/", **more: Any) -> None:
        super().__init__(**more)
        self._prompt = prompt
        self._history: list[str] = []
        self._place = 0

    def compose(self) -> ComposeResult:
        yield Static(self._prompt, classes="prompt", markup=False)
        yield Field()
        yield Static("", classes="problem", markup=False)

    def open(self, text: str) -> None:
        """Show it with this text and take the keys."""
        self.add_class("-open")
        self.set_problem("")
        field = self.query_one(Field)
        with field.prevent(Input.Changed):
            field.value = text
        field.cursor_position = len(text)
        self._place = len(self._history)
        field.focus()

    @property
    def text(self) -> str:
        """What is typed."""
        return self.query_one(Field).value

    def set_problem(self, text: str) -> None:
        """Say what is wrong with the text; empty for nothing."""
        self.query_one(".problem", Static).update(plain(text))

    def _close(self) -> None:
        self.remove_class("-open")
        self.post_message(self.Closed(self))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(self, event.value))

    @on(Input.Submitted)
    def _kept(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value:
            self._history = [*(h for h in self._history if h != event.value), event.value][-_HISTORY:]
        self._close()

    def action_clear(self) -> None:
        self.post_message(self.Changed(self, ""))
        self._close()

    def action_recall(self, step: int) -> None:
        self._place = max(0, min(self._place + step, len(self._history)))
        past = self._history[self._place] if self._place < len(self._history) else ""
        field = self.query_one(Field)
        field.value = past
        field.cursor_position = len(past)
