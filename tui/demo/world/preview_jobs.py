"""Training jobs of the preview of 2021: pods of the frameworkcontroller, and no custom resource of a job.

Owns which there are and how their pods look. Their labels are those of later jobs, as far as these had any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from tui.demo.world import job_pods, training_log
from tui.demo.world.azure import TRAINING, Estate
from tui.demo.world.bodies import Body, Maker, Shown
from tui.demo.world.containers import Box, State, ended, running
from tui.demo.world.job import BIG, DEFAULT, V100, Job, Size, Story
from tui.demo.world.logs import Flow, Joined, Told, Voice
from tui.demo.world.nodes import Node
from tui.demo.world.pods import Frame, Look, pod

MINUTE: Final = 60.0
_STARTS: Final = 31.0
"""Seconds from the making of a pod until its program runs."""
_LOGS: Final = "/azureml-run/azureml-logs"
_BY: Final = "frameworkcontroller"

_NO_NODE: Final = "node(s) didn't match Pod's node affinity/selector."


@dataclass(frozen=True, slots=True)
class _Cast:
    name: str
    user: str
    size: Size
    roles: tuple[tuple[str, int], ...]
    ago: float
    lasts: float
    story: Story = "well"
    waits: bool = False


_JOBS: Final = (
    _Cast("mnist-horovod-11", "carol", V100, (("launcher", 1), ("worker", 2)), 74, 190),
    _Cast("unet-tf-4", "bob", V100, (("ps", 1), ("worker", 1)), 51, 140),
    _Cast("prep-csv-2", "heidi", DEFAULT, (("worker", 1),), 38, 12),
    _Cast("lstm-forecast-9", "dave", DEFAULT, (("worker", 1),), 29, 17, story="error"),
    _Cast("bert-large-1", "erin", BIG, (("worker", 1),), 8, 60, waits=True),
)  # fmt: skip


class PreviewJob:
    """An actor: one framework and its pods."""

    def __init__(self, maker: Maker, where: Estate, cast: _Cast, nodes: Sequence[Node], start: float) -> None:
        self._maker, self._where, self._cast = maker, where, cast
        self._unplaced = f"0/{len(nodes)} nodes are available: {len(nodes)} {_NO_NODE}"
        stem, workers = cast.name.rpartition("-")[0], sum(count for _role, count in cast.roles)
        self._job = Job(
            cast.name, stem, cast.user, cast.size, workers, start - cast.ago * MINUTE, cast.lasts * MINUTE, cast.story,
            "text",
        )  # fmt: skip
        fitting = [node for node in nodes if node.pool.name == cast.size.pool and not node.trouble] or nodes
        self._members = [
            (role, index, fitting[number % len(fitting)])
            for number, (role, index) in enumerate((role, n) for role, count in cast.roles for n in range(count))
        ]

    @property
    def _begun(self) -> float:
        return self._job.submitted + _STARTS

    @property
    def _over(self) -> float:
        return inf if self._cast.waits else self._begun + self._job.lasts

    def bodies(self, now: float) -> Iterator[Shown]:
        """Its pods, and the ConfigMap that owns them."""
        name = f"{self._job.job_id(self._maker.dice)}-attempt"
        owner = self._maker.make("v1", "ConfigMap", name, TRAINING, created=self._job.submitted, by=_BY, data={})
        yield "configmaps", owner
        for role, index, node in self._members:
            yield "pods", pod(self._maker, self._frame(role, index, node, owner), self._look(now))

    def voices(self, now: float) -> Iterable[Voice]:
        """The output of each program: as a log, and as the file that the studio shows."""
        if self._cast.waits or now < self._begun:
            return
        for rank, (role, index, node) in enumerate(self._members):
            source = self._program(rank, node)
            yield Voice(TRAINING, self._name(role, index), role, source)
            yield Voice(TRAINING, self._name(role, index), f"{_LOGS}/70_driver_log.txt", source)

    def next(self, now: float) -> float:
        """When its programs begin or end."""
        moments = () if self._cast.waits else (self._begun, self._over)
        return min((at for at in moments if at > now), default=inf)

    def lost(self, _pod: str, _now: float) -> bool:
        """A deleted pod stays away."""
        return False

    def _name(self, role: str, index: int) -> str:
        return f"{self._job.job_id(self._maker.dice)}-{role}-{index}"

    def _frame(self, role: str, index: int, node: Node, owner: Body) -> Frame:
        job, maker = self._job, self._maker
        job_id = job.job_id(maker.dice)
        marks = {
            **job_pods.labels(maker, job, self._where), "FC_FRAMEWORK_NAME": job_id, "FC_TASKROLE_NAME": role,
            "FC_TASK_INDEX": str(index),
        }  # fmt: skip
        reference = {
            "apiVersion": "v1", "kind": "ConfigMap", "name": owner["metadata"]["name"],
            "uid": owner["metadata"]["uid"], "controller": True, "blockOwnerDeletion": True,
        }  # fmt: skip
        size = job.size
        memory = str(size.memory * 1024**3)
        box = Box(
            role, job_pods.image(job), size.cpu, memory, size.cpu_limit, memory, size.gpus if role == "worker" else 0,
            ("/azureml-bin/run.sh",), ("python", "train.py"),
            (*job_pods.env(maker, job, self._where, 0), ("FC_TASKROLE_NAME", role)),
            mounts=(("run", "/azureml-run"),),
        )  # fmt: skip
        ip = node.pod_ip(maker.dice, job.run_id, index, maker.after(job.submitted))
        return Frame(
            TRAINING, self._name(role, index), job.submitted, (box,), node.name, node.ip, ip, (), tuple(marks.items()),
            (), (reference,), selector=size.selector, volumes=({"name": "run", "emptyDir": {}},), restarts="Never",
            by=_BY,
        )  # fmt: skip

    def _look(self, now: float) -> Look:
        if self._cast.waits:
            return Look((State("waiting"),), unplaced=self._unplaced)
        placed = self._job.submitted + 2
        if now < self._begun:
            return Look((State("waiting", "ContainerCreating"),), (), placed, unready=placed)
        if now < self._over:
            return Look((running(self._begun),), (), placed, initialized=placed, ready=self._begun)
        code = int(self._cast.story != "well")
        return Look((ended(self._begun, self._over, code),), (), placed, initialized=placed, unready=self._over)

    def _program(self, rank: int, node: Node) -> Joined:
        job, world = self._job, len(self._members)
        run = training_log.Run(job.sort, job.run_id, rank, world, 40, node.name, node.ip)
        body = Flow(self._begun + 4, training_log.EVERY, training_log.write(run), self._over - training_log.QUIET)
        return Joined((body, Told(training_log.tail(job.story, self._over, rank, 0))), ends=self._over)


def actors(maker: Maker, where: Estate, nodes: Sequence[Node], start: float) -> list[PreviewJob]:
    """All of them."""
    return [PreviewJob(maker, where, cast, nodes, start) for cast in _JOBS]
