"""What is said about a training job: by Volcano, by the kubelet, by its operator.

Owns the sentences. Must not know the objects' bodies.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui.demo.world import job_pods
from tui.demo.world.azure import TRAINING
from tui.demo.world.bodies import Maker
from tui.demo.world.events import About, Note, of_pod
from tui.demo.world.job import GROUPED, STARTS, TRIED, Job
from tui.demo.world.replica import no_image_notes

VOLCANO: Final = "volcano"
CONTROLLERS: Final = "vc-controller-manager"
_RETRIED: Final = 105.0
"""Seconds between two words of the scheduler about pods it cannot place."""
_MOUNTS: Final = 130.0
"""Seconds between two attempts of the kubelet to mount a volume."""


def notes(maker: Maker, job: Job, unplaced: str, gang: str) -> tuple[Note, ...]:
    """Everything that is, was or will be said, by what is known now."""
    found = list(_of_group(maker, job, gang))
    if job.story != "gate":
        for index in range(job.workers):
            found += _of_pod(maker, job, index, unplaced)
    return tuple(found)


def _of_group(maker: Maker, job: Job, gang: str) -> Iterator[Note]:
    name, created = f"{TRAINING}-{job.job_id(maker.dice)}", job.submitted + GROUPED
    group = About(
        "scheduling.volcano.sh/v1beta1", "PodGroup", TRAINING, name, maker.uid("PodGroup", TRAINING, name, created)
    )
    volcano = About("batch.volcano.sh/v1alpha1", "Job", TRAINING, name, maker.uid("Job", TRAINING, name, created))
    refused = job.submitted + TRIED
    until = min(job.cancelled, job.placed if job.placed is not None else job.cancelled)
    if until > refused:
        yield Note(group, "Unschedulable", gang, refused, True, VOLCANO, every=_RETRIED, until=until)
        said = f"PodGroup {TRAINING}:{name} unschedule,reason: {gang}"
        yield Note(volcano, "PodGroupPending", said, refused + 1, True, CONTROLLERS, every=4 * _RETRIED, until=until)
    if job.ended is not None:
        word, said = ("CompleteJob", "TaskCompleted") if job.story == "well" else ("AbortJob", "PodFailed")
        about = f"Start to execute action {word}, event {said}"
        yield Note(volcano, "ExecuteAction", about, job.ended + 5, job.story != "well", CONTROLLERS)


def _of_pod(maker: Maker, job: Job, index: int, unplaced: str) -> Iterator[Note]:
    created, name = job.created(index), job_pods.name(maker, job, index)
    about = of_pod(maker, TRAINING, name, created)
    first = created + 2
    if job.placed is None or job.placed > first:
        until = min(job.cancelled, job.placed if job.placed is not None else job.cancelled)
        yield Note(about, "FailedScheduling", unplaced, first, True, VOLCANO, every=_RETRIED, until=until)
    placed = job.placed_at(index)
    if placed is None:
        return
    node = job.places[index]
    said = f"Successfully assigned {TRAINING}/{name} to {node.name}"
    yield Note(about, "Scheduled", said, placed, source=VOLCANO)
    if job.story == "mount":
        yield from _no_mount(about, node.name, placed, job.cancelled)
        return
    yield from _runs(maker, job, name, created, placed, node.name)
    if job.story == "evicted" and job.ended is not None:
        said = "The node was low on resource: ephemeral-storage. Threshold quantity: 12988612Ki, available: 9412204Ki. "
        yield Note(about, "Evicted", said, job.ended, True, host=node.name)


def _runs(maker: Maker, job: Job, name: str, created: float, placed: float, host: str) -> Iterator[Note]:
    wrapper = f"{job.uuid(maker.dice)}-{job_pods.WRAPPER}"
    inner = of_pod(maker, TRAINING, name, created, wrapper)
    first = About("v1", "Pod", TRAINING, name, inner.uid, f"spec.initContainers{{{wrapper}-init}}")
    yield Note(first, "Started", f"Started container {wrapper}-init", placed + 2, host=host)
    if job.story == "pull":
        cause = job_pods.REFUSED.format(job_pods.image(job))
        yield from no_image_notes(inner, host, job_pods.image(job), cause, placed + 19)
        return
    image = job_pods.image(job)
    yield Note(inner, "Pulling", f'Pulling image "{image}"', placed + 18, host=host)
    yield Note(inner, "Pulled", f'Successfully pulled image "{image}" in 8.114s', placed + STARTS - 1, host=host)
    yield Note(inner, "Created", f"Created container {wrapper}", placed + STARTS - 1, host=host)
    yield Note(inner, "Started", f"Started container {wrapper}", placed + STARTS, host=host)


def _no_mount(about: About, host: str, placed: float, until: float) -> Iterator[Note]:
    said = (
        'MountVolume.SetUp failed for volume "nfs-datasets" : mount failed: exit status 32\n'
        f"Mounting command: mount\nMounting arguments: -t nfs {job_pods.SERVER}:/export/datasets\n"
        f"Output: mount.nfs: Connection timed out for {job_pods.SERVER}:/export/datasets\n"
    )
    yield Note(about, "FailedMount", said, placed + 3, True, host=host, every=_MOUNTS, until=until)
    lacks = (
        "Unable to attach or mount volumes: unmounted volumes=[nfs-datasets], unattached volumes=[], failed to process "
        "volumes=[]: timed out waiting for the condition"
    )
    yield Note(about, "FailedMount", lacks, placed + 123, True, host=host, every=_MOUNTS, until=until)
