"""One or more full objects of every kind, so that over them no field of a row stays empty."""

from __future__ import annotations

from typing import Any

from tests.domain.build import CLUSTER_ID, Box, Json, ago, conditions, ended, extension, node, pod, waiting
from tests.domain.jobs import JOB, SPACE, aml, gpu_type, group, unschedulable, vc, worker

ERROR: Json = {
    "code": "Outer",
    "message": "it failed",
    "target": "vm",
    "details": [{"code": "Inner", "message": "quota exceeded"}],
    "additionalInfo": [{"type": "PolicyViolation"}],
}
_SIZES = {"cpu": "1", "memory": "1Gi"}


def _with(body: Json, **more: Any) -> Json:
    """A body with more in its metadata."""
    return {**body, "metadata": {"uid": "u1", "labels": {"team": "ml"}, **body["metadata"], **more}}


def _pods() -> list[Json]:
    broken = pod(
        Box("a", waiting("CrashLoopBackOff", "back-off"), restarts=1, last=ended(1, "Error", message="no relay")),
        labels={"app": "gateway"},
        inits=(Box("i", ended(1, "Error", message="no disk")),),
        owner=("ReplicaSet", "gateway-7b58dc99cd"),
        phase="Pending",
        conditions=conditions(PodScheduled=(False, "Unschedulable", "0/3 nodes"), Ready=(False, "No", "not yet")),
        reason="Odd",
        message="odd things",
    )
    broken["status"] |= {"podIP": "10.0.0.9", "startTime": ago(60)}
    waits = worker(1, phase="Pending", node="", conditions=conditions(PodScheduled=(False, "Unschedulable", "no room")))
    waits["metadata"]["annotations"] = {"scheduling.k8s.io/group-name": f"{SPACE}-{JOB}"}
    return [broken, worker(0, phase="Failed", reason="Evicted", message="low on disk"), waits]


def _nodes() -> list[Json]:
    taints = [{"key": "sku", "value": "gpu", "effect": "NoSchedule"}]
    pressure = {"type": "DiskPressure", "status": "True", "message": "disk is full"}
    body = _with(node(labels={"agentpool": "gpu"}, taints=taints, reasons=[pressure]))
    body["spec"]["providerID"] = "azure:///x"
    body["status"]["addresses"] = [{"type": "InternalIP", "address": "10.0.0.4"}]
    info = {"kubeletVersion": "v1.27.3", "osImage": "Ubuntu", "containerRuntimeVersion": "containerd://1.7"}
    return [{**body, "status": {**body["status"], "nodeInfo": info}}]


def _namespaces() -> list[Json]:
    stuck = {"type": "NamespaceContentRemaining", "status": "True", "message": "amljobs remain"}
    meta = {"name": "azureml", "labels": {"team": "ml"}}
    return [{"metadata": meta, "status": {"phase": "Terminating", "conditions": [stuck]}}]


def _events() -> list[Json]:
    return [
        {
            "metadata": {"name": "e", "namespace": SPACE, "labels": {"team": "ml"}},
            "involvedObject": {"kind": "Pod", "name": f"{SPACE}-{JOB}-worker-0", "namespace": SPACE, "uid": "u"},
            "type": "Warning",
            "reason": "FailedMount",
            "message": "no volume plugin matched",
            "source": {"component": "kubelet", "host": "n1"},
            "lastTimestamp": ago(5),
        }
    ]


def _types() -> list[Json]:
    odd = {
        "nodeSelector": {"gpu": "v"},
        "odd": "x",
        "resources": {"requests": {"cpu": "x", "y": "z"}, "limits": "none"},
    }
    return [_with(gpu_type()), {"metadata": {"name": "x"}, "spec": odd}]


def _aml_jobs() -> list[Json]:
    labels = {"userName": "alice", "ml.azure.com/compute": "arc1"}
    failed = aml(status={"state": "Failed", "message": "Code 9"}, AZUREML_ROOT_RUN_ID="sweep-1")
    return [_with(failed, labels=labels), aml("f" * 32, status={"reason": "no room"})]


def _volcano_jobs() -> list[Json]:
    failed = _with(vc("Failed", message="a task failed"))
    failed["status"]["state"]["reason"] = "TaskFailed"
    return [failed, vc("Pending", message="no quota", job_id="f" * 32)]


def _extensions() -> list[Json]:
    body = extension(
        {"enableTraining": "True", "nodeSelector.pool": "ml", "workLoadToleration[0].key": "sku"},
        errorInfo=ERROR,
        statuses=[{"code": "c", "displayStatus": "d", "level": "Error", "message": "m"}],
        configurationProtectedSettings={"relayserver.relayConnectionString": ""},
        installState="Installed",
    )
    body["properties"]["version"] = "1.1.39"
    return [{**body, "identity": {"type": "SystemAssigned", "principalId": "p"}}]


def _clusters() -> list[Json]:
    arc = {
        "connectivityStatus": "Offline",
        "provisioningState": "Succeeded",
        "agentVersion": "1.14",
        "kubernetesVersion": "1.27.3",
        "distribution": "k3s",
        "infrastructure": "generic",
        "lastConnectivityTime": ago(3600),
        "arcAgentProfile": {
            "agentErrors": [{"component": "config-agent", "severity": "Error", "message": "no egress"}]
        },
    }
    kind = "Microsoft.Kubernetes/connectedClusters"
    whole = {"id": CLUSTER_ID, "name": "arc-west", "type": kind, "location": "westus2", "tags": {"team": "ml"}}
    aks = {"id": "/x/managedClusters/aks", "name": "aks", "properties": {"powerState": {"code": "Stopped"}}}
    return [{**whole, "properties": arc}, aks]


def _computes() -> list[Json]:
    kinds = {"small": {"nodeSelector": {"pool": "ml"}, "resources": {"limits": _SIZES}}}
    outer = {
        "computeType": "Kubernetes",
        "provisioningState": "Failed",
        "provisioningErrors": [{"error": ERROR}],
        "description": "the cluster",
        "resourceId": CLUSTER_ID,
        "properties": {"namespace": "ml", "defaultInstanceType": "small", "instanceTypes": kinds},
    }
    workspace = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws1"
    whole = {"id": f"{workspace}/computes/arc1", "name": "arc1", "location": "eastus", "tags": {"team": "ml"}}
    return [{**whole, "identity": {"type": "SystemAssigned"}, "properties": outer}]


def _workspaces() -> list[Json]:
    inner = {"provisioningState": "Creating", "workspaceId": "guid", "publicNetworkAccess": "Enabled"}
    whole = {"id": "/subscriptions/s1/resourceGroups/rg/x/ws1", "name": "ws1", "location": "eastus"}
    return [{**whole, "tags": {"team": "ml"}, "properties": inner}]


def _relays() -> list[Json]:
    whole = {"id": "/subscriptions/s1/x/r", "name": "r", "location": "eastus", "tags": {"managed_by": "amlk8s"}}
    seen = {"id": "/subscriptions/s1/x/r/hybridConnections/c", "body": {"properties": {"createdAt": ago(60)}}}
    return [{**whole, "properties": {"provisioningState": "Failed"}, "hybridConnectionSeen": seen}]


def _buses() -> list[Json]:
    whole = {"id": "/subscriptions/s1/x/b", "name": "b", "location": "eastus", "tags": {"managed_by": "amlk8s"}}
    return [{**whole, "properties": {"provisioningState": "Succeeded", "status": "Disabled"}}]


OBJECTS: dict[str, list[Json]] = {
    "pods": _pods(),
    "nodes": _nodes(),
    "namespaces": _namespaces(),
    "events": _events(),
    "instancetypes": _types(),
    "amljobs": _aml_jobs(),
    "vcjobs": _volcano_jobs(),
    "podgroups": [_with(group("Pending", unschedulable("resource in cluster is overused")))],
    "extensions": _extensions(),
    "clusters": _clusters(),
    "computes": _computes(),
    "workspaces": _workspaces(),
    "relays": _relays(),
    "buses": _buses(),
}
"""By the kind's name in the store."""
