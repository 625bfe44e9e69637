"""A bare cluster that is ready for an install, as the APIs would describe it, and what a case puts into it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from tests.domain.build import CLUSTER_ID, NOW, Json, ago, extension
from tui.core.errors import Problem
from tui.core.health import Health
from tui.domain import cluster, namespace, relay
from tui.domain import extension as extensions
from tui.domain.plans.draft import Draft
from tui.domain.plans.note import Note
from tui.domain.preflight import findings
from tui.domain.surveys import kube
from tui.domain.surveys.arm import Permission, aks_facts, arc_facts
from tui.domain.surveys.survey import NEEDS, PROVIDERS, Survey

AKS_ID = "/subscriptions/s1/resourceGroups/rg-ml/providers/Microsoft.ContainerService/managedClusters/aks-west"
DENIED = Problem("may not be listed", "ctx", "ask for the permission", 403, "Forbidden")
TRAINING = {"enableTraining": "True"}
INFERENCE = {"enableInference": "True"}
OLD = "1.0.37"


def draft(settings: Json | None = None, **more: Any) -> Draft:
    return Draft(settings=settings or {}, **more)


def old(settings: Json | None = None) -> Draft:
    """Of the preview's release."""
    return Draft(version=OLD, auto_upgrade=False, settings={**TRAINING, **(settings or {})})


def marks(release: str, space: str = "azureml") -> Json:
    if not release:
        return {}
    annotations = {"meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": space}
    return {"labels": {"app.kubernetes.io/managed-by": "Helm"}, "annotations": annotations}


def obj(name: str, space: str = "", *, release: str = "", labels: Json | None = None, **more: Any) -> Json:
    """Any object; with `release` it carries the three marks of the extension's."""
    meta: Json = {"name": name, **({"namespace": space} if space else {}), **marks(release)}
    meta["labels"] = {**meta.get("labels", {}), **(labels or {})}
    return {"metadata": {**meta, **more.pop("meta", {})}, **more}


def load(
    name: str, space: str = "kube-system", *, image: str = "r.io/x:1", pod_labels: Json | None = None,
    host_path: str = "", args: Iterable[str] = (), ready: int = 1, **more: Any,
) -> Json:  # fmt: skip
    """A workload of any of the three kinds."""
    volumes = [{"name": "d", "hostPath": {"path": host_path}}, {"name": "c", "configMap": {"name": "c"}}]
    spec = {"containers": [{"name": "main", "image": image, "args": [*args]}], "volumes": volumes if host_path else []}
    template = {"metadata": {"labels": pod_labels or {}}, "spec": spec}
    status = {"desiredNumberScheduled": 1, "numberReady": ready, "readyReplicas": ready}
    return obj(name, space, spec={"replicas": 1, "template": template}, status=status, **more)


def node(name: str, *, cpu: str = "8", memory: str = "32Gi", arch: str = "amd64", system: str = "linux",
         ready: bool = True, taints: list[Json] | None = None, labels: Json | None = None,
         allocatable: Json | None = None, **sizes: str) -> Json:  # fmt: skip
    have = {"cpu": cpu, "memory": memory, "pods": "110", **sizes}
    return {
        "metadata": {"name": name, "labels": labels or {}},
        "spec": {"taints": taints or []},
        "status": {
            "capacity": have, "allocatable": {**have, **(allocatable or {})},
            "conditions": [{"type": "Ready", "status": str(ready)}],
            "nodeInfo": {"architecture": arch, "operatingSystem": system},
        },
    }  # fmt: skip


NODES = [node("n1"), node("n2"), node("n3")]
CLUSTER: Json = {
    "id": CLUSTER_ID, "name": "arc-west", "type": "microsoft.kubernetes/connectedclusters", "location": "westus2",
    "properties": {
        "provisioningState": "Succeeded", "connectivityStatus": "Connected", "lastConnectivityTime": ago(60),
        "agentVersion": "1.15.3", "kubernetesVersion": "1.27.3",
        "arcAgentProfile": {"desiredAgentVersion": "1.15.3", "agentErrors": []},
    },
}  # fmt: skip
AKS: Json = {
    "id": AKS_ID, "name": "aks-west", "type": "Microsoft.ContainerService/ManagedClusters", "location": "westus2",
    "identity": {"type": "SystemAssigned"},
    "properties": {"provisioningState": "Succeeded", "powerState": {"code": "Running"}, "kubernetesVersion": "1.27.3"},
}  # fmt: skip
RELAY: Json = {
    "id": "/subscriptions/s1/resourceGroups/rg-ml/providers/Microsoft.Relay/namespaces/arcwests1rgmlrelay",
    "name": "arcwests1rgmlrelay", "properties": {"provisioningState": "Succeeded"},
}  # fmt: skip
MANAGER = load("extension-manager", "azure-arc")
READERS: dict[str, Any] = {
    "nodes": kube.machine, "namespaces": namespace.decode,
    "daemon_sets": lambda item: kube.workload(item, "DaemonSet"),
    "deployments": lambda item: kube.workload(item, "Deployment"),
    "stateful_sets": lambda item: kube.workload(item, "StatefulSet"),
    "definitions": lambda item: kube.thing(item, "CustomResourceDefinition"),
    "drivers": lambda item: kube.thing(item, "CSIDriver"), "schedulers": kube.scheduler_config,
    "ingress_classes": kube.ingress_class, "webhooks": kube.webhook,
    "legacy_roles": lambda item: kube.thing(item, "ClusterRole"), "releases": lambda item: kube.thing(item, "Secret"),
    "remains": lambda item: kube.thing(item, "ConfigMap"), "extensions": extensions.decode, "relays": relay.decode,
}  # fmt: skip
BARE: dict[str, Any] = {
    **{name: [] for name in READERS}, "nodes": NODES, "deployments": [MANAGER],
    "namespaces": [obj("default"), obj("azure-arc")],
}  # fmt: skip
LISTS = tuple(READERS)


def changed(body: Json, **properties: Any) -> Json:
    """A cluster with other properties; None takes one away."""
    kept = {key: value for key, value in {**body["properties"], **properties}.items() if value is not None}
    return {**body, "properties": kept}


def survey(*, aks: bool = False, body: Json | None = None, **parts: Any) -> Survey:
    """The bare cluster, but for what a case gives: raw objects for lists, values or a Problem for the rest."""
    wire = body or (AKS if aks else CLUSTER)
    found = Survey(
        AKS_ID if aks else CLUSTER_ID, NOW, cluster=cluster.decode(wire),
        arc=None if aks else arc_facts(wire), aks=aks_facts(wire) if aks else None,
        providers=dict.fromkeys(PROVIDERS, "Registered"), version="v1.27.3",
        on_cluster=(Permission(("*",), ()),), on_group=(Permission(("*",), ()),), rights=dict.fromkeys(NEEDS, True),
    )  # fmt: skip
    if isinstance(parts.get("cluster"), Problem):
        found = replace(found, arc=None, aks=None)
    if aks and "namespaces" not in parts:
        parts["namespaces"] = [obj("default")]
    lists = {name: _read(name, parts.pop(name, bodies)) for name, bodies in BARE.items()}
    return replace(found, **lists, **parts)


def _read(name: str, bodies: Any) -> Any:
    return bodies if isinstance(bodies, Problem) else tuple(map(READERS[name], bodies))


def installed(settings: Json | None = None, **more: Any) -> list[Json]:
    """The extension as ARM lists it, among others."""
    other = extension(extensionType="microsoft.flux")
    return [{**other, "name": "flux", "id": other["id"].replace("amlarc-compute", "flux")}, extension(settings, **more)]


def notes(found: Survey, wanted: Draft | None = None) -> dict[str, Note]:
    """Findings by code; a code comes once unless it is about several things."""
    return {note.code: note for note in findings(found, wanted or Draft(settings=TRAINING))}


def note(code: str, wanted: Draft | None = None, **parts: Any) -> Note:
    """One finding on a cluster with these parts."""
    found = notes(survey(**parts), wanted)
    assert code in found, sorted(found)
    return found[code]


def healths(found: Iterable[Note]) -> set[Health]:
    return {each.health for each in found}
