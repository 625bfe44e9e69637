"""Which ARM resource the cluster is, looked for until there is one: gently, and what is said meanwhile.

And Service Bus, which is asked for only while it is used.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from msgspec.structs import replace

from tests.client.api import Api, client, refusal, running, until
from tests.client.arm import CLUSTER, endpoint, error, settings
from tui.client.kube import KubeClient
from tui.core.facts import Phase
from tui.core.store import Store
from tui.demo import tls
from tui.domain.arm_kinds import ARM_KINDS
from tui.session_arm import FIND_AGAIN, LOOK_AGAIN, ArmWatch
from tui.settings import Settings

CONNECTED = {"AZURE_SUBSCRIPTION_ID": "s", "AZURE_RESOURCE_GROUP": "g", "AZURE_RESOURCE_NAME": "c"}
AKS = "/subscriptions/s/resourceGroups/my_group/providers/Microsoft.ContainerService/managedClusters/c"
GROUP = "MC_my_group_c_eastus"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tls.Certificates:
    return tls.issue(tmp_path_factory.mktemp("certificates"))


class Kube:
    """What the cluster says of itself at each look, the last for ever: data of the ConfigMap, a status, or nodes."""

    def __init__(self, api: Api, *says: Any) -> None:
        self._says = list(says)
        api.handle = self

    def __call__(self, request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/nodes"):
            provider = f"azure:///subscriptions/s/resourceGroups/{GROUP}/providers/x/y"
            now = self._says[0]
            return web.json_response({"items": [{"spec": {"providerID": provider}}] if now == "aks" else []})
        now = self._says[0]
        if isinstance(now, int):
            return refusal(now, f"status {now}")
        return refusal(404, "none") if now in ("aks", "nothing") else web.json_response({"data": now})

    def next(self) -> None:
        if len(self._says) > 1:
            del self._says[0]


class Enough(Exception):
    """Ends a task group."""


class Bench:
    """A watch whose waits are written down and end at once, each followed by the next thing the cluster says."""

    def __init__(self, given: Settings, cluster: Kube) -> None:
        self.store, self.cluster = Store(), cluster
        self.watch = ArmWatch(given, self.store, lambda: 5.0, wait=self._wait)
        self.waits: list[float] = []
        self.said: list[tuple[Phase, str]] = []
        self.found: list[str] = []
        self.opened: set[Phase] = set()

    async def _wait(self, _wake: asyncio.Event, seconds: float) -> None:
        source = self.store.source("extensions")
        self.waits.append(seconds)
        self.said.append((source.phase, source.reason))
        self.cluster.next()

    async def follow(self, kube: KubeClient) -> None:
        """Until the pollers are started."""
        try:
            async with asyncio.TaskGroup() as tasks:
                await self.watch.follow(tasks, kube, self.found.append)
                self.opened = {self.store.source(kind).phase for kind in ARM_KINDS}
                raise Enough
        except* Enough:
            pass


@asynccontextmanager
async def bench(certificates: tls.Certificates, *says: Any) -> AsyncIterator[tuple[Bench, KubeClient, Api]]:
    async with running() as api, client(api.url) as kube, endpoint(certificates) as (arm, _):
        given = settings(arm.url, certificates)
        assert given.demo is not None
        it = Bench(replace(given, demo=replace(given.demo, cluster_id="")), Kube(api, *says))
        yield it, kube, arm
        assert it.watch.client is not None
        await it.watch.client.close()


async def test_a_cluster_that_is_connected_later_is_found_by_a_calm_look(certificates: tls.Certificates) -> None:
    async with bench(certificates, "nothing", "nothing", CONNECTED) as (it, kube, _):
        await it.follow(kube)
    assert it.waits == [LOOK_AGAIN, LOOK_AGAIN]
    assert LOOK_AGAIN == 300.0
    assert {phase for phase, _reason in it.said} == {Phase.OFF}
    assert it.said[0][1].startswith("no cluster id found: this cluster is not connected to Azure")
    assert it.found == [CLUSTER]
    assert it.opened == {Phase.LOADING}, "what was off is now waited for"


async def test_one_that_may_not_be_asked_is_asked_again_as_calmly(certificates: tls.Certificates) -> None:
    async with bench(certificates, 403, CONNECTED) as (it, kube, _):
        await it.follow(kube)
    assert it.waits == [LOOK_AGAIN]
    assert it.said == [(Phase.OFF, "no cluster id found: status 403; name it with --cluster-id")]


async def test_one_that_does_not_answer_is_asked_again_soon_and_then_less_often(certificates: tls.Certificates) -> None:
    async with bench(certificates, *[503] * 6, CONNECTED) as (it, kube, _):
        await it.follow(kube)
    assert it.waits == [*FIND_AGAIN, FIND_AGAIN[-1], FIND_AGAIN[-1]]
    assert {phase for phase, _reason in it.said} == {Phase.STALE}
    assert it.found == [CLUSTER]


async def test_arm_is_asked_once_where_the_nodes_tell_only_their_group(certificates: tls.Certificates) -> None:
    async with bench(certificates, "aks") as (it, kube, arm):
        arm.handle = lambda request: web.json_response(
            {"value": [{"id": AKS, "properties": {"nodeResourceGroup": GROUP}}]}
        )
        await it.follow(kube)
        asked = [request.path for request in arm.asked if request.path.endswith("/managedClusters")]
    assert it.found == [AKS]
    assert it.waits == []
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("status", "phase", "pause"), [(403, Phase.OFF, LOOK_AGAIN), (503, Phase.STALE, FIND_AGAIN[0])]
)
async def test_where_arm_refuses_that_is_said(
    certificates: tls.Certificates, status: int, phase: Phase, pause: float
) -> None:
    async with bench(certificates, "aks", CONNECTED) as (it, kube, arm):
        arm.handle = lambda request: error(status, "Code", "not now")
        await it.follow(kube)
    assert it.waits == [pause]
    assert it.said[0][0] is phase
    assert "not now" in it.said[0][1]


async def test_arm_is_not_asked_again_before_it_allows(certificates: tls.Certificates) -> None:
    async with bench(certificates, "aks", "aks", CONNECTED) as (it, kube, arm):
        arm.handle = lambda request: error(429, "TooManyRequests", **{"Retry-After": "77"})
        await it.follow(kube)
    assert it.waits == [FIND_AGAIN[0], pytest.approx(77, abs=2), FIND_AGAIN[1]]


class Polled:
    """A watch that polls an ARM whose one extension a test changes."""

    def __init__(self, api: Api, given: Settings) -> None:
        self.api = api
        self.uses: Any = {"servicebus.enabled": "false"}
        """Settings of the extension; None: there is none. An int: ARM refuses."""
        self.store = Store()
        self.watch = ArmWatch(given, self.store, lambda: 5.0)
        api.handle = self

    def __call__(self, request: web.Request) -> web.StreamResponse:
        if request.path == CLUSTER:
            return web.json_response({"id": CLUSTER})
        if request.path.endswith("/extensions"):
            if isinstance(self.uses, int):
                return error(self.uses, "AuthorizationFailed", "no role")
            return web.json_response({"value": [] if self.uses is None else [self.extension()]})
        if self.asked_bus(request):
            body = {"id": f"{CLUSTER.rpartition('/providers/')[0]}/providers/Microsoft.ServiceBus/namespaces/b"}
            return web.json_response({"value": [{**body, "name": "b", "properties": {"status": "Active"}}]})
        return web.json_response({"value": []})

    def extension(self) -> dict[str, Any]:
        inner = {"extensionType": "Microsoft.AzureML.Kubernetes", "provisioningState": "Succeeded",
                 "currentVersion": "1.1.39", "configurationSettings": self.uses}  # fmt: skip
        path = f"{CLUSTER}/providers/Microsoft.KubernetesConfiguration/extensions/e"
        return {"id": path, "name": "e", "properties": inner}

    @staticmethod
    def asked_bus(request: web.Request) -> bool:
        return "/Microsoft.ServiceBus/" in request.path

    @property
    def looks(self) -> int:
        return sum(self.asked_bus(request) for request in self.api.asked)

    async def bus(self, phase: Phase, reason: str = "") -> None:
        """Until the source stands so."""
        source = lambda: self.store.source("buses")  # noqa: E731
        await until(lambda: source().phase is phase and reason in source().reason)


@asynccontextmanager
async def polled(certificates: tls.Certificates, uses: Any) -> AsyncIterator[Polled]:
    async with endpoint(certificates) as (api, _):
        it = Polled(api, settings(api.url, certificates))
        it.uses = uses
        try:
            async with asyncio.TaskGroup() as tasks:
                await it.watch.follow(tasks, None, lambda _id: None)
                yield it
                raise Enough
        except* Enough:
            pass
        assert it.watch.client is not None
        await it.watch.client.close()


async def test_service_bus_is_asked_for_only_while_the_extension_uses_it(certificates: tls.Certificates) -> None:
    async with polled(certificates, {"servicebus.enabled": "false"}) as it:
        await it.bus(Phase.OFF, "does not use Service Bus")
        await until(lambda: it.store.source("relays").phase is Phase.LIVE)
        assert it.looks == 0
        it.uses = {"servicebus.enabled": "true"}
        it.watch.poll_now()
        await it.bus(Phase.LIVE)
        assert [row.name for row in it.store.rows("buses").values()] == ["b"]
        it.uses, looks = None, it.looks
        it.watch.poll_now()
        await it.bus(Phase.OFF, "no extension is installed")
        assert not it.store.rows("buses"), "nobody looks at them any more"
        assert it.looks <= looks + 1


async def test_without_a_word_of_the_extension_service_bus_is_not_waited_for(certificates: tls.Certificates) -> None:
    async with polled(certificates, 403) as it:
        await it.bus(Phase.OFF, "no extension is seen")
        assert it.looks == 0
