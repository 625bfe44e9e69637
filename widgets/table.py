"""A table of many live rows, painted line by line.

Owns layout, cursor and scrolling. The rows are a model's: it is asked for the cells of visible rows only. The
cursor stays on its key whatever moves; a change repaints the visible lines whose cells differ, nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from widgets.columns import ColumnLike, Placed, place
from widgets.toned import TONE_CSS, Piece, Toned, fit

_WHEEL = 3
"""Rows of one step of the mouse wheel."""


class TableModel(Protocol):
    """The rows of a table."""

    @property
    def keys(self) -> Sequence[str]:
        """Keys of all rows, in order."""

    def cells(self, key: str, columns: Any, now: float) -> Sequence[Piece]:
        """Text and tone of the given columns of one row at an instant."""


Line = tuple[str | None, tuple[Piece, ...], str]
"""Key, pieces and overlay of one painted line."""


class Table(Toned, can_focus=True):
    """Rows and columns with a cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("ctrl+f,pagedown", "page(1)", show=False),
        Binding("ctrl+b,pageup", "page(-1)", show=False),
        Binding("g,home", "first", show=False),
        Binding("G,end", "last", show=False),
        Binding("right", "sideways(1)", show=False),
        Binding("h,left", "sideways(-1)", show=False),
        Binding("enter", "select", show=False),
    ]
    DEFAULT_CSS = f"""
    Table {{ height: 1fr; {TONE_CSS} }}
    """

    @dataclass
    class Highlighted(Message):
        """The cursor is on another row, or on none."""

        table: Table
        key: str | None

        @property
        def control(self) -> Table:
            """The table, for selectors."""
            return self.table

    @dataclass
    class Selected(Message):
        """Enter, or a click on the row of the cursor."""

        table: Table
        key: str

        @property
        def control(self) -> Table:
            """The table, for selectors."""
            return self.table

    def __init__(self, *, show_header: bool = True, **more: Any) -> None:
        super().__init__(**more)
        self._header = 1 if show_header else 0
        self._model: TableModel | None = None
        self._columns: Sequence[ColumnLike] = ()
        self._placed: list[Placed] = []
        self._now = 0.0
        self._top = 0
        self._row = 0
        self._skip = 0
        self._sorted: tuple[str, bool] = ("", False)
        self._message: list[str] = []
        self._stale = False
        self._painted: list[Line] = []
        self.cursor_key: str | None = None

    # -- what the screen says

    def show(self, model: TableModel, columns: Sequence[ColumnLike], now: float) -> None:
        """Show the rows of `model` in these columns."""
        self._model, self._columns, self._now = model, columns, now
        self._layout()
        self.reorder()

    def set_message(self, lines: Sequence[str], *, stale: bool = False) -> None:
        """The lines to show while there is no row; `stale` dims the rows there are."""
        if (list(lines), stale) != (self._message, self._stale):
            self._message, self._stale = list(lines), stale
            self._sync()

    def sorted_by(self, column_id: str, descending: bool) -> None:
        """Mark the column the rows are sorted by."""
        self._sorted = (column_id, descending)
        self.refresh(Region(0, 0, self.size.width, self._header))

    def reorder(self) -> None:
        """Rows came, went or moved: find the cursor's key again, else stay at its place."""
        keys = self._keys
        was_at = self._row - self._top
        if self.cursor_key is not None and (place := _index(keys, self.cursor_key, self._row)) is not None:
            self._row = place
            self._top = self._row - was_at
        self._row = max(0, min(self._row, len(keys) - 1))
        self._settle()

    def refresh_keys(self, keys: Collection[str]) -> None:
        """These rows changed; the visible ones are repainted where their cells differ."""
        if keys:
            self._sync()

    def tick(self, now: float) -> None:
        """Time passed: repaint the lines whose ages read differently."""
        self._now = now
        self._sync()

    def move_to(self, key: str) -> bool:
        """Put the cursor on a key; False when there is no such row."""
        place = _index(self._keys, key, 0)
        if place is not None:
            self._row = place
            self._settle()
        return place is not None

    # -- painting

    @property
    def _keys(self) -> Sequence[str]:
        return self._model.keys if self._model is not None else ()

    @property
    def _height(self) -> int:
        return max(0, self.size.height - self._header)

    def _layout(self) -> None:
        self._placed = place(self._columns, self.size.width, self._skip)

    def _settle(self) -> None:
        """Bring the cursor into view and tell when it is on another row."""
        keys, height = self._keys, max(1, self._height)
        self._top = max(min(self._top, self._row), self._row - height + 1, 0)
        self._top = max(0, min(self._top, len(keys) - height))
        before, self.cursor_key = self.cursor_key, keys[self._row] if keys else None
        self._sync()
        if before != self.cursor_key:
            self.post_message(self.Highlighted(self, self.cursor_key))

    def _sync(self) -> None:
        before, self._painted = self._painted, self._window()
        if len(before) != len(self._painted):
            self.refresh()
            return
        for y, (old, new) in enumerate(zip(before, self._painted, strict=True)):
            if old != new:
                self.refresh(Region(0, y + self._header, self.size.width, 1))

    def _window(self) -> list[Line]:
        keys = self._keys
        if not keys:
            return [(None, ((f" {text}", "dim"),), "") for text in self._message[: self._height]]
        visible = keys[self._top : self._top + self._height]
        return [self._line(key, self._top + place == self._row) for place, key in enumerate(visible)]

    def _line(self, key: str, under_cursor: bool) -> Line:
        assert self._model is not None
        columns = [placed.column for placed in self._placed]
        cells = self._model.cells(key, columns, self._now)
        pieces: list[Piece] = []
        for placed, (text, tone) in zip(self._placed, cells, strict=True):
            column = placed.column
            pieces.append((fit(text, placed.width, right=column.right, middle=column.cut == "middle"), tone))
            pieces.append((" ", None))
        over = "cursor" if under_cursor and self.has_focus else "stale" if self._stale else ""
        return key, tuple(pieces), over

    def render_line(self, y: int) -> Strip:
        """One line: the header, or a row."""
        width = self.size.width
        if y < self._header:
            return self.strip_of(self._titles(), width)
        place = y - self._header
        if place >= len(self._painted):
            return self.strip_of((), width)
        _key, pieces, over = self._painted[place]
        return self.strip_of(pieces, width, over)

    def _titles(self) -> list[Piece]:
        pieces: list[Piece] = []
        for placed in self._placed:
            column = placed.column
            mark = ("▼" if self._sorted[1] else "▲") if column.id == self._sorted[0] and self._sorted[0] else ""
            tone = "strong" if mark else "header"
            pieces += [(fit(column.title + mark, placed.width, right=column.right), tone), (" ", None)]
        return pieces

    def on_resize(self) -> None:
        self._layout()
        self._painted = []
        self._settle()
        self.refresh()

    def on_focus(self) -> None:
        self._sync()

    def on_blur(self) -> None:
        self._sync()

    # -- moving

    def action_move(self, step: int) -> None:
        self._row = max(0, min(self._row + step, len(self._keys) - 1))
        self._settle()

    def action_page(self, step: int) -> None:
        self.action_move(step * max(1, self._height - 1))

    def action_first(self) -> None:
        self.action_move(-len(self._keys))

    def action_last(self) -> None:
        self.action_move(len(self._keys))

    def action_sideways(self, step: int) -> None:
        self._skip = max(0, min(self._skip + step, len(self._columns) - 3))
        self._layout()
        self._painted = []
        self._sync()
        self.refresh()

    def action_select(self) -> None:
        if self.cursor_key is not None:
            self.post_message(self.Selected(self, self.cursor_key))

    def on_click(self, event: events.Click) -> None:
        place = self._top + event.y - self._header
        if event.y < self._header or place >= len(self._keys):
            return
        if place == self._row and event.chain > 1:
            self.action_select()
        self._row = place
        self._settle()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_move(_WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_move(-_WHEEL)


def _index(keys: Sequence[str], key: str, near: int) -> int | None:
    """Where `key` is, looked for first where it was."""
    if near < len(keys) and keys[near] == key:
        return near
    try:
        return keys.index(key)
    except ValueError:
        return None
