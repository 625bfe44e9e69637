"""A Kubernetes API with one object of everything a survey asks for, and what stands in for waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from tests.client.api import Api, client, refusal, running
from tests.client.arm import CLUSTER
from tests.domain.build import NOW
from tui.client.arm import ArmClient
from tui.client.kube import KubeClient
from tui.client.survey import survey
from tui.domain.surveys.survey import Survey

LISTS = {
    "daemon_sets": "/apis/apps/v1/daemonsets",
    "deployments": "/apis/apps/v1/deployments",
    "stateful_sets": "/apis/apps/v1/statefulsets",
    "nodes": "/api/v1/nodes",
    "namespaces": "/api/v1/namespaces",
    "ingress_classes": "/apis/networking.k8s.io/v1/ingressclasses",
    "webhooks": "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
    "schedulers": "/api/v1/configmaps",
    "releases": "/api/v1/namespaces/azureml/secrets",
}
NAMED = {
    "drivers": "/apis/storage.k8s.io/v1/csidrivers/blob.csi.azure.com",
    "legacy_roles": "/apis/rbac.authorization.k8s.io/v1/clusterroles/azureml-fe-role",
}
REMAINS = [f"/api/v1/namespaces/azureml/{plural}" for plural in ("services", "serviceaccounts", "configmaps")]
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/"
SECRET = "c2VjcmV0IGRhdGE="


def thing(name: str, space: str = "", **more: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, **({"namespace": space} if space else {})}, **more}


def listing(*items: dict[str, Any], token: str = "") -> web.Response:
    return web.json_response({"metadata": {"resourceVersion": "7", "continue": token}, "items": [*items]})


class Town:
    """A Kubernetes API with one object of everything, and what a test does to single paths."""

    def __init__(self) -> None:
        self.special: dict[str, Callable[[web.Request], Any]] = {}
        self.under_way = self.most = 0

    async def __call__(self, request: web.Request) -> web.Response:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0.001)
        self.under_way -= 1
        special = self.special.get(request.path)
        answer: web.Response = special(request) if special else await self.usual(request)
        return answer

    async def usual(self, request: web.Request) -> web.Response:
        path = request.path
        if path == "/version":
            return web.json_response({"gitVersion": "v1.27.3"})
        if path == "/apis":
            return web.json_response({"groups": [{"name": "apps"}, {"name": "batch.volcano.sh"}]})
        if path.endswith("selfsubjectaccessreviews"):
            return web.json_response({"status": {"allowed": True}}, status=201)
        if path in LISTS.values() or path in REMAINS:
            return listing(thing(f"one-{path.rpartition('/')[2]}", "azureml", data={"release": SECRET}))
        if path in NAMED.values() or path.startswith(CRDS):
            return web.json_response(thing(path.rpartition("/")[2]))
        return refusal(404, "nothing here")


@asynccontextmanager
async def town() -> AsyncIterator[tuple[Town, Api, KubeClient]]:
    made = Town()
    async with running() as api, client(api.url) as kube:
        api.handle = made
        yield made, api, kube


async def look(kube: KubeClient | None = None, arm: ArmClient | None = None, **more: Any) -> Survey:
    return await survey(kube, arm, CLUSTER, clock=lambda: NOW, **more)


def part(found: Survey, name: str) -> Any:
    return getattr(found, name)


class Slept:
    """Instead of waiting."""

    def __init__(self) -> None:
        self.naps: list[float] = []

    async def __call__(self, seconds: float) -> None:
        if seconds:
            self.naps.append(seconds)


def broken(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()
