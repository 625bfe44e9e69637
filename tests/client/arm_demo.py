"""The demo's ARM in this process, over TLS, with a world clock.

What it is asked is kept, and its answers can be lost.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from tests.client.api import cut
from tui.client.arm import ArmClient
from tui.client.arm_writes import ArmWriter
from tui.client.audit import Audit
from tui.client.plan_events import Event
from tui.client.plan_record import Records
from tui.demo import tls
from tui.demo.arm.server import ArmServer
from tui.demo.arm.state import ArmState
from tui.domain import cluster as clusters
from tui.domain.cluster import ClusterRow
from tui.settings import Demo, Settings

SUB = "11111111-2222-4333-8444-555555555555"
GROUP = f"/subscriptions/{SUB}/resourceGroups/ml-Edge"
ARC = f"{GROUP}/providers/Microsoft.Kubernetes/connectedClusters/edge-01"
AKS = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks-01"
EXTENSION = f"{ARC}/providers/Microsoft.KubernetesConfiguration/extensions/amlarc-compute"
TOKEN = "the-token-of-the-demo"
START = 1_700_000_000.0
LASTS = 15.0
"""World seconds of an operation: two looks at it."""


class Clock:
    """World time. Waiting is what makes it pass."""

    def __init__(self) -> None:
        self.now = START
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


class Quiet:
    """No faults but those of a test."""

    delay = 0.0

    def arm(self, *_asked: str) -> str:
        return ""


Before = Callable[[int, web.Request], web.Response | None]
After = Callable[[int, web.Request], bool]


@dataclass
class Cloud:
    """A running ARM, a client on it, and the files of a state directory."""

    state: ArmState
    clock: Clock
    settings: Settings
    directory: Path
    arm: ArmClient
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Method and path of every request, in order."""
    bodies: dict[str, list[Any]] = field(default_factory=dict)
    """By `METHOD path`, what was sent."""
    before: Before = lambda _number, _request: None
    """Answers instead of ARM, by the number of the request (from 0)."""
    lost: After = lambda _number, _request: False
    """Whether the answer to a request that was handled is lost."""
    events: list[Event] = field(default_factory=list)

    def begin_anew(self, resources: dict[str, Any] | None = None) -> None:
        """Forget all that happened; there is what is given, else two bare clusters."""
        vars(self.state).update(vars(ArmState(self.clock, lasts=LASTS)))
        given = resources or {each: cluster(each) for each in (ARC, AKS)}
        for body in given.values():
            self.state.put(msgspec.json.decode(msgspec.json.encode(body)))
        self.asked.clear()
        self.bodies.clear()
        self.events.clear()
        self.before, self.lost = (lambda _number, _request: None), (lambda _number, _request: False)

    @property
    def writer(self) -> ArmWriter:
        return ArmWriter(self.arm, Audit(self.directory, self.clock), wait=self.clock.wait)

    @property
    def records(self) -> Records:
        return Records(self.directory, self.clock)

    @property
    def audit(self) -> list[dict[str, Any]]:
        """The lines of the audit file."""
        path = self.directory / "audit.jsonl"
        return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()] if path.exists() else []

    @property
    def left(self) -> list[Path]:
        """The records of plans."""
        return list(self.directory.glob("plans/*"))

    @property
    def on_disk(self) -> bytes:
        """All that the state directory holds."""
        return b"".join(path.read_bytes() for path in self.directory.rglob("*") if path.is_file())

    @property
    def resources(self) -> dict[str, Any]:
        """Everything there is, by id, without times and states that move."""
        return {each["id"]: each for each in self.state.under("")}

    def sent(self, method: str, end: str) -> list[Any]:
        """The bodies of requests to paths that end so."""
        found = [bodies for what, bodies in self.bodies.items() if what.startswith(method) and what.endswith(end)]
        return [body for bodies in found for body in bodies]

    def writes(self) -> list[tuple[str, str]]:
        """What was asked to be changed."""
        return [(method, path) for method, path in self.asked if method not in ("GET", "POST")]

    @web.middleware
    async def watch(self, request: web.Request, handler: Any) -> web.StreamResponse:
        number = len(self.asked)
        self.asked.append((request.method, request.path))
        data = await request.read()
        if data:
            self.bodies.setdefault(f"{request.method} {request.path}", []).append(msgspec.json.decode(data))
        instead = self.before(number, request)
        if instead is not None:
            return instead
        answer: web.StreamResponse = await handler(request)
        if self.lost(number, request):
            cut(request)
        return answer


def cluster(resource_id: str, *, nodes: int = 4, **properties: Any) -> dict[str, Any]:
    sizes: dict[str, Any] = {"totalNodeCount": nodes, "connectivityStatus": "Connected", "distribution": "k3s"}
    if "managed" in resource_id:
        sizes = {"agentPoolProfiles": [{"count": nodes}], "powerState": {"code": "Running"}}
    inner = {"provisioningState": "Succeeded", **sizes, **properties}
    return {"id": resource_id, "name": resource_id.rsplit("/", 1)[-1], "location": "westus2", "properties": inner}


def cluster_row(resource_id: str = ARC, **more: Any) -> ClusterRow:
    return clusters.decode(cluster(resource_id, **more))


@asynccontextmanager
async def cloud(certificates: tls.Certificates, directory: Path, **more: Any) -> AsyncIterator[Cloud]:
    """A bare Arc cluster and a bare AKS. `more` goes into the settings."""
    clock = Clock()
    state = ArmState(clock, lasts=LASTS)
    address = ""
    server = ArmServer(state, TOKEN, clock, Quiet(), address=lambda: address)
    application = server.application()
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.05)
    arm: ArmClient | None = None
    made: list[Cloud] = []

    @web.middleware
    async def watch(request: web.Request, handler: Any) -> web.StreamResponse:
        return await made[0].watch(request, handler)

    application.middlewares.append(watch)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls.server_context(certificates))
    await site.start()
    address = f"https://127.0.0.1:{runner.addresses[0][1]}"
    demo = Demo(kubeconfig="", arm=address, ca=str(certificates.ca_path), token=TOKEN, cluster_id=ARC)
    settings = Settings(demo=demo, **more)
    arm = ArmClient(settings, tick=clock)
    made.append(Cloud(state, clock, settings, directory, arm))
    made[0].begin_anew()
    try:
        yield made[0]
    finally:
        await arm.close()
        await runner.cleanup()
