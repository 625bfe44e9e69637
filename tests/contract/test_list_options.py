"""Options of LIST and WATCH: versions that are too old, too new or no versions, and what makes no sense together."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from tests.contract.backends import Backend
from tests.contract.kinds import causes, config_map, of
from tests.demo.kube.town import Client


@pytest.mark.parametrize(
    ("query", "code", "reason", "words"),
    [
        ("resourceVersion=soon", 400, "BadRequest", 'invalid resource version: resourceVersion: Invalid value: "soon"'),
        ("watch=true&timeoutSeconds=1&resourceVersion=soon", 500, None, 'parsing "soon": invalid syntax'),
        ("watch=true&timeoutSeconds=1&resourceVersion=-1", 500, None, 'parsing "-1": invalid syntax'),
        ("resourceVersion=99999999", 504, "Timeout", "Timeout: Too large resource version: 99999999, current: "),
        ("limit=x", 400, "BadRequest", 'strconv.ParseInt: parsing "x": invalid syntax'),
        ("timeoutSeconds=x", 400, "BadRequest", 'strconv.ParseInt: parsing "x": invalid syntax'),
        ("limit=1&continue=abc", 400, "BadRequest", "invalid continue token: continue key is not valid"),
    ],
)
async def test_what_is_no_version_or_number(
    raw: Client, home: str, query: str, code: int, reason: str | None, words: str
) -> None:
    status, said = await raw.ask("GET", f"{of(home)}?{query}")
    assert (status, said.get("reason")) == (code, reason)
    assert words in said["message"]


async def test_one_object_of_a_version_that_is_not_there_yet(raw: Client, home: str) -> None:
    await raw.ask("POST", of(home), config_map("a"))
    status, said = await raw.ask("GET", of(home, name="a") + "?resourceVersion=99999999")
    assert (status, said["reason"]) == (504, "Timeout")
    assert said["details"]["causes"][0]["reason"] == "ResourceVersionTooLarge"


@pytest.mark.parametrize(
    ("query", "count", "field"),
    [
        ("resourceVersionMatch=Exact", 1, "resourceVersionMatch"),
        ("resourceVersion=1&resourceVersionMatch=Close", 1, "resourceVersionMatch"),
        ("resourceVersion=0&resourceVersionMatch=Exact", 1, "resourceVersionMatch"),
        ("sendInitialEvents=true", 1, "sendInitialEvents"),
        ("sendInitialEvents=true&resourceVersionMatch=NotOlderThan", 2, "sendInitialEvents"),
        ("watch=true&sendInitialEvents=true&timeoutSeconds=1", 1, "resourceVersionMatch"),
        ("watch=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=1", 1, "resourceVersionMatch"),
        ("watch=true&sendInitialEvents=true&resourceVersionMatch=Exact&timeoutSeconds=1", 2, "resourceVersionMatch"),
    ],
)
async def test_what_makes_no_sense_together(raw: Client, home: str, query: str, count: int, field: str) -> None:
    status, said = await raw.ask("GET", f"{of(home)}?{query}")
    assert (status, said["reason"]) == (422, "Invalid")
    assert said["message"].startswith('ListOptions.meta.k8s.io "" is invalid: ')
    assert len(said["details"]["causes"]) == count
    assert field in {name for _reason, name in causes(said)}


async def test_an_exact_version_is_shown_until_it_is_forgotten(backend: Backend, raw: Client, home: str) -> None:
    await raw.ask("POST", of(home), config_map("a"))
    version = (await raw.get(of(home)))["metadata"]["resourceVersion"]
    await raw.ask("DELETE", of(home, name="a"))
    await raw.ask("POST", of(home), config_map("b"))
    query = f"{of(home)}?resourceVersion={version}"
    for exact in ("resourceVersionMatch=Exact", "limit=5"):
        then = await raw.get(f"{query}&{exact}")
        assert [item["metadata"]["name"] for item in then["items"]] == ["a"]
    now = await raw.get(f"{query}&resourceVersionMatch=NotOlderThan")
    assert [item["metadata"]["name"] for item in now["items"]] == ["b"]
    backend.compact()
    status, said = await raw.ask("GET", f"{query}&resourceVersionMatch=Exact")
    assert (status, said["reason"], said["message"]) == (
        410, "Expired", "The resourceVersion for the provided list is too old.",
    )  # fmt: skip


async def test_a_watch_of_a_version_that_is_not_there_yet_is_silent(raw: Client, home: str) -> None:
    await raw.ask("POST", of(home), config_map("a"))
    query = f"{of(home)}?watch=true&resourceVersion=99999999&timeoutSeconds=1"
    async with raw.stream("GET", query) as answer:
        await raw.ask("POST", of(home), config_map("b"))
        assert (answer.status, await answer.read()) == (200, b"")


async def test_a_watch_is_one_unless_it_says_no(raw: Client, home: str) -> None:
    version = (await raw.get(of(home)))["metadata"]["resourceVersion"]

    async def watches(word: str) -> bool:
        query = f"{of(home)}?watch={word}&timeoutSeconds=1&resourceVersion={version}"
        async with raw.stream("GET", query) as answer:
            return await answer.read() == b""

    words = ("true", "1", "maybe", "", "0", "false")
    assert await asyncio.gather(*map(watches, words)) == [True, True, True, True, False, False]


async def test_a_watch_begins_with_all_there_is_and_says_where_that_ends(raw: Client, home: str) -> None:
    for name in ("a", "b"):
        await raw.ask("POST", of(home), config_map(name))
    query = "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
    async with raw.stream("GET", f"{of(home)}?{query}&timeoutSeconds=1") as answer:
        lines = [msgspec.json.decode(line) for line in (await answer.read()).splitlines()]
    assert [line["type"] for line in lines[:3]] == ["ADDED", "ADDED", "BOOKMARK"]
    mark = lines[2]["object"]
    assert (mark["kind"], mark["apiVersion"]) == ("ConfigMap", "v1")
    assert mark["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    assert set(mark["metadata"]) == {"annotations", "resourceVersion"}
