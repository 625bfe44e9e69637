"""The ARM side of a session: which resource the cluster is, then one poller a kind.

Owns what the ARM kinds say until they can be asked (switched off, no id, sign in), and that Service Bus is asked for
only while the extension uses it. Ends with the task group it runs in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

from tui.client.arm import ArmClient
from tui.client.arm_readers import Read, Readers
from tui.client.device import Asked
from tui.client.failure import reason_of
from tui.client.kube import KubeClient
from tui.client.poller import Wait, poll, waited
from tui.client.target import NodeGroup, find_cluster_id, find_managed
from tui.core.errors import Problem
from tui.core.facts import Fact, Page, Phase, Relist, Stale
from tui.core.store import Store
from tui.domain import azure_standing, extension, service_bus
from tui.domain.arm_kinds import ARM_KINDS
from tui.settings import Settings

FIND_AGAIN: Final = (2.0, 5.0, 15.0, 30.0)
"""Seconds before each new attempt to ask for the cluster's ARM id, where nobody answered."""
LOOK_AGAIN: Final = 300.0
"""Seconds before it is looked for again where there is none, or we may not look: that may change."""
_OFF: Final = "signed out: ARM is switched off (--sign-in none)"
_NO_ID: Final = "no cluster id found: this cluster is not connected to Azure, or name it with --cluster-id"


class ArmWatch:
    """Polls ARM into the store."""

    def __init__(self, settings: Settings, store: Store, clock: Callable[[], float], *, wait: Wait = waited) -> None:
        self._settings, self._store, self._clock, self._wait = settings, store, clock, wait
        self._readers: Readers | None = None
        self._wakes: list[asyncio.Event] = []
        self._bus_wake = self._wake()
        self._bus_unused: str | None = None
        """Why Service Bus is not asked for, empty while it is; None: the extension is not known yet."""
        self.client: ArmClient | None = None
        if settings.sign_in != "none":
            self.client = ArmClient(settings, prompt=self._show)
        self.asked: Asked | None = None
        """A device-code sign-in that waits for the operator."""

    async def follow(self, tasks: asyncio.TaskGroup, kube: KubeClient | None, found: Callable[[str], None]) -> None:
        """Find the cluster's id, tell it to `found`, and start a poller a kind in `tasks`."""
        if self.client is None:
            self._off(_OFF)
            return
        for kind in ARM_KINDS:
            self._store.open(kind, self._clock())
        cluster_id = await self._cluster_id(kube)
        if not cluster_id:
            return
        found(cluster_id)
        for kind in ARM_KINDS:
            if self._store.source(kind).phase is Phase.OFF:
                self._store.open(kind, self._clock())
        self._readers = Readers(self.client, self._settings, cluster_id, self._in_force)
        for kind, read in self._readers.by_kind.items():
            tasks.create_task(self._poll(self.client, kind, read))

    def poll_now(self) -> None:
        """Look at once, the sign-in included; never before the service allows it."""
        if self.client is not None:
            self.client.sign_in_again()
        if self._readers is not None:
            self._readers.again()
        for wake in self._wakes:
            wake.set()

    async def _cluster_id(self, kube: KubeClient | None) -> str:
        """The setting's, the demo's, or the cluster's own word, waited for; empty when there is nobody to ask."""
        demo = self._settings.demo
        known = self._settings.cluster_id or (demo.cluster_id if demo else "")
        wake = self._wake()
        failures = 0
        while not known and kube is not None:
            wake.clear()
            answer = await self._look(kube)
            if not isinstance(answer, Problem):
                known = answer
            failures = 0 if self._told(answer) else failures + 1
            if not known:
                await self._wait(wake, FIND_AGAIN[min(failures, len(FIND_AGAIN)) - 1] if failures else LOOK_AGAIN)
        if not known:
            self._off(_NO_ID)
        return known

    async def _look(self, kube: KubeClient) -> str | Problem:
        found = await find_cluster_id(kube)
        if not isinstance(found, NodeGroup):
            return found
        assert self.client is not None
        if (quiet := self.client.delay()) > 0:
            await self._wait(asyncio.Event(), quiet)
        return await find_managed(self.client, found)

    def _told(self, answer: str | Problem) -> bool:
        """Say what came of a look; False when nobody answered."""
        if not isinstance(answer, Problem):
            if not answer:
                self._off(_NO_ID)
        elif answer.status in (403, 404):
            self._off(f"no cluster id found: {answer.what}; name it with --cluster-id")
        else:
            self._stale(f"no cluster id yet: {reason_of(answer)}")
            return False
        return True

    async def _poll(self, client: ArmClient, kind: str, read: Read) -> None:
        is_bus = kind == service_bus.NAME
        await poll(
            kind, read, ARM_KINDS[kind], self._take, calm=self._settings.arm_poll, delay=client.delay,
            wake=self._bus_wake if is_bus else self._wake(), clock=self._clock,
            wanted=(lambda: self._bus_unused == "") if is_bus else (lambda: True),
        )  # fmt: skip

    def _in_force(self) -> Mapping[str, str]:
        """The settings of the live extension."""
        row = extension.of_product(self._store.rows(extension.NAME))
        return row.settings if row is not None else {}

    def _take(self, fact: Fact) -> None:
        """What a poller tells; what the extension says decides whether Service Bus is asked for."""
        if fact.kind == service_bus.NAME and self._bus_unused != "":
            return  # it was asked while the extension still used it
        self._store.apply(fact)
        if fact.kind == extension.NAME and not isinstance(fact, (Relist, Page)):
            self._weigh_bus()

    def _weigh_bus(self) -> None:
        kind, store = service_bus.NAME, self._store
        before = self._bus_unused
        row = extension.of_product(store.rows(extension.NAME))
        self._bus_unused = azure_standing.unused_bus(row, store.source(extension.NAME))
        if self._bus_unused:
            if store.rows(kind):
                store.drop(kind)
            store.off(kind, self._clock(), self._bus_unused)
        elif self._bus_unused != before:
            store.open(kind, self._clock())
            self._bus_wake.set()

    def _wake(self) -> asyncio.Event:
        self._wakes.append(wake := asyncio.Event())
        return wake

    def _show(self, asked: Asked | None) -> None:
        self.asked = asked
        if asked is not None:
            self._stale(f"sign in: open {asked.url} and type {asked.code}")

    def _off(self, reason: str) -> None:
        for kind in ARM_KINDS:
            self._store.off(kind, self._clock(), reason)

    def _stale(self, reason: str) -> None:
        for kind in ARM_KINDS:
            self._store.apply(Stale(kind, self._clock(), reason))
