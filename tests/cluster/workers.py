"""What makes a control plane a cluster: controllers, a scheduler, and kwok as the kubelet of nodes that are not there.

Owns their flags, the logs that kwok answers with (files in the format of container runtimes that a test writes), what
it runs in containers (programs of this machine, in a directory of their own), and the port on which every pod echoes.
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any, Final

from tests.cluster.assets import STAGES
from tests.cluster.plane import HOST, Plane
from tests.cluster.process import Process, free_port
from tui.core.units import rfc3339

NEEDED: Final = ("kube-controller-manager", "kube-scheduler", "kwok")
LOGGED: Final = ("steady", "growing", "rotated")
"""Names of pods whose container has a log file of its own; every other pod's log is `steady`'s."""

ECHO: Final = 7
"""The port of every pod that gives back what it gets; no other answers."""
_WORK: Final = "/usr/local/bin:/usr/bin:/bin"

_DOCUMENT: Final = "\n---\n"
_ENDS_JOBS: Final = re.compile(r"^  name: pod-complete$", re.MULTILINE)
"""The stage that ends the pods of jobs as soon as they run: here a test says when."""


class Workers:
    """Three programs beside a plane."""

    def __init__(self, plane: Plane) -> None:
        self._plane = plane
        self.logs, self.inside = plane.directory / "logs", plane.directory / "inside"
        self._kwok_port = free_port()
        directory = plane.directory
        self.processes = [
            Process(name, [str(plane.assets.directory / name), *flags], directory / f"{name}.log")
            for name, flags in (
                ("kube-controller-manager", self._controllers()),
                ("kube-scheduler", [f"--kubeconfig={plane.kubeconfig}", "--leader-elect=false", "--secure-port=0"]),
                ("kwok", self._kwok()),
            )
        ]

    def start(self) -> None:
        self.logs.mkdir()
        self.inside.mkdir()
        for name in LOGGED:
            self.file(name).touch()
            self.file(name, previous=True).touch()
        for process in self.processes:
            process.start()

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.stop()

    def file(self, name: str, *, previous: bool = False) -> Path:
        """The log of a pod's container, or of the instance before."""
        return self.logs / f"{name}{'.previous' if previous else ''}.log"

    def add_node(self, name: str, **labels: str) -> None:
        """A node; ready as soon as kwok has seen it."""
        self._plane.ask("POST", "/api/v1/nodes", node(name, **labels))

    def is_ready(self, node: str) -> bool:
        """Whether a node is ready and nothing keeps pods off it."""
        found = self._plane.ask("GET", f"/api/v1/nodes/{node}")
        conditions = {each["type"]: each["status"] for each in found["status"].get("conditions", ())}
        return conditions.get("Ready") == "True" and not found["spec"].get("taints")

    def wait(self, node: str) -> None:
        """Wait until a node is ready."""
        self.processes[-1].wait(lambda: self.is_ready(node))

    def _controllers(self) -> list[str]:
        plane = self._plane
        return [
            f"--kubeconfig={plane.kubeconfig}", "--leader-elect=false", "--secure-port=0",
            "--kube-api-qps=200", "--kube-api-burst=400",  # a thousand nodes lose their first taint in seconds
            "--controllers=*,-root-ca-certificate-publisher-controller",  # namespaces begin empty, as on the demo
            f"--service-account-private-key-file={plane.service_key}", f"--root-ca-file={plane.ca}",
            f"--cluster-signing-cert-file={plane.ca}", f"--cluster-signing-key-file={plane.certificates.ca_key_path}",
        ]  # fmt: skip

    def _kwok(self) -> list[str]:
        made = self._plane.certificates
        config = self._plane.directory / "kwok.yaml"
        stages = self._plane.assets.directory / STAGES
        shipped = stages.read_text("utf-8").split(_DOCUMENT) if stages.exists() else []
        played = [each for each in shipped if not _ENDS_JOBS.search(each)]
        own = [*self._logs(), *self._programs()]
        config.write_text(_DOCUMENT.join([*(json.dumps(each) for each in own), *played]), "utf-8")
        return [
            f"--kubeconfig={self._plane.kubeconfig}", f"--config={config}", "--manage-all-nodes", f"--node-ip={HOST}",
            f"--node-port={self._kwok_port}", f"--server-address={HOST}:{self._kwok_port}",
            f"--tls-cert-file={made.cert_path}", f"--tls-private-key-file={made.key_path}",
            "--node-lease-duration-seconds=40",
        ]  # fmt: skip

    def _logs(self) -> list[dict[str, Any]]:
        rest = [(None, LOGGED[0])]
        return [
            {
                "apiVersion": "kwok.x-k8s.io/v1alpha1", "kind": "ClusterLogs", "metadata": {"name": f"{name}-logs"},
                "spec": {
                    **({"selector": {"matchNames": [chosen]}} if chosen else {}),
                    "logs": [{
                        "logsFile": str(self.file(name)), "previousLogsFile": str(self.file(name, previous=True)),
                        "follow": True,
                    }],
                },
            }
            for chosen, name in [*((name, name) for name in LOGGED[1:]), *rest]
        ]  # fmt: skip

    def _programs(self) -> list[dict[str, Any]]:
        local = {"workDir": str(self.inside), "envs": [{"name": "PATH", "value": _WORK}]}
        head = {"apiVersion": "kwok.x-k8s.io/v1alpha1", "metadata": {"name": "inside"}}
        return [
            {**head, "kind": "ClusterExec", "spec": {"execs": [{"local": local}]}},
            {**head, "kind": "ClusterPortForward", "spec": {"forwards": [{"ports": [ECHO], "command": ["cat"]}]}},
        ]


def node(name: str, **labels: str) -> dict[str, Any]:
    """A node as its kubelet registers it, not ready yet."""
    amounts = {"cpu": "32", "memory": "256Gi", "pods": "10000", "nvidia.com/gpu": "4"}
    return {
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name, **labels}},
        "status": {"capacity": amounts, "allocatable": amounts},
    }  # fmt: skip


def line(text: str, at: float | None = None) -> str:
    """A line as container runtimes write it."""
    moment = rfc3339(time.time() if at is None else at, fraction=6)[:-1]
    return f"{moment}000Z stdout F {text}\n"
