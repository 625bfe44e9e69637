"""Which part of the product a pod in namespace `azureml` is.

Owns the components of the three eras: name, workload kind, when it is expected, what it is for. Must not know pods'
states.
"""

from __future__ import annotations

import re
from functools import lru_cache
from sys import intern
from typing import Final, Literal

from msgspec import Struct

NAMESPACE: Final = "azureml"
"""The extension's release namespace; the CLI forces it."""

When = Literal["always", "training", "volcano", "inference", "prometheus", "arc", "optional"]


class Component(Struct, frozen=True):
    """One part of the extension."""

    name: str
    kind: str
    """Deployment, StatefulSet, DaemonSet, Job or Pod."""
    when: When
    """What must be switched on for it to exist; `optional`: its absence says nothing."""
    eras: str
    """The letters of the eras that have it."""
    purpose: str


COMPONENTS: Final[tuple[Component, ...]] = (
    Component("aml-operator", "Deployment", "training", "ABC", "runs the life of training jobs"),
    Component("gateway", "Deployment", "always", "BC", "talks to the cloud, reports nodes and resources"),
    Component("relayserver", "Deployment", "arc", "BC", "brings jobs in and status out over Azure Relay"),
    Component("relay-server", "Deployment", "always", "A", "brings jobs in over Azure Relay"),
    Component("cluster-status-reporter", "Deployment", "optional", "BC", "reports the cluster's status"),
    Component("metrics-controller-manager", "Deployment", "always", "BC", "configures Prometheus"),
    Component("kube-state-metrics", "Deployment", "always", "BC", "metrics of cluster objects"),
    Component("prometheus-operator", "Deployment", "prometheus", "C", "runs Prometheus"),
    Component("prom-operator", "Deployment", "optional", "B", "runs Prometheus"),
    Component("prometheus-prom-prometheus", "StatefulSet", "always", "BC", "collects metrics"),
    Component("prometheus-deployment", "Deployment", "optional", "A", "collects metrics"),
    Component("alertmanager", "StatefulSet", "optional", "B", "alerts"),
    Component("volcano-admission", "Deployment", "volcano", "C", "checks Volcano jobs"),
    Component("volcano-controllers", "Deployment", "volcano", "C", "makes pods of Volcano jobs"),
    Component("volcano-scheduler", "Deployment", "volcano", "C", "places gangs of pods"),
    Component("frameworkcontroller", "StatefulSet", "training", "B", "makes pods of training jobs"),
    Component("amlarc-identity-controller", "Deployment", "inference", "BC", "managed identity tokens"),
    Component("amlarc-identity-proxy", "Deployment", "inference", "BC", "managed identity tokens"),
    Component("azureml-fe-v2", "Deployment", "inference", "C", "scoring front end"),
    Component("azureml-fe", "Deployment", "inference", "B", "scoring front end"),
    Component("inference-operator-controller-manager", "Deployment", "inference", "BC", "runs endpoints"),
    Component("azureml-ingress-nginx-controller", "Deployment", "optional", "C", "ingress on AKS"),
    Component("fluent-bit", "DaemonSet", "optional", "BC", "sends component logs to the cloud"),
    Component("dcgm-exporter", "DaemonSet", "optional", "C", "GPU metrics"),
    Component("nvidia-device-plugin-daemonset", "DaemonSet", "optional", "BC", "offers nvidia.com/gpu"),
    Component("nvidia-device-plugin", "DaemonSet", "optional", "BC", "offers nvidia.com/gpu"),
    Component("k8s-host-device-plugin-daemonset", "DaemonSet", "optional", "BC", "offers github.com/fuse"),
    Component("blobfuse-flexvol-installer", "DaemonSet", "optional", "B", "flexvolume driver on the hosts"),
    Component("csi-blob-controller", "Deployment", "optional", "B", "blob storage volumes"),
    Component("csi-blob-node", "DaemonSet", "optional", "B", "blob storage volumes"),
    Component("nfd-master", "Deployment", "optional", "B", "labels nodes by their hardware"),
    Component("nfd-worker", "DaemonSet", "optional", "B", "labels nodes by their hardware"),
    Component("tls-creator", "Job", "optional", "B", "makes certificates once"),
    Component("webhook-patcher", "Job", "optional", "B", "sets up webhooks once"),
    Component("healthcheck", "Pod", "optional", "BC", "checks the cluster around an install"),
    Component("aml-mpi-operator", "Deployment", "optional", "A", "MPI jobs"),
    Component("aml-pytorch-operator", "Deployment", "optional", "A", "PyTorch jobs"),
    Component("aml-tf-job-operator", "Deployment", "optional", "A", "TensorFlow jobs"),
    Component("cmaks-init-job", "Job", "optional", "A", "sets the cluster up once"),
    Component("compute-exporter", "Deployment", "optional", "A", "metrics"),
    Component("job-exporter", "DaemonSet", "optional", "A", "metrics of jobs"),
    Component("metric-reporter", "Deployment", "optional", "A", "sends metrics to the cloud"),
    Component("rest-server", "Deployment", "optional", "A", "takes requests"),
)
BY_NAME: Final = {component.name: component for component in COMPONENTS}
_LONGEST_FIRST: Final = sorted(BY_NAME, key=len, reverse=True)
_HASH: Final = re.compile(r"-[0-9a-z]{6,10}$")


@lru_cache(maxsize=4096)
def component_of(namespace: str, load: str) -> str:
    """The component whose workload this is, in the extension's namespace: a name in `BY_NAME`. Else the workload's own.

    Names may carry the extension's name in front (`amlarc-compute-kube-state-metrics-…`).
    """
    if namespace != NAMESPACE:
        return load
    for known in _LONGEST_FIRST:
        if load == known or load.startswith(known + "-") or load.endswith("-" + known) or f"-{known}-" in load:
            return known
    return load


def workload(name: str, owner_kind: str, owner: str) -> str:
    """The name of the Deployment, StatefulSet, DaemonSet or Job a pod belongs to; its own name when bare."""
    return _deployment(owner) if owner_kind == "ReplicaSet" else owner or name


@lru_cache(maxsize=4096)
def _deployment(replica_set: str) -> str:
    return intern(_HASH.sub("", replica_set))
