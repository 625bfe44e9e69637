"""An ordered, filtered window on one kind of the store, kept in step by deltas.

Owns the order of keys. Must not know columns, widgets, or why a row is kept.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any, Final, Generic, TypeVar

R = TypeVar("R")
Entry = tuple[Any, str]
"""What a row is placed by, and its key."""
_VALUE: Final = itemgetter(0)
_KEY: Final = itemgetter(1)
_AWAY: Final = object()
"""The place of a row that is not there or does not pass."""


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
        self._places: dict[str, Any] = {}
        """By key of the rows that pass, what they are placed by."""
        self._sorted: list[Entry] = []
        self._last: list[str] = []
        """Keys of the rows whose value is None."""
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
        keep, order = self._keep, self._order
        self._places = {key: order(row) for key, row in self._rows.items() if keep(row)}
        self._sorted = [(value, key) for key, value in self._places.items() if value is not None]
        self._last = sorted(key for key, value in self._places.items() if value is None)
        if self._descending:
            self._sorted.sort(key=_KEY)
            self._sorted.sort(key=_VALUE, reverse=True)  # keeps the order of the keys among equals
        else:
            self._sorted.sort()
        self._list()

    def update(self, changed: Iterable[str], gone: Iterable[str]) -> bool:
        """Take a delta in; True when the order or the membership changed, False when only contents did."""
        todo = set(changed) | set(gone)
        before = self.keys
        if len(todo) * 10 > len(before) + 10:
            self.rebuild()
        elif sum(self._settle(key) for key in todo):
            self._list()
        return before != self.keys

    def _settle(self, key: str) -> bool:
        row = self._rows.get(key)
        new = self._order(row) if row is not None and self._keep(row) else _AWAY
        old = self._places.get(key, _AWAY)
        if old is not _AWAY and new is not _AWAY and old == new:
            return False
        if old is not _AWAY:
            self._take(old, key)
            del self._places[key]
        if new is not _AWAY:
            self._put(new, key)
            self._places[key] = new
        return old is not new

    def _put(self, value: Any, key: str) -> None:
        if value is None:
            insort(self._last, key)
        else:
            self._sorted.insert(self._index(value, key), (value, key))

    def _take(self, value: Any, key: str) -> None:
        if value is None:
            del self._last[bisect_left(self._last, key)]
        else:
            del self._sorted[self._index(value, key)]

    def _index(self, value: Any, key: str) -> int:
        if self._descending:
            return bisect_left(self._sorted, (_Down(value), key), key=_down)
        return bisect_left(self._sorted, (value, key))

    def _list(self) -> None:
        self.keys = [key for _value, key in self._sorted]
        self.keys += self._last


def _down(entry: Entry) -> tuple[_Down, str]:
    return _Down(entry[0]), entry[1]


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
