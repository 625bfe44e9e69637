"""What can be made to go wrong in the simulated cloud: on the wire, or in its world.

    WIRE     requests are answered wrongly, late, or not at all
    WORLD    how the world begins, and what happens in it
    FAILING  why an install fails
    FOREIGN  what others put on the cluster

Owns the names, and which requests a wire fault strikes. Must not know how a server answers then.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Final

WIRE: Final[Mapping[str, str]] = {
    "gone-410": "watches end with 410 Gone after some events",
    "drop": "watches, followed logs, programs in containers and forwarded ports are cut in the middle",
    "silent": "watches stay open and say nothing",
    "throttle": "every fifth request is answered 429 with Retry-After",
    "throttle-writes": "every second write to ARM is answered 429 with Retry-After",
    "error-500": "every seventh request is answered with a server error",
    "write-500": "every third write to ARM is answered with a server error, and not done",
    "write-lost": "every third write to ARM is done, and answered with a server error",
    "lost-operation": "ARM forgets an operation after two looks: 404",
    "expired-token": "tokens are refused after half a minute",
    "slow": "every answer comes 300 ms late",
    "kube-down": "the Kubernetes API answers 503 to everything",
    "kube-denied": "nodes and events may not be read",
    "no-exec": "programs in pods and forwarded ports are forbidden",
    "arm-down": "ARM answers 503 to everything",
    "arm-denied": "ARM answers 403: no role is assigned",
}
WORLD: Final[Mapping[str, str]] = {
    "not-installed": "the extension was never installed",
    "installing": "the extension is being installed and will be ready in two and a half minutes",
    "install-failing": "the extension is being installed and will be rolled back in four minutes",
    "install-failed": "an install was rolled back: the health check's report is all that is left",
    "updating": "the extension is being updated: an exporter goes, pods are made anew",
    "update-fails": "every update is rolled back, by a fail-… cause if one is named",
    "delete-hangs": "a job in the extension's namespace has a finalizer that keeps it there",
    "relay-down": "both relay servers crash: no job comes in",
    "arc-offline": "the Arc agents have not called for forty minutes",
    "arc-connecting": "the Arc agents have not called yet",
    "arc-expired": "the certificate of the Arc agents has expired",
    "providers-unregistered": "Relay, KubernetesConfiguration, ExtendedLocation are not registered",
    "arm-reader": "the caller has the role Reader in ARM",
    "arm-no-relay": "the caller may not write Relay namespaces, nor read their keys",
    "preview-jobs": "the extension is one of 2021: its jobs are pods of the frameworkcontroller",
    "flood": "a training job writes ten thousand lines a second",
    "two-nodes": "the cluster has two nodes, and no extension",
    "arm64-node": "one node is an arm64",
}
FAILING: Final[Mapping[str, str]] = {
    "fail-network": "installs fail: Azure cannot be reached, components crash (E45003)",
    "fail-timeout": "installs fail: pods wait for CPU until Helm gives up",
    "fail-healthcheck-e40001": "installs fail: the health check finds no load balancer (E40001)",
    "fail-healthcheck-pull": "installs fail: the image of the health check cannot be pulled",
    "fail-insufficient-node": "installs fail: there are fewer than three nodes for inference (E40002)",
    "fail-ownership-volcano": "installs fail: somebody else's Volcano definition comes first",
    "fail-ownership-prometheus": "installs fail: somebody else's Prometheus definition comes first",
    "fail-chart-not-found": "installs fail: the chart cannot be found",
    "fail-name-in-use": "installs fail: Helm has a record of that name",
    "fail-operation-in-progress": "installs fail: another operation of Helm goes on",
    "fail-namespace-terminating": "installs fail: namespace azureml hangs on a finalizer",
    "fail-region": "installs are refused: the cluster's region is not offered",
    "fail-webhook-nginx": "installs fail: an ingress controller's webhook has no endpoints",
    "fail-status-not-populated": "installs fail in ARM only: everything runs, the agents do not tell",
    "fail-image-pull": "installs fail: images of components cannot be pulled",
    "fail-policy": "installs fail: a policy denies the health check's pod",
}
"""Begin without the extension (but with `update-fails`), and every install ends so."""
FOREIGN: Final[Mapping[str, str]] = {
    "foreign-device-plugin": "a device plugin was installed by hand, as it is without any fault",
    "no-device-plugin": "no device plugin: the nodes do not offer their GPUs, and there is no extension",
    "gpu-operator": "the device plugin is the GPU operator's",
    "foreign-volcano": "Volcano 1.5.1 is in volcano-system",
    "foreign-prometheus": "a Prometheus operator is in monitoring",
    "foreign-dcgm": "a GPU metrics exporter is in gpu-metrics",
    "foreign-nginx": "an ingress-nginx controller is in ingress-nginx",
    "legacy-fe": "the first azureml-fe is in default, with its cluster role",
    "leftovers": "definitions, a Helm record and a ConfigMap of an extension that is gone",
    "blobfuse-flexvol": "a blobfuse flexvolume installer is in kube-system",
    "fuse-device": "nodes offer github.com/fuse",
    "blob-csi": "the blob CSI driver is in kube-system",
}
"""What others put on the cluster."""
NAMES: Final[Mapping[str, str]] = {**WIRE, **WORLD, **FAILING, **FOREIGN}
"""Every fault and what it does, in one line."""

LATE: Final = 0.3
"""Seconds that `slow` adds."""
LIFETIME: Final = 30.0
"""Real seconds that tokens live under `expired-token`."""
LOOKS: Final = 2
"""Looks at an operation until it is forgotten under `lost-operation`."""
_EVERY: Final = {"throttle": 5, "error-500": 7}
_EVERY_WRITE: Final = {"throttle-writes": 2, "write-500": 3, "write-lost": 3}
_READS: Final = ("GET", "HEAD")
_OPERATIONS: Final = ("/operations/", "/computeoperationsstatus/")
_ON_WATCHES: Final = ("gone-410", "drop", "silent")
_STREAMS: Final = ("/log", "/exec", "/portforward")
_DOWN: Final = "error-503"
"""How the Kubernetes API is down: it answers, and says that it shuts down."""
_DENIED: Final = ("/nodes", "/events")


class Faults:
    """The wire faults that are on. Counts requests, so that a run can be repeated; `real` is the real clock."""

    def __init__(self, names: Collection[str] = (), real: Callable[[], float] = time.monotonic) -> None:
        self._on = frozenset(names)
        self._real, self._since = real, real()
        self._asked: Counter[str] = Counter()
        self.delay: float = LATE if "slow" in self._on else 0.0
        """Seconds to wait before each answer."""

    def kube(self, request_path: str, *, watch: bool) -> str:
        """The fault that strikes this request to the Kubernetes API; empty for none."""
        path = request_path.partition("?")[0]
        if "kube-down" in self._on:
            return _DOWN
        if "kube-denied" in self._on and any(part in path for part in _DENIED):
            return "kube-denied"
        if found := self._struck("kube"):
            return found
        streams = _ON_WATCHES if watch else ("drop",) if path.endswith(_STREAMS) else ()
        return next((name for name in streams if name in self._on), "")

    def arm(self, path: str, method: str = "GET") -> str:
        """The fault that strikes this request to ARM; empty for none."""
        whole = next((name for name in ("arm-down", "arm-denied") if name in self._on), "")
        if whole or (whole := self._struck("arm")):
            return whole
        if method.upper() not in _READS:
            return self._counted("write", _EVERY_WRITE)
        lower = path.lower()
        if "lost-operation" in self._on and any(part in lower for part in _OPERATIONS):
            self._asked[lower] += 1
            return "lost-operation" if self._asked[lower] > LOOKS else ""
        return ""

    def _struck(self, server: str) -> str:
        if "expired-token" in self._on and self._real() - self._since > LIFETIME:
            return "expired-token"
        return self._counted(server, _EVERY)

    def _counted(self, what: str, every: Mapping[str, int]) -> str:
        self._asked[what] += 1
        asked = self._asked[what]
        return next((name for name, turn in every.items() if name in self._on and asked % turn == 0), "")
