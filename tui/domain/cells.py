"""The usual columns: text, number, age, status, why. Owns their widths and how an empty cell looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tui.core.health import Health
from tui.core.table import Column, Tone
from tui.core.units import age

Columns = tuple[Column[Any], ...]

NONE: Final = "-"
"""An empty cell that is known to be empty."""


def health(row: Any) -> Tone:
    health: Health = row.health
    return None if health is Health.GOOD else health


def text(id: str, title: str, width: int, field: str = "", **more: Any) -> Column[Any]:
    """A text column of one field; empty shows as `-`."""
    name = field or id
    return Column(id, title, lambda row, _now: getattr(row, name) or NONE, width, **more)


def figure(
    id: str, title: str, width: int, of: Callable[[Any], int], write: Callable[[Any], str] | None = None, **more: Any
) -> Column[Any]:
    """A right-aligned column that sorts by a number, the greatest first; `write` makes the cell of the row."""
    shown = write or (lambda row: str(of(row)))
    return Column(
        id, title, lambda row, _now: shown(row), width, right=True, descending=True, sort=of, **more
    )  # fmt: skip


def number(id: str, title: str, width: int, field: str = "", **more: Any) -> Column[Any]:
    """A column of one field that is a number."""
    name = field or id
    return figure(id, title, width, lambda row: int(getattr(row, name)), **more)


def since(id: str, title: str, width: int, field: str, write: Callable[[float], str] = age, **more: Any) -> Column[Any]:
    """A column of time gone by since an instant; sorts the youngest first."""

    def shown(row: Any, now: float) -> str:
        at = getattr(row, field)
        return NONE if at is None else write(max(0.0, now - at))

    def newest(row: Any) -> float | None:
        at = getattr(row, field)
        return None if at is None else -at

    return Column(id, title, shown, width, right=True, ages=True, sort=newest, **more)


def why(width: int = 12, drop: int = 0) -> Column[Any]:
    return Column("why", "WHY", lambda row, _now: row.why, width, grow=3, tone=health, drop=drop)


def status(title: str = "STATUS", width: int = 10, field: str = "status", most: int = 26) -> Column[Any]:
    return text("status", title, width, field, grow=1, most=most, tone=health)


def name(width: int = 20, most: int = 60, **more: Any) -> Column[Any]:
    return text("name", "NAME", width, grow=2, most=most, cut="middle", tone=lambda _row: "strong", **more)


AGE: Final = since("age", "AGE", 6, "created")
NAMESPACE: Final = text("namespace", "NAMESPACE", 10, most=24, grow=1, cut="middle", drop=6)
