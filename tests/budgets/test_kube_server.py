"""The simulated API server with 10,000 pods: lists, pages and watches must not be what a measurement waits for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.demo.kube import town
from tests.demo.kube.town import Client, Town

pytestmark = pytest.mark.budget
PODS = 10_000
LIST = 1.0
"""Seconds for the whole list, to the last byte."""
PAGES = 2.0
"""Seconds for the list in pages of 500, with writes in between."""
WATCHES, EVENTS = 10, 1_000
FAN_OUT = 2.0
"""Seconds from the first write until every watch has every event."""
PLAIN = {"Accept-Encoding": "identity"}
Filled = tuple[Town, Client]


@pytest.fixture
async def filled() -> AsyncIterator[Filled]:
    made = Town()
    made.fill()
    for number in range(PODS):
        made.objects.create("pods", town.pod(f"p-{number:05}", "many"))
    async with town.serving(made) as client:
        yield made, client


async def size(client: Client, path: str, **more: Any) -> int:
    async with client.stream("GET", path, headers=PLAIN, **more) as response:
        return len(await response.read())


def label(made: Town, number: int) -> None:
    made.objects.change("pods", "many", f"p-{number:05}", lambda o: o["metadata"].update(labels={"n": str(number)}))


def report(what: str, seconds: float, budget: float, note: str = "") -> None:
    print(f"{what:<44} {seconds:>7.2f} s of {budget:.1f} {note}")
    assert seconds < budget


async def test_the_whole_list(filled: Filled) -> None:
    began = time.perf_counter()
    number = await size(filled[1], "/api/v1/pods")
    report("list of 10,000 pods", time.perf_counter() - began, LIST, f"{number / 1e6:.1f} MB")


async def test_pages(filled: Filled) -> None:
    made, client = filled
    token, count, began = "", 0, time.perf_counter()
    while True:
        query = {"limit": 500, **({"continue": token} if token else {})}
        page = await client.get("/api/v1/pods", params=query, headers=PLAIN)
        label(made, count)
        count += len(page["items"])
        token = page["metadata"].get("continue", "")
        if not token:
            break
    assert count == PODS + 3
    report("the same in pages of 500, between writes", time.perf_counter() - began, PAGES)


async def test_fan_out(filled: Filled) -> None:
    made, client = filled
    opened = asyncio.Semaphore(0)

    async def follow() -> None:
        query = {"watch": "true", "resourceVersion": made.objects.version}
        async with client.stream("GET", "/api/v1/pods", params=query) as response:
            opened.release()
            for _ in range(EVENTS):
                await response.content.readline()

    async with asyncio.TaskGroup() as group:
        for _ in range(WATCHES):
            group.create_task(follow())
        for _ in range(WATCHES):
            await opened.acquire()
        began = time.perf_counter()
        for number in range(EVENTS):
            label(made, number)
            if not number % 50:
                await asyncio.sleep(0)
    report("1,000 events to 10 watches", time.perf_counter() - began, FAN_OUT)
