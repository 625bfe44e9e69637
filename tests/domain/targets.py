"""A healthy target as a store, and every single thing that may be wrong with one."""

from __future__ import annotations

from typing import Any

from tests.domain.build import CLUSTER_ID, NOW, Box, ago, ended, extension, node, pod, waiting
from tests.domain.jobs import aml, failed, gpu_type, group, oom, worker
from tui.core.facts import Denied, Listed, Page, Relist, Stale
from tui.core.store import Store
from tui.domain.arm_kinds import ARM_KINDS
from tui.domain.kinds import BY_NAME
from tui.domain.relay import expected_name as relay_name

PLACE = ("arc-west", "s1", "rg-ml")
"""Name, subscription and resource group of the cluster."""
COMPONENTS = """gateway metrics-controller-manager aml-kube-state-metrics prometheus-prom-prometheus relayserver
    aml-operator aml-prometheus-operator volcano-admission volcano-controllers volcano-scheduler"""
OWNED = [(f"{each}-6676d6c959-x", ("ReplicaSet", f"{each}-6676d6c959")) for each in COMPONENTS.split()]
OWN = [pod(Box(), name=name, owner=owner) for name, owner in OWNED]
PODS = [*OWN, worker(0)]
EXTENSION = extension({"enableTraining": "True"})
CLUSTER = {
    "id": CLUSTER_ID, "name": "arc-west", "type": "Microsoft.Kubernetes/connectedClusters",
    "properties": {"connectivityStatus": "Connected", "lastConnectivityTime": ago(12), "kubernetesVersion": "1.27.3",
                   "totalNodeCount": 1, "provisioningState": "Succeeded"},
}  # fmt: skip
COMPUTE = {
    "id": "/s/workspaces/ws1/computes/arc1", "name": "arc1",
    "properties": {"computeType": "Kubernetes", "provisioningState": "Succeeded", "resourceId": CLUSTER_ID.lower(),
                   "properties": {"namespace": "ml-jobs"}},
}  # fmt: skip
RELAY = {
    "id": f"/subscriptions/s1/resourceGroups/rg-ml/providers/Microsoft.Relay/namespaces/{relay_name(*PLACE)}",
    "name": relay_name(*PLACE), "tags": {"created_by": "Azure Arc-enabled ML"},
    "properties": {"provisioningState": "Succeeded", "status": "Active", "createdAt": ago(3 * 86400 + 600)},
}  # fmt: skip
HEALTHY: dict[str, list[Any]] = {
    "pods": PODS, "nodes": [node(labels={"gpu": "v"}, gpus="4")], "events": [],
    "namespaces": [{"metadata": {"name": "azureml"}}, {"metadata": {"name": "ml-jobs"}}],
    "instancetypes": [gpu_type()], "amljobs": [aml()], "vcjobs": [], "podgroups": [group()],
    "extensions": [EXTENSION], "clusters": [CLUSTER], "computes": [COMPUTE], "workspaces": [], "relays": [RELAY],
    "buses": [],
}  # fmt: skip


def store(*, without: tuple[str, ...] = (), facts: tuple[Any, ...] = (), **changes: list[Any]) -> Store:
    """A healthy target, but for what a test changes; `without` has not answered."""
    found = Store()
    for kind, bodies in {**HEALTHY, **changes}.items():
        found.open(kind, NOW - 20)
        if kind not in without:
            decode: Any = BY_NAME[kind].decode if kind in BY_NAME else ARM_KINDS[kind]
            found.apply(Relist(kind))
            found.apply(Page(kind, tuple(map(decode, bodies))))
            found.apply(Listed(kind, NOW - 3))
    for fact in facts:
        found.apply(fact)
    return found


CRASHING = pod(Box(state=waiting("CrashLoopBackOff"), restarts=14, last=ended(1, message="no relay")),
    name="gateway-6676d6c959-y",
               owner=("ReplicaSet", "gateway-6676d6c959"))  # fmt: skip
STARTING = pod(Box(state=waiting("ContainerCreating")), phase="Pending", name="gateway-6676d6c959-y")
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a pod": (
        {"pods": [*PODS, CRASHING]}, "broken: pod azureml/gateway-6676d6c959-y: CrashLoopBackOff: exit 1: no relay",
    ),
    "a component": (
        {"pods": [one for one in PODS if "gateway" not in one["metadata"]["name"]]},
        "warning: extension amlarc-compute: no pod of gateway",
    ),
    "the extension": (
        {"extensions": [extension(state="Failed", errorInfo={"code": "X", "message": "no chart"})]},
        "broken: extension amlarc-compute: X: no chart",
    ),
    "an unknown state": ({"extensions": [extension(state="Odd")]}, "unknown: extension amlarc-compute: Odd"),
    "an overdue install": (
        {"extensions": [{**extension(state="Creating"), "systemData": {"createdAt": ago(7200),
            "lastModifiedAt": ago(7200)}}]},
        "warning: extension amlarc-compute: Creating for 120m: 2-5m is usual, it gives up at 15m",
    ),
    "no extension": ({"extensions": []},
        "warning: extension: Microsoft.AzureML.Kubernetes is not installed on this cluster"),
    "another extension only": (
        {"extensions": [extension(extensionType="azuremonitor-containers")]},
        "warning: extension: Microsoft.AzureML.Kubernetes is not installed on this cluster",
    ),
    "the link": (
        {"clusters": [{**CLUSTER, "properties": {"connectivityStatus": "Offline", "lastConnectivityTime": ago(7200)}}]},
        "broken: cluster arc-west: no heartbeat from the Arc agents; last heard 120m ago",
    ),
    "a node": ({"nodes": [node(labels={"gpu": "v"}, gpus="4"), node("n2", ready="False")]},
        "broken: node n2: kubelet speaks"),
    "a type": ({"nodes": [node()]}, "warning: instance type gpu: no node matches"),
    "a job": (
        {"pods": [*OWN, failed(0, oom())]}, "broken: job bert-07: OOMKilled worker-0 (exit 137)",
    ),
    "a compute": (
        {"computes": [{**COMPUTE, "properties": {**COMPUTE["properties"], "provisioningState": "Failed"}}]},
        "broken: compute ws1/arc1: Failed, ARM gives no reason",
    ),
    "a namespace a compute needs": (
        {"namespaces": [{"metadata": {"name": "azureml"}}]},
        "broken: compute ws1/arc1: its namespace ml-jobs does not exist: its jobs stay Queued",
    ),
    "the relay": (
        {"relays": [{"id": "/r", "name": "r1", "tags": {"managed_by": "amlk8s"},
            "properties": {"provisioningState": "Failed"}}]},
        "broken: relay r1: Relay Failed; mend it in the portal",
    ),
    "the relay is gone": (
        {"relays": []},
        f"broken: relay {relay_name(*PLACE)}: missing, and the extension is installed: no job comes in, attached "
        "computes are broken by it: arc1; deploy the extension again: that makes it anew; then attach the computes "
        "again",
    ),
    "the service bus is gone": (
        {"extensions": [extension({"enableTraining": "True", "servicebus.enabled": "true"})]},
        "broken: service bus arcwests1rgmlservicebus: missing, and the extension is installed: no status goes out, "
        "attached computes are broken by it: arc1; delete the extension and deploy it again: that makes it anew; then "
        "attach the computes again",
    ),
    "pods are denied": (
        {"without": ("pods",), "facts": (Denied("pods", NOW - 5, "list pods in azureml", "Forbidden"),)},
        "unknown: Kubernetes: pods: denied: you may not list pods in azureml",
    ),
    "pods have not answered": ({"without": ("pods",)}, "unknown: Kubernetes: pods: no answer yet"),
    "ARM does not answer": (
        {"without": ("extensions",), "facts": (Stale("extensions", NOW - 5, "connection refused"),)},
        "unknown: ARM: extensions: does not answer: connection refused",
    ),
    "ARM stopped answering": (
        {"facts": (Stale("extensions", NOW - 5, "connection refused"),)},
        "stale: ARM: extensions: stale, last seen 3s ago: connection refused",
    ),
}  # fmt: skip
