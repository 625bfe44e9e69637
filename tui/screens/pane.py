"""What every part of the overview is: a title line that answers first, a place, a row under a cursor.

Owns what the overview may ask of a pane. Must not know what any pane shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from textual.message import Message
from textual.widget import Widget

from tui.core.store import Delta
from tui.core.table import Tone
from tui.screens.deck import Deck
from tui.screens.layout import Want
from widgets.status_bar import StatusBar

Segments = list[tuple[str, Tone]]


class Pane(Widget):
    """One part of the overview."""

    WATCHES: tuple[str, ...] = ()
    MODE = ""
    """The top-level screen it opens."""
    can_take_focus = True
    DEFAULT_CSS = """
    Pane { height: auto; layout: vertical; }
    Pane > .title { height: 1; }
    Pane > .body { height: 1fr; }
    """

    @dataclass
    class Moved(Message):
        """The cursor is on another row."""

        pane: Pane

    @dataclass
    class Opened(Message):
        """Enter was pressed on a row."""

        pane: Pane

    @property
    def deck(self) -> Deck:
        """The app."""
        return cast("Deck", self.app)

    def want(self) -> Want:
        """The rows it asks for on a stacked screen, its title counted."""
        return Want(2, 2, 2)

    def give(self, height: int | None, *, shown: bool = True) -> None:
        """Its height in rows; None: what its place in a grid, or the whole screen, gives it."""
        self.styles.height = height if height is not None else "1fr"
        self.display = shown and height != 0

    def title(self, left: Segments, right: Segments = []) -> None:  # noqa: B006
        """Show the title line."""
        self.query_one(StatusBar).show(left, right)

    def renew(self, delta: Delta | None) -> None:
        """Facts it watches changed."""

    def tick(self) -> None:
        """A second passed."""

    def take_focus(self) -> None:
        """Put the focus on its rows."""

    @property
    def current(self) -> Any | None:
        """The row under its cursor, where it has rows."""
        return None

    async def open(self) -> None:
        """Show its own screen, on the same row."""
        await self.deck.go(self.MODE)

    @property
    def object_kind(self) -> str:
        """The kind of the object behind the row under its cursor."""
        return ""

    async def logs(self, *, previous: bool) -> None:
        """Show the log of the row, where it has one."""

    def describe(self) -> None:
        """Describe the row, where there is one."""

    def yaml(self) -> None:
        """Show the row as YAML, where there is one."""
