"""Definitions: those of the demo world are accepted as they are and all its objects fit; how one comes to be served."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract import definitions
from tests.contract.definitions import PATH
from tests.contract.kinds import causes
from tests.demo.kube.town import Client
from tests.demo.world.stand import Stand

AMOUNT = {"type": "string", "minLength": 1, "pattern": "[1-9]"}
"""What the documentation asks of cpu and memory: a text, not empty and not nothing."""
NEEDED = {"type": "object", "required": ["cpu", "memory"], "properties": {"cpu": AMOUNT, "memory": AMOUNT}}
STRICT = {
    "type": "object", "required": ["spec"],
    "properties": {"spec": {
        "type": "object", "required": ["resources"],
        "properties": {
            "nodeSelector": {"type": "object", "nullable": True, "additionalProperties": {"type": "string"}},
            "resources": {
                "type": "object", "required": ["requests", "limits"],
                "properties": {
                    "requests": NEEDED,
                    "limits": {**NEEDED, "properties": {
                        **NEEDED["properties"], "nvidia.com/gpu": {"type": "integer", "minimum": 0},  # type: ignore[dict-item]
                    }},
                },
            },
        },
    }},
}  # fmt: skip
"""An instance type, as strictly as its documentation allows."""
CPU = {"cpu": "1", "memory": "2Gi"}


def _definition(group: str, schema: dict[str, Any], **version: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": f"types.{group}"},
        "spec": {
            "group": group, "scope": "Cluster", "names": {"plural": "types", "kind": "Type"},
            "versions": [{
                "name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}, **version,
            }],
        },
    }  # fmt: skip


async def _strict(raw: Client) -> tuple[str, str]:
    """A group with the strict kind, and the path of its objects."""
    group = f"g{uuid.uuid4().hex[:8]}.example"
    body = _definition(group, STRICT)
    status, said = await raw.ask("POST", PATH, body)
    assert status == 201, said
    await definitions.served(raw, body)
    return group, f"/apis/{group}/v1/types"


async def test_the_definitions_of_the_demo_are_accepted_as_they_are(raw: Client) -> None:
    await definitions.install(raw)
    for body in definitions.bodies():
        found = await raw.get(f"{PATH}/{body['metadata']['name']}")
        conditions = {each["type"]: each["status"] for each in found["status"]["conditions"]}
        assert conditions == {"NamesAccepted": "True", "Established": "True"}
        versions, wanted = found["spec"]["versions"], body["spec"]["versions"]
        assert [each["schema"] for each in versions] == [each["schema"] for each in wanted]


def _custom() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of a custom kind in a world with some history, with the path of its collection."""
    stand = Stand()
    stand.go(600)
    known = {each["metadata"]["name"]: each["spec"] for each in definitions.bodies()}
    for resource, (namespace, _name), obj in stand.objects.everything():
        if resource in known:
            home = f"namespaces/{namespace}/" if namespace else ""
            yield f"/apis/{obj['apiVersion']}/{home}{known[resource]['names']['plural']}", obj


async def test_every_custom_object_of_the_demo_fits_its_definition(raw: Client) -> None:
    await definitions.install(raw)
    kinds, homes = set(), set()
    for path, obj in _custom():
        meta = {name: obj["metadata"][name] for name in ("name", "namespace", "labels") if name in obj["metadata"]}
        home = meta.get("namespace")
        if home and home not in homes:
            await raw.ask("POST", "/api/v1/namespaces", {"metadata": {"name": home}})
            homes.add(home)
        body = {**obj, "metadata": {**meta, "name": f"as-{meta['name']}"[:63].rstrip("-.")}}
        status, said = await raw.ask("POST", f"{path}?dryRun=All&fieldValidation=Strict", body)
        assert status == 201, (path, said)
        kinds.add(obj["kind"])
    assert {"InstanceType", "AmlJob", "Job", "PodGroup", "Queue"} <= kinds


async def test_a_status_of_the_demo_fits_too(raw: Client) -> None:
    """A create drops the status where it is written apart: each is written once."""
    await definitions.install(raw)
    apart = {
        body["metadata"]["name"] for body in definitions.bodies() if "subresources" in body["spec"]["versions"][0]
    }  # fmt: skip
    seen: set[tuple[str, str]] = set()
    for path, obj in _custom():
        phase = str((obj.get("status") or {}).get("state") or (obj.get("status") or {}).get("phase"))
        kind = f"{path.rpartition('/')[2]}.{obj['apiVersion'].partition('/')[0]}"
        if kind not in apart or "status" not in obj or (kind, phase) in seen:
            continue
        seen.add((kind, phase))
        name = f"s{uuid.uuid4().hex[:8]}"
        body = {**obj, "metadata": {"name": name}}
        await raw.ask("POST", "/api/v1/namespaces", {"metadata": {"name": obj["metadata"].get("namespace", "default")}})
        status, made = await raw.ask("POST", path, body)
        assert status == 201, made
        made["status"] = obj["status"]
        status, said = await raw.ask("PUT", f"{path}/{name}/status?fieldValidation=Strict", made)
        assert status == 200, (path, said)
        assert said["status"] == obj["status"]
        await raw.ask("DELETE", f"{path}/{name}")
    assert seen


async def test_a_new_definition_is_established_a_moment_later(raw: Client) -> None:
    body = _definition(f"g{uuid.uuid4().hex[:8]}.example", {"type": "object"})
    name = body["metadata"]["name"]
    status, made = await raw.ask("POST", PATH, body)
    assert (status, made["status"]["conditions"], made["status"]["storedVersions"]) == (201, None, ["v1"])
    assert made["spec"]["names"] == {"plural": "types", "singular": "type", "kind": "Type", "listKind": "TypeList"}
    assert made["spec"]["conversion"] == {"strategy": "None"}
    await definitions.served(raw, body)
    found = (await raw.get(f"{PATH}/{name}"))["status"]
    assert found["acceptedNames"] == made["spec"]["names"]
    assert {each["type"]: each["reason"] for each in found["conditions"]} == {
        "NamesAccepted": "NoConflicts", "Established": "InitialNamesAccepted",
    }  # fmt: skip
    status, left = await raw.ask("DELETE", f"{PATH}/{name}")
    assert (status, left["metadata"]["finalizers"]) == (200, ["customresourcecleanup.apiextensions.k8s.io"])
    async with asyncio.timeout(20):
        while (await raw.ask("GET", f"{PATH}/{name}"))[0] != 404:  # noqa: ASYNC110 - only asking tells
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"scope": "Space"}, {"spec.scope"}),
        ({"versions": []}, {"spec.versions", "status.storedVersions"}),
        ({"names": {"plural": "others", "kind": "Other"}}, {"metadata.name"}),
        ({"versions": [{"name": "v1", "served": True, "storage": True}]},
         {"spec.versions[0].schema.openAPIV3Schema"}),
    ],
)  # fmt: skip
async def test_definitions_that_cannot_be(raw: Client, change: dict[str, Any], fields: set[str]) -> None:
    body = _definition("wrong.example", {"type": "object"})
    body["spec"] |= change
    status, said = await raw.ask("POST", PATH, body)
    assert (status, {field for _reason, field in causes(said)}) == (422, fields)


@pytest.mark.parametrize(
    "spec",
    [
        {"resources": {"requests": CPU, "limits": CPU}},
        {"resources": {"requests": CPU, "limits": {**CPU, "nvidia.com/gpu": 0}}, "nodeSelector": None},
        {"resources": {"requests": {"cpu": "100m", "memory": "1.5Gi"}, "limits": CPU}, "nodeSelector": {"a": "b"}},
    ],
)
async def test_types_that_are_documented_pass_the_strictest_schema(raw: Client, spec: dict[str, Any]) -> None:
    group, path = await _strict(raw)
    body = {"apiVersion": f"{group}/v1", "kind": "Type", "metadata": {"name": "t"}, "spec": spec}
    status, made = await raw.ask("POST", f"{path}?fieldValidation=Strict", body)
    assert (status, made.get("spec")) == (201, spec), made


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (None, {("FieldValueRequired", "spec")}),
        ({}, {("FieldValueRequired", "spec.resources")}),
        ({"resources": {"limits": CPU}}, {("FieldValueRequired", "spec.resources.requests")}),
        ({"resources": {"requests": {"cpu": "1"}, "limits": CPU}},
         {("FieldValueRequired", "spec.resources.requests.memory")}),
        ({"resources": {"requests": {**CPU, "cpu": ""}, "limits": CPU}},
         {("FieldValueInvalid", "spec.resources.requests.cpu")}),
        ({"resources": {"requests": {**CPU, "cpu": "0"}, "limits": CPU}},
         {("FieldValueInvalid", "spec.resources.requests.cpu")}),
        ({"resources": {"requests": {**CPU, "cpu": 1}, "limits": CPU}},
         {("FieldValueTypeInvalid", "spec.resources.requests.cpu")}),
        ({"resources": {"requests": CPU, "limits": {**CPU, "nvidia.com/gpu": "1"}}},
         {("FieldValueTypeInvalid", "spec.resources.limits.nvidia.com/gpu")}),
        ({"resources": {"requests": CPU, "limits": {**CPU, "nvidia.com/gpu": -1}}},
         {("FieldValueInvalid", "spec.resources.limits.nvidia.com/gpu")}),
        ({"resources": {"requests": CPU, "limits": CPU}, "nodeSelector": {"a": 1}},
         {("FieldValueTypeInvalid", "spec.nodeSelector.a")}),
    ],
)  # fmt: skip
async def test_types_that_the_strictest_schema_refuses(
    raw: Client, spec: dict[str, Any] | None, expected: set[tuple[str, str]]
) -> None:
    group, path = await _strict(raw)
    body = {"apiVersion": f"{group}/v1", "kind": "Type", "metadata": {"name": "t"}, "spec": spec}
    status, said = await raw.ask("POST", path, body)
    assert (status, causes(said)) == (422, expected)


async def test_gpus_are_no_requests(raw: Client) -> None:
    group, path = await _strict(raw)
    spec = {"resources": {"requests": {**CPU, "nvidia.com/gpu": 1}, "limits": CPU}}
    body = {"apiVersion": f"{group}/v1", "kind": "Type", "metadata": {"name": "t"}, "spec": spec}
    status, said = await raw.ask("POST", f"{path}?fieldValidation=Strict", body)
    assert (status, 'unknown field "spec.resources.requests.nvidia.com/gpu"' in said["message"]) == (400, True)
    status, made = await raw.ask("POST", path, body)
    assert (status, made["spec"]["resources"]["requests"]) == (201, CPU)
