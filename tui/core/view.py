"""An ordered, filtered window on one kind of the store, kept in step by deltas.

Owns the order of keys. Must not know columns, widgets, or why a row is kept.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

R = TypeVar("R")


class View(Generic[R]):
    """The keys of `rows` that pass `keep`, in the order of `order`; ties go by key.

    `order` gives one comparable value per row; rows whose value is None come last either way.
    A change of a tenth of the rows or more is placed by one sort, less by one bisection a row.
    """

    def __init__(
        self,
        rows: Mapping[str, R],
        *,
        keep: Callable[[R], bool] = lambda _row: True,
        order: Callable[[R], Any] = lambda _row: 0,
        descending: bool = False,
    ) -> None:
        self._rows = rows
        self._keep, self._order, self._descending = keep, order, descending
        self._places: dict[str, tuple[Any, ...]] = {}
        self._sorted: list[tuple[tuple[Any, ...], str]] = []
        self.keys: list[str] = []
        self.rebuild()

    def __len__(self) -> int:
        return len(self.keys)

    def reshape(
        self,
        *,
        keep: Callable[[R], bool] | None = None,
        order: Callable[[R], Any] | None = None,
        descending: bool | None = None,
    ) -> None:
        """Filter or sort differently from now on."""
        self._keep = keep or self._keep
        self._order = order or self._order
        self._descending = self._descending if descending is None else descending
        self.rebuild()

    def rebuild(self) -> None:
        """Filter and sort everything anew."""
        keep, place = self._keep, self._place
        self._places = {key: place(row) for key, row in self._rows.items() if keep(row)}
        self._resort()

    def update(self, changed: Iterable[str], gone: Iterable[str]) -> bool:
        """Take a delta in; True when the order or the membership changed, False when only contents did."""
        todo = set(changed) | set(gone)
        before = self.keys
        if len(todo) * 10 > len(before) + 10:
            self.rebuild()
        elif sum(self._settle(key) for key in todo):
            self.keys = [key for _place, key in self._sorted]
        return before != self.keys

    def _settle(self, key: str) -> bool:
        row = self._rows.get(key)
        new = self._place(row) if row is not None and self._keep(row) else None
        old = self._places.get(key)
        if old == new:
            return False
        if old is not None:
            del self._sorted[bisect_left(self._sorted, (old, key))]
            del self._places[key]
        if new is not None:
            self._sorted.insert(bisect_left(self._sorted, (new, key)), (new, key))
            self._places[key] = new
        return True

    def _resort(self) -> None:
        self._sorted = sorted((place, key) for key, place in self._places.items())
        self.keys = [key for _place, key in self._sorted]

    def _place(self, row: R) -> tuple[Any, ...]:
        value = self._order(row)
        if value is None:
            return (1,)
        return (0, _Down(value)) if self._descending else (0, value)


class _Down:
    """A value that sorts the other way round."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: _Down) -> bool:
        return bool(other.value < self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Down) and bool(self.value == other.value)

    __hash__ = None  # type: ignore[assignment]
