"""Node and pod churn: the store of a session that follows it equals a fresh list in the end, and it listed only once.

The real one has 1,000 nodes and 10,000 pods that kwok runs, and a process of its own that writes; the demo's is small.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import pytest

from tests.budgets import conftest as budgets
from tests.budgets.conftest import Judge, judge
from tests.client.api import until
from tests.cluster import access
from tests.cluster.fixtures import running_plane, running_workers
from tests.cluster.plane import Plane
from tests.contract.backends import Backend
from tests.contract.crowd import LAST, MARK, Crowd, Order, Size, Tally, apart
from tests.screens.deck import LARGE, Driven
from tui.app import ArcdeckApp
from tui.client.kube import KubeClient
from tui.core.facts import Changed, Fact, Gone, Listed, Phase, Stale
from tui.core.store import Store
from tui.domain.kinds import BY_NAME
from tui.session import Session
from tui.settings import Settings
from widgets.table import Table

__all__ = ["judge"]
SMALL = Size(nodes=100, pods=1_000, rate=250)
LARGE_SIZE = Size(nodes=1_000, pods=10_000, rate=300)
FOLLOWED = ("pods", "nodes")
HOME = "crowd"
CHURN = 45
"""Seconds of it on the real one."""
SETTLES = 60.0
"""Seconds that controllers and kwok have to come to rest after the last write."""
LATE = 0.5
"""Seconds that a fact may be on its way to the store."""


class Noting(Store):
    """A store that notes what came to it: how many facts, how late, and how often all was listed."""

    def __init__(self) -> None:
        super().__init__()
        self.facts, self.lists, self.late, self.breaks = 0, 0, list[float](), list[Stale]()

    def apply(self, fact: Fact) -> None:
        """Take one fact in."""
        if fact.kind in FOLLOWED:
            self._note_fact(fact)
        super().apply(fact)

    def _note_fact(self, fact: Fact) -> None:
        match fact:
            case Changed():
                self.facts += 1
                mark = fact.row.labels.get(MARK)  # type: ignore[attr-defined]
                known = self.get(fact.kind, fact.row.key)
                if mark and (known is None or known.labels.get(MARK) != mark):
                    self.late.append(time.time() - float(mark))
            case Gone():
                self.facts += 1
            case Listed():
                self.lists += 1
            case Stale():
                self.breaks.append(fact)

    def restart(self) -> None:
        """Forget what was noted."""
        self.facts, self.lists, self.late, self.breaks = 0, 0, [], []

    def whole(self) -> bool:
        """Both kinds are listed."""
        return all(self.source(kind).phase is Phase.LIVE for kind in FOLLOWED)

    def marked(self, name: str) -> bool:
        """The last writes of a churn have come."""
        rows = (self.get("pods", f"{HOME}/pod-00000"), self.get("nodes", "node-0000"))
        return all(row is not None and row.labels.get(LAST) == name for row in rows)


@asynccontextmanager
async def session_on(kubeconfig: Path, store: Noting) -> AsyncIterator[Session]:
    """A session that reads it all."""
    session = Session(_settings(kubeconfig), store=store)
    task = asyncio.create_task(session.run(lambda _delta: None))
    try:
        yield session
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _settings(kubeconfig: Path) -> Settings:
    return Settings(kubeconfig=str(kubeconfig), sign_in="none", namespace="", state_dir=kubeconfig.parent)


async def agrees(kube: KubeClient, store: Noting) -> float:
    """Once no fact came while all was listed anew, the store must equal that list; seconds until it was so quiet."""
    begun = time.monotonic()
    while True:
        known, differing = store.facts, [row for kind in FOLLOWED for row in await _differing(kube, store, kind)]
        await asyncio.sleep(LATE)
        if store.facts == known:
            assert not differing, f"{len(differing)} rows differ: {differing[0]}"
            return time.monotonic() - begun
        assert time.monotonic() - begun < SETTLES, "controllers do not come to rest"


async def _differing(kube: KubeClient, store: Store, kind: str) -> list[Any]:
    """Rows that are in one of the two only, or not the same."""
    fresh: dict[str, Any] = {}
    async for page in kube.list_pages(BY_NAME[kind]):
        fresh |= {row.key: row for row in page.rows}  # type: ignore[union-attr]
    held = store.rows(kind)
    return [(held.get(key), fresh.get(key)) for key in held.keys() | fresh.keys() if held.get(key) != fresh.get(key)]


def resident() -> float:
    """Megabytes of this process."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


# -- the demo, small


@pytest.mark.parametrize("backend", ["demo"], indirect=True)
async def test_a_small_crowd_is_followed_on_the_demo(backend: Backend, tmp_path: Path) -> None:
    kubeconfig = access.write_kubeconfig(tmp_path / "admin", backend.url, backend.certificates.ca_path, "admin-token")
    store = Noting()
    async with backend.raw() as raw, session_on(kubeconfig, store) as session, backend.client() as kube:
        crowd = Crowd(raw, HOME, SMALL)
        assert (await crowd.fill()).refused == {}
        await until(lambda: len(store.rows("pods")) == SMALL.pods and len(store.rows("nodes")) == SMALL.nodes)
        assert session.problems == []
        store.restart()
        tally = await crowd.churn(1.0)
        await until(lambda: store.marked("first"))
        await agrees(kube, store)
    assert (tally.refused, store.lists, store.breaks) == ({}, 0, [])
    assert store.facts >= tally.writes / 2, "most writes were seen as they came"
    assert len(store.late) > 20


# -- the real one, large


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    """A control plane of its own: it need not be cleaned of its crowd, and ends with it."""
    with running_plane(tmp_path_factory.mktemp("ground")) as plane, running_workers(plane):
        yield plane


@pytest.fixture
def table(pytestconfig: pytest.Config) -> None:
    """The figures are printed at the end of the run, as the budgets are."""
    if not pytestconfig.pluginmanager.is_registered(budgets):
        pytestconfig.pluginmanager.register(budgets, "figures")


async def told(plane: Plane, name: str, seconds: float) -> Tally:
    """What a process of its own did to the crowd."""
    tally = await apart(Order(plane.url, str(plane.ca), HOME, LARGE_SIZE, seconds, name))
    assert tally.refused == {}
    return tally


@pytest.mark.cluster
@pytest.mark.slow
@pytest.mark.usefixtures("table")
async def test_a_session_follows_a_thousand_nodes_and_ten_thousand_pods(ground: Plane, judge: Judge) -> None:
    filled = await told(ground, "fill", 0)
    judge("1,000 nodes and 10,000 pods, made", filled.seconds, 180, "s")
    store, before, begun = Noting(), resident(), time.monotonic()
    async with session_on(ground.kubeconfig, store) as session:
        await until(store.whole, 60)
        judge("  … listed, whole", time.monotonic() - begun, 10, "s")
        assert await session.settled(60)
        assert session.kube is not None
        await _until_all_run(store)
        judge("  … seen to run, all", time.monotonic() - begun, 120, "s")
        await agrees(session.kube, store)
        judge("  … memory of it", resident() - before, 120, "MB")
        store.restart()
        held, tally = resident(), await told(ground, "first", CHURN)
        await until(lambda: store.marked("first"), SETTLES)
        _judge_following(judge, store, tally)
        judge("  … memory grown meanwhile", resident() - held, 40, "MB")
        judge("  … store equals a fresh list, once it is quiet after", await agrees(session.kube, store), SETTLES, "s")
    assert store.breaks == []


async def _until_all_run(store: Store) -> None:
    """Wait for kwok, which starts some hundred pods a second."""
    async with asyncio.timeout(120):
        while not all(pod.phase == "Running" for pod in store.rows("pods").values()):  # noqa: ASYNC110 - as in `until`
            await asyncio.sleep(0.5)


def _judge_following(judge: Judge, store: Noting, tally: Tally) -> None:
    lists = store.lists
    judge(f"{CHURN} s of churn: written", tally.writes / tally.seconds, 50, "/s", least=True)
    judge("  … one write took (median)", tally.round_trip * 1000, 500, "ms")
    judge("  … facts followed", store.facts / tally.seconds, 50, "/s", least=True)
    judge("  … from write to store (median)", median(store.late) * 1000, 500, "ms")
    judge("  … from write to store (p99)", quantiles(store.late, n=100)[98] * 1000, 2_500, "ms")
    judge("  … lists beside the first", lists, 0, "")


@asynccontextmanager
async def deck_on(kubeconfig: Path, store: Noting) -> AsyncIterator[Driven]:
    """The whole program on a kubeconfig, its sources answered."""
    app = ArcdeckApp(_settings(kubeconfig))
    app.store = store
    async with app.run_test(size=LARGE, notifications=True) as pilot:
        driven = Driven(app, pilot)
        await driven.holds(lambda: app.session is not None)
        assert app.session is not None
        assert await app.session.settled(60)
        yield driven


async def handled(driven: Driven, key: str, moved: Callable[[], object]) -> float:
    """Seconds from a key to what it does."""
    before, begun = moved(), time.perf_counter()
    driven.app.simulate_key(key)
    await until(lambda: moved() != before, 10)
    return time.perf_counter() - begun


@pytest.mark.cluster
@pytest.mark.slow
@pytest.mark.usefixtures("table")
async def test_the_deck_answers_keys_meanwhile(ground: Plane, judge: Judge) -> None:
    store = Noting()
    async with deck_on(ground.kubeconfig, store) as driven:
        await driven.press("3")
        await driven.until("PODS all namespaces")
        pods = driven.app.screen.query_one(Table)
        writes, waits = asyncio.create_task(told(ground, "second", 20)), list[float]()
        while not writes.done():
            waits.append(await handled(driven, "up" if len(waits) % 2 else "down", lambda: pods.cursor_key))
            await asyncio.sleep(0.2)
        tally, session = await writes, driven.app.session
        assert session is not None
        assert session.kube is not None
        await agrees(session.kube, store)
        driven.sound()
    judge("20 s of churn, the deck beside it: written", tally.writes / tally.seconds, 50, "/s", least=True)
    judge(f"  … a key is handled within (median of {len(waits)})", median(waits) * 1000, 100, "ms")
    judge("  … a key is handled within (worst)", max(waits) * 1000, 1_000, "ms")
