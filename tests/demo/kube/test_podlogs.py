"""Logs over HTTP: which container, which part, following, and the sentences of what is not there."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from tests.demo.kube import town
from tests.demo.kube.town import Client, Lines, NoFaults, Town
from tui.demo.kube.objects import timestamp

LOG = "/api/v1/namespaces/azureml/pods/{}/log"
GATEWAY = LOG.format("gateway-1")
DEADLINE = 5.0
Served = tuple[Town, Client]


async def lines(client: Client, path: str = GATEWAY, **query: Any) -> list[str]:
    status, text = await client.ask("GET", path, params=query)
    assert status == 200, text
    return str(text).splitlines()


async def test_the_whole_log_in_order(served: Served) -> None:
    assert await lines(served[1]) == [f"line {number}" for number in range(601)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"tailLines": 2}, ["line 599", "line 600"]),
        ({"tailLines": 0}, []),
        ({"tailLines": 500}, [f"line {number}" for number in range(101, 601)]),
        ({"tailLines": 9999}, [f"line {number}" for number in range(601)]),
        ({"sinceSeconds": 2}, ["line 599", "line 600"]),
        ({"sinceTime": timestamp(town.START - 1)}, ["line 599", "line 600"]),
        ({"sinceSeconds": 60, "tailLines": 1}, ["line 600"]),
        ({"sinceSeconds": 2, "tailLines": 50}, ["line 599", "line 600"]),
        ({"limitBytes": 9}, ["line 0", "li"]),
        ({"previous": "true", "tailLines": 1}, ["old 10"]),
        ({"tailLines": 1, "timestamps": "true"}, ["2023-11-14T22:13:20.000000000Z line 600"]),
        ({"container": "main", "tailLines": 1}, ["line 600"]),
    ],
)
async def test_parts(served: Served, query: dict[str, Any], expected: list[str]) -> None:
    assert await lines(served[1], **query) == expected


def several(**more: Any) -> dict[str, Any]:
    body = town.pod("many")
    body["spec"]["containers"].append({"name": "side", "image": "x"})
    body["spec"]["initContainers"] = [{"name": "first", "image": "x"}]
    body["status"] |= more
    return body


def waiting(reason: str) -> dict[str, Any]:
    return {"containerStatuses": [{"name": "main", "state": {"waiting": {"reason": reason}}}]}


@pytest.mark.parametrize(
    ("body", "query", "code", "message"),
    [
        (several(), {}, 400, "a container name must be specified for pod many, choose one of: [first main "
         "side]"),
        (several(), {"container": "none"}, 400, "container none is not valid for pod many"),
        (several(), {"container": "side", "previous": "true"}, 400,
         'previous terminated container "side" in pod "many" not found'),
        (several(**waiting("ContainerCreating")), {"container": "main"}, 400,
         'container "main" in pod "many" is waiting to start: ContainerCreating'),
        (several(**waiting("ImagePullBackOff")), {"container": "main"}, 400,
         'container "main" in pod "many" is waiting to start: trying and failing to pull image'),
        (several(), {"container": "main", "tailLines": -1}, 422, "tailLines: Invalid value: -1: must be greater than"),
        (several(), {"container": "main", "sinceSeconds": 0}, 422, "sinceSeconds: Invalid value: 0: must be greater"),
        (several(), {"container": "main", "sinceTime": "then"}, 400, 'parsing time "then"'),
        (several(), {"container": "main", "sinceTime": "2024-01-01T00:00:00Z", "sinceSeconds": 1}, 422,
         "at most one of `sinceTime` or `sinceSeconds` may be specified"),
    ],
)  # fmt: skip
async def test_what_has_no_log(
    served: Served, body: dict[str, Any], query: dict[str, Any], code: int, message: str
) -> None:
    served[0].objects.create("pods", body)
    status, error = await served[1].ask("GET", LOG.format("many"), params=query)
    assert (status, message in error["message"]) == (code, True), error["message"]


async def test_the_pod_must_be_there(served: Served) -> None:
    assert (await served[1].ask("GET", LOG.format("none")))[1]["message"] == 'pods "none" not found'


async def read(response: aiohttp.ClientResponse, number: int) -> list[str]:
    async with asyncio.timeout(DEADLINE):
        return [(await response.content.readline()).decode().strip() for _ in range(number)]


async def test_following_goes_on_with_the_clock_and_ends_with_the_container(served: Served) -> None:
    made, client = served
    made.logs.put("azureml", "gateway-1", "main", Lines(town.START - 3, ends=town.START + 4))
    async with client.stream("GET", GATEWAY, params={"follow": "true"}) as response:
        assert await read(response, 4) == [f"line {number}" for number in range(4)]
        made.clock.now += 2
        assert await read(response, 2) == ["line 4", "line 5"]
        made.clock.now += 10
        assert await read(response, 3) == ["line 6", "line 7", ""]


async def test_following_ends_with_the_pod_or_the_server(served: Served) -> None:
    made, client = served
    async with client.stream("GET", GATEWAY, params={"follow": "true", "tailLines": 1}) as response:
        assert await read(response, 1) == ["line 600"]
        made.objects.delete("pods", "azureml", "gateway-1")
        assert await read(response, 1) == [""]
    async with client.stream("GET", LOG.format("relayserver-1"), params={"follow": "true", "tailLines": 1}) as response:
        assert await read(response, 1) == ["line 600"]
        made.server.stop()
        assert await read(response, 1) == [""]


async def test_following_stops_at_the_limit(served: Served) -> None:
    made, client = served
    query = {"follow": "true", "tailLines": 1, "limitBytes": 12}
    async with client.stream("GET", GATEWAY, params=query) as response:
        assert await read(response, 1) == ["line 600"]
        made.clock.now += 5
        assert await read(response, 2) == ["lin", ""]


async def test_the_fault_that_cuts_streams() -> None:
    async with (
        town.open_town(faults=NoFaults("drop")) as (made, client),
        client.stream("GET", GATEWAY, params={"follow": "true", "tailLines": 50}) as response,
    ):
        assert len(await read(response, 50)) == 50
        made.clock.now += 5
        with pytest.raises(aiohttp.ClientError):
            await read(response, 99)
