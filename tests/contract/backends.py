"""What a contract case runs on: the demo's API server in this process, or a real control plane.

Owns how each is reached, signed in to, and made to forget or restart. Must not know what a case asks.
"""

from __future__ import annotations

import asyncio
import ssl
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from signal import Signals
from typing import Any

import aiohttp
from aiohttp import web

from tests.cluster import access, tokens
from tests.cluster.plane import Plane
from tests.cluster.workers import ECHO
from tests.demo.kube.town import Client, NoFaults
from tui.client.choice import Choice
from tui.client.connection import Connection
from tui.client.kube import KubeClient
from tui.demo import tls
from tui.demo.kube.access import SELF_REVIEWS, Identity, Rule
from tui.demo.kube.logs import LogBook
from tui.demo.kube.objects import ObjectStore
from tui.demo.kube.programs import Body, Line
from tui.demo.kube.server import KubeServer
from tui.demo.world.inside.containers import Containers

User = dict[str, Any]
BRIEF, LEEWAY = 5, 60
"""Seconds that a brief token is good for, and that the apiserver takes every token after its time."""
ADMIN: User = {"token": "admin-token"}
VIEWER: User = {"token": "viewer-token"}


class Backend(ABC):
    """One API server, with the users of `tests.cluster.access`."""

    name: str
    url: str
    certificates: tls.Certificates
    bookmarked: int
    """Seconds of a watch that is long enough for a bookmark."""

    @abstractmethod
    def compact(self) -> None:
        """Forget every state before now."""

    @abstractmethod
    def away(self, *, politely: bool) -> AbstractAsyncContextManager[None]:
        """The server ends, in good order or not, and is there again after the block with all that it knew."""

    @abstractmethod
    async def grant(self, user: str, home: str, verbs: Sequence[str], *resources: str) -> None:
        """A user may do something with resources of the core in one namespace, and nothing else."""

    @abstractmethod
    def expired_token(self) -> str:
        """A token that was good once."""

    @abstractmethod
    async def brief_token(self, home: str) -> str:
        """A token that is good for some seconds, of somebody who may do everything with the config maps of a home."""

    async def expired(self, token: str) -> None:
        """Wait until a token is refused."""
        async with asyncio.timeout(30), self.raw(token) as client:
            while (await client.ask("GET", "/api"))[0] != 401:  # noqa: ASYNC110 - only asking tells
                await asyncio.sleep(0.2)

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


class Inside(Containers):
    """What is in the demo's containers, and the port that kwok's pods have."""

    def listens(self, pod: Body, port: int) -> None:
        if port != ECHO:
            super().listens(pod, port)

    async def answer(self, pod: Body, port: int, line: Line) -> None:
        while data := await line.read():
            await line.write(data)


class DemoBackend(Backend):
    """The demo's API server in this loop, empty but for the namespaces that every cluster has."""

    name, bookmarked = "demo", 1

    def __init__(self, certificates: tls.Certificates) -> None:
        self.certificates = certificates
        self.objects, self.logs = ObjectStore(time.time), LogBook()
        self.identities: dict[str, Identity] = dict(access.TOKENS)
        self._port = 0
        for name in ("default", "kube-node-lease", "kube-public", "kube-system"):
            home = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}, "status": {"phase": "Active"}}
            self.objects.create("namespaces", home)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Listen on a free port."""
        await self._start()
        try:
            yield
        finally:
            await self._stop(politely=True)

    async def _start(self) -> None:
        programs = Inside(self.logs, time.time)
        self._server = KubeServer(
            self.objects, self.logs, self.identities, time.time, NoFaults(), stops=0.1, programs=programs
        )
        self._runner = web.AppRunner(self._server.application(), shutdown_timeout=0.05)
        await self._runner.setup()
        context = tls.server_context(self.certificates)
        await web.TCPSite(self._runner, "127.0.0.1", self._port, ssl_context=context).start()
        self._port = self._runner.addresses[0][1]
        self.url = f"https://127.0.0.1:{self._port}"

    async def _stop(self, *, politely: bool) -> None:
        served = self._runner.server
        assert served is not None
        for connection in () if politely else served.connections:
            if connection.transport is not None:
                connection.transport.abort()
        self._server.stop()
        await self._runner.cleanup()

    @asynccontextmanager
    async def away(self, *, politely: bool) -> AsyncIterator[None]:
        await self._stop(politely=politely)
        yield
        await self._start()

    async def grant(self, user: str, home: str, verbs: Sequence[str], *resources: str) -> None:
        rule = Rule(tuple(verbs), ("",), resources, namespaces=(home,))
        self.identities[f"{user}-token"] = Identity(user, ("system:authenticated",), (*SELF_REVIEWS, rule))

    def compact(self) -> None:
        self.objects.compact()

    def expired_token(self) -> str:
        return "a-token-of-yesterday"

    async def brief_token(self, home: str) -> str:
        await self.grant("brief", home, ("*",), "configmaps")
        return "brief-token"

    async def expired(self, token: str) -> None:
        del self.identities[token]


class ClusterBackend(Backend):
    """A real control plane."""

    name, bookmarked = "cluster", 10

    def __init__(self, plane: Plane) -> None:
        self.plane, self.url, self.certificates = plane, plane.url, plane.certificates

    @asynccontextmanager
    async def away(self, *, politely: bool) -> AsyncIterator[None]:
        if politely:
            await asyncio.to_thread(self.plane.apiserver.stop)
        else:
            self.plane.apiserver.send(Signals.SIGKILL)
        yield
        self.plane.apiserver.start()
        await asyncio.to_thread(self.plane.wait)

    async def grant(self, user: str, home: str, verbs: Sequence[str], *resources: str) -> None:
        group, name = "rbac.authorization.k8s.io", f"role-{uuid.uuid4().hex[:8]}"
        head = {"apiVersion": f"{group}/v1", "metadata": {"name": name}}
        rule = {"verbs": [*verbs], "apiGroups": [""], "resources": [*resources]}
        bound = {
            "roleRef": {"apiGroup": group, "kind": "Role", "name": name},
            "subjects": [{"apiGroup": group, "kind": "User", "name": user}],
        }
        path = f"/apis/{group}/v1/namespaces/{home}"
        self.plane.ask("POST", f"{path}/roles", {**head, "kind": "Role", "rules": [rule]})
        self.plane.ask("POST", f"{path}/rolebindings", {**head, "kind": "RoleBinding", **bound})

    def compact(self) -> None:
        self.plane.compact()

    def expired_token(self) -> str:
        return tokens.service_account(self.plane, "default", "late", seconds=-3600)

    async def brief_token(self, home: str) -> str:
        await self.grant(f"system:serviceaccount:{home}:brief", home, ("*",), "configmaps")
        return tokens.service_account(self.plane, home, "brief", seconds=BRIEF - LEEWAY)
