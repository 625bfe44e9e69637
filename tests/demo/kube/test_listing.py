"""LIST and GET over HTTP: pages that show one moment, selectors, old versions, other forms, compression."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.demo.kube import town
from tests.demo.kube.town import Client, Town

PODS = "/api/v1/namespaces/many/pods"
TABLE = {"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"}


@pytest.fixture
async def served() -> AsyncIterator[tuple[Town, Client]]:
    async with town.open_town() as (made, client):
        for number in range(25):
            made.objects.create("pods", town.pod(f"p-{number:02}", "many", color="red" if number % 5 else "blue"))
        yield made, client


Served = tuple[Town, Client]


def names(listed: dict[str, Any]) -> list[str]:
    return [item["metadata"]["name"] for item in listed["items"]]


async def pages(client: Client, path: str, limit: int) -> AsyncIterator[dict[str, Any]]:
    token = ""
    while True:
        page = await client.get(path, params={"limit": limit, **({"continue": token} if token else {})})
        yield page
        token = page["metadata"].get("continue", "")
        if not token:
            return


async def test_a_list_is_in_order_and_knows_its_version(served: Served) -> None:
    made, client = served
    listed = await client.get(PODS)
    assert (listed["kind"], listed["apiVersion"]) == ("PodList", "v1")
    assert listed["metadata"] == {"resourceVersion": str(made.objects.version)}
    assert names(listed) == [f"p-{number:02}" for number in range(25)]
    everywhere = await client.get("/api/v1/pods")
    assert len(everywhere["items"]) == 28


async def test_pages_join_to_the_list(served: Served) -> None:
    client = served[1]
    found = [page async for page in pages(client, PODS, 10)]
    assert [len(page["items"]) for page in found] == [10, 10, 5]
    assert [page["metadata"].get("remainingItemCount") for page in found] == [15, 5, None]
    assert [name for page in found for name in names(page)] == names(await client.get(PODS))


async def test_later_pages_show_the_moment_of_the_first(served: Served) -> None:
    made, client = served
    first = await client.get(PODS, params={"limit": 10})
    made.objects.delete("pods", "many", "p-15")
    made.objects.create("pods", town.pod("p-12a", "many"))
    made.objects.change("pods", "many", "p-20", lambda o: o["metadata"].update(labels={"app": "new"}))
    made.objects.delete("pods", "many", "p-21")
    made.objects.create("pods", town.pod("p-21", "many", generation=9))
    rest = await client.get(PODS, params={"limit": 100, "continue": first["metadata"]["continue"]})
    assert names(rest) == [f"p-{number:02}" for number in range(10, 25)]
    assert rest["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    assert {item["metadata"]["labels"]["app"] for item in rest["items"]} == {f"p-{n:02}" for n in range(10, 25)}


async def test_a_token_of_a_forgotten_state_is_gone(served: Served) -> None:
    made, client = served
    first = await client.get(PODS, params={"limit": 10})
    made.objects.create("pods", town.pod("new", "many"))
    made.objects.compact()
    status, body = await client.ask("GET", PODS, params={"limit": 10, "continue": first["metadata"]["continue"]})
    assert (status, body["reason"], body["code"]) == (410, "Expired", 410)
    assert body["message"].startswith("The provided continue parameter is too old")


async def test_a_token_of_nobody_is_a_bad_request(served: Served) -> None:
    status, body = await served[1].ask("GET", PODS, params={"continue": "bm9uc2Vuc2U"})
    assert (status, body["reason"]) == (400, "BadRequest")


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"labelSelector": "color"}, 0),
        ({"labelSelector": "app in (p-01,p-02)"}, 2),
        ({"fieldSelector": "metadata.name=p-07"}, 1),
        ({"fieldSelector": "spec.nodeName!=node-a"}, 0),
    ],
)
async def test_selectors_choose(served: Served, query: dict[str, str], number: int) -> None:
    assert len((await served[1].get(PODS, params=query))["items"]) == number


async def test_a_page_of_a_selection_is_full_and_counts_nothing(served: Served) -> None:
    page = await served[1].get(PODS, params={"labelSelector": "app notin (p-00,p-01)", "limit": 3})
    assert names(page) == ["p-02", "p-03", "p-04"]
    assert "remainingItemCount" not in page["metadata"]


async def test_the_state_of_an_exact_version(served: Served) -> None:
    made, client = served
    version = made.objects.version
    made.objects.delete("pods", "many", "p-00")
    exact = {"resourceVersion": version, "resourceVersionMatch": "Exact"}
    assert len((await client.get(PODS, params=exact))["items"]) == 25
    newer = {"resourceVersion": version, "resourceVersionMatch": "NotOlderThan"}
    assert len((await client.get(PODS, params=newer))["items"]) == 24


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ({"resourceVersionMatch": "Exact"}, 422, "is forbidden unless resourceVersion is provided"),
        ({"resourceVersion": "0", "resourceVersionMatch": "Exact"}, 422, 'is forbidden for resourceVersion "0"'),
        ({"resourceVersion": "1", "resourceVersionMatch": "Sometimes"}, 422, "Unsupported value"),
        ({"resourceVersion": "99999"}, 504, "Too large resource version: 99999"),
        ({"resourceVersion": "x"}, 400, "invalid syntax"),
        ({"limit": "x"}, 400, "invalid syntax"),
        ({"fieldSelector": "a=b"}, 400, "field label not supported: a"),
    ],
)
async def test_what_cannot_be_asked(served: Served, query: dict[str, str], code: int, message: str) -> None:
    status, body = await served[1].ask("GET", PODS, params=query)
    assert (status, body["code"]) == (code, code)
    assert message in body["message"]


async def test_an_object_and_one_that_is_not_there(served: Served) -> None:
    client = served[1]
    assert (await client.get(f"{PODS}/p-03"))["kind"] == "Pod"
    status, body = await client.ask("GET", f"{PODS}/none")
    assert (status, body["message"], body["details"]) == (
        404, 'pods "none" not found', {"name": "none", "kind": "pods"},
    )  # fmt: skip


async def test_tables_of_lists_and_of_objects(served: Served) -> None:
    client = served[1]
    listed = await client.get(PODS, headers=TABLE, params={"limit": 2, "includeObject": "Object"})
    assert [row["cells"][0] for row in listed["rows"]] == ["p-00", "p-01"]
    assert listed["rows"][0]["object"]["kind"] == "Pod"
    assert listed["metadata"]["continue"]
    single = await client.get(f"{PODS}/p-00", headers=TABLE)
    assert single["rows"][0]["object"]["kind"] == "PartialObjectMetadata"


async def test_only_metadata(served: Served) -> None:
    form = "application/json;as=PartialObjectMetadata{};g=meta.k8s.io;v=v1"
    listed = await served[1].get(PODS, headers={"Accept": form.format("List")})
    assert listed["kind"] == "PartialObjectMetadataList"
    assert set(listed["items"][0]) == {"kind", "apiVersion", "metadata"}
    assert set(await served[1].get(f"{PODS}/p-00", headers={"Accept": form.format("")})) == {
        "kind",
        "apiVersion",
        "metadata",
    }


async def test_large_lists_are_compressed_for_those_who_can(served: Served) -> None:
    made, client = served
    for number in range(200):
        made.objects.create("pods", town.pod(f"q-{number:03}", "many"))
    async with client.stream("GET", PODS, headers={"Accept-Encoding": "gzip"}) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        assert len((await response.json())["items"]) == 225
    async with client.stream("GET", PODS, headers={"Accept-Encoding": "identity"}) as response:
        assert "Content-Encoding" not in response.headers
    async with client.stream("GET", f"{PODS}/p-00", headers={"Accept-Encoding": "gzip"}) as response:
        assert "Content-Encoding" not in response.headers


async def test_custom_resources_in_another_version_of_their_kind(served: Served) -> None:
    made, client = served

    def second(body: dict[str, Any]) -> None:
        body["spec"]["versions"].append({**body["spec"]["versions"][0], "name": "v1beta1", "storage": False})

    made.objects.change(town.CRD, None, town.TYPES, second)
    for version in ("v1alpha1", "v1beta1"):
        listed = await client.get(f"/apis/amlarc.azureml.com/{version}/instancetypes")
        assert {item["apiVersion"] for item in listed["items"]} == {f"amlarc.azureml.com/{version}"}
