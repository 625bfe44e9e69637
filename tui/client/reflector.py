"""One collection of the Kubernetes API, mirrored: list, then watch, for as long as it runs.

`step` decides and sends nothing: it takes what happened and says what to do next, when, and what is now to be
believed. `reflect` is the loop around it. Expected failures become facts; nothing expected is raised.
"""

from __future__ import annotations

import asyncio
import random as chance
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from tui.client.kube import Delayed, KubeClient
from tui.core.errors import Problem
from tui.core.facts import Alive, Changed, Denied, Fact, Gone, Listed, Missing, Page, Relist, Stale
from tui.core.kind import Kind

FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 30.0
"""Seconds: the back-off doubles from the first to the longest, times 0.5 to 1 by chance."""
LIST_WINDOW: Final = 5.0
"""Seconds: lists begin at least so far apart, however often the server says 410."""
LOOK_AGAIN: Final = 30.0
"""Seconds after which something missing or denied is tried again, up to twice that by chance."""

Put = Callable[[Fact], None]


class State(Struct, frozen=True):
    """Where one collection stands."""

    kind: str
    scope: str = ""
    version: str = ""
    """Watch from here; empty: list first."""
    failures: int = 0
    """In a row."""
    unsigned: int = 0
    """401s in a row."""
    listed: float = float("-inf")
    """When the last list began."""


class Outcome(Struct, frozen=True):
    """What came of an action. `problem` None: a list was whole, or a watch ended by itself."""

    version: str = ""
    """The newest resourceVersion seen, when there was one."""
    problem: Problem | None = None
    opened: bool = False
    """The server had answered before it broke: a watch was open."""


class Action(Struct, frozen=True):
    """What to do, after so many seconds."""

    do: Literal["list", "watch", "renew"]
    after: float = 0.0


def step(state: State, outcome: Outcome, now: float, jitter: float) -> tuple[State, Action, tuple[Fact, ...]]:
    """What follows from `outcome`; `jitter` is 0 to 1, by chance."""
    problem = outcome.problem
    version = outcome.version or state.version
    if problem is None or outcome.opened:
        state = replace(state, version=version, failures=0, unsigned=0)
    if problem is None:
        return _go(state, 0.0, now)
    match problem.status:
        case 410:
            return _go(replace(state, version=""), 0.0, now)
        case 401:
            return _unsigned(state, problem, now, jitter)
        case 403:
            return _later(state, _denied(state, problem, now), now, jitter)
        case 404:
            return _later(state, Missing(state.kind, now, problem.what), now, jitter)
    if outcome.opened and not isinstance(problem, Delayed):
        return _go(state, 0.0, now)  # a cut stream is an everyday thing: only a failed return is worth a word
    return _failed(state, problem, now, jitter)


def _unsigned(state: State, problem: Problem, now: float, jitter: float) -> tuple[State, Action, tuple[Fact, ...]]:
    state = replace(state, unsigned=state.unsigned + 1)
    if state.unsigned == 1:
        return state, Action("renew"), ()
    wait = max(_wait(state.unsigned - 1, jitter), FIRST_WAIT)
    reason = f"sign-in expired: {problem.what}"
    return state, Action("renew", wait), (Stale(state.kind, now, reason),)


def _denied(state: State, problem: Problem, now: float) -> Denied:
    where = f" in {state.scope}" if state.scope else ""
    return Denied(state.kind, now, f"list {state.kind}{where}", problem.what)


def _later(state: State, fact: Fact, now: float, jitter: float) -> tuple[State, Action, tuple[Fact, ...]]:
    """Not there, or not for us: what was known is void, and it is looked for gently."""
    state = replace(state, version="", failures=0, unsigned=0)
    _, action, _ = _go(state, LOOK_AGAIN * (1 + jitter), now)
    return state, action, (fact,)


def _failed(state: State, problem: Problem, now: float, jitter: float) -> tuple[State, Action, tuple[Fact, ...]]:
    state = replace(state, failures=state.failures + 1)
    wait = _wait(state.failures, jitter)
    if isinstance(problem, Delayed):
        wait = max(wait, problem.after)
    _, action, _ = _go(state, wait, now)
    return state, action, (Stale(state.kind, now, str(problem)),)


def _wait(failures: int, jitter: float) -> float:
    doubled: float = min(FIRST_WAIT * 2.0 ** min(failures - 1, 10), LONGEST_WAIT)
    return doubled * (0.5 + jitter / 2)


def _go(state: State, after: float, now: float) -> tuple[State, Action, tuple[Fact, ...]]:
    if state.version:
        return state, Action("watch", after), ()
    return state, Action("list", max(after, state.listed + LIST_WINDOW - now)), ()


async def reflect(
    kube: KubeClient, kind: Kind, put: Put, *, namespace: str | None = None,
    clock: Callable[[], float] = time.time, random: Callable[[], float] = chance.random,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:  # fmt: skip
    """Mirror `kind` (of one namespace, or of all) into `put` until cancelled."""
    state = State(kind.name, namespace or "")
    action = Action("list")
    while True:
        if action.after > 0:
            await sleep(action.after)
        if action.do == "renew":
            failed = await kube.connection.renew()
            action = Action("watch" if state.version else "list")
            if failed is not None:
                state, action, facts = step(state, Outcome(problem=failed), clock(), random())
                _tell(put, facts)
            continue
        if action.do == "list":
            state = replace(state, listed=clock())
            outcome = await _list(kube, kind, namespace, put, clock)
        else:
            outcome = await _watch(kube, kind, namespace, state.version, put, clock, random)
        state, action, facts = step(state, outcome, clock(), random())
        _tell(put, facts)


def _tell(put: Put, facts: tuple[Fact, ...]) -> None:
    for fact in facts:
        put(fact)


async def _list(kube: KubeClient, kind: Kind, namespace: str | None, put: Put, clock: Callable[[], float]) -> Outcome:
    scope = namespace or ""
    begun = False
    version = ""
    async with aclosing(kube.list_pages(kind, namespace)) as pages:
        async for page in pages:
            if isinstance(page, Problem):
                return Outcome(problem=page)
            if not begun:
                put(Relist(kind.name, scope))
                begun = True
            put(Page(kind.name, page.rows, scope))
            version = page.version
    put(Listed(kind.name, clock(), scope))
    return Outcome(version)


async def _watch(
    kube: KubeClient, kind: Kind, namespace: str | None, version: str, put: Put, clock: Callable[[], float],
    random: Callable[[], float],
) -> Outcome:  # fmt: skip
    seconds = int(240 + 120 * random())  # so that many watches do not all end at once
    newest, opened = "", False
    async with aclosing(kube.watch(kind, namespace, version, seconds=seconds)) as batches:
        async for batch in batches:
            if isinstance(batch, Problem):
                return Outcome(newest, batch, opened)
            now = clock()
            opened = True
            for entry in batch.rows:
                put(Gone(kind.name, entry.row.key, now) if entry.gone else Changed(kind.name, entry.row, now))
            if not batch.rows:
                put(Alive(kind.name, now))
            newest = batch.version or newest
    return Outcome(newest, None, opened)
