"""Columns: never wider than the line, dropped by priority, grown by share."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.widgets.rows import COLUMNS, Column
from widgets.columns import GAP, furthest, place

made = st.lists(
    st.builds(
        lambda width, grow, most, drop: (width, grow, width + most if most else 0, drop),
        st.integers(1, 20), st.integers(0, 3), st.integers(0, 30), st.integers(0, 4),
    ),
    max_size=8,
).map(lambda specs: [Column(f"c{n}", f"C{n}", w, g, m, drop=d) for n, (w, g, m, d) in enumerate(specs)])  # fmt: skip


@given(made, st.integers(0, 120), st.integers(0, 8))
def test_a_line_is_never_too_wide_and_room_is_used(columns: list[Column], width: int, skip: int) -> None:
    placed = place(columns, width, skip)
    used = sum(one.width + GAP for one in placed)
    assert used <= width
    growing = [one for one in placed if one.column.grow and (not one.column.most or one.width < one.column.most)]
    too_narrow = sum(column.width + GAP for column in columns if not column.drop) > width
    assert used == width or not growing or too_narrow
    assert all(one.width >= 1 for one in placed)
    if columns and width > 1:
        assert placed, "something is always shown"


def names(width: int, skip: int = 0) -> list[str]:
    return [one.column.id for one in place(COLUMNS, width, skip)]


def test_columns_go_by_priority() -> None:
    assert names(80) == ["health", "name", "ready", "status", "restarts", "age", "node"]
    assert names(58) == ["health", "name", "ready", "status", "restarts", "age"]
    assert names(40) == ["health", "name", "ready", "status", "age"]
    assert names(34) == ["health", "name", "status", "age"]
    assert names(28) == ["health", "name", "status"]


def test_of_equals_the_last_goes_first() -> None:
    columns = [Column("a", "A", 5), Column("b", "B", 5, drop=1), Column("c", "C", 5, drop=1)]
    assert [one.column.id for one in place(columns, 13)] == ["a", "b"]


def test_skipped_columns_make_room_for_the_last_ones() -> None:
    assert furthest(COLUMNS, 80) == 0
    most = furthest(COLUMNS, 40)
    assert names(40, most)[-1] == "node"
    assert names(40, most)[:2] == ["health", "name"]
    assert furthest(COLUMNS, 5) == len(COLUMNS) - 3
    assert furthest((), 5) == 0
