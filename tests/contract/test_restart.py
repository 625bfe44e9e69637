"""The API server goes away and comes back: the pane says so, comes back by itself, and nothing is lost."""

from __future__ import annotations

import pytest

from tests.client.api import until
from tests.contract.backends import Backend
from tests.contract.kinds import CONFIG_MAPS, config_map, of
from tests.contract.mirror import hasty, mirrored
from tests.demo.kube.town import Client
from tui.client.kube import KubeClient
from tui.core.facts import Phase


@pytest.mark.parametrize("politely", [True, False], ids=["stopped", "killed"])
async def test_a_restart_is_told_and_survived(
    backend: Backend, raw: Client, kube: KubeClient, home: str, politely: bool
) -> None:
    await raw.ask("POST", of(home), config_map("before"))
    async with mirrored(kube, CONFIG_MAPS, home, sleep=hasty) as mirror:
        await until(lambda: mirror.phase is Phase.LIVE)
        async with backend.away(politely=politely):
            await until(lambda: mirror.phase is Phase.STALE, 10)
            assert mirror.source.reason
            assert f"{home}/before" in mirror.store.rows("configmaps")
        await raw.ask("POST", of(home), config_map("after"))
        await raw.ask("DELETE", of(home, name="before"))
        await until(lambda: mirror.phase is Phase.LIVE, 30)
        await until(lambda: set(mirror.store.rows("configmaps")) == {f"{home}/after"}, 10)


async def test_a_watch_goes_on_where_it_was(backend: Backend, raw: Client, kube: KubeClient, home: str) -> None:
    await raw.ask("POST", of(home), config_map("before"))
    async with mirrored(kube, CONFIG_MAPS, home, sleep=hasty) as mirror:
        await until(lambda: mirror.phase is Phase.LIVE)
        assert mirror.lists == 1
        async with backend.away(politely=False):
            await until(lambda: mirror.phase is Phase.STALE, 10)
        await raw.ask("POST", of(home), config_map("after"))
        await until(lambda: f"{home}/after" in mirror.store.rows("configmaps"), 30)
        assert mirror.lists == 1


async def test_what_is_compacted_while_it_is_away_is_listed_anew(
    backend: Backend, raw: Client, kube: KubeClient, home: str
) -> None:
    await raw.ask("POST", of(home), config_map("before"))
    async with mirrored(kube, CONFIG_MAPS, home, sleep=hasty) as mirror:
        await until(lambda: mirror.phase is Phase.LIVE)
        async with backend.away(politely=False):
            pass
        await raw.ask("DELETE", of(home, name="before"))
        await raw.ask("POST", of(home), config_map("after"))
        backend.compact()
        await until(lambda: set(mirror.store.rows("configmaps")) == {f"{home}/after"}, 30)
        await until(lambda: mirror.phase is Phase.LIVE, 10)
