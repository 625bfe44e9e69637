"""A log that is cut two hundred times, anywhere: each line once, in order, whatever timestamps and words they share."""

from __future__ import annotations

import asyncio
import random
import time
from bisect import bisect_right
from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing, suppress
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
PORTION = 1000
"""Lines that come with each reconnect."""
NAME = "growing"
Entry = tuple[float, str]


@pytest.fixture
async def stage(request: pytest.FixtureRequest, site: Site) -> AsyncIterator[Stage]:
    """A node whose pods run, and their logs."""
    async with open_stage(request, site.backend, site.raw, site.home) as made:
        yield made


class Written:
    """What a container of the demo has said: so much that a look through all of it for each request took too long."""

    ends: float | None = None

    def __init__(self) -> None:
        self.times: list[float] = []
        self.texts: list[str] = []

    def add(self, entries: Iterable[Entry]) -> None:
        for at, text in entries:
            self.times.append(at)
            self.texts.append(text)

    def read(self, after: float, until: float) -> Iterable[Entry]:
        span = slice(bisect_right(self.times, after), bisect_right(self.times, until))
        return zip(self.times[span], self.texts[span], strict=True)


def _entries(chance: random.Random, count: int) -> list[Entry]:
    """Lines of the last hours: many share one instant, hundreds one second, and every third says what others say."""
    at, found = time.time() - 6 * 3600, list[Entry]()
    while len(found) < count:
        for _ in range(chance.choice((1, 1, 2, 5, 12, 60))):
            number = len(found)
            found.append((at, "the same" if chance.random() < 0.3 else f"line {number} {'x' * chance.randrange(20)}"))
        at += chance.choice((0.000001, 0.001, 0.001, 0.02, 0.3))
    return found[:count]


def _write(stage: Stage, entries: list[Entry], written: Written) -> None:
    """As they are: lines of one instant at that instant."""
    if isinstance(stage, DemoStage):
        written.add(entries)
        return
    assert isinstance(stage, ClusterStage)
    with stage._workers.file(NAME).open("a") as file:
        file.writelines(runtime_line(text, at) for at, text in entries)


def _same(found: list[str], wanted: list[str]) -> None:
    """Each once and in order; says where they part."""
    differs = next((n for n, pair in enumerate(zip(found, wanted, strict=False)) if pair[0] != pair[1]), None)
    assert differs is None, (differs, found[differs - 2 : differs + 3], wanted[differs - 2 : differs + 3])
    assert len(found) == len(wanted)


async def test_no_line_is_lost_or_twice_over_two_hundred_reconnects(site: Site, stage: Stage, note: Note) -> None:
    chance, written = random.Random(11), Written()
    await stage.run(NAME)
    if isinstance(stage, DemoStage):
        stage._logs.put(site.home, NAME, "main", written)
    entries = _entries(chance, (RECONNECTS + 1) * PORTION)
    wanted, found = [text for _at, text in entries], list[str]()
    given = breaks = 0
    clock = site.clock()

    def more() -> None:
        nonlocal given
        _write(stage, entries[given : given + PORTION], written)
        given = min(given + PORTION, len(entries))

    async with site.proxied(inside=True) as (proxy, kube):
        proxy.plan = lambda _number: Fault(cut=chance.randrange(300, 120_000)) if given < len(entries) else SOUND
        more()
        begun, key = clock(), f"{site.home}/{NAME}"
        with suppress(TimeoutError):  # what is missing is told below
            async with (
                asyncio.timeout(2 * site.patience + 20),
                aclosing(follow(kube, key, "main", LogOptions(), sleep=_at_once)) as events,
            ):
                async for event in events:
                    assert not isinstance(event, Refused | Ended), event
                    if isinstance(event, Broken):
                        breaks += 1
                        more()
                    if isinstance(event, Lines):
                        found += [line.partition(b" ")[2].decode() for line in event.data.split(b"\n")[:-1]]
                    if len(found) >= given == len(entries):
                        break
                    if len(found) >= given:
                        proxy.cut()
    _same(found, wanted)
    assert breaks >= RECONNECTS
    checked = f"{len(found)} lines once each, in order; {breaks} reconnects"
    note("log: reset anywhere", site.name, breaks, [], [clock() - begun], checked)


async def _at_once(_seconds: float) -> None:
    await asyncio.sleep(0)


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
        proxy.plan = lambda number: Fault(cut=1500 + chance.randrange(3000)) if number < 20 else SOUND
        key = f"{site.home}/{NAME}"
        async with asyncio.timeout(60), aclosing(follow(kube, key, "main", LogOptions(), sleep=_at_once)) as events:
            async for event in events:
                assert not isinstance(event, Refused | Ended), event
                found += event.data.splitlines() if isinstance(event, Lines) else []
                if len(found) >= len(wanted):
                    break
    assert all(f"{hours:+03d}:00 " in line.decode() for line in found), "as the node wrote it"
    _same([line.partition(b" ")[2].decode() for line in found], wanted)
    note(f"log: a node at {hours:+d} h", site.name, proxy.accepted, [], [], "300 lines once each, in order")
