"""The jobs as a table's model: runs fold their parts, whatever the order and the filter."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.domain.test_job_groups import job, sweep
from tui.core.health import GLYPHS
from tui.core.store import Delta
from tui.domain.job import JobRow
from tui.screens.job_rows import JobRows


class Shown:
    """A model on rows that a test changes."""

    def __init__(self, *several: JobRow) -> None:
        self.rows = {row.key: row for row in several}
        self.model = JobRows(self.rows, GLYPHS.__getitem__)

    @property
    def names(self) -> list[str]:
        """What the name column shows."""
        column = next(column for column in self.model.columns if column.id == "name")
        return [self.model.cells(key, [column], 0.0)[0][0] for key in self.model.keys]

    def put(self, *several: JobRow) -> bool:
        """Rows came or changed."""
        self.rows.update({row.key: row for row in several})
        return self.model.update(Delta({"jobs": {row.key for row in several}}, {}, frozenset()), "jobs")

    def drop(self, *several: JobRow) -> bool:
        """Rows went."""
        for row in several:
            del self.rows[row.key]
        return self.model.update(Delta({}, {"jobs": {row.key for row in several}}, frozenset()), "jobs")

    def fold(self, name: str) -> str:
        """Fold or unfold what a row of this name belongs to."""
        return self.model.fold(next(key for key in self.every if self.row(key).name == name))

    @property
    def every(self) -> list[str]:
        return [*self.model.keys, *self.rows]

    def row(self, key: str) -> JobRow:
        found = self.model.row(key)
        assert found is not None
        return found


@pytest.fixture
def some() -> Shown:
    return Shown(*sweep("Running", "Failed", "Queued"), job("alone"), job("bad", "Failed", why="exit 1"))


def test_runs_are_folded_until_asked(some: Shown) -> None:
    assert some.names == ["bad", "+ sw", "alone"]
    some.fold("sw")
    assert some.names == ["bad", "- sw", "  sw_1", "  sw_2", "  sw_0", "alone"], "the parts worst first"
    some.fold("sw_2")
    assert some.names == ["bad", "+ sw", "alone"]
    assert some.model.fold(job("alone").key) == ""


@pytest.mark.parametrize(
    ("column", "descending", "names"),
    [
        ("name", False, ["alone", "bad", "- sw", "  sw_0", "  sw_1", "  sw_2"]),
        ("name", True, ["- sw", "  sw_2", "  sw_1", "  sw_0", "bad", "alone"]),
        ("status", False, ["bad", "alone", "- sw", "  sw_1", "  sw_2", "  sw_0"]),
        ("", True, ["alone", "- sw", "  sw_0", "  sw_2", "  sw_1", "bad"]),
    ],
)
def test_any_order_keeps_parts_under_their_run(some: Shown, column: str, descending: bool, names: list[str]) -> None:
    some.fold("sw")
    assert some.model.order(column, descending)
    assert some.names == names
    assert not some.model.order("nosuch")
    assert some.names == names


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("sw_2", ["- sw", "  sw_2"]), ("trials", ["+ sw"]), ("alone", ["alone"]), ("nosuch", []),
        ("!failed", ["- sw", "  sw_2", "  sw_0", "alone"]),
        ("-l userName=alice", ["bad", "- sw", "  sw_1", "  sw_2", "  sw_0", "alone"]),
    ],
)  # fmt: skip
def test_a_filter_that_only_a_part_matches_shows_that_part(some: Shown, query: str, names: list[str]) -> None:
    some.model.narrow(query=query)
    assert some.names == names


def test_a_filter_narrows_what_is_unfolded(some: Shown) -> None:
    some.fold("sw")
    some.model.narrow(query="sw_1|trials")
    assert some.names == ["- sw", "  sw_1"]
    some.model.narrow(query="", faults=True)
    assert some.names == ["bad", "- sw", "  sw_1"]
    assert [row.name for row in some.model.jobs()] == ["sw_1", "bad"]


def test_namespaces(some: Shown) -> None:
    some.put(*sweep("Running", "Running", root="o", namespace="other"))
    assert some.model.total == 9, "two runs and seven jobs"
    some.model.narrow(namespace="other")
    assert some.names == ["+ o"]
    assert some.model.total == 3


def test_news_of_a_part_are_news_of_its_run(some: Shown) -> None:
    run = some.model.home(job("sw_0").key)
    some.put(job("sw_1", "Completed", root="sw"))
    assert some.model.touched == {run}
    assert some.names == ["bad", "+ sw", "alone"]
    assert some.row(run).why == "3 trials: 1 waiting, 1 running, 1 done"
    assert not some.put(job("sw_1", "Completed", root="sw", user="eve"))
    assert some.row(run).user == "2 users"
    assert not some.put(job("alone", user="eve"))
    assert some.model.touched == set()


def test_runs_come_and_go_with_their_parts() -> None:
    it = Shown(job("a_0", root="a"))
    assert it.names == ["a_0"]
    assert it.put(job("a_1", root="a"))
    assert it.names == ["+ a"]
    it.fold("a")
    assert it.drop(job("a_1", root="a"))
    assert it.names == ["a_0"]
    assert it.put(job("a_1", root="a"))
    assert it.names == ["+ a"], "what was gone opens folded"


def test_the_runs_own_row_takes_the_place_of_the_made_one(some: Shown) -> None:
    own = job("sw", "Queued", why="no pod")
    some.put(own)
    assert some.names == ["bad", "+ sw", "alone"]
    assert [row.name for row in some.model.jobs()] == ["sw_0", "sw_1", "sw_2", "alone", "bad"], "it is no job to count"
    some.drop(*sweep("Running", "Failed", "Queued"))
    assert some.names == ["bad", "sw", "alone"]


def test_other_kinds_are_no_news(some: Shown) -> None:
    assert not some.model.update(Delta({"pods": {"x"}}, {}, frozenset()), "jobs")
    assert some.model.cells("gone", some.model.columns, 0.0) == [("", None)] * len(some.model.columns)


_step = st.tuples(
    st.sampled_from("abc"), st.integers(0, 3), st.sampled_from(["Running", "Failed", "Queued", "Completed", ""]),
    st.booleans(),
)  # fmt: skip


@settings(max_examples=60)
@given(st.lists(_step, max_size=25), st.sampled_from(["", "a_1", "running", "!failed"]))
def test_news_one_by_one_come_to_the_same_as_all_at_once(steps: list[Any], query: str) -> None:
    it = Shown()
    it.model.narrow(query=query)
    for root, number, state, toggle in steps:
        row = job(f"{root}_{number}" if number else root, state or "Running", root=root if number else "")
        if state:
            it.put(row)
        elif row.key in it.rows:
            it.drop(row)
        if toggle and (home := it.model.home(row.key)):
            it.model.fold(home)
    fresh = Shown(*it.rows.values())
    fresh.model.unfolded = set(it.model.unfolded)
    fresh.model.narrow(query=query)
    assert it.names == fresh.names
    assert len(set(it.model.keys)) == len(it.model.keys)


def test_a_changed_label_is_looked_at_anew(some: Shown) -> None:
    some.model.narrow(query="-l team=x")
    assert some.names == []
    some.put(replace(job("sw_0", root="sw"), labels={"team": "x"}))
    assert some.names == ["- sw", "  sw_0"]
