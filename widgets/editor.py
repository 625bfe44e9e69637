"""A text editor with a list of findings below it: line, column, how bad, what.

Owns the typing; whoever uses it judges the text and hands the findings back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import TextArea

from widgets.page import Page
from widgets.pieces import Piece, plain

Finding = tuple[int, int, Any, str]
"""Line and column from 1 (0: of the whole), tone, and the words."""
_SHOWN: Final = 4
"""Findings shown at a time."""
_INDENT: Final = 2
"""Cells of a tab."""


def _inert(text: str) -> str:
    """`text` whose lines cannot act on the terminal; tabs become the spaces they stand for in YAML."""
    return "\n".join(plain(line) for line in text.expandtabs(_INDENT).splitlines())


class _Area(TextArea):
    """A TextArea that pastes inert text and leaves escape to the screen."""

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.prevent_default()

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = _inert(event.text)


class Editor(Vertical):
    """Text and its findings."""

    DEFAULT_CSS = """
    Editor > TextArea { height: 1fr; border: none; padding: 0; background: $background; }
    Editor > TextArea:focus { border: none; }
    Editor > Page { height: auto; }
    """

    @dataclass
    class Changed(Message):
        """The text is another one."""

        editor: Editor

        @property
        def control(self) -> Editor:
            """The editor, for selectors."""
            return self.editor

    def compose(self) -> ComposeResult:
        area = _Area(show_line_numbers=True, tab_behavior="indent", soft_wrap=False)
        area.cursor_blink = False
        area.indent_width = _INDENT
        yield area
        yield Page()

    def on_mount(self) -> None:
        self.query_one(Page).can_focus = False

    @property
    def text(self) -> str:
        """What is typed."""
        return self.query_one(TextArea).text

    @text.setter
    def text(self, text: str) -> None:
        self.query_one(TextArea).load_text(_inert(text) + ("\n" if text.endswith("\n") else ""))

    def focus(self, scroll_visible: bool = True) -> Editor:
        """Put the cursor into the text."""
        self.query_one(TextArea).focus(scroll_visible)
        return self

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(self))

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show the first few findings below the text."""
        lines: list[list[Piece]] = [[(f" {words}", tone)] for _line, _column, tone, words in findings[:_SHOWN]]
        if len(findings) > _SHOWN:
            lines.append([(f" and {len(findings) - _SHOWN} more", "dim")])
        page = self.query_one(Page)
        page.show(lines)
        page.refresh(layout=True)
