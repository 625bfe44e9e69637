"""How lists and maps of the built-in types merge, which the models of the official client do not tell.

Facts of k8s.io/api: the tags patchStrategy, patchMergeKey, listType, listMapKey and structType. Data only.
"""

from __future__ import annotations

from typing import Any, Final

Extensions = dict[str, Any]


def _by(key: str, *more: str, retain: bool = False) -> Extensions:
    """A list that is a map by key; strategic merge patches use the first key only."""
    return {
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": [key, *more],
        "x-kubernetes-patch-merge-key": key,
        "x-kubernetes-patch-strategy": "merge,retainKeys" if retain else "merge",
    }


def _atomic_by(key: str) -> Extensions:
    """A list that only strategic merge patches take for a map."""
    return {
        "x-kubernetes-list-type": "atomic",
        "x-kubernetes-patch-merge-key": key,
        "x-kubernetes-patch-strategy": "merge",
    }


_KEYED: Final[Extensions] = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}
_SET: Final[Extensions] = {"x-kubernetes-list-type": "set", "x-kubernetes-patch-strategy": "merge"}
_ATOMIC_MAP: Final[Extensions] = {"x-kubernetes-map-type": "atomic"}
_CONDITIONS: Final = _by("type")
_CONTAINER: Final = {
    "ports": _by("containerPort", "protocol"), "env": _by("name"), "volumeMounts": _by("mountPath"),
    "volumeDevices": _by("devicePath"),
}  # fmt: skip

FIELDS: Final[dict[str, dict[str, Extensions]]] = {
    "ObjectMeta": {"ownerReferences": _by("uid"), "finalizers": _SET},
    "PodSpec": {
        "volumes": _by("name", retain=True), "initContainers": _by("name"), "containers": _by("name"),
        "ephemeralContainers": _by("name"), "nodeSelector": _ATOMIC_MAP, "imagePullSecrets": _by("name"),
        "hostAliases": _by("ip"), "topologySpreadConstraints": _by("topologyKey", "whenUnsatisfiable"),
        "schedulingGates": _by("name"), "resourceClaims": _by("name", retain=True),
    },
    "Container": _CONTAINER,
    "EphemeralContainer": _CONTAINER,
    "ResourceRequirements": {"claims": _KEYED},
    "PodStatus": {
        "conditions": _CONDITIONS, "hostIPs": _atomic_by("ip"), "podIPs": _by("ip"),
        "resourceClaimStatuses": _by("name", retain=True),
    },
    "ServiceSpec": {"ports": _by("port", "protocol"), "selector": _ATOMIC_MAP},
    "ServiceStatus": {"conditions": _CONDITIONS},
    "ServiceAccount": {"secrets": _by("name")},
    "NodeSpec": {"podCIDRs": _SET, "taints": {"x-kubernetes-list-type": "atomic"}},
    "NodeStatus": {"conditions": _CONDITIONS, "addresses": _by("type")},
    "NamespaceStatus": {"conditions": _CONDITIONS},
    "PersistentVolumeSpec": {"claimRef": {"x-kubernetes-map-type": "granular"}},
    "PersistentVolumeClaimStatus": {"conditions": _CONDITIONS},
    "DeploymentSpec": {"strategy": {"x-kubernetes-patch-strategy": "retainKeys"}},
    "DeploymentStatus": {"conditions": _CONDITIONS},
    "ReplicaSetStatus": {"conditions": _CONDITIONS},
    "StatefulSetStatus": {"conditions": _CONDITIONS},
    "DaemonSetStatus": {"conditions": _CONDITIONS},
    "JobStatus": {"conditions": _atomic_by("type")},
    "PodFailurePolicyOnExitCodesRequirement": {"values": {"x-kubernetes-list-type": "set"}},
    "PodDisruptionBudgetSpec": {"selector": {"x-kubernetes-patch-strategy": "replace"}},
    "PodDisruptionBudgetStatus": {"conditions": _CONDITIONS},
    "CSIDriverSpec": {"volumeLifecycleModes": {"x-kubernetes-list-type": "set"}},
    "ValidatingWebhookConfiguration": {"webhooks": _by("name")},
    "CustomResourceDefinitionStatus": {
        "conditions": {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"]},
    },
}  # fmt: skip
"""By type, then field."""

ATOMIC: Final = frozenset(
    {
        "LabelSelector", "SecretReference", "ObjectFieldSelector", "ResourceFieldSelector", "ConfigMapKeySelector",
        "SecretKeySelector", "NodeSelector", "NodeSelectorTerm", "TopologySelectorTerm", "ObjectReference",
        "LocalObjectReference", "TypedLocalObjectReference", "ScopeSelector", "EndpointAddress", "RoleRef", "Subject",
    }
)  # fmt: skip
"""Types that are replaced whole."""

QUANTITIES: Final = frozenset(
    {
        "limits", "requests", "capacity", "allocatable", "allocatedResources", "overhead", "hard", "used", "max", "min",
        "default", "defaultRequest", "maxLimitRequestRatio", "sizeLimit", "divisor",
    }
)  # fmt: skip
"""Fields that hold resource.Quantity (one, or a map of them), which the models show as strings."""
