"""One connected target: its clients, its facts, and the clock that hands out what changed.

Owns the clients and every task that reads; all of them end with `run`. Has no screen: the command line uses it too.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from tui.client.arm import ArmClient
from tui.client.audit import Audit
from tui.client.choice import Choice, NoKubeconfig, choice_of
from tui.client.connection import Connection
from tui.client.device import Asked
from tui.client.kube import KubeClient
from tui.client.target import checked_id
from tui.core.errors import Problem, UsageProblem
from tui.core.facts import Phase
from tui.core.kind import Kind
from tui.core.store import Delta, Store
from tui.domain.arm_kinds import ARM_KINDS
from tui.domain.component import NAMESPACE
from tui.domain.derived import DERIVED, Derivation
from tui.domain.kinds import KINDS, WORKLOADS
from tui.session_arm import ArmWatch
from tui.session_clock import clock_of
from tui.session_cluster import ClusterMirror
from tui.session_derived import Deriver
from tui.session_extension import ExtensionWork
from tui.session_forwards import Forwards
from tui.session_rights import Rights
from tui.settings import Settings

__all__ = ["Session", "Target", "clock_of"]

SHORTEST_FLUSH: Final = 0.02
"""Seconds between two updates, however few the settings ask for."""


class Target(Struct, frozen=True):
    """What this session looks at."""

    context: str = ""
    server: str = ""
    cluster_id: str = ""
    contexts: tuple[str, ...] = ()
    """What `:ctx` can switch to."""


class Session:
    """Open with `run`, which ends only when cancelled."""

    def __init__(
        self, settings: Settings, *, store: Store | None = None, clock: Callable[[], float] | None = None,
        kinds: tuple[Kind, ...] = KINDS, derived: tuple[Derivation, ...] = DERIVED,
    ) -> None:  # fmt: skip
        self.settings, self.clock = settings, clock or clock_of(settings)
        self.store = store if store is not None else Store()
        self.target = Target(cluster_id=settings.cluster_id or "")
        self.kube: KubeClient | None = None
        self.rights: Rights | None = None
        self.extension: ExtensionWork | None = None
        self.forwards: Forwards | None = None
        self.audit: Audit | None = None
        self._kinds = kinds
        self._deriver = Deriver(self.store, derived, self.clock, time.monotonic)
        self._cluster: ClusterMirror | None = None
        self._arm: ArmWatch | None = None
        self._answered = asyncio.Event()
        self._tasks: asyncio.TaskGroup | None = None
        self._workloads = False

    @property
    def arm(self) -> ArmClient | None:
        """The ARM side, when this target has one."""
        return self._arm.client if self._arm is not None else None

    @property
    def prompt(self) -> Asked | None:
        """A device-code sign-in that waits for the operator."""
        return self._arm.asked if self._arm is not None else None

    @property
    def problems(self) -> list[Problem]:
        """Why nothing can be read at all, as of the last request; empty while something can."""
        client = self.kube or self.arm
        return [client.trouble] if client is not None and client.trouble is not None else []

    @property
    def scopes(self) -> dict[str, tuple[str, ...]]:
        """The kinds that may not be listed in the whole cluster, and the namespaces looked at instead."""
        return self._cluster.scopes if self._cluster is not None else {}

    async def run(self, publish: Callable[[Delta], None]) -> None:
        """Read everything and publish what changed, until cancelled. Raises UsageProblem when nothing can be read."""
        async with AsyncExitStack() as ends:
            await self._open(ends)
            assert self._arm is not None
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                tasks.create_task(self._flush(publish))
                if self.extension is not None:
                    tasks.create_task(self.extension.run(tasks))
                if self.forwards is not None:
                    tasks.create_task(self.forwards.run())
                if self._cluster is not None and self.rights is not None:
                    tasks.create_task(self.rights.run())
                    for kind in self._kinds:
                        tasks.create_task(self._cluster.mirror(kind))
                tasks.create_task(self._arm.follow(tasks, self.kube, self._found))

    def poll_now(self) -> None:
        """Look at ARM at once, the sign-in included; never before the service allows it."""
        if self._arm is not None:
            self._arm.poll_now()

    def watch_workloads(self) -> None:
        """Watch the extension's own Deployments, StatefulSets, DaemonSets and Jobs from now on."""
        if self._cluster is None or self._tasks is None or self._workloads:
            return
        self._workloads = True
        for kind in WORKLOADS:
            self._tasks.create_task(self._cluster.mirror_in(kind, NAMESPACE))

    def look_at(self, namespace: str) -> None:
        """Also read this namespace, where the whole cluster may not be listed."""
        if self._cluster is not None:
            self._cluster.look_at(namespace)

    async def settled(self, timeout: float) -> bool:
        """Wait until every source has answered, one way or another; False when some has not after `timeout`."""
        try:
            async with asyncio.timeout(timeout):
                await self._answered.wait()
        except TimeoutError:
            return False
        return True

    async def _open(self, ends: AsyncExitStack) -> None:
        settings = self.settings = _checked(self.settings)
        self._arm = ArmWatch(settings, self.store, self.clock)
        if self.arm is not None:
            ends.push_async_callback(self.arm.close)
        choice = self._choice()
        audit = self.audit = Audit(_state_dir(settings), time.time)
        if choice is None:
            for kind in self._kinds:
                self.store.off(kind.name, self.clock(), "no kubeconfig: only ARM is looked at")
            self.extension = self._extension_work(audit)
            return
        connection = Connection(choice, reload=partial(choice_of, settings))
        ends.push_async_callback(connection.close)
        await connection.open()
        self.kube = KubeClient(connection, read_only=settings.read_only, audit=audit)
        self.rights = Rights(self.kube, time.monotonic)
        self.forwards = Forwards(self.kube, audit, self.clock)
        self._cluster = ClusterMirror(self.kube, self.store, self.clock, [settings.namespace or ""])
        self.target = Target(connection.context, connection.server, settings.cluster_id or "", choice.contexts)
        self.extension = self._extension_work(audit)

    def _extension_work(self, audit: Audit) -> ExtensionWork:
        made = ExtensionWork(
            self.store, self.clock, _state_dir(self.settings), kube=self.kube, arm=self.arm, audit=audit,
            poll=self.poll_now, watch=self.watch_workloads,
        )  # fmt: skip
        made.witness.context = self.target.context
        return made

    def _choice(self) -> Choice | None:
        """The kubeconfig's; None when there is none and ARM alone is enough."""
        try:
            return choice_of(self.settings)
        except NoKubeconfig as problem:
            if self.settings.cluster_id and self.arm is not None:
                return None
            raise UsageProblem(f"{problem}; to look at ARM alone, give --cluster-id") from None

    def _found(self, cluster_id: str) -> None:
        self.target = replace(self.target, cluster_id=cluster_id)

    async def _flush(self, publish: Callable[[Delta], None]) -> None:
        while True:
            await asyncio.sleep(max(self.settings.flush, SHORTEST_FLUSH))
            self._hand_out(publish)
            if self._answered.is_set() or not self._all_answered():
                self._deriver.compute()
                continue
            self._deriver.compute(at_once=True)
            self._hand_out(publish)
            self._answered.set()

    def _hand_out(self, publish: Callable[[Delta], None]) -> None:
        delta = self.store.flush()
        if delta is None:
            return
        self._deriver.note(delta)
        if self._cluster is not None:
            self._cluster.note(delta)
        if self.extension is not None:
            self.extension.note(delta)
        if self.forwards is not None:
            self.forwards.note(delta)
        publish(delta)

    def _all_answered(self) -> bool:
        wanted = {kind.name for kind in self._kinds} | set(ARM_KINDS)
        sources = {source.kind: source for source in self.store.sources()}
        return all(kind in sources and sources[kind].phase is not Phase.LOADING for kind in wanted)


def _state_dir(settings: Settings) -> Path:
    if settings.state_dir is not None:
        return settings.state_dir
    if settings.demo is not None:  # what is written to a simulated cloud is nobody's record
        return Path(settings.demo.kubeconfig).parent / "state"
    from platformdirs import user_state_path

    return user_state_path("arcdeck")


def _checked(settings: Settings) -> Settings:
    """The settings with ids as ARM wants them. Raises UsageProblem."""
    if settings.cluster_id:
        settings = replace(settings, cluster_id=checked_id(settings.cluster_id, "--cluster-id"))
    if settings.workspace_id:
        workspace = checked_id(settings.workspace_id, "--workspace-id", ("workspaces",))
        settings = replace(settings, workspace_id=workspace)
    return settings
