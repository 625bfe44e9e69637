"""CustomResourceDefinitions: of the Arc agents, of the extension, of Volcano and of the Prometheus operator.

Owns names, scopes, columns and schemas of custom kinds. Must not know who makes such resources.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from tui.demo.world.bodies import Body, Maker, Shown, stamp

RESOURCE: Final = "customresourcedefinitions.apiextensions.k8s.io"
Column = tuple[str, str, str, int]
"""Name, type, path, priority."""

_FREE: Final[Body] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
_FREE_LIST: Final[Body] = {"type": "array", "items": _FREE}
_TEXT: Final[Body] = {"type": "string"}
_COUNT: Final[Body] = {"type": "integer", "format": "int32", "minimum": 0}
_TEXTS: Final[Body] = {"type": "object", "additionalProperties": _TEXT}
_AMOUNTS: Final[Body] = {
    "type": "object",
    "additionalProperties": {"anyOf": [{"type": "integer"}, _TEXT], "x-kubernetes-int-or-string": True},
}  # fmt: skip
_AGE: Final[Column] = ("Age", "date", ".metadata.creationTimestamp", 0)


def _object(description: str = "", /, **properties: Any) -> Body:
    return {"type": "object", **({"description": description} if description else {}), "properties": properties}


def _one_of(*words: str) -> Body:
    return {**_TEXT, "enum": [*words]}


def _conditions(**more: Any) -> Body:
    item = _object(
        type=_TEXT, status=_TEXT, reason=_TEXT, message=_TEXT,
        lastTransitionTime={"type": "string", "format": "date-time"}, **more,
    )  # fmt: skip
    return {"type": "array", "items": item}


@dataclass(frozen=True, slots=True)
class Definition:
    """One custom kind."""

    group: str
    version: str
    plural: str
    kind: str
    spec: Body
    status: Body | None = None
    short: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    cluster: bool = False
    subresource: bool = True

    @property
    def name(self) -> str:
        """The definition's name, and the resource's in the object store."""
        return f"{self.plural}.{self.group}"


_AML: Final = ("amlarc.azureml.com", "v1alpha1")
_PROM: Final = "monitoring.coreos.com"
_INSTANCE_TYPE: Final = _object(
    "What a training job that names this type gets.",
    nodeSelector={**_TEXTS, "description": "Labels a node must have."},
    resources=_object("Of the user's container.", requests=_AMOUNTS, limits=_AMOUNTS),
)
EXTENSION: Final = (
    Definition(*_AML, "amljobs", "AmlJob", _object("A training job.", job=_FREE), _FREE,
               columns=(("State", "string", ".status.state", 0), _AGE)),
    Definition(*_AML, "identities", "Identity", _FREE, _FREE),
    Definition(*_AML, "instancetypes", "InstanceType", _INSTANCE_TYPE, cluster=True, subresource=False, columns=(
        ("CPU", "string", ".spec.resources.requests.cpu", 0),
        ("Memory", "string", ".spec.resources.requests.memory", 0),
        ("GPU", "string", ".spec.resources.limits.nvidia\\.com/gpu", 0), _AGE)),
    Definition(*_AML, "metrics", "Metric", _FREE, _FREE),
    Definition(*_AML, "onlinedeployments", "OnlineDeployment", _FREE, _FREE),
    Definition(*_AML, "onlineendpoints", "OnlineEndpoint", _FREE, _FREE),
    Definition("amlarc.azureml.com", "v1", "quotaoverrides", "QuotaOverride", _FREE, _FREE),
)  # fmt: skip
_JOB_STATE: Final = _object(
    phase=_one_of(
        "Pending", "Aborting", "Aborted", "Running", "Restarting", "Completing", "Completed", "Terminating",
        "Terminated", "Failed",
    ),
    reason=_TEXT, message=_TEXT, lastTransitionTime={"type": "string", "format": "date-time"},
)  # fmt: skip
_TASK: Final = _object(
    name=_TEXT, replicas=_COUNT, minAvailable=_COUNT, maxRetry=_COUNT, policies=_FREE_LIST, template=_FREE,
    topologyPolicy=_one_of("none", "best-effort", "restricted", "single-numa-node"), dependsOn=_FREE,
    partitionPolicy=_FREE,
)  # fmt: skip
_QUEUE: Final[Body] = {**_TEXT, "default": "default"}
_COUNTS: Final = dict.fromkeys(
    ("minAvailable", "pending", "running", "succeeded", "failed", "terminating", "unknown", "version", "retryCount"),
    _COUNT,
)
VOLCANO: Final = (
    Definition("batch.volcano.sh", "v1alpha1", "jobs", "Job", _object(
        "A batch job of gangs of pods.", minAvailable=_COUNT, minSuccess=_COUNT, maxRetry={**_COUNT, "default": 3},
        queue=_QUEUE, schedulerName=_TEXT, ttlSecondsAfterFinished=_COUNT,
        tasks={"type": "array", "items": _TASK}, policies=_FREE_LIST,
        plugins={"type": "object", "additionalProperties": {"type": "array", "items": _TEXT}}, volumes=_FREE_LIST,
        priorityClassName=_TEXT, runningEstimate=_TEXT, networkTopology=_FREE,
    ), _object(state=_JOB_STATE, runningDuration=_TEXT, controlledResources=_TEXTS, conditions=_FREE_LIST,
               taskStatusCount=_FREE, **_COUNTS), ("vcjob", "vj"), (
        ("STATUS", "string", ".status.state.phase", 0), ("minAvailable", "integer", ".status.minAvailable", 0),
        ("RUNNINGS", "integer", ".status.running", 0), ("AGE", *_AGE[1:]), ("QUEUE", "string", ".spec.queue", 1))),
    Definition("bus.volcano.sh", "v1alpha1", "commands", "Command", _FREE, subresource=False),
    Definition("scheduling.volcano.sh", "v1beta1", "podgroups", "PodGroup", _object(
        "Pods that are placed together or not at all.", minMember=_COUNT, minResources=_AMOUNTS, queue=_QUEUE,
        priorityClassName=_TEXT, minTaskMember={"type": "object", "additionalProperties": _COUNT},
        networkTopology=_FREE, subGroupPolicy=_FREE_LIST,
    ), _object(phase=_one_of("Pending", "Running", "Unknown", "Inqueue", "Completed"), running=_COUNT,
               succeeded=_COUNT, failed=_COUNT, conditions=_conditions(transitionID=_TEXT)),
        ("pg", "podgroup-v1beta1"), (
        ("STATUS", "string", ".status.phase", 0), ("minMember", "integer", ".spec.minMember", 0),
        ("RUNNINGS", "integer", ".status.running", 0), ("AGE", *_AGE[1:]), ("QUEUE", "string", ".spec.queue", 1)),
        subresource=False),  # the scheduler writes the status with the rest
    Definition("scheduling.volcano.sh", "v1beta1", "queues", "Queue", _object(
        weight={"type": "integer", "format": "int32", "minimum": 1, "maximum": 65535, "default": 1},
        capability=_AMOUNTS, deserved=_AMOUNTS, guarantee=_object(resource=_AMOUNTS), reclaimable={"type": "boolean"},
        parent=_TEXT, priority=_COUNT, type=_TEXT, affinity=_FREE, extendClusters=_FREE_LIST,
        dequeueStrategy=_one_of("fifo", "traverse")),
        {**_object(state=_TEXT, running=_COUNT, pending=_COUNT, inqueue=_COUNT, completed=_COUNT, unknown=_COUNT,
                   allocated=_AMOUNTS), "x-kubernetes-preserve-unknown-fields": True},
        ("q", "queue-v1beta1"), (("PARENT", "string", ".spec.parent", 0),), cluster=True),
    Definition("nodeinfo.volcano.sh", "v1alpha1", "numatopologies", "Numatopology", _FREE, short=("numatopo",),
               cluster=True, subresource=False),
)  # fmt: skip
PROMETHEUS: Final = tuple(
    Definition(_PROM, version, plural, kind, _FREE, _FREE, subresource=False)
    for plural, kind, version in (
        ("alertmanagerconfigs", "AlertmanagerConfig", "v1alpha1"), ("alertmanagers", "Alertmanager", "v1"),
        ("podmonitors", "PodMonitor", "v1"), ("probes", "Probe", "v1"), ("prometheuses", "Prometheus", "v1"),
        ("prometheusrules", "PrometheusRule", "v1"), ("servicemonitors", "ServiceMonitor", "v1"),
        ("thanosrulers", "ThanosRuler", "v1"))
)  # fmt: skip
ARC: Final = (
    Definition("clusterconfig.azure.com", "v1beta1", "extensionconfigs", "ExtensionConfig", _FREE, _FREE, ("ec",), (
        ("Provisioning-State", "string", ".status.status", 0), _AGE)),
    Definition("clusterconfig.azure.com", "v1beta1", "azureclusteridentityrequests", "AzureClusterIdentityRequest",
               _FREE, _FREE),
    Definition("arc.azure.com", "v1beta1", "connectedclusters", "ConnectedCluster", _FREE, _FREE, cluster=True),
)  # fmt: skip


def shown(maker: Maker, definitions: tuple[Definition, ...], created: float, release: str = "") -> Iterator[Shown]:
    """Definitions as objects."""
    for definition in definitions:
        yield RESOURCE, _body(maker, definition, created, release)


def _body(maker: Maker, definition: Definition, created: float, release: str) -> Body:
    properties: Body = {
        "apiVersion": _TEXT, "kind": _TEXT, "metadata": {"type": "object"}, "spec": definition.spec
    }  # fmt: skip
    if definition.status is not None:
        properties["status"] = definition.status
    columns = [
        {"name": name, "type": kind, "jsonPath": path, **({"priority": priority} if priority else {})}
        for name, kind, path, priority in definition.columns
    ]
    version: Body = {
        "name": definition.version, "served": True, "storage": True,
        "schema": {"openAPIV3Schema": {"type": "object", "properties": properties}},
        **({"subresources": {"status": {}}} if definition.subresource else {}),
        **({"additionalPrinterColumns": columns} if columns else {}),
    }  # fmt: skip
    names = {
        "plural": definition.plural, "singular": definition.kind.lower(), "kind": definition.kind,
        "listKind": f"{definition.kind}List", **({"shortNames": list(definition.short)} if definition.short else {}),
    }  # fmt: skip
    marks = {"meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": "azureml"} if release else None
    return maker.make(
        "apiextensions.k8s.io/v1", "CustomResourceDefinition", definition.name, created=created, annotations=marks,
        labels={"app.kubernetes.io/managed-by": "Helm"} if release else None, status_by="kube-apiserver",
        spec={
            "group": definition.group, "names": names, "scope": "Cluster" if definition.cluster else "Namespaced",
            "versions": [version], "conversion": {"strategy": "None"},
        },
        status={
            "acceptedNames": names, "storedVersions": [definition.version],
            "conditions": [
                {"type": kind, "status": "True", "reason": reason, "message": message,
                 "lastTransitionTime": stamp(created)}
                for kind, reason, message in (
                    ("NamesAccepted", "NoConflicts", "no conflicts found"),
                    ("Established", "InitialNamesAccepted", "the initial names have been accepted"))
            ],
        },
    )  # fmt: skip
