"""A small cluster for the tests of the API server: two nodes, some pods and what belongs to them, one custom kind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec
from aiohttp import web

from tui.demo.kube.access import Identity
from tui.demo.kube.identities import ADMIN, VIEWER
from tui.demo.kube.logs import LogBook
from tui.demo.kube.objects import ObjectStore, timestamp
from tui.demo.kube.server import KubeServer
from tui.demo.world.inside.containers import Containers

START = 1_700_000_000.0
"""The cluster's time when nobody moves it: 2023-11-14T22:13:20Z."""
CRD = "customresourcedefinitions.apiextensions.k8s.io"
TYPES = "instancetypes.amlarc.azureml.com"
TOKENS: Mapping[str, Identity] = {"admin-token": ADMIN, "viewer-token": VIEWER}


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: float = START) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class NoFaults:
    """Nothing goes wrong, or what a test says."""

    def __init__(self, name: str = "", delay: float = 0.0) -> None:
        self.name, self.delay = name, delay

    def kube(self, request_path: str, *, watch: bool) -> str:
        return self.name


class Lines:
    """A log with one line a second from `since` on."""

    def __init__(self, since: float, ends: float | None = None, text: str = "line") -> None:
        self._since, self.ends, self._text = since, ends, text

    def read(self, after: float, until: float) -> Iterable[tuple[float, str]]:
        last = until if self.ends is None else min(until, self.ends)
        number = max(0, int(after - self._since) - 1)
        while self._since + number <= last:
            if self._since + number > after:
                yield self._since + number, f"{self._text} {number}"
            number += 1


def meta(name: str, namespace: str = "", **more: Any) -> dict[str, Any]:
    return {"name": name, **({"namespace": namespace} if namespace else {}), **more}


def pod(name: str, namespace: str = "azureml", node: str = "node-a", **more: Any) -> dict[str, Any]:
    """A running pod with one container `main`."""
    began = timestamp(START - 600)
    state = {"running": {"startedAt": began}}
    status = {
        "name": "main", "ready": True, "started": True, "restartCount": 0, "state": state, "image": "img:1",
        "imageID": "sha256:1", "containerID": "containerd://1",
    }  # fmt: skip
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": meta(name, namespace, labels={"app": name}, creationTimestamp=began, **more),
        "spec": {"nodeName": node, "containers": [{"name": "main", "image": "img:1"}], "restartPolicy": "Always"},
        "status": {
            "phase": "Running", "podIP": "10.0.0.9", "hostIP": "10.1.0.4", "startTime": began,
            "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": began}],
            "containerStatuses": [status],
        },
    }  # fmt: skip


def node(name: str, **labels: str) -> dict[str, Any]:
    ready = {
        "type": "Ready", "status": "True", "reason": "KubeletReady", "message": "kubelet is posting ready status",
        "lastHeartbeatTime": timestamp(START), "lastTransitionTime": timestamp(START - 900),
    }  # fmt: skip
    amounts = {"cpu": "8", "memory": "32Gi", "pods": "110"}
    return {
        "apiVersion": "v1", "kind": "Node",
        "metadata": meta(
            name, labels={"kubernetes.io/hostname": name, **labels}, creationTimestamp=timestamp(START - 900)
        ),
        "spec": {"providerID": f"azure:///{name}"},
        "status": {
            "conditions": [ready], "capacity": amounts, "allocatable": amounts,
            "addresses": [{"type": "InternalIP", "address": "10.1.0.4"}, {"type": "Hostname", "address": name}],
            "nodeInfo": {
                "kubeletVersion": "v1.31.4", "osImage": "Ubuntu 22.04", "kernelVersion": "5.15",
                "containerRuntimeVersion": "containerd://1.7", "architecture": "amd64", "operatingSystem": "linux",
                "machineID": "", "systemUUID": "", "bootID": "", "kubeProxyVersion": "",
            },
        },
    }  # fmt: skip


def deployment(name: str, replicas: int = 1, namespace: str = "azureml") -> dict[str, Any]:
    labels = {"app": name}
    counts = ("replicas", "readyReplicas", "availableReplicas", "updatedReplicas")
    available = {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable", "message": "ok"}
    return {
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta(name, namespace, labels=labels),
        "spec": {
            "replicas": replicas, "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels}, "spec": {"containers": [{"name": "main", "image": "img:1"}]},
            },
        },
        "status": {**dict.fromkeys(counts, replicas), "observedGeneration": 1, "conditions": [available]},
    }  # fmt: skip


def instance_type(name: str, cpu: str = "1", **limits: str) -> dict[str, Any]:
    requests = {"cpu": cpu, "memory": "2Gi"}
    resources = {"requests": requests, "limits": {**requests, **limits}}
    return {
        "apiVersion": "amlarc.azureml.com/v1alpha1", "kind": "InstanceType", "metadata": meta(name),
        "spec": {"nodeSelector": {"pool": "cpu"}, "resources": resources},
    }  # fmt: skip


def event(name: str, about: dict[str, Any], reason: str, message: str) -> dict[str, Any]:
    home, at = about["metadata"], timestamp(START - 60)
    return {
        "apiVersion": "v1", "kind": "Event", "metadata": meta(name, home["namespace"], creationTimestamp=at),
        "involvedObject": {
            "kind": about["kind"], "name": home["name"], "namespace": home["namespace"], "uid": home["uid"],
            "apiVersion": about["apiVersion"],
        },
        "reason": reason, "message": message, "type": "Normal", "count": 3, "firstTimestamp": at, "lastTimestamp": at,
        "source": {"component": "kubelet"},
    }  # fmt: skip


_QUANTITY = {"x-kubernetes-int-or-string": True, "pattern": r"^[0-9]+(\.[0-9]+)?(m|Ki|Mi|Gi)?$"}
_AMOUNTS = {"type": "object", "additionalProperties": _QUANTITY}
DEFINITION: dict[str, Any] = {
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": meta(TYPES),
    "spec": {
        "group": "amlarc.azureml.com", "scope": "Cluster",
        "names": {
            "plural": "instancetypes", "singular": "instancetype", "kind": "InstanceType",
            "listKind": "InstanceTypeList", "shortNames": ["it"],
        },
        "versions": [
            {
                "name": "v1alpha1", "served": True, "storage": True, "subresources": {"status": {}},
                "additionalPrinterColumns": [
                    {"name": "CPU", "type": "string", "jsonPath": ".spec.resources.limits.cpu"},
                    {"name": "GPU", "type": "string", "jsonPath": r".spec.resources.limits.nvidia\.com/gpu"},
                    {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
                ],
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object", "description": "How much a job gets and where it runs.",
                        "properties": {
                            "spec": {
                                "type": "object", "required": ["resources"], "description": "What is wanted.",
                                "properties": {
                                    "nodeSelector": {"type": "object", "additionalProperties": {"type": "string"}},
                                    "weight": {"type": "integer", "minimum": 1, "maximum": 10},
                                    "tier": {"type": "string", "enum": ["spot", "standard"], "default": "standard"},
                                    "code": {"type": "string", "pattern": "^[a-z]+$"},
                                    "rules": {
                                        "type": "array", "x-kubernetes-list-type": "map",
                                        "x-kubernetes-list-map-keys": ["name"],
                                        "items": {
                                            "type": "object", "required": ["name"],
                                            "properties": {"name": {"type": "string"}, "value": {"type": "string"}},
                                        },
                                    },
                                    "resources": {
                                        "type": "object", "description": "Amounts by resource.",
                                        "properties": {"limits": _AMOUNTS, "requests": _AMOUNTS},
                                    },
                                },
                            },
                            "status": {"type": "object", "properties": {"phase": {"type": "string"}}},
                        },
                    }
                },
            }
        ],
    },
    "status": {
        "acceptedNames": {"plural": "instancetypes", "kind": "InstanceType"}, "storedVersions": ["v1alpha1"],
        "conditions": [{"type": "Established", "status": "True", "lastTransitionTime": timestamp(START - 900)}],
    },
}  # fmt: skip


class Town:
    """Objects, logs, a clock, and a server of them that is not started yet."""

    def __init__(self, faults: NoFaults | None = None, **more: Any) -> None:
        self.clock, self.logs = Clock(), LogBook()
        self.objects = ObjectStore(self.clock)
        more = {"faults": faults or NoFaults(), "programs": Containers(self.logs, self.clock), **more}
        self.server = KubeServer(self.objects, self.logs, TOKENS, self.clock, **more)

    def fill(self) -> None:
        """Put everything into it."""
        for name in ("default", "azureml", "kube-system", "kube-node-lease"):
            home = {"apiVersion": "v1", "kind": "Namespace", "metadata": meta(name), "status": {"phase": "Active"}}
            self.objects.create("namespaces", home)
        self.objects.create("nodes", node("node-a", pool="cpu"))
        self.objects.create("nodes", node("node-b", pool="gpu"))
        self.objects.create(CRD, DEFINITION)
        for body in (instance_type("small"), instance_type("gpu", "4", **{"nvidia.com/gpu": "1"})):
            body["spec"]["tier"] = "standard"
            self.objects.create(TYPES, body)
        self.objects.create("deployments.apps", deployment("gateway"))
        for name in ("gateway-1", "relayserver-1"):
            self.put_pod(pod(name))
        self.put_pod(pod("job-1", "default", "node-b"))

    def put_pod(self, body: dict[str, Any]) -> dict[str, Any]:
        """A pod with an event and a log."""
        made = self.objects.create("pods", body)
        home, name = made["metadata"]["namespace"], made["metadata"]["name"]
        self.objects.create("events", event(f"{name}.1", made, "Started", "Started container main"))
        self.logs.put(home, name, "main", Lines(START - 600), previous=Lines(START - 900, START - 890, "old"))
        return made


async def until(fact: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for a fact about the cluster."""
    async with asyncio.timeout(seconds):
        while not fact():  # noqa: ASYNC110 facts of a store have no events to wait for
            await asyncio.sleep(0.01)


class Client:
    """Asks a server as one of its users."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        self._session, self.url, self._token = session, url, token

    def stream(self, method: str, path: str, **more: Any) -> Any:
        """An open answer: a context manager."""
        headers = {"Authorization": f"Bearer {self._token}", **more.pop("headers", {})}
        return self._session.request(method, self.url + path, headers=headers, **more)

    def upgrade(self, path: str, *protocols: str, **more: Any) -> Any:
        """An open WebSocket: a context manager."""
        signed = {"headers": {"Authorization": f"Bearer {self._token}"}, "protocols": protocols}
        return self._session.ws_connect(self.url + path, **signed, **more)

    async def ask(self, method: str, path: str, body: Any = None, media: str = "", **more: Any) -> tuple[int, Any]:
        """Status and JSON of an answer; text when it is no JSON."""
        headers = {"Content-Type": media or "application/json"} if body is not None else {}
        data = None if body is None else msgspec.json.encode(body)
        async with self.stream(method, path, data=data, headers=headers | more.pop("headers", {}), **more) as response:
            data = await response.read()
            is_json = response.content_type.endswith("json")
            return response.status, msgspec.json.decode(data) if is_json else data.decode()

    async def get(self, path: str, **more: Any) -> Any:
        """The JSON of an answer that is 200."""
        answer = await self.ask("GET", path, **more)
        assert answer[0] == 200, answer
        return answer[1]


@asynccontextmanager
async def open_town(token: str = "admin-token", **more: Any) -> AsyncIterator[tuple[Town, Client]]:
    """A filled town that is served in this loop, and a client of it."""
    town = Town(**more)
    town.fill()
    async with serving(town, token) as client:
        yield town, client


@asynccontextmanager
async def serving(town: Town, token: str = "admin-token") -> AsyncIterator[Client]:
    """A client of a town that is served in this loop."""
    runner = web.AppRunner(town.server.application(), shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with aiohttp.ClientSession() as session:
            yield Client(session, f"http://127.0.0.1:{runner.addresses[0][1]}", token)
    finally:
        town.server.stop()
        await runner.cleanup()
