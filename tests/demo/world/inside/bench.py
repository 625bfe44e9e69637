"""A shell on a bench: a container with some files, a clock in the test's hand, what a script wrote and how it ended."""

from __future__ import annotations

import asyncio
from typing import Any

from tui.demo.kube.logs import LogBook
from tui.demo.kube.programs import Start
from tui.demo.world.inside.containers import Containers
from tui.demo.world.logs import Flow, cycle

START = 1_700_000_000.0
LOG = "/data/logs/std_log.txt"


def pod(**container: Any) -> dict[str, Any]:
    """A pod with one running container `main`, whose volume is at /data."""
    body = {
        "name": "main", "image": "train/app:1", "volumeMounts": [{"name": "data", "mountPath": "/data"}],
        "env": [{"name": "GREETING", "value": "hello"}, {"name": "RUN_TOKEN", "value": "x"}], **container,
    }  # fmt: skip
    state = {"running": {"startedAt": "2023-11-14T22:00:00Z"}}
    return {
        "metadata": {"name": "p", "namespace": "n", "uid": "u-1", "creationTimestamp": "2023-11-14T22:00:00Z"},
        "spec": {"containers": [body]}, "status": {"containerStatuses": [{"name": "main", "state": state}]},
    }  # fmt: skip


class Wire:
    """A program's streams in memory."""

    def __init__(self, *given: bytes, ends: bool = True) -> None:
        self.columns, self.rows = 80, 24
        self.said, self.errors = bytearray(), bytearray()
        self._given: asyncio.Queue[bytes] = asyncio.Queue()
        for data in (*given, *([b""] if ends else [])):
            self._given.put_nowait(data)

    def type(self, data: bytes) -> None:
        """More input."""
        self._given.put_nowait(data)

    async def read(self) -> bytes:
        return await self._given.get()

    async def write(self, data: bytes) -> None:
        self.said += data

    async def error(self, data: bytes) -> None:
        self.errors += data

    async def until(self, text: bytes) -> None:
        """Wait until it said something."""
        async with asyncio.timeout(5):
            while text not in self.said:  # noqa: ASYNC110 - only looking tells
                await asyncio.sleep(0.005)


class Bench:
    """One container, whose log is a line every two seconds since a minute ago."""

    def __init__(self, **container: Any) -> None:
        self.now, self.pod = START, pod(**container)
        self.source = Flow(START - 60, 2.0, cycle(("step {n}", "odd {n} \udcff")))
        logs = LogBook()
        logs.put("n", "p", LOG, self.source)
        self.containers = Containers(logs, lambda: self.now)

    def log(self) -> bytes:
        """What the file holds now."""
        lines = self.source.read(0, self.now)
        return b"".join(text.encode("utf-8", "surrogateescape") + b"\n" for _at, text in lines)

    async def run(self, *command: str, wire: Wire | None = None, tty: bool = False) -> tuple[int, bytes, bytes]:
        """Exit code, output and errors."""
        streams = wire or Wire()
        code = await self.containers.run(Start(self.pod, "main", command, tty), streams)
        return code, bytes(streams.said), bytes(streams.errors)

    async def sh(self, script: str, *arguments: str) -> tuple[int, str, str]:
        """The same of a script."""
        code, said, errors = await self.run("sh", "-c", script, "sh", *arguments)
        return code, said.decode("utf-8", "replace"), errors.decode()
