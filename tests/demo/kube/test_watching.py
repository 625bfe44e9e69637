"""WATCH over HTTP: replay, live events, selections, bookmarks, 410, and how it ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec
import pytest

from tests.demo.kube import town
from tests.demo.kube.town import Client, NoFaults, Town
from tui.demo.kube import watching

PODS = "/api/v1/namespaces/azureml/pods"
TABLE = {"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"}
DEADLINE = 5.0


class Stream:
    """The events of an open watch."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def next(self) -> dict[str, Any] | None:
        """The next event; None at the end."""
        async with asyncio.timeout(DEADLINE):
            line = await self.response.content.readline()
        return msgspec.json.decode(line) if line else None

    async def take(self, number: int) -> list[tuple[str, str]]:
        """Type and name of the next events."""
        found = [event for _ in range(number) if (event := await self.next()) is not None]
        return [(event["type"], event["object"]["metadata"]["name"]) for event in found]


@asynccontextmanager
async def watch(client: Client, **query: Any) -> AsyncIterator[Stream]:
    headers = query.pop("headers", {})
    async with client.stream("GET", PODS, params={"watch": "true", **query}, headers=headers) as response:
        assert response.status == 200, await response.text()
        yield Stream(response)


def label(made: Town, name: str, **labels: str) -> None:
    made.objects.change("pods", "azureml", name, lambda o: o["metadata"].update(labels=labels))


async def test_it_begins_after_its_version_and_goes_on() -> None:
    async with town.open_town() as (made, client):
        version = made.objects.version
        made.put_pod(town.pod("early"))
        async with watch(client, resourceVersion=version) as stream:
            assert await stream.take(1) == [("ADDED", "early")]
            made.put_pod(town.pod("late"))
            label(made, "late", a="b")
            made.put_pod(town.pod("elsewhere", "default"))
            made.objects.delete("pods", "azureml", "late")
            assert await stream.take(3) == [("ADDED", "late"), ("MODIFIED", "late"), ("DELETED", "late")]


async def test_list_and_watch_leave_no_gap() -> None:
    async with town.open_town() as (made, client):
        listed = await client.get(PODS)
        async with watch(client, resourceVersion=listed["metadata"]["resourceVersion"]) as stream:
            held = {item["metadata"]["name"]: item for item in listed["items"]}
            for number in range(20):
                made.put_pod(town.pod(f"n-{number}"))
                label(made, f"n-{number}", n=str(number))
                if number % 3 == 0:
                    made.objects.delete("pods", "azureml", f"n-{number}")
            for _ in range(47):
                event = await stream.next()
                assert event is not None
                name = event["object"]["metadata"]["name"]
                held[name] = event["object"]
                if event["type"] == "DELETED":
                    del held[name]
        head = {"apiVersion": "v1", "kind": "Pod"}  # which a list has once, for all
        assert [{**held[name], **head} for name in sorted(held)] == made.objects.list("pods", "azureml")


@pytest.mark.parametrize("version", [{}, {"resourceVersion": "0"}])
async def test_without_a_version_it_begins_with_what_there_is(version: dict[str, str]) -> None:
    async with town.open_town() as (made, client), watch(client, **version) as stream:
        assert await stream.take(2) == [("ADDED", "gateway-1"), ("ADDED", "relayserver-1")]
        label(made, "gateway-1", a="b")
        assert await stream.take(1) == [("MODIFIED", "gateway-1")]


async def test_initial_events_end_with_a_bookmark_that_says_so() -> None:
    query = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true"}
    async with town.open_town() as (made, client):
        async with watch(client, **query) as stream:
            assert len(await stream.take(2)) == 2
            event = await stream.next()
            assert event is not None
            assert event["type"] == "BOOKMARK"
            assert event["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
            assert event["object"]["metadata"]["resourceVersion"] == str(made.objects.version)
        status, body = await client.ask("GET", PODS, params={"watch": "true", "sendInitialEvents": "true"})
        assert (status, body["reason"]) == (422, "Invalid")
        assert "requires setting resourceVersionMatch to NotOlderThan" in body["message"]


async def test_objects_enter_and_leave_a_selection() -> None:
    async with (
        town.open_town() as (made, client),
        watch(client, resourceVersion=made.objects.version, labelSelector="tier=front") as stream,
    ):
        label(made, "gateway-1", tier="back")
        label(made, "gateway-1", tier="front")
        label(made, "gateway-1", tier="front", more="x")
        label(made, "gateway-1", tier="back")
        label(made, "gateway-1", tier="front")
        made.objects.delete("pods", "azureml", "gateway-1")
        assert [kind for kind, _name in await stream.take(5)] == ["ADDED", "MODIFIED", "DELETED", "ADDED", "DELETED"]


async def test_one_object_by_field_selector() -> None:
    async with town.open_town() as (made, client):
        query = {"resourceVersion": made.objects.version, "fieldSelector": "metadata.name=gateway-1"}
        async with watch(client, **query) as stream:
            label(made, "relayserver-1", a="b")
            label(made, "gateway-1", a="b")
            assert await stream.take(1) == [("MODIFIED", "gateway-1")]


async def test_a_forgotten_version_is_gone_as_an_event() -> None:
    async with town.open_town() as (made, client):
        made.objects.compact()
        async with watch(client, resourceVersion=2) as stream:
            event = await stream.next()
            assert event is not None
            assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 410, "Expired")
            assert event["object"]["message"] == f"too old resource version: 2 ({made.objects.compacted})"
            assert await stream.next() is None


async def test_a_version_of_the_future_is_waited_for_in_silence() -> None:
    async with town.open_town() as (made, client):
        query = {"resourceVersion": made.objects.version + 3, "allowWatchBookmarks": "true"}
        async with watch(client, **query) as stream:
            for number in range(5):
                label(made, "gateway-1", n=str(number))
            events = [await stream.next() for _ in range(2)]
            assert [event and event["object"]["metadata"]["labels"]["n"] for event in events] == ["3", "4"]


async def test_it_ends_at_its_timeout_with_a_bookmark() -> None:
    async with town.open_town() as (made, client):
        query = {"resourceVersion": made.objects.version, "timeoutSeconds": 1, "allowWatchBookmarks": "true"}
        began = time.monotonic()
        async with watch(client, **query) as stream:
            made.put_pod(town.pod("elsewhere", "default"))
            event = await stream.next()
            assert event is not None
            assert (event["type"], event["object"]["kind"]) == ("BOOKMARK", "Pod")
            assert event["object"]["metadata"]["resourceVersion"] == str(made.objects.version)
            assert await stream.next() is None
        assert 0.9 < time.monotonic() - began < 3


async def test_bookmarks_come_regularly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "BOOKMARK", 0.05)
    async with town.open_town() as (made, client):
        query = {"resourceVersion": made.objects.version, "allowWatchBookmarks": "true"}
        async with watch(client, **query) as stream:
            events = [await stream.next() for _ in range(3)]
            assert [event and event["type"] for event in events] == ["BOOKMARK"] * 3


async def test_tables_have_their_columns_once() -> None:
    async with (
        town.open_town() as (made, client),
        watch(client, resourceVersion=made.objects.version, headers=TABLE) as stream,
    ):
        label(made, "gateway-1", a="b")
        label(made, "gateway-1", a="c")
        events = [await stream.next() for _ in range(2)]
        shown = [event["object"] for event in events if event is not None]
        assert [table["kind"] for table in shown] == ["Table", "Table"]
        assert [bool(table["columnDefinitions"]) for table in shown] == [True, False]
        assert shown[1]["rows"][0]["cells"][:3] == ["gateway-1", "1/1", "Running"]


async def test_stop_ends_what_is_open() -> None:
    async with town.open_town() as (made, client), watch(client, resourceVersion=made.objects.version) as stream:
        made.server.stop()
        assert await stream.next() is None


async def test_who_hangs_up_is_forgotten() -> None:
    async with town.open_town() as (made, client):
        before = len(made.objects._callbacks)
        async with watch(client, resourceVersion=made.objects.version):
            assert len(made.objects._callbacks) == before + 1

        def forgotten() -> bool:
            label(made, "gateway-1", n=str(made.objects.version))
            return len(made.objects._callbacks) == before

        await town.until(forgotten)


@asynccontextmanager
async def faulty(fault: str) -> AsyncIterator[Stream]:
    """A watch that is struck, with many events ahead."""
    async with (
        town.open_town(faults=NoFaults(fault)) as (made, client),
        watch(client, resourceVersion=made.objects.version) as stream,
    ):
        for number in range(40):
            label(made, "gateway-1", n=str(number))
        yield stream


async def test_the_fault_that_forgets_versions() -> None:
    async with faulty("gone-410") as stream:
        events = [event for _ in range(41) if (event := await stream.next()) is not None]
        assert (events[-1]["type"], events[-1]["object"]["code"]) == ("ERROR", 410)
        assert await stream.next() is None


async def test_the_fault_that_cuts_streams() -> None:
    async with faulty("drop") as stream:
        with pytest.raises(aiohttp.ClientError):
            await stream.take(99)


async def test_the_fault_that_says_nothing() -> None:
    async with faulty("silent") as stream:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await stream.response.content.readline()
