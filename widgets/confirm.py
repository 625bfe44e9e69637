"""A question before something is done: what, with which consequences, by which command.

Returns True only for a clear yes. What cannot be undone asks for a word to be typed.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static


class Confirm(ModalScreen[bool]):
    """`title`, the consequences, the equivalent command; y or n, or a word to type."""

    BINDINGS = [
        Binding("y", "answer(True)", show=False),
        Binding("n,escape,q", "answer(False)", show=False),
    ]
    DEFAULT_CSS = """
    Confirm { align: center middle; }
    Confirm > Vertical {
        width: 76; max-width: 96%; height: auto; max-height: 90%; padding: 1 2; background: $panel;
    }
    Confirm VerticalScroll { height: auto; max-height: 60%; }
    Confirm .title { text-style: bold; }
    Confirm .command { color: $text-muted; margin-top: 1; }
    Confirm .keys { margin-top: 1; }
    Confirm Input { height: 1; border: none; background: $background; }
    """

    def __init__(self, title: str, lines: Sequence[str], command: str = "", *, type_to_confirm: str = "") -> None:
        super().__init__()
        self._title, self._lines, self._command, self._word = title, list(lines), command, type_to_confirm

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(self._title, classes="title", markup=False)
            with VerticalScroll(can_focus=False):
                yield Static("\n".join(self._lines), markup=False)
            if self._command:
                yield Static(f"$ {self._command}", classes="command", markup=False)
            if self._word:
                yield Static(f"type {self._word} to go on, esc to leave", classes="keys", markup=False)
                field = Input(compact=True)
                field.cursor_blink = False
                yield field
            else:
                yield Static("y  yes     n  no", classes="keys", markup=False)

    def action_answer(self, yes: bool) -> None:
        if not (yes and self._word):
            self.dismiss(yes)

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        if event.value == self._word:
            self.dismiss(True)
