"""Several namespaces as one source: what is to be believed of the kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.client.api import ThingRow
from tui.client.scopes import Scopes
from tui.core.facts import Alive, Changed, Denied, Fact, Listed, Missing, Page, Phase, Relist, Stale
from tui.core.store import Store


class Two:
    """Scopes of two namespaces on a store."""

    def __init__(self) -> None:
        self.store = Store()
        self.store.open("things", 1.0)
        self.scopes = Scopes("things", self.store.apply, lambda: 9.0)
        self.a, self.b = self.scopes.scope("a"), self.scopes.scope("b")

    @property
    def phase(self) -> Phase:
        return self.store.source("things").phase

    def lists(self, namespace: str, *names: str) -> None:
        put = self.a if namespace == "a" else self.b
        put(Relist("things", namespace))
        put(Page("things", tuple(ThingRow(f"{namespace}/{name}") for name in names), namespace))
        put(Listed("things", 5.0, namespace))


@pytest.fixture
def two() -> Two:
    return Two()


def denied(namespace: str) -> Denied:
    return Denied("things", 5.0, f"list things in {namespace}", "no")


def test_it_is_loading_until_every_namespace_has_answered(two: Two) -> None:
    two.lists("a", "x")
    assert two.phase is Phase.LOADING
    assert set(two.store.rows("things")) == {"a/x"}
    two.lists("b", "y")
    assert two.phase is Phase.LIVE
    two.lists("a")
    assert set(two.store.rows("things")) == {"b/y"}
    assert two.scopes.names == ("a", "b")


def test_one_that_is_refused_does_not_hide_the_other_whichever_comes_first(two: Two) -> None:
    two.a(denied("a"))
    assert two.phase is Phase.LOADING
    two.lists("b", "y")
    assert two.phase is Phase.LIVE
    other = Two()
    other.lists("b", "y")
    other.a(denied("a"))
    assert other.phase is Phase.LIVE


def test_it_is_denied_when_all_are_and_recovers_when_one_is_not(two: Two) -> None:
    two.a(denied("a"))
    two.b(denied("b"))
    assert two.phase is Phase.DENIED
    assert not two.store.source("things").known
    two.lists("a", "x")
    assert two.phase is Phase.LIVE


def test_what_was_seen_in_a_namespace_goes_when_that_is_refused(two: Two) -> None:
    two.lists("a", "x")
    two.lists("b", "y")
    two.a(denied("a"))
    assert two.phase is Phase.LIVE
    two.lists("b", "y")
    assert set(two.store.rows("things")) == {"b/y"}


def test_one_that_is_stale_makes_all_stale_until_it_answers(two: Two) -> None:
    two.lists("a", "x")
    two.lists("b", "y")
    two.a(Stale("things", 6.0, "away"))
    assert two.phase is Phase.STALE
    two.b(Changed("things", ThingRow("b/z"), 7.0))
    two.b(Alive("things", 8.0))
    assert two.phase is Phase.STALE
    assert two.store.source("things").since == 6.0
    assert set(two.store.rows("things")) == {"a/x", "b/y", "b/z"}
    two.a(Alive("things", 9.0))
    assert two.phase is Phase.LIVE


def test_a_kind_nobody_installed_is_missing(two: Two) -> None:
    two.a(Missing("things", 5.0, "no such"))
    two.b(Missing("things", 5.0, "no such"))
    assert two.phase is Phase.MISSING


def test_a_namespace_that_joins_later_is_waited_for(two: Two) -> None:
    two.lists("a", "x")
    two.lists("b", "y")
    put = two.scopes.scope("c")
    two.a(Alive("things", 6.0))
    put(Relist("things", "c"))
    put(Page("things", (ThingRow("c/z"),), "c"))
    put(Listed("things", 7.0, "c"))
    assert two.phase is Phase.LIVE
    assert set(two.store.rows("things")) == {"a/x", "b/y", "c/z"}


QUIET, STALE, DENIED, MISSING, LISTED = "broken, not told", "stale", "denied", "missing", "listed"
TURN = st.tuples(st.sampled_from("abc"), st.booleans(), st.sampled_from([LISTED, QUIET, STALE, DENIED, MISSING]))
"""Whose list it is, whether a page of it came, and how it ended."""


class Turns(Two):
    """Namespaces whose lists end in every way; the third one joins when its first turn comes."""

    def __init__(self) -> None:
        super().__init__()
        self.last: dict[str, str] = {"a": QUIET, "b": QUIET}
        self._puts = {"a": self.a, "b": self.b}

    def take(self, namespace: str, paged: bool, end: str) -> None:
        put = self._puts.get(namespace) or self._puts.setdefault(namespace, self.scopes.scope(namespace))
        if paged or end == LISTED:
            put(Relist("things", namespace))
        if paged:
            put(Page("things", (ThingRow(f"{namespace}/x"),), namespace))
        told: dict[str, Fact] = {
            LISTED: Listed("things", 5.0, namespace), STALE: Stale("things", 6.0, "away"), DENIED: denied(namespace),
            MISSING: Missing("things", 6.0, "none"),
        }  # fmt: skip
        if end in told:
            put(told[end])
        self.last[namespace] = end


ENDS = st.tuples(*[st.sampled_from([LISTED, LISTED, STALE, DENIED, MISSING])] * 3)


@given(st.lists(TURN, max_size=10), ENDS)
def test_however_lists_broke_off_before_the_last_word_of_each_namespace_counts(
    turns: list[tuple[str, bool, str]], ends: tuple[str, ...]
) -> None:
    every = Turns()
    for turn in turns:
        every.take(*turn)
    for namespace, end in zip(list(every.last), ends, strict=False):
        every.take(namespace, True, end)
    said = set(every.last.values())
    refused = Phase.DENIED if DENIED in said else Phase.MISSING
    assert every.phase is (Phase.STALE if STALE in said else Phase.LIVE if LISTED in said else refused)
    listed = {f"{namespace}/x" for namespace, end in every.last.items() if end == LISTED}
    kept = set(every.store.rows("things"))
    assert listed <= kept
    if every.phase is Phase.LIVE:
        assert kept == listed
