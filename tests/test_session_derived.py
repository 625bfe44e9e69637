"""Rows made of rows: when they are computed, and what their source says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from msgspec import Struct

from tui.core.facts import Denied, Fact, Listed, Missing, Page, Phase, Relist, Stale
from tui.core.store import Delta, Store
from tui.domain.derived import JOBS, Derivation
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


def test_a_source_that_answers_again_is_live_though_its_rows_are_the_same() -> None:
    bench = Bench()
    bench.list(Row("a", 1.0))
    bench.step()
    bench.store.apply(Stale("in", 60.0, "away"))
    bench.step(at_once=True)
    bench.list(Row("a", 1.0))
    bench.step(at_once=True)
    assert bench.phase is Phase.LIVE


def test_an_input_that_was_never_known_computes_nothing() -> None:
    bench = Bench()
    bench.store.apply(Stale("in", 60.0, "away"))
    bench.step(at_once=True)
    assert bench.computed == 0
    assert bench.phase is Phase.STALE


LISTED, AWAY, REFUSED, ABSENT = "listed", "away", "refused", "absent"


def told(kind: str, what: str) -> list[Fact]:
    """What a source of no rows says of itself; nothing while it loads."""
    facts: dict[str, list[Fact]] = {
        LISTED: [Relist(kind), Page(kind, ()), Listed(kind, 50.0)],
        AWAY: [Stale(kind, 50.0, f"{kind} away")],
        REFUSED: [Denied(kind, 50.0, f"list {kind}", "no")],
        ABSENT: [Missing(kind, 50.0, f"no {kind}")],
    }
    return facts.get(what, [])


class Signs:
    """The jobs' own signs and their trace, each told something; jobs are made of pods."""

    def __init__(self, amljobs: str, vcjobs: str, podgroups: str, pods: str, *, training: bool = False) -> None:
        self.store, made = Store(), [Row("a")] if training else []
        jobs = Derivation("jobs", JOBS.signs, lambda _rows, _now: made, JOBS.own, JOBS.traces)
        for kind, what in zip(JOBS.signs, (amljobs, vcjobs, podgroups, pods), strict=True):
            self.store.open(kind, 1.0)
            for fact in told(kind, what):
                self.store.apply(fact)
        self.deriver = Deriver(self.store, (jobs,), lambda: 50.0, lambda: 0.0)
        self.deriver.note(self.store.flush())  # type: ignore[arg-type]
        self.deriver.compute(at_once=True)

    @property
    def said(self) -> tuple[Phase, str, int]:
        source = self.store.source("jobs")
        return source.phase, source.permission or source.reason, len(self.store.rows("jobs"))


@pytest.mark.parametrize("own", [(ABSENT, ABSENT, ABSENT), (REFUSED, LISTED, LISTED), (AWAY, ABSENT, ""), ("", "", "")])
def test_jobs_that_pods_show_are_shown_whatever_cannot_be_read(own: tuple[str, str, str]) -> None:
    assert Signs(*own, LISTED, training=True).said == (Phase.LIVE, "", 1)


@pytest.mark.parametrize(
    ("signs", "said"),
    [
        ((ABSENT, ABSENT, ABSENT, LISTED), (Phase.MISSING, "no amljobs")),
        ((ABSENT, ABSENT, ABSENT, ABSENT), (Phase.MISSING, "no amljobs")),
        ((ABSENT, ABSENT, ABSENT, REFUSED), (Phase.DENIED, "list pods")),
        ((ABSENT, ABSENT, ABSENT, AWAY), (Phase.STALE, "pods away")),
        ((ABSENT, ABSENT, ABSENT, ""), (Phase.LOADING, "")),
        ((ABSENT, LISTED, LISTED, LISTED), (Phase.LIVE, "")),
        ((LISTED, LISTED, LISTED, REFUSED), (Phase.LIVE, "")),
        ((LISTED, REFUSED, LISTED, LISTED), (Phase.DENIED, "list vcjobs")),
        ((REFUSED, ABSENT, ABSENT, LISTED), (Phase.DENIED, "list amljobs")),
        ((AWAY, LISTED, LISTED, LISTED), (Phase.STALE, "amljobs away")),
        ((LISTED, "", REFUSED, LISTED), (Phase.LOADING, "")),
    ],
)
def test_that_there_are_no_jobs_is_said_only_when_all_that_could_tell_do(
    signs: tuple[str, str, str, str], said: tuple[Phase, str]
) -> None:
    assert Signs(*signs).said == (*said, 0)


def test_a_picture_that_does_not_change_repaints_nothing_however_often_it_is_computed() -> None:
    signs = Signs(REFUSED, "", LISTED, LISTED)
    signs.store.flush()
    signs.deriver.note(Delta({}, {}, frozenset({"pods"})))
    assert signs.deriver.compute(at_once=True)
    assert signs.store.flush() is None


def test_the_last_job_that_a_pod_showed_goes_with_it() -> None:
    store, made = Store(), [Row("a")]
    jobs = Derivation("jobs", JOBS.signs, lambda _rows, _now: list(made), JOBS.own, JOBS.traces)
    deriver = Deriver(store, (jobs,), lambda: 50.0, lambda: 0.0)
    for kind, what in zip(JOBS.signs, (REFUSED, REFUSED, REFUSED, LISTED), strict=True):
        for fact in told(kind, what):
            store.apply(fact)
    for expected in (Phase.LIVE, Phase.DENIED):
        deriver.note(Delta({}, {}, frozenset({"pods"})))
        deriver.compute(at_once=True)
        assert (store.source("jobs").phase, len(store.rows("jobs"))) == (expected, len(made))
        made.clear()
