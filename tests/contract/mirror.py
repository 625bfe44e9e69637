"""A reflector on real time, and what it put into a store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from tui.client.kube import KubeClient
from tui.client.reflector import reflect
from tui.core.facts import Denied, Fact, Listed, Phase, Source
from tui.core.kind import Kind
from tui.core.store import Store


class Mirror:
    """What one reflector said."""

    def __init__(self, kind: Kind) -> None:
        self.store, self.facts = Store(), list[Fact]()
        self._kind = kind

    def put(self, fact: Fact) -> None:
        self.facts.append(fact)
        self.store.apply(fact)

    @property
    def source(self) -> Source:
        return self.store.source(self._kind.name)

    @property
    def phase(self) -> Phase:
        return self.source.phase

    @property
    def lists(self) -> int:
        """How often it listed everything."""
        return sum(isinstance(fact, Listed) for fact in self.facts)

    @property
    def denied(self) -> list[Denied]:
        return [fact for fact in self.facts if isinstance(fact, Denied)]


async def hasty(seconds: float) -> None:
    """Waits between tries are shorter where only what follows them matters."""
    await asyncio.sleep(seconds / 10)


@asynccontextmanager
async def mirrored(kube: KubeClient, kind: Kind, namespace: str | None = None, **more: Any) -> AsyncIterator[Mirror]:
    """A reflector that runs until the block ends."""
    mirror = Mirror(kind)
    task = asyncio.create_task(reflect(kube, kind, mirror.put, namespace=namespace, **more))
    try:
        yield mirror
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
