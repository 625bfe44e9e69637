"""Computes of a workspace: list, attach, detach."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo.arm.cloud import AKS, ARC, ML, WORKSPACE, Cloud, extension
from tui.demo.arm.operations import Event

NEW = f"{WORKSPACE}/computes/edge-2"


def attach(resource_id: str = ARC, **properties: Any) -> dict[str, Any]:
    outer = {"computeType": "Kubernetes", "resourceId": resource_id, "properties": {"namespace": "ml"}, **properties}
    return {"location": "eastus", "identity": {"type": "SystemAssigned"}, "properties": outer}


async def test_a_list_mixes_types_and_pages(cloud: Cloud) -> None:
    first = await cloud.get(f"{WORKSPACE}/computes", ML)
    assert [c["properties"]["computeType"] for c in first["value"]] == ["ComputeInstance", "Kubernetes"]
    assert "%24skip=" in first["nextLink"]
    second = await cloud.get(first["nextLink"], "")
    assert [c["name"] for c in second["value"]] == ["pool"]
    assert "nextLink" not in second


async def test_secrets_are_null_and_unset_members_too(cloud: Cloud) -> None:
    body = await cloud.get(f"{WORKSPACE}/computes/edge", ML)
    outer = body["properties"]
    assert outer["properties"]["relayConnectionString"] is None
    assert outer["properties"]["defaultInstanceType"] is None
    assert (outer["provisioningErrors"], outer["isAttachedCompute"]) == (None, True)
    assert "/resourcegroups/" in outer["resourceId"]
    assert outer["resourceId"].lower() == ARC.lower()


async def test_an_attach_tells_nothing_until_it_is_over(cloud: Cloud) -> None:
    told: list[Event] = []
    cloud.state.subscribe(told.append)
    status, body, response = await cloud.ask("PUT", NEW, ML, attach())
    assert (status, body["properties"]["provisioningState"]) == (201, "Creating")
    assert body["identity"]["principalId"]
    url = response.headers["Azure-AsyncOperation"]
    assert "/locations/eastus/computeOperationsStatus/" in url
    assert url.endswith(f"?api-version={ML}&service=new")
    assert await cloud.get(url, "") == {"status": "InProgress"}
    cloud.state.finish(told[0].operation_id, "Succeeded")
    assert await cloud.get(url, "") == {"status": "Succeeded"}
    assert (await cloud.get(NEW, ML))["properties"]["provisioningState"] == "Succeeded"


async def test_a_failed_attach_has_its_errors_at_both_places(cloud: Cloud) -> None:
    response = (await cloud.ask("PUT", NEW, ML, attach(AKS)))[2]
    cloud.clock.now += 100
    body = await cloud.get(response.headers["Azure-AsyncOperation"], "")
    assert (body["status"], body["error"]["code"]) == ("Failed", "ExtensionNotInstalled")
    outer = (await cloud.get(NEW, ML))["properties"]
    assert outer["provisioningErrors"] == [{"error": body["error"]}]


async def test_attaching_again_updates_and_clears_the_errors(cloud: Cloud) -> None:
    await cloud.ask("PUT", NEW, ML, attach())
    created = (await cloud.get(NEW, ML))["properties"]["createdOn"]
    cloud.clock.now += 100
    assert (await cloud.get(NEW, ML))["properties"]["provisioningErrors"]
    cloud.state.put(extension())
    status, body, _response = await cloud.ask("PUT", NEW, ML, attach())
    outer = body["properties"]
    assert (status, outer["provisioningState"], outer["provisioningErrors"]) == (200, "Updating", None)
    assert outer["createdOn"] == created < outer["modifiedOn"]
    assert (await cloud.refused("PUT", NEW, ML, attach(computeType="AmlCompute")))[1] == "UserError"


@pytest.mark.parametrize("name", ["a", "1edge", "edge-", "a" * 17, "ed_ge", "ed.ge"])
async def test_names_the_service_refuses(cloud: Cloud, name: str) -> None:
    status, code, message = await cloud.refused("PUT", f"{WORKSPACE}/computes/{name}", ML, attach())
    assert (status, code) == (400, "UserError")
    assert name in message


@pytest.mark.parametrize(
    "properties",
    [
        {"computeType": None},
        {"resourceId": None},
        {"resourceId": "edge-01"},
        {"properties": {"instanceTypes": {"small": {}}}},
        {"properties": {"instanceTypes": {"small": {}}, "defaultInstanceType": "large"}},
    ],
)
async def test_attach_requests_the_service_refuses(cloud: Cloud, properties: dict[str, Any]) -> None:
    status, body, _response = await cloud.ask("PUT", NEW, ML, attach(**properties))
    assert (status, body["error"]["code"]) == (400, "UserError")
    assert body["error"]["additionalInfo"][0]["type"] == "ComponentName"


async def test_detaching(cloud: Cloud) -> None:
    path = f"{WORKSPACE}/computes/edge"
    assert (await cloud.refused("DELETE", path, ML))[0] == 400
    assert (await cloud.refused("DELETE", path, ML, underlyingResourceAction="Delete"))[0] == 400
    status, body, response = await cloud.ask("DELETE", path, ML, underlyingResourceAction="detach")
    assert (status, body) == (202, None)
    again = (await cloud.ask("DELETE", path, ML, underlyingResourceAction="Detach"))[2]
    assert again.headers["Azure-AsyncOperation"] == response.headers["Azure-AsyncOperation"]
    assert (await cloud.get(path, ML))["properties"]["provisioningState"] == "Deleting"
    cloud.clock.now += 100
    assert (await cloud.refused("GET", path, ML))[:2] == (404, "ResourceNotFound")
    assert (await cloud.ask("DELETE", path, ML, underlyingResourceAction="Detach"))[0] == 204
    assert (await cloud.get(ARC, "2024-01-01"))["name"] == "edge-01"  # the cluster is untouched


async def test_a_managed_pool_may_be_deleted_with_its_machines(cloud: Cloud) -> None:
    path = f"{WORKSPACE}/computes/pool"
    assert (await cloud.ask("DELETE", path, ML, underlyingResourceAction="Delete"))[0] == 202


async def test_patch_is_for_managed_pools(cloud: Cloud) -> None:
    body = {"properties": {"properties": {"scaleSettings": {"maxNodeCount": 4}}}}
    assert (await cloud.ask("PATCH", f"{WORKSPACE}/computes/pool", ML, body))[0] == 200
    assert (await cloud.refused("PATCH", f"{WORKSPACE}/computes/edge", ML, body))[:2] == (400, "UserError")


async def test_computes_of_no_workspace(cloud: Cloud) -> None:
    path = WORKSPACE + "x/computes"
    assert (await cloud.refused("GET", path, ML))[1] == "ParentResourceNotFound"
    assert (await cloud.refused("PUT", f"{path}/edge", ML, attach()))[1] == "ParentResourceNotFound"
