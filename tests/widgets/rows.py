"""A small model and columns for tables under test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Column:
    """A column as the tables want it."""

    id: str
    title: str
    width: int
    grow: int = 0
    most: int = 0
    right: bool = False
    cut: str = "end"
    drop: int = 0


COLUMNS = (
    Column("health", "", 1),
    Column("name", "NAME", 12, grow=2, most=40, cut="middle"),
    Column("ready", "READY", 5, drop=2),
    Column("status", "STATUS", 10, grow=1),
    Column("restarts", "RESTARTS", 8, right=True, drop=3),
    Column("age", "AGE", 5, right=True, drop=1),
    Column("node", "NODE", 12, drop=4),
)


class Rows:
    """Rows by key; the age of each is counted from its birth."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.rows: dict[str, dict[str, str]] = {}
        self.born: dict[str, float] = {}
        self.keys: list[str] = []
        self.asked: list[str] = []
        for name in names:
            self.put(name)

    def put(self, key: str, place: int | None = None, **cells: str) -> None:
        """Add a row, at the end or at a place, or change its cells."""
        if key not in self.rows:
            self.rows[key] = {"health": "●", "name": key, "ready": "1/1", "status": "Running", "restarts": "0"}
            self.rows[key]["node"] = "node-1"
            self.born[key] = 0.0
            self.keys.insert(len(self.keys) if place is None else place, key)
        self.rows[key] |= cells

    def drop(self, key: str) -> None:
        """The row is gone."""
        del self.rows[key]
        self.keys.remove(key)

    def cells(self, key: str, columns: Sequence[Column], now: float) -> list[tuple[str, Any]]:
        self.asked.append(key)
        row = self.rows[key]
        age = f"{int(now - self.born[key])}s"
        return [(age if c.id == "age" else row[c.id], "good" if c.id == "health" else None) for c in columns]
