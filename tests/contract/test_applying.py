"""Server-side apply beside other managers: who owns what, conflicts, force only when asked, dry run."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.kinds import CONFIG_MAPS, causes, config_map, deployment, deployments, of
from tests.demo.kube.town import Client
from tui.client.kube import KubeClient
from tui.core.errors import Problem

APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"


def _mine(home: str, **data: str) -> dict[str, Any]:
    body = config_map("shared", **data)
    body["metadata"]["namespace"] = home
    return body


async def _theirs(raw: Client, home: str, manager: str = "helm", **data: str) -> None:
    path = f"{of(home, name='shared')}?fieldManager={manager}"
    status, said = await raw.ask("PATCH", path, config_map("shared", **data), APPLY)
    assert status in (200, 201), said


async def _data(raw: Client, home: str) -> dict[str, str]:
    return dict((await raw.get(of(home, name="shared"))).get("data") or {})


async def _owners(raw: Client, home: str) -> dict[str, set[str]]:
    found = await raw.get(of(home, name="shared"))
    return {
        entry["manager"]: {key for key in entry["fieldsV1"].get("f:data", {}) if key != "."}
        for entry in found["metadata"]["managedFields"]
    }


async def test_another_managers_field_is_a_conflict_that_names_both(raw: Client, kube: KubeClient, home: str) -> None:
    await _theirs(raw, home, size="1")
    found = await kube.apply(_mine(home, size="2"))
    assert isinstance(found, Problem)
    assert (found.status, found.code) == (409, "Conflict")
    assert "helm" in found.what
    assert ".data.size" in found.what
    status, said = await raw.ask(
        "PATCH", of(home, name="shared") + "?fieldManager=me", config_map("shared", size="2"), APPLY
    )
    assert (status, said["reason"]) == (409, "Conflict")
    assert said["message"] == 'Apply failed with 1 conflict: conflict with "helm": .data.size'
    assert said["details"]["causes"] == [
        {"reason": "FieldManagerConflict", "message": 'conflict with "helm"', "field": ".data.size"}
    ]
    assert await _data(raw, home) == {"size": "1"}


async def test_every_conflict_is_named(raw: Client, kube: KubeClient, home: str) -> None:
    await _theirs(raw, home, size="1", colour="red")
    await _theirs(raw, home, "operator", shape="round")
    found = await kube.apply(_mine(home, size="2", colour="blue", shape="flat"))
    assert isinstance(found, Problem)
    assert all(word in found.what for word in ("helm", "operator", ".data.size", ".data.colour", ".data.shape"))


async def test_force_takes_the_field_over(raw: Client, kube: KubeClient, home: str) -> None:
    await _theirs(raw, home, size="1", colour="red")
    found = await kube.apply(_mine(home, size="2"), force=True)
    assert isinstance(found, dict), found
    assert await _data(raw, home) == {"size": "2", "colour": "red"}
    assert await _owners(raw, home) == {"arcdeck": {"f:size"}, "helm": {"f:colour"}}


async def test_the_same_value_is_shared(raw: Client, kube: KubeClient, home: str) -> None:
    await _theirs(raw, home, size="1")
    assert isinstance(await kube.apply(_mine(home, size="1")), dict)
    assert await _owners(raw, home) == {"arcdeck": {"f:size"}, "helm": {"f:size"}}
    await _theirs(raw, home, colour="red")
    assert await _data(raw, home) == {"size": "1", "colour": "red"}


async def test_what_is_applied_no_more_goes(raw: Client, kube: KubeClient, home: str) -> None:
    await kube.apply(_mine(home, size="1", colour="red"))
    await kube.apply(_mine(home, size="1"))
    assert await _data(raw, home) == {"size": "1"}


async def test_a_plain_update_owns_what_it_changed(raw: Client, kube: KubeClient, home: str) -> None:
    await kube.apply(_mine(home, size="1", colour="red"))
    path = of(home, name="shared") + "?fieldManager=kubectl-edit"
    await raw.ask("PATCH", path, {"data": {"size": "5"}}, "application/merge-patch+json")
    found = await kube.apply(_mine(home, size="1", colour="red"))
    assert isinstance(found, Problem)
    assert "kubectl-edit" in found.what
    assert ".data.size" in found.what


async def test_a_dry_run_tells_and_changes_nothing(raw: Client, kube: KubeClient, home: str) -> None:
    told = await kube.apply(_mine(home, size="1"), dry_run=True)
    assert isinstance(told, dict)
    assert told["data"] == {"size": "1"}
    assert (await raw.ask("GET", of(home, name="shared")))[0] == 404
    await _theirs(raw, home, size="1")
    conflict = await kube.apply(_mine(home, size="2"), dry_run=True)
    assert isinstance(conflict, Problem)
    assert conflict.status == 409
    told = await kube.apply(_mine(home, size="2"), dry_run=True, force=True)
    assert isinstance(told, dict)
    assert told["data"] == {"size": "2"}
    assert await _data(raw, home) == {"size": "1"}


async def test_nothing_changed_is_no_new_version(raw: Client, kube: KubeClient, home: str) -> None:
    first = await kube.apply(_mine(home, size="1"))
    again = await kube.apply(_mine(home, size="1"))
    assert isinstance(first, dict)
    assert isinstance(again, dict)
    assert first["metadata"]["resourceVersion"] == again["metadata"]["resourceVersion"]


async def test_an_old_version_is_a_conflict_of_another_kind(raw: Client, kube: KubeClient, home: str) -> None:
    await kube.apply(_mine(home, size="1"))
    old = await raw.get(of(home, name="shared"))
    await _theirs(raw, home, colour="red")
    status, said = await raw.ask("PUT", of(home, name="shared"), {**old, "data": {"size": "9"}})
    assert (status, said["reason"]) == (409, "Conflict")
    assert "the object has been modified" in said["message"]


async def test_a_deletion_can_be_tried(raw: Client, kube: KubeClient, home: str) -> None:
    await kube.apply(_mine(home, size="1"))
    assert await kube.delete(CONFIG_MAPS, f"{home}/shared", dry_run=True) is None
    assert await _data(raw, home) == {"size": "1"}
    assert await kube.delete(CONFIG_MAPS, f"{home}/shared") is None
    found = await kube.delete(CONFIG_MAPS, f"{home}/shared")
    assert isinstance(found, Problem)
    assert (found.status, found.what) == (404, 'configmaps "shared" not found')


async def test_a_conflict_with_several_is_listed_by_manager(raw: Client, kube: KubeClient, home: str) -> None:
    await _theirs(raw, home, size="1", colour="red")
    await _theirs(raw, home, "operator", shape="round")
    path = of(home, name="shared") + "?fieldManager=me"
    status, said = await raw.ask("PATCH", path, config_map("shared", size="2", colour="blue", shape="flat"), APPLY)
    assert (status, said["message"]) == (
        409,
        'Apply failed with 3 conflicts: conflicts with "helm":\n- .data.colour\n- .data.size\n'
        'conflicts with "operator":\n- .data.shape',
    )


async def test_a_conflict_with_an_update_names_the_version_too(raw: Client, home: str) -> None:
    await raw.ask("POST", f"{of(home)}?fieldManager=kubectl-create", config_map("shared", size="1"))
    path = of(home, name="shared") + "?fieldManager=me"
    status, said = await raw.ask("PATCH", path, config_map("shared", size="2"), APPLY)
    assert (status, said["message"]) == (
        409, 'Apply failed with 1 conflict: conflict with "kubectl-create" using v1: .data.size',
    )  # fmt: skip


async def test_who_applies_owns_no_more_than_was_said(raw: Client, kube: KubeClient, home: str) -> None:
    await kube.apply(_mine(home, size="1"))
    path = of(home, name="shared")
    await raw.ask("PATCH", f"{path}?fieldManager=editor", {"metadata": {"labels": {"a": "b"}}}, MERGE)
    entries = (await raw.get(path))["metadata"]["managedFields"]
    assert [(each["manager"], each["operation"], each["fieldsV1"]) for each in entries] == [
        ("arcdeck", "Apply", {"f:data": {"f:size": {}}}),
        ("editor", "Update", {"f:metadata": {"f:labels": {".": {}, "f:a": {}}}}),
    ]


async def test_defaults_are_nobodys_after_an_apply(raw: Client, kube: KubeClient, home: str) -> None:
    body = deployment("d")
    body["metadata"]["namespace"] = home
    made = await kube.apply(body)
    assert isinstance(made, dict), made
    (entry,) = made["metadata"]["managedFields"]
    assert set(entry["fieldsV1"]["f:spec"]) == {"f:replicas", "f:selector", "f:template"}
    assert made["spec"]["progressDeadlineSeconds"] == 600
    await raw.ask("PATCH", deployments(home, "d"), {"spec": {"replicas": 2}}, MERGE)
    found = await kube.apply(body)
    assert isinstance(found, Problem)
    assert (found.status, ".spec.replicas" in found.what) == (409, True)


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"data": {"k": 5}}, 500, ".data.k: expected string, got &value.valueUnstructured{Value:5}"),
        ({"data": []}, 500, ".data: expected map, got &{[]}"),
        ({"colour": "red"}, 500, "(/shared; /v1, Kind=ConfigMap): .colour: field not declared in schema"),
        ({"kind": "Secret"}, 400, "invalid object type: /v1, Kind=Secret"),
        ({"apiVersion": ""}, 400, "invalid object type: /, Kind=ConfigMap"),
        ({"metadata": {"name": "other"}}, 400, "does not match the name on the URL"),
        ({"metadata": {"name": "shared", "uid": "x"}}, 422, 'metadata.uid: Invalid value: "x": field is immutable'),
        ({"metadata": {"name": "shared", "resourceVersion": "1"}}, 409, "the object has been modified"),
    ],
)
async def test_what_cannot_be_applied(raw: Client, home: str, change: dict[str, Any], code: int, words: str) -> None:
    await _theirs(raw, home, size="1")
    path = of(home, name="shared") + "?fieldManager=me"
    status, said = await raw.ask("PATCH", path, {**config_map("shared"), **change}, APPLY)
    assert status == code, said
    assert words in said["message"]
    assert ("reason" in said) is (code != 500)


async def test_an_apply_says_who_applies(raw: Client, home: str) -> None:
    status, said = await raw.ask("PATCH", of(home, name="shared"), config_map("shared"), APPLY)
    assert (status, causes(said)) == (422, {("FieldValueRequired", "fieldManager")})


async def test_a_status_is_applied_apart(raw: Client, home: str) -> None:
    await raw.ask("POST", deployments(home), deployment("d"))
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "status": {"replicas": 3}}
    status, made = await raw.ask("PATCH", deployments(home, "d") + "/status?fieldManager=ctl", body, APPLY)
    assert (status, made["status"]["replicas"], made["spec"]["replicas"]) == (200, 3, 0)
    owned = [each for each in made["metadata"]["managedFields"] if each["manager"] == "ctl"]
    assert [(each["subresource"], each["fieldsV1"]) for each in owned] == [("status", {"f:status": {"f:replicas": {}}})]
