"""A simulated ARM in this process, on a loopback TLS socket, with a world clock that the test turns."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from tui.demo import tls
from tui.demo.arm.quota import Quota
from tui.demo.arm.server import ArmServer
from tui.demo.arm.state import ArmState

SUB = "11111111-2222-4333-8444-555555555555"
OTHER_SUB = "99999999-2222-4333-8444-555555555555"
GROUP = f"/subscriptions/{SUB}/resourceGroups/ml-Edge"
ARC = f"{GROUP}/providers/Microsoft.Kubernetes/connectedClusters/edge-01"
AKS = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks-01"
EXT = f"{ARC}/providers/Microsoft.KubernetesConfiguration/extensions/amlarc-compute"
WORKSPACE = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/vision"
RELAY = f"{GROUP}/providers/Microsoft.Relay/namespaces/edge01relay"
TOKEN = "demo-token-0001"
START = 1_700_000_000.0
GA = "2023-05-01"
ML = "2023-10-01"
BASE = "2021-04-01"
AZUREML = "microsoft.azureml.kubernetes"


class Clock:
    """World time that only a test turns."""

    def __init__(self) -> None:
        self.now = START
        self.step = 0.0
        """Seconds that pass by every look, for clients that poll by themselves."""

    def __call__(self) -> float:
        self.now += self.step
        return self.now


class Troubles:
    """Strikes every request with `name` while it is set."""

    def __init__(self) -> None:
        self.name, self.delay = "", 0.0
        self.only: tuple[str, ...] = ()
        """The methods it strikes; all without one."""
        self.paths: list[str] = []

    def arm(self, path: str, method: str = "GET") -> str:
        self.paths.append(path)
        return self.name if not self.only or method in self.only else ""


def cluster(resource_id: str, **properties: Any) -> dict[str, Any]:
    return {
        "id": resource_id,
        "name": resource_id.rsplit("/", 1)[-1],
        "location": "eastus",
        "tags": {"team": "ml"},
        "properties": {"provisioningState": "Succeeded", **properties},
    }


def compute(name: str, kind: str, **properties: Any) -> dict[str, Any]:
    outer = {"computeType": kind, "provisioningState": "Succeeded", **properties}
    return {"id": f"{WORKSPACE}/computes/{name}", "name": name, "location": "eastus", "properties": outer}


def workspace(name: str) -> dict[str, Any]:
    path = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/{name}"
    properties = {"provisioningState": "Succeeded", "workspaceId": "w"}
    return {"id": path, "name": name, "location": "eastus", "properties": properties}


def extension(state: str = "Succeeded", **properties: Any) -> dict[str, Any]:
    """A body of the newest era, as the world would put it."""
    return {
        "id": EXT,
        "name": "amlarc-compute",
        "systemData": {"createdAt": "2023-11-14T00:00:00.1234567Z", "lastModifiedAt": "2023-11-14T00:05:00.0000000Z"},
        "identity": {"type": "SystemAssigned", "principalId": "p", "tenantId": "t"},
        "properties": {
            "extensionType": AZUREML, "autoUpgradeMinorVersion": True, "releaseTrain": "Stable", "version": None,
            "currentVersion": "1.1.39", "scope": {"cluster": {"releaseNamespace": "azureml"}},
            "configurationSettings": {"enableTraining": "True"},
            "configurationProtectedSettings": {"relayserver.relayConnectionString": "Endpoint=sb://not-a-real-one/"},
            "provisioningState": state, "statuses": [], **properties,
        },
    }  # fmt: skip


def fill(state: ArmState) -> None:
    """A connected cluster, an AKS, three workspaces, computes of three types, a Relay."""
    state.put({"id": f"/subscriptions/{SUB}", "displayName": "ML at the edge"})
    state.put(cluster(ARC, connectivityStatus="Connected", distribution="aks", kubernetesVersion="1.27.3"))
    state.put(cluster(AKS, powerState={"code": "Running"}))
    for name in ("vision", "speech", "text"):
        state.put(workspace(name))
    state.put(
        compute("edge", "Kubernetes", resourceId=ARC, properties={"namespace": "ml", "relayConnectionString": "s"})
    )
    state.put(compute("pool", "AmlCompute"))
    state.put(compute("box", "ComputeInstance"))
    state.put({"id": RELAY, "name": "edge01relay", "location": "East US", "properties": {"status": "Active"}})


@dataclass
class Cloud:
    """A running ARM."""

    address: str
    ca: Path
    state: ArmState
    clock: Clock
    faults: Troubles
    session: aiohttp.ClientSession
    context: ssl.SSLContext
    moved: list[str] = field(default_factory=list)
    """An address here is what the answers' links begin with."""

    async def ask(
        self, method: str, path: str, version: str = "", content: Any = None, headers: dict[str, str] | None = None,
        **query: str,
    ) -> tuple[int, Any, aiohttp.ClientResponse]:  # fmt: skip
        """Status, decoded body (None without one), and the response."""
        url = path if path.startswith("https://") else self.address + path
        signed = {"Authorization": f"Bearer {TOKEN}", **(headers or {})}
        params = ({"api-version": version} if version else {}) | query
        async with self.session.request(
            method, url, params=params, json=content, headers=signed, allow_redirects=False
        ) as response:
            data = await response.read()
            body = await response.json() if data and response.content_type == "application/json" else None
            return response.status, body, response

    async def get(self, path: str, version: str = GA, **query: str) -> Any:
        """The body of a GET that must succeed."""
        status, body, _response = await self.ask("GET", path, version, **query)
        assert status == 200, body
        return body

    async def refused(
        self, method: str, path: str, version: str = GA, body: Any = None, **query: str
    ) -> tuple[int, str, str]:
        """Status, code and message of an error."""
        status, answer, _response = await self.ask(method, path, version, body, **query)
        assert status >= 400, answer
        return status, answer["error"]["code"], answer["error"]["message"]


@asynccontextmanager
async def running(
    certificates: tls.Certificates, quota: Callable[[Clock], Quota] | None = None
) -> AsyncIterator[Cloud]:
    """Serve an ARM with `fill`ed resources until the block ends."""
    clock, faults, moved = Clock(), Troubles(), list[str]()
    state = ArmState(clock, lasts=100.0)
    fill(state)
    address = ""
    server = ArmServer(
        state, TOKEN, clock, faults,
        address=lambda: moved[0] if moved else address, quota=quota(clock) if quota else None,
    )  # fmt: skip
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls.server_context(certificates))
    await site.start()
    address = f"https://127.0.0.1:{runner.addresses[0][1]}"
    context = ssl.create_default_context(cafile=str(certificates.ca_path))
    connector = aiohttp.TCPConnector(ssl=context)
    async with aiohttp.ClientSession(connector=connector) as session:
        yield Cloud(address, certificates.ca_path, state, clock, faults, session, context, moved)
    await runner.cleanup()
