"""Work done once for all who wait."""

from __future__ import annotations

import asyncio

import pytest

from tui.client.shared import Shared


class Work:
    def __init__(self) -> None:
        self.done = 0
        self.gate = asyncio.Event()

    async def __call__(self) -> int:
        await self.gate.wait()
        self.done += 1
        return self.done


async def test_who_waits_gets_the_same_answer_and_who_comes_later_another() -> None:
    shared, work = Shared[int](), Work()
    waiting = [asyncio.create_task(shared.get(work)) for _ in range(4)]
    await asyncio.sleep(0)
    work.gate.set()
    assert await asyncio.gather(*waiting) == [1, 1, 1, 1]
    assert await shared.get(work) == 2


async def test_when_the_worker_goes_away_the_next_takes_over() -> None:
    shared, work = Shared[int](), Work()
    first, second = (asyncio.create_task(shared.get(work)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    work.gate.set()
    assert await second == 1
