"""One connected target: its clients, its facts, and the clock that hands out what changed.

Owns the clients and every task that reads; all of them end with `run`. Has no screen: the command line uses it too.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from tui.client import target
from tui.client.arm import ArmClient
from tui.client.audit import Audit
from tui.client.connection import Connection, choice_of
from tui.client.kube import KubeClient
from tui.client.poller import poll
from tui.client.reflector import reflect
from tui.core.errors import Problem, UsageProblem
from tui.core.facts import Denied, Fact, Missing, Phase, Stale
from tui.core.kind import Kind
from tui.core.store import Delta, Store
from tui.domain import arm_id
from tui.domain.arm_kinds import ARM_KINDS
from tui.domain.derived import DERIVED, Derivation
from tui.domain.kinds import KINDS
from tui.session_derived import Deriver
from tui.settings import Settings

NAMESPACE: Final = "azureml"
"""Where the extension lives; always looked at."""
DERIVE: Final = 0.5
"""Seconds between two computations of the derived kinds."""
_BAD: Final = (Denied, Missing, Stale)


class Target(Struct, frozen=True):
    """What this session looks at."""

    context: str = ""
    server: str = ""
    cluster_id: str = ""


class Prompt(Struct, frozen=True):
    """A device-code sign-in that waits for the operator."""

    url: str
    code: str
    until: float


class Session:
    """Open with `run`, which ends only when cancelled."""

    def __init__(
        self, settings: Settings, *, store: Store | None = None, clock: Callable[[], float] = time.time,
        kinds: tuple[Kind, ...] = KINDS, derived: tuple[Derivation, ...] = DERIVED,
    ) -> None:  # fmt: skip
        self.settings, self.clock = settings, clock
        self.store = store if store is not None else Store()
        self.target = Target(cluster_id=settings.cluster_id or "")
        self.kube: KubeClient | None = None
        self.arm: ArmClient | None = None
        self.problems: list[Problem] = []
        """What went wrong with a connection as a whole."""
        self.prompt: Prompt | None = None
        self._kinds = kinds
        self._deriver = Deriver(self.store, derived, clock)
        self._wakes: dict[str, asyncio.Event] = {}
        self._answered = asyncio.Event()

    async def run(self, publish: Callable[[Delta], None]) -> None:
        """Read everything and publish what changed, until cancelled. Raises UsageProblem when nothing can be read."""
        try:
            await self._open()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._flush(publish))
                for kind in self._kinds if self.kube else ():
                    self.store.open(kind.name, self.clock())
                    tasks.create_task(self._mirror(kind))
                tasks.create_task(self._poll_arm(tasks))
        finally:
            await self._close()

    def poll_now(self) -> None:
        """Look at ARM at once."""
        for wake in self._wakes.values():
            wake.set()

    async def settled(self, timeout: float) -> bool:
        """Wait until every source has answered, one way or another; False when some has not after `timeout`."""
        try:
            async with asyncio.timeout(timeout):
                await self._answered.wait()
        except TimeoutError:
            return False
        return True

    async def _open(self) -> None:
        settings = self.settings
        if settings.sign_in != "none" or settings.demo is not None:
            self.arm = ArmClient(settings, prompt=self._show_prompt, clock=self.clock)
        try:
            choice = choice_of(settings)
        except UsageProblem as problem:
            if not (self.arm and settings.cluster_id):
                raise
            self._off((kind.name for kind in self._kinds), str(problem))
            return
        connection = Connection(choice, self.clock)
        self.kube = KubeClient(connection, read_only=settings.read_only, audit=Audit(self._state_dir(), self.clock))
        failed = await connection.open()
        if failed is not None:
            self.problems.append(failed)
        self.target = Target(connection.context, connection.server, self.target.cluster_id)

    def _state_dir(self) -> Path:
        if self.settings.state_dir is not None:
            return self.settings.state_dir
        from platformdirs import user_state_path

        return user_state_path("arcdeck")

    async def _close(self) -> None:
        if self.kube is not None:
            await self.kube.connection.close()
        if self.arm is not None:
            await self.arm.close()

    def _off(self, kinds: Iterable[str], reason: str) -> None:
        for kind in kinds:
            self.store.off(kind, self.clock(), reason)

    def _show_prompt(self, url: str, code: str, until: float) -> None:
        self.prompt = Prompt(url, code, until)

    async def _mirror(self, kind: Kind) -> None:
        """Mirror one kind; when all namespaces are denied, the namespaces that matter one by one."""
        assert self.kube is not None
        if not kind.namespaced:
            await reflect(self.kube, kind, self.store.apply, clock=self.clock)
            return
        denied = _Stopped()
        with suppress(_Stopped):
            await reflect(self.kube, kind, denied.guard(self.store.apply), clock=self.clock)
        merge = Scopes(self.store.apply)
        async with asyncio.TaskGroup() as tasks:
            for namespace in self._namespaces():
                put = merge.scope(namespace)
                tasks.create_task(reflect(self.kube, kind, put, namespace=namespace, clock=self.clock))

    def _namespaces(self) -> list[str]:
        computes = (getattr(row, "namespace", "") for row in self.store.rows("computes").values())
        found = [NAMESPACE, self.settings.namespace or "", self._context_namespace(), *computes]
        return list(dict.fromkeys(name for name in found if name))

    def _context_namespace(self) -> str:
        return self.kube.connection.namespace if self.kube else ""

    async def _poll_arm(self, tasks: asyncio.TaskGroup) -> None:
        cluster_id = self.target.cluster_id
        if self.arm is None:
            self._off(ARM_KINDS, "signed out: ARM is switched off (--sign-in none)")
            return
        for kind in ARM_KINDS:
            self.store.open(kind, self.clock())
        if not cluster_id and self.settings.demo is not None:
            cluster_id = self.settings.demo.cluster_id
        while not cluster_id and self.kube is not None:
            found = await target.find_cluster_id(self.kube)
            if not isinstance(found, Problem):
                cluster_id = found
                break
            self._tell_all(Stale("", self.clock(), str(found)))
            await asyncio.sleep(30)
        if not cluster_id:
            self._off(
                ARM_KINDS,
                "no cluster id found: this cluster is not connected to Azure, or name it with --cluster-id",
            )
            return
        self.target = Target(self.target.context, self.target.server, cluster_id)
        for kind, read in self._readers(cluster_id).items():
            self._wakes[kind] = asyncio.Event()
            tasks.create_task(self._poll(kind, read))

    def _tell_all(self, fact: Stale) -> None:
        for kind in ARM_KINDS:
            self.store.apply(Stale(kind, fact.at, fact.reason))

    async def _poll(self, kind: str, read: Any) -> None:
        arm = self.arm
        assert arm is not None
        await poll(
            kind, read, ARM_KINDS[kind], self.store.apply, calm=self.settings.arm_poll,
            throttled=lambda: arm.throttled_until, wake=self._wakes[kind], clock=self.clock,
        )  # fmt: skip

    def _readers(self, cluster_id: str) -> dict[str, Any]:
        arm = self.arm
        assert arm is not None
        subscription, group = arm_id.subscription(cluster_id), arm_id.group(cluster_id)
        return {
            "extensions": lambda: arm.extensions(cluster_id),
            "clusters": lambda: _one(arm.cluster(cluster_id)),
            "relays": lambda: arm.relays(subscription, group),
            "workspaces": lambda: self._workspaces(arm, subscription),
            "computes": lambda: self._computes(arm, subscription),
        }

    async def _workspaces(self, arm: ArmClient, subscription: str) -> list[dict[str, Any]] | Problem:
        if self.settings.workspace_id:
            return await _one(arm.workspace(self.settings.workspace_id))
        return await arm.workspaces(subscription)

    async def _computes(self, arm: ArmClient, subscription: str) -> list[dict[str, Any]] | Problem:
        workspaces = await self._workspaces(arm, subscription)
        if isinstance(workspaces, Problem):
            return workspaces
        found: list[dict[str, Any]] = []
        for workspace in workspaces:
            computes = await arm.computes(str(workspace.get("id") or ""))
            if isinstance(computes, Problem):
                return computes
            found += computes
        return found

    async def _flush(self, publish: Callable[[Delta], None]) -> None:
        derived_at = float("-inf")
        while True:
            await asyncio.sleep(self.settings.flush)
            delta = self.store.flush()
            if delta is not None:
                self._deriver.note(delta)
                publish(delta)
            if self.clock() - derived_at >= DERIVE and self._deriver.compute():
                derived_at = self.clock()
            if not self._answered.is_set() and self._all_answered():
                self._answered.set()

    def _all_answered(self) -> bool:
        wanted = {kind.name for kind in self._kinds} | set(ARM_KINDS)
        sources = {source.kind: source for source in self.store.sources()}
        return all(kind in sources and sources[kind].phase is not Phase.LOADING for kind in wanted)


async def _one(reading: Any) -> list[dict[str, Any]] | Problem:
    found = await reading
    return found if isinstance(found, Problem) else [found]


class _Stopped(Exception):
    """The cluster-wide list was denied: ends that reflector, caught by its starter."""

    def guard(self, put: Callable[[Fact], None]) -> Callable[[Fact], None]:
        def guarded(fact: Fact) -> None:
            if isinstance(fact, Denied):
                raise self
            put(fact)

        return guarded


class Scopes:
    """Several namespaces of one kind as one source: it fails only when all of them do."""

    def __init__(self, put: Callable[[Fact], None]) -> None:
        self._put = put
        self._bad: dict[str, bool] = {}

    def scope(self, namespace: str) -> Callable[[Fact], None]:
        """Where the reflector of one namespace puts its facts."""
        self._bad[namespace] = False

        def put(fact: Fact) -> None:
            self._bad[namespace] = isinstance(fact, _BAD)
            if not self._bad[namespace] or all(self._bad.values()):
                self._put(fact)

        return put
