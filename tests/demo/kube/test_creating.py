"""CREATE over HTTP: names, namespaces, validation, fields that nobody knows, dry run."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo.kube import town
from tests.demo.kube.town import Client, Town

MAPS = "/api/v1/namespaces/azureml/configmaps"
TYPES = "/apis/amlarc.azureml.com/v1alpha1/instancetypes"
Served = tuple[Town, Client]


def config(name: str = "c", **meta: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **meta}, "data": {"a": "b"}}


async def test_a_new_object_gets_what_only_the_server_knows(served: Served) -> None:
    made, client = served
    body = config(
        uid="forged", creationTimestamp="1999-01-01T00:00:00Z", generation=7, deletionTimestamp="1999-01-01T00:00:00Z"
    )
    status, new = await client.ask("POST", MAPS, body, params={"fieldManager": "me"})
    meta = new["metadata"]
    assert (status, meta["namespace"], meta["creationTimestamp"]) == (201, "azureml", "2023-11-14T22:13:20Z")
    assert (meta["resourceVersion"], "deletionTimestamp" in meta) == (str(made.objects.version), False)
    assert meta["uid"] != "forged"
    entry = meta["managedFields"][0]
    assert (entry["manager"], entry["operation"], entry["fieldsV1"]) == (
        "me", "Update", {"f:data": {".": {}, "f:a": {}}},
    )  # fmt: skip
    assert await client.get(f"{MAPS}/c") == new


async def test_a_generated_name(served: Served) -> None:
    body = config()
    body["metadata"] = {"generateName": "run-"}
    status, new = await served[1].ask("POST", MAPS, body)
    assert status == 201
    assert new["metadata"]["name"].startswith("run-")
    assert len(new["metadata"]["name"]) == 9


@pytest.mark.parametrize(
    ("path", "body", "code", "reason", "message"),
    [
        (MAPS, config("c", namespace="default"), 400, "BadRequest",
         "the namespace of the provided object does not match the namespace sent on the request"),
        (MAPS, config("C!"), 422, "Invalid",
         'ConfigMap "C!" is invalid: metadata.name: Invalid value: "C!": a lowercase'),
        (MAPS, config("c", labels={"a": "b c"}), 422, "Invalid",
         'metadata.labels: Invalid value: "b c": a valid label'),
        (MAPS, {**config(), "metadata": {}}, 422, "Invalid", "name or generateName is required"),
        (MAPS, config("c", resourceVersion="5"), 500, None, "resourceVersion should not be set"),
        (MAPS, {**config(), "data": {"a b": "c"}}, 422, "Invalid", 'data[a b]: Invalid value: "a b": a valid config'),
        (MAPS, config("c", finalizers=["mine"]), 422, "Invalid", "name is neither a standard finalizer name nor"),
        (MAPS, config("c", ownerReferences=[{"kind": "X"}]), 422, "Invalid", "[0].uid: Required value: must not be"),
        (MAPS, config("c", labels=[]), 400, "BadRequest",
         "unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string"),
        (MAPS, {**config(), "kind": "Secret"}, 400, "BadRequest",
         'Secret in version "v1" cannot be handled as a ConfigMap'),
        (MAPS, {**config(), "data": {"a": 1}}, 400, "BadRequest",
         "json: cannot unmarshal number into Go struct field ConfigMap.data"),
        (MAPS, [], 400, "BadRequest", "the object provided is unrecognized (must be of type ConfigMap)"),
        ("/api/v1/namespaces/nowhere/configmaps", config(), 404, "NotFound", 'namespaces "nowhere" not found'),
        ("/api/v1/configmaps", config(), 405, "MethodNotAllowed", "does not allow this method"),
        ("/api/v1/namespaces/azureml/nodes", {"kind": "Node"}, 404, "NotFound",
         "could not find the requested resource"),
        (f"{MAPS}/c", config(), 405, "MethodNotAllowed", "does not allow this method"),
        (TYPES, {"metadata": {"name": "x"}}, 400, "BadRequest", "Object 'Kind' is missing"),
        (TYPES, {**town.instance_type("x"), "kind": "Wrong"}, 422, "Invalid",
         'Wrong.amlarc.azureml.com "x" is invalid: kind: Invalid value: "Wrong": must be InstanceType'),
        (TYPES, {**town.instance_type("x"), "metadata": {"name": 5}}, 400, "BadRequest",
         "cannot unmarshal number into Go struct field ObjectMeta.name of type string"),
        (TYPES, {**town.instance_type("x"), "metadata": []}, 400, "BadRequest",
         "cannot unmarshal array into Go value of type v1.ObjectMeta"),
        (TYPES, {**town.instance_type("x"), "apiVersion": "v1"}, 400, "BadRequest",
         "the API version in the data (v1) does not match the expected API version (amlarc.azureml.com/v1alpha1)"),
        (TYPES, {**town.instance_type("x"), "spec": {}}, 422, "Invalid",
         'InstanceType.amlarc.azureml.com "x" is invalid: spec.resources: Required value'),
    ],
)  # fmt: skip
async def test_what_is_refused(served: Served, path: str, body: Any, code: int, reason: str, message: str) -> None:
    before = served[0].objects.version
    status, error = await served[1].ask("POST", path, body)
    assert (status, error["kind"], error["status"], error.get("reason")) == (code, "Status", "Failure", reason)
    assert message in error["message"]
    assert served[0].objects.version == before


async def test_a_second_one_is_refused(served: Served) -> None:
    client = served[1]
    await client.ask("POST", MAPS, config())
    status, error = await client.ask("POST", MAPS, config())
    assert (status, error["reason"], error["message"]) == (409, "AlreadyExists", 'configmaps "c" already exists')


async def test_causes_name_the_fields(served: Served) -> None:
    body = town.instance_type("x")
    body["spec"] |= {"weight": 0, "tier": "gold"}
    error = (await served[1].ask("POST", TYPES, body))[1]
    assert error["message"].startswith('InstanceType.amlarc.azureml.com "x" is invalid: [spec.weight: ')
    assert [(cause["field"], cause["reason"]) for cause in error["details"]["causes"]] == [
        ("spec.weight", "FieldValueInvalid"), ("spec.tier", "FieldValueNotSupported"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("how", "status", "warning"),
    [("Strict", 400, None), ("Warn", 201, '299 - "unknown field \\"spec.colour\\""'), ("Ignore", 201, None),
     ("", 201, '299 - "unknown field \\"spec.colour\\""')],
)  # fmt: skip
async def test_unknown_fields(served: Served, how: str, status: int, warning: str | None) -> None:
    import msgspec

    body = town.instance_type("x")
    body["spec"]["colour"] = "red"
    query = {"fieldValidation": how} if how else {}
    headers = {"Content-Type": "application/json"}
    async with served[1].stream(
        "POST", TYPES, data=msgspec.json.encode(body), params=query, headers=headers
    ) as response:
        answer = await response.json()
        assert (response.status, response.headers.get("Warning")) == (status, warning)
    if status == 400:
        assert answer["message"] == (
            'InstanceType in version "v1alpha1" cannot be handled as a InstanceType: strict decoding error: '
            'unknown field "spec.colour"'
        )
    else:
        assert "colour" not in answer["spec"]


async def test_defaults_and_no_status_of_custom_resources(served: Served) -> None:
    body = {**town.instance_type("x"), "status": {"phase": "forged"}}
    new = (await served[1].ask("POST", TYPES, body))[1]
    assert new["spec"]["tier"] == "standard"
    assert "status" not in new


async def test_a_dry_run_stores_nothing_but_checks_all(served: Served) -> None:
    made, client = served
    before = made.objects.version
    status, new = await client.ask("POST", MAPS, config(), params={"dryRun": "All"})
    assert (status, new["metadata"]["name"], made.objects.version) == (201, "c", before)
    assert new["metadata"]["uid"]
    assert "resourceVersion" not in new["metadata"]
    assert (await client.ask("POST", MAPS, config("C"), params={"dryRun": "All"}))[0] == 422
    status, error = await client.ask("POST", MAPS, config(), params={"dryRun": "Some"})
    assert (status, error["reason"]) == (422, "Invalid")


async def test_yaml_is_taken_too_and_other_media_are_not(served: Served) -> None:
    client = served[1]
    text = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: y}\ndata: {at: '2024-01-01', when: \"x\"}\n"
    async with client.stream("POST", MAPS, data=text, headers={"Content-Type": "application/yaml"}) as response:
        assert response.status == 201
    proto = "application/vnd.kubernetes.protobuf"
    async with client.stream("POST", MAPS, data=b"k8s\0", headers={"Content-Type": proto}) as response:
        assert response.status == 415
    async with client.stream("POST", MAPS, data=b"{", headers={"Content-Type": "application/json"}) as response:
        assert response.status == 400


async def test_a_new_definition_is_served_soon_and_gone_with_its_objects(served: Served) -> None:
    made, client = served
    names = {"plural": "queues", "singular": "queue", "kind": "Queue", "listKind": "QueueList"}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
    body = {
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "queues.x.io"},
        "spec": {"group": "x.io", "scope": "Namespaced", "names": names, "versions": [version]},
    }  # fmt: skip
    crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    status, new = await client.ask("POST", crds, body)
    assert status == 201, new
    assert new["status"]["conditions"] is None
    assert await client.ask("GET", "/apis/x.io/v1/queues") == (404, "404 page not found\n")

    def conditions() -> dict[str, str]:
        held = made.objects.get(town.CRD, None, "queues.x.io") or {}
        return {c["type"]: c["status"] for c in held["status"]["conditions"] or ()}

    await town.until(lambda: conditions() == {"NamesAccepted": "True", "Established": "True"})
    queue = {"apiVersion": "x.io/v1", "kind": "Queue", "metadata": {"name": "q"}}
    assert (await client.ask("POST", "/apis/x.io/v1/namespaces/default/queues", queue))[0] == 201
    assert (await client.ask("DELETE", f"{crds}/queues.x.io"))[0] == 200
    assert made.objects.list("queues.x.io") == []
    assert (await client.ask("GET", "/apis/x.io/v1/queues"))[0] == 404
