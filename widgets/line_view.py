"""The base of everything that shows many lines: a window on numbered lines, painted line by line.

Owns scrolling by rows, wrapping, sideways scrolling and following the end. Subclasses say how many lines there
are and what each is. Lines are asked for only while they are visible.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip

from widgets.pieces import Piece, first_cell, plain_pieces, skip_pieces, width_of, wrap_pieces
from widgets.toned import TONE_CSS, Toned

_SIDEWAYS = 16
"""Cells of one step of h and l."""
_WHEEL = 3
"""Lines of one step of the mouse wheel."""
_KEPT = 1024
"""Lines remembered as cut for the screen."""

Painted = tuple[int, Sequence[Piece], str]
"""Line number (-1: none), its pieces as cut for the screen, and the tone over it."""


class LineView(Toned, can_focus=True):
    """A window on lines. `top` is the number of the first visible line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll(1)", show=False, id="move.down"),
        Binding("k,up", "scroll(-1)", show=False, id="move.up"),
        Binding("ctrl+f,pagedown,space", "page(1)", show=False, id="move.page_down"),
        Binding("ctrl+b,pageup", "page(-1)", show=False, id="move.page_up"),
        Binding("g,home", "first", show=False, id="move.first"),
        Binding("G,end", "last", show=False, id="move.last"),
        Binding("l,right", "sideways(1)", show=False, id="move.right"),
        Binding("h,left", "sideways(-1)", show=False, id="move.left"),
    ]
    DEFAULT_CSS = f"""
    LineView {{ height: 1fr; {TONE_CSS} }}
    """
    wrap: reactive[bool] = reactive(False)

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.top = 0
        self._row = 0
        self.following = False
        self.left = 0
        self._message: list[str] = []
        self._painted: list[Painted] = []
        self._cut: dict[int, list[Sequence[Piece]]] = {}

    # -- what subclasses give

    def first_line(self) -> int:
        """The number of the first line there is."""
        return 0

    def line_count(self) -> int:
        """How many lines there are."""
        raise NotImplementedError

    def line(self, number: int) -> Sequence[Piece]:
        """The pieces of one line. What it gives may be kept until `forget_lines`."""
        raise NotImplementedError

    def line_from(self, number: int) -> int | None:
        """The first line there is from `number` on."""
        number = max(number, self.first_line())
        return number if number < self.first_line() + self.line_count() else None

    def line_before(self, number: int) -> int | None:
        """The last line there is before `number`."""
        number = min(number, self.first_line() + self.line_count()) - 1
        return number if number >= self.first_line() else None

    def parts(self, number: int) -> Sequence[Sequence[Piece]]:
        """One line as the rows that it takes on a screen of any width."""
        return [self.line(number)]

    @property
    def tall(self) -> bool:
        """Whether a line may take more than one row."""
        return self.wrap

    def empty_message(self) -> Sequence[str]:
        """What to show while there is no line."""
        return self._message

    def over(self, number: int) -> str:
        """A tone over a whole line, empty for none."""
        return ""

    def forget_lines(self) -> None:
        """Lines read differently from now on."""
        self._cut.clear()

    # -- painting

    def set_message(self, lines: Sequence[str]) -> None:
        """What to show while there is no line."""
        if list(lines) != self._message:
            self._message = list(lines)
            self.repaint()

    def repaint(self) -> None:
        """Compare what should be visible with what is, and send the lines that differ."""
        before, self._painted = self._painted, self._window(self.size.height)
        changed = [y for y, (old, new) in enumerate(zip_longest(before, self._painted)) if old != new]
        if len(changed) * 2 > self.size.height:
            self.refresh()
        elif changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def _window(self, height: int) -> list[Painted]:
        if not self.line_count():
            return [(-1, [(f" {text}", "dim")], "") for text in self.empty_message()[:height]]
        if self.following:
            self.top, self._row = self._bottom(height)
        self._clamp()
        shown: list[Painted] = []
        number = self.line_from(self.top)
        row = self._row if number == self.top else 0
        while number is not None and len(shown) < height:
            over = self.over(number)
            shown += [(number, pieces, over) for pieces in self._rows(number)[row : row + height - len(shown)]]
            number, row = self.line_from(number + 1), 0
        return shown

    def _rows(self, number: int) -> list[Sequence[Piece]]:
        """One line as the rows it takes."""
        rows = self._cut.get(number)
        if rows is None:
            rows = []
            for part in self.parts(number):
                pieces = plain_pieces(part)
                if self.wrap:
                    rows += wrap_pieces(pieces, self.size.width)
                else:
                    rows.append(skip_pieces(pieces, self.left) if self.left else pieces)
            if len(self._cut) >= _KEPT:
                self._cut.clear()
            self._cut[number] = rows
        return rows

    def render_line(self, y: int) -> Strip:
        """One line of the window."""
        if not self._painted and self.size.height:
            self._painted = self._window(self.size.height)
        if y >= len(self._painted):
            return self.strip_of((), self.size.width)
        _number, pieces, over = self._painted[y]
        return self.strip_of(pieces, self.size.width, over)

    def on_resize(self) -> None:
        self.forget_lines()
        self._painted = []
        self.repaint()
        self.refresh()

    def watch_wrap(self) -> None:
        self.left = self._row = 0
        self.forget_lines()
        self.repaint()

    def visible_lines(self) -> list[int]:
        """Numbers of the lines on screen."""
        return sorted({number for number, _pieces, _over in self._painted if number >= 0})

    # -- moving

    def _bottom(self, height: int) -> tuple[int, int]:
        """The line and its row at the top when the last row is at the bottom."""
        top, number, room = 0, self.line_before(sys.maxsize), height
        while number is not None and room > 0:
            top, room = number, room - self._height(number)
            number = self.line_before(number)
        return top, max(0, -room)

    def _clamp(self) -> None:
        first = self.first_line()
        if self.top < first:
            self.top, self._row = first, 0
        self.top, self._row = min((self.top, self._row), self._bottom(self.size.height))

    def _by_rows(self, step: int) -> None:
        """Move the window by rows: a wrapped line may be higher than the screen."""
        top = self.line_from(self.top)
        if top is not None:
            self.top, self._row = self._moved(top, (self._row if top == self.top else 0) + step)

    def _moved(self, top: int, row: int) -> tuple[int, int]:
        while row < 0 and (before := self.line_before(top)) is not None:
            top, row = before, row + self._height(before)
        while row >= (height := self._height(top)) and (after := self.line_from(top + 1)) is not None:
            top, row = after, row - height
        return top, max(0, row) if self.tall else 0

    def _height(self, number: int) -> int:
        return len(self._rows(number)) if self.tall else 1

    def scroll_to_line(self, number: int) -> None:
        """Put a line on screen, a third down from the top; what is marked as a match in it comes into view."""
        self.following = False
        self.top, self._row = number, 0
        cell = first_cell(self.line(number), "match") or 0
        if self.wrap:
            self._row = cell // max(1, self.size.width)
        elif not self.left <= cell < self.left + self.size.width - _SIDEWAYS // 2:
            self.left = max(0, cell - self.size.width // 2)
            self.forget_lines()
        self._by_rows(-(self.size.height // 3))
        self.repaint()

    def action_scroll(self, step: int) -> None:
        if self.following:
            self.top, self._row = self._bottom(self.size.height)
            self.following = False
        self._by_rows(step)
        self.repaint()

    def action_page(self, step: int) -> None:
        self.action_scroll(step * max(1, self.size.height - 1))

    def action_first(self) -> None:
        self.following = False
        self.top, self._row = self.first_line(), 0
        self.repaint()

    def action_last(self) -> None:
        self.top, self._row = self._bottom(self.size.height)
        self.repaint()

    def action_sideways(self, step: int) -> None:
        """Scroll sideways, as far as the longest visible line reaches."""
        if self.wrap:
            return
        furthest = max((width_of(pieces) for _number, pieces, _over in self._painted), default=0)
        if step < 0 or furthest > self.size.width:
            self.left = max(0, self.left + step * _SIDEWAYS)
            self.forget_lines()
            self.repaint()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_scroll(_WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_scroll(-_WHEEL)
