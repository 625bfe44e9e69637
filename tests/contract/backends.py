"""What a contract case runs on: the demo's API server in this process, or a real control plane.

Owns how each is reached, signed in to, and made to forget or restart. Must not know what a case asks.
"""

from __future__ import annotations

import ssl
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web

from tests.cluster import access, tokens
from tests.cluster.plane import Plane
from tests.demo.kube.town import Client, NoFaults
from tui.client.choice import Choice
from tui.client.connection import Connection
from tui.client.kube import KubeClient
from tui.demo import tls
from tui.demo.kube.access import Identity
from tui.demo.kube.logs import LogBook
from tui.demo.kube.objects import ObjectStore
from tui.demo.kube.server import KubeServer

User = dict[str, Any]
ADMIN: User = {"token": "admin-token"}
VIEWER: User = {"token": "viewer-token"}


class Backend(ABC):
    """One API server, with the users of `tests.cluster.access`."""

    name: str
    url: str
    certificates: tls.Certificates
    bookmarked: int
    """Seconds of a watch that is long enough for a bookmark."""
    nobody = (401, "Unauthorized")
    """What somebody who does not sign in at all is told."""

    @abstractmethod
    def compact(self) -> None:
        """Forget every state before now."""

    @abstractmethod
    def expired_token(self) -> str:
        """A token that was good once."""

    def choice(self, user: Mapping[str, Any] = ADMIN) -> Choice:
        cluster = {"server": self.url, "certificate-authority": str(self.certificates.ca_path)}
        return Choice("test", self.url, cluster, dict(user))

    @asynccontextmanager
    async def client(self, user: Mapping[str, Any] = ADMIN, **more: Any) -> AsyncIterator[KubeClient]:
        """Our client, signed in as a kubeconfig's user."""
        connection = Connection(self.choice(user))
        try:
            yield KubeClient(connection, **more)
        finally:
            await connection.close()

    @asynccontextmanager
    async def raw(self, token: str = "admin-token") -> AsyncIterator[Client]:
        """Plain HTTP."""
        context = ssl.create_default_context(cafile=str(self.certificates.ca_path))
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session:
            yield Client(session, self.url, token)


class DemoBackend(Backend):
    """The demo's API server in this loop, empty but for the namespaces that every cluster has."""

    name, bookmarked = "demo", 1

    def __init__(self, certificates: tls.Certificates) -> None:
        self.certificates = certificates
        self.objects, self.logs = ObjectStore(time.time), LogBook()
        self.identities: dict[str, Identity] = dict(access.TOKENS)
        self._server = KubeServer(self.objects, self.logs, self.identities, time.time, NoFaults(), stops=0.1)
        for name in ("default", "kube-node-lease", "kube-public", "kube-system"):
            home = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}, "status": {"phase": "Active"}}
            self.objects.create("namespaces", home)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Listen on a free port."""
        runner = web.AppRunner(self._server.application(), shutdown_timeout=0.05)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls.server_context(self.certificates)).start()
            self.url = f"https://127.0.0.1:{runner.addresses[0][1]}"
            yield
        finally:
            self._server.stop()
            await runner.cleanup()

    def compact(self) -> None:
        self.objects.compact()

    def expired_token(self) -> str:
        return "a-token-of-yesterday"


class ClusterBackend(Backend):
    """A real control plane."""

    name, bookmarked = "cluster", 10
    nobody = (403, "Forbidden")  # as system:anonymous

    def __init__(self, plane: Plane) -> None:
        self.plane, self.url, self.certificates = plane, plane.url, plane.certificates

    def compact(self) -> None:
        self.plane.compact()

    def expired_token(self) -> str:
        return tokens.service_account(self.plane, "default", "late", seconds=-3600)
