"""The decision of a reflector, for any sequence of outcomes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tui.client.failure import TIMEOUT
from tui.client.kube import UNREADABLE
from tui.client.reflector_state import HOPELESS, REFUSALS, USELESS, Moment, Outcome, State, step
from tui.client.transport import Delayed
from tui.core.errors import Problem
from tui.core.facts import Denied, Missing, Stale

problems = st.one_of(
    st.none(),
    st.sampled_from([0, 400, 401, 403, 404, 410, 429, 500, 503]).map(lambda status: Problem("w", status=status)),
    st.floats(0.1, 600).map(lambda after: Delayed("w", status=429, after=after)),
    st.just(Problem("w", code=UNREADABLE)),
)
outcomes = st.builds(Outcome, st.sampled_from(["", "5", "9"]), problems, st.booleans(), st.booleans())
moments = st.builds(Moment, st.floats(0, 10), st.floats(0, 10), st.floats(0, 1, exclude_max=True))


@given(st.lists(st.tuples(outcomes, moments), max_size=20), st.booleans())
def test_it_never_rushes_never_rests_for_ever_and_watches_only_from_somewhere(
    steps: list[tuple[Outcome, Moment]], core: bool
) -> None:
    state = State("things", core=core)
    for outcome, moment in steps:
        state, action, facts = step(state, outcome, moment)
        assert 0 <= action.after <= 600
        assert action.do != "watch" or state.version
        assert len(facts) <= 1
        problem = outcome.problem
        if problem is not None and problem.status in (429, 500, 503) and not outcome.opened:
            assert action.after >= 0.5
            assert isinstance(facts[0], Stale) if facts else state.failures == 1 and action.after <= 5
        if isinstance(problem, Delayed):
            assert action.after >= problem.after
        if problem is not None and problem.status in (403, 404) and facts and not isinstance(facts[0], Stale):
            assert isinstance(facts[0], Denied | Missing)
            assert (action.do, state.version) == ("list", "")


def test_waits_double_up_to_half_a_minute() -> None:
    state, waits = State("things"), []
    for _ in range(9):
        state, action, _ = step(state, Outcome(problem=Problem("w")), Moment(0, 0, 1.0))
        waits.append(action.after)
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30, 30]


def _run(state: State, *outcomes: Outcome, tick: float = 100.0) -> tuple[State, list[str], list[str]]:
    """The state after some outcomes, what is done after each, and the facts."""
    done, told = [], []
    for number, outcome in enumerate(outcomes):
        state, action, facts = step(state, outcome, Moment(0, tick + number, 1.0))
        state = replace(state, watched=tick + number) if action.do == "watch" else state
        done.append(action.do)
        told += [type(fact).__name__ for fact in facts]
    return state, done, told


LISTED = Outcome("5")
OPENED = Outcome("6", opened=True)
REFUSED = Outcome(problem=Problem("forbidden", status=403))


def test_what_was_allowed_is_denied_only_when_it_stays_so() -> None:
    """A server that begins refuses whom it does not know yet."""
    state, done, told = _run(State("pods"), LISTED, OPENED, *[REFUSED] * REFUSALS, OPENED)
    assert told == ["Stale"] * (REFUSALS - 1)
    assert done == ["watch"] * (REFUSALS + 3)
    assert state.version == "6"
    _, done, told = _run(State("pods"), LISTED, OPENED, *[REFUSED] * (REFUSALS + 1))
    assert (done[-1], told[-1]) == ("list", "Denied")


def test_what_was_never_allowed_is_denied_at_once() -> None:
    assert _run(State("pods"), REFUSED)[2] == ["Denied"]
    assert _run(State("pods"), LISTED, REFUSED)[2] == ["Denied"], "to list is another right than to watch"


@pytest.mark.parametrize(
    "problem",
    [
        Problem('resourceVersion: Invalid value: "5\'": strconv.ParseUint: invalid syntax', status=500),
        Problem("Timeout: Too large resource version: 9, current: 3", status=504),
        Problem("no", status=400),
    ],
)
def test_a_place_where_no_watch_can_begin_is_left_for_a_new_list(problem: Problem) -> None:
    assert _run(State("pods"), LISTED, Outcome(problem=problem))[1] == ["watch", "list"]


def test_a_server_that_is_busy_or_away_keeps_the_place() -> None:
    for problem in (Problem("away"), Problem("busy", status=429), Problem("etcd", status=503)):
        outcomes = [Outcome(problem=problem)] * (HOPELESS - 1)
        assert _run(State("pods"), LISTED, *outcomes)[1] == ["watch"] * HOPELESS
    lasting = [Outcome(problem=Problem("etcd", status=503))] * HOPELESS
    assert _run(State("pods"), LISTED, *lasting)[1][-1] == "list", "for what nobody thought of"


def test_watches_that_break_at_once_and_tell_nothing_are_a_failure_from_the_third_on() -> None:
    cut = Outcome(problem=Problem("reset", code="Broken"), opened=True)
    _, _, told = _run(State("pods"), LISTED, *[cut] * (USELESS + 2))
    assert told == ["Stale"] * 2
    _, _, told = _run(State("pods"), LISTED, *[cut, cut, OPENED] * 3)
    assert told == []
    silent = Outcome(problem=Problem("silent", code=TIMEOUT), opened=True)
    assert _run(State("pods"), LISTED, *[silent] * 5)[2] == []


def test_useless_watches_come_less_and_less_often() -> None:
    state, waits = State("pods", version="5"), []
    for number in range(8):
        state = replace(state, watched=100.0 * number)
        cut = Outcome(problem=Problem("reset", code="Broken"), opened=True)
        state, action, _ = step(state, cut, Moment(0, 100.0 * number, 1.0))
        waits.append(action.after)
    assert waits == [1, 1, 4, 8, 16, 30, 30, 30]
