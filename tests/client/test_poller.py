"""ARM looked at again and again: how often, what becomes of refusals, and what wakes it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec import Struct

from tests.client.api import until
from tui.client.poller import FAST, LONGEST_WAIT, after, in_progress, poll, waited
from tui.core.errors import Problem
from tui.core.facts import Fact
from tui.core.store import Store


class Row(Struct, frozen=True):
    key: str


def resource(name: str, state: str = "Succeeded") -> dict[str, Any]:
    return {"id": name, "properties": {"provisioningState": state}}


class Poll:
    """A poller on scripted answers; its waits take no time, and are kept."""

    def __init__(self, *answers: Any, delays: list[float] | None = None) -> None:
        self.answers, self.delays = list(answers), delays or []
        self.facts: list[Fact] = []
        self.waits: list[float] = []
        self.reads = 0
        self.store = Store()
        self.wake = asyncio.Event()

    async def read(self) -> Any:
        self.reads += 1
        return self.answers.pop(0)

    async def wait(self, wake: asyncio.Event, seconds: float) -> None:
        self.waits.append(seconds)
        if not self.answers:
            await asyncio.Event().wait()

    def put(self, fact: Fact) -> None:
        self.facts.append(fact)
        self.store.apply(fact)

    async def run(self) -> Poll:
        task = asyncio.create_task(
            poll(
                "things", self.read, lambda item: Row(item["id"]), self.put, calm=30.0, wake=self.wake, wait=self.wait,
                delay=lambda: self.delays.pop(0) if self.delays else 0.0, clock=lambda: 7.0, random=lambda: 0.5,
            )
        )  # fmt: skip
        await until(lambda: not self.answers and len(self.waits) >= self.reads)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return self


async def test_it_looks_gently_and_faster_while_something_is_in_progress() -> None:
    found = await Poll(
        [resource("a")], [resource("a"), resource("b", "Updating")], [resource("a", "CREATING")], []
    ).run()
    assert found.waits == [30.0, FAST, FAST, 30.0]
    assert dict(found.store.rows("things")) == {}
    assert found.store.source("things").fresh == 7.0


async def test_failures_back_off_and_say_what_is_wrong() -> None:
    answers = [Problem("away", "arm:443", "check", 503)] * 7 + [[resource("a")]]
    found = await Poll(*answers).run()
    assert found.waits == [5.0, 10.0, 20.0, 40.0, 80.0, 160.0, LONGEST_WAIT, 30.0]
    assert [getattr(fact, "reason", "") for fact in found.facts[:1]] == ["arm:443: away; check"]


async def test_a_refusal_and_an_absence_are_their_own_states() -> None:
    found = await Poll(Problem("no role", status=403), Problem("no such", status=404)).run()
    denied, missing = found.facts
    assert (type(denied).__name__, denied.permission, denied.reason) == ("Denied", "read things", "no role")  # type: ignore[union-attr]
    assert (type(missing).__name__, missing.reason) == ("Missing", "no such")  # type: ignore[union-attr]


async def test_where_the_provider_is_not_registered_there_is_nothing() -> None:
    found = await Poll(Problem("not registered", status=409, code="MissingSubscriptionRegistration")).run()
    (missing,) = found.facts
    assert (type(missing).__name__, missing.reason) == ("Missing", "not registered")  # type: ignore[union-attr]


async def test_nothing_is_asked_while_it_is_not_wanted() -> None:
    waits, reads, wanted = [], [], [False, False, True, False, True]

    async def read() -> list[dict[str, Any]]:
        reads.append(len(waits))
        return []

    async def wait(_wake: asyncio.Event, seconds: float) -> None:
        waits.append(seconds)
        if not wanted:
            await asyncio.Event().wait()

    task = asyncio.create_task(
        poll("things", read, lambda item: Row(item["id"]), lambda _fact: None, calm=30.0, wait=wait,
             random=lambda: 0.5, wanted=lambda: wanted.pop(0))
    )  # fmt: skip
    await until(lambda: len(waits) == 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert waits == [30.0] * 5
    assert reads == [2, 4]


async def test_what_the_service_asked_for_is_waited_before_any_look_even_when_somebody_wakes_it() -> None:
    found = Poll([resource("a")], [resource("a")], delays=[0.0, 17.0, 3.0, 0.0])
    found.wake.set()
    await found.run()
    assert found.waits == [30.0, 17.0, 3.0, 30.0]
    assert found.reads == 2


async def test_a_wake_ends_a_wait() -> None:
    wake = asyncio.Event()
    waiting = asyncio.create_task(waited(wake, 60.0))
    await asyncio.sleep(0)
    wake.set()
    async with asyncio.timeout(1):
        await waiting
    await waited(asyncio.Event(), 0.001)


def test_what_counts_as_in_progress() -> None:
    assert in_progress({"properties": {"installState": "Pending"}})
    assert in_progress({"properties": {"provisioningState": "Succeeded", "connectivityStatus": "Connecting"}})
    assert not in_progress({"properties": {"provisioningState": "Failed", "connectivityStatus": "Offline"}})
    assert not in_progress({"properties": None})
    assert not in_progress({})


def test_waits_differ_by_chance_but_stay_near() -> None:
    assert after(30.0, False, 0, 0.0) == 27.0
    assert after(30.0, False, 0, 1.0) == 33.0
    assert after(2.0, True, 0, 0.5) == 2.0
