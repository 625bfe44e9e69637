"""What lasts is not asked for in a storm: how often each resource is listed or watched meanwhile, and Retry-After."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from tests.client.api import until
from tests.faults.clock import Skipping
from tests.faults.heads import Asked
from tests.faults.kinds import CONFIG_MAPS, SECRETS
from tests.faults.site import Site, refusal
from tests.faults.stand import standing
from tests.faults.table import Note
from tui.core.kind import Kind

FIRST, LONGEST = 1.0, 30.0
"""Seconds: the back-off doubles from one to the other, times a half to one by chance."""
RETRY_AFTER = 7
SLACK = 0.05
"""Seconds by which a request may be early: the clock of the loop is coarse."""
ANSWERS = {
    "500": refusal(500),
    "503": refusal(503),
    "429, Retry-After": refusal(429, Retry_After=str(RETRY_AFTER)),
    "503, Retry-After": refusal(503, Retry_After=str(RETRY_AFTER)),
}


def _least(name: str, number: int) -> float:
    """Seconds that must lie between the nth attempt in a row and the next."""
    backed: float = min(FIRST * 2**number, LONGEST) / 2
    return max(backed, RETRY_AFTER if "Retry-After" in name else 0.0) - SLACK


async def test_what_is_refused_is_asked_for_less_and_less_often(site: Site, note: Note) -> None:
    lasts = 20.0 if site.earnest else 240.0
    kinds: list[Kind] = [SECRETS, CONFIG_MAPS]
    cases = [(kind, first, name) for first in ("list", "watch") for kind in kinds for name in ANSWERS]
    found = await asyncio.gather(*[_refused(site, kind, first, name, lasts) for kind, first, name in cases])
    for first in ("list", "watch"):
        told, right, lists = zip(
            *[each for case, each in zip(cases, found, strict=True) if case[1] == first], strict=True
        )
        checked = f"{lasts:.0f} s each: at most {max(lists)} lists a resource, one a window, Retry-After kept"
        note(f"storm: {first} refused (500, 503, 429)", site.name, len(told), told, right, checked)


async def _refused(site: Site, kind: Kind, first: str, name: str, lasts: float) -> tuple[float | None, float, int]:
    clock = site.clock()
    async with site.proxied(inside=True, tick=clock) as (proxy, kube):
        if first == "list":
            proxy.reply = lambda _asked: ANSWERS[name]
        begun = clock()
        running = standing(kube, kind, clock, site.home, silence=site.silence, wait=first == "watch")
        async with running as stand:
            if first == "watch":
                await until(lambda: any(asked.verb == "watch" for asked in proxy.asked), site.patience)
                proxy.asked.clear()
                proxy.reply, begun = (lambda _asked: ANSWERS[name]), clock()
                proxy.cut()
            await until(lambda: clock() - begun > lasts, site.patience)
            asked = [each for each in proxy.asked if each.resource == kind.plural]
            _windows_kept(name, asked)
            told = stand.said(begun)
            assert told is not None
            proxy.heal()
            ended = clock()
            await site.right(stand)
            return told, clock() - ended, sum(each.verb == "list" for each in asked)


def _windows_kept(name: str, asked: list[Asked]) -> None:
    """At most one attempt in each window of the back-off; a window is never shorter than the one before."""
    assert len(asked) >= 3, "it does come back"
    for number, (one, other) in enumerate(pairwise(asked)):
        assert other.at - one.at >= _least(name, number), (number, one, other)


@pytest.mark.parametrize("backend", ["demo"], indirect=True)  # where minutes are skipped
async def test_many_who_were_cut_off_at_once_do_not_come_back_at_once(site: Site) -> None:
    """Their attempts lie apart by chance, each time more."""
    instants = await asyncio.gather(*[_retries(site, seed) for seed in range(10)])
    for number in range(1, 6):
        each = sorted(at[number] for at in instants)
        window = FIRST * 2**number
        assert each[-1] - each[0] > window / 5, (number, each)
        assert sum(other - one < window / 200 for one, other in pairwise(each)) <= 4, (number, each)


async def _retries(site: Site, seed: int) -> list[float]:
    """When one that is refused comes back, counted from the first refusal."""
    clock = Skipping()
    async with site.proxied() as (proxy, kube):
        await proxy.refuse()
        async with standing(kube, SECRETS, clock, site.home, seed=seed, wait=False):
            await until(lambda: len(clock.slept) > 8)
            return [sum(clock.slept[: number + 1]) for number in range(8)]


async def test_a_link_that_breaks_at_once_each_time_is_told_and_tried_less_and_less_often(
    site: Site, note: Note
) -> None:
    """Something on the way lets every watch begin and none go on."""
    clock: Any = site.clock()
    async with site.proxied(inside=True, tick=clock) as (proxy, kube):
        await site.fill(1)
        async with standing(kube, SECRETS, clock, site.home, silence=site.silence) as stand:
            await until(lambda: any(asked.verb == "watch" for asked in proxy.asked), site.patience)
            begun = clock()
            proxy.asked.clear()
            proxy.doom = lambda asked: asked.verb == "watch"
            proxy.cut()
            lasts = 20.0 if site.earnest else 120.0
            await until(lambda: clock() - begun > lasts, site.patience)
            told = stand.said(begun)
            assert told is not None
            assert told < 8
            assert 4 <= len(proxy.asked) <= (10 if site.earnest else 14)
            assert all(asked.verb == "watch" for asked in proxy.asked), "no list: nothing is lost"
            proxy.heal()
            ended = clock()
            await site.right(stand)
            note("every watch breaks as it opens", site.name, 1, [told], [clock() - ended], "tried ever less, no list")
