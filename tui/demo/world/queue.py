"""The queue of training jobs: gangs are placed whole or not at all, first come first served, small ones may pass.

Owns who runs where from when. Pure bookkeeping; must not know objects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Final

from tui.demo.world.agenda import Agenda
from tui.demo.world.job import ENDS, TRIED, Job, Refusal, Size
from tui.demo.world.nodes import Node

KEPT_FREE: Final = {"cpu": 4000}
"""Milli-cores that jobs leave to everything else on the nodes of a pool; 500 elsewhere."""


class Room:
    """What is left of a node for jobs."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.cpu = node.pool.cpu * 1000 - 200 - KEPT_FREE.get(node.pool.name, 500)
        self.memory = node.pool.memory - 5
        self.gpus = node.pool.gpus

    def fits(self, size: Size) -> bool:
        """One worker of this size would find room."""
        cpu, memory, gpus = _asks(size)
        return cpu <= self.cpu and memory <= self.memory and gpus <= self.gpus

    def take(self, size: Size, times: int = 1) -> None:
        """Take room for one worker; with -1 give it back."""
        cpu, memory, gpus = _asks(size)
        self.cpu -= cpu * times
        self.memory -= memory * times
        self.gpus -= gpus * times


def _asks(size: Size) -> tuple[int, int, int]:
    return int(size.cpu) * 1000 + 100, size.memory, size.gpus


class Queue:
    """Places jobs as the agenda goes on. `changed` is called with every job that was placed, refused or ended."""

    def __init__(self, nodes: Sequence[Node], agenda: Agenda, changed: Callable[[Job, float], None]) -> None:
        self._rooms = [Room(node) for node in nodes if not node.trouble]
        self._agenda, self._changed = agenda, changed
        self._waiting: list[Job] = []

    def submit(self, job: Job) -> None:
        """Take a job in; its pods ask for room some seconds after it was submitted."""
        if job.cancelled < inf:
            self._agenda.at(job.cancelled, lambda due: self.drop(job, due))
        if job.story != "gate":
            self._agenda.at(job.submitted + TRIED, lambda due: self._arrive(job, due))

    def drop(self, job: Job, now: float) -> None:
        """Somebody deleted it."""
        if job in self._waiting:
            self._waiting.remove(job)
        elif job.placed is not None and (job.ended is None or job.ended + ENDS > now):
            self._release(job, now)

    def _arrive(self, job: Job, due: float) -> None:
        if job.cancelled > due:
            self._waiting.append(job)
            self._place(due)

    def _place(self, now: float) -> None:
        """Place what can be placed; after each the room is less, and those before it hear something else."""
        while any(self._try(job, now) for job in list(self._waiting)):
            pass

    def _try(self, job: Job, now: float) -> bool:
        places = self._find(job)
        if len(places) < job.workers:
            self._refuse(job, now, tuple(node.name for node in places))
            return False
        self._waiting.remove(job)
        job.placed, job.places = now, places
        self._changed(job, now)
        if job.ended is not None:
            self._agenda.at(job.ended + ENDS, lambda due: self._end(job, due))
        return True

    def _refuse(self, job: Job, now: float, nodes: tuple[str, ...]) -> None:
        if not job.refusals or job.refusals[-1].nodes != nodes:
            job.refusals.append(Refusal(now, nodes))
            self._changed(job, now)

    def _find(self, job: Job) -> tuple[Node, ...]:
        """Nodes for all its workers, taken; for fewer when there are not enough, and then none is taken."""
        taken: list[Room] = []
        for _worker in range(job.workers):
            rooms = [room for room in self._rooms if room.node.pool.name == job.size.pool and room.fits(job.size)]
            if not rooms:
                for room in taken:
                    room.take(job.size, -1)
                break
            best = max(rooms, key=lambda room: (room.gpus, room.cpu, -room.node.number))
            best.take(job.size)
            taken.append(best)
        return tuple(room.node for room in taken)

    def _end(self, job: Job, due: float) -> None:
        if job.cancelled > due:
            self._release(job, due)

    def _release(self, job: Job, now: float) -> None:
        for node in job.places:
            next(room for room in self._rooms if room.node is node).take(job.size, -1)
        self._changed(job, now)
        self._place(now)
