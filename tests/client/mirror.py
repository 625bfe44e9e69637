"""A reflector that runs on a test's time, and what it said."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.client.api import THINGS
from tui.client.kube import KubeClient
from tui.client.reflector import reflect
from tui.core.facts import Fact, Phase
from tui.core.kind import Kind
from tui.core.store import Store


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


class Mirror:
    """A reflector that runs, and what it said."""

    def __init__(self, kube: KubeClient, kind: Kind = THINGS, namespace: str | None = None, **more: Any) -> None:
        self.store, self.facts, self.clock = Store(), list[Fact](), Clock()
        self._task = asyncio.create_task(
            reflect(
                kube, kind, self._put, namespace=namespace, clock=self.clock, tick=self.clock, sleep=self.clock.sleep,
                random=lambda: 0.5, **more,
            )
        )  # fmt: skip
        self._kind = kind

    def _put(self, fact: Fact) -> None:
        self.facts.append(fact)
        self.store.apply(fact)

    @property
    def rows(self) -> dict[str, int]:
        return {key: row.value for key, row in self.store.rows(self._kind.name).items()}

    @property
    def phase(self) -> Phase:
        return self.store.source(self._kind.name).phase

    @property
    def reason(self) -> str:
        return self.store.source(self._kind.name).reason

    async def end(self) -> None:
        self._task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await self._task
