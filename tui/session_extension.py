"""What a session does to the extension: looks beforehand, runs plans, follows what goes on, after a restart too.

Owns which plan runs: one at a time. Leaving a screen stops nothing; leaving arcdeck stops the following only, and the
next start goes on with it. What a plan holds is the domain's, how it is run `client.plan_run`'s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tui.client.arm import ArmClient
from tui.client.arm_writes import ArmWriter
from tui.client.audit import Audit
from tui.client.kube import KubeClient
from tui.client.plan_events import Began, Done, Event, Failed, PlanDone, PlanFailed, Progress, Reused, Sent
from tui.client.plan_record import Record, Records
from tui.client.plan_resume import resume
from tui.client.plan_run import run
from tui.client.survey import survey
from tui.core.errors import Problem
from tui.core.facts import Changed, Phase
from tui.core.store import Delta, Store
from tui.domain import azure_standing
from tui.domain.cluster import ClusterRow
from tui.domain.component import NAMESPACE
from tui.domain.extension import of_product
from tui.domain.kinds import WORKLOADS
from tui.domain.plans import work
from tui.domain.plans.draft import Draft
from tui.domain.plans.note import Note
from tui.domain.plans.plan import Plan
from tui.domain.plans.work import State, WorkRow
from tui.domain.progress.health_check import Verb
from tui.domain.progress.progress import Sight, progress
from tui.domain.progress.recording import Recording
from tui.domain.surveys.survey import Survey
from tui.domain.wire import dig, sequence, text
from tui.session_recording import LOOK, Witness

_STATES: Final[dict[type, State]] = {
    Began: "running", Reused: "kept", Sent: "running", Progress: "following", Done: "done", Failed: "failed",
}  # fmt: skip
_VERBS: Final[dict[str, Verb]] = {"deploy": "deploy", "update": "update", "delete": "delete"}
ENDPOINTS: Final = "/apis/amlarc.azureml.com/v1alpha1/onlineendpoints"
MOST_ENDPOINTS: Final = 100
_NO_ARM: Final = Problem("not sent: ARM is not asked", next="sign in (--sign-in), and name the cluster (--cluster-id)")


class ExtensionWork:
    """Runs one plan at a time, and records what is seen meanwhile."""

    def __init__(
        self, store: Store, clock: Callable[[], float], directory: Path, *, kube: KubeClient | None,
        arm: ArmClient | None, audit: Audit, poll: Callable[[], None], watch: Callable[[], None],
    ) -> None:  # fmt: skip
        """`poll` has ARM looked at now; `watch` has the extension's workloads watched from now on."""
        self._store, self._clock, self._kube, self._arm = store, clock, kube, arm
        self._poll, self._workloads = poll, watch
        self._writer = ArmWriter(arm, audit) if arm is not None else None
        self._records = Records(directory, clock)
        self._plans: asyncio.Queue[Plan | Record] = asyncio.Queue()
        self._wake = asyncio.Event()
        self._work: WorkRow | None = None
        self._leaving = self._running = self._forced = False
        self.witness = Witness(store, clock, directory, kube)

    @property
    def busy(self) -> bool:
        """A plan runs, or is about to."""
        return self._running or not self._plans.empty()

    @property
    def leaving(self) -> bool:
        """A delete is done in ARM, and its namespace is not gone yet."""
        return self._leaving

    async def survey(self, cluster_id: str) -> Survey:
        """Look at everything that findings rest on."""
        return await survey(self._kube, self._arm, cluster_id, clock=self._clock)

    async def endpoints(self) -> list[str] | None:
        """Names of the online endpoints that the cluster serves, of every namespace; None when they cannot be seen."""
        found = await self._kube.read("GET", ENDPOINTS, {"limit": MOST_ENDPOINTS}) if self._kube is not None else None
        if isinstance(found, dict):
            return [text(dig(item, "metadata", "name")) for item in sequence(found.get("items"))]
        return [] if isinstance(found, Problem) and found.status == 404 else None

    async def preflight(self, cluster_id: str, draft: Draft) -> tuple[Survey, list[Note]]:
        """What an install would meet."""
        from tui.domain.preflight import findings

        seen = await self.survey(cluster_id)
        return seen, findings(seen, draft)

    def begin(self, plan: Plan) -> Problem | None:
        """Run a plan that was confirmed; a Problem when it cannot be begun now."""
        if self._writer is None:
            return _NO_ARM
        if self.busy:
            return Problem("not sent: another plan is running", next="wait for it to end", code="Busy")
        self._forced = any("forcedelete=true" in step.path.lower() for step in plan.steps)
        self._plans.put_nowait(plan)
        self._show(work.begin(plan.verb, plan.target, tuple((s.id, s.title) for s in plan.steps), self._clock()))
        return None

    def sight(self) -> Sight:
        """What is seen of the operation that goes on, or ended last."""
        store, now = self._store, self._clock()
        row = of_product(self._store.rows("extensions"))
        recording = self.witness.recording
        if self._work is None and not recording.tells_of(row.modified if row is not None else None):
            recording = Recording()
        began, known = recording.began, self._work
        verb: Verb = _VERBS.get(known.verb, "deploy") if known is not None else began.verb if began else "deploy"
        told = (row.modified or row.created) if row is not None else None
        begun = known.begun if known is not None else began.begun if began is not None else told or now
        loads = [each for kind in WORKLOADS for each in store.rows(kind.name).values()]
        pods = [each for each in store.rows("pods").values() if each.namespace == NAMESPACE]
        seen = all(store.source(kind.name).known for kind in WORKLOADS)
        return Sight(
            verb, begun, row, known.operation if known is not None else None,
            tuple(pods) if store.source("pods").known else None,
            tuple(loads) if seen else None, tuple(store.rows("events").values()),
            self.witness.reported, self._cluster(), recording, self.witness.removal,
            waiting_services=self.witness.waiting, relay_missing=self._relay_missing(), context=self.witness.context,
            forced=self._forced, done=known is not None and known.ended is not None and not known.failed,
        )  # fmt: skip

    def _cluster(self) -> ClusterRow | None:
        return next(iter(self._store.rows("clusters").values()), None)

    def _relay_missing(self) -> bool:
        """Jobs come in over a Relay namespace, ARM was asked for it, and it is not there."""
        cluster, row = self._cluster(), of_product(self._store.rows("extensions"))
        asked = self._store.source("relays").phase in (Phase.LIVE, Phase.MISSING)
        if cluster is None or not cluster.connected or not asked or self.busy:
            return False
        return azure_standing.relay_gone(self._store.rows("relays").values(), cluster, row.settings if row else {})

    def note(self, delta: Delta) -> None:
        """The store changed."""
        self.witness.note(delta)
        if delta.touches("extensions"):
            self._wake.set()

    async def run(self, tasks: asyncio.TaskGroup) -> None:
        """Go on with what an earlier run left, then run what is begun, until cancelled."""
        tasks.create_task(self._watch(tasks))
        if self._writer is not None:
            for record in await asyncio.to_thread(self._records.unfinished):
                self._plans.put_nowait(record)
        while True:
            self._running = False
            chosen = await self._plans.get()
            self._running = True
            if isinstance(chosen, Record):
                self._show(
                    work.begin(chosen.verb, chosen.target, ((chosen.step, chosen.title),), chosen.began, resumed=True)
                )
            verb = _VERBS.get(chosen.verb)
            self._workloads()
            if verb is not None and self._work is not None:
                await self.witness.begin(tasks, verb, chosen.target, self._work.begun)
            await self._run(chosen)
            self._poll()
            if verb == "delete" and self._work is not None and not self._work.failed and not self._forced:
                self._leaving = True
                tasks.create_task(self._left())
            else:
                await self.witness.end()

    async def _left(self) -> None:
        """ARM is done with a delete; the namespace may not be gone yet."""
        while progress(self.sight(), self._clock()).phase != "done":  # noqa: ASYNC110 - the namespace is polled anyway
            await asyncio.sleep(LOOK)
        self._leaving = False
        await self.witness.end()

    async def _run(self, chosen: Plan | Record) -> None:
        assert self._writer is not None
        if isinstance(chosen, Record):
            await resume(chosen, self._writer, self._told, records=self._records)
        else:
            await run(chosen, self._writer, self._told, records=self._records)

    async def _watch(self, tasks: asyncio.TaskGroup) -> None:
        """Record what somebody else does to the extension, too."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            row = of_product(self._store.rows("extensions"))
            found = self.witness.foreign(row) if not self.busy else None
            if found is not None:
                self._workloads()
                await self.witness.begin(tasks, *found)
            elif not self.busy and not self._leaving and (row is None or not row.in_progress):
                await self.witness.end()

    def _told(self, event: Event) -> None:
        """What the runner tells, as the row that screens show."""
        now, row = self._clock(), self._work
        assert row is not None
        match event:
            case PlanDone():
                row = work.ended(row, now)
            case PlanFailed(problem=problem):
                row = work.ended(row, now, str(problem), problem.next)
            case Progress(step, operation):
                row = work.moved(row, step.id, "following", now, operation.status)
                row = work.progressed(row, operation if step.id == row.steps[-1].id else None)
            case Failed(step, problem, operation):
                row = work.moved(row, step.id, "failed", now, str(problem))
                row = work.progressed(row, operation if step.id == row.steps[-1].id else None)
            case Began(step) | Reused(step) | Sent(step) | Done(step):
                row = work.moved(row, step.id, _STATES[type(event)], now)
        self._show(row)
        self.witness.operation(row)
        if isinstance(event, Sent) and event.step.follows:
            self._poll()  # the extension is another one from now on, and is polled faster while it is in progress

    def _show(self, row: WorkRow) -> None:
        self._work = row
        self._store.apply(Changed(work.NAME, row, self._clock()))
