"""Relay, Service Bus, Log Analytics: written at once, and keys that say they are none."""

from __future__ import annotations

import base64

import pytest

from tests.demo.arm.cloud import GROUP, RELAY, SUB, Cloud
from tui.demo.arm.operations import Event
from tui.demo.arm.plain import ACTIVATES

RELAY_VERSION = "2021-11-01"
INSIGHTS = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/edge-logs"
BUS = f"{GROUP}/providers/Microsoft.ServiceBus/namespaces/edge01bus"
RULE = {"properties": {"rights": ["Manage", "Send", "Listen"]}}


async def test_a_relay_with_all_that_the_extension_needs(cloud: Cloud) -> None:
    path = f"{GROUP}/providers/Microsoft.Relay/namespaces/newrelay"
    body = {"location": "East US", "tags": {"created_by": "Azure Arc-enabled ML"}}
    status, made, _response = await cloud.ask("PUT", path, RELAY_VERSION, body)
    assert (status, made["properties"]["provisioningState"], made["tags"]) == (200, "Created", body["tags"])
    assert (made["type"], made["location"], made["sku"]["name"]) == (
        "Microsoft.Relay/Namespaces", "East US", "Standard",
    )  # fmt: skip
    assert (await cloud.ask("PUT", path, RELAY_VERSION, body))[0] == 200
    cloud.clock.now += ACTIVATES
    rules = await cloud.get(f"{path}/authorizationRules", RELAY_VERSION)
    assert [rule["name"] for rule in rules["value"]] == ["RootManageSharedAccessKey"]
    status, made, _response = await cloud.ask("PUT", f"{path}/hybridConnections/edge-01", RELAY_VERSION, {})
    assert (status, made["properties"]["requiresClientAuthorization"]) == (200, True)
    assert made["type"] == "Microsoft.Relay/namespaces/hybridconnections"
    assert made["id"] == f"{path}/hybridconnections/edge-01"
    rule = f"{path}/hybridConnections/edge-01/authorizationRules/azureml_rw"
    assert (await cloud.ask("PUT", rule, RELAY_VERSION, RULE))[0] == 200
    _status, keys, _response = await cloud.ask("POST", f"{rule}/listKeys", RELAY_VERSION)
    assert keys["primaryConnectionString"] == (
        "Endpoint=sb://newrelay.servicebus.windows.net/;SharedAccessKeyName=azureml_rw;"
        f"SharedAccessKey={keys['primaryKey']};EntityPath=edge-01"
    )


async def test_keys_are_shaped_like_keys_and_say_they_are_none(cloud: Cloud) -> None:
    await cloud.ask("PUT", f"{RELAY}/authorizationRules/azureml_rw", RELAY_VERSION, RULE)
    _status, keys, _response = await cloud.ask("POST", f"{RELAY}/authorizationRules/azureml_rw/LISTKEYS", RELAY_VERSION)
    assert len(keys["primaryKey"]) == 44
    assert b"no real key" in base64.b64decode(keys["primaryKey"])
    assert keys["primaryKey"] != keys["secondaryKey"]
    missing = f"{RELAY}/authorizationRules/none/listKeys"
    assert (await cloud.refused("POST", missing, RELAY_VERSION))[0] == 404
    assert (await cloud.refused("GET", missing, RELAY_VERSION))[0] == 405


@pytest.mark.parametrize("rights", [[], ["Manage"], ["Read"], None])
async def test_rights_of_a_rule(cloud: Cloud, rights: list[str] | None) -> None:
    path = f"{RELAY}/authorizationRules/x"
    assert (await cloud.refused("PUT", path, RELAY_VERSION, {"properties": {"rights": rights}}))[0] == 400


async def test_a_service_bus_with_topics(cloud: Cloud) -> None:
    version = "2021-11-01"
    assert (await cloud.ask("PUT", BUS, version, {"location": "eastus", "sku": {"name": "Standard"}}))[0] == 200
    cloud.clock.now += ACTIVATES
    topic = f"{BUS}/topics/jobstate-updatedby-computeprovider"
    assert (await cloud.refused("PUT", f"{topic}/subscriptions/x", version, {}))[1] == "ParentResourceNotFound"
    assert (await cloud.ask("PUT", topic, version, {"properties": {"maxSizeInMegabytes": 5120}}))[0] == 200
    assert (await cloud.ask("PUT", f"{topic}/subscriptions/x", version, {}))[0] == 200
    assert (await cloud.get(topic, version))["properties"]["maxSizeInMegabytes"] == 5120
    listed = await cloud.get(f"{GROUP}/providers/Microsoft.ServiceBus/namespaces", version)
    assert [found["name"] for found in listed["value"]] == ["edge01bus"]


async def test_log_analytics(cloud: Cloud) -> None:
    version = "2022-10-01"
    assert (await cloud.refused("PUT", INSIGHTS, version, {}))[1] == "LocationRequired"
    assert (await cloud.refused("PUT", INSIGHTS + "_", version, {"location": "eastus"}))[1] == "BadRequest"
    made = (await cloud.ask("PUT", INSIGHTS, version, {"location": "eastus"}))[1]
    assert len(made["properties"]["customerId"]) == 36
    assert made["properties"]["provisioningState"] == "Creating"
    cloud.clock.now += ACTIVATES
    assert (await cloud.get(INSIGHTS, version))["properties"]["provisioningState"] == "Succeeded"
    _status, keys, _response = await cloud.ask("POST", f"{INSIGHTS}/sharedKeys", version)
    assert len(keys["primarySharedKey"]) == 88
    assert (await cloud.refused("POST", f"{INSIGHTS}x/sharedKeys", version))[0] == 404


async def test_patch_and_delete_are_told_to_the_world(cloud: Cloud) -> None:
    told: list[Event] = []
    cloud.state.subscribe(told.append)
    status, body, _response = await cloud.ask("PATCH", RELAY, RELAY_VERSION, {"tags": {"a": "b"}})
    assert (status, body["tags"], body["properties"]) == (200, {"a": "b"}, {"status": "Active"})
    assert (await cloud.ask("DELETE", RELAY, RELAY_VERSION))[0] == 200
    assert (await cloud.ask("DELETE", RELAY, RELAY_VERSION))[0] == 204
    assert [(e.kind, e.type, e.resource_id) for e in told] == [
        ("update", "microsoft.relay/namespaces", RELAY),
        ("delete", "microsoft.relay/namespaces", RELAY),
    ]


async def test_a_write_through_another_casing_is_the_same_resource(cloud: Cloud) -> None:
    status, body, _response = await cloud.ask("PUT", RELAY.lower(), RELAY_VERSION, {"location": "West Europe"})
    assert (status, body["id"], body["name"]) == (200, RELAY, "edge01relay")
    listed = await cloud.get(f"/subscriptions/{SUB}/providers/microsoft.relay/NAMESPACES", RELAY_VERSION)
    assert [found["location"] for found in listed["value"]] == ["West Europe"]


async def test_a_namespace_takes_nothing_until_it_is_active(cloud: Cloud) -> None:
    path = f"{GROUP}/providers/Microsoft.Relay/namespaces/newrelay"
    made = (await cloud.ask("PUT", path, RELAY_VERSION, {"location": "eastus"}))[1]
    assert made["properties"]["status"] == "Activating"
    connection = f"{path}/hybridConnections/edge-01"
    status, code, message = await cloud.refused("PUT", connection, RELAY_VERSION, {})
    assert (status, code) == (409, "Conflict")
    assert "isn't allowed in the resource's current state" in message
    cloud.clock.now += ACTIVATES - 1
    assert (await cloud.get(path, RELAY_VERSION))["properties"]["provisioningState"] == "Created"
    cloud.clock.now += 1
    inner = (await cloud.get(path, RELAY_VERSION))["properties"]
    assert (inner["provisioningState"], inner["status"]) == ("Succeeded", "Active")
    assert (await cloud.ask("PUT", connection, RELAY_VERSION, {}))[0] == 200
    assert (await cloud.ask("PUT", path, RELAY_VERSION, {"location": "eastus"}))[1]["properties"]["status"] == "Active"


@pytest.mark.parametrize("name", ["short", "1startswithadigit", "endswith-", "x" * 51, "under_score"])
async def test_names_of_namespaces(cloud: Cloud, name: str) -> None:
    path = f"{GROUP}/providers/Microsoft.Relay/namespaces/{name}"
    assert (await cloud.refused("PUT", path, RELAY_VERSION, {"location": "eastus"}))[:2] == (400, "BadRequest")


async def test_a_basic_service_bus_has_no_topics(cloud: Cloud) -> None:
    await cloud.ask("PUT", BUS, "2021-11-01", {"location": "eastus", "sku": {"name": "Basic"}})
    cloud.clock.now += ACTIVATES
    assert (await cloud.refused("PUT", f"{BUS}/topics/t", "2021-11-01", {}))[:2] == (400, "BadRequest")


async def test_keys_change_when_they_are_renewed_or_their_rule_is_made_anew(cloud: Cloud) -> None:
    rule = f"{RELAY}/authorizationRules/azureml_rw"

    async def keys() -> tuple[str, str]:
        found = (await cloud.ask("POST", f"{rule}/listKeys", RELAY_VERSION))[1]
        return found["primaryKey"], found["secondaryKey"]

    await cloud.ask("PUT", rule, RELAY_VERSION, RULE)
    first = await keys()
    renewed = (await cloud.ask("POST", f"{rule}/regenerateKeys", RELAY_VERSION, {"keyType": "SecondaryKey"}))[1]
    assert (renewed["primaryKey"] == first[0], renewed["secondaryKey"] == first[1]) == (True, False)
    assert await keys() == (renewed["primaryKey"], renewed["secondaryKey"])
    assert (await cloud.refused("POST", f"{rule}/regenerateKeys", RELAY_VERSION, {"keyType": "Third"}))[0] == 400
    second = await keys()
    await cloud.ask("DELETE", RELAY, RELAY_VERSION)
    await cloud.ask("PUT", RELAY, RELAY_VERSION, {"location": "eastus"})
    cloud.clock.now += ACTIVATES
    await cloud.ask("PUT", rule, RELAY_VERSION, RULE)
    assert not set(await keys()) & set(second)
