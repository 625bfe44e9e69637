"""One ARM collection, looked at again and again: gently, faster while something is in progress.

`after` decides when to look again; `poll` is the loop around it. Facts go out as from a reflector.
"""

from __future__ import annotations

import asyncio
import random as chance
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from tui.client.failure import reason_of
from tui.core.errors import Problem
from tui.core.facts import Denied, Fact, Listed, Missing, Page, Relist, Row, Stale

FAST: Final = 5.0
"""Seconds between two looks while something is in progress."""
LONGEST_WAIT: Final = 300.0
_ACTION: Final = re.compile(r"perform action '([\w./*-]+)'")
"""How ARM's AuthorizationFailed names the right."""
_UNREGISTERED: Final = frozenset({"missingsubscriptionregistration", "subscriptionnotregistered"})
"""Where the provider is not registered, nothing of it can be."""
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
Wait = Callable[[asyncio.Event, float], Awaitable[None]]


def in_progress(resource: dict[str, Any]) -> bool:
    """Whether ARM says it is still working on this resource."""
    properties = resource.get("properties")
    inner = properties if isinstance(properties, dict) else {}
    words = (inner.get("provisioningState"), inner.get("installState"), inner.get("connectivityStatus"))
    return any(isinstance(word, str) and word.lower() in _IN_PROGRESS for word in words)


def after(calm: float, busy: bool, failures: int, jitter: float) -> float:
    """Seconds until the next look, when nobody asks for one sooner; `jitter` is 0 to 1, by chance."""
    wait = min(FAST, calm) if busy else calm
    if failures:
        wait = min(FAST * 2.0 ** min(failures - 1, 8), LONGEST_WAIT)
    return wait * (0.9 + jitter / 5)


def fact_of(kind: str, problem: Problem, now: float) -> Fact:
    """What a refusal means for the rows that are known."""
    if problem.code.lower() in _UNREGISTERED:
        return Missing(kind, now, problem.what)
    if problem.status == 403:
        named = _ACTION.search(problem.what)
        return Denied(kind, now, f"read {kind}{f' ({named[1]})' if named else ''}", problem.what)
    if problem.status == 404:
        return Missing(kind, now, problem.what)
    return Stale(kind, now, reason_of(problem))


async def waited(wake: asyncio.Event, seconds: float) -> None:
    """Until `wake` is set, but no longer than `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        return


async def poll(
    kind: str, read: Read, decode: Callable[[dict[str, Any]], Row], put: Callable[[Fact], None], *, calm: float,
    delay: Callable[[], float] = lambda: 0.0, wake: asyncio.Event | None = None, wait: Wait = waited,
    clock: Callable[[], float] = time.time, random: Callable[[], float] = chance.random,
    wanted: Callable[[], bool] = lambda: True,
) -> None:  # fmt: skip
    """Read, tell, wait; until cancelled. `wake` ends a wait, but never the `delay` that the service asked for.

    While it is not `wanted`, nothing is asked.
    """
    failures = 0
    wake = wake or asyncio.Event()
    never = asyncio.Event()
    while True:
        wake.clear()
        if not wanted():
            await wait(wake, calm)
            continue
        while (quiet := delay()) > 0:
            await wait(never, quiet)
        wake.clear()
        found = await read()
        busy = False
        if isinstance(found, Problem):
            failures += 1
            put(fact_of(kind, found, clock()))
        else:
            failures = 0
            busy = any(in_progress(item) for item in found)
            _tell(kind, tuple(decode(item) for item in found), put, clock())
        await wait(wake, after(calm, busy, failures, random()))


def _tell(kind: str, rows: tuple[Row, ...], put: Callable[[Fact], None], now: float) -> None:
    put(Relist(kind))
    put(Page(kind, rows))
    put(Listed(kind, now))
