"""Objects as meta.k8s.io/v1 Tables: the columns and cells kubectl shows.

Owns the columns of each kind (k8s.io/kubernetes `printers/internalversion`), of custom resources those of their
definition. Must not know how tables are sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from tui.core.units import age, epoch
from tui.demo.kube.pod_print import printed
from tui.demo.kube.registry import Resource

Body = dict[str, Any]
Cells = Callable[[Body, float], list[Any]]


def _age(obj: Body, now: float) -> str:
    at = epoch(obj["metadata"].get("creationTimestamp"))
    return age(max(0.0, now - at)) if at is not None else "<unknown>"


def _since(at: str | None, now: float) -> str:
    when = epoch(at)
    return age(max(0.0, now - when)) if when is not None else "<unknown>"


def _pod(obj: Body, now: float) -> list[Any]:
    ready, status, restarts = printed(obj, now)
    inner = obj.get("status", {})
    return [
        obj["metadata"]["name"], ready, status, restarts, _age(obj, now), inner.get("podIP") or "<none>",
        obj.get("spec", {}).get("nodeName") or "<none>", inner.get("nominatedNodeName") or "<none>", "<none>",
    ]  # fmt: skip


def _node(obj: Body, now: float) -> list[Any]:
    status, labels = obj.get("status", {}), obj["metadata"].get("labels", {})
    ready = next((c["status"] for c in status.get("conditions", ()) if c["type"] == "Ready"), None)
    shown = "Unknown" if ready is None else "Ready" if ready == "True" else "NotReady"
    shown += ",SchedulingDisabled" if obj.get("spec", {}).get("unschedulable") else ""
    prefix = "node-role.kubernetes.io/"
    roles = ",".join(sorted(key[len(prefix) :] for key in labels if key.startswith(prefix))) or "<none>"
    info = status.get("nodeInfo", {})
    addresses = {a["type"]: a["address"] for a in status.get("addresses", ())}
    return [
        obj["metadata"]["name"], shown, roles, _age(obj, now), info.get("kubeletVersion", ""),
        addresses.get("InternalIP", "<none>"), addresses.get("ExternalIP", "<none>"), info.get("osImage", "<unknown>"),
        info.get("kernelVersion", "<unknown>"), info.get("containerRuntimeVersion", "<unknown>"),
    ]  # fmt: skip


def _event(obj: Body, now: float) -> list[Any]:
    about = obj.get("involvedObject", {})
    last = obj.get("series", {}).get("lastObservedTime") or obj.get("lastTimestamp") or obj.get("eventTime")
    source = obj.get("source", {}).get("component") or obj.get("reportingComponent", "")
    first = obj.get("firstTimestamp") or obj.get("eventTime")
    return [
        _since(last, now), obj.get("type", ""), obj.get("reason", ""),
        f"{about.get('kind', '').lower()}/{about.get('name', '')}", about.get("fieldPath", ""), source,
        obj.get("message", "").strip(), _since(first, now), obj.get("count", 1), obj["metadata"]["name"],
    ]  # fmt: skip


def _deployment(obj: Body, now: float) -> list[Any]:
    status, wanted = obj.get("status", {}), obj.get("spec", {}).get("replicas", 1)
    ready = f"{status.get('readyReplicas', 0)}/{wanted}"
    return [
        obj["metadata"]["name"], ready, status.get("updatedReplicas", 0), status.get("availableReplicas", 0),
        _age(obj, now), *_template(obj),
    ]  # fmt: skip


def _template(obj: Body) -> list[Any]:
    spec = obj.get("spec", {})
    parts = spec.get("template", {}).get("spec", {}).get("containers", ())
    labels = ",".join(f"{k}={v}" for k, v in sorted(spec.get("selector", {}).get("matchLabels", {}).items()))
    return [
        ",".join(c["name"] for c in parts),
        ",".join(c.get("image", "") for c in parts),
        labels or "<none>",
    ]


def _replicaset(obj: Body, now: float) -> list[Any]:
    status, wanted = obj.get("status", {}), obj.get("spec", {}).get("replicas", 1)
    return [
        obj["metadata"]["name"], wanted, status.get("replicas", 0), status.get("readyReplicas", 0), _age(obj, now),
        *_template(obj),
    ]  # fmt: skip


def _statefulset(obj: Body, now: float) -> list[Any]:
    ready = f"{obj.get('status', {}).get('readyReplicas', 0)}/{obj.get('spec', {}).get('replicas', 1)}"
    return [obj["metadata"]["name"], ready, _age(obj, now), *_template(obj)[:2]]


def _daemonset(obj: Body, now: float) -> list[Any]:
    status = obj.get("status", {})
    nodes = obj.get("spec", {}).get("template", {}).get("spec", {}).get("nodeSelector", {})
    counts = [
        status.get(name, 0)
        for name in (
            "desiredNumberScheduled",
            "currentNumberScheduled",
            "numberReady",
            "updatedNumberScheduled",
            "numberAvailable",
        )
    ]
    chosen = ",".join(f"{k}={v}" for k, v in sorted(nodes.items())) or "<none>"
    return [obj["metadata"]["name"], *counts, chosen, _age(obj, now), *_template(obj)]


def _job(obj: Body, now: float) -> list[Any]:
    spec, status = obj.get("spec", {}), obj.get("status", {})
    start, end = epoch(status.get("startTime")), epoch(status.get("completionTime"))
    took = age((end or now) - start) if start is not None else ""
    state = next((c["type"] for c in status.get("conditions", ()) if c["status"] == "True"), "Running")
    done = f"{status.get('succeeded', 0)}/{spec.get('completions', 1)}"
    return [obj["metadata"]["name"], state, done, took, _age(obj, now)]


def _service(obj: Body, now: float) -> list[Any]:
    spec = obj.get("spec", {})
    ports = ",".join(f"{p['port']}/{p.get('protocol', 'TCP')}" for p in spec.get("ports", ())) or "<none>"
    external = "<pending>" if spec.get("type") == "LoadBalancer" else "<none>"
    labels = ",".join(f"{k}={v}" for k, v in sorted(spec.get("selector", {}).items())) or "<none>"
    return [
        obj["metadata"]["name"],
        spec.get("type", "ClusterIP"),
        spec.get("clusterIP", "None"),
        external,
        ports,
        _age(obj, now),
        labels,
    ]


def _count(field: str) -> Cells:
    return lambda obj, now: [obj["metadata"]["name"], len(obj.get(field) or ()), _age(obj, now)]


def _secret(obj: Body, now: float) -> list[Any]:
    return [obj["metadata"]["name"], obj.get("type", "Opaque"), len(obj.get("data") or ()), _age(obj, now)]


def _namespace(obj: Body, now: float) -> list[Any]:
    return [obj["metadata"]["name"], obj.get("status", {}).get("phase", ""), _age(obj, now)]


def _crd(obj: Body, now: float) -> list[Any]:
    del now
    return [obj["metadata"]["name"], obj["metadata"].get("creationTimestamp", "")]


_KINDS: Final[dict[str, tuple[str, Cells]]] = {
    "pods": ("Name Ready Status Restarts Age IP* Node* Nominated-Node* Readiness-Gates*", _pod),
    "nodes": (
        "Name Status Roles Age Version Internal-IP* External-IP* OS-Image* Kernel-Version* Container-Runtime*", _node,
    ),
    "events": ("Last-Seen Type Reason Object Subobject* Source* Message First-Seen* Count* Name*", _event),
    "namespaces": ("Name Status Age", _namespace),
    "deployments.apps": ("Name Ready Up-to-date Available Age Containers* Images* Selector*", _deployment),
    "replicasets.apps": ("Name Desired Current Ready Age Containers* Images* Selector*", _replicaset),
    "statefulsets.apps": ("Name Ready Age Containers* Images*", _statefulset),
    "daemonsets.apps": (
        "Name Desired Current Ready Up-to-date Available Node-Selector Age Containers* Images* Selector*", _daemonset,
    ),
    "jobs.batch": ("Name Status Completions Duration Age", _job),
    "services": ("Name Type Cluster-IP External-IP Port(s) Age Selector*", _service),
    "configmaps": ("Name Data Age", _count("data")),
    "serviceaccounts": ("Name Secrets Age", _count("secrets")),
    "secrets": ("Name Type Data Age", _secret),
    "customresourcedefinitions.apiextensions.k8s.io": ("Name Created-At", _crd),
}  # fmt: skip


def _generic(obj: Body, now: float) -> list[Any]:
    return [obj["metadata"]["name"], _age(obj, now)]


def definitions(resource: Resource) -> list[Body]:
    """columnDefinitions of a resource."""
    if resource.custom:
        own = [
            {
                "name": c["name"],
                "type": c["type"],
                "format": c.get("format", ""),
                "description": c.get("description", ""),
                "priority": c.get("priority", 0),
            }
            for c in resource.columns
        ]
        columns = own if own else [_column("Age")]
        return [_column("Name"), *columns]
    names = _KINDS.get(resource.store, ("Name Age", _generic))[0]
    return [_column(name) for name in names.split()]


def _column(name: str) -> Body:
    wide = name.endswith("*")
    title = name.rstrip("*").replace("Nominated-Node", "Nominated Node").replace("-", " ")
    title = {
        "Up to date": "Up-to-date",
        "Internal IP": "Internal-IP",
        "External IP": "External-IP",
        "Cluster IP": "Cluster-IP",
        "OS Image": "OS-Image",
        "Kernel Version": "Kernel-Version",
        "Container Runtime": "Container-Runtime",
    }.get(title, title)
    return {
        "name": title, "type": "string", "format": "name" if title == "Name" else "", "description": "",
        "priority": 1 if wide else 0,
    }  # fmt: skip


def cells(resource: Resource, obj: Body, now: float) -> list[Any]:
    """The cells of one object."""
    if not resource.custom:
        return _KINDS.get(resource.store, ("", _generic))[1](obj, now)
    if not resource.columns:
        return _generic(obj, now)
    return [obj["metadata"]["name"], *(_custom_cell(column, obj, now) for column in resource.columns)]


def _custom_cell(column: Body, obj: Body, now: float) -> Any:
    found: Any = obj
    for step in _steps(column["jsonPath"]):
        found = found.get(step) if isinstance(found, dict) else None
    if column["type"] == "date":
        return _since(found, now)
    return found if found is None or isinstance(found, str | int | bool | float) else str(found)


def _steps(path: str) -> list[str]:
    """`.spec.resources.limits.nvidia\\.com/gpu` as keys."""
    marked = path.lstrip(".").replace("\\.", "\0")
    return [step.replace("\0", ".") for step in marked.split(".")]


def table(
    resource: Resource, objects: Sequence[Body], now: float, include: str, *, heads: bool = True, **meta: Any
) -> Body:
    """A Table of some objects. `include`: `Metadata` (default), `Object` or `None`."""
    rows = [{"cells": cells(resource, obj, now), "object": _part(obj, include)} for obj in objects]
    return {
        "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": meta,
        "columnDefinitions": definitions(resource) if heads else None, "rows": rows,
    }  # fmt: skip


def _part(obj: Body, include: str) -> Body | None:
    if include == "None":
        return None
    if include == "Object":
        return obj
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}
