"""The decision of a reflector, for any sequence of outcomes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.client.kube import UNREADABLE
from tui.client.reflector_state import Moment, Outcome, State, step
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
