"""The training side of the cluster: instance types, the namespace's belongings, and the jobs as they come and go.

Owns which jobs are on stage. Placement is the queue's, objects are the actors'.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import msgspec

from tui.demo.world.actor import Actor
from tui.demo.world.agenda import Agenda
from tui.demo.world.azure import TRAINING, Estate
from tui.demo.world.bodies import Body, Maker, Shown
from tui.demo.world.cast import cast, flooding, gap, later
from tui.demo.world.containers import GPU
from tui.demo.world.ground import account
from tui.demo.world.job import SIZES, Job, Size
from tui.demo.world.jobs import JobActor
from tui.demo.world.nodes import Node
from tui.demo.world.queue import Queue

FIRST: Final = 100.0
"""Seconds until the first job comes that is not of the cast."""
_KUBECTL: Final = "kubectl-client-side-apply"
_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"


class Training:
    """Submits jobs to the queue and shows them. `show` puts an actor on, `wake` has one shown anew."""

    def __init__(
        self, maker: Maker, where: Estate, agenda: Agenda, nodes: Sequence[Node],
        show: Callable[[Actor, float], None], wake: Callable[[Actor, float], None],
    ) -> None:  # fmt: skip
        self._maker, self._where, self._agenda, self._nodes = maker, where, agenda, nodes
        self._show, self._wake = show, wake
        self._queue = Queue(nodes, agenda, self._changed)
        self._actors: dict[int, JobActor] = {}
        self.open: Callable[[], bool] = lambda: True
        """Jobs come in: asked before each is submitted."""

    def open_with_cast(self, start: float, *, flood: bool = False) -> None:
        """The jobs that are known at the beginning, in the order of their submission."""
        more = [flooding(start)] if flood else []
        for job in sorted([*cast(self._maker.dice, start, self._nodes), *more], key=lambda one: one.submitted):
            self._agenda.at(job.submitted, lambda due, job=job: self._submit(job, due))  # type: ignore[misc]

    def go_on(self, start: float) -> None:
        """Jobs come, for ever."""
        self._agenda.at(start + FIRST, lambda due: self._next(0, due))

    def cancel(self, actor: JobActor, now: float) -> None:
        """A client deleted the job."""
        actor.job.cancelled = min(actor.job.cancelled, now)
        self._queue.drop(actor.job, now)

    def _next(self, number: int, due: float) -> None:
        if self.open():
            self._submit(later(self._maker.dice, number, due), due)
        self._agenda.at(due + gap(self._maker.dice, number), lambda then: self._next(number + 1, then))

    def _submit(self, job: Job, due: float) -> None:
        actor = self._actors[id(job)] = JobActor(self._maker, self._where, job, self._nodes)
        if job.placed is None:
            self._queue.submit(job)
        self._show(actor, due)

    def _changed(self, job: Job, now: float) -> None:
        actor = self._actors.get(id(job))
        if actor is None:
            return
        self._wake(actor, now)
        if now >= min(job.removed, job.ended or job.removed):
            self._actors.pop(id(job))


def belongings(maker: Maker, created: float) -> Iterator[Shown]:
    """Instance types, and what the compute's namespace has."""
    for number, size in enumerate(SIZES):
        yield "instancetypes.amlarc.azureml.com", _instance_type(maker, size, created + 3600 * number)
    yield account(maker, TRAINING, "amljobcontroller", created)
    yield "persistentvolumeclaims", maker.make(
        "v1", "PersistentVolumeClaim", "datasets", TRAINING, created=created, by=_KUBECTL,
        labels={"ml.azure.com/pvc": "true"}, annotations={"ml.azure.com/mountpath": "/mnt/data"},
        spec={"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "2Ti"}},
              "storageClassName": "local-path", "volumeMode": "Filesystem", "volumeName": "pvc-datasets"},
        status={"phase": "Bound", "accessModes": ["ReadWriteMany"], "capacity": {"storage": "2Ti"}},
    )  # fmt: skip


def default_type(maker: Maker, created: float) -> Shown:
    """The instance type that the extension makes."""
    return "instancetypes.amlarc.azureml.com", _instance_type(maker, SIZES[0], created)


def _instance_type(maker: Maker, size: Size, created: float) -> Body:
    memory = f"{size.memory}Gi"
    limits = {"cpu": size.cpu_limit, "memory": memory, **({GPU: size.gpus} if size.gpus else {})}
    spec: Body = {"resources": {"limits": limits, "requests": {"cpu": size.cpu, "memory": memory}}}
    if size.selector:
        spec["nodeSelector"] = dict(size.selector)
    given = {
        "apiVersion": "amlarc.azureml.com/v1alpha1", "kind": "InstanceType",
        "metadata": {"annotations": {}, "name": size.name}, "spec": spec,
    }  # fmt: skip
    return maker.make(
        "amlarc.azureml.com/v1alpha1", "InstanceType", size.name, created=created, by=_KUBECTL, spec=spec,
        annotations={_APPLIED: msgspec.json.encode(given).decode() + "\n"},
    )  # fmt: skip
