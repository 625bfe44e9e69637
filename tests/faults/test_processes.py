"""The server's own processes: killed, stopped for a minute, without their etcd. All kinds, two users, a real plane."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from signal import Signals
from typing import Any

import pytest

from tests.client.api import until
from tests.cluster.plane import Plane
from tests.contract import definitions
from tests.contract.backends import ADMIN, VIEWER, Backend, ClusterBackend
from tests.demo.kube.town import Client
from tests.faults.clock import Plain
from tests.faults.site import Site
from tests.faults.stand import Stand, fresh, standing, versions
from tests.faults.table import Note
from tests.faults.test_screen import says_stale, says_well
from tests.screens.deck import LARGE, Driven, opened
from tui.client.kube import KubeClient
from tui.core.facts import Denied, Missing, Phase
from tui.domain.kinds import KINDS
from tui.settings import Settings

pytestmark = [pytest.mark.cluster, pytest.mark.xdist_group("cluster"), pytest.mark.slow]
STOPPED = 60.0
CHECKED = "all kinds = fresh lists; none denied or missing in between"


@pytest.fixture
def backend(plane: Plane) -> Backend:
    """Only a real one has processes to kill."""
    return ClusterBackend(plane)


@asynccontextmanager
async def mirrored(site: Site) -> AsyncIterator[list[tuple[Stand, KubeClient]]]:
    """Every kind, as the admin and as somebody who may look; all live. The client beside each is for fresh lists."""
    await definitions.install(site.raw)
    async with AsyncExitStack() as stack:
        stands: list[tuple[Stand, KubeClient]] = []
        for number, user in enumerate((ADMIN, VIEWER)):
            kube = await stack.enter_async_context(site.backend.client(user))
            for kind in KINDS:
                running = standing(kube, kind, Plain(), seed=number * 100 + len(stands))
                stands.append((await stack.enter_async_context(running), kube))
        yield stands


async def _all_right(raw: Client, stands: list[tuple[Stand, KubeClient]], seconds: float) -> None:
    """Wait until each store equals a fresh list, and names the objects that plain HTTP names."""
    for stand, kube in stands:
        stops = time.monotonic() + seconds
        while not (stand.live and stand.rows == await fresh(kube, stand.kind)):
            assert time.monotonic() < stops, (stand.kind.name, stand.source)
            await asyncio.sleep(0.05)
        assert set(stand.rows) == set(await versions(raw, stand.kind)) or stand.kind.name == "events"


def _nothing_void(stands: list[tuple[Stand, KubeClient]]) -> None:
    """A server that comes back is no reason to believe that rights, or kinds, are gone."""
    void = [fact for stand, _kube in stands for fact in stand.facts if isinstance(fact, Denied | Missing)]
    assert void == []


def _spans(stands: list[tuple[Stand, KubeClient]], phase: Phase, since: float) -> list[float | None]:
    return [
        next((at - since for at, source in stand.turns if at >= since and source.phase is phase), None)
        for stand, _kube in stands
    ]


async def _world_goes_on(site: Site, number: int) -> None:
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"{site.home}-{number}"}}
    status, said = await site.raw.ask("POST", "/api/v1/namespaces", body)
    assert status == 201, said
    status, said = await site.raw.ask("POST", definitions.TYPES, _type(f"{site.home}-{number}"))
    assert status == 201, said


def _type(name: str) -> dict[str, Any]:
    limits = {"cpu": "1", "memory": "1Gi"}
    return definitions.instance_type(name, resources={"limits": limits, "requests": limits})


async def test_a_killed_apiserver(site: Site, plane: Plane, note: Note) -> None:
    tries, told, right = 3, list[float | None](), list[float | None]()
    async with mirrored(site) as stands:
        for number in range(tries):
            begun = time.monotonic()
            plane.apiserver.send(Signals.SIGKILL)
            await until(lambda: all(stand.source.phase is Phase.STALE for stand, _ in stands), 10)
            told += _spans(stands, Phase.STALE, begun)
            plane.apiserver.start()
            await asyncio.to_thread(plane.wait)
            begun = time.monotonic()
            await _world_goes_on(site, number)
            await until(lambda: all(stand.live for stand, _ in stands), 60)
            right.append(time.monotonic() - begun)
            await _all_right(site.raw, stands, 30)
        _nothing_void(stands)
    note("kill -9 of the apiserver", "cluster", tries, told, right, CHECKED)


@asynccontextmanager
async def screen(plane: Plane, directory: Path) -> AsyncIterator[Driven]:
    """The deck of a view-only user."""
    settings = Settings(kubeconfig=str(plane.viewer_kubeconfig), sign_in="none", state_dir=directory)
    async with opened(settings, LARGE) as it:
        await _seen(it, says_well)
        yield it
        assert it.app.session is not None
        assert it.app.session.scopes == {}, "still the whole cluster, not single namespaces"


async def _seen(it: Driven, says: Callable[[str], bool]) -> float:
    """Seconds until the screen says it."""
    begun = time.monotonic()
    async with asyncio.timeout(90):
        while not says(it.text):
            it.sound()
            await it.pilot.pause(0.05)
    return time.monotonic() - begun


async def test_a_stopped_apiserver(site: Site, plane: Plane, tmp_path: Path, note: Note) -> None:
    """It holds every connection for a minute, and says nothing."""
    async with mirrored(site) as stands, screen(plane, tmp_path) as it:
        before = [stand.lists for stand, _ in stands]
        begun = time.monotonic()
        with plane.paused():
            seen = await _seen(it, says_stale)
            await until(lambda: all(stand.source.phase is Phase.STALE for stand, _ in stands), STOPPED)
            told = _spans(stands, Phase.STALE, begun)
            assert all(stand.source.reason for stand, _ in stands)
            await it.pilot.pause(max(0.0, begun + STOPPED - time.monotonic()))
        well = await _seen(it, says_well)
        begun = time.monotonic()
        await _world_goes_on(site, 9)
        await until(lambda: all(stand.live for stand, _ in stands), 60)
        right = time.monotonic() - begun + well
        await _all_right(site.raw, stands, 30)
        _nothing_void(stands)
        assert [stand.lists for stand, _ in stands] == before, "nothing was lost: nothing is listed anew"
    note("SIGSTOP of the apiserver, 60 s", "cluster", 1, told, [right], f"{CHECKED}; no list anew")
    note("the screen: SIGSTOP of the apiserver, 60 s", "cluster", 1, [seen], [well], "the deck of a view-only user")


async def test_the_screen_of_a_killed_apiserver(site: Site, plane: Plane, tmp_path: Path, note: Note) -> None:
    await definitions.install(site.raw)
    async with screen(plane, tmp_path) as it:
        plane.apiserver.send(Signals.SIGKILL)
        told = await _seen(it, says_stale)
        plane.apiserver.start()
        await asyncio.to_thread(plane.wait)
        well = await _seen(it, says_well)
    note("the screen: kill -9 of the apiserver", "cluster", 1, [told], [well], "the deck of a view-only user")


async def test_an_apiserver_without_its_etcd(site: Site, plane: Plane, note: Note) -> None:
    async with mirrored(site) as stands:
        plane.etcd.send(Signals.SIGKILL)
        await asyncio.sleep(15)
        plane.etcd.start()
        await asyncio.to_thread(plane.wait)
        begun = time.monotonic()
        await _world_goes_on(site, 19)
        await until(lambda: all(stand.live for stand, _ in stands), 60)
        right = time.monotonic() - begun
        await _all_right(site.raw, stands, 60)
        _nothing_void(stands)
    note("kill -9 of etcd, 15 s", "cluster", 1, [], [right], CHECKED)
