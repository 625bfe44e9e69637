"""What is seen of an operation on the extension while it goes on, kept in a file: a failed one takes its pods with it.

Owns when a recording begins and ends: with a plan of ours, and with an operation that somebody else began. Ends with
the task group it runs in. What is worth writing is `domain.recording`'s, the file `client.recorder`'s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path
from typing import Final

from tui import __version__
from tui.client.kube import KubeClient
from tui.client.recorder import Recorder, read_recording, recordings
from tui.core.errors import Problem
from tui.core.facts import Phase
from tui.core.store import Delta, Store
from tui.domain.component import NAMESPACE
from tui.domain.extension import ExtensionRow, of_product
from tui.domain.kinds import KINDS, WORKLOADS
from tui.domain.plans.work import WorkRow
from tui.domain.progress import health_check, removal
from tui.domain.progress.health_check import HealthCheck, Verb
from tui.domain.progress.recording import Began, Recording, Standing
from tui.domain.progress.removal import Held, Removal
from tui.domain.wire import dig, sequence, text

LOOK: Final = 5.0
"""Seconds between two looks at the health check's reports."""
MOST_HELD: Final = 50
"""Objects of a kind that are looked at for finalizers."""
_VERBS: Final[dict[str, Verb]] = {"creating": "deploy", "pending": "deploy", "updating": "update", "deleting": "delete"}


class Witness:
    """Records what the store shows while an operation runs."""

    def __init__(self, store: Store, clock: Callable[[], float], directory: Path, kube: KubeClient | None) -> None:
        self._store, self._clock, self._directory, self._kube = store, clock, directory, kube
        self.context = ""
        self._recorder: Recorder | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._opening = False
        self._past = Recording()
        self.removal: Removal | None = None
        """Of the extension's namespace, while and after it is deleted."""
        self.reported: HealthCheck | None = None
        """The health check's reports, as they were seen last."""
        self.waiting: tuple[str, ...] = ()
        """Services of type LoadBalancer that have no address."""
        self._logged: set[str] = set()

    @property
    def recording(self) -> Recording:
        """What was seen of the operation that goes on or ended last; of an earlier run's after `recall`."""
        return self._recorder.tape.recording() if self._recorder is not None else self._past

    async def recall(self, target: str) -> None:
        """Read the newest recording of an extension, where this run of arcdeck made none."""
        if self._recorder is not None:
            return
        self.reported = await reports(self._kube)
        for path in await asyncio.to_thread(recordings, self._directory, target):
            found = await asyncio.to_thread(read_recording, path)
            if isinstance(found, Recording):
                self._past = found
                return

    async def begin(self, tasks: asyncio.TaskGroup, verb: Verb, target: str, begun: float) -> None:
        """Record from now on; one operation at a time."""
        if self._opening:
            return
        await self.end()
        self._opening, self.removal, self.waiting = True, None, ()
        self._began = Began(verb, target, begun, self.context, __version__)
        self._recorder = await Recorder.open(self._directory, self._began, self._clock)
        self._logged.clear()
        self._tasks = [tasks.create_task(self._recorder.run()), tasks.create_task(self._look())]
        self._opening = False
        self.note(None)

    async def end(self) -> None:
        """The operation is over: see what is there now, write it, stop."""
        if self._recorder is None or not self._tasks:
            return
        await self._reports()
        self.note(None)
        self._recorder.finish()
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def problem(self) -> Problem | None:
        """Why nothing is written to the file; what is seen is kept in memory all the same."""
        return self._recorder.problem if self._recorder is not None else None

    @property
    def target(self) -> str:
        """ARM id of what is recorded, or was last."""
        began = self.recording.began
        return began.target if began is not None else ""

    def foreign(self, row: ExtensionRow | None) -> tuple[Verb, str, float] | None:
        """An operation that goes on without a plan of ours: what it is, at what, since when."""
        verb = _VERBS.get(row.raw_state.lower()) if row is not None else None
        if row is None or verb is None or self._tasks or self._opening:
            return None
        since = row.created if verb == "deploy" else row.modified
        return verb, row.id, since or self._clock()

    def note(self, delta: Delta | None) -> None:
        """The store changed; None: look at all of it."""
        if self._recorder is None or not self._tasks:
            return
        tape, store, now = self._recorder.tape, self._store, self._clock()
        if delta is None or delta.touches("pods"):
            whole = store.source("pods").phase is Phase.LIVE
            self._recorder.note(tape.pods(store.rows("pods").values(), now, whole=whole))
        if delta is None or delta.touches(*(kind.name for kind in WORKLOADS)):
            rows = [row for kind in WORKLOADS for row in store.rows(kind.name).values()]
            whole = all(store.source(kind.name).phase is Phase.LIVE for kind in WORKLOADS)
            self._recorder.note(tape.workloads(rows, now, whole=whole))
        if delta is None or delta.touches("events"):
            self._recorder.note(tape.events(store.rows("events").values(), now))
        row = of_product(store.rows("extensions"))
        if row is not None and (delta is None or delta.touches("extensions")):
            self._recorder.note(tape.extension(row, now))

    def operation(self, work: WorkRow) -> None:
        """Our plan's operation, as it is now."""
        if self._recorder is not None and self._tasks and work.operation is not None:
            known = work.operation
            self._recorder.note(
                self._recorder.tape.operation(Standing(known.status, known.code, known.message), self._clock())
            )

    async def _look(self) -> None:
        """Reports and log of the health check, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                await self._reports()
                await self._services()
                if self._began.verb == "delete":
                    await self.look_at_namespace()
                for row in self._store.rows("pods").values():
                    fresh = f"{row.key} {row.uid}"
                    if row.namespace == NAMESPACE and row.name == health_check.POD and fresh not in self._logged:
                        self._logged.add(fresh)
                        tasks.create_task(self._follow(row.key, row.containers[0].name if row.containers else ""))
                await asyncio.sleep(LOOK)

    async def look_at_namespace(self) -> None:
        """How far the namespace is on its way out, and what holds it."""
        assert self._kube is not None
        found = await self._kube.read("GET", f"/api/v1/namespaces/{NAMESPACE}")
        if isinstance(found, Problem):
            self.removal = removal.decode(None) if found.status == 404 else self.removal
            return
        seen = removal.decode(found)
        known = {kind.resource: kind for kind in (*KINDS, *WORKLOADS)}
        objects: list[Held] = []
        for left in seen.remaining:
            kind = known.get(left.resource)
            items = await self._kube.read("GET", kind.path(NAMESPACE), {"limit": MOST_HELD}) if kind else None
            if kind is not None and isinstance(items, dict):
                objects += filter(None, (removal.held(item, kind.kind) for item in items.get("items") or []))
        self.removal = removal.with_objects(seen, objects)

    async def _services(self) -> None:
        """Which of the namespace's services wait for a load balancer."""
        found = await self._kube.read("GET", f"/api/v1/namespaces/{NAMESPACE}/services") if self._kube else None
        items = found.get("items") if isinstance(found, dict) else None
        self.waiting = tuple(
            text(dig(item, "metadata", "name")) for item in sequence(items)
            if dig(item, "spec", "type") == "LoadBalancer" and not dig(item, "status", "loadBalancer", "ingress")
        )  # fmt: skip

    async def _reports(self) -> None:
        found = self.reported = await reports(self._kube)
        if found is not None and self._recorder is not None:
            self._recorder.note(self._recorder.tape.report(found, self._clock()))

    async def _follow(self, key: str, container: str) -> None:
        """The health check's own log; it is short, and gone with its pod."""
        from tui.client.logs import Lines, LogOptions, follow

        assert self._kube is not None
        async with aclosing(follow(self._kube, key, container, LogOptions(tail=None))) as events:
            async for event in events:
                if isinstance(event, Lines) and self._recorder is not None:
                    lines = event.data.decode("utf-8", "replace").splitlines()
                    self._recorder.note(self._recorder.tape.log(health_check.POD, lines, self._clock()))


async def reports(kube: KubeClient | None) -> HealthCheck | None:
    """The health check's ConfigMap, under its name or the older one; None when there is none to see."""
    for name in health_check.NAMES if kube is not None else ():
        assert kube is not None
        found = await kube.read("GET", f"/api/v1/namespaces/{NAMESPACE}/configmaps/{name}")
        if not isinstance(found, Problem):
            return health_check.decode(found)
    return None
