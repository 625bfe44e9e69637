"""A crowd of nodes and pods on an API server, and its churn: marked, restarted, deleted, made anew, not ready, gone.

Owns what is written and how fast. Run as `python -m tests.contract.crowd` it is a process of its own, so that who
follows the crowd need not share a processor's turn with who makes it; it prints its Tally as JSON.
"""

from __future__ import annotations

import asyncio
import random
import ssl
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import msgspec
from msgspec import Struct

from tests.cluster.workers import node
from tests.contract.kinds import of, pod
from tests.demo.kube.town import Client

MARK: Final = "crowd/at"
"""The label that says when it was written, in seconds since 1970."""
LAST: Final = "last"
"""The mark of the last write to a node and to a pod."""
_MERGE: Final = "application/merge-patch+json"
_WRITERS: Final = 12
"""Requests under way at a time."""
_GRACE: Final = 1
_EXPECTED: Final = frozenset({404, 409})
"""What a write meets whose object a controller has just taken away."""
_MIX: Final = {"mark": 48, "restart": 24, "replace": 22, "flip": 5, "remove": 1}
"""Of a hundred writes; `replace` and `remove` are two requests each."""


class Size(Struct, frozen=True):
    """How many, and how fast they change."""

    nodes: int
    pods: int
    rate: float
    """Changes a second that are asked for."""


class Tally(Struct):
    """What was written."""

    seconds: float = 0.0
    writes: int = 0
    refused: dict[int, int] = {}
    """By status, those that are not expected."""
    round_trip: float = 0.0
    """Median seconds of one write."""


@dataclass
class Crowd:
    """Fill it, then churn it, as often as one likes."""

    client: Client
    home: str
    size: Size
    name: str = "first"
    """Names of what it makes begin with it."""

    def __post_init__(self) -> None:
        self._dice = random.Random(self.name)
        self._nodes = [f"node-{number:04}" for number in range(self.size.nodes)]
        self._pods = [f"pod-{number:05}" for number in range(self.size.pods)]
        self._made, self._tally, self._took = 0, Tally(), list[float]()

    async def fill(self) -> Tally:
        """Make the namespace, all nodes and all pods, placed."""
        home = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.home}}
        await self._write("POST", "/api/v1/namespaces", home)
        begun = time.monotonic()
        await self._all(self._write("POST", "/api/v1/nodes", node(name)) for name in self._nodes)
        await self._all(self._place(name, self._nodes[at % len(self._nodes)]) for at, name in enumerate(self._pods))
        return self._told(begun)

    async def churn(self, seconds: float) -> Tally:
        """Change it for so long, then mark the last node and the last pod."""
        self._nodes = await self._names("/api/v1/nodes")
        self._pods = await self._names(of(self.home, "pods"))
        begun, due = time.monotonic(), 0
        kinds = self._dice.choices([*_MIX], [*_MIX.values()], k=int(seconds * self.size.rate))

        def paced() -> Iterator[Awaitable[None]]:
            nonlocal due
            for kind in kinds:
                if time.monotonic() - begun > seconds:
                    return
                due += 1
                yield self._later(begun + due / self.size.rate, getattr(self, f"_{kind}"))

        await self._all(paced())
        tally = self._told(begun)
        for path in ("/api/v1/nodes/" + self._nodes[0], of(self.home, "pods", self._pods[0])):
            await self._write("PATCH", path, {"metadata": {"labels": {LAST: self.name}}})
        return tally

    async def _names(self, path: str) -> list[str]:
        """Of what is there and stays; the one that nothing happens to comes first."""
        found = (each["metadata"] for each in (await self.client.get(path))["items"])
        return sorted(meta["name"] for meta in found if "deletionTimestamp" not in meta)

    async def _later(self, due: float, change: Callable[[], Awaitable[None]]) -> None:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        await change()

    async def _mark(self) -> None:
        """Say when it was written."""
        path = of(self.home, "pods", self._dice.choice(self._pods))
        await self._write("PATCH", path, {"metadata": {"labels": {MARK: f"{time.time():.6f}"}}})

    async def _restart(self) -> None:
        """What a kubelet says of a container that was started again."""
        path = of(self.home, "pods", self._dice.choice(self._pods)) + "/status"
        started = {"running": {"startedAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}}
        container = {
            "name": "main", "image": "registry.example/app:1", "imageID": "", "state": started,
            "ready": self._dice.random() < 0.8, "restartCount": self._dice.randrange(9),
        }  # fmt: skip
        await self._write("PATCH", path, {"status": {"phase": "Running", "containerStatuses": [container]}})

    async def _replace(self) -> None:
        """Delete a pod, now or with grace, and make another elsewhere."""
        at = self._dice.randrange(1, len(self._pods))
        grace = self._dice.choice((0, _GRACE))
        old, self._pods[at] = self._pods[at], self._next("pod")
        await self._write("DELETE", of(self.home, "pods", old), {"gracePeriodSeconds": grace})
        await self._place(self._pods[at], self._dice.choice(self._nodes))

    async def _flip(self) -> None:
        """A kubelet is silent, or back."""
        name, ready = self._dice.choice(self._nodes), self._dice.choice(("False", "True"))
        condition = {"type": "Ready", "status": ready, "reason": "Crowd", "message": "told so"}
        await self._write("PATCH", f"/api/v1/nodes/{name}/status", {"status": {"conditions": [condition]}})

    async def _remove(self) -> None:
        """Take a node away with all that runs there, and add one."""
        at = self._dice.randrange(1, len(self._nodes))
        old, self._nodes[at] = self._nodes[at], self._next("node")
        await self._write("DELETE", f"/api/v1/nodes/{old}")
        await self._write("POST", "/api/v1/nodes", node(self._nodes[at]))

    async def _place(self, name: str, where: str) -> None:
        await self._write("POST", of(self.home, "pods"), pod(name, where, grace=_GRACE))

    def _next(self, kind: str) -> str:
        self._made += 1
        return f"{kind}-{self.name}-{self._made:05}"

    async def _write(self, method: str, path: str, body: Any = None) -> None:
        begun = time.monotonic()
        status, _said = await self.client.ask(method, path, body, _MERGE if method == "PATCH" else "")
        self._took.append(time.monotonic() - begun)
        self._tally.writes += 1
        if status >= 400 and status not in _EXPECTED:
            self._tally.refused[status] = self._tally.refused.get(status, 0) + 1

    async def _all(self, changes: Iterator[Awaitable[None]]) -> None:
        """A few at a time."""

        async def work() -> None:
            for change in changes:
                await change

        async with asyncio.TaskGroup() as tasks:
            for _writer in range(_WRITERS):
                tasks.create_task(work())

    def _told(self, begun: float) -> Tally:
        """What was written since, and begin a new tally."""
        told, self._tally = self._tally, Tally(refused={})
        told.seconds = time.monotonic() - begun
        told.round_trip = sorted(self._took)[len(self._took) // 2]
        self._took.clear()
        return told


class Order(Struct, frozen=True):
    """What a process of its own is to do: given as JSON, its only argument."""

    server: str
    ca: str
    home: str
    size: Size
    seconds: float
    """Of churn; 0 fills it."""
    name: str = "first"


async def _obey(order: Order) -> Tally:
    context = ssl.create_default_context(cafile=order.ca)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session:
        crowd = Crowd(Client(session, order.server, "admin-token"), order.home, order.size, order.name)
        return await (crowd.churn(order.seconds) if order.seconds else crowd.fill())


async def apart(order: Order) -> Tally:
    """Have it done by a process of its own."""
    command = [sys.executable, "-m", "tests.contract.crowd", msgspec.json.encode(order).decode()]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        said, _none = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0
    return msgspec.json.decode(said, type=Tally)


if __name__ == "__main__":
    print(msgspec.json.encode(asyncio.run(_obey(msgspec.json.decode(sys.argv[1], type=Order)))).decode())
