"""The base of everything that shows many lines: a window on numbered lines, painted line by line.

Owns scrolling, wrapping, sideways scrolling, following the end, and the search's place. Subclasses say how
many lines there are and what each is. Lines are asked for only while they are visible.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip

from widgets.toned import TONE_CSS, Piece, Toned, skip_pieces, wrap_pieces

_SIDEWAYS = 16
"""Cells of one step of h and l."""
_WHEEL = 3
"""Lines of one step of the mouse wheel."""

Painted = tuple[int, Sequence[Piece], str]
"""Line number (-1: none), its pieces as cut for the screen, and the tone over it."""


class LineView(Toned, can_focus=True):
    """A window on lines. `top` is the first visible line while it does not follow the end."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("ctrl+f,pagedown,space", "page(1)", show=False),
        Binding("ctrl+b,pageup", "page(-1)", show=False),
        Binding("g,home", "first", show=False),
        Binding("G,end", "last", show=False),
        Binding("l,right", "sideways(1)", show=False),
        Binding("h,left", "sideways(-1)", show=False),
    ]
    DEFAULT_CSS = f"""
    LineView {{ height: 1fr; {TONE_CSS} }}
    """
    wrap: reactive[bool] = reactive(False)

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.top = 0
        self.following = False
        self.left = 0
        self._message: list[str] = []
        self._painted: list[Painted] = []

    # -- what subclasses give

    def line_count(self) -> int:
        """How many lines there are."""
        raise NotImplementedError

    def line(self, number: int) -> Sequence[Piece]:
        """The pieces of one line, counted from 0."""
        raise NotImplementedError

    def over(self, number: int) -> str:
        """A tone over a whole line, empty for none."""
        return ""

    # -- painting

    def set_message(self, lines: Sequence[str]) -> None:
        """What to show while there is no line."""
        if list(lines) != self._message:
            self._message = list(lines)
            self.repaint()

    def repaint(self) -> None:
        """Compare what should be visible with what is, and send the lines that differ."""
        before, self._painted = self._painted, self._window(self.size.height)
        if len(before) != len(self._painted):
            self.refresh()
            return
        for y, (old, new) in enumerate(zip(before, self._painted, strict=True)):
            if old != new:
                self.refresh(Region(0, y, self.size.width, 1))

    def _window(self, height: int) -> list[Painted]:
        count = self.line_count()
        if not count:
            return [(-1, [(text, "dim")], "") for text in self._message[:height]]
        if self.following:
            return self._upwards(count, height)
        self.top = max(0, min(self.top, count - 1))
        shown: list[Painted] = []
        for number in range(self.top, count):
            shown += self._rows(number)
            if len(shown) >= height:
                break
        return shown[:height]

    def _upwards(self, count: int, height: int) -> list[Painted]:
        shown: list[Painted] = []
        number = count
        while number > 0 and len(shown) < height:
            number -= 1
            shown = [*self._rows(number), *shown]
        self.top = number
        return shown[-height:] if height else []

    def _rows(self, number: int) -> list[Painted]:
        pieces, over = self.line(number), self.over(number)
        if not self.wrap:
            return [(number, skip_pieces(pieces, self.left) if self.left else pieces, over)]
        return [(number, row, over) for row in wrap_pieces(pieces, self.size.width)]

    def render_line(self, y: int) -> Strip:
        """One line of the window."""
        if len(self._painted) == 0 and self.size.height:
            self._painted = self._window(self.size.height)
        if y >= len(self._painted):
            return self.strip_of((), self.size.width)
        _number, pieces, over = self._painted[y]
        return self.strip_of(pieces, self.size.width, over)

    def on_resize(self) -> None:
        self._painted = []
        self.repaint()
        self.refresh()

    def watch_wrap(self) -> None:
        self.left = 0
        self.repaint()

    def visible_lines(self) -> list[int]:
        """Numbers of the lines on screen."""
        return sorted({number for number, _pieces, _over in self._painted if number >= 0})

    # -- moving

    def scroll_to_line(self, number: int) -> None:
        """Put a line on screen, a third down from the top; following stops."""
        self.following = False
        self.top = max(0, min(number - self.size.height // 3, self._last_top()))
        self.repaint()

    def _last_top(self) -> int:
        return max(0, self.line_count() - (1 if self.wrap else self.size.height))

    def action_scroll(self, step: int) -> None:
        self.following = False
        self.top = max(0, min(self.top + step, self._last_top()))
        self.repaint()

    def action_page(self, step: int) -> None:
        self.action_scroll(step * max(1, self.size.height - 1))

    def action_first(self) -> None:
        self.following = False
        self.top = 0
        self.repaint()

    def action_last(self) -> None:
        self.top = self._last_top()
        self.repaint()

    def action_sideways(self, step: int) -> None:
        if not self.wrap:
            self.left = max(0, self.left + step * _SIDEWAYS)
            self.repaint()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_scroll(_WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_scroll(-_WHEEL)
