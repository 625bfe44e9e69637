"""Volcano's two objects of a training job: the Job (batch.volcano.sh) and its PodGroup (scheduling.volcano.sh)."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from tui.core.health import Health
from tui.core.text import shorten_end
from tui.domain import scheduler_said
from tui.domain.amounts import Amounts, amounts
from tui.domain.wire import Condition, Meta, controller, fit, labels, moment, row_key, said, text, word

JOBS: Final = "vcjobs"
GROUPS: Final = "podgroups"

NO_WORKERS: Final = frozenset({"ps", "launcher"})
"""Roles whose pods stand beside the workers: they are no node of the job's size."""
_ENDED_BADLY: Final = frozenset({"Failed", "Aborted", "Terminated"})
_RUNS_ON: Final = frozenset({"Running", "Completed"})


class JobState(Struct, gc=False):
    """status.state of a Job."""

    phase: str | None = None
    reason: str | None = None
    message: str | None = None
    lastTransitionTime: str | None = None


class JobStatus(Struct, gc=False):
    """status of a Job."""

    state: JobState | None = None
    pending: int | None = None
    running: int | None = None
    succeeded: int | None = None
    failed: int | None = None
    retryCount: int | None = None


class JobTask(Struct, gc=False):
    """One task group of a Job."""

    name: str | None = None
    replicas: int | None = None


class JobSpec(Struct, gc=False):
    """The part of a Job's spec that is used."""

    minAvailable: int | None = None
    queue: str | None = None
    tasks: list[JobTask] | None = None


class JobItem(Struct, gc=False):
    """One Volcano Job as the API sends it."""

    metadata: Meta | None = None
    spec: JobSpec | None = None
    status: JobStatus | None = None


class VcJobRow(Struct, frozen=True, gc=False):
    """One Volcano Job."""

    key: str
    namespace: str
    name: str
    uid: str
    phase: str
    """Pending, Running, Completed, Failed, Aborted, Terminated, Restarting…; empty before its controller saw it."""
    reason: str
    message: str
    queue: str
    minimum: int
    replicas: int
    """Pods of all its tasks."""
    workers: int
    """Those of them that are no parameter server and no launcher."""
    pending: int
    running: int
    succeeded: int
    failed: int
    retries: int
    changed: float | None
    created: float | None
    health: Health
    why: str
    labels: dict[str, str]


class GroupStatus(Struct, gc=False):
    """status of a PodGroup."""

    phase: str | None = None
    conditions: list[Condition] | None = None
    running: int | None = None
    succeeded: int | None = None
    failed: int | None = None


class GroupSpec(Struct, gc=False):
    """The part of a PodGroup's spec that is used."""

    minMember: int | None = None
    queue: str | None = None
    minResources: dict[str, str | int | float] | None = None


class GroupItem(Struct, gc=False):
    """One PodGroup as the API sends it."""

    metadata: Meta | None = None
    spec: GroupSpec | None = None
    status: GroupStatus | None = None


class PodGroupRow(Struct, frozen=True, gc=False):
    """One PodGroup."""

    key: str
    namespace: str
    name: str
    uid: str
    phase: str
    """Pending (at the enqueue gate: no pod exists yet), Inqueue, Running, Unknown, Completed."""
    queue: str
    minimum: int
    needs: Amounts
    """minResources: what the whole gang needs."""
    running: int
    reason: str
    """Of the latest condition that holds it up, `NotEnoughResources`; empty when none does.

    Volcano of 1.12 and later writes none at the enqueue gate: then only its events say why.
    """
    message: str
    owner: str
    created: float | None
    health: Health
    why: str
    labels: dict[str, str]


def decode_job(item: Any) -> VcJobRow:
    """The row of one Volcano Job; `item` is a JobItem or any JSON value."""
    found = fit(item, JobItem)
    meta, spec, status = found.metadata or Meta(), found.spec or JobSpec(), found.status or JobStatus()
    state, tasks = status.state or JobState(), spec.tasks or ()
    phase, message = word(state.phase), said(state.message)
    health = Health.BAD if phase in _ENDED_BADLY else Health.GOOD if phase in _RUNS_ON else Health.BUSY
    why = "" if health is Health.GOOD else message or text(state.reason)
    return VcJobRow(
        row_key(meta), word(meta.namespace), text(meta.name), text(meta.uid), phase, text(state.reason),
        message,
        word(spec.queue), spec.minAvailable or 0, sum(task.replicas or 0 for task in tasks),
        sum(task.replicas or 0 for task in tasks if task.name not in NO_WORKERS),
        status.pending or 0, status.running or 0, status.succeeded or 0, status.failed or 0,
        status.retryCount or 0, moment(state.lastTransitionTime), moment(meta.creationTimestamp), health,
        shorten_end(why, 160), labels(meta.labels),
    )  # fmt: skip


def decode_group(item: Any) -> PodGroupRow:
    """The row of one PodGroup; `item` is a GroupItem or any JSON value."""
    found = fit(item, GroupItem)
    meta, spec, status = found.metadata or Meta(), found.spec or GroupSpec(), found.status or GroupStatus()
    phase = word(status.phase) or "Pending"
    block = _block(status.conditions or [])
    reason, message = (text(block.reason), said(block.message)) if block else ("", "")
    told = scheduler_said.essence(message) or ("" if message else reason)
    waits = phase in ("Pending", "Inqueue", "Unknown")
    why = (told or ("waits at the enqueue gate" if phase == "Pending" else "")) if waits else ""
    return PodGroupRow(
        row_key(meta), word(meta.namespace), text(meta.name), text(meta.uid), phase, word(spec.queue),
        spec.minMember or 0, amounts(spec.minResources), status.running or 0,
        reason, message, controller(meta)[1], moment(meta.creationTimestamp),
        Health.BUSY if waits and not told else Health.WARN if waits else Health.GOOD, shorten_end(why, 160),
        labels(meta.labels),
    )  # fmt: skip


def _block(conditions: list[Condition]) -> Condition | None:
    """The Unschedulable condition, unless a later Scheduled one took it back."""
    found = [c for c in conditions if c.type in ("Unschedulable", "Scheduled") and c.status == "True"]
    latest = max(found, key=lambda c: moment(c.lastTransitionTime) or 0.0, default=None)
    return latest if latest is not None and latest.type == "Unschedulable" else None


def haystack_job(row: VcJobRow) -> str:
    """What the filter looks in."""
    return f"{row.namespace} {row.name} {row.phase} {row.queue} {row.why}"


def haystack_group(row: PodGroupRow) -> str:
    """What the filter looks in."""
    return f"{row.namespace} {row.name} {row.phase} {row.queue} {row.why}"
