"""The columns and cells of pods and of what makes pods, as the API server prints them.

Owns those of k8s.io/kubernetes `printers/internalversion`. Must not know how tables are sent.
"""

from __future__ import annotations

from typing import Any, Final

from tui.core.units import age, epoch
from tui.demo.kube.pod_print import printed
from tui.demo.kube.printers import NONE, Body, Cells, aged, name, pairs, since

_COUNTS: Final = (
    "desiredNumberScheduled", "currentNumberScheduled", "numberReady", "updatedNumberScheduled", "numberAvailable",
)  # fmt: skip


def _pod(obj: Body, now: float) -> list[Any]:
    ready, status, restarts = printed(obj, now)
    spec, inner = obj.get("spec") or {}, obj.get("status") or {}
    return [
        name(obj), ready, status, restarts, aged(obj, now), inner.get("podIP") or NONE, spec.get("nodeName") or NONE,
        inner.get("nominatedNodeName") or NONE, _gates(spec, inner),
    ]  # fmt: skip


def _gates(spec: Body, status: Body) -> str:
    gates = [gate["conditionType"] for gate in spec.get("readinessGates") or ()]
    true = {c["type"] for c in status.get("conditions") or () if c["status"] == "True"}
    return f"{sum(gate in true for gate in gates)}/{len(gates)}" if gates else NONE


def _template(spec: Body) -> list[Any]:
    """Containers, images and the selector."""
    parts = ((spec.get("template") or {}).get("spec") or {}).get("containers") or ()
    names, images = ",".join(c["name"] for c in parts), ",".join(c.get("image", "") for c in parts)
    return [names, images, pairs((spec.get("selector") or {}).get("matchLabels"))]


def _deployment(obj: Body, now: float) -> list[Any]:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    ready = f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 1)}"
    counts = [status.get("updatedReplicas", 0), status.get("availableReplicas", 0)]
    return [name(obj), ready, *counts, aged(obj, now), *_template(spec)]


def _replicaset(obj: Body, now: float) -> list[Any]:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    counts = [spec.get("replicas", 1), status.get("replicas", 0), status.get("readyReplicas", 0)]
    return [name(obj), *counts, aged(obj, now), *_template(spec)]


def _statefulset(obj: Body, now: float) -> list[Any]:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    ready = f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 1)}"
    return [name(obj), ready, aged(obj, now), *_template(spec)[:2]]


def _daemonset(obj: Body, now: float) -> list[Any]:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    chosen = ((spec.get("template") or {}).get("spec") or {}).get("nodeSelector")
    counts = [status.get(count, 0) for count in _COUNTS]
    return [name(obj), *counts, pairs(chosen), aged(obj, now), *_template(spec)]


def _job(obj: Body, now: float) -> list[Any]:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    start, end = epoch(status.get("startTime")), epoch(status.get("completionTime"))
    took = age((now if end is None else end) - start) if start is not None else ""
    return [name(obj), _state(obj, status), _done(spec, status), took, aged(obj, now), *_template(spec)]


def _state(obj: Body, status: Body) -> str:
    true = {c["type"] for c in status.get("conditions") or () if c["status"] == "True"}
    for kind in ("Complete", "Failed"):
        if kind in true:
            return kind
    if obj["metadata"].get("deletionTimestamp"):
        return "Terminating"
    return next((kind for kind in ("Suspended", "FailureTarget", "SuccessCriteriaMet") if kind in true), "Running")


def _done(spec: Body, status: Body) -> str:
    done, at_once = status.get("succeeded", 0), spec.get("parallelism") or 1
    if spec.get("completions") is not None:
        return f"{done}/{spec['completions']}"
    return f"{done}/1 of {at_once}" if at_once > 1 else f"{done}/1"


def _cronjob(obj: Body, now: float) -> list[Any]:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    template = (spec.get("jobTemplate") or {}).get("spec") or {}
    last = since(status["lastScheduleTime"], now) if status.get("lastScheduleTime") else NONE
    return [
        name(obj), spec.get("schedule", ""), spec.get("timeZone") or NONE, str(bool(spec.get("suspend"))),
        len(status.get("active") or ()), last, aged(obj, now), *_template(template),
    ]  # fmt: skip


KINDS: Final[dict[str, tuple[str, Cells]]] = {
    "pods": ("Name|Ready|Status|Restarts|Age|IP*|Node*|Nominated Node*|Readiness Gates*", _pod),
    "deployments.apps": ("Name|Ready|Up-to-date|Available|Age|Containers*|Images*|Selector*", _deployment),
    "replicasets.apps": (
        "Name|Desired:integer|Current:integer|Ready:integer|Age|Containers*|Images*|Selector*", _replicaset,
    ),
    "statefulsets.apps": ("Name|Ready|Age|Containers*|Images*", _statefulset),
    "daemonsets.apps": (
        "Name|Desired:integer|Current:integer|Ready:integer|Up-to-date:integer|Available:integer|Node Selector|Age"
        "|Containers*|Images*|Selector*",
        _daemonset,
    ),
    "jobs.batch": ("Name|Status|Completions|Duration|Age|Containers*|Images*|Selector*", _job),
    "cronjobs.batch": (
        "Name|Schedule|Timezone|Suspend:boolean|Active:integer|Last Schedule|Age|Containers*|Images*|Selector*",
        _cronjob,
    ),
}  # fmt: skip
"""Columns and cells by resource."""
