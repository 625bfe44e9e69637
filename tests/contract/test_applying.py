"""Server-side apply beside other managers: who owns what, conflicts, force only when asked, dry run."""

from __future__ import annotations

from typing import Any

from tests.contract.kinds import CONFIG_MAPS, config_map, of
from tests.demo.kube.town import Client
from tui.client.kube import KubeClient
from tui.core.errors import Problem

APPLY = "application/apply-patch+yaml"


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
