"""Deployments, StatefulSets, DaemonSets and Jobs as one kind of row: how many are ready of how many, and why not.

Rules: a rollout is over when the newest generation was observed and all its pods are available (`kubectl rollout
status`); a Job when it says Complete; restarts and failed tries alone are no fault. Owns the wire fields and that
judgement. Must not know which workloads the product has.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final, Literal

from msgspec import Struct, field

from tui.core.health import Health
from tui.core.text import shorten_end
from tui.domain.component import component_of
from tui.domain.wire import Condition, fit, labels, moment, said, text, word

WorkloadKind = Literal["Deployment", "StatefulSet", "DaemonSet", "Job"]
State = Literal["waiting", "progressing", "ready", "lacking", "done", "failed", "suspended", "off", "deleting"]
WHY_WIDTH: Final = 200
_MOST: Final = 10**9
_HEALTH: Final[dict[State, Health]] = {
    "waiting": Health.BUSY, "progressing": Health.BUSY, "ready": Health.GOOD, "lacking": Health.WARN,
    "done": Health.GOOD, "failed": Health.BAD, "suspended": Health.OFF, "off": Health.OFF, "deleting": Health.BUSY,
}  # fmt: skip


class ReleaseMarks(Struct, gc=False):
    """The two annotations that say which Helm release made an object; no other is decoded."""

    name: str | None = field(name="meta.helm.sh/release-name", default=None)
    namespace: str | None = field(name="meta.helm.sh/release-namespace", default=None)


class WorkloadMeta(Struct, gc=False):
    """The part of `metadata` that is used."""

    name: str | None = None
    namespace: str | None = None
    uid: str | None = None
    creationTimestamp: str | None = None
    deletionTimestamp: str | None = None
    generation: int | None = None
    labels: dict[str, str] | None = None
    annotations: ReleaseMarks | None = None
    finalizers: list[str] | None = None


class WorkloadSpec(Struct, gc=False):
    """The part of a spec that is used, of all four kinds."""

    replicas: int | None = None
    paused: bool | None = None
    completions: int | None = None
    parallelism: int | None = None
    suspend: bool | None = None


class WorkloadStatus(Struct, gc=False):
    """The part of a status that is used, of all four kinds."""

    observedGeneration: int | None = None
    replicas: int | None = None
    readyReplicas: int | None = None
    availableReplicas: int | None = None
    updatedReplicas: int | None = None
    desiredNumberScheduled: int | None = None
    updatedNumberScheduled: int | None = None
    numberReady: int | None = None
    numberAvailable: int | None = None
    active: int | None = None
    succeeded: int | None = None
    failed: int | None = None
    conditions: list[Condition] | None = None


class WorkloadItem(Struct, gc=False):
    """One of them as the API sends it."""

    metadata: WorkloadMeta | None = None
    spec: WorkloadSpec | None = None
    status: WorkloadStatus | None = None


class WorkloadRow(Struct, frozen=True, gc=False):
    """One workload."""

    key: str
    kind: WorkloadKind
    namespace: str
    uid: str
    component: str
    """A component of the extension, else its own name."""
    ready: int
    """Pods that are ready; of a Job those that succeeded."""
    desired: int
    updated: int
    """Pods of the newest template."""
    generation: int
    observed: int
    """The generation its controller has seen."""
    state: State
    conditions: tuple[str, ...]
    """`Available`, or `Progressing=False ProgressDeadlineExceeded`: those that are true by name alone."""
    finalizers: tuple[str, ...]
    release: str
    """The Helm release it says it is of, empty for none."""
    release_namespace: str
    created: float | None
    deleted: float | None
    health: Health
    why: str
    labels: dict[str, str]

    @property
    def name(self) -> str:
        """Without the namespace."""
        return self.key[len(self.namespace) + 1 :] if self.namespace else self.key

    @property
    def settled(self) -> bool:
        """Nothing more is to come of it, and it is well."""
        return self.state in ("ready", "done", "off")


class _Counts(Struct, frozen=True, gc=False):
    made: int
    updated: int
    ready: int
    available: int
    desired: int


def decode(item: Any, kind: WorkloadKind) -> WorkloadRow:
    """The row of one workload; `item` is a WorkloadItem or any JSON value."""
    load = fit(item, WorkloadItem)
    meta, spec, status = load.metadata or WorkloadMeta(), load.spec or WorkloadSpec(), load.status or WorkloadStatus()
    counts = _counts(kind, spec, status)
    known = {word(one.type): one for one in status.conditions or () if one.type}
    deleted = moment(meta.deletionTimestamp)
    verdict: Verdict = ("deleting", "is being deleted")
    state, why = verdict if deleted is not None else _judge(kind, meta, spec, status, counts, known)
    namespace, name = word(meta.namespace), text(meta.name)
    marks = meta.annotations or ReleaseMarks()
    return WorkloadRow(
        f"{namespace}/{name}" if namespace else name, kind, namespace, text(meta.uid), component_of(namespace, name),
        counts.ready, counts.desired, counts.updated, _number(meta.generation),
        _number(status.observedGeneration), state,
        tuple(_told(condition) for condition in known.values()),
        tuple(text(each) for each in meta.finalizers or ()), word(marks.name), word(marks.namespace),
        moment(meta.creationTimestamp), deleted, _HEALTH[state], shorten_end(why, WHY_WIDTH), labels(meta.labels),
    )  # fmt: skip


decode_deployment: Final = partial(decode, kind="Deployment")
decode_stateful_set: Final = partial(decode, kind="StatefulSet")
decode_daemon_set: Final = partial(decode, kind="DaemonSet")
decode_job: Final = partial(decode, kind="Job")


Verdict = tuple[State, str]
Known = Mapping[str, Condition]


def _counts(kind: WorkloadKind, spec: WorkloadSpec, status: WorkloadStatus) -> _Counts:
    if kind == "Job":
        done, wanted = _number(status.succeeded), spec.completions
        return _Counts(_number(status.active), done, done, done, _number(wanted, 1))
    if kind == "DaemonSet":
        made, wanted = _number(status.updatedNumberScheduled), status.desiredNumberScheduled
        return _Counts(made, made, _number(status.numberReady), _number(status.numberAvailable), _number(wanted))
    ready, available = _number(status.readyReplicas), status.availableReplicas
    # A Deployment leaves a zero out; a StatefulSet of an old cluster has no such count.
    missing = ready if kind == "StatefulSet" else 0
    return _Counts(
        _number(status.replicas), _number(status.updatedReplicas), ready, _number(available, missing),
        _number(spec.replicas, 1),
    )  # fmt: skip


def _number(value: int | None, default: int = 0) -> int:
    """A count as it may be printed: numbers beyond all reason are cut."""
    return default if value is None else max(0, min(value, _MOST))


def _judge(
    kind: WorkloadKind, meta: WorkloadMeta, spec: WorkloadSpec, status: WorkloadStatus, counts: _Counts, known: Known
) -> Verdict:
    if kind == "Job":
        return _job(spec, status, counts, known)
    if _number(status.observedGeneration) < _number(meta.generation):
        return "waiting", "its controller has not seen it yet"
    stuck = known.get("Progressing")
    if stuck is not None and stuck.status == "False":
        return "failed", f"no progress in time: {_words(stuck)}"
    refused = known.get("ReplicaFailure")
    if refused is not None and refused.status == "True":
        return "failed", f"its pods are refused: {_words(refused)}"
    return _rollout(kind, spec, counts, stuck)


def _rollout(kind: WorkloadKind, spec: WorkloadSpec, counts: _Counts, progressing: Condition | None) -> Verdict:
    told = f"{counts.ready} of {counts.desired} ready"
    if counts.desired == 0:
        return "off", "no node takes it" if kind == "DaemonSet" else "scaled to zero"
    if counts.updated < counts.desired:
        if spec.paused:
            return "suspended", f"its rollout is paused, {told}"
        return "progressing", told if counts.made <= counts.updated else f"{told}, {counts.updated} of the new template"
    if kind == "Deployment" and counts.made > counts.updated:
        return "progressing", f"{told}, {counts.made - counts.updated} of the old template still stop"
    if counts.available < counts.desired:
        # A rollout that was over once: pods are lost, not still to come.
        over = progressing is not None and progressing.reason == "NewReplicaSetAvailable"
        return ("lacking" if over else "progressing"), told
    return "ready", ""


def _job(spec: WorkloadSpec, status: WorkloadStatus, counts: _Counts, known: Known) -> Verdict:
    for name in ("Failed", "FailureTarget"):
        if (found := known.get(name)) is not None and found.status == "True":
            return "failed", _words(found)
    for name in ("Complete", "SuccessCriteriaMet"):
        if (found := known.get(name)) is not None and found.status == "True":
            return "done", ""
    tries = f", {_number(status.failed)} failed tries so far" if status.failed else ""
    if spec.suspend:
        return "suspended", f"is suspended{tries}"
    if not counts.made and not counts.ready:
        return ("progressing" if tries else "waiting"), f"no pod runs{tries}"
    return "progressing", f"{counts.ready} of {counts.desired} done{tries}"


def _words(condition: Condition) -> str:
    """Reason and message, whichever there is."""
    return ": ".join(filter(None, (text(condition.reason), said(condition.message)))) or "no reason is given"


def _told(condition: Condition) -> str:
    if condition.status == "True":
        return word(condition.type)
    return f"{word(condition.type)}={word(condition.status)} {word(condition.reason)}".rstrip()


def haystack(row: WorkloadRow) -> str:
    """What the filter looks in."""
    return f"{row.key} {row.kind} {row.state} {row.why}"
