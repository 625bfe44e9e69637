"""Eight logs followed as one through links that are cut anywhere: each line once, each log in its own order."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from contextlib import aclosing, suppress

import pytest

from tests.contract.stages import DemoStage, open_stage
from tests.faults.proxy import SOUND, Fault
from tests.faults.site import Site
from tests.faults.table import Note
from tests.faults.test_logs import _at_once, _same
from tui.client.log_group import Batch, LogGroup, LogSource
from tui.client.logs import Broken, LogOptions, Refused

WORKERS = 8
LINES = 1500
CUTS = 12
"""Links that break of each log, about."""


def _texts(worker: int) -> list[str]:
    """Every fourth is what all say."""
    return ["step done" if number % 4 == 0 else f"line {number} of {worker}" for number in range(LINES)]


@pytest.mark.parametrize("backend", ["demo"], indirect=True)  # kwok reads one file for them all
async def test_eight_logs_as_one_lose_nothing(request: pytest.FixtureRequest, site: Site, note: Note) -> None:
    chance, begun = random.Random(4), time.time() - 600
    wanted = [_texts(worker) for worker in range(WORKERS)]
    found: list[list[str]] = [[] for _ in range(WORKERS)]
    breaks: Counter[int] = Counter()
    async with (
        open_stage(request, site.backend, site.raw, site.home) as stage,
        site.proxied(inside=True) as (proxy, kube),
    ):
        assert isinstance(stage, DemoStage)
        group = LogGroup(kube, LogOptions(), hold=0.05, settle=0.2, sleep=_at_once)
        for worker, texts in enumerate(wanted):
            await stage.run(f"worker-{worker}")
            stage._said[f"worker-{worker}", False].lines += [
                (begun + number // 5 * 0.05, text) for number, text in enumerate(texts)
            ]
            assert group.add(LogSource(f"{site.home}/worker-{worker}", "main")) == worker
        proxy.plan = lambda number: Fault(cut=chance.randrange(300, 12_000)) if number < WORKERS * CUTS else SOUND
        clock = time.monotonic()
        with suppress(TimeoutError):  # what is missing is told below
            async with asyncio.timeout(2 * site.patience), aclosing(group.events()) as events:
                async for event in events:
                    if isinstance(event, Batch):
                        lines = event.data.split(b"\n")[:-1]
                        for source, line in zip(event.sources, lines, strict=True):
                            found[source].append(line.partition(b" ")[2].decode())
                    else:
                        assert not isinstance(event.event, Refused), event
                        breaks[event.source] += isinstance(event.event, Broken)
                    if sum(map(len, found)) >= WORKERS * LINES:
                        break
        took = time.monotonic() - clock
    for worker in range(WORKERS):
        _same(found[worker], wanted[worker])
    assert min(breaks[worker] for worker in range(WORKERS)) >= 1
    checked = f"{WORKERS * LINES} lines once each, every log in its order; {breaks.total()} reconnects"
    note("8 logs as one: reset anywhere", site.name, breaks.total(), [], [took], checked)
