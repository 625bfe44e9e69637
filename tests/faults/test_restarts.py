"""A thousand watches begun and ended: no task, thread or file descriptor is left, and memory does not grow."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct, structs

from tests.client.api import until
from tests.contract.backends import ClusterBackend
from tests.contract.conftest import CLUSTER
from tests.faults.clock import Skipping
from tests.faults.proxy import HOST, FaultProxy, between
from tests.faults.stand import fresh, standing
from tests.faults.table import Note
from tui.client.choice import Choice, choice_of
from tui.client.connection import Connection
from tui.client.kube import KubeClient
from tui.core.facts import Alive, Fact
from tui.core.kind import Kind
from tui.demo.launch import launch
from tui.domain.kinds import NAMESPACES
from tui.settings import Settings

RESTARTS = 1000
WARM = 200
"""Restarts after which what is kept for good is there."""
GROWTH = 15.0
"""MB that the rest may add: what waits to be collected, and arenas of the allocator."""
_OPEN = Path("/proc/self/fd")

pytestmark = pytest.mark.skipif(not _OPEN.exists(), reason="counts descriptors in /proc")


class Held(Struct, frozen=True):
    """What this process holds."""

    tasks: int
    threads: int
    files: int

    def __str__(self) -> str:
        return f"{self.tasks} tasks, {self.threads} threads, {self.files} files"


def held() -> Held:
    """What we hold."""
    return Held(len(asyncio.all_tasks()), threading.active_count(), len(os.listdir(_OPEN)))  # noqa: PTH208


def memory() -> float:
    """MB that are resident now."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


class Target(Struct, frozen=True):
    """A server in a process of its own, so that what this one holds is ours."""

    name: str
    url: str
    choice: Choice
    kind: Kind


@pytest.fixture(params=["demo", CLUSTER])
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """The demo as it is launched, or a real control plane."""
    if request.param == "cluster":
        backend = ClusterBackend(request.getfixturevalue("plane"))
        yield Target("cluster", backend.url, backend.choice(), NAMESPACES)
        return
    with launch(seed=1, pods=0, speed=0.0) as demo:
        choice = choice_of(Settings(kubeconfig=demo.kubeconfig))
        yield Target("demo", choice.server, choice, NAMESPACES)


@pytest.fixture
def seldom() -> Iterator[None]:
    """The garbage of cycles is looked for as seldom as in the running app: what needs it piles up."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


@pytest.mark.usefixtures("seldom")
async def test_a_thousand_watches_leave_nothing(target: Target, note: Note) -> None:
    await _restarted(target, 3)  # threads and modules that stay are there now
    before = await _settled()
    begun = time.monotonic()
    most, growth = await _restarted(target, RESTARTS)
    await until(lambda: held() == before, 10)
    assert most.tasks <= before.tasks + 20
    assert most.files <= before.files + 30
    assert most.threads <= before.threads
    assert growth < GROWTH
    checked = f"before and after {before}; at most {most.tasks}, {most.threads}, {most.files}; {growth:+.1f} MB"
    note("watch restarts", target.name, RESTARTS, [], [time.monotonic() - begun], checked)


async def _settled() -> Held:
    """What is held when nothing more is under way."""
    gc.collect()
    now = held()
    for _ in range(20):
        await asyncio.sleep(0.01)
        last, now = now, held()
        if last == now:
            break
    return now


class _Cutter:
    """Ends each watch as it opens, resets it or closes it in turn; measures now and then."""

    def __init__(self, proxy: FaultProxy, restarts: int) -> None:
        self._proxy, self._restarts = proxy, restarts
        self.opened = 0
        self.most = Held(0, 0, 0)
        self.warm = 0.0

    def __call__(self, fact: Fact) -> None:
        if not isinstance(fact, Alive) or self.done:
            return
        self.opened += 1
        if self.opened % 50 == 0:
            now = held()
            self.most = Held(max(self.most.tasks, now.tasks), max(self.most.threads, now.threads),
                             max(self.most.files, now.files))  # fmt: skip
        if self.opened == WARM:
            self.warm = memory()
        asyncio.get_running_loop().call_soon(self._proxy.cut if self.opened % 2 else self._proxy.close)

    @property
    def done(self) -> bool:
        return self.opened >= self._restarts


async def _restarted(target: Target, restarts: int) -> tuple[Held, float]:
    """Begin so many watches. Gives the most that was held meanwhile, and by how many MB this process grew."""
    async with between(target.url) as proxy:
        url = f"https://{HOST}:{proxy.port}"
        cluster = {**target.choice.cluster, "server": url}
        connection = Connection(structs.replace(target.choice, server=url, cluster=cluster))
        kube = KubeClient(connection)
        async with standing(kube, target.kind, Skipping(), silence=60.0, wait=False) as stand:
            cutter = stand.on_fact = _Cutter(proxy, restarts)
            await until(lambda: cutter.done, 60)
            growth = memory() - cutter.warm if restarts > WARM else 0.0
            await until(lambda: stand.live)
            assert stand.rows == await fresh(kube, target.kind)
        await connection.close()
    return cutter.most, growth
