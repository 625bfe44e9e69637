"""A collection mirrored through a server that misbehaves: in the end the store holds what a fresh list would."""

from __future__ import annotations

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.client.api import client, running, until
from tests.client.mirror import Mirror
from tests.client.world import LIST_FAULTS, WATCH_FAULTS, World
from tui.core.facts import Phase


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**6), st.lists(st.sampled_from((*LIST_FAULTS, *WATCH_FAULTS)), max_size=10))
def test_after_the_faults_end_the_store_is_the_truth(seed: int, faults: list[str]) -> None:
    async def case() -> None:
        world = World(seed, faults)
        async with running() as api, client(api.url) as kube:
            api.handle = world
            mirror = Mirror(kube, silence=0.02)
            await until(lambda: world.calm)
            for _ in range(3):
                await world.change()
            await until(lambda: mirror.rows == world.truth and mirror.phase is Phase.LIVE)
            await world.change()
            await until(lambda: mirror.rows == world.truth and mirror.phase is Phase.LIVE)
            await mirror.end()

    asyncio.run(case())
