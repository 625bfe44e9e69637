"""How a kind is laid out as a table: columns as data, read by the screens and by `-o` output alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Literal, TypeVar

from msgspec import Struct

from tui.core.health import Health

R = TypeVar("R")
Tone = Health | Literal["dim", "strong"] | None
"""How a cell is coloured: by health, pushed back, put forward, or plain."""


class Column(Struct, Generic[R], frozen=True):
    """One column. Widths are in cells, the gap between columns not counted."""

    id: str
    """Lower case, stable: the config file and sort commands name it."""
    title: str
    """The header, as kubectl writes it where kubectl has it."""
    text: Callable[[R, float], str]
    """The cell of a row at an instant (seconds since 1970). Must not change unless the row does, or time passes."""
    width: int
    """Its least width."""
    grow: int = 0
    """Its share of the room left over; 0: it stays at `width`."""
    most: int = 0
    """Its greatest width; 0: no limit."""
    right: bool = False
    """Right-aligned: numbers."""
    cut: Literal["end", "middle"] = "end"
    """Which part to give up when the text is too long."""
    drop: int = 0
    """Columns with the highest `drop` go first when the screen is narrow; 0 never goes."""
    tone: Callable[[R], Tone] | None = None
    sort: Callable[[R], Any] | None = None
    """Sort key; None: by text."""
    descending: bool = False
    """Whether the first press of its sort key puts the greatest first."""
    ages: bool = False
    """Whether its text changes as time passes."""
