"""The extension resource over HTTP: PUT, PATCH, DELETE, the operation, the refusals."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

import pytest

from tests.demo.arm.cloud import ARC, AZUREML, EXT, GA, SUB, TOKEN, Cloud, extension
from tui.demo.arm.operations import Event

FIRST = "2020-07-01-preview"


def wanted(**properties: Any) -> dict[str, Any]:
    """What a client PUTs."""
    return {
        "identity": {"type": "SystemAssigned"},
        "properties": {
            "extensionType": "Microsoft.AzureML.Kubernetes", "releaseTrain": "stable",
            "scope": {"cluster": {"releaseNamespace": "azureml"}}, "configurationSettings": {"enableTraining": "True"},
            "configurationProtectedSettings": {"relayserver.relayConnectionString": "s"}, **properties,
        },
    }  # fmt: skip


async def test_an_install_from_put_to_succeeded(cloud: Cloud) -> None:
    told: list[Event] = []
    cloud.state.subscribe(told.append)
    status, body, response = await cloud.ask("PUT", EXT, GA, wanted())
    inner = body["properties"]
    assert (status, inner["provisioningState"]) == (201, "Creating")
    assert inner["extensionType"] == AZUREML
    assert inner["currentVersion"] == "1.1.39"  # set already: no sign of readiness
    assert inner["configurationProtectedSettings"] == {}
    assert body["identity"]["principalId"]
    assert "installState" not in inner
    assert told[0].resource["properties"]["configurationProtectedSettings"] == {
        "relayserver.relayConnectionString": "s"
    }
    url = response.headers["azure-asyncoperation"]
    assert (await cloud.get(url, ""))["status"] == "Creating"
    cloud.state.finish(told[0].operation_id, "Succeeded")
    done = await cloud.get(url, "")
    assert done == {
        "id": f"{EXT}/operations/{told[0].operation_id}", "name": told[0].operation_id, "status": "Succeeded",
        "properties": {}, "error": None,
    }  # fmt: skip
    assert (await cloud.get(EXT))["properties"]["provisioningState"] == "Succeeded"


async def test_the_links_of_an_operation_are_as_odd_as_the_services(cloud: Cloud) -> None:
    _status, _body, response = await cloud.ask("PUT", EXT, GA, wanted())
    names = {name.decode() for name, _value in response.raw_headers}
    assert {"azure-asyncoperation", "location", "x-ms-async-operation-timeout"} <= names
    url = response.headers["azure-asyncoperation"]
    assert url.startswith(cloud.address)
    assert "/ConnectedClusters/edge-01/" in url
    assert url.endswith(f"?api-Version={GA}")
    assert response.headers["location"].startswith("https://eastus.rp.kubernetesconfiguration.azure.com/")
    assert response.headers["x-ms-async-operation-timeout"] == "PT48H"
    assert response.headers["api-supported-versions"].startswith("2023-05-01, 2022-11-01")


async def test_retry_after_is_there_every_second_time(cloud: Cloud) -> None:
    seen = []
    for _ in range(4):
        response = (await cloud.ask("PUT", EXT, GA, wanted()))[2]
        seen.append("retry-after" in response.headers)
        cloud.clock.now += 100
    assert seen == [False, True, False, True]


async def test_a_failed_install_says_why_at_the_operation_and_the_resource(cloud: Cloud) -> None:
    told: list[Event] = []
    cloud.state.subscribe(told.append)
    response = (await cloud.ask("PUT", EXT, GA, wanted()))[2]
    error = {"code": "ExtensionOperationFailed", "message": "Helm installation failed"}
    cloud.state.finish(told[0].operation_id, "Failed", error)
    body = await cloud.get(response.headers["azure-asyncoperation"], "")
    assert (body["status"], body["error"]) == ("Failed", error)
    inner = (await cloud.get(EXT))["properties"]
    assert (inner["provisioningState"], inner["errorInfo"]) == ("Failed", error)


async def test_an_operation_of_another_extension_is_not_found(cloud: Cloud) -> None:
    response = (await cloud.ask("PUT", EXT, GA, wanted()))[2]
    url = response.headers["azure-asyncoperation"].partition("?")[0].replace("amlarc-compute", "flux")
    assert (await cloud.refused("GET", url))[0] == 404
    assert (await cloud.refused("GET", EXT + "/operations/none"))[1] == "ResourceNotFound"


async def test_the_operations_of_a_cluster(cloud: Cloud) -> None:
    await cloud.ask("PUT", EXT, GA, wanted())
    found = await cloud.get(f"{ARC}/providers/Microsoft.KubernetesConfiguration/operations")
    assert [item["status"] for item in found["value"]] == ["Creating"]


@pytest.mark.parametrize(
    ("properties", "code", "said"),
    [
        ({"extensionType": ""}, "BadRequest", "extension type is required"),
        ({"version": "1.1.38"}, "BadRequest", "must be set to 'false'"),
        ({"version": "1.1.38", "autoUpgradeMinorVersion": True}, "BadRequest", "must be set to 'false'"),
        (
            {"configurationSettings": {"enableTraining": True}},
            "InvalidRequestContent",
            "enableTraining is not of type str",
        ),
        ({"configurationProtectedSettings": ["a"]}, "InvalidRequestContent", "not of type dict"),
        (
            {"scope": {"cluster": {"releaseNamespace": "a"}, "namespace": {"targetNamespace": "b"}}},
            "BadRequest",
            "not both",
        ),
    ],
)
async def test_what_the_service_refuses(cloud: Cloud, properties: dict[str, Any], code: str, said: str) -> None:
    found = await cloud.refused("PUT", EXT, GA, wanted(**properties))
    assert found[:2] == (400, code)
    assert said in found[2]
    assert cloud.state.get(EXT) is None


async def test_what_only_the_command_line_refuses_is_taken(cloud: Cloud) -> None:
    """Neither training nor inference, and one key in both sorts of settings: no rule of the service."""
    body = wanted(configurationSettings={"a": "1"}, configurationProtectedSettings={"a": "2"})
    assert (await cloud.ask("PUT", EXT, GA, body))[0] == 201


async def test_a_pinned_version(cloud: Cloud) -> None:
    body = wanted(version="1.1.17", autoUpgradeMinorVersion=False)
    _status, shown, _response = await cloud.ask("PUT", EXT, GA, body)
    assert (shown["properties"]["version"], shown["properties"]["currentVersion"]) == ("1.1.17", "1.1.17")


async def test_a_region_that_is_not_offered(cloud: Cloud) -> None:
    cloud.state.edit(ARC, lambda body: body.update(location="brazilsouth"))
    status, code, message = await cloud.refused("PUT", EXT, GA, wanted())
    assert (status, code) == (400, "ExtensionTypeRegistrationGetFailed")
    assert "is not registered in region brazilsouth. Extension is available in eastus,eastus2," in message
    assert (await cloud.ask("PUT", EXT, GA, wanted(extensionType="microsoft.flux")))[0] == 201


async def test_a_cluster_that_is_not_there(cloud: Cloud) -> None:
    path = EXT.replace("edge-01", "edge-99")
    status, code, message = await cloud.refused("PUT", path, GA, wanted())
    assert (status, code) == (404, "ParentResourceNotFound")
    assert "edge-99' could not be found" in message


async def test_the_404_of_an_extension(cloud: Cloud) -> None:
    assert await cloud.refused("GET", EXT) == (
        404,
        "ExtensionNotFound",
        "The Resource Microsoft.Kubernetes/connectedClusters/edge-01/Microsoft.KubernetesConfiguration/extensions/"
        "amlarc-compute could not be found!",
    )


async def test_a_provider_that_is_not_registered(cloud: Cloud) -> None:
    cloud.state.register(SUB, "Microsoft.KubernetesConfiguration", "NotRegistered")
    status, code, message = await cloud.refused("PUT", EXT, GA, wanted())
    assert (status, code) == (409, "MissingSubscriptionRegistration")
    assert message.count("'Microsoft.KubernetesConfiguration'") == 1


async def test_a_write_while_another_goes_on(cloud: Cloud) -> None:
    await cloud.ask("PUT", EXT, GA, wanted())
    for method in ("PUT", "PATCH"):
        assert (await cloud.refused(method, EXT, GA, wanted()))[:2] == (409, "Conflict")
    cloud.clock.now += 100
    assert (await cloud.ask("PUT", EXT, GA, wanted()))[0] == 200


async def test_patch_merges_settings_and_replaces_protected_ones(cloud: Cloud) -> None:
    cloud.state.put(extension())
    settings = {"configurationSettings": {"installVolcano": "False"}, "configurationProtectedSettings": {"sslKey": "k"}}
    status, body, _response = await cloud.ask("PATCH", EXT, GA, {"properties": settings})
    assert (status, body["properties"]["provisioningState"]) == (202, "Updating")
    assert body["properties"]["configurationSettings"] == {"enableTraining": "True", "installVolcano": "False"}
    assert body["properties"]["configurationProtectedSettings"] == {}
    stored = cloud.state.get(EXT)
    assert stored is not None
    assert stored["properties"]["configurationProtectedSettings"] == {"sslKey": "k"}


async def test_patch_leaves_alone_what_it_does_not_name(cloud: Cloud) -> None:
    cloud.state.put(extension())
    patch = {"properties": {"releaseTrain": "preview", "extensionType": "other", "configurationSettings": None}}
    body = (await cloud.ask("PATCH", EXT, GA, patch))[1]["properties"]
    assert (body["releaseTrain"], body["extensionType"]) == ("preview", AZUREML)
    stored = cloud.state.get(EXT)
    assert stored is not None
    assert "relayserver.relayConnectionString" in stored["properties"]["configurationProtectedSettings"]


async def test_patch_and_versions(cloud: Cloud) -> None:
    cloud.state.put(extension())
    assert (await cloud.refused("PATCH", EXT, GA, {"properties": {"version": "1.1.17"}}))[0] == 400
    pin = {"properties": {"version": "1.1.17", "autoUpgradeMinorVersion": False}}
    assert (await cloud.ask("PATCH", EXT, GA, pin))[1]["properties"]["currentVersion"] == "1.1.17"
    cloud.clock.now += 100
    loose = {"properties": {"autoUpgradeMinorVersion": True}}
    body = (await cloud.ask("PATCH", EXT, GA, loose))[1]["properties"]
    assert (body["version"], body["currentVersion"]) == (None, "1.1.17")
    assert (await cloud.refused("PATCH", EXT, GA, {"properties": {"version": 1}}))[1] == "InvalidRequestContent"
    assert (await cloud.refused("PATCH", EXT, GA, {}))[1] == "InvalidRequestContent"


async def test_patch_in_the_eras_that_know_less(cloud: Cloud) -> None:
    cloud.state.put(extension())
    assert (await cloud.refused("PATCH", EXT, "2021-05-01-preview", {"properties": {}}))[0] == 405
    patch = {"properties": {"releaseTrain": "preview", "configurationSettings": {"a": "b"}}}
    status, body, response = await cloud.ask("PATCH", EXT, FIRST, patch)
    assert (status, body["properties"]["installState"]) == (200, "Pending")
    assert body["properties"]["releaseTrain"] == "preview"
    assert body["properties"]["configurationSettings"] == {"enableTraining": "True"}
    assert "azure-asyncoperation" not in response.headers


async def test_delete_goes_on_for_a_while(cloud: Cloud) -> None:
    cloud.state.put(extension())
    status, body, response = await cloud.ask("DELETE", EXT, GA)
    assert (status, body, response.headers["x-ms-async-operation-timeout"]) == (202, None, "PT1H")
    assert (await cloud.get(EXT))["properties"]["provisioningState"] == "Deleting"
    again = (await cloud.ask("DELETE", EXT, GA))[2].headers["azure-asyncoperation"]
    assert again == response.headers["azure-asyncoperation"]
    cloud.clock.now += 100
    assert (await cloud.refused("GET", EXT))[1] == "ExtensionNotFound"
    assert (await cloud.get(again, ""))["status"] == "Succeeded"  # tells even though the resource is gone
    assert (await cloud.ask("DELETE", EXT, GA))[0] == 204


async def test_a_forced_delete_is_done_at_once_and_answers_oddly(cloud: Cloud) -> None:
    told: list[Event] = []
    cloud.state.subscribe(told.append)
    cloud.state.put(extension())
    status, body, _response = await cloud.ask("DELETE", EXT, GA, forceDelete="true")
    assert (status, body["statusCode"], body["isSuccessStatusCode"]) == (200, 200, True)
    listed = await cloud.get(f"{ARC}/providers/Microsoft.KubernetesConfiguration/extensions")
    assert listed == {"value": [], "nextLink": None}
    assert [(e.kind, e.operation_id) for e in told] == [("forget", "")]


async def test_the_first_era_writes_at_once(cloud: Cloud) -> None:
    body = wanted()
    body["properties"]["identity"] = body.pop("identity")
    status, shown, response = await cloud.ask("PUT", EXT, FIRST, body)
    assert (status, shown["properties"]["installState"]) == (200, "Pending")
    assert shown["properties"]["identity"]["type"] == "SystemAssigned"
    assert "azure-asyncoperation" not in response.headers
    cloud.clock.now += 100
    assert (await cloud.get(EXT, FIRST))["properties"]["installState"] == "Installed"
    assert (await cloud.ask("DELETE", EXT, FIRST))[0] == 200
    assert (await cloud.ask("DELETE", EXT, FIRST))[0] == 204


async def test_header_names_are_in_lower_case_on_the_wire(cloud: Cloud, certificates: Any) -> None:
    """aiohttp's client hides the casing of names from most readers: look at the bytes."""
    host, port = cloud.address.removeprefix("https://").split(":")
    context = ssl.create_default_context(cafile=str(certificates.ca_path))
    reader, writer = await asyncio.open_connection(host, int(port), ssl=context)
    body = b'{"properties": {"extensionType": "microsoft.flux"}}'
    head = f"PUT {EXT}?api-version={GA} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n"
    writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    answer = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    assert "\r\nazure-asyncoperation: https://" in answer
    assert answer.startswith("HTTP/1.1 201")
