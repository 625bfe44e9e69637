"""The columns and cells of the built-in kinds that are no workloads, as the API server prints them.

Owns those of k8s.io/kubernetes `printers/internalversion`. A column with `*` is shown by `-o wide` only. Must not know
how tables are sent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tui.core.units import age, epoch

Body = dict[str, Any]
Cells = Callable[[Body, float], list[Any]]

NONE: Final = "<none>"
_ROLE: Final = "node-role.kubernetes.io/"
_MODES: Final = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}


def since(at: str | None, now: float) -> str:
    """How long ago that was."""
    when = epoch(at)
    return age(max(0.0, now - when)) if when is not None else "<unknown>"


def name(obj: Body) -> str:
    """NAME."""
    return str(obj["metadata"]["name"])


def aged(obj: Body, now: float) -> str:
    """AGE."""
    return since(obj["metadata"].get("creationTimestamp"), now)


def pairs(labels: Body | None) -> str:
    """`a=b,c=d`, or that there are none."""
    return ",".join(f"{key}={value}" for key, value in sorted((labels or {}).items())) or NONE


def node(obj: Body, now: float) -> list[Any]:
    """A node."""
    status, labels = obj.get("status") or {}, obj["metadata"].get("labels") or {}
    ready = next((c["status"] for c in status.get("conditions") or () if c["type"] == "Ready"), None)
    shown = "Unknown" if ready is None else "Ready" if ready == "True" else "NotReady"
    shown += ",SchedulingDisabled" if (obj.get("spec") or {}).get("unschedulable") else ""
    roles = ",".join(sorted(key[len(_ROLE) :] for key in labels if key.startswith(_ROLE))) or NONE
    info, addresses = status.get("nodeInfo") or {}, {a["type"]: a["address"] for a in status.get("addresses") or ()}
    return [
        name(obj), shown, roles, aged(obj, now), info.get("kubeletVersion", ""), addresses.get("InternalIP", NONE),
        addresses.get("ExternalIP", NONE), info.get("osImage") or "<unknown>", info.get("kernelVersion") or "<unknown>",
        info.get("containerRuntimeVersion") or "<unknown>",
    ]  # fmt: skip


def event(obj: Body, now: float) -> list[Any]:
    """An event."""
    about, series, source = (obj.get(part) or {} for part in ("involvedObject", "series", "source"))
    first = obj.get("firstTimestamp") or obj.get("eventTime")
    last = series.get("lastObservedTime") or obj.get("lastTimestamp") or first
    who = source.get("component") or obj.get("reportingComponent") or ""
    where = source.get("host") if source.get("component") else obj.get("reportingInstance")
    return [
        since(last, now), obj.get("type", ""), obj.get("reason", ""),
        f"{about.get('kind', '').lower()}/{about.get('name', '')}", about.get("fieldPath", ""),
        f"{who}, {where}" if where else who, str(obj.get("message", "")).strip(), since(first, now),
        series.get("count") or obj.get("count") or 1, name(obj),
    ]  # fmt: skip


def _service(obj: Body, now: float) -> list[Any]:
    spec = obj.get("spec") or {}
    ports = ",".join(
        f"{p['port']}{':' + str(p['nodePort']) if p.get('nodePort') else ''}/{p.get('protocol', 'TCP')}"
        for p in spec.get("ports") or ()
    )
    outside = ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ()
    external = ",".join(str(one.get("ip") or one.get("hostname")) for one in outside)
    external = external or ("<pending>" if spec.get("type") == "LoadBalancer" else NONE)
    return [
        name(obj), spec.get("type", "ClusterIP"), spec.get("clusterIP") or NONE, external, ports or NONE,
        aged(obj, now), pairs(spec.get("selector")),
    ]  # fmt: skip


def _count(field: str) -> Cells:
    return lambda obj, now: [name(obj), len(obj.get(field) or ()), aged(obj, now)]


def _secret(obj: Body, now: float) -> list[Any]:
    return [name(obj), obj.get("type", "Opaque"), len(obj.get("data") or ()), aged(obj, now)]


def _namespace(obj: Body, now: float) -> list[Any]:
    return [name(obj), (obj.get("status") or {}).get("phase", ""), aged(obj, now)]


def _aged(obj: Body, now: float) -> list[Any]:
    return [name(obj), aged(obj, now)]


def _created(obj: Body, now: float) -> list[Any]:
    del now
    return [name(obj), obj["metadata"].get("creationTimestamp", "")]


def _bound(obj: Body, now: float) -> list[Any]:
    role, found = obj.get("roleRef") or {}, obj.get("subjects") or ()
    users, groups = (", ".join(each["name"] for each in found if each["kind"] == kind) for kind in ("User", "Group"))
    accounts = [f"{each.get('namespace', '')}/{each['name']}" for each in found if each["kind"] == "ServiceAccount"]
    shown = f"{role.get('kind', '')}/{role.get('name', '')}"
    return [name(obj), shown, aged(obj, now), users, groups, ", ".join(accounts)]


def _definition(obj: Body, now: float) -> list[Any]:
    del now
    spec, conditions = obj.get("spec") or {}, (obj.get("status") or {}).get("conditions") or ()
    names, versions = spec.get("names") or {}, ",".join(each["name"] for each in spec.get("versions") or ())
    established = any(each["type"] == "Established" and each["status"] == "True" for each in conditions)
    return [
        name(obj), spec.get("scope", ""), versions, obj["metadata"].get("creationTimestamp", ""), spec.get("group", ""),
        names.get("kind", ""), ",".join(names.get("shortNames") or ()), established,
    ]  # fmt: skip


def _driver(obj: Body, now: float) -> list[Any]:
    spec = obj.get("spec") or {}
    tokens = ",".join(str(each.get("audience", "")) for each in spec.get("tokenRequests") or ())
    flags = [bool(spec.get(field)) for field in ("attachRequired", "podInfoOnMount", "storageCapacity")]
    modes = ",".join(spec.get("volumeLifecycleModes") or ()) or NONE
    return [name(obj), *flags, tokens or "<unset>", bool(spec.get("requiresRepublish")), modes, aged(obj, now)]


def _modes(spec: Body) -> str:
    return ",".join(_MODES.get(mode, mode) for mode in spec.get("accessModes") or ())


def _claim(obj: Body, now: float) -> list[Any]:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    phase = "Terminating" if obj["metadata"].get("deletionTimestamp") else status.get("phase", "")
    bound = bool(spec.get("volumeName"))
    size = (status.get("capacity") or {}).get("storage", "") if bound else ""
    return [
        name(obj), phase, spec.get("volumeName", ""), size, _modes(status) if bound else "",
        spec.get("storageClassName", ""), "<unset>", aged(obj, now), spec.get("volumeMode") or "Filesystem",
    ]  # fmt: skip


def _volume(obj: Body, now: float) -> list[Any]:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    claim = spec.get("claimRef") or {}
    return [
        name(obj), (spec.get("capacity") or {}).get("storage", ""), _modes(spec),
        spec.get("persistentVolumeReclaimPolicy", "Retain"), status.get("phase", ""),
        f"{claim.get('namespace')}/{claim.get('name')}" if claim else "", spec.get("storageClassName", ""), "<unset>",
        status.get("reason", ""), aged(obj, now), spec.get("volumeMode") or "Filesystem",
    ]  # fmt: skip


def _lease(obj: Body, now: float) -> list[Any]:
    return [name(obj), (obj.get("spec") or {}).get("holderIdentity", ""), aged(obj, now)]


def _class(obj: Body, now: float) -> list[Any]:
    marks = obj["metadata"].get("annotations") or {}
    default = marks.get("storageclass.kubernetes.io/is-default-class") == "true"
    return [
        name(obj) + (" (default)" if default else ""), obj.get("provisioner", ""), obj.get("reclaimPolicy", "Delete"),
        obj.get("volumeBindingMode", "Immediate"), bool(obj.get("allowVolumeExpansion")), aged(obj, now),
    ]  # fmt: skip


def _quota(obj: Body, now: float) -> list[Any]:
    status = obj.get("status") or {}
    hard, used = status.get("hard") or (obj.get("spec") or {}).get("hard") or {}, status.get("used") or {}
    said: dict[str, list[str]] = {"": [], "limits.": []}
    for what in sorted(hard):
        said["limits." if what.startswith("limits.") else ""].append(f"{what}: {used.get(what, 0)}/{hard[what]}")
    return [name(obj), ", ".join(said[""]), ", ".join(said["limits."]), aged(obj, now)]


def _budget(obj: Body, now: float) -> list[Any]:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    least, most = spec.get("minAvailable", "N/A"), spec.get("maxUnavailable", "N/A")
    return [name(obj), str(least), str(most), status.get("disruptionsAllowed", 0), aged(obj, now)]


def _endpoints(obj: Body, now: float) -> list[Any]:
    found = [
        f"{address['ip']}:{port['port']}"
        for subset in obj.get("subsets") or ()
        for port in subset.get("ports") or ()
        for address in subset.get("addresses") or ()
    ]
    more = f" + {len(found) - 3} more..." if len(found) > 3 else ""
    return [name(obj), ",".join(found[:3]) + more or NONE, aged(obj, now)]


def _policy(obj: Body, now: float) -> list[Any]:
    chosen = ((obj.get("spec") or {}).get("podSelector") or {}).get("matchLabels")
    return [name(obj), pairs(chosen), aged(obj, now)]


_BOUND: Final = "Name|Role|Age|Users*|Groups*|ServiceAccounts*"
KINDS: Final[dict[str, tuple[str, Cells]]] = {
    "nodes": (
        "Name|Status|Roles|Age|Version|Internal-IP*|External-IP*|OS-Image*|Kernel-Version*|Container-Runtime*", node,
    ),
    "events": (
        "Last Seen|Type|Reason|Object|Subobject*|Source*|Message|First Seen*|Count*|Name*", event,
    ),
    "namespaces": ("Name|Status|Age", _namespace),
    "services": ("Name|Type|Cluster-IP|External-IP|Port(s)|Age|Selector*", _service),
    "configmaps": ("Name|Data|Age", _count("data")),
    "serviceaccounts": ("Name|Age", _aged),
    "secrets": ("Name|Type|Data|Age", _secret),
    "endpoints": ("Name|Endpoints|Age", _endpoints),
    "resourcequotas": ("Name|Request|Limit|Age", _quota),
    "limitranges": ("Name|Created At:date", _created),
    "persistentvolumeclaims": (
        "Name|Status|Volume|Capacity|Access Modes|StorageClass|VolumeAttributesClass|Age|VolumeMode*", _claim,
    ),
    "persistentvolumes": (
        "Name|Capacity|Access Modes|Reclaim Policy|Status|Claim|StorageClass|VolumeAttributesClass|Reason|Age"
        "|VolumeMode*",
        _volume,
    ),
    "leases.coordination.k8s.io": ("Name|Holder|Age", _lease),
    "storageclasses.storage.k8s.io": (
        "Name|Provisioner|ReclaimPolicy|VolumeBindingMode|AllowVolumeExpansion|Age", _class,
    ),
    "networkpolicies.networking.k8s.io": ("Name|Pod-Selector|Age", _policy),
    "poddisruptionbudgets.policy": ("Name|Min Available|Max Unavailable|Allowed Disruptions:integer|Age", _budget),
    "roles.rbac.authorization.k8s.io": ("Name|Created At:date", _created),
    "clusterroles.rbac.authorization.k8s.io": ("Name|Created At:date", _created),
    "rolebindings.rbac.authorization.k8s.io": (_BOUND, _bound),
    "clusterrolebindings.rbac.authorization.k8s.io": (_BOUND, _bound),
    "customresourcedefinitions.apiextensions.k8s.io": (
        "Name|Scope|Versions|Created At:date|Group*|Kind*|ShortNames*|Established:boolean*", _definition,
    ),
    "csidrivers.storage.k8s.io": (
        "Name|AttachRequired:boolean|PodInfoOnMount:boolean|StorageCapacity:boolean|TokenRequests"
        "|RequiresRepublish:boolean|Modes|Age",
        _driver,
    ),
    "validatingwebhookconfigurations.admissionregistration.k8s.io": ("Name|Webhooks:integer|Age", _count("webhooks")),
}  # fmt: skip
"""Columns and cells by resource."""
