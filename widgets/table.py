"""A table of many live rows, painted line by line.

Owns layout, cursor and scrolling. The rows are a model's: it is asked for the cells of visible rows only. The
cursor stays on its key whatever moves; a change repaints the visible lines whose cells differ, nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from widgets.columns import ColumnLike, Placed, furthest, place
from widgets.table_lines import Line, Marks, TableModel, line_of, pieces_of, titles
from widgets.toned import TONE_CSS, Toned

_WHEEL: Final = 3
"""Rows of one step of the mouse wheel."""
MARK: Final = 1.5
"""Seconds that a changed cell stays marked at least; twice as long at most."""


class Table(Toned, can_focus=True):
    """Rows and columns with a cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", show=False, id="move.down"),
        Binding("k,up", "move(-1)", show=False, id="move.up"),
        Binding("ctrl+f,pagedown", "page(1)", show=False, id="move.page_down"),
        Binding("ctrl+b,pageup", "page(-1)", show=False, id="move.page_up"),
        Binding("g,home", "first", show=False, id="move.first"),
        Binding("G,end", "last", show=False, id="move.last"),
        Binding("right", "sideways(1)", show=False, id="move.right"),
        Binding("h,left", "sideways(-1)", show=False, id="move.left"),
        Binding("enter", "select", show=False, id="table.open"),
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
        self._held = False
        self._sorted: tuple[str, bool] = ("", False)
        self._message: list[str] = []
        self._stale = False
        self._painted: list[Line] = []
        self._marks = Marks()
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
        if self._header:
            self.refresh(Region(0, 0, self.size.width, self._header))

    def reorder(self) -> None:
        """Rows came, went or moved: the cursor stays on its key, else at its place.

        A cursor that was never moved stays on the first row: while rows still arrive, the row that happened to
        come first is nobody's choice.
        """
        keys = self._keys
        found = _index(keys, self.cursor_key, self._row) if self._held and self.cursor_key is not None else None
        if found is not None:
            if self._top or found >= self._height:
                self._top += found - self._row
            self._row = found
        self._row = max(0, min(self._row, len(keys) - 1))
        self._settle(mark=True)

    def refresh_keys(self, keys: Collection[str]) -> None:
        """These rows changed; the visible ones are repainted where their cells differ."""
        changed = set(keys)
        if any(line.key in changed for line in self._painted):
            self._sync(mark=True)

    def tick(self, now: float) -> None:
        """Time passed: repaint the lines whose ages read differently."""
        self._now = now
        self._sync()

    def move_to(self, key: str) -> bool:
        """Put the cursor on a key; False when there is no such row."""
        found = _index(self._keys, key, 0)
        if found is not None:
            self._go(found)
        return found is not None

    # -- painting

    @property
    def _keys(self) -> Sequence[str]:
        return self._model.keys if self._model is not None else ()

    @property
    def _height(self) -> int:
        return max(0, self.size.height - self._header)

    def _layout(self) -> None:
        self._placed = place(self._columns, self.size.width, self._skip)

    def _settle(self, *, mark: bool = False) -> None:
        """Bring the cursor into view and tell when it is on another row."""
        keys, height = self._keys, max(1, self._height)
        self._top = max(min(self._top, self._row), self._row - height + 1, 0)
        self._top = max(0, min(self._top, len(keys) - height))
        self._held = self._held and bool(keys)
        before, self.cursor_key = self.cursor_key, keys[self._row] if keys else None
        self._sync(mark=mark)
        if before != self.cursor_key:
            self.post_message(self.Highlighted(self, self.cursor_key))

    def _sync(self, *, mark: bool = False) -> None:
        """Repaint the lines that read differently; `mark` those of their cells that do."""
        before, after = self._painted, self._window()
        running = bool(self._marks)
        if mark and self._marks.note(before, after, self._placed):
            after = [line if line.key is None else line._replace(changed=self._marks.of(line.key)) for line in after]
            if not running:
                self.set_timer(MARK, self._unmark)
        self._painted = after
        changed = [y for y, (old, new) in enumerate(zip_longest(before, after), self._header) if old != new]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def _unmark(self) -> None:
        self._marks.turn()
        if self._marks:
            self.set_timer(MARK, self._unmark)
        self._sync()

    def _repaint(self) -> None:
        """Columns moved: every line reads differently, and none of it is news."""
        self._layout()
        self._painted = []
        self._settle()
        self.refresh()

    def _window(self) -> list[Line]:
        keys, model = self._keys, self._model
        if model is None or not keys:
            return [Line(None, ((f" {text}", "dim"),), "") for text in self._message[: self._height]]
        visible = keys[self._top : self._top + self._height]
        return [
            line_of(model, key, self._placed, self._now, self._over(place), self._marks)
            for place, key in enumerate(visible, self._top)
        ]

    def _over(self, row: int) -> str:
        if row == self._row and self.has_focus:
            return "cursor"
        return "stale" if self._stale else ""

    def render_line(self, y: int) -> Strip:
        """One line: the header, or a row."""
        width = self.size.width
        if y < self._header:
            return self.strip_of(titles(self._placed, *self._sorted), width)
        row = y - self._header
        if row >= len(self._painted):
            return self.strip_of((), width)
        line = self._painted[row]
        return self.strip_of(pieces_of(line, self._placed), width, line.over)

    def on_resize(self) -> None:
        self._repaint()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor shows only where keys go."""
        super().watch_has_focus(has_focus)
        self._sync()

    # -- moving

    def _go(self, row: int) -> None:
        """Put the cursor on a row, by choice."""
        self._held = True
        self._row = max(0, min(row, len(self._keys) - 1))
        self._settle()

    def action_move(self, step: int) -> None:
        self._go(self._row + step)

    def action_page(self, step: int) -> None:
        """Move the window by its height, and the cursor with it."""
        self._top += step * max(1, self._height - 1)
        self._go(self._row + step * max(1, self._height - 1))

    def action_first(self) -> None:
        self._go(0)

    def action_last(self) -> None:
        self._go(len(self._keys) - 1)

    def action_sideways(self, step: int) -> None:
        skip = max(0, min(self._skip + step, furthest(self._columns, self.size.width)))
        if skip != self._skip:
            self._skip = skip
            self._repaint()

    def action_select(self) -> None:
        if self.cursor_key is not None:
            self._held = True
            self.post_message(self.Selected(self, self.cursor_key))

    def on_click(self, event: events.Click) -> None:
        row = self._top + event.y - self._header
        if event.y < self._header or row >= len(self._keys):
            return
        if row == self._row and event.chain > 1:
            self.action_select()
        self._go(row)

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
