"""Pages, filters, subscriptions, groups and providers."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.demo.arm.cloud import AKS, ARC, BASE, GROUP, ML, OTHER_SUB, SUB, Cloud, workspace

RESOURCES = f"/subscriptions/{SUB}/resources"
WORKSPACES = f"/subscriptions/{SUB}/providers/Microsoft.MachineLearningServices/workspaces"


async def names(cloud: Cloud, path: str, version: str, **query: str) -> list[list[str]]:
    """The names of every page."""
    pages = []
    page = await cloud.get(path, version, **query)
    while True:
        pages.append([item["name"] for item in page["value"]])
        if "nextLink" not in page:
            return pages
        page = await cloud.get(page["nextLink"], "")


async def test_resources_come_in_pages_without_properties_or_children(cloud: Cloud) -> None:
    pages = await names(cloud, RESOURCES, BASE)
    assert pages == [["aks-01", "edge-01", "speech"], ["text", "vision", "edge01relay"]]
    first = (await cloud.get(RESOURCES, BASE))["value"][1]
    assert first == {
        "id": ARC, "name": "edge-01", "type": "Microsoft.Kubernetes/connectedClusters", "location": "eastus",
        "tags": {"team": "ml"},
    }  # fmt: skip


async def test_a_link_stays_on_this_host_and_keeps_the_question(cloud: Cloud) -> None:
    link = (await cloud.get(RESOURCES, BASE, **{"$filter": "location eq 'East US'"}))["nextLink"]
    assert link.startswith(cloud.address)
    query = urlsplit(link).query
    assert "api-version=2021-04-01" in query
    assert "filter=location%20eq%20%27East%20US%27" in query
    assert "%24skiptoken=" in query


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("resourceType eq 'Microsoft.Kubernetes/ConnectedClusters'", ["edge-01"]),
        ("RESOURCETYPE EQ 'microsoft.relay/namespaces' and resourceGroup eq 'ML-EDGE'", ["edge01relay"]),
        ("resourceType eq 'Microsoft.Relay/namespaces' and name eq 'x'", []),
        ("tagName eq 'team' and tagValue eq 'ML'", ["aks-01", "edge-01"]),
        ("name eq 'it''s'", []),
    ],
)
async def test_filters(cloud: Cloud, text: str, found: list[str]) -> None:
    assert await names(cloud, RESOURCES, BASE, **{"$filter": text}) == [found]


@pytest.mark.parametrize("text", ["resourceType", "managedBy eq 'x'", "name eq x", "name eq 'a' or name eq 'b'"])
async def test_a_filter_that_cannot_be_read_is_refused(cloud: Cloud, text: str) -> None:
    assert (await cloud.refused("GET", RESOURCES, BASE, **{"$filter": text}))[1] == "InvalidFilterInQueryString"


async def test_top_makes_pages_smaller(cloud: Cloud) -> None:
    assert [len(page) for page in await names(cloud, RESOURCES, BASE, **{"$top": "2"})] == [2, 2, 2]
    assert (await cloud.refused("GET", RESOURCES, BASE, **{"$top": "0"}))[0] == 400
    assert (await cloud.refused("GET", RESOURCES, BASE, **{"$skiptoken": "é"}))[1] == "InvalidSkipToken"


async def test_workspaces_page_and_nothing_is_lost_to_a_delete_in_between(cloud: Cloud) -> None:
    assert await names(cloud, WORKSPACES, ML) == [["speech", "text"], ["vision"]]
    first = await cloud.get(WORKSPACES, ML)
    cloud.state.remove(workspace("speech")["id"])
    assert [w["name"] for w in (await cloud.get(first["nextLink"], ""))["value"]] == ["vision"]


async def test_a_group_has_its_own_resource_list(cloud: Cloud) -> None:
    cloud.state.put({"id": AKS.replace("ml-Edge", "other"), "properties": {}})
    assert sum(map(len, await names(cloud, f"{GROUP}/resources", BASE))) == 6
    assert sum(map(len, await names(cloud, RESOURCES, BASE))) == 7


async def test_subscriptions_and_groups(cloud: Cloud) -> None:
    cloud.state.put({"id": f"/subscriptions/{OTHER_SUB}/resourceGroups/far", "location": "westeurope"})
    listed = (await cloud.get("/subscriptions", BASE))["value"]
    assert [(s["subscriptionId"], s["displayName"]) for s in listed] == [
        (SUB, "ML at the edge"),
        (OTHER_SUB, "arcdeck demo"),
    ]
    assert (await cloud.get(f"/subscriptions/{SUB}", BASE))["state"] == "Enabled"
    assert await names(cloud, f"/subscriptions/{SUB}/resourceGroups", BASE) == [["ml-Edge"]]
    group = await cloud.get(f"/subscriptions/{OTHER_SUB}/resourcegroups/FAR", BASE)
    assert (group["location"], group["properties"]["provisioningState"]) == ("westeurope", "Succeeded")
    assert (await cloud.ask("HEAD", GROUP, BASE))[0] == 204
    assert (await cloud.ask("HEAD", GROUP + "x", BASE))[0] == 404


async def test_a_provider_and_its_registration(cloud: Cloud) -> None:
    path = f"/subscriptions/{SUB}/providers/microsoft.kubernetesconfiguration"
    body = await cloud.get(path, BASE)
    assert (body["namespace"], body["registrationState"]) == ("Microsoft.KubernetesConfiguration", "Registered")
    kinds = {kind["resourceType"]: kind["apiVersions"] for kind in body["resourceTypes"]}
    assert kinds["extensions"][0] == "2023-05-01"
    assert (await cloud.ask("POST", f"{path}/unregister", BASE))[1]["registrationState"] == "NotRegistered"
    assert (await cloud.ask("POST", f"{path}/register", BASE))[1]["registrationState"] == "Registering"
    cloud.clock.now += 100
    assert (await cloud.ask("POST", f"{path}/register", BASE))[1]["registrationState"] == "Registered"
    assert (await cloud.refused("GET", f"/subscriptions/{SUB}/providers/Microsoft.Nope", BASE))[0] == 404
    every = await cloud.get(f"/subscriptions/{SUB}/providers", BASE)
    assert "Microsoft.ExtendedLocation" in [p["namespace"] for p in every["value"]]
