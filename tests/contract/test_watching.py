"""WATCH: order, selectors, bookmarks, states that are forgotten; and the reflector that lives on all of it."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

import msgspec
import pytest

from tests.client.api import until
from tests.contract.backends import Backend
from tests.contract.kinds import CONFIG_MAPS, Row, config_map, of, secret
from tests.contract.mirror import mirrored
from tests.demo.kube.town import Client
from tui.client import reflector
from tui.client.kube import KubeClient
from tui.client.wire import WatchBatch
from tui.core.errors import Problem
from tui.core.facts import Phase

HISTORY = [("new", False), ("new", False), ("new", True)]


async def _version(raw: Client, home: str) -> str:
    return str((await raw.get(of(home)))["metadata"]["resourceVersion"])


async def _watched(kube: KubeClient, home: str, version: str, entries: int) -> list[Any]:
    """The first entries of a watch."""
    seen: list[Any] = []
    async with asyncio.timeout(10), aclosing(kube.watch(CONFIG_MAPS, home, version)) as batches:
        async for batch in batches:
            assert isinstance(batch, WatchBatch), batch
            seen += batch.rows
            if len(seen) >= entries:
                break
    return seen


async def test_a_watch_tells_what_happened_since_and_what_happens(raw: Client, kube: KubeClient, home: str) -> None:
    version = await _version(raw, home)
    await raw.ask("POST", of(home), config_map("new", k="1"))
    await raw.ask("PATCH", of(home, name="new"), {"data": {"k": "2"}}, "application/merge-patch+json")
    watching = asyncio.create_task(_watched(kube, home, version, 3))
    await raw.ask("DELETE", of(home, name="new"))
    seen = await watching
    assert [(entry.row.key.rpartition("/")[2], entry.gone) for entry in seen] == HISTORY
    assert [entry.row.data["k"] for entry in seen] == ["1", "2", "2"]


async def test_objects_enter_and_leave_what_a_selector_chooses(raw: Client, home: str) -> None:
    version = await _version(raw, home)
    await raw.ask("POST", of(home), config_map("a", {"on": "no"}))
    for value in ("yes", "no"):
        body = {"metadata": {"labels": {"on": value}}}
        await raw.ask("PATCH", of(home, name="a"), body, "application/merge-patch+json")
    query = f"?watch=true&labelSelector=on%3Dyes&timeoutSeconds=1&resourceVersion={version}"
    async with raw.stream("GET", of(home) + query) as answer:
        lines = [msgspec.json.decode(line) for line in (await answer.read()).splitlines()]
    assert [line["type"] for line in lines if line["type"] != "BOOKMARK"] == ["ADDED", "DELETED"]
    gone = lines[1]["object"]["metadata"]
    assert int(gone["resourceVersion"]) > int(lines[0]["object"]["metadata"]["resourceVersion"])


async def test_a_bookmark_comes_before_the_end(backend: Backend, raw: Client, home: str) -> None:
    first = await raw.get(of(home, "secrets"))
    query = f"?watch=true&allowWatchBookmarks=true&timeoutSeconds={backend.bookmarked}"
    query += f"&resourceVersion={first['metadata']['resourceVersion']}"
    async with raw.stream("GET", of(home, "secrets") + query) as answer:
        beside = of("default", "secrets")  # the watch sees none of it
        status, said = await raw.ask("POST", beside, secret(f"beside-{home}"))
        assert status == 201, said
        lines = [msgspec.json.decode(line) for line in (await answer.read()).splitlines()]
    assert {line["type"] for line in lines} == {"BOOKMARK"}
    mark = lines[-1]["object"]
    assert (mark["kind"], mark["apiVersion"]) == ("Secret", "v1")
    assert int(mark["metadata"]["resourceVersion"]) > int(first["metadata"]["resourceVersion"])


async def test_a_watch_from_a_forgotten_state_is_410(
    backend: Backend, raw: Client, kube: KubeClient, home: str
) -> None:
    version = await _version(raw, home)
    await raw.ask("POST", of(home), config_map("new"))
    await raw.ask("POST", of(home), config_map("newer"))
    backend.compact()
    async with asyncio.timeout(10), aclosing(kube.watch(CONFIG_MAPS, home, version)) as batches:
        found = [batch async for batch in batches]
    assert isinstance(found[-1], Problem)
    assert (found[-1].status, found[-1].code) == (410, "Expired")


async def test_a_version_that_is_no_version_is_refused(raw: Client, home: str) -> None:
    status, said = await raw.ask("GET", of(home) + "?watch=true&timeoutSeconds=1&resourceVersion=soon")
    assert status in (400, 500)
    assert 'parsing "soon": invalid syntax' in said["message"]


async def test_the_store_equals_a_fresh_list_however_often_the_watch_ends(
    backend: Backend, raw: Client, kube: KubeClient, home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reflector, "WATCH", (1.0, 1.0))
    async with mirrored(kube, CONFIG_MAPS, home) as mirror:
        await until(lambda: mirror.phase is Phase.LIVE)
        for number in range(12):
            await raw.ask("POST", of(home), config_map(f"n{number}", k="0"))
            await raw.ask("POST", of(home, "secrets"), secret(f"other{number}"))
            if number % 3 == 0:
                await raw.ask("DELETE", of(home, name=f"n{number}"))
            if number % 4 == 3:
                backend.compact()
                await asyncio.sleep(0.5)
        truth = {f"{home}/{item['metadata']['name']}" for item in (await raw.get(of(home)))["items"]}
        await until(lambda: set(mirror.store.rows("configmaps")) == truth, 15)
        assert all(isinstance(row, Row) for row in mirror.store.rows("configmaps").values())
        assert mirror.phase is Phase.LIVE
