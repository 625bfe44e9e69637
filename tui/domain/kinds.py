"""The Kubernetes kinds that are watched, and where each is found. One line a kind; its meaning is in its own file."""

from __future__ import annotations

from typing import Final

from tui.core.kind import Kind
from tui.domain import aml_job, event, instance_type, namespace, node, pod, volcano, workload

PODS: Final = Kind("pods", "", "v1", "pods", "Pod", True, pod.PodItem, pod.decode)
NODES: Final = Kind("nodes", "", "v1", "nodes", "Node", False, node.NodeItem, node.decode)
NAMESPACES: Final = Kind(
    "namespaces", "", "v1", "namespaces", "Namespace", False, namespace.NamespaceItem, namespace.decode
)
EVENTS: Final = Kind("events", "", "v1", "events", "Event", True, event.EventItem, event.decode)
INSTANCE_TYPES: Final = Kind(
    "instancetypes", "amlarc.azureml.com", "v1alpha1", "instancetypes", "InstanceType", False,
    instance_type.InstanceTypeItem, instance_type.decode,
)  # fmt: skip
AML_JOBS: Final = Kind(
    "amljobs", "amlarc.azureml.com", "v1alpha1", "amljobs", "AmlJob", True, aml_job.AmlJobItem, aml_job.decode
)
VC_JOBS: Final = Kind(
    "vcjobs", "batch.volcano.sh", "v1alpha1", "jobs", "Job", True, volcano.JobItem, volcano.decode_job
)
POD_GROUPS: Final = Kind(
    "podgroups", "scheduling.volcano.sh", "v1beta1", "podgroups", "PodGroup", True,
    volcano.GroupItem, volcano.decode_group,
)  # fmt: skip

KINDS: Final[tuple[Kind, ...]] = (
    PODS, NODES, NAMESPACES, EVENTS, INSTANCE_TYPES, AML_JOBS, VC_JOBS, POD_GROUPS,
)  # fmt: skip
BY_NAME: Final[dict[str, Kind]] = {kind.name: kind for kind in KINDS}

DEPLOYMENTS: Final = Kind(
    "deployments", "apps", "v1", "deployments", "Deployment", True, workload.WorkloadItem, workload.decode_deployment
)
STATEFUL_SETS: Final = Kind(
    "statefulsets", "apps", "v1", "statefulsets", "StatefulSet", True,
    workload.WorkloadItem, workload.decode_stateful_set,
)  # fmt: skip
DAEMON_SETS: Final = Kind(
    "daemonsets", "apps", "v1", "daemonsets", "DaemonSet", True, workload.WorkloadItem, workload.decode_daemon_set
)
BATCH_JOBS: Final = Kind(
    "batchjobs", "batch", "v1", "jobs", "Job", True, workload.WorkloadItem, workload.decode_job
)  # fmt: skip

WORKLOADS: Final[tuple[Kind, ...]] = (DEPLOYMENTS, STATEFUL_SETS, DAEMON_SETS, BATCH_JOBS)
"""Watched only where an install, an update or a delete is followed, and in the extension's namespace only."""
