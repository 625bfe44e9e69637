"""A reflector under a fault: what it said, when, and how its store stands against the truth.

Owns the standing over time. Must not know what goes wrong.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from tests.client.api import until
from tests.demo.kube.town import Client
from tests.faults.clock import Clock
from tui.client.kube import KubeClient
from tui.client.reflector import reflect
from tui.core.errors import Problem
from tui.core.facts import Alive, Fact, Listed, Phase, Source
from tui.core.kind import Kind
from tui.core.store import Delta, Store

PATIENCE = 90.0
"""Seconds of real time that a store may take to be right for the first time, or again."""


class Stand:
    """What one reflector put into a store."""

    def __init__(self, kind: Kind, clock: Clock, namespace: str | None = None) -> None:
        self.kind, self.clock, self.namespace = kind, clock, namespace
        self.store, self.facts = Store(), list[Fact]()
        self.turns: list[tuple[float, Source]] = []
        """Each change of its standing, and when."""
        self.deltas: list[Delta] = []
        """What a subscriber that looks after each fact sees."""
        self.on_fact: Callable[[Fact], None] = lambda _fact: None
        """Somebody who wants to know at once."""
        self.fewest = 0
        """The fewest rows it saw since `watch_closely`."""

    def put(self, fact: Fact) -> None:
        before = self.source.phase
        self.facts.append(fact)
        self.store.apply(fact)
        if self.source.phase is not before:
            self.turns.append((self.clock(), self.source))
        if (delta := self.store.flush()) is not None:
            self.deltas.append(delta)
        self.fewest = min(self.fewest, len(self.rows))
        self.on_fact(fact)

    def watch_closely(self) -> None:
        """Forget what was seen until now."""
        self.deltas.clear()
        self.turns.clear()
        self.fewest = len(self.rows)

    @property
    def source(self) -> Source:
        return self.store.source(self.kind.name)

    @property
    def rows(self) -> dict[str, Any]:
        return dict(self.store.rows(self.kind.name))

    @property
    def lists(self) -> int:
        return sum(isinstance(fact, Listed) for fact in self.facts)

    @property
    def watches(self) -> int:
        """How often it was told that a watch is open, or goes on."""
        return sum(isinstance(fact, Alive) for fact in self.facts)

    @property
    def live(self) -> bool:
        return self.source.phase is Phase.LIVE

    def said(self, since: float) -> float | None:
        """Seconds from an instant until it said that it is stale; None when it did not."""
        return next((at - since for at, source in self.turns if at >= since and source.phase is Phase.STALE), None)


@asynccontextmanager
async def standing(
    kube: KubeClient, kind: Kind, clock: Clock, namespace: str | None = None, *, seed: int = 1,
    wall: Callable[[], float] = time.time, wait: bool = True, **more: Any,
) -> AsyncIterator[Stand]:  # fmt: skip
    """A reflector that runs until the block ends, live at its beginning. What it raises is raised here."""
    stand = Stand(kind, clock, namespace)
    task = asyncio.create_task(
        reflect(
            kube, kind, stand.put, namespace=namespace, clock=wall, random=random.Random(seed).random,
            sleep=clock.sleep, tick=clock, **more,
        )
    )  # fmt: skip
    try:
        await until(lambda: stand.live or task.done() or not wait, PATIENCE)
        yield stand
        assert not task.done(), "a reflector runs until it is cancelled"
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def fresh(kube: KubeClient, kind: Kind, namespace: str | None = None) -> dict[str, Any]:
    """What a list through the same decoder gives now."""
    rows: dict[str, Any] = {}
    async for page in kube.list_pages(kind, namespace):
        assert not isinstance(page, Problem), page
        rows |= {row.key: row for row in page.rows}
    return rows


async def versions(raw: Client, kind: Kind, namespace: str | None = None) -> dict[str, str]:
    """Keys and resourceVersions as plain HTTP tells them."""
    found: dict[str, str] = {}
    for item in (await raw.get(kind.path(namespace)))["items"]:
        meta = item["metadata"]
        key = f"{meta['namespace']}/{meta['name']}" if kind.namespaced else meta["name"]
        found[key] = meta["resourceVersion"]
    return found


async def settled(stand: Stand, kube: KubeClient, raw: Client, within: float = PATIENCE) -> None:
    """Wait until the store is live and equals a fresh list, by our decoder and by plain HTTP; fails when it does not.

    `kube` and `raw` reach the server without the fault.
    """
    stops = time.monotonic() + within
    while True:
        rows = await fresh(kube, stand.kind, stand.namespace)
        truth = await versions(raw, stand.kind, stand.namespace)
        if stand.live and stand.rows == rows and {key: row.version for key, row in rows.items()} == truth:
            return
        assert time.monotonic() < stops, _differences(stand, rows, truth)
        await asyncio.sleep(0.005)


def _differences(stand: Stand, rows: dict[str, Any], truth: dict[str, str]) -> str:
    mine = stand.rows
    return (
        f"{stand.source}; missing {sorted(rows.keys() - mine.keys())[:5]}, "
        f"left over {sorted(mine.keys() - rows.keys())[:5]}, "
        f"other {[key for key in mine.keys() & rows.keys() if mine[key] != rows[key]][:5]}, "
        f"{len(truth)} by plain HTTP"
    )
