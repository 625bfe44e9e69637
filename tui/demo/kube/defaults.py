"""What the API server fills in when a built-in kind is written and does not say it; and what a kind is by itself.

Pure. Whoever writes an object owns its defaults as well. What is added beside them to new objects is `completing`'s.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any, Final

from tui.demo.kube.json_patch import copied
from tui.demo.kube.registry import CRDS, Resource

Body = dict[str, Any]

_POD: Final[Body] = {
    "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst",
    "securityContext": {}, "schedulerName": "default-scheduler",
}  # fmt: skip
_CONTAINER: Final[Body] = {
    "resources": {}, "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
}  # fmt: skip
_PROBE: Final[Body] = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
_PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")
_MODE: Final[Body] = {"defaultMode": 0o644}
_VOLUMES: Final[dict[str, Body]] = {
    "configMap": _MODE, "secret": _MODE, "downwardAPI": _MODE, "projected": _MODE, "hostPath": {"type": ""},
}  # fmt: skip
_SPECS: Final[dict[str, Body]] = {
    "deployments.apps": {
        "replicas": 1, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}},
    },
    "replicasets.apps": {"replicas": 1},
    "statefulsets.apps": {
        "replicas": 1, "revisionHistoryLimit": 10, "podManagementPolicy": "OrderedReady",
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0, "maxUnavailable": 1}},
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
    },
    "daemonsets.apps": {
        "revisionHistoryLimit": 10,
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}},
    },
    "jobs.batch": {
        "completions": 1, "parallelism": 1, "backoffLimit": 6, "completionMode": "NonIndexed", "suspend": False,
        "podReplacementPolicy": "TerminatingOrFailed", "manualSelector": False,
    },
    "cronjobs.batch": {
        "concurrencyPolicy": "Allow", "suspend": False, "successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 1,
        "jobTemplate": {"metadata": {}, "spec": {"template": {"metadata": {}}}},
    },
    "services": {"type": "ClusterIP", "sessionAffinity": "None", "internalTrafficPolicy": "Cluster"},
    "persistentvolumeclaims": {"volumeMode": "Filesystem"},
    "persistentvolumes": {"volumeMode": "Filesystem", "persistentVolumeReclaimPolicy": "Retain"},
    "networkpolicies.networking.k8s.io": {"policyTypes": ["Ingress"]},
    "csidrivers.storage.k8s.io": {
        "attachRequired": True, "podInfoOnMount": False, "fsGroupPolicy": "ReadWriteOnceWithFSType",
        "storageCapacity": False, "requiresRepublish": False, "seLinuxMount": False,
        "volumeLifecycleModes": ["Persistent"],
    },
    CRDS: {"conversion": {"strategy": "None"}},
}  # fmt: skip
"""Of specs, by resource. What is there already is filled up inside."""
_OBJECTS: Final[dict[str, Body]] = {
    "secrets": {"type": "Opaque"},
    "storageclasses.storage.k8s.io": {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"},
}
TEMPLATED: Final = ("deployments.apps", "replicasets.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch")
"""Resources that make pods."""
_TEMPLATE: Final[Body] = {"metadata": {}, "spec": {"containers": None}}
_WORKLOAD: Final[Body] = {"template": _TEMPLATE, "selector": None, "strategy": {}, "updateStrategy": {}}
_ZEROS: Final[dict[str, Body]] = {
    **{store: {"spec": _WORKLOAD, "status": {}} for store in TEMPLATED},
    "pods": {"spec": {"containers": None}, "status": {}},
    "cronjobs.batch": {"spec": {"jobTemplate": {"metadata": {}, "spec": {"template": _TEMPLATE}}}, "status": {}},
    "persistentvolumeclaims": {"spec": {"resources": {}}, "status": {}},
    "networkpolicies.networking.k8s.io": {"spec": {"podSelector": {}}},
    "events": {"involvedObject": {}, "source": {}, "eventTime": None, "firstTimestamp": None, "lastTimestamp": None},
    "roles.rbac.authorization.k8s.io": {"rules": None},
    "clusterroles.rbac.authorization.k8s.io": {"rules": None},
    CRDS: {"spec": {"names": {}, "versions": None}, "status": {"conditions": None, "acceptedNames": {}}},
}


def zero(resource: Resource) -> Body:
    """An object of which nothing is said: the structs that are always there. Nobody owns those."""
    if resource.custom:
        return {}
    return _ZEROS.get(resource.store) or {"spec": {}, "status": {}}


def fill(resource: Resource, obj: Body) -> None:
    """Fill in what the object does not say."""
    store = resource.store
    _default(obj, _OBJECTS.get(store, {}))
    if store in _SPECS:
        spec = obj.setdefault("spec", {})
        # a strategy that somebody chose has no numbers of the usual one
        _default(spec, {name: part for name, part in _SPECS[store].items() if not _chosen(spec.get(name), part)})
    if store == "pods":
        _fill_pod(obj.setdefault("spec", {}))
        _fill_bare_pod(obj["spec"])
    for template in _templates(store, obj.get("spec") or {}):
        template.setdefault("metadata", {})
        _fill_pod(template.setdefault("spec", {}))
    _fill_rest(store, obj)


def _chosen(there: Any, usual: Any) -> bool:
    return (
        isinstance(there, dict) and isinstance(usual, dict) and "type" in there and there["type"] != usual.get("type")
    )


def _default(there: Body, usual: Body) -> None:
    for name, part in usual.items():
        if isinstance(part, dict) and isinstance(there.get(name), dict):
            _default(there[name], part)
        else:
            there.setdefault(name, copied(part))


def _templates(store: str, spec: Body) -> Iterable[Body]:
    if store in TEMPLATED:
        yield spec.setdefault("template", {})
    elif store == "cronjobs.batch":
        yield spec["jobTemplate"]["spec"]["template"]


def _fill_rest(store: str, obj: Body) -> None:
    meta = obj["metadata"]
    if store == "namespaces" and meta.get("name"):
        meta.setdefault("labels", {})["kubernetes.io/metadata.name"] = meta["name"]
    elif store == "daemonsets.apps":
        meta.setdefault("annotations", {}).setdefault("deprecated.daemonset.template.generation", "1")
    elif store == "secrets":
        plain = obj.pop("stringData", None) or {}
        coded = {name: base64.b64encode(str(text).encode()).decode() for name, text in plain.items()}
        obj.update({"data": {**(obj.get("data") or {}), **coded}} if coded else {})
    elif store == "services":
        for port in obj["spec"].get("ports") or ():
            port.setdefault("targetPort", port.get("port"))
        if obj["spec"]["type"] != "ClusterIP":
            obj["spec"].setdefault("externalTrafficPolicy", "Cluster")
    elif store == "persistentvolumes":
        _default(obj["spec"].get("hostPath") or {}, _VOLUMES["hostPath"])
    elif store == CRDS:
        names = obj["spec"].setdefault("names", {})
        if names.get("kind"):
            _default(names, {"singular": names["kind"].lower(), "listKind": f"{names['kind']}List"})
    elif store.endswith("rolebindings.rbac.authorization.k8s.io"):
        for subject in obj.get("subjects") or ():
            if subject.get("kind") in ("User", "Group"):
                subject.setdefault("apiGroup", "rbac.authorization.k8s.io")


def _fill_bare_pod(spec: Body) -> None:
    """What only pods themselves get, not templates of them."""
    spec.setdefault("enableServiceLinks", True)
    for container in _containers(spec):
        limits = container["resources"].get("limits") or {}
        if limits:
            container["resources"]["requests"] = {**limits, **(container["resources"].get("requests") or {})}


def _containers(spec: Body) -> list[Body]:
    every = [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]
    return [container for container in every if isinstance(container, dict)]


def _fill_pod(spec: Body) -> None:
    _default(spec, _POD)
    if spec["terminationGracePeriodSeconds"] == -1:
        spec["terminationGracePeriodSeconds"] = 1
    account = spec.get("serviceAccountName") or spec.get("serviceAccount")
    if account:
        spec["serviceAccountName"] = spec["serviceAccount"] = account
    for volume in spec.get("volumes") or ():
        for kind, usual in _VOLUMES.items():
            _default(volume.get(kind) or {}, usual)
    for container in _containers(spec):
        _fill_container(container)


def _fill_container(container: Body) -> None:
    _default(container, _CONTAINER)
    image = str(container.get("image", "")).rpartition("/")[2]
    latest = ":" not in image or image.endswith(":latest")
    container.setdefault("imagePullPolicy", "Always" if latest and "@" not in image else "IfNotPresent")
    for name in _PROBES:
        probe = container.get(name)
        if probe:
            _default(probe, _PROBE)
            _default(probe.get("httpGet") or {}, {"path": "/", "scheme": "HTTP"})
    for variable in container.get("env") or ():
        _default((variable.get("valueFrom") or {}).get("fieldRef") or {}, {"apiVersion": "v1"})
