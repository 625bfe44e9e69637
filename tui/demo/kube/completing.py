"""What the API server and its admission plugins add to new objects of built-in kinds, which nobody owns: a first
status, addresses, tolerations, priorities.

Owns only what an operator sees with kubectl. The protection finalizers of volumes and claims are left out: no
controller here would take them away.
"""

from __future__ import annotations

import zlib
from typing import Any, Final

from tui.demo.kube.json_patch import copied
from tui.demo.kube.quantities import amount
from tui.demo.kube.registry import CRDS, Resource
from tui.demo.kube.status import StatusError

Body = dict[str, Any]

_UNREACHABLE: Final = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
_STAYS: Final = 300
"""Seconds that a pod stays on a node that is gone."""
_PRIORITIES: Final = {"": 0, "system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
_NODE_PORTS: Final = range(30_000, 32_768)
_STATUS: Final[dict[str, Body]] = {
    "deployments.apps": {}, "replicasets.apps": {"replicas": 0},
    "statefulsets.apps": {"replicas": 0, "availableReplicas": 0},
    "daemonsets.apps": {
        "currentNumberScheduled": 0, "desiredNumberScheduled": 0, "numberMisscheduled": 0, "numberReady": 0,
    },
    "jobs.batch": {}, "cronjobs.batch": {}, "namespaces": {"phase": "Active"}, "services": {"loadBalancer": {}},
    "persistentvolumeclaims": {"phase": "Pending"}, "persistentvolumes": {"phase": "Pending"}, "resourcequotas": {},
    "poddisruptionbudgets.policy": dict.fromkeys(
        ("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"), 0
    ),
}  # fmt: skip
"""First ones."""


def complete(resource: Resource, obj: Body) -> None:
    """Add it. Raises StatusError (403) for a priority class that there is not."""
    store = resource.store
    if store in _STATUS:
        obj["status"] = copied(_STATUS[store])
    if store == "pods":
        _admit(obj)
        obj["status"] = {"phase": "Pending", "qosClass": qos(obj["spec"])}
    elif store == "namespaces":
        obj.setdefault("spec", {}).setdefault("finalizers", ["kubernetes"])
    elif store == "services":
        _address(obj["spec"], str(obj["metadata"].get("name")))
    elif store == "jobs.batch":
        _select(obj)
    elif store == CRDS:
        versions = obj["spec"].get("versions") or ()
        stored = [version.get("name") for version in versions if version.get("storage")]
        obj["status"] = {"conditions": None, "acceptedNames": {"plural": "", "kind": ""}, "storedVersions": stored}


def _admit(pod: Body) -> None:
    spec, name = pod["spec"], pod["metadata"].get("name")
    chosen = spec.get("priorityClassName") or ""
    if chosen not in _PRIORITIES:
        text = f'pods "{name}" is forbidden: no PriorityClass with name {chosen} was found'
        raise StatusError(403, text, name=name, kind="pods")
    spec.setdefault("priority", _PRIORITIES[chosen])
    spec.setdefault("preemptionPolicy", "PreemptLowerPriority")
    spec.setdefault("serviceAccountName", "default")
    spec.setdefault("serviceAccount", spec["serviceAccountName"])
    tolerate(spec)


def tolerate(spec: Body, old: Body | None = None) -> None:
    """A pod stays for a while on a node that is gone, unless it says otherwise; `old` are pods that never did."""
    borne = {each.get("key") for each in spec.get("tolerations") or () if each.get("effect") in (None, "NoExecute")}
    before = {each.get("key") for each in (old or {}).get("tolerations") or ()}
    more = [
        {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": _STAYS}
        for key in _UNREACHABLE
        if not borne & {key, None} and (old is None or key in before)
    ]
    if more:
        spec["tolerations"] = [*(spec.get("tolerations") or ()), *more]


def _address(spec: Body, name: str) -> None:
    place = zlib.crc32(name.encode())
    spec.setdefault("clusterIP", f"10.0.{place >> 8 & 0xFF}.{place & 0xFF}")
    spec.setdefault("clusterIPs", [spec["clusterIP"]])
    spec.setdefault("ipFamilies", ["IPv4"])
    spec.setdefault("ipFamilyPolicy", "SingleStack")
    for number, port in enumerate(spec.get("ports") or ()):
        if spec["type"] != "ClusterIP":
            port.setdefault("nodePort", _NODE_PORTS[(place + number) % len(_NODE_PORTS)])


def _select(job: Body) -> None:
    """A job's pods are told by its uid."""
    uid, name, spec = job["metadata"]["uid"], job["metadata"].get("name"), job["spec"]
    marks = {
        "batch.kubernetes.io/controller-uid": uid, "batch.kubernetes.io/job-name": name, "controller-uid": uid,
        "job-name": name,
    }  # fmt: skip
    if spec["manualSelector"]:
        return
    job["metadata"].setdefault("labels", {}).update(marks)
    spec["template"]["metadata"].setdefault("labels", {}).update(marks)
    spec["selector"] = {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}


def qos(spec: Body) -> str:
    """The quality-of-service class of a pod."""
    every = [c.get("resources") or {} for c in (*spec.get("initContainers", ()), *spec.get("containers", ()))]
    if not any(one.get("requests") or one.get("limits") for one in every):
        return "BestEffort"
    for one in every:
        limits, requests = one.get("limits") or {}, one.get("requests") or one.get("limits") or {}
        for name in ("cpu", "memory"):
            if name not in limits or amount(limits[name]) != amount(requests.get(name, limits[name])):
                return "Burstable"
    return "Guaranteed"
