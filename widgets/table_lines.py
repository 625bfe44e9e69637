"""What the lines of a table read, and which of their cells have just changed. Pure.

Must not know scrolling or the cursor.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol

from widgets.columns import Placed
from widgets.pieces import Piece, fit
from widgets.toned import Changed


class TableModel(Protocol):
    """The rows of a table."""

    @property
    def keys(self) -> Sequence[str]:
        """Keys of all rows, in order."""

    def cells(self, key: str, columns: Any, now: float) -> Sequence[Piece]:
        """Text and tone of the given columns of one row at an instant."""


class Line(NamedTuple):
    """One line as painted."""

    key: str | None
    """The row's key, None for a message."""
    cells: tuple[Piece, ...]
    """One piece for each column, as wide as it."""
    over: str
    """The tone over the whole line."""
    changed: frozenset[str] = frozenset()
    """The ids of the columns that are marked as changed."""


def line_of(model: TableModel, key: str, placed: Sequence[Placed], now: float, over: str, marks: Marks) -> Line:
    """The line of one row."""
    columns = [one.column for one in placed]
    cells = tuple(
        (fit(text, one.width, right=one.column.right, middle=one.column.cut == "middle"), tone)
        for one, (text, tone) in zip(placed, model.cells(key, columns, now), strict=True)
    )
    return Line(key, cells, over, marks.of(key))


def pieces_of(line: Line, placed: Sequence[Placed]) -> list[Piece]:
    """The line with its gaps; changed text is marked, the room beside it is not."""
    if line.key is None:
        return list(line.cells)
    pieces: list[Piece] = []
    for one, (text, tone) in zip(placed, line.cells, strict=True):
        if one.column.id in line.changed and (words := text.strip()):
            before, _, after = text.partition(words)
            pieces += [(before, tone), (words, Changed(tone)), (after, tone)]
        else:
            pieces.append((text, tone))
        pieces.append((" ", None))
    return pieces


def titles(placed: Sequence[Placed], sorted_by: str, descending: bool) -> list[Piece]:
    """The header; the sorted column is put forward and says which way."""
    pieces: list[Piece] = []
    for one in placed:
        column = one.column
        here = bool(sorted_by) and column.id == sorted_by
        mark = ("▼" if descending else "▲") if here else ""
        title = fit(column.title, max(0, min(one.width - len(mark), len(column.title)))) + mark
        pieces += [(fit(title, one.width, right=column.right), "strong" if here else "header"), (" ", None)]
    return pieces


class Marks:
    """Cells that changed a short while ago, in two generations: each stays for one to two turns."""

    def __init__(self) -> None:
        self._young: dict[str, frozenset[str]] = {}
        self._old: dict[str, frozenset[str]] = {}

    def __bool__(self) -> bool:
        return bool(self._young or self._old)

    def of(self, key: str) -> frozenset[str]:
        """The ids of the marked columns of a row."""
        return self._young.get(key, frozenset()) | self._old.get(key, frozenset())

    def note(self, before: Iterable[Line], after: Iterable[Line], placed: Sequence[Placed]) -> bool:
        """Mark the cells that read differently; True when there are any. Rows that came or went are not marked."""
        old = {line.key: line.cells for line in before if line.key is not None}
        found = False
        for line in after:
            was = old.get(line.key) if line.key is not None else None
            if line.key is None or was is None or len(was) != len(placed) or was == line.cells:
                continue
            ids = {one.column.id for one, a, b in zip(placed, was, line.cells, strict=True) if a != b}
            self._young[line.key] = self._young.get(line.key, frozenset()) | ids
            found = True
        return found

    def turn(self) -> None:
        """Time passed: the old marks go, the young ones grow old."""
        self._old, self._young = self._young, {}
