"""A short list to choose one line of, at the bottom of the screen: enter takes it, escape leaves.

Returns the number of the line, None when it was left.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from widgets.pieces import Piece
from widgets.status_bar import StatusBar
from widgets.table import Table
from widgets.toned import overlay

_MOST: Final = 14
"""Lines that are shown at once."""


class Option(NamedTuple):
    """One line."""

    name: str
    about: str = ""


class _Column(NamedTuple):
    """As a table's layout wants it."""

    id: str
    title: str
    width: int
    grow: int
    most: int
    right: bool = False
    cut: str = "end"
    drop: int = 0
    ages: bool = False


class _Options:
    """The options as a table's model."""

    def __init__(self, options: Sequence[Option]) -> None:
        self._options = options
        self.keys = [str(place) for place in range(len(options))]

    def cells(self, key: str, columns: Any, _now: float) -> list[Piece]:
        option = self._options[int(key)]
        shown: dict[str, Piece] = {"name": (option.name, None), "about": (option.about, "dim")}
        return [shown[column.id] for column in columns]


class ChooseScreen(ModalScreen[int | None]):
    """`title`, and the options; the cursor begins at `at`."""

    BINDINGS = [Binding("escape,q", "leave", show=False, id="choose.leave")]
    CSS = overlay("ChooseScreen", 60)
    DEFAULT_CSS = """
    ChooseScreen { align: left bottom; }
    ChooseScreen > Vertical { height: auto; padding: 0 1; background: $panel; }
    ChooseScreen Table { background: $panel; }
    ChooseScreen StatusBar { background: $panel; }
    """

    def __init__(self, title: str, options: Sequence[Option], at: int = 0) -> None:
        super().__init__()
        self._title, self._model, self._at = title, _Options(options), at
        name = max((len(option.name) for option in options), default=8)
        self._columns = (
            _Column("name", "", min(30, name), 1, name),
            _Column("about", "", 10, 2, 80),
        )

    def compose(self) -> ComposeResult:
        with Vertical():
            yield StatusBar()
            yield Table(show_header=False)

    def on_mount(self) -> None:
        self.query_one(StatusBar).show([(self._title, "strong")], [("enter takes it, esc leaves", "dim")])
        table = self.query_one(Table)
        table.styles.height = min(_MOST, len(self._model.keys))
        table.show(self._model, self._columns, 0.0)
        table.focus()
        if self._model.keys:
            table.move_to(self._model.keys[self._at])

    @on(Table.Selected)
    def _taken(self, event: Table.Selected) -> None:
        event.stop()
        self.dismiss(int(event.key))

    def action_leave(self) -> None:
        self.dismiss(None)
