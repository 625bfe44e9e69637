"""A log that is cut two hundred times, anywhere: each numbered line once, in order, whatever timestamps they share."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime, timedelta, timezone

import pytest

from tests.cluster.workers import line as runtime_line
from tests.contract.conftest import CLUSTER
from tests.contract.stages import ClusterStage, DemoStage, Stage, open_stage
from tests.faults.proxy import SOUND, Fault
from tests.faults.site import Site
from tests.faults.table import Note
from tui.client.logs import Broken, Ended, Lines, LogOptions, Refused, follow

RECONNECTS = 200
NAME = "growing"
LAST = "the last line"


@pytest.fixture
async def stage(request: pytest.FixtureRequest, site: Site) -> AsyncIterator[Stage]:
    """A node whose pods run, and their logs."""
    async with open_stage(request, site.backend, site.raw, site.home) as made:
        yield made


def _bursts(chance: random.Random, count: int) -> list[tuple[float, list[str]]]:
    """Numbered lines of the last ten minutes; many share one instant, many one second."""
    at, number, found = time.time() - 600.0, 0, []
    while number < count:
        size = chance.choice((1, 1, 2, 5, 12))
        found.append((at, [f"line {number + n} {'x' * chance.randrange(60)}" for n in range(size)]))
        number += size
        at += chance.choice((0.000001, 0.001, 0.2, 0.9))
    return found


def _write(stage: Stage, bursts: list[tuple[float, list[str]]]) -> None:
    """As they are: every line of a burst at the same instant."""
    if isinstance(stage, DemoStage):
        said = stage._said[NAME, False]
        said.lines += [(at, text) for at, texts in bursts for text in texts]
        return
    assert isinstance(stage, ClusterStage)
    with stage._workers.file(NAME).open("a") as file:
        file.writelines(runtime_line(text, at) for at, texts in bursts for text in texts)


def _nothing_twice(found: list[str], wanted: list[str]) -> None:
    assert len(set(wanted)) == len(wanted)
    assert [line for line in found if found.count(line) > 1] == []
    assert [line for line in wanted if line not in set(found)] == []
    assert found == wanted


async def test_no_line_is_lost_or_twice_over_two_hundred_reconnects(site: Site, stage: Stage, note: Note) -> None:
    chance = random.Random(11)
    await stage.run(NAME)
    bursts = _bursts(chance, 4000)
    _write(stage, bursts)
    wanted = [text for _at, texts in bursts for text in texts]
    found: list[str] = []
    breaks, clock = 0, site.clock()
    async with site.proxied(inside=True) as (proxy, kube):
        proxy.plan = lambda _number: Fault(cut=_place(chance)) if breaks < RECONNECTS else SOUND
        begun, key = clock(), f"{site.home}/{NAME}"
        async with (
            asyncio.timeout(2 * site.patience + 20),
            aclosing(follow(kube, key, "main", LogOptions(), sleep=_at_once)) as events,
        ):
            async for event in events:
                assert not isinstance(event, Refused | Ended), event
                breaks += isinstance(event, Broken)
                if isinstance(event, Lines):
                    found += [line.partition(b" ")[2].decode() for line in event.data.splitlines()]
                if len(found) >= len(wanted):
                    if LAST in wanted and breaks >= RECONNECTS:
                        break
                    wanted += _goes_on(stage, len(wanted), breaks)
                    proxy.cut()
    _nothing_twice(found, wanted)
    assert breaks >= RECONNECTS
    checked = f"{len(found)} lines once each, in order; {breaks} reconnects"
    note("log: reset anywhere", site.name, breaks, [], [clock() - begun], checked)


async def _at_once(_seconds: float) -> None:
    await asyncio.sleep(0)


def _place(chance: random.Random) -> int:
    """Where a link is cut; now and then later than the longest second of lines."""
    return 1500 + chance.randrange(3000) if chance.random() < 0.9 else 30_000


@pytest.mark.parametrize("backend", [CLUSTER], indirect=True)  # the demo's nodes write UTC
@pytest.mark.parametrize("hours", [2, -5])
async def test_a_node_that_writes_its_own_time_is_resumed_without_a_loss(
    site: Site, stage: Stage, note: Note, hours: int
) -> None:
    """The kubelet passes the distance on; what is asked for since a second is in UTC."""
    assert isinstance(stage, ClusterStage)
    await stage.run(NAME)
    zone, begun = timezone(timedelta(hours=hours)), time.time() - 60
    wanted = [f"line {number}" for number in range(300)]
    with stage._workers.file(NAME).open("a") as file:
        for number, text in enumerate(wanted):
            at = datetime.fromtimestamp(begun + number // 3 * 0.2, zone).isoformat(timespec="microseconds")
            file.write(f"{at[:26]}000{at[26:]} stdout F {text}\n")
    found: list[bytes] = []
    chance = random.Random(3)
    async with site.proxied(inside=True) as (proxy, kube):
        proxy.plan = lambda number: Fault(cut=_place(chance)) if number < 20 else SOUND
        key = f"{site.home}/{NAME}"
        async with asyncio.timeout(60), aclosing(follow(kube, key, "main", LogOptions(), sleep=_at_once)) as events:
            async for event in events:
                assert not isinstance(event, Refused | Ended), event
                found += event.data.splitlines() if isinstance(event, Lines) else []
                if len(found) >= len(wanted):
                    break
    assert all(f"{hours:+03d}:00 " in line.decode() for line in found), "as the node wrote it"
    _nothing_twice([line.partition(b" ")[2].decode() for line in found], wanted)
    note(f"log: a node at {hours:+d} h", site.name, proxy.accepted, [], [], "300 lines once each, in order")


def _goes_on(stage: Stage, number: int, breaks: int) -> list[str]:
    """The container says more, while it is followed."""
    texts = [f"line {number + n}" for n in range(3)] if breaks < RECONNECTS else [LAST]
    _write(stage, [(time.time(), texts)])
    return texts
