"""CREATE, UPDATE and PATCH: what is refused and how, what nobody may set, what a dry run tells."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.kinds import causes, config_map, deployment, deployments, of
from tests.demo.kube.town import Client

JSON, MERGE, STRATEGIC = (f"application/{form}+json" for form in ("json-patch", "merge-patch", "strategic-merge-patch"))


def _map(**meta: Any) -> dict[str, Any]:
    body = config_map("a", k="1")
    body["metadata"] |= meta
    return body


@pytest.mark.parametrize(
    ("body", "code", "reason", "words"),
    [
        (_map(resourceVersion="5"), 500, None, "resourceVersion should not be set on objects to be created"),
        (_map(resourceVersion="0"), 201, None, ""),
        (_map(namespace="other"), 400, "BadRequest", "the namespace of the provided object does not match"),
        (_map(name=""), 422, "Invalid", "metadata.name: Required value: name or generateName is required"),
        (_map(name=5), 400, "BadRequest", "number into Go struct field ObjectMeta.metadata.name of type string"),
        (_map(labels={"a": 1}), 400, "BadRequest", "number into Go struct field ObjectMeta.metadata.labels of type"),
        (_map(labels={"a b": "c"}), 422, "Invalid", 'metadata.labels: Invalid value: "a b": name part must consist'),
        (_map(finalizers=["mine"]), 422, "Invalid", "neither a standard finalizer name nor is it fully qualified"),
        ({**_map(), "data": {"k": 1}}, 400, "BadRequest",
         'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct '
         "field ConfigMap.data of type string"),
        ({**_map(), "data": []}, 400, "BadRequest", "array into Go struct field ConfigMap.data of type map[string]str"),
        ({**_map(), "data": {"a b": "x"}}, 422, "Invalid", 'data[a b]: Invalid value: "a b": a valid config key'),
        ({**_map(), "kind": "Secret"}, 400, "BadRequest", 'Secret in version "v1" cannot be handled as a ConfigMap'),
        ({"metadata": {"name": "a"}}, 201, None, ""),
    ],
)  # fmt: skip
async def test_what_may_be_created(
    raw: Client, home: str, body: dict[str, Any], code: int, reason: str | None, words: str
) -> None:
    status, said = await raw.ask("POST", of(home), body)
    assert (status, said.get("reason")) == (code, reason), said
    assert words in said.get("message", "")


async def test_an_object_is_written_with_what_nobody_says(raw: Client, home: str) -> None:
    _status, made = await raw.ask("POST", f"{of(home)}?fieldManager=me", {**_map(uid="forged"), "x": 1})
    meta = made["metadata"]
    assert "generation" not in meta
    assert meta["uid"] != "forged"
    (entry,) = meta["managedFields"]
    assert (entry["manager"], entry["operation"], entry["fieldsV1"]) == (
        "me", "Update", {"f:data": {".": {}, "f:k": {}}},
    )  # fmt: skip
    _status, empty = await raw.ask("POST", of(home), config_map("b"))
    assert ("data" in empty, "managedFields" in empty["metadata"]) == (False, False)


async def test_a_dry_run_says_all_but_the_version(raw: Client, home: str) -> None:
    status, made = await raw.ask("POST", f"{of(home)}?dryRun=All", _map())
    assert (status, bool(made["metadata"]["uid"]), "resourceVersion" in made["metadata"]) == (201, True, False)
    assert (await raw.ask("GET", of(home, name="a")))[0] == 404
    for method, path in (("POST", of(home)), ("DELETE", of(home, name="a"))):
        status, said = await raw.ask(method, f"{path}?dryRun=Some", _map() if method == "POST" else None)
        assert status == 422
        assert 'dryRun: Unsupported value: ["Some"]: supported values: "All"' in said["message"]


@pytest.mark.parametrize(
    ("patch", "code"),
    [
        ([{"op": "test", "path": "/data/k", "value": "9"}], 422),
        ([{"op": "remove", "path": "/data/none"}], 422),
        ([{"op": "add", "path": "/no/where", "value": "9"}], 422),
        ([{"op": "jump", "path": "/data/k"}], 422),
        ([{"op": "replace", "path": "/data/none", "value": "9"}], 200),
        ([], 200),
        ({"op": "x"}, 400),
        (["x"], 400),
    ],
)
async def test_a_json_patch_that_does_not_apply_is_refused_without_a_word_on_why(
    raw: Client, home: str, patch: Any, code: int
) -> None:
    await raw.ask("POST", of(home), _map())
    status, said = await raw.ask("PATCH", of(home, name="a"), patch, JSON)
    assert status == code, said
    if code == 422:
        assert said["message"] == "the server rejected our request due to an error in our request"
        assert (said["reason"], said["details"]) == ("Invalid", {})
    if code == 400:
        assert said["message"].startswith("error decoding patch: json: cannot unmarshal ")


@pytest.mark.parametrize(
    ("patch", "code", "words"),
    [
        ([], 400, "cannot unmarshal array into Go value of type map[string]interface {}"),
        ({"data": {"k": 5}}, 422, ' "" is invalid: patch: Invalid value: "{'),
        ({"metadata": {"name": "b"}}, 400, "the name of the object (b) does not match the name on the URL (a)"),
        ({"metadata": None}, 400, "the name of the object (a based on URL) was undeterminable: name must be provided"),
        ({"metadata": {"uid": "x"}}, 422, 'metadata.uid: Invalid value: "x": field is immutable'),
        ({"metadata": {"resourceVersion": "1"}}, 409, "the object has been modified"),
        ({"metadata": {"resourceVersion": "soon"}}, 500, 'parsing "soon": invalid syntax'),
        ({"metadata": {"labels": {"a b": "c"}}}, 422, "metadata.labels: Invalid value"),
        ({"metadata": {"ownerReferences": [{"kind": "X"}]}}, 422, "[0].uid: Required value: must not be empty"),
        ({"apiVersion": "v2"}, 422, 'no kind "ConfigMap" is registered for version "v2"'),
    ],
)  # fmt: skip
async def test_a_merge_patch_after_which_nothing_sensible_is_left(
    raw: Client, home: str, patch: Any, code: int, words: str
) -> None:
    await raw.ask("POST", of(home), _map())
    status, said = await raw.ask("PATCH", of(home, name="a"), patch, MERGE)
    assert status == code, said
    assert words in said["message"]


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"uid": "x"}, 409, "Precondition failed: UID in precondition: x, UID in object meta: "),
        ({"resourceVersion": "1"}, 409, "the object has been modified"),
        ({"resourceVersion": "soon"}, 500, 'strconv.ParseUint: parsing "soon": invalid syntax'),
        ({"name": "b"}, 400, "the name of the object (b) does not match the name on the URL (a)"),
        ({"name": ""}, 400, "(a based on URL) was undeterminable"),
        ({}, 200, ""),
    ],
)
async def test_an_update_that_means_another_object(
    raw: Client, home: str, change: dict[str, str], code: int, words: str
) -> None:
    await raw.ask("POST", of(home), _map())
    status, said = await raw.ask("PUT", of(home, name="a"), _map(**change))
    assert status == code, said
    assert words in said.get("message", "")


async def test_media_types_of_patches(raw: Client, home: str) -> None:
    await raw.ask("POST", of(home), _map())
    status, said = await raw.ask("PATCH", of(home, name="a"), {}, "text/plain")
    assert (status, said["reason"], said["message"]) == (415, "UnsupportedMediaType", "415: Unsupported Media Type")
    status, said = await raw.ask("PATCH", of(home, name="a") + "?force=true", {}, MERGE)
    assert (status, causes(said)) == (422, {("FieldValueForbidden", "force")})


async def test_a_strategic_patch_merges_by_name(raw: Client, home: str) -> None:
    await raw.ask("POST", deployments(home), deployment("d"))

    async def ask(*containers: dict[str, Any]) -> tuple[int, Any]:
        patch = {"spec": {"template": {"spec": {"containers": containers}}}}
        return await raw.ask("PATCH", deployments(home, "d"), patch, STRATEGIC)

    status, made = await ask({"name": "main", "image": "app:2"}, {"name": "side", "image": "x:1"})
    containers = made["spec"]["template"]["spec"]["containers"]
    assert (status, {each["name"]: each["image"] for each in containers}) == (200, {"main": "app:2", "side": "x:1"})
    status, made = await ask({"name": "side", "$patch": "delete"})
    assert [each["name"] for each in made["spec"]["template"]["spec"]["containers"]] == ["main"]
    status, said = await ask({"image": "x"})
    assert (status, said["message"]) == (500, "map: map[image:x] does not contain declared merge key: name")


async def test_the_generation_counts_changes_of_what_is_wanted(raw: Client, home: str) -> None:
    path = deployments(home, "d")
    _status, made = await raw.ask("POST", deployments(home), deployment("d"))
    seen = [made["metadata"]["generation"]]
    patches: list[tuple[str, dict[str, Any]]] = [
        ("", {"metadata": {"labels": {"a": "b"}}}), ("/status", {"status": {"replicas": 0, "readyReplicas": 0}}),
        ("", {"spec": {"paused": True}}), ("", {"spec": {"paused": True}}), ("/scale", {"spec": {"replicas": 1}}),
    ]  # fmt: skip
    for part, patch in patches:
        status, said = await raw.ask("PATCH", path + part, patch, MERGE)
        assert status == 200, said
        seen.append((await raw.get(path))["metadata"]["generation"])
    assert seen == [1, 1, 1, 2, 2, 3]


async def test_a_scale_is_owned_apart(raw: Client, home: str) -> None:
    path = deployments(home, "d")
    await raw.ask("POST", deployments(home), deployment("d"))
    status, said = await raw.ask("PATCH", f"{path}/scale", {"spec": {"replicas": -1}}, MERGE)
    assert (status, said["details"]["kind"], causes(said)) == (422, "Scale", {("FieldValueInvalid", "spec.replicas")})
    await raw.ask("PATCH", f"{path}/scale?fieldManager=scaler", {"spec": {"replicas": 1}}, MERGE)
    entries = (await raw.get(path))["metadata"]["managedFields"]
    owned = [(each["manager"], each["fieldsV1"]) for each in entries if each.get("subresource") == "scale"]
    assert owned == [("scaler", {"f:spec": {"f:replicas": {}}})]
