"""Objects as the two APIs send them, with what a test does not care about filled in."""

from __future__ import annotations

from typing import Any

from tui.core.units import rfc3339
from tui.domain import node as nodes
from tui.domain import pod as pods
from tui.domain.node import NodeRow
from tui.domain.pod import PodRow

Json = dict[str, Any]

NOW = 1_700_000_000.0
CLUSTER_ID = "/subscriptions/s1/resourceGroups/rg-ml/providers/Microsoft.Kubernetes/connectedClusters/arc-west"
EXTENSION_ID = f"{CLUSTER_ID}/providers/Microsoft.KubernetesConfiguration/extensions/amlarc-compute"


def ago(seconds: float) -> str:
    """An instant before NOW."""
    return rfc3339(NOW - seconds)


def running(seconds: float = 60) -> Json:
    return {"running": {"startedAt": ago(seconds)}}


def waiting(reason: str = "", message: str = "") -> Json:
    found = {"reason": reason, "message": message}
    return {"waiting": {key: value for key, value in found.items() if value}}


def ended(code: int = 0, reason: str = "", *, signal: int = 0, message: str = "", seconds: float = 30) -> Json:
    body: Json = {"exitCode": code, "startedAt": ago(seconds + 60), "finishedAt": ago(seconds)}
    body |= {key: value for key, value in {"reason": reason, "signal": signal, "message": message}.items() if value}
    return {"terminated": body}


class Box:
    """One container: its spec and, unless `state` is None, its status."""

    def __init__(
        self, name: str = "main", state: Json | None = None, *, ready: bool | None = None, restarts: int = 0,
        last: Json | None = None, started: bool | None = None, sidecar: bool = False, image: str = "r.io/x:1",
        requests: Json | None = None, limits: Json | None = None, reported: bool = True,
    ) -> None:  # fmt: skip
        state = running() if state is None else state
        self.spec: Json = {"name": name, "image": image}
        if sidecar:
            self.spec["restartPolicy"] = "Always"
        resources = {key: value for key, value in {"requests": requests, "limits": limits}.items() if value}
        if resources:
            self.spec["resources"] = resources
        is_ready = "running" in state if ready is None else ready
        self.status: Json | None = None
        if reported:
            self.status = {"name": name, "state": state, "ready": is_ready, "restartCount": restarts}
            if last:
                self.status["lastState"] = last
            if started is not None:
                self.status["started"] = started


def conditions(**given: bool | tuple[bool, str] | tuple[bool, str, str]) -> list[Json]:
    """`Ready=True`, `PodScheduled=(False, "Unschedulable", "0/3 nodes…")`."""
    found = []
    for name, value in given.items():
        status, reason, message = (*((value,) if isinstance(value, bool) else value), "", "")[:3]
        found.append({"type": name, "status": str(status), "reason": reason, "message": message})
    return found


def pod(
    *boxes: Box, name: str = "gateway-7b58dc99cd-c6c4s", namespace: str = "azureml", phase: str = "Running",
    inits: tuple[Box, ...] = (), node: str = "n1", reason: str = "", message: str = "", deleted: bool = False,
    conditions: list[Json] | None = None, labels: Json | None = None, owner: tuple[str, str] | None = None,
    created: float = 600, uid: str = "", **spec: Any,
) -> Json:  # fmt: skip
    """One pod."""
    meta: Json = {"name": name, "namespace": namespace, "creationTimestamp": ago(created), "uid": uid or f"u-{name}"}
    if labels:
        meta["labels"] = labels
    if owner:
        meta["ownerReferences"] = [{"kind": owner[0], "name": owner[1], "controller": True}]
    if deleted:
        meta["deletionTimestamp"] = ago(10)
    status: Json = {"phase": phase, "conditions": conditions or []}
    for key, value in (("reason", reason), ("message", message)):
        if value:
            status[key] = value
    body: Json = {"containers": [box.spec for box in boxes], **spec}
    if inits:
        body["initContainers"] = [box.spec for box in inits]
        status["initContainerStatuses"] = [box.status for box in inits if box.status]
    status["containerStatuses"] = [box.status for box in boxes if box.status]
    if node:
        body["nodeName"] = node
    return {"metadata": meta, "spec": body, "status": status}


def pod_row(*boxes: Box, **more: Any) -> PodRow:
    return pods.decode(pod(*boxes, **more))


def node(
    name: str = "n1", *, labels: Json | None = None, taints: list[Json] | None = None, cordoned: bool = False,
    ready: str = "True", cpu: str = "8", memory: str = "32Gi", gpus: str = "", pods: str = "110",
    reasons: list[Json] | None = None,
) -> Json:  # fmt: skip
    """One node."""
    sizes = {"cpu": cpu, "memory": memory, "pods": pods, **({"nvidia.com/gpu": gpus} if gpus else {})}
    spec: Json = {"taints": taints or [], **({"unschedulable": True} if cordoned else {})}
    state = [{"type": "Ready", "status": ready, "reason": "Kubelet", "message": "kubelet speaks"}] if ready else []
    return {
        "metadata": {"name": name, "labels": labels or {}, "creationTimestamp": ago(86400)},
        "spec": spec,
        "status": {"allocatable": sizes, "capacity": sizes, "conditions": [*state, *(reasons or [])]},
    }


def node_row(name: str = "n1", **more: Any) -> NodeRow:
    return nodes.decode(node(name, **more))


def extension(settings: Json | None = None, *, version: str = "1.1.39", state: str = "Succeeded", **more: Any) -> Json:
    """The extension of the GA era."""
    inner: Json = {
        "extensionType": "microsoft.azureml.kubernetes",
        "provisioningState": state,
        "currentVersion": version,
        "releaseTrain": "stable",
        "autoUpgradeMinorVersion": True,
        "scope": {"cluster": {"releaseNamespace": "azureml"}},
        "configurationSettings": settings or {},
        **more,
    }
    return {
        "id": EXTENSION_ID,
        "name": "amlarc-compute",
        "type": "Microsoft.KubernetesConfiguration/extensions",
        "properties": inner,
        "systemData": {"createdAt": ago(3 * 86400), "lastModifiedAt": ago(600)},
    }
