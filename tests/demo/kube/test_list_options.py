"""Options of LIST and WATCH over HTTP: what makes no sense together, and versions."""

from __future__ import annotations

import asyncio

import pytest

from tests.demo.kube.town import Client, Town

PODS = "/api/v1/namespaces/azureml/pods"
Served = tuple[Town, Client]
UNLESS = "resourceVersionMatch is forbidden unless resourceVersion is provided"
CONTINUED = "resourceVersionMatch is forbidden when continue is provided"
REQUIRES = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("resourceVersionMatch=Exact", [UNLESS]),
        ("resourceVersionMatch=Exact&continue=x", [UNLESS, CONTINUED]),
        (
            "resourceVersion=1&resourceVersionMatch=Close",
            ['Unsupported value: "Close": supported values: "Exact", "Not'],
        ),
        ("resourceVersion=0&resourceVersionMatch=Exact", ['"exact" is forbidden for resourceVersion "0"']),
        ("sendInitialEvents=false", ["sendInitialEvents is forbidden for list"]),
        (
            "watch=true&resourceVersionMatch=NotOlderThan",
            ["is forbidden for watch unless sendInitialEvents is provided"],
        ),
        ("watch=true&sendInitialEvents=true", [REQUIRES]),
        (
            "watch=true&sendInitialEvents=true&resourceVersionMatch=Exact",
            [REQUIRES, 'supported values: "NotOlderThan"'],
        ),
        ("watch=true&continue=x", [CONTINUED]),
    ],
)
async def test_what_makes_no_sense(served: Served, query: str, said: list[str]) -> None:
    status, error = await served[1].ask("GET", f"{PODS}?{query}")
    assert (status, error["reason"], error["details"]["kind"]) == (422, "Invalid", "ListOptions")
    messages = [cause["message"] for cause in error["details"]["causes"]]
    assert len(messages) == len(said)
    assert all(part in message for part, message in zip(said, messages, strict=True))


@pytest.mark.parametrize("query", ["limit=x", "timeoutSeconds=x"])
async def test_numbers_are_numbers(served: Served, query: str) -> None:
    status, error = await served[1].ask("GET", f"{PODS}?{query}")
    assert (status, error["message"]) == (400, 'strconv.ParseInt: parsing "x": invalid syntax')


@pytest.mark.parametrize(
    ("query", "code", "reason", "message"),
    [
        ("resourceVersion=soon", 400, "BadRequest", "invalid resource version: resourceVersion: Invalid value: "),
        ("watch=1&resourceVersion=soon", 500, None, 'resourceVersion: Invalid value: "soon": strconv.ParseUint'),
        ("watch=1&resourceVersion=-1", 500, None, 'resourceVersion: Invalid value: "-1": strconv.ParseUint'),
        ("resourceVersion=99999", 504, "Timeout", "Timeout: Too large resource version: 99999, current: "),
        ("resourceVersion=1&resourceVersionMatch=Exact", 410, "Expired",
         "The resourceVersion for the provided list is too old."),
    ],
)  # fmt: skip
async def test_versions(served: Served, query: str, code: int, reason: str | None, message: str) -> None:
    made, client = served
    made.objects.compact()
    status, error = await client.ask("GET", f"{PODS}?{query}")
    assert (status, error.get("reason")) == (code, reason)
    assert error["message"].startswith(message)


async def test_a_page_of_a_version_is_of_exactly_that_one(served: Served) -> None:
    made, client = served
    version = made.objects.version
    made.objects.delete("pods", "azureml", "gateway-1")
    page = await client.get(f"{PODS}?resourceVersion={version}&limit=1")
    assert [item["metadata"]["name"] for item in page["items"]] == ["gateway-1"]
    newer = await client.get(f"{PODS}?resourceVersion={version}")
    assert [item["metadata"]["name"] for item in newer["items"]] == ["relayserver-1"]


async def test_a_flag_is_on_unless_it_says_no(served: Served) -> None:
    made, client = served

    async def watches(word: str) -> bool:
        query = f"watch={word}&timeoutSeconds=1&resourceVersion={made.objects.version}"
        async with client.stream("GET", f"{PODS}?{query}") as answer:
            return bool(await answer.read() == b"")

    words = ("1", "yes", "", "0", "false")
    assert await asyncio.gather(*map(watches, words)) == [True, True, True, False, False]
