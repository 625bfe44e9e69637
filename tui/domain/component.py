"""Which part of the product a pod in namespace `azureml` is.

Owns the components of the three eras: name, workload kind, when it is expected, what it is for. Must not
know pods' states.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

from msgspec import Struct

NAMESPACE: Final = "azureml"
"""The extension's release namespace; the CLI forces it."""

When = Literal["always", "training", "volcano", "inference", "arc", "optional"]


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


def _c(name: str, kind: str, when: When, eras: str, purpose: str) -> Component:
    return Component(name, kind, when, eras, purpose)


COMPONENTS: Final[tuple[Component, ...]] = (
    _c("aml-operator", "Deployment", "training", "ABC", "runs the life of training jobs"),
    _c("gateway", "Deployment", "always", "BC", "talks to the cloud, reports nodes and resources"),
    _c("relayserver", "Deployment", "arc", "BC", "brings jobs in and status out over Azure Relay"),
    _c("relay-server", "Deployment", "always", "A", "brings jobs in over Azure Relay"),
    _c("cluster-status-reporter", "Deployment", "optional", "BC", "reports the cluster's status"),
    _c("metrics-controller-manager", "Deployment", "always", "BC", "configures Prometheus"),
    _c("kube-state-metrics", "Deployment", "optional", "BC", "metrics of cluster objects"),
    _c("prometheus-operator", "Deployment", "optional", "C", "runs Prometheus"),
    _c("prom-operator", "Deployment", "optional", "B", "runs Prometheus"),
    _c("prometheus-prom-prometheus", "StatefulSet", "optional", "BC", "collects metrics"),
    _c("prometheus-deployment", "Deployment", "optional", "A", "collects metrics"),
    _c("alertmanager", "StatefulSet", "optional", "B", "alerts"),
    _c("volcano-admission", "Deployment", "volcano", "C", "checks Volcano jobs"),
    _c("volcano-controllers", "Deployment", "volcano", "C", "makes pods of Volcano jobs"),
    _c("volcano-scheduler", "Deployment", "volcano", "C", "places gangs of pods"),
    _c("frameworkcontroller", "StatefulSet", "training", "B", "makes pods of training jobs"),
    _c("amlarc-identity-controller", "Deployment", "inference", "BC", "managed identity tokens"),
    _c("amlarc-identity-proxy", "Deployment", "inference", "BC", "managed identity tokens"),
    _c("azureml-fe-v2", "Deployment", "inference", "C", "scoring front end"),
    _c("azureml-fe", "Deployment", "inference", "B", "scoring front end"),
    _c("inference-operator-controller-manager", "Deployment", "inference", "BC", "runs endpoints"),
    _c("azureml-ingress-nginx-controller", "Deployment", "optional", "C", "ingress on AKS"),
    _c("fluent-bit", "DaemonSet", "optional", "BC", "sends component logs to the cloud"),
    _c("dcgm-exporter", "DaemonSet", "optional", "C", "GPU metrics"),
    _c("nvidia-device-plugin-daemonset", "DaemonSet", "optional", "BC", "offers nvidia.com/gpu"),
    _c("nvidia-device-plugin", "DaemonSet", "optional", "BC", "offers nvidia.com/gpu"),
    _c("k8s-host-device-plugin-daemonset", "DaemonSet", "optional", "BC", "offers github.com/fuse"),
    _c("blobfuse-flexvol-installer", "DaemonSet", "optional", "B", "flexvolume driver on the hosts"),
    _c("csi-blob-controller", "Deployment", "optional", "B", "blob storage volumes"),
    _c("csi-blob-node", "DaemonSet", "optional", "B", "blob storage volumes"),
    _c("nfd-master", "Deployment", "optional", "B", "labels nodes by their hardware"),
    _c("nfd-worker", "DaemonSet", "optional", "B", "labels nodes by their hardware"),
    _c("tls-creator", "Job", "optional", "B", "makes certificates once"),
    _c("webhook-patcher", "Job", "optional", "B", "sets up webhooks once"),
    _c("healthcheck", "Pod", "optional", "BC", "checks the cluster around an install"),
    _c("aml-mpi-operator", "Deployment", "optional", "A", "MPI jobs"),
    _c("aml-pytorch-operator", "Deployment", "optional", "A", "PyTorch jobs"),
    _c("aml-tf-job-operator", "Deployment", "optional", "A", "TensorFlow jobs"),
    _c("cmaks-init-job", "Job", "optional", "A", "sets the cluster up once"),
    _c("compute-exporter", "Deployment", "optional", "A", "metrics"),
    _c("job-exporter", "DaemonSet", "optional", "A", "metrics of jobs"),
    _c("metric-reporter", "Deployment", "optional", "A", "sends metrics to the cloud"),
    _c("rest-server", "Deployment", "optional", "A", "takes requests"),
)
BY_NAME: Final = {component.name: component for component in COMPONENTS}
_LONGEST_FIRST: Final = sorted(BY_NAME, key=len, reverse=True)
_HASH: Final = re.compile(r"-[0-9a-z]{6,10}$")


@lru_cache(maxsize=16384)
def component_of(name: str, owner_kind: str, owner: str) -> str:
    """The component of a pod: a name in `BY_NAME`, else its workload's name.

    Names may carry the extension's name in front (`amlarc-compute-kube-state-metrics-…`).
    """
    load = workload(name, owner_kind, owner)
    for known in _LONGEST_FIRST:
        if load == known or load.startswith(known + "-") or load.endswith("-" + known) or f"-{known}-" in load:
            return known
    return load


def workload(name: str, owner_kind: str, owner: str) -> str:
    """The name of the Deployment, StatefulSet, DaemonSet or Job a pod belongs to; its own name when bare."""
    if owner_kind == "ReplicaSet":
        return _HASH.sub("", owner)
    return owner or name
