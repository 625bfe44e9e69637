"""Training jobs as the operator thinks of them: one row out of AmlJob, Volcano Job, PodGroup and pods.

Owns the row and the join. Three names differ: the job id (32 hex, names cluster objects), the run id (what the studio
shows), and the run's uuid (in container names). What state a joined job is in is decided in `job_state`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

from tui.core.health import Health
from tui.domain import pod_health
from tui.domain.aml_job import RUN_LABEL, AmlJobRow
from tui.domain.pod import PodRow
from tui.domain.volcano import PodGroupRow, VcJobRow

NAME: Final = "jobs"

QUEUED: Final = "Queued"
STARTING: Final = "Starting"
RUNNING: Final = "Running"
STOPPING: Final = "Stopping"
COMPLETED: Final = "Completed"
FAILED: Final = "Failed"
CANCELED: Final = "Canceled"
ENDED: Final = frozenset({COMPLETED, FAILED, CANCELED})

_HEX: Final = re.compile(r"[0-9a-f]{32}")
_TAIL: Final = re.compile(r"-(worker|ps|launcher|master)-(\d+)(?:-[0-9a-z]{1,10})?$")
"""Role and index at the end of a pod's name; a pod of a later attempt may have a suffix."""
_INDEX: Final = re.compile(r"-(\d+)$")
_ROLE_LABELS: Final = ("role", "jobRole", "volcano.sh/task-spec", "FC_TASKROLE_NAME")
_INDEX_LABELS: Final = ("volcano.sh/task-index", "FC_TASK_INDEX", "batch.kubernetes.io/job-completion-index")
"""What controllers write: Volcano, the frameworkcontroller of the preview, Kubernetes' own Jobs."""


class JobPod(Struct, frozen=True, gc=False):
    """One pod of a job."""

    key: str
    """Of its row in `pods`."""
    role: str
    """`worker`, `ps`; empty when nothing says so."""
    index: int
    status: str
    node: str
    restarts: int
    container: str
    """The one to look at first: the user's, else the only one."""
    containers: tuple[str, ...]
    health: Health
    why: str

    @property
    def name(self) -> str:
        """`worker-0`."""
        return f"{self.role or 'pod'}-{self.index}"


class JobRow(Struct, frozen=True, gc=False):
    """One training job."""

    key: str
    """`namespace/job id`."""
    namespace: str
    job_id: str
    run_id: str
    name: str
    """What to call it: the run id, else the job id."""
    root: str
    """The run it is a part of (pipeline, sweep); empty for a job of its own."""
    experiment: str
    user: str
    compute: str
    workspace: str
    instance_type: str
    nodes: int
    """Workers it wants."""
    gpus: int
    """GPUs of one worker."""
    state: str
    """Queued, Starting, Running, Stopping, Completed, Failed or Canceled."""
    health: Health
    why: str
    created: float | None
    started: float | None
    """When its first container ran."""
    ended: float | None
    placed: tuple[str, ...]
    """The nodes its pods are on, sorted."""
    pods: tuple[JobPod, ...]
    """Workers first, by index."""
    queue: str
    place: int
    """Its place among the jobs that wait in its queue, from 1; 0 when it does not wait."""
    retries: int
    """How often it was begun anew: by Volcano's count, or by the pods of earlier attempts that are left."""
    restarts: int
    """Of the containers of its pods, summed."""
    earlier: tuple[str, ...]
    """Keys of pods of earlier attempts, the newest first; `pods` are those of the latest."""
    group: str
    """Key of its PodGroup, empty without one."""
    vc_job: str
    """Key of its Volcano Job, empty without one."""
    aml_job: str
    """Key of its AmlJob, empty without one."""
    labels: dict[str, str]

    @property
    def size(self) -> str:
        """`4×1 gpu-v100`: workers, GPUs of each, instance type; `1× cpu-large` without GPUs."""
        return f"{self.nodes}×{self.gpus or ''} {self.instance_type}".rstrip()

    def elapsed(self, now: float) -> float | None:
        """Seconds since it was created, or from start to end when it is over."""
        begin = self.created if self.state not in ENDED else self.started or self.created
        end = self.ended if self.state in ENDED else now
        return None if begin is None or end is None else max(0.0, end - begin)


class Parts(Struct):
    """The objects of one job, as joined."""

    namespace: str
    job_id: str
    aml: AmlJobRow | None = None
    vc: VcJobRow | None = None
    group: PodGroupRow | None = None
    pods: list[PodRow] = []
    """Of the latest attempt, workers first."""
    earlier: list[PodRow] = []
    """Of attempts before it, the newest first."""


def join(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Parts]:
    """The objects of every job, by `namespace/job id`. The order of the rows does not matter."""
    parts: dict[str, Parts] = {}

    def of(namespace: str, job_id: str) -> Parts:
        key = f"{namespace}/{job_id}"
        found = parts.get(key)
        if found is None:
            found = parts[key] = Parts(namespace, job_id, pods=[], earlier=[])
        return found

    for aml in _sorted(rows, "amljobs"):
        of(aml.namespace, aml.job_id).aml = aml
    for vc in _sorted(rows, "vcjobs"):
        if job_id := _volcano_id(vc.namespace, vc.name, vc.labels, parts):
            of(vc.namespace, job_id).vc = vc
    for group in _sorted(rows, "podgroups"):
        names = (group.owner, group.name) if group.owner else (group.name,)
        found = (_volcano_id(group.namespace, name, group.labels, parts) for name in names)
        if job_id := next(filter(None, found), ""):
            of(group.namespace, job_id).group = group
    for pod in rows.get("pods", {}).values():
        if job_id := pod_job_id(pod):
            of(pod.namespace, job_id).pods.append(pod)
    for one in parts.values():
        one.pods.sort(key=_pod_order)
        if len(one.pods) > 1:
            _divide(one)
    return parts


def _divide(parts: Parts) -> None:
    """Pods of earlier attempts aside: they are over or go, and another has their place."""
    latest: dict[tuple[str, int], PodRow] = {}
    for pod in sorted(parts.pods, key=lambda pod: (pod.created or 0.0, pod.name)):
        role, index = slot_of(pod)
        if index is not None:
            latest[role, index] = pod
    parts.earlier = [pod for pod in parts.pods if (pod.over or pod.deleted) and _replaced(pod, latest, parts.pods)]
    if parts.earlier:
        gone = {pod.key for pod in parts.earlier}
        parts.pods = [pod for pod in parts.pods if pod.key not in gone]
        parts.earlier.sort(key=lambda pod: -(pod.created or 0.0))


def _replaced(pod: PodRow, latest: Mapping[tuple[str, int], PodRow], pods: Sequence[PodRow]) -> bool:
    """Another pod has its index; of pods without one, its controller made another after it had failed."""
    role, index = slot_of(pod)
    if index is not None:
        return latest[role, index] is not pod
    if pod.phase != "Failed" or pod.owner_kind != "Job" or pod.created is None:
        return False
    ends = [part.ended.finished or 0.0 for part in pod.containers if part.ended is not None]
    failed = max(ends, default=0.0) or pod.created + 1
    return any((other.created or 0.0) >= failed and other.owner == pod.owner for other in pods)


def _sorted(rows: Mapping[str, Mapping[str, Any]], kind: str) -> Iterable[Any]:
    return (row for _key, row in sorted(rows.get(kind, {}).items()))


def _volcano_id(namespace: str, name: str, labels: Mapping[str, str], known: Mapping[str, Parts]) -> str:
    """The job id of a Volcano object of the product, named `{namespace}-{job id}`; empty for anybody else's."""
    job_id = labels.get("jobId") or name.removeprefix(f"{namespace}-")
    if f"{namespace}/{job_id}" in known or _HEX.fullmatch(job_id):
        return job_id
    return job_id if is_training(labels) else ""


def is_training(labels: Mapping[str, str]) -> bool:
    """Whether labels are those of a training job: of the GA product, else of the preview."""
    return (
        labels.get("ml.azure.com/billing-category") == "azureml-training"
        or (labels.get("controller") == "aml-operator" and labels.get("type") == "job")
        or labels.get("jobsource") == "aml"
    )


def pod_job_id(pod: PodRow) -> str:
    """The job id of a training pod, empty for any other pod."""
    labels = pod.labels
    if not labels or not is_training(labels):
        return ""
    known = labels.get("jobId")
    if known:
        return known
    volcano = labels.get("volcano.sh/job-name")
    if volcano:
        return volcano.removeprefix(f"{pod.namespace}-")
    named = labels.get("FC_FRAMEWORK_NAME") or labels.get("run") or labels.get(RUN_LABEL)
    if named or _TAIL.search(pod.name):
        return named or _TAIL.sub("", pod.name) or pod.name
    return (pod.owner.removeprefix(f"{pod.namespace}-") if pod.owner_kind == "Job" else "") or pod.name


def _pod_order(pod: PodRow) -> tuple[bool, str, int, str]:
    role, index = role_of(pod)
    return role != "worker", role, index, pod.name


def role_of(pod: PodRow) -> tuple[str, int]:
    """Role and index of a job's pod, from its labels, else from its name; 0 for one without an index."""
    role, index = slot_of(pod)
    return role, index or 0


def slot_of(pod: PodRow) -> tuple[str, int | None]:
    """The same; None for a pod that has no index: its name ends at random."""
    labels, (role, index) = pod.labels, _ending(pod.key)
    for name in _ROLE_LABELS:
        if labels.get(name):
            role = labels[name]
            break
    for name in _INDEX_LABELS:
        told = labels.get(name, "")
        if told.isascii() and told.isdigit():
            return role, int(told[:9])
    return role, index


@lru_cache(maxsize=16384)
def _ending(name: str) -> tuple[str, int | None]:
    """Role and index as a name ends; it is looked at several times for every change of any pod."""
    named = _TAIL.search(name)
    if named is not None:
        return named[1], int(named[2][:9])
    plain = _INDEX.search(name)
    return "", int(plain[1][:9]) if plain is not None else None


def job_pod(pod: PodRow) -> JobPod:
    """What the job keeps of a pod."""
    role, index = role_of(pod)
    return JobPod(
        pod.key, role, index, pod.status, pod.node, pod.restarts, main_container(pod),
        tuple(part.name for part in pod.containers), pod.health, pod.why,
    )  # fmt: skip


def main_container(pod: PodRow) -> str:
    """The container whose log to open first: the execution wrapper runs the user's program."""
    main = [part.name for part in pod.containers if part.role == "main"]
    wrapper = next((name for name in main if pod_health.short_name(name) == pod_health.USERS), "")
    return wrapper or next(iter(main), "")


_TURN: Final = {FAILED: 0, RUNNING: 1, STARTING: 2, QUEUED: 3, STOPPING: 4}


def order(row: JobRow) -> tuple[int, int, float, str]:
    """Worst first; of equals what failed, runs, waits, and then what is over, the newest of each first."""
    return -int(row.health), _TURN.get(row.state, len(_TURN)), -(row.created or 0.0), row.key


def haystack(row: JobRow) -> str:
    """What the filter looks in."""
    about = f"{row.experiment} {row.size} {row.state} {row.why} {row.user} {' '.join(row.placed)}"
    return f"{row.namespace} {row.name} {row.job_id} {about}"
