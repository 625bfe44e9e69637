"""One kind of the store as the model of a table: which rows, in which order, with which cells.

Owns the filter, the order and the glyph column. Must not know widgets beyond the shape of a model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from tui.core.health import Health
from tui.core.query import Query, parse
from tui.core.store import Delta
from tui.core.table import Column, Tone
from tui.core.view import View
from tui.domain.columns import LOOKS

TROUBLE: Final = ""
"""The order in which a table opens: worst first, then as its kind says."""
_FAULTY: Final = (Health.WARN, Health.BAD)


class Rows:
    """The rows of `kind` that a screen shows, live."""

    def __init__(self, rows: Mapping[str, Any], kind: str, glyph: Callable[[Health], str]) -> None:
        look = LOOKS[kind]
        self._rows, self._haystack, self._trouble = rows, look.haystack, look.order
        self.columns: tuple[Column[Any], ...] = (_glyphs(glyph), *look.columns)
        self.query: Query = parse("")
        self.namespace = ""
        self.faults = False
        self.sort = TROUBLE
        self.descending = False
        self._view: View[Any] = View(rows, order=look.order)

    @property
    def keys(self) -> Sequence[str]:
        """Keys of the rows shown, in order."""
        return self._view.keys

    @property
    def total(self) -> int:
        """How many there are with nothing hidden but other namespaces."""
        if not self.namespace:
            return len(self._rows)
        return sum(row.namespace == self.namespace for row in self._rows.values())

    @property
    def narrowed(self) -> str:
        """What hides rows, in words; empty when nothing does."""
        return " ".join(part for part in (self.query.text, "only faults" if self.faults else "") if part)

    def row(self, key: str) -> Any | None:
        """The row under a key, None when it is gone."""
        return self._rows.get(key)

    def cells(self, key: str, columns: Sequence[Column[Any]], now: float) -> list[tuple[str, Tone]]:
        """Text and tone of the given columns of one row."""
        row = self._rows.get(key)
        if row is None:
            return [("", None)] * len(columns)
        return [(column.text(row, now), column.tone(row) if column.tone else None) for column in columns]

    def update(self, delta: Delta, kind: str) -> bool:
        """Take news in; True when order or membership changed."""
        return self._view.update(delta.changed.get(kind, ()), delta.gone.get(kind, ()))

    def rebuild(self) -> None:
        """Everything may have changed."""
        self._view.rebuild()

    def narrow(self, *, query: str | None = None, namespace: str | None = None, faults: bool | None = None) -> None:
        """Change what is hidden; None leaves that part as it is."""
        self.query = self.query if query is None else parse(query)
        self.namespace = self.namespace if namespace is None else namespace
        self.faults = self.faults if faults is None else faults
        self._view.reshape(keep=self._keep)

    def order(self, column_id: str, descending: bool | None = None) -> bool:
        """Sort by a column (TROUBLE: worst first); False when there is no such column."""
        if column_id == TROUBLE:
            self.sort, self.descending = TROUBLE, bool(descending)
            self._view.reshape(order=self._trouble, descending=self.descending)
            return True
        column = next((c for c in self.columns if c.id == column_id), None)
        if column is None:
            return False
        self.sort = column_id
        self.descending = column.descending if descending is None else descending
        self._view.reshape(order=column.sort or _by_text(column), descending=self.descending)
        return True

    def _keep(self, row: Any) -> bool:
        if self.namespace and row.namespace != self.namespace:
            return False
        if self.faults and row.health not in _FAULTY:
            return False
        return not self.query or self.query.matches(self._haystack(row), row.labels)


def _by_text(column: Column[Any]) -> Callable[[Any], Any]:
    """Order of a column without its own; the instant does not matter to such text."""
    return lambda row: column.text(row, 0.0).casefold()


def _glyphs(glyph: Callable[[Health], str]) -> Column[Any]:
    return Column(
        "health",
        "",
        lambda row, _now: glyph(row.health),
        1,
        tone=lambda row: row.health,
        sort=lambda row: -int(row.health),
    )
