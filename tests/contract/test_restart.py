"""The API server goes away and comes back: the pane says so, comes back by itself, and nothing is lost."""

from __future__ import annotations

import asyncio
from signal import Signals

import pytest

from tests.client.api import until
from tests.cluster.plane import Plane
from tests.contract.backends import Backend, ClusterBackend
from tests.contract.kinds import CONFIG_MAPS, config_map, of
from tests.contract.mirror import mirrored
from tests.demo.kube.town import Client
from tui.client.kube import KubeClient
from tui.core.facts import Phase

pytestmark = [pytest.mark.cluster, pytest.mark.xdist_group("cluster")]


@pytest.fixture
async def backend(plane: Plane) -> Backend:
    """Only a real one has a process to kill."""
    return ClusterBackend(plane)


@pytest.mark.parametrize("signal", [Signals.SIGKILL, Signals.SIGTERM])
async def test_a_restart_is_told_and_survived(
    plane: Plane, raw: Client, kube: KubeClient, home: str, signal: Signals
) -> None:
    await raw.ask("POST", of(home), config_map("before"))
    async with mirrored(kube, CONFIG_MAPS, home) as mirror:
        await until(lambda: mirror.phase is Phase.LIVE)
        if signal is Signals.SIGKILL:
            plane.apiserver.send(signal)
        else:
            await asyncio.to_thread(plane.apiserver.stop)
        await until(lambda: mirror.phase is Phase.STALE, 10)
        assert mirror.source.reason
        assert f"{home}/before" in mirror.store.rows("configmaps")
        plane.apiserver.start()
        await asyncio.to_thread(plane.wait)
        await raw.ask("POST", of(home), config_map("after"))
        await raw.ask("DELETE", of(home, name="before"))
        await until(lambda: mirror.phase is Phase.LIVE, 30)
        await until(lambda: set(mirror.store.rows("configmaps")) == {f"{home}/after"}, 10)


async def test_what_is_compacted_while_it_is_away_is_listed_anew(
    plane: Plane, raw: Client, kube: KubeClient, home: str
) -> None:
    await raw.ask("POST", of(home), config_map("before"))
    async with mirrored(kube, CONFIG_MAPS, home) as mirror:
        await until(lambda: mirror.phase is Phase.LIVE)
        plane.apiserver.send(Signals.SIGKILL)
        plane.apiserver.start()
        await asyncio.to_thread(plane.wait)
        await raw.ask("DELETE", of(home, name="before"))
        await raw.ask("POST", of(home), config_map("after"))
        plane.compact()
        await until(lambda: set(mirror.store.rows("configmaps")) == {f"{home}/after"}, 30)
        await until(lambda: mirror.phase is Phase.LIVE, 10)
