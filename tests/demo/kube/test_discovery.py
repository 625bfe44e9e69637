"""Discovery and OpenAPI: what clients learn of kinds, fields and parameters."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo.kube import town
from tests.demo.kube.town import Client, Town
from tui.demo.kube import discovery, openapi_proto
from tui.demo.kube.models import built_ins
from tui.demo.kube.registry import BUILT_IN, REVIEWS, Resource

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v={};as=APIGroupDiscoveryList"
PROTO = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
V1ALPHA1 = "/openapi/v3/apis/amlarc.azureml.com/v1alpha1"


Served = tuple[Town, Client]


async def test_groups_and_versions_in_the_old_form(served: Served) -> None:
    client = served[1]
    assert (await client.get("/api"))["versions"] == ["v1"]
    listed = await client.get("/apis")
    versions = {group["name"]: group["preferredVersion"]["groupVersion"] for group in listed["groups"]}
    assert versions["apps"] == "apps/v1"
    assert versions["amlarc.azureml.com"] == "amlarc.azureml.com/v1alpha1"
    assert (await client.get("/apis/apps"))["versions"] == [{"groupVersion": "apps/v1", "version": "v1"}]
    assert "/apis/apps/v1" in (await client.get("/"))["paths"]


async def test_resources_with_their_subresources(served: Served) -> None:
    listed = await served[1].get("/api/v1")
    found = {resource["name"]: resource for resource in listed["resources"]}
    assert (found["pods"]["kind"], found["pods"]["namespaced"], found["pods"]["shortNames"]) == ("Pod", True, ["po"])
    assert found["pods"]["categories"] == ["all"]
    assert (found["pods/eviction"]["group"], found["pods/eviction"]["kind"]) == ("policy", "Eviction")
    assert found["pods/log"]["verbs"] == ["get"]
    custom = (await served[1].get("/apis/amlarc.azureml.com/v1alpha1"))["resources"]
    assert [resource["name"] for resource in custom] == ["instancetypes", "instancetypes/status"]


@pytest.mark.parametrize("version", ["v2", "v2beta1"])
async def test_aggregated_discovery(served: Served, version: str) -> None:
    form = AGGREGATED.format(version)
    async with served[1].stream("GET", "/apis", headers={"Accept": f"{form},application/json"}) as response:
        assert response.headers["Content-Type"] == form
        body = await response.json()
    assert body["apiVersion"] == f"apidiscovery.k8s.io/{version}"
    apps = next(item for item in body["items"] if item["metadata"]["name"] == "apps")
    deployments = next(each for each in apps["versions"][0]["resources"] if each["resource"] == "deployments")
    assert deployments["responseKind"] == {"group": "apps", "version": "v1", "kind": "Deployment"}
    assert [sub["subresource"] for sub in deployments["subresources"]] == ["scale", "status"]


async def test_discovery_follows_the_definitions(served: Served) -> None:
    made, client = served
    made.objects.delete(town.CRD, None, town.TYPES)
    assert "amlarc.azureml.com" not in {group["name"] for group in (await client.get("/apis"))["groups"]}
    assert (await client.ask("GET", V1ALPHA1))[0] == 404


def test_the_preferred_version_is_the_most_stable_and_newest() -> None:
    class Two:
        def all(self) -> list[Any]:
            return [
                Resource("g", version, "x", "X", True)
                for version in ("v1alpha1", "v2", "v1beta2", "v1", "v1beta10", "other")
            ]

    assert discovery.versions_of(Two())["g"] == ["v2", "v1", "v1beta10", "v1beta2", "v1alpha1", "other"]  # type: ignore[arg-type]


async def test_openapi_of_a_custom_kind(served: Served) -> None:
    index = await served[1].get("/openapi/v3")
    path = index["paths"]["apis/amlarc.azureml.com/v1alpha1"]["serverRelativeURL"]
    assert path.startswith(f"{V1ALPHA1}?hash=")
    document = await served[1].get(path)
    kind = {"group": "amlarc.azureml.com", "version": "v1alpha1", "kind": "InstanceType"}
    schema = document["components"]["schemas"]["com.azureml.amlarc.v1alpha1.InstanceType"]
    assert schema["x-kubernetes-group-version-kind"] == [kind]
    assert schema["properties"]["spec"]["properties"]["tier"]["enum"] == ["spot", "standard"]
    patch = document["paths"]["/apis/amlarc.azureml.com/v1alpha1/instancetypes/{name}"]["patch"]
    assert patch["x-kubernetes-group-version-kind"] == kind
    assert {"dryRun", "fieldValidation", "fieldManager", "force"} <= {each["name"] for each in patch["parameters"]}
    assert "application/strategic-merge-patch+json" not in patch["requestBody"]["content"]


async def test_openapi_of_built_in_kinds_refers_only_to_what_it_has(served: Served) -> None:
    for path in ("api/v1", "apis/apps/v1", "apis/batch/v1", "apis/apiextensions.k8s.io/v1"):
        document = await served[1].get(f"/openapi/v3/{path}")
        schemas = document["components"]["schemas"]
        missing = {ref for ref in references(document) if ref.removeprefix("#/components/schemas/") not in schemas}
        assert missing == set()
    containers = schemas_of(await served[1].get("/openapi/v3/api/v1"), "PodSpec")["containers"]
    assert containers["x-kubernetes-list-map-keys"] == ["name"]
    assert containers["items"] == {"$ref": "#/components/schemas/io.k8s.api.core.v1.Container"}
    assert containers["description"]


def schemas_of(document: dict[str, Any], kind: str) -> dict[str, Any]:
    return dict(document["components"]["schemas"][f"io.k8s.api.core.v1.{kind}"]["properties"])


def references(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(references, node))
    if not isinstance(node, dict):
        return set()
    own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
    return own.union(*map(references, node.values()))


async def test_the_second_version_in_json_and_in_protocol_buffers(served: Served) -> None:
    document = await served[1].get("/openapi/v2")
    assert document["swagger"] == "2.0"
    assert "com.azureml.amlarc.v1alpha1.InstanceType" in document["definitions"]
    async with served[1].stream("GET", "/openapi/v2", headers={"Accept": PROTO}) as response:
        assert "@" not in response.headers["Content-Type"]
        data = await response.read()
    fields = list(decoded(data))
    assert fields[0] == (1, b"2.0")
    names = {dict(decoded(named))[1].decode() for number, named in decoded(dict(fields)[9]) if number == 1}
    assert names == set(document["definitions"])


async def test_the_second_version_names_no_fields_where_any_are_taken(served: Served) -> None:
    made, client = served

    def free(body: dict[str, Any]) -> None:
        spec = body["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
        spec["x-kubernetes-preserve-unknown-fields"] = True

    made.objects.change(town.CRD, None, town.TYPES, free)
    kind = "com.azureml.amlarc.v1alpha1.InstanceType"
    second = (await client.get("/openapi/v2"))["definitions"][kind]["properties"]["spec"]
    third = (await client.get(V1ALPHA1))["components"]["schemas"][kind]["properties"]["spec"]
    assert ("properties" in second, "properties" in third) == (False, True)


def decoded(data: bytes) -> list[tuple[int, bytes]]:
    """The length-delimited fields of a message: independent of what wrote them."""
    fields, at = [], 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 2:
            length, at = varint(data, at)
            fields.append((key >> 3, data[at : at + length]))
            at += length
        elif key & 7 == 0:
            _value, at = varint(data, at)
        else:
            at += 8
    return fields


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def test_protocol_buffers_of_a_schema() -> None:
    node = {
        "type": "object", "description": "é" * 100, "required": ["a", "b"], "x-kubernetes-x": {"k": [1]},
        "properties": {"a": {"type": "integer", "minimum": 1}, "b": {"type": "array", "items": {"$ref": "#/x"}}},
        "additionalProperties": {"type": "string"}, "maxLength": 300,
    }  # fmt: skip
    document = dict(decoded(openapi_proto.document({"title": "t", "version": "v"}, {"N": node})))
    schema = decoded(dict(decoded(dict(decoded(document[9]))[1]))[2])
    found = dict(schema)
    assert dict(decoded(found[22]))[1] == b"object"
    assert found[4].decode() == "é" * 100
    assert [value for number, value in schema if number == 19] == [b"a", b"b"]
    assert dict(decoded(dict(decoded(found[31]))[2]))[2] == b'{"k":[1]}'
    properties = {dict(decoded(each))[1]: dict(decoded(dict(decoded(each))[2])) for _n, each in decoded(found[25])}
    assert properties[b"b"][23] == bytes([10, 5, 10, 3]) + b"#/x"


def test_every_built_in_kind_has_a_definition() -> None:
    made = built_ins()
    for resource in (*BUILT_IN, *REVIEWS):
        node = made.definitions[made.name(resource)]
        assert node["x-kubernetes-group-version-kind"][0]["kind"] == resource.kind
        assert "metadata" in node["properties"]
