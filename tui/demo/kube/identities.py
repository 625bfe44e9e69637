"""The users of the simulated cluster: one who may do everything, or nearly, and one who may only look.

Owns their rules. The second is shaped like the built-in ClusterRole `view` (no secrets, no writes), with reading of
nodes, volumes, CustomResourceDefinitions and custom resources added.
"""

from __future__ import annotations

from typing import Final

from tui.demo.kube.access import EVERYTHING, MASTERS, SELF_REVIEWS, Identity, Rule
from tui.demo.kube.registry import BUILT_IN, REVIEWS

_READ: Final = ("get", "list", "watch")
_CUSTOM: Final = (
    "amlarc.azureml.com", "batch.volcano.sh", "bus.volcano.sh", "scheduling.volcano.sh", "nodeinfo.volcano.sh",
    "monitoring.coreos.com", "clusterconfig.azure.com",
)  # fmt: skip
_VIEW: Final = (
    Rule(
        _READ,
        ("",),
        (
            "bindings", "configmaps", "endpoints", "events", "limitranges", "namespaces", "namespaces/status",
            "persistentvolumeclaims", "persistentvolumeclaims/status", "pods", "pods/log", "pods/status",
            "replicationcontrollers", "resourcequotas", "resourcequotas/status", "serviceaccounts", "services",
            "services/status",
        ),
    ),
    Rule(
        _READ,
        ("apps",),
        (
            "controllerrevisions", "daemonsets", "daemonsets/status", "deployments", "deployments/scale",
            "deployments/status", "replicasets", "replicasets/scale", "replicasets/status", "statefulsets",
            "statefulsets/scale", "statefulsets/status",
        ),
    ),
    Rule(_READ, ("batch",), ("cronjobs", "cronjobs/status", "jobs", "jobs/status")),
    Rule(_READ, ("policy",), ("poddisruptionbudgets", "poddisruptionbudgets/status")),
    Rule(_READ, ("networking.k8s.io",), ("ingresses", "networkpolicies")),
)  # fmt: skip
_LOOK: Final = (
    Rule(_READ, ("",), ("nodes", "persistentvolumes")),
    Rule(_READ, ("storage.k8s.io",), ("storageclasses",)),
    Rule(_READ, ("apiextensions.k8s.io",), ("customresourcedefinitions",)),
    Rule(_READ, _CUSTOM, ("*",)),
)

ADMIN: Final = Identity("arcdeck-demo-admin", (MASTERS, "system:authenticated"), (EVERYTHING,), ("*",))
_INSIDE: Final = frozenset({"pods/exec", "pods/portforward", "pods/attach"})
_OTHERS: Final = ("arc.azure.com", *_CUSTOM, *sorted({each.group for each in (*BUILT_IN, *REVIEWS)} - {""}))


def _core() -> tuple[str, ...]:
    """Every resource of the core group, and what is under it, but for what leads into containers."""
    found = []
    for each in BUILT_IN:
        if not each.group:
            found += [each.plural, *(f"{each.plural}/{name}" for name in each.subresources)]
    return tuple(name for name in found if name not in _INSIDE)


OUTSIDER: Final = Identity(
    "arcdeck-demo-admin", ("system:authenticated",), (Rule(("*",), ("",), _core()), Rule(("*",), _OTHERS, ("*",))),
    ("*",),
)  # fmt: skip
"""The admin where nobody may go into containers."""
VIEWER: Final = Identity("arcdeck-demo-viewer", ("system:authenticated",), (*SELF_REVIEWS, *_VIEW, *_LOOK))
