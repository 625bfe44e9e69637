"""The Kubernetes side of a session: one reflector a kind, or one a namespace where the whole cluster may not be listed.

Owns which namespaces matter then. Ends with the task group it runs in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, Final

from tui.client.kube import KubeClient
from tui.client.reflector import reflect
from tui.client.scopes import Scopes
from tui.core.facts import Denied, Fact
from tui.core.kind import Kind
from tui.core.store import Delta, Store

NAMESPACE: Final = "azureml"
"""Where the extension lives; always looked at."""
AGAIN: Final = 300.0
"""Seconds before it is asked again whether the whole cluster may be listed."""


class ClusterMirror:
    """Mirrors kinds of one cluster into the store."""

    def __init__(
        self, kube: KubeClient, store: Store, clock: Callable[[], float], namespaces: Iterable[str] = (),
        *, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:  # fmt: skip
        """`namespaces` matter beside the extension's own."""
        self._kube, self._store, self._clock, self._sleep = kube, store, clock, sleep
        self._wanted = [NAMESPACE, *namespaces, kube.connection.namespace]
        self._scopes: dict[str, Scopes] = {}
        self._more = asyncio.Event()

    @property
    def scopes(self) -> dict[str, tuple[str, ...]]:
        """The kinds that may not be listed in the whole cluster, and the namespaces looked at instead."""
        return {kind: scopes.names for kind, scopes in self._scopes.items()}

    def look_at(self, namespace: str) -> None:
        """This namespace matters too."""
        if namespace and namespace not in self._wanted:
            self._wanted.append(namespace)
            self._changed()

    def note(self, delta: Delta) -> None:
        """Computes say in which namespaces jobs run."""
        if delta.touches("computes"):
            self._changed()

    async def mirror_in(self, kind: Kind, namespace: str) -> None:
        """Mirror one namespace of a kind until cancelled."""
        self._store.open(kind.name, self._clock())
        await reflect(self._kube, kind, self._store.apply, namespace=namespace, clock=self._clock)

    async def mirror(self, kind: Kind) -> None:
        """Mirror one kind until cancelled."""
        self._store.open(kind.name, self._clock())
        if not kind.namespaced:
            await reflect(self._kube, kind, self._store.apply, clock=self._clock)
            return
        while True:
            try:
                await reflect(self._kube, kind, self._until_denied, clock=self._clock)
            except _ClusterDenied:
                self._store.drop(kind.name)  # what other namespaces hold is not known any more
                self._store.open(kind.name, self._clock())
            await _first(self._mirror_namespaces(kind), self._allowed(kind))
            self._scopes.pop(kind.name, None)

    async def _allowed(self, kind: Kind) -> None:
        """Until the whole cluster may be listed after all: somebody granted it, or the server had only begun."""
        while True:
            await self._sleep(AGAIN)
            if await self._kube.can_i("list", kind.resource) and await self._kube.can_i("watch", kind.resource):
                return

    def _until_denied(self, fact: Fact) -> None:
        if isinstance(fact, Denied):
            raise _ClusterDenied
        self._store.apply(fact)

    async def _mirror_namespaces(self, kind: Kind) -> None:
        scopes = self._scopes[kind.name] = Scopes(kind.name, self._store.apply, self._clock)
        async with asyncio.TaskGroup() as tasks:
            while True:
                changed = self._more
                for namespace in self._namespaces():
                    if namespace not in scopes.names:
                        put = scopes.scope(namespace)
                        tasks.create_task(reflect(self._kube, kind, put, namespace=namespace, clock=self._clock))
                await changed.wait()

    def _namespaces(self) -> list[str]:
        computes = (getattr(row, "namespace", "") for row in self._store.rows("computes").values())
        return list(dict.fromkeys(name for name in (*self._wanted, *computes) if name))

    def _changed(self) -> None:
        old, self._more = self._more, asyncio.Event()
        old.set()


async def _first(*works: Coroutine[Any, Any, None]) -> None:
    """Until one of these ends; the others are ended with it. An exception of one is raised."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _ClusterDenied(Exception):
    """The cluster-wide list was denied: ends that reflector, caught by its starter."""
