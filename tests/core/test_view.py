"""A view equals `sorted(filter(...))` after any updates, in any order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from tui.core.view import View


class Row(Struct, frozen=True):
    key: str
    size: int | None
    kept: bool = True


def expected(rows: dict[str, Row], descending: bool, kept_only: bool) -> list[str]:
    """By definition: rows with a value by value, then those without; ties by key, whichever way round."""
    shown = [row for row in rows.values() if row.kept or not kept_only]
    known = sorted((row for row in shown if row.size is not None), key=lambda row: row.key)
    known.sort(key=lambda row: row.size or 0, reverse=descending)
    if descending:  # a reversed stable sort keeps ties in their order, as wanted
        assert known == sorted(known, key=lambda row: (-(row.size or 0), row.key))
    return [row.key for row in [*known, *sorted((r for r in shown if r.size is None), key=lambda r: r.key)]]


KEYS = st.integers(0, 40).map("k{}".format)
ROW = st.builds(Row, KEYS, st.one_of(st.none(), st.integers(0, 5)), st.booleans())
STEP = st.one_of(
    st.tuples(st.just("put"), st.lists(ROW, min_size=1, max_size=8)),
    st.tuples(st.just("remove"), st.lists(KEYS, min_size=1, max_size=4)),
    st.tuples(st.just("shape"), st.tuples(st.booleans(), st.booleans())),
)


def order(row: Row) -> Any:
    return row.size


@settings(max_examples=120)
@given(st.lists(ROW, max_size=60), st.lists(STEP, max_size=12))
def test_it_equals_its_definition(start: list[Row], steps: list[tuple[str, Any]]) -> None:
    rows = {row.key: row for row in start}
    view: View[Row] = View(rows, order=order)
    descending = kept_only = False
    for what, arg in steps:
        before = list(view.keys)
        if what == "shape":
            descending, kept_only = arg
            view.reshape(keep=(lambda row: row.kept) if kept_only else (lambda _row: True), descending=descending)
        else:
            keys = [row.key for row in arg] if what == "put" else arg
            for row in arg if what == "put" else ():
                rows[row.key] = row
            for key in arg if what == "remove" else ():
                rows.pop(key, None)
            moved = view.update(keys if what == "put" else (), keys if what == "remove" else ())
            assert moved == (before != view.keys)
        assert view.keys == expected(rows, descending, kept_only)
        assert len(view) == len(view.keys)


@pytest.mark.parametrize("descending", [False, True])
def test_many_rows_and_few_changes_take_the_short_way(descending: bool) -> None:
    rows = {f"k{i:04}": Row(f"k{i:04}", i % 7 or None) for i in range(500)}
    view: View[Row] = View(rows, order=order, descending=descending)
    rows["k0003"] = Row("k0003", 0)
    rows["k0004"] = Row("k0004", None)
    rows["k0007"] = Row("k0007", 3)
    rows["new"] = Row("new", 6)
    rows["newer"] = Row("newer", None)
    del rows["k0100"], rows["k0014"]
    assert view.update(["k0003", "k0004", "k0007", "new", "newer", "unknown"], ["k0100", "k0014"])
    assert view.keys == expected(rows, descending, False)
    assert not view.update(["k0003", "newer"], [])


def test_a_row_that_comes_back_is_there_again() -> None:
    rows = {str(i): Row(str(i), i) for i in range(300)}
    view: View[Row] = View(rows, order=order)
    row = rows.pop("7")
    assert view.update([], ["7"])
    rows["7"] = row
    assert view.update(["7"], [])
    assert view.keys == expected(rows, False, False)


def test_other_contents_in_the_same_place_move_nothing() -> None:
    rows = {str(i): Row(str(i), i) for i in range(300)}
    view: View[Row] = View(rows, order=order)
    rows["7"] = Row("7", 7, kept=False)
    assert not view.update(["7"], [])


def test_rows_may_have_gone_before_the_news_of_it_comes() -> None:
    """The mapping is live: the delta is always a little late."""
    rows = {str(i): Row(str(i), i) for i in range(300)}
    view: View[Row] = View(rows, order=order)
    del rows["7"]
    view.reshape(descending=True)
    assert not view.update([], ["7"])
    assert view.keys == expected(rows, True, False)
