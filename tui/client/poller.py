"""One ARM collection, looked at again and again: gently, faster while something is in progress.

`after` decides when to look again; `poll` is the loop around it. Facts go out as from a reflector.
"""

from __future__ import annotations

import asyncio
import random as chance
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from tui.core.errors import Problem
from tui.core.facts import Denied, Fact, Listed, Missing, Page, Relist, Row, Stale

FAST: Final = 5.0
"""Seconds between two looks while something is in progress."""
LONGEST_WAIT: Final = 300.0
_IN_PROGRESS: Final = frozenset(
    {
        "creating",
        "updating",
        "deleting",
        "provisioning",
        "accepted",
        "pending",
        "connecting",
        "inprogress",
        "unknown",
    }
)

Read = Callable[[], Awaitable[Sequence[dict[str, Any]] | Problem]]


def in_progress(resource: dict[str, Any]) -> bool:
    """Whether ARM says it is still working on this resource."""
    properties = resource.get("properties")
    inner = properties if isinstance(properties, dict) else {}
    words = (inner.get("provisioningState"), inner.get("installState"), inner.get("connectivityStatus"))
    return any(isinstance(word, str) and word.lower() in _IN_PROGRESS for word in words)


def after(calm: float, busy: bool, failures: int, throttled: float, jitter: float) -> float:
    """Seconds until the next look; `throttled` is what Retry-After asks for, `jitter` 0 to 1 by chance."""
    wait = min(FAST, calm) if busy else calm
    if failures:
        wait = min(max(wait, FAST) * 2.0 ** min(failures - 1, 8), LONGEST_WAIT)
    return max(wait * (0.9 + jitter / 5), throttled)


def fact_of(kind: str, problem: Problem, now: float) -> Fact:
    """What a refusal means for the rows that are known."""
    if problem.status == 403:
        return Denied(kind, now, f"read {kind}", problem.what)
    if problem.status == 404:
        return Missing(kind, now, problem.what)
    return Stale(kind, now, f"{problem}" + (f" ({problem.next})" if problem.next else ""))


async def poll(
    kind: str, read: Read, decode: Callable[[dict[str, Any]], Row], put: Callable[[Fact], None], *, calm: float,
    throttled: Callable[[], float] = lambda: 0.0, wake: asyncio.Event | None = None,
    clock: Callable[[], float] = time.time, random: Callable[[], float] = chance.random,
) -> None:  # fmt: skip
    """Read, tell, wait; until cancelled. `throttled` gives the instant before which not to ask; `wake` ends a wait."""
    failures = 0
    wake = wake or asyncio.Event()
    while True:
        wake.clear()
        found = await read()
        now = clock()
        busy = False
        if isinstance(found, Problem):
            failures += 1
            put(fact_of(kind, found, now))
        else:
            failures = 0
            busy = any(in_progress(item) for item in found)
            put(Relist(kind))
            put(Page(kind, tuple(decode(item) for item in found)))
            put(Listed(kind, now))
        wait = after(calm, busy, failures, throttled() - now, random())
        try:
            async with asyncio.timeout(wait):
                await wake.wait()
        except TimeoutError:
            continue
