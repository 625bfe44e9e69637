"""ARM under faults: throttled, it is left alone until it allows; away, it is asked less and less often."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from tests.client.api import until
from tests.faults.clock import Skipping
from tests.faults.proxy import HOST, FaultProxy, between
from tests.faults.site import answer
from tests.faults.table import Note
from tui.client.arm import ArmClient
from tui.client.arm_readers import Readers
from tui.client.poller import FAST, LONGEST_WAIT, poll
from tui.core.facts import Fact, Phase
from tui.core.store import Store
from tui.demo import tls
from tui.demo.launch import launch
from tui.domain.arm_kinds import ARM_KINDS
from tui.settings import Settings

RETRY_AFTER = 47
ERROR = b'{"error":{"code":"OnPurpose","message":"refused on purpose"}}'
KIND = "extensions"


def _certificates(ca: str) -> tls.Certificates:
    """Of a cloud that runs as a process of its own: they lie beside its authority's."""
    directory = Path(ca).parent
    return tls.Certificates(Path(ca), directory / "server.crt", directory / "server.key", directory / "ca.key")


class Polled:
    """One kind of ARM, polled on a clock that skips; everything lies behind a proxy."""

    def __init__(self, proxy: FaultProxy, clock: Skipping) -> None:
        self.proxy, self.clock = proxy, clock
        self.store = Store()
        self.turns: list[tuple[float, Phase]] = []

    def put(self, fact: Fact) -> None:
        before = self.phase
        self.store.apply(fact)
        if self.phase is not before:
            self.turns.append((self.clock(), self.phase))

    def took(self, phase: Phase, since: float) -> float:
        """Seconds from an instant to a standing."""
        return next(at - since for at, found in self.turns if at >= since and found is phase)

    @property
    def phase(self) -> Phase:
        return self.store.source(KIND).phase

    @property
    def rows(self) -> dict[str, Any]:
        return dict(self.store.rows(KIND))


@asynccontextmanager
async def polled() -> AsyncIterator[Polled]:
    """The extensions of the demo's cluster, once they are known."""
    clock = Skipping()
    with launch(seed=1, pods=0, speed=0.0) as demo:
        async with between(demo.arm, _certificates(demo.ca), clock) as proxy:
            demo = structs.replace(demo, arm=f"https://{HOST}:{proxy.port}")
            settings = Settings(demo=demo)
            arm = ArmClient(settings, tick=clock)
            found = Polled(proxy, clock)
            read = Readers(arm, settings, demo.cluster_id).by_kind[KIND]
            task = asyncio.create_task(
                poll(KIND, read, ARM_KINDS[KIND], found.put, calm=30.0, delay=arm.delay, wait=clock.wait,
                     random=lambda: 0.5)
            )  # fmt: skip
            try:
                await until(lambda: found.phase is Phase.LIVE or task.done(), 10)
                yield found
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
                await arm.close()


async def test_retry_after_of_arm_is_kept_and_a_right_answer_forgets_it(note: Note) -> None:
    async with polled() as it:
        before = it.rows
        assert before
        refused = answer(429, ERROR, Retry_After=str(RETRY_AFTER))
        it.proxy.asked.clear()
        it.proxy.reply = lambda _asked: refused
        begun = it.clock()
        await until(lambda: it.phase is Phase.STALE, 10)
        told = it.took(Phase.STALE, begun)
        await until(lambda: len(it.proxy.asked) >= 6, 10)
        for one, other in pairwise(list(it.proxy.asked)):
            assert other.at - one.at >= RETRY_AFTER - 0.1
        it.proxy.heal()
        begun = it.clock()
        await until(lambda: it.phase is Phase.LIVE, 10)
        assert it.rows == before, "a refusal takes nothing away"
        note(
            f"ARM: 429, Retry-After {RETRY_AFTER}",
            "demo",
            6,
            [told],
            [it.clock() - begun],
            "not asked before, rows kept",
        )


@pytest.mark.parametrize("status", [500, 503])
async def test_what_is_away_is_asked_less_and_less_often(note: Note, status: int) -> None:
    async with polled() as it:
        before = it.rows
        it.proxy.asked.clear()
        it.proxy.reply = lambda _asked: answer(status, ERROR)
        begun = it.clock()
        await until(lambda: len(it.proxy.asked) >= 9, 10)
        lasted, told = it.clock() - begun, it.took(Phase.STALE, begun)
        gaps = [other.at - one.at for one, other in pairwise(list(it.proxy.asked))]
        for number, gap in enumerate(gaps):
            assert gap >= min(FAST * 2**number, LONGEST_WAIT) * 0.9 - 0.1, gaps
        it.proxy.heal()
        begun = it.clock()
        await until(lambda: it.phase is Phase.LIVE, 10)
        assert it.rows == before
        right, checked = it.took(Phase.LIVE, begun), f"{len(gaps) + 1} requests in {lasted:.0f} s, rows kept"
        note(f"ARM: {status}", "demo", 1, [told], [right], checked)


async def test_connections_that_are_refused_are_backed_off_too(note: Note) -> None:
    async with polled() as it:
        before, asleep, begun = it.rows, len(it.clock.slept), it.clock()
        await it.proxy.refuse()
        await until(lambda: it.phase is Phase.STALE, 10)
        await until(lambda: len(it.clock.slept) >= asleep + 9, 10)
        waits, told = it.clock.slept[-7:], it.took(Phase.STALE, begun)
        assert all(other >= min(one * 1.9, LONGEST_WAIT) for one, other in pairwise(waits)), waits
        await it.proxy.restore()
        begun = it.clock()
        await until(lambda: it.phase is Phase.LIVE, 10)
        assert it.rows == before
        right = it.took(Phase.LIVE, begun)
        note("ARM: connections refused", "demo", 1, [told], [right], "back-off doubles to 5 minutes, rows kept")
