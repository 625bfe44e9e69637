"""The store is the sum of its facts: whatever comes in, it equals a simple model, and its deltas tell all of it."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec import Struct

from tui.core.facts import Alive, Changed, Denied, Gone, Listed, Missing, Page, Phase, Relist, Stale
from tui.core.store import Store


class Row(Struct, frozen=True):
    key: str
    value: int = 0


KINDS = st.sampled_from(["pods", "nodes"])
SCOPES = st.sampled_from(["", "a", "b"])
KEYS = st.sampled_from(["a/1", "a/2", "b/1", "b/2", "ab/1"])
ROWS = st.builds(Row, KEYS, st.integers(0, 2))
REASONS = st.sampled_from(["refused", "timed out"])


class StoreMachine(RuleBasedStateMachine):
    """Rows as plain dicts, lists as sets of keys, the phase as what was said last; noise in a list is ignored."""

    def __init__(self) -> None:
        super().__init__()
        self.store = Store()
        self.now = 100.0
        self.rows: dict[str, dict[str, Row]] = {"pods": {}, "nodes": {}}
        self.lists: dict[str, dict[str, set[str]]] = {"pods": {}, "nodes": {}}
        self.phases: dict[str, Phase] = {}
        self.seen: dict[str, dict[str, Row]] = {"pods": {}, "nodes": {}}
        """What a reader knows that keeps up by deltas alone."""

    def tick(self) -> float:
        self.now += 1
        return self.now

    def answered(self, kind: str) -> None:
        if not self.lists[kind]:
            self.phases[kind] = Phase.LIVE

    @rule(kind=KINDS)
    def open(self, kind: str) -> None:
        self.store.open(kind, self.tick())
        self.phases[kind] = Phase.LOADING

    @rule(kind=KINDS, row=ROWS)
    def changed(self, kind: str, row: Row) -> None:
        self.store.apply(Changed(kind, row, self.tick()))
        self.rows[kind][row.key] = row
        self.answered(kind)

    @rule(kind=KINDS, key=KEYS)
    def gone(self, kind: str, key: str) -> None:
        self.store.apply(Gone(kind, key, self.tick()))
        self.rows[kind].pop(key, None)
        self.answered(kind)

    @rule(kind=KINDS)
    def alive(self, kind: str) -> None:
        self.store.apply(Alive(kind, self.tick()))
        self.answered(kind)

    @rule(kind=KINDS, scope=SCOPES)
    def relist(self, kind: str, scope: str) -> None:
        self.store.apply(Relist(kind, scope))
        self.lists[kind][scope] = set()

    @rule(kind=KINDS, scope=SCOPES, rows=st.lists(ROWS, max_size=4))
    def page(self, kind: str, scope: str, rows: list[Row]) -> None:
        self.store.apply(Page(kind, tuple(rows), scope))
        for row in rows:
            self.rows[kind][row.key] = row
            self.lists[kind].get(scope, set()).add(row.key)

    @rule(kind=KINDS, scope=SCOPES)
    def listed(self, kind: str, scope: str) -> None:
        self.store.apply(Listed(kind, self.tick(), scope))
        listed = self.lists[kind].pop(scope, None)
        if listed is not None:
            outside = "" if not scope else f"{scope}/"
            rows = self.rows[kind]
            self.rows[kind] = {k: r for k, r in rows.items() if k in listed or not k.startswith(outside)}
        self.answered(kind)

    @rule(kind=KINDS, scope=SCOPES, rows=st.lists(ROWS, max_size=4))
    def whole_list(self, kind: str, scope: str, rows: list[Row]) -> None:
        self.relist(kind, scope)
        self.page(kind, scope, rows)
        self.listed(kind, scope)

    @rule(kind=KINDS, reason=REASONS, denied=st.booleans())
    def failed(self, kind: str, reason: str, denied: bool) -> None:
        fact: Any = Denied(kind, self.tick(), "list", reason) if denied else Stale(kind, self.tick(), reason)
        self.store.apply(fact)
        self.phases[kind] = Phase.DENIED if denied else Phase.STALE

    @rule(kind=KINDS, reason=REASONS)
    def missing(self, kind: str, reason: str) -> None:
        self.store.apply(Missing(kind, self.tick(), reason))
        self.rows[kind], self.lists[kind], self.phases[kind] = {}, {}, Phase.MISSING

    @rule(kind=KINDS)
    def off(self, kind: str) -> None:
        self.store.off(kind, self.tick(), "not here")
        self.phases[kind] = Phase.OFF

    @rule(kind=KINDS)
    def drop(self, kind: str) -> None:
        self.store.drop(kind)
        self.rows[kind], self.lists[kind] = {}, {}
        self.phases.pop(kind, None)

    @rule()
    def flush(self) -> None:
        """A reader that applies deltas to what it knows, and looks nothing else up, knows all."""
        delta = self.store.flush()
        if delta is not None:
            assert all(delta.changed.values())
            assert all(delta.gone.values())
            for kind, keys in delta.changed.items():
                assert not keys & delta.gone.get(kind, set())
                self.seen[kind].update({key: self.store.rows(kind)[key] for key in keys})
            for kind, keys in delta.gone.items():
                self.seen[kind] = {key: row for key, row in self.seen[kind].items() if key not in keys}
        assert self.seen == self.rows
        assert self.store.flush() is None

    @invariant()
    def rows_are_the_models(self) -> None:
        for kind, rows in self.rows.items():
            assert dict(self.store.rows(kind)) == rows

    @invariant()
    def phases_are_the_models(self) -> None:
        for kind in self.rows:
            source = self.store.source(kind)
            assert source.phase is self.phases.get(kind, Phase.OFF)
            assert source.since <= self.now
            assert source.fresh <= self.now


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def test_the_same_mapping_stays_valid() -> None:
    store = Store()
    rows = store.rows("pods")
    store.apply(Changed("pods", Row("a/1"), 1.0))
    assert list(rows) == ["a/1"]
    store.drop("pods")
    assert not rows


def test_an_equal_row_is_no_news() -> None:
    store = Store()
    store.apply(Changed("pods", Row("a/1"), 1.0))
    store.flush()
    store.apply(Changed("pods", Row("a/1"), 2.0))
    assert store.flush() is None
    assert store.source("pods").fresh == 2.0


def test_a_row_that_came_and_went_between_two_flushes_is_gone_only() -> None:
    store = Store()
    store.apply(Changed("pods", Row("a/1"), 1.0))
    store.apply(Gone("pods", "a/1", 2.0))
    delta = store.flush()
    assert delta is not None
    assert delta.changed == {}
    assert delta.gone == {"pods": {"a/1"}}


def test_a_list_of_one_namespace_takes_nothing_from_another() -> None:
    store = Store()
    for key in ("a/1", "ab/1", "b/1"):
        store.apply(Changed("pods", Row(key), 1.0))
    for fact in (Relist("pods", "a"), Page("pods", (Row("a/2"),), "a"), Listed("pods", 2.0, "a")):
        store.apply(fact)
    assert sorted(store.rows("pods")) == ["a/2", "ab/1", "b/1"]


def test_half_a_list_shows_its_rows_and_takes_none_away() -> None:
    store = Store()
    for fact in (Relist("pods"), Page("pods", (Row("a/1"), Row("a/2"))), Listed("pods", 1.0)):
        store.apply(fact)
    store.apply(Relist("pods"))
    store.apply(Page("pods", (Row("a/3"),)))
    assert sorted(store.rows("pods")) == ["a/1", "a/2", "a/3"]
    store.apply(Listed("pods", 2.0))
    assert sorted(store.rows("pods")) == ["a/3"]


def test_a_half_list_is_still_loading_whatever_an_old_watch_says() -> None:
    store = Store()
    store.open("pods", 1.0)
    store.apply(Relist("pods"))
    store.apply(Alive("pods", 2.0))
    assert store.source("pods").phase is Phase.LOADING
    assert not store.source("pods").known


def test_since_is_the_beginning_of_the_phase_and_fresh_the_last_answer() -> None:
    store = Store()
    store.apply(Alive("pods", 1.0))
    for at, reason in ((5.0, "refused"), (6.0, "refused"), (7.0, "timed out")):
        store.apply(Stale("pods", at, reason))
    source = store.source("pods")
    assert (source.since, source.fresh, source.reason) == (5.0, 1.0, "timed out")


def test_what_is_missing_was_missing_since_the_first_time() -> None:
    """It is looked for every half minute; each look must not look like news."""
    store = Store()
    store.apply(Missing("amljobs", 5.0, "404"))
    store.flush()
    store.apply(Missing("amljobs", 50.0, "404"))
    source = store.source("amljobs")
    assert (source.phase, source.since, source.fresh) == (Phase.MISSING, 5.0, 50.0)
    assert source.known
    assert store.flush() is None


def test_denied_says_what_permission() -> None:
    store = Store()
    store.apply(Denied("pods", 1.0, "list pods in azureml", "Forbidden"))
    assert store.source("pods").permission == "list pods in azureml"
    assert not store.source("pods").known
    delta = store.flush()
    assert delta is not None
    assert delta.sources == {"pods"}
    assert delta.touches("nodes", "pods")
    assert not delta.touches("nodes")


def test_every_kind_ever_asked_for_has_a_standing() -> None:
    store = Store()
    store.open("pods", 1.0)
    store.off("extensions", 1.0, "signed out")
    store.off("extensions", 9.0, "signed out")
    assert {source.kind: source.phase for source in store.sources()} == {"pods": Phase.LOADING, "extensions": Phase.OFF}
    assert store.source("extensions").since == 1.0
    assert store.get("pods", "a/1") is None
