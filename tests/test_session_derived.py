"""Rows made of rows: when they are computed, and what their source says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from tui.core.facts import Denied, Listed, Missing, Page, Phase, Relist, Stale
from tui.core.store import Store
from tui.domain.derived import Derivation
from tui.session_derived import LATE, SHARE, SOON, Deriver


class Row(Struct, frozen=True):
    key: str
    value: float = 0.0


class Bench:
    """A store with one input and one derivation; time is set by hand."""

    def __init__(self) -> None:
        self.store, self.now, self.tick, self.cost = Store(), 50.0, 100.0, 0.0
        self.computed = 0
        self.store.open("in", 0.0)
        derivation = Derivation("out", ("in", "aside"), self._compute)
        self.deriver = Deriver(self.store, (derivation,), lambda: self.now, lambda: self.tick)

    def _compute(self, rows: Mapping[str, Mapping[str, Any]], now: float) -> Iterable[Row]:
        self.computed += 1
        self.tick += self.cost
        return [Row(key, row.value * 2) for key, row in rows["in"].items()]

    def list(self, *rows: Row) -> None:
        self.store.apply(Relist("in"))
        self.store.apply(Page("in", rows))
        self.store.apply(Listed("in", self.now))

    def step(self, *, at_once: bool = False) -> bool:
        delta = self.store.flush()
        if delta is not None:
            self.deriver.note(delta)
        return self.deriver.compute(at_once=at_once)

    @property
    def phase(self) -> Phase:
        return self.store.source("out").phase


def test_it_is_computed_after_a_change_and_only_then() -> None:
    bench = Bench()
    bench.step()
    assert bench.phase is Phase.LOADING
    bench.list(Row("a", 1.0))
    bench.tick += SOON
    assert bench.step()
    assert bench.store.get("out", "a") == Row("a", 2.0)
    assert (bench.phase, bench.store.source("out").fresh) == (Phase.LIVE, 50.0)
    bench.tick += SOON
    assert not bench.step()
    assert bench.computed == 1


def test_changes_that_follow_quickly_share_one_computation_unless_it_is_wanted_at_once() -> None:
    bench = Bench()
    bench.list(Row("a", 1.0))
    assert bench.step()
    bench.list(Row("a", 2.0))
    assert not bench.step()
    bench.tick += SOON / 2
    bench.list(Row("a", 3.0))
    assert not bench.step()
    assert bench.step(at_once=True)
    assert bench.store.get("out", "a") == Row("a", 6.0)
    assert bench.computed == 2


def test_a_slow_one_rests_longer() -> None:
    bench = Bench()
    bench.cost = 1.0
    bench.list(Row("a", 1.0))
    assert bench.step()
    bench.list(Row("a", 2.0))
    bench.tick += SHARE / 2
    assert not bench.step()
    bench.tick += SHARE / 2
    assert bench.step()


def test_it_is_computed_now_and_then_because_time_passes() -> None:
    bench = Bench()
    bench.list(Row("a", 1.0))
    bench.step()
    bench.tick += LATE
    assert bench.step()
    assert bench.computed == 2


def test_its_source_stands_as_its_first_input_s_and_keeps_what_was_known() -> None:
    bench = Bench()
    bench.list(Row("a", 1.0))
    bench.step()
    bench.store.apply(Stale("in", 60.0, "away"))
    bench.step(at_once=True)
    source = bench.store.source("out")
    assert (source.phase, source.since, source.reason) == (Phase.STALE, 60.0, "away")
    assert bench.store.get("out", "a") == Row("a", 2.0)
    bench.store.apply(Denied("in", 61.0, "list in", "no"))
    bench.step(at_once=True)
    assert (bench.phase, bench.store.source("out").permission) == (Phase.DENIED, "list in")
    bench.store.apply(Missing("in", 62.0, "none"))
    bench.step(at_once=True)
    assert bench.phase is Phase.MISSING
    assert dict(bench.store.rows("out")) == {}
    bench.store.off("in", 63.0, "no such side")
    bench.step(at_once=True)
    assert (bench.phase, bench.store.source("out").reason) == (Phase.OFF, "no such side")
    bench.store.open("in", 64.0)
    bench.step(at_once=True)
    assert bench.phase is Phase.LOADING


def test_a_stale_source_that_stays_as_it_is_repaints_nothing() -> None:
    bench = Bench()
    bench.list(Row("a", 1.0))
    bench.step()
    bench.store.apply(Stale("in", 60.0, "away"))
    bench.step(at_once=True)
    bench.store.flush()
    bench.tick += LATE
    bench.step()
    assert bench.computed == 3
    assert bench.store.flush() is None


def test_an_input_that_was_never_known_computes_nothing() -> None:
    bench = Bench()
    bench.store.apply(Stale("in", 60.0, "away"))
    bench.step(at_once=True)
    assert bench.computed == 0
    assert bench.phase is Phase.STALE
