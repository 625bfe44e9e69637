"""A training job on stage: all its objects at a moment, its logs, and what is said about it.

Owns the order in which the objects come and go. Bodies are in `job_objects` and `job_pods`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import floor, inf

from tui.demo.kube.logs import LogSource
from tui.demo.world import job_objects, job_pods, training_log
from tui.demo.world.azure import TRAINING, Estate
from tui.demo.world.bodies import Maker, Shown, owner
from tui.demo.world.chatter import flow
from tui.demo.world.events import bodies, next_change
from tui.demo.world.flood import Flood
from tui.demo.world.job import ENDS, ENQUEUED, GROUPED, SECRETS, STARTS, Job
from tui.demo.world.job_notes import gang_says, notes, pod_says
from tui.demo.world.logs import Flow, Joined, Merged, Only, Told, Voice
from tui.demo.world.nodes import Node
from tui.demo.world.pods import pod

AGAIN = 3.0
"""Seconds until Volcano makes a deleted pod again."""
_EPOCHS = 90


class JobActor:
    """An actor."""

    def __init__(self, maker: Maker, where: Estate, job: Job, nodes: Sequence[Node]) -> None:
        self.job = job
        self._maker, self._where, self._nodes = maker, where, nodes
        self._said = self._unplaced()
        self._logs: dict[tuple[int, float], tuple[Voice, ...]] = {}

    def bodies(self, now: float) -> Iterator[Shown]:
        """Everything there is of it."""
        job, maker, where = self.job, self._maker, self._where
        if not job.submitted <= now < job.removed:
            return
        aml = job_objects.aml_job(maker, job, where, now)
        yield job_objects.AMLJOBS, aml
        if now >= job.submitted + SECRETS:
            yield from job_objects.small(maker, job, where, aml)
        if now >= job.submitted + GROUPED:
            volcano = job_objects.volcano_job(maker, job, where, aml, now)
            yield job_objects.VCJOBS, volcano
            if now < job.settled:
                yield job_objects.GROUPS, job_objects.pod_group(maker, job, where, volcano, now, self._gang_says())
            if job.story != "gate" and job.submitted + ENQUEUED <= now < job.settled:
                yield from job_objects.beside_pods(maker, job, where, volcano)
            for index in self._there(now):
                frame = job_pods.frame(maker, job, where, index, owner(volcano))
                yield "pods", pod(maker, frame, job_pods.look(job, index, now, self._pod_says(index)))
            yield from bodies(maker, notes(maker, job, self._said), now)

    def voices(self, now: float) -> Iterator[Voice]:
        """The logs of all containers that have begun."""
        job = self.job
        if job.placed is None or job.story == "mount" or now >= job.removed:
            return
        for index in self._there(now):
            placed = job.placed_at(index)
            if placed is not None and now >= placed + STARTS:
                key = (index, placed)
                if key not in self._logs:
                    self._logs[key] = tuple(self._voices(index, placed))
                yield from self._logs[key]

    def next(self, now: float) -> float:
        """When it changes next."""
        job = self.job
        moments = [at for at in job.moments() if at > now]
        if job.submitted + GROUPED <= now < job.removed:
            moments.append(next_change(notes(self._maker, job, self._said), now))
        return min(moments, default=inf)

    def lost(self, name: str, now: float) -> bool:
        """Volcano makes a deleted pod again under the same name, as long as the job goes on."""
        job = self.job
        if job.ended is not None and now >= job.ended:
            return False
        index = next((n for n in range(job.workers) if job_pods.name(self._maker, job, n) == name), None)
        if index is not None:
            job.remade[index] = now + AGAIN
        return index is not None

    def _there(self, now: float) -> list[int]:
        """The workers whose pods exist."""
        if self.job.story == "gate":
            return []
        return [index for index in range(self.job.workers) if now >= self.job.created(index)]

    def _unplaced(self) -> str:
        """What the scheduler says of a pod that finds no room."""
        size, total = self.job.size, len(self._nodes)
        matching = sum(node.pool.name == size.pool for node in self._nodes)
        lacks = "nvidia.com/gpu" if size.gpus else "cpu"
        other = f", {total - matching} node(s) didn't match Pod's node affinity/selector" if total > matching else ""
        return f"0/{total} nodes are unavailable: {matching} Insufficient {lacks}{other}."

    def _gang_says(self) -> str:
        return gang_says(self._maker, self.job, self._said)

    def _pod_says(self, index: int) -> tuple[str, str]:
        """Reason and message of the scheduler, empty before it has looked."""
        refusals = self.job.refusals
        return pod_says(self._maker, self.job, index, refusals[-1], self._said) if refusals else ("", "")

    def _voices(self, index: int, placed: float) -> Iterator[Voice]:
        job, uuid = self.job, self.job.uuid(self._maker.dice)
        name, ended = job_pods.name(self._maker, job, index), job.ended
        stops = None if ended is None else ended + ENDS
        for short in (job_pods.SIDECAR, *job_pods.MAINS[:-1]):
            container = short if short == job_pods.SIDECAR else f"{uuid}-{short}"
            yield Voice(TRAINING, name, container, flow(short, placed + 18, stops))
        if job.story != "pull":
            began = placed + STARTS
            flooding = job.sort == "flood"
            said = Flood(floor(began * 10) / 10, stops) if flooding else self._program(index, began)
            yield Voice(TRAINING, name, f"{uuid}-{job_pods.WRAPPER}", said)
            for file, written in self._files(said):
                yield Voice(TRAINING, name, f"{job_pods.user_logs(uuid)}/{file}", written)

    def _files(self, said: Joined | Flood) -> Iterator[tuple[str, LogSource]]:
        """What the user's program writes into files: one, or one of each process."""
        body = said if isinstance(said, Flood) else said.parts[1]
        if isinstance(said, Flood):
            yield "std_log.txt", said
        elif not isinstance(body, Merged):
            yield "std_log.txt", Only(said, training_log.is_users)
        else:
            for number, part in enumerate(body.parts):
                yield f"std_log_process_{number:02}.txt", Merged((part,), ends=said.ends)

    def _program(self, index: int, started: float) -> Joined:
        """The user's program: the wrapper's words, the training, the end."""
        job, maker = self.job, self._maker
        node = job.places[index]
        head = training_log.head(
            job.job_id(maker.dice), node.name, f"python train.py --epochs {_EPOCHS}", index, job.workers
        )
        ended = job.ended
        spoken = Told(tuple((started + after, line) for after, line in head))
        last = Told(training_log.tail(job.story, ended, index, job.culprit)) if ended is not None else Told(())
        stops = None if ended is None else ended - training_log.QUIET
        body = self._training(index, started + training_log.HEAD, stops)
        return Joined((spoken, body, last), None if ended is None else ended + job_pods.LATE)

    def _training(self, index: int, began: float, stops: float | None) -> Flow | Merged:
        """What is written while it trains, by one process or by several."""
        job = self.job
        flows = tuple(
            Flow(began + rank / 100, training_log.EVERY, training_log.write(self._run(index, rank)), stops)
            for rank in range(index * job.processes, (index + 1) * job.processes)
        )
        return flows[0] if job.processes == 1 else Merged(flows)

    def _run(self, index: int, rank: int) -> training_log.Run:
        job, maker, beside = self.job, self._maker, (index + 1) % self.job.workers
        address = job.places[beside].pod_ip(maker.dice, job.run_id, beside, maker.after(job.created(beside)))
        world = job.workers * job.processes
        return training_log.Run(job.sort, job.run_id, rank, world, _EPOCHS, job.places[index].name, address)
