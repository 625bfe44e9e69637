"""Where a fault is tried: a server, a way round the fault, a namespace, and the time that counts there.

On the demo the back-off is skipped, and counted, and what may take long takes a hundredth; on a real control plane all
is in earnest.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from msgspec import structs

from tests.contract.backends import ADMIN, Backend
from tests.contract.kinds import of
from tests.demo.kube.town import Client
from tests.faults.clock import Clock, Plain, Skipping
from tests.faults.kinds import SECRETS, data, made
from tests.faults.proxy import HOST, FaultProxy, between
from tests.faults.stand import Stand, settled
from tui.client.connection import Connection
from tui.client.kube import SILENCE, KubeClient
from tui.client.transport import USUAL, Limits

HUNDREDTH: Final = Limits(USUAL.connect / 100, USUAL.read / 100, USUAL.answer / 100, USUAL.quiet / 100)
MERGE: Final = "application/merge-patch+json"


class Site:
    """One backend as the tests here need it."""

    def __init__(self, backend: Backend, raw: Client, direct: KubeClient, home: str) -> None:
        self.backend, self.raw, self.direct, self.home = backend, raw, direct, home
        self.kind = SECRETS
        """What is watched and written here."""
        self.earnest = backend.name == "cluster"
        self.limits = USUAL if self.earnest else HUNDREDTH
        self.silence = 30.0 if self.earnest else SILENCE / 100
        """Seconds that a watch may say nothing; less than the usual two minutes on a real control plane, too."""
        self.hung = self.limits.quiet + self.limits.answer + (1.0 if self.earnest else 0.5)
        """Seconds within which it is told that a server hangs: long before a watch that is silent ends."""
        self.patience = 90.0 if self.earnest else 10.0
        """Seconds of real time to wait for a fact."""
        self._random = random.Random(7)

    @property
    def name(self) -> str:
        return self.backend.name

    def clock(self) -> Clock:
        return Plain() if self.earnest else Skipping()

    def tries(self, demo: int, cluster: int) -> int:
        return cluster if self.earnest else demo

    @asynccontextmanager
    async def proxied(
        self, *, inside: bool = False, limits: Limits | None = None, **more: Any
    ) -> AsyncIterator[tuple[FaultProxy, KubeClient]]:
        """A proxy in front of the server, and our client behind it. `inside`: faults strike the HTTP, not the TLS."""
        certificates = self.backend.certificates if inside else None
        async with between(self.backend.url, certificates, **more) as proxy, self.client(proxy, limits) as kube:
            yield proxy, kube

    @asynccontextmanager
    async def client(self, proxy: FaultProxy, limits: Limits | None = None) -> AsyncIterator[KubeClient]:
        """Our client, as the admin, through a proxy."""
        url = f"https://{HOST}:{proxy.port}"
        choice = self.backend.choice(ADMIN)
        connection = Connection(structs.replace(choice, server=url, cluster={**choice.cluster, "server": url}))
        try:
            yield KubeClient(connection, limits=limits or self.limits)
        finally:
            await connection.close()

    async def fill(self, count: int, size: int = 0) -> None:
        """So many objects."""
        for _number in range(count):
            await self.create(size)

    async def create(self, size: int = 0) -> str:
        name = f"s-{uuid.uuid4().hex[:8]}"
        status, said = await self.raw.ask("POST", self._path(), made(self.kind, name, "x" * size))
        assert status == 201, said
        return name

    async def stir(self, changes: int = 6) -> None:
        """Create, change and delete some, round the fault."""
        for _number in range(changes):
            names = [item["metadata"]["name"] for item in (await self.raw.get(self._path()))["items"]]
            await self.create()
            changed = data(self.kind, uuid.uuid4().hex)
            await self.raw.ask("PATCH", self._path(self._random.choice(names)), changed, MERGE)
            await self.raw.ask("DELETE", self._path(self._random.choice(names)))

    def _path(self, name: str = "") -> str:
        return of(self.home, self.kind.plural, name)

    async def right(self, stand: Stand) -> None:
        """Wait until the store equals a fresh list; fails when it does not."""
        await settled(stand, self.direct, self.raw, within=3 * self.patience)


def answer(status: int, body: bytes, **headers: str) -> bytes:
    """A whole HTTP answer."""
    fields = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} As-Planned\r\n{head}\r\n".encode() + body


def refusal(status: int, **headers: str) -> bytes:
    """As an API server refuses."""
    return answer(status, b'{"kind":"Status","message":"refused on purpose","code":%d}' % status, **headers)
