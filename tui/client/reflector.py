"""One collection of the Kubernetes API, mirrored: list, then watch, for as long as it runs.

Owns the I/O and the facts that go out; what to do next is `reflector_state`'s decision. Expected failures become
facts; nothing expected is raised.
"""

from __future__ import annotations

import asyncio
import random as chance
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Final

from msgspec.structs import replace

from tui.client.failure import reason_of
from tui.client.heap import give_back
from tui.client.kube import SILENCE, KubeClient, Lull
from tui.client.reflector_state import Action, Moment, Outcome, State, step
from tui.core.errors import Problem
from tui.core.facts import Alive, Changed, Fact, Gone, Listed, Page, Relist, Stale
from tui.core.kind import Kind

Put = Callable[[Fact], None]
WATCH: Final = (240.0, 360.0)
"""Seconds after which the server is asked to end a watch, by chance: so that many watches do not all end at once."""


async def reflect(
    kube: KubeClient, kind: Kind, put: Put, *, namespace: str | None = None,
    clock: Callable[[], float] = time.time, random: Callable[[], float] = chance.random,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep, tick: Callable[[], float] = time.monotonic,
    silence: float = SILENCE,
) -> None:  # fmt: skip
    """Mirror `kind` (of one namespace, or of all) into `put` until cancelled.

    `clock` dates the facts; `tick` and `sleep` pace the requests; `silence` is how long a watch may say nothing.
    """
    mirror = _Mirror(kube, kind, put, namespace, clock, random, silence)
    state = State(kind.name, kind.resource, namespace or "", core=not kind.group)
    action = Action("list")
    while True:
        if action.after > 0:
            await sleep(action.after)
        begun = tick()
        if action.do == "list":
            outcome = await mirror.list()
            state = replace(state, listed=state.listed if outcome.problem else begun)
        elif action.do == "watch":
            state = replace(state, watched=begun)
            outcome = await mirror.watch(state.version)
        else:
            outcome = Outcome(problem=await kube.connection.renew(), renewed=True)
        state, action, facts = step(state, outcome, Moment(clock(), tick(), random()))
        for fact in facts:
            put(fact)


class _Mirror:
    """The two requests, their answers as facts."""

    def __init__(
        self, kube: KubeClient, kind: Kind, put: Put, namespace: str | None, clock: Callable[[], float],
        random: Callable[[], float], silence: float,
    ) -> None:  # fmt: skip
        self._kube, self._kind, self._put, self._namespace = kube, kind, put, namespace
        self._clock, self._random, self._silence = clock, random, silence

    async def list(self) -> Outcome:
        name, scope = self._kind.name, self._namespace or ""
        count = 0
        version = ""
        async with aclosing(self._kube.list_pages(self._kind, self._namespace)) as pages:
            async for page in pages:
                if isinstance(page, Problem):
                    return Outcome(problem=page)
                if not count:
                    self._put(Relist(name, scope))
                count += 1
                self._put(Page(name, page.rows, scope))
                version = page.version
        self._put(Listed(name, self._clock(), scope))
        if count > 1:
            await asyncio.to_thread(give_back)
        return Outcome(version)

    async def watch(self, version: str) -> Outcome:
        name = self._kind.name
        first, last = WATCH
        seconds = int(first + (last - first) * self._random())
        newest, opened, hung = "", False, False
        watch = self._kube.watch(self._kind, self._namespace, version, seconds=seconds, silence=self._silence)
        async with aclosing(watch) as batches:
            async for batch in batches:
                if isinstance(batch, Problem):
                    return Outcome(newest, batch, opened)
                now = self._clock()
                opened = True
                if isinstance(batch, Lull):
                    hung = self._tell(batch, hung, now)
                    continue
                for entry in batch.rows:
                    self._put(Gone(name, entry.row.key, now) if entry.gone else Changed(name, entry.row, now))
                if not batch.rows:
                    self._put(Alive(name, now))
                newest = batch.version or newest
        return Outcome(newest, None, opened)

    def _tell(self, lull: Lull, hung: bool, now: float) -> bool:
        """A server that hangs, and one that hangs no more; True while it does."""
        if lull.problem is not None:
            self._put(Stale(self._kind.name, now, reason_of(lull.problem)))
        elif hung:
            self._put(Alive(self._kind.name, now))
        return lull.problem is not None
