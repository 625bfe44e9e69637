"""What is said about a training job: by Volcano, by the kubelet, by its operator.

Owns the sentences. Must not know the objects' bodies.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from math import inf
from typing import Final

from tui.demo.world import job_pods
from tui.demo.world.azure import TRAINING
from tui.demo.world.bodies import Maker
from tui.demo.world.containers import GPU
from tui.demo.world.events import About, Note, of_pod
from tui.demo.world.job import GROUPED, STARTS, Job, Refusal
from tui.demo.world.replica import no_image_notes

VOLCANO: Final = "volcano"
CONTROLLERS: Final = "vc-controller-manager"
_RETRIED: Final = 105.0
"""Seconds between two words of the scheduler about pods it cannot place."""
_OOM: Final = 9.0
"""Seconds from a node's running out of memory until a job is begun anew."""
_MOUNTS: Final = 130.0
"""Seconds between two attempts of the kubelet to mount a volume."""


def notes(maker: Maker, job: Job, unplaced: str) -> tuple[Note, ...]:
    """Everything that is, was or will be said, by what is known now; `unplaced` is the scheduler's word of nodes."""
    found = [*_of_group(maker, job, unplaced), *_out_of_memory(job)]
    if job.story != "gate":
        for index in range(job.workers):
            found += _of_pod(maker, job, index, unplaced)
    return tuple(found)


def gang_says(maker: Maker, job: Job, unplaced: str) -> str:
    """Of the gang as of the last refusal; empty when there was none."""
    if not job.refusals:
        return ""
    refusal = job.refusals[-1]
    return _in_gang(job.workers - len(refusal.nodes), job.workers, _unready(maker, job, refusal, unplaced))


def pod_says(maker: Maker, job: Job, index: int, refusal: Refusal, unplaced: str) -> tuple[str, str]:
    """Reason and message of a worker: the first that finds no room is told why, those after it only of it."""
    if index < len(refusal.nodes):
        name, node = job_pods.name(maker, job, index), refusal.nodes[index]
        said = f"Pod {TRAINING}/{name} can possibly be assigned to {node}, once minAvailable is satisfied"
        return "Schedulable", said
    first = index == len(refusal.nodes)
    return "Unschedulable", unplaced if first else _unready(maker, job, refusal, unplaced)


def _in_gang(lacking: int, made: int, why: str) -> str:
    return f"{lacking}/{made} tasks in gang unschedulable: {why}"


def _unready(maker: Maker, job: Job, refusal: Refusal, unplaced: str) -> str:
    """Volcano's count of a gang that does not fit; it sorts its counts as texts."""
    fitting, count = len(refusal.nodes), job.workers
    states = sorted([f"{count} Pending", f"{count} minAvailable"])
    pending = sorted([f"{count - fitting} Unschedulable", *([f"{fitting} Schedulable"] if fitting else [])])
    origin = job_pods.name(maker, job, fitting)
    return (
        f"pod group is not ready, {', '.join(states)}; Pending: {', '.join(pending)}. "
        f"Origin reason is {origin}: {unplaced}"
    )


def _of_group(maker: Maker, job: Job, unplaced: str) -> Iterator[Note]:
    name, created = job_pods.gang(maker, job), job.submitted + GROUPED
    uid = maker.uid("PodGroup", TRAINING, job_pods.group(maker, job), created)
    group = About("scheduling.volcano.sh/v1beta1", "PodGroup", TRAINING, job_pods.group(maker, job), uid)
    volcano = About("batch.volcano.sh/v1alpha1", "Job", TRAINING, name, maker.uid("Job", TRAINING, name, created))
    yield from _at_gate(group, job, created + 1)
    for refusal, until in _spans(job):
        why = _unready(maker, job, refusal, unplaced)
        said = _in_gang(job.workers, job.workers, why)
        yield Note(group, "Unschedulable", said, refusal.at, True, VOLCANO, every=_RETRIED, until=until)
        said = _in_gang(job.workers - len(refusal.nodes), job.workers, why)
        said = f"PodGroup {TRAINING}:{name} unschedulable, reason: {said}"
        yield Note(volcano, "PodGroupPending", said, refusal.at + 1, True, CONTROLLERS, every=_RETRIED, until=until)
    if job.placed is not None:
        ready = f"pod group is ready, {', '.join(sorted([f'{job.workers} Binding', f'{job.workers} minAvailable']))}"
        yield Note(group, "Unschedulable", _in_gang(0, job.workers, ready), job.placed, True, VOLCANO)
        yield Note(group, "Scheduled", "pod group is ready", job.placed + 1, source=VOLCANO)
    if job.ended is not None and job.story == "well":
        yield Note(volcano, "ExecuteAction", "Start to execute action CompleteJob ", job.ended + 5, source=CONTROLLERS)


def _at_gate(group: About, job: Job, first: float) -> Iterator[Note]:
    """Volcano warns of every gang that has no pod yet; what keeps it at the gate it says only here, and as normal."""
    again, until = (_RETRIED, job.cancelled) if job.story == "gate" else (0.0, inf)
    said = _in_gang(0, 0, f"pod group is not ready, {job.workers} minAvailable")
    yield Note(group, "Unschedulable", said, first, True, VOLCANO, every=again, until=until)
    if job.story == "gate":
        lacks = "resource in cluster is overused: overused " + (GPU if job.size.gpus else "cpu")
        yield Note(group, "Unschedulable", lacks, first, source=VOLCANO, every=again, until=until)


def _spans(job: Job) -> Iterator[tuple[Refusal, float]]:
    """Each refusal, and until when it was the last."""
    over = job.cancelled if job.placed is None else min(job.cancelled, job.placed)
    for refusal, after in zip_longest(job.refusals, job.refusals[1:]):
        yield refusal, over if after is None else after.at


def _out_of_memory(job: Job) -> Iterator[Note]:
    """What the kubelet says of the node on which the first attempt ended."""
    if job.again is not None and job.places:
        host = job.places[0].name
        said = "System OOM encountered, victim process: python, pid: 41230"
        yield Note(About("v1", "Node", "", host, host), "SystemOOM", said, job.again - _OOM, True, host=host)


def _of_pod(maker: Maker, job: Job, index: int, unplaced: str) -> Iterator[Note]:
    created, name = job.created(index), job_pods.name(maker, job, index)
    about = of_pod(maker, TRAINING, name, created)
    for refusal, until in _spans(job):
        at = max(refusal.at, created + 2)
        if at < until:
            said = pod_says(maker, job, index, refusal, unplaced)[1]
            yield Note(about, "FailedScheduling", said, at, True, VOLCANO, until=until)
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
