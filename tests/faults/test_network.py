"""The network between us and the server: cut, refused, late, slow, mute, truncated, corrupted; on a watch, on a list.

After each the store is what a fresh list gives, and an operator was told when there was something to tell.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgspec import Struct

from tests.client.api import until
from tests.faults.clock import Skipping
from tests.faults.kinds import CONFIG_MAPS, SECRETS
from tests.faults.proxy import SOUND, Fault, FaultProxy
from tests.faults.site import HUNDREDTH, Site
from tests.faults.stand import Stand, standing
from tests.faults.table import Note
from tui.client.kube import SILENCE
from tui.client.transport import USUAL
from tui.core.facts import Phase

Strike = Callable[[FaultProxy, random.Random], Awaitable[None]]
CHECKED = "store = fresh list = plain HTTP"
LEAST = 12.0
"""Seconds that a fault lasts of which an operator is told."""


async def _cut(proxy: FaultProxy, _chance: random.Random) -> None:
    proxy.cut()


async def _refuse(proxy: FaultProxy, _chance: random.Random) -> None:
    await proxy.refuse()


async def _mute(proxy: FaultProxy, _chance: random.Random) -> None:
    proxy.mute()


def _next(most: int, of: Callable[[int], Fault], links: int) -> Strike:
    """What is open is cut; so many links after that have a fault, at a place by chance."""

    async def strike(proxy: FaultProxy, chance: random.Random) -> None:
        faults = [of(chance.randrange(most)) for _ in range(links)]
        first = proxy.accepted
        proxy.plan = lambda number: faults[number - first] if number - first < links else SOUND
        proxy.cut()

    return strike


class Drill(Struct, frozen=True):
    """One fault."""

    name: str
    strike: Strike
    links: int = 0
    """So many links have it, one after the other; 0: it is no matter of links."""
    told: float = 0.0
    """Seconds within which an operator is told; 0 where there may be nothing to tell."""
    inside: bool = False
    usual: bool = False
    """It takes its time: the limits are the usual ones."""
    demo: int = 12
    cluster: int = 2


def _planned(name: str, links: int, most: int, of: Callable[[int], Fault], **more: Any) -> Drill:
    return Drill(name, _next(most, of, links), links, **more)


LATE = _planned("late: 40 ms more each way", 1, 1, lambda _at: Fault(delay=0.04), usual=True, demo=2)
SLOW = _planned("slow: 20 kB/s", 1, 1, lambda _at: Fault(rate=20_000), usual=True, demo=1)
ON_A_WATCH = (
    Drill("reset of every link", _cut),
    Drill("connections refused", _refuse, told=3.0, cluster=1),
    Drill("mute: nothing comes, nothing closes", _mute, told=26.0, demo=2, cluster=1),
    LATE,
    SLOW,
    _planned("reset anywhere, three times", 3, 6000, lambda at: Fault(cut=at)),
    _planned("truncated HTTP, three times", 3, 2500, lambda at: Fault(truncate=at), inside=True),
    _planned("corrupted TLS record, twice", 2, 6000, lambda at: Fault(corrupt=at)),
    _planned("one link stalls", 1, 500, lambda at: Fault(stall=2500 + at), demo=1, cluster=1),
)
ON_A_LIST = (
    LATE,
    SLOW,
    _planned("reset anywhere, three times", 3, 8000, lambda at: Fault(cut=at)),
    _planned("truncated HTTP, three times", 3, 6000, lambda at: Fault(truncate=at), inside=True),
    _planned("corrupted TLS record, twice", 2, 8000, lambda at: Fault(corrupt=at)),
    _planned("one link stalls", 1, 6000, lambda at: Fault(stall=at), demo=4, cluster=1),
)


@pytest.mark.parametrize("drill", ON_A_WATCH, ids=lambda drill: drill.name)
async def test_a_watch_survives(site: Site, note: Note, drill: Drill) -> None:
    await site.fill(10)
    tries = site.tries(drill.demo, drill.cluster)
    found = [await _endured(site, drill, seed) for seed in range(tries)]
    note(f"watch: {drill.name}", site.name, tries, *zip(*found, strict=True), CHECKED)


async def _endured(site: Site, drill: Drill, seed: int) -> tuple[float | None, float]:
    """Strike, let the world go on, heal. Gives when it was told, and how long after its end all was right."""
    clock = site.clock()
    async with (
        site.proxied(inside=drill.inside, limits=USUAL if drill.usual else None) as (proxy, kube),
        standing(kube, SECRETS, clock, site.home, seed=seed, silence=site.silence) as stand,
    ):
        await until(lambda: stand.watches, site.patience)
        begun, first = clock(), proxy.accepted
        await drill.strike(proxy, random.Random(seed))
        await _world_goes_on(site, proxy, first, drill.links)
        if drill.told:
            await until(lambda: _told(stand, begun), site.patience)
        told = stand.said(begun)
        await proxy.restore()
        ended = clock()
        await site.right(stand)
        within = site.hung if drill.strike is _mute else drill.told
        assert not drill.told or (told is not None and told <= within), told
        return told, clock() - ended


async def _world_goes_on(site: Site, proxy: FaultProxy, first: int, links: int) -> None:
    """On each link that has the fault, if it is one of links; they are cut where it does not do that itself."""
    for number in range(max(links, 1)):
        if links:
            await until(lambda: proxy.accepted - first > number, site.patience)  # noqa: B023 - waited for here
        if number:
            proxy.cut()
        await site.stir(2)


def _told(stand: Stand, begun: float) -> bool:
    """It lasts, and that has a reason."""
    stale = stand.source.phase is Phase.STALE
    assert not stale or stand.source.reason
    return stale and stand.clock() - begun >= LEAST


@pytest.mark.parametrize("drill", ON_A_LIST, ids=lambda drill: drill.name)
async def test_a_first_list_survives(site: Site, note: Note, drill: Drill) -> None:
    await site.fill(10, size=300)
    tries = site.tries(drill.demo, drill.cluster)
    found = [await _begun(site, drill, seed) for seed in range(tries)]
    note(f"list: {drill.name}", site.name, tries, *zip(*found, strict=True), CHECKED)


async def _begun(site: Site, drill: Drill, seed: int) -> tuple[float | None, float]:
    """The fault is there before the first request. Gives when it was told, and when all was right."""
    clock = site.clock()
    async with site.proxied(inside=drill.inside, limits=USUAL if drill.usual else None) as (proxy, kube):
        await drill.strike(proxy, random.Random(seed))
        begun = clock()
        async with standing(kube, SECRETS, clock, site.home, seed=seed, silence=site.silence) as stand:
            await site.right(stand)
            return stand.said(begun), clock() - begun


async def test_http_that_is_corrupted_is_listed_anew_when_the_past_is_forgotten(site: Site, note: Note) -> None:
    """Without TLS a flipped bit may make another, sound text. No answer may end or stop a reflector for that."""
    site.kind = CONFIG_MAPS  # of these a real server forgets at once
    await site.fill(10, size=60)
    tries = site.tries(25, 10)
    spans = [await _corrupted(site, seed) for seed in range(tries)]
    note("watch, list: corrupted HTTP", site.name, tries, [], spans, CHECKED)


async def _corrupted(site: Site, seed: int) -> float:
    clock, chance = Skipping(), random.Random(seed)
    async with site.proxied(inside=True, limits=HUNDREDTH) as (proxy, kube):
        proxy.plan = lambda number: Fault(corrupt=chance.randrange(3500)) if number < 6 else SOUND
        async with standing(kube, CONFIG_MAPS, clock, seed=seed, silence=SILENCE / 100) as stand:
            while (links := proxy.accepted) <= 6:
                await site.stir(1)
                proxy.cut()
                await until(lambda: proxy.accepted > links, site.patience)
            proxy.down.clear()  # or the watch may have the newest version, which no server forgets
            await site.stir(1)
            site.backend.compact()
            proxy.cut()
            proxy.down.set()
            begun = clock()
            await site.right(stand)
            return clock() - begun
