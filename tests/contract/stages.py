"""Where pods run: a node of the demo whose logs are made up, or one of kwok's.

Owns how a pod comes to run and how its container gets to say something.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.workers import Workers, line
from tests.contract.backends import Backend, DemoBackend
from tests.contract.kinds import of, pod
from tests.demo.kube.town import Client
from tui.demo.kube.objects import timestamp

STATUS = "application/merge-patch+json"


class Stage(ABC):
    """Pods of one namespace that run, and what their container `main` says."""

    inside: str
    """A directory in their containers, for files that a test writes."""

    def __init__(self, raw: Client, home: str, node: str) -> None:
        self.home, self._raw, self._node = home, raw, node

    async def run(self, name: str, restarts: int = 0) -> None:
        """A running pod; its container was started again `restarts` times."""
        path, body = of(self.home, "pods"), pod(name, self._node)
        body["spec"]["volumes"] = [{"name": "inside", "emptyDir": {}}]
        body["spec"]["containers"][0]["volumeMounts"] = [{"name": "inside", "mountPath": self.inside}]
        status, said = await self._raw.ask("POST", path, body)
        assert status == 201, said
        await self._start(name, restarts)

    @abstractmethod
    async def _start(self, name: str, restarts: int) -> None: ...

    @abstractmethod
    def write(self, name: str, *texts: str, at: float | None = None, previous: bool = False) -> None:
        """The container of a pod says something: now, or as of `at`."""

    @abstractmethod
    def put(self, name: str, file: str, *texts: str) -> None:
        """Write lines into a file that is in a pod's container; the first make it."""

    async def _report(self, name: str, restarts: int) -> None:
        """Write a status as a kubelet does."""
        now = timestamp(time.time())
        last = {"exitCode": 1, "reason": "Error", "startedAt": now, "finishedAt": now}
        container = {
            "name": "main", "image": "registry.example/app:1", "imageID": "", "ready": True, "restartCount": restarts,
            "state": {"running": {"startedAt": now}}, "lastState": {"terminated": last} if restarts else {},
        }  # fmt: skip
        body: Any = {"status": {"phase": "Running", "containerStatuses": [container]}}
        status, said = await self._raw.ask("PATCH", of(self.home, "pods", name) + "/status", body, STATUS)
        assert status == 200, said


class _Said:
    """What the demo's logs are read from."""

    def __init__(self) -> None:
        self.ends: float | None = None
        self.lines: list[tuple[float, str]] = []

    def read(self, after: float, until: float) -> Iterable[tuple[float, str]]:
        return [(at, text) for at, text in self.lines if after < at <= until]


class DemoStage(Stage):
    """The demo: this is its kubelet."""

    def __init__(self, raw: Client, home: str, backend: DemoBackend) -> None:
        super().__init__(raw, home, "node-1")
        self.inside = "/inside"
        self._written: dict[str, _Said] = {}
        self._logs = backend.logs
        self._said: dict[tuple[str, bool], _Said] = {}

    async def _start(self, name: str, restarts: int) -> None:
        now, before = _Said(), _Said()
        self._said[name, False], self._said[name, True] = now, before
        self._logs.put(self.home, name, "main", now, previous=before if restarts else None)
        await self._report(name, restarts)

    def write(self, name: str, *texts: str, at: float | None = None, previous: bool = False) -> None:
        moment = time.time() if at is None else at
        found = self._said[name, previous].lines
        found += [(moment + number * 1e-6, text) for number, text in enumerate(texts)]

    def put(self, name: str, file: str, *texts: str) -> None:
        if file not in self._written:
            self._written[file] = _Said()
            self._logs.put(self.home, name, f"{self.inside}/{file}", self._written[file])
        now = time.time()
        self._written[file].lines += [(now + number * 1e-6, text) for number, text in enumerate(texts)]


class ClusterStage(Stage):
    """A real one: kwok runs the pods and reads their logs from files."""

    def __init__(self, raw: Client, home: str, node: str, workers: Workers) -> None:
        super().__init__(raw, home, node)
        self._workers, self.inside = workers, str(workers.inside)

    async def _start(self, name: str, restarts: int) -> None:
        for previous in (False, True):
            self._workers.file(name, previous=previous).write_text("")
        phase = ""
        async with asyncio.timeout(20):
            while phase != "Running":
                found = await self._raw.get(of(self.home, "pods", name))
                phase = found["status"].get("phase", "")
                await asyncio.sleep(0.05)
        if restarts:
            await self._report(name, restarts)

    def write(self, name: str, *texts: str, at: float | None = None, previous: bool = False) -> None:
        with self._workers.file(name, previous=previous).open("a") as file:
            file.writelines(line(text, at) for text in texts)

    def put(self, name: str, file: str, *texts: str) -> None:
        del name  # every container is the same directory
        with Path(self.inside, file).open("a") as opened:
            opened.writelines(f"{text}\n" for text in texts)


@asynccontextmanager
async def open_stage(request: pytest.FixtureRequest, backend: Backend, raw: Client, home: str) -> AsyncIterator[Stage]:
    """The stage of a backend."""
    if isinstance(backend, DemoBackend):
        yield DemoStage(raw, home, backend)
        return
    workers: Workers = request.getfixturevalue("workers")
    node = f"node-{uuid.uuid4().hex[:8]}"
    workers.add_node(node)
    workers.wait(node)
    yield ClusterStage(raw, home, node, workers)
    await raw.ask("DELETE", f"/api/v1/nodes/{node}")
