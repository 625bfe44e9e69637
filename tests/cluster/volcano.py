"""Volcano beside a plane: its controllers and its scheduler, where somebody has put their binaries.

Owns their flags, and the one kind that the scheduler insists on beside those of the product. Neither program is built
here; both run with their own defaults.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from tests.cluster.plane import HOST, Plane
from tests.cluster.process import Process, free_port

NEEDED: Final = ("vc-controller-manager", "vc-scheduler")
QUEUES: Final = "/apis/scheduling.volcano.sh/v1beta1/queues"
_CONTROLLERS: Final = "job-controller,queue-controller,pg-controller,gc-controller"
_FREE: Final = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
HYPER_NODES: Final[dict[str, Any]] = {
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
    "metadata": {"name": "hypernodes.topology.volcano.sh"},
    "spec": {
        "group": "topology.volcano.sh", "scope": "Cluster",
        "names": {"plural": "hypernodes", "singular": "hypernode", "kind": "HyperNode", "listKind": "HyperNodeList"},
        "versions": [
            {"name": "v1alpha1", "served": True, "storage": True, "schema": {"openAPIV3Schema": _FREE}},
        ],
    },
}  # fmt: skip


class Volcano:
    """Two programs beside a plane that has Volcano's kinds."""

    def __init__(self, plane: Plane) -> None:
        self._plane = plane
        own = {
            "vc-controller-manager": [f"--controllers={_CONTROLLERS}"],
            "vc-scheduler": ["--cache-dumper=false"],
        }  # fmt: skip
        self.processes = [
            Process(name, [str(plane.assets.directory / name), *self._flags(), *own[name]], self._log(name))
            for name in NEEDED
        ]

    def start(self) -> None:
        """Start both; the scheduler makes the queue that every job goes to."""
        for process in self.processes:
            process.start()
        self.processes[-1].wait(self._has_queue)

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.stop()

    def _log(self, name: str) -> Path:
        return self._plane.directory / f"{name}.log"

    def _flags(self) -> list[str]:
        """Should they listen at all, then on loopback."""
        return [
            f"--kubeconfig={self._plane.kubeconfig}", "--leader-elect=false", "--enable-healthz=false",
            "--enable-metrics=false", f"--listen-address={HOST}:{free_port()}",
            f"--healthz-address={HOST}:{free_port()}",
        ]  # fmt: skip

    def _has_queue(self) -> bool:
        try:
            queues = self._plane.ask("GET", QUEUES)["items"]
        except OSError:
            return False
        return any(queue["metadata"]["name"] == "default" and queue.get("status") for queue in queues)
