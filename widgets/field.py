"""One line to type into: nothing blinks, and what is pasted cannot act on the terminal."""

from __future__ import annotations

from typing import Any

from textual.widgets import Input

from widgets.pieces import plain


class Field(Input):
    """An Input without frame, blinking and controls."""

    DEFAULT_CSS = """
    Field { width: 1fr; height: 1; border: none; padding: 0; background: $panel; }
    Field:focus { border: none; }
    """

    def __init__(self, **more: Any) -> None:
        super().__init__(compact=True, select_on_focus=False, **more)
        self.cursor_blink = False

    def validate_value(self, value: str) -> str:
        """What is typed or pasted, inert."""
        return plain(value)
