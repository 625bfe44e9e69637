"""A small ARM endpoint in this process, over TLS: what a test puts into it is what it says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from tests.client.api import Api, running
from tui.client.arm import ArmClient
from tui.demo import tls
from tui.settings import Demo, Settings

SUBSCRIPTION = "/subscriptions/s"
CLUSTER = f"{SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.Kubernetes/connectedClusters/c"
WORKSPACES = f"{SUBSCRIPTION}/providers/Microsoft.MachineLearningServices/workspaces"
TOKEN = "the-token"


def settings(url: str, certificates: tls.Certificates, **more: Any) -> Settings:
    demo = Demo(kubeconfig="", arm=url, ca=str(certificates.ca_path), token=TOKEN, cluster_id=CLUSTER)
    return Settings(demo=demo, **more)


def error(status: int, code: str, message: str = "", **headers: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=status, headers=headers)


@asynccontextmanager
async def endpoint(certificates: tls.Certificates, **more: Any) -> AsyncIterator[tuple[Api, ArmClient]]:
    """The server, and a client on it."""
    async with running(tls.server_context(certificates)) as api:
        client = ArmClient(settings(api.url, certificates), **more)
        try:
            yield api, client
        finally:
            await client.close()
