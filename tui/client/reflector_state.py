"""What a reflector does next, and what is to be believed meanwhile.

`step` is pure: it takes what happened and sends nothing. Owns back-off, pacing, and which answer means what:
410 → list anew, 401 → renew the sign-in, 403 → denied, 404 → not installed, a cut stream → resume, else → stale, and
list anew where the server will never go on from there.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from tui.client.failure import TIMEOUT, reason_of
from tui.client.kube import UNREADABLE
from tui.client.transport import Delayed
from tui.core.errors import Problem
from tui.core.facts import Denied, Fact, Missing, Stale

FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 30.0
"""Seconds: the back-off doubles from the first to the longest, times 0.5 to 1 by chance."""
SHORT: Final = 2.0
"""Seconds: a first 403, 429 or 5xx that is tried again sooner than this is not told."""
LIST_WINDOW: Final = 5.0
"""Seconds: lists begin at least so far apart, however often the server says 410."""
WATCH_WINDOW: Final = 1.0
"""Seconds: watches begin at least so far apart, however quickly something on the way cuts them."""
LOOK_AGAIN: Final = 30.0
"""Seconds after which something missing or denied is tried again, up to twice that by chance."""


REFUSALS: Final = 4
"""What was allowed is denied when it is refused more often than this in a row: a server that begins refuses everything
until it has read its rules."""
LASTING: Final = 5.0
"""Seconds: a watch that breaks sooner, and has told nothing, has been no use."""
USELESS: Final = 2
"""So many such watches in a row are a matter of chance; more of them are a failure to tell."""
HOPELESS: Final = 6
"""After so many failures in a row that are the server's own, a watch is given up for a new list."""
_LATER: Final = frozenset({408, 429})
"""Refusals of this moment, not of what was asked."""
_BAD_VERSION: Final = re.compile("Too large resource version|resourceVersion: Invalid value")


class State(Struct, frozen=True):
    """Where one collection stands."""

    kind: str
    resource: str = ""
    """As RBAC names it."""
    scope: str = ""
    core: bool = False
    """Every Kubernetes has it: that it is not there means that this is none."""
    version: str = ""
    """Watch from here; empty: list first."""
    failures: int = 0
    """In a row."""
    unsigned: int = 0
    """401s in a row."""
    refused: int = 0
    """403s in a row."""
    useless: int = 0
    """Watches in a row that broke at once."""
    allowed: frozenset[str] = frozenset()
    """`list`, `watch`: what was let in before."""
    listed: float = float("-inf")
    """When the last list began that came to an end."""
    watched: float = float("-inf")
    """When the last watch began. Both by the clock that paces."""


class Outcome(Struct, frozen=True):
    """What came of an action. `problem` None: a list was whole, a watch ended by itself, a sign-in was renewed."""

    version: str = ""
    """The newest resourceVersion seen, when there was one."""
    problem: Problem | None = None
    opened: bool = False
    """The server had answered before it broke: a watch was open."""
    renewed: bool = False
    """It was a renewal of the sign-in: whether the server likes it is not known yet."""


class Action(Struct, frozen=True):
    """What to do, after so many seconds."""

    do: Literal["list", "watch", "renew"]
    after: float = 0.0


class Moment(Struct, frozen=True):
    """When it came, and a chance."""

    now: float
    """Dates facts: seconds since 1970."""
    tick: float
    """Paces requests: seconds of a clock that is never set."""
    jitter: float
    """0 to 1, by chance."""


Step = tuple[State, Action, tuple[Fact, ...]]


def step(state: State, outcome: Outcome, at: Moment) -> Step:
    """What follows from `outcome`."""
    problem = outcome.problem
    if outcome.renewed:
        return _failed(state, problem, at) if problem else _go(state, 0.0, at)
    if problem is None or outcome.opened:
        state = _read(state, outcome, at)
    if problem is None:
        return _go(state, 0.0, at)
    if problem.status == 410 and state.version:
        return _go(replace(state, version=""), 0.0, at)
    if problem.status == 401:
        return _unsigned(state, problem, at)
    if problem.status == 403:
        return _refused(state, problem, at)
    if problem.status == 404 and not state.core:
        return _later(state, Missing(state.kind, at.now, problem.what), at)
    if problem.code == UNREADABLE or _is_no_way_on(state, problem):
        state = replace(state, version="")  # what cannot be read from there now cannot be read from there again
    elif outcome.opened and not isinstance(problem, Delayed) and state.useless <= USELESS:
        return _go(state, 0.0, at)  # a cut stream is an everyday thing: only a failed return is worth a word
    return _failed(state, problem, at)


def _read(state: State, outcome: Outcome, at: Moment) -> State:
    """The server was there, and let us in."""
    allowed = state.allowed | {_verb(state)}
    state = replace(state, version=outcome.version or state.version, unsigned=0, refused=0, allowed=allowed)
    problem = outcome.problem
    lasted = at.tick - state.watched >= LASTING
    if problem is None or outcome.version or lasted or problem.code == TIMEOUT:
        return replace(state, useless=0, failures=0)
    return replace(state, useless=state.useless + 1, failures=state.useless)


def _is_no_way_on(state: State, problem: Problem) -> bool:
    """A watch will never go on from there: after a restore from a backup there is no such state, for one."""
    if problem.status >= 500:
        return _BAD_VERSION.search(problem.what) is not None or state.failures + 1 >= HOPELESS
    return problem.status >= 400 and problem.status not in _LATER


def _refused(state: State, problem: Problem, at: Moment) -> Step:
    state = replace(state, refused=state.refused + 1)
    if _verb(state) in state.allowed and state.refused <= REFUSALS:
        return _failed(state, problem, at)
    return _later(state, _denied(state, problem, at), at)


def _unsigned(state: State, problem: Problem, at: Moment) -> Step:
    state = replace(state, unsigned=state.unsigned + 1)
    if state.unsigned == 1:
        return state, Action("renew"), ()
    wait = max(_wait(state.unsigned - 1, at.jitter), FIRST_WAIT)
    return state, Action("renew", wait), (Stale(state.kind, at.now, f"not signed in: {reason_of(problem)}"),)


def _verb(state: State) -> str:
    """What was asked in this state."""
    return "watch" if state.version else "list"


def _denied(state: State, problem: Problem, at: Moment) -> Denied:
    where = f" in {state.scope}" if state.scope else ""
    return Denied(state.kind, at.now, f"{_verb(state)} {state.resource or state.kind}{where}", problem.what)


def _later(state: State, fact: Fact, at: Moment) -> Step:
    """Not there, or not for us: what was known is void, and it is looked for gently."""
    state = replace(state, version="", failures=0, unsigned=0, refused=0, allowed=frozenset())
    _, action, _ = _go(state, LOOK_AGAIN * (1 + at.jitter), at)
    return state, action, (fact,)


def _failed(state: State, problem: Problem, at: Moment) -> Step:
    state = replace(state, failures=state.failures + 1)
    wait = _wait(state.failures, at.jitter)
    if isinstance(problem, Delayed):
        wait = max(wait, problem.after)
    if problem.status == 404:
        problem = Problem(
            f"no Kubernetes API: it knows no {state.kind}", problem.where, "check the kubeconfig's server", 404
        )
    _, action, _ = _go(state, wait, at)
    if state.failures == 1 and wait <= SHORT and (problem.status in (403, 429) or problem.status >= 500):
        return state, action, ()  # a busy moment of the server: worth a word only if the next try fails too
    return state, action, (Stale(state.kind, at.now, reason_of(problem)),)


def _wait(failures: int, jitter: float) -> float:
    doubled: float = min(FIRST_WAIT * 2.0 ** min(failures - 1, 10), LONGEST_WAIT)
    return doubled * (0.5 + jitter / 2)


def _go(state: State, after: float, at: Moment) -> Step:
    """On with the watch, or with a list when there is nothing to watch from; neither too soon after the last."""
    if state.version:
        return state, Action("watch", max(after, state.watched + WATCH_WINDOW - at.tick, 0.0)), ()
    return state, Action("list", max(after, state.listed + LIST_WINDOW - at.tick, 0.0)), ()
