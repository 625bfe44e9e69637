"""Paths: where there is no API, where there is no such resource, and what the server tells of itself."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract import definitions
from tests.contract.backends import Backend
from tests.contract.kinds import config_map, of
from tests.demo.kube.town import Client

PLAIN = (404, "404 page not found\n")
TYPES = "/apis/amlarc.azureml.com/v1alpha1"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nowhere"),
        ("POST", "/nowhere"),
        ("GET", "/livez/none"),
        ("GET", "/apis/none.example"),
        ("GET", "/apis/none.example/v1"),
        ("GET", "/apis/none.example/v1/things"),
        ("GET", f"{TYPES}/things"),
        ("GET", f"{TYPES[:-8]}v9/instancetypes"),
        ("GET", f"{TYPES}/namespaces/default/instancetypes"),
        ("GET", "/apis/batch.volcano.sh/v1alpha1/jobs/x"),
        ("POST", "/apis/batch.volcano.sh/v1alpha1/jobs"),
        ("DELETE", "/apis/batch.volcano.sh/v1alpha1/jobs"),
    ],
)
async def test_where_there_is_no_api_the_answer_is_plain(raw: Client, method: str, path: str) -> None:
    await definitions.install(raw)
    assert await raw.ask(method, path) == PLAIN


@pytest.mark.parametrize(
    ("method", "path", "code", "reason"),
    [
        ("GET", "/api/v1/things", 404, "NotFound"),
        ("GET", "/api/v2/pods", 404, "NotFound"),
        ("GET", "/apis/apps/v1/namespaces/default/things", 404, "NotFound"),
        ("GET", "/apis/apps/v9/deployments", 404, "NotFound"),
        ("GET", "/apis/apps/v9", 404, "NotFound"),
        ("GET", "/api/v1/pods/x", 404, "NotFound"),
        ("GET", "/api/v1/namespaces/default/nodes", 404, "NotFound"),
        ("GET", "/api/v1/namespaces/default/configmaps/x/status", 404, "NotFound"),
        ("POST", "/api/v1/pods", 405, "MethodNotAllowed"),
        ("DELETE", "/api/v1/pods", 405, "MethodNotAllowed"),
        ("PUT", "/api/v1/namespaces/default/configmaps", 405, "MethodNotAllowed"),
        ("PATCH", "/api/v1/namespaces/default/configmaps", 405, "MethodNotAllowed"),
        ("POST", "/version", 405, "MethodNotAllowed"),
    ],
)
async def test_where_there_is_one_the_answer_is_a_status(
    raw: Client, method: str, path: str, code: int, reason: str
) -> None:
    status, said = await raw.ask(method, path)
    assert (status, said["kind"], said["reason"], said["code"], said["details"]) == (code, "Status", reason, code, {})


async def test_a_custom_kind_has_no_other_parts(raw: Client) -> None:
    await definitions.install(raw)
    status, said = await raw.ask("GET", f"{TYPES}/instancetypes/x/status")
    assert (status, said["message"]) == (404, 'instancetypes.amlarc.azureml.com "x" not found')
    status, said = await raw.ask("PATCH", f"{TYPES}/instancetypes", {}, "application/merge-patch+json")
    assert (status, said["message"]) == (400, "name must be provided")


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/namespaces/default/configmaps"])
async def test_a_head_is_no_request_of_the_api(raw: Client, path: str) -> None:
    async with raw.stream("HEAD", path) as answer:
        assert answer.status == 405


@pytest.mark.parametrize(("path", "code"), [("/version", 200), ("/healthz", 200), ("/readyz", 200), ("/api", 403)])
async def test_what_is_told_to_everybody(backend: Backend, path: str, code: int) -> None:
    async with backend.raw("") as nobody:
        status, said = await nobody.ask("GET", path)
    assert status == code
    assert code == 200 or said["message"] == f'forbidden: User "system:anonymous" cannot get path "{path}"'


async def test_the_own_groups_come_before_those_of_others(raw: Client) -> None:
    await definitions.install(raw)
    names = [group["name"] for group in (await raw.get("/apis"))["groups"]]
    own = ["apps", "batch", "policy", "rbac.authorization.k8s.io", "storage.k8s.io", "apiextensions.k8s.io"]
    assert [name for name in names if name in own] == own
    assert max(names.index(name) for name in own) < min(names.index("batch.volcano.sh"), names.index(TYPES[6:24]))


async def test_the_resources_of_a_group_are_told_in_order(raw: Client) -> None:
    await definitions.install(raw)
    core = await raw.get("/api/v1")
    assert (core["kind"], core["groupVersion"], "apiVersion" in core) == ("APIResourceList", "v1", False)
    names = [each["name"] for each in core["resources"]]
    assert names == sorted(names)
    found: dict[str, Any] = {each["name"]: each for each in core["resources"]}
    maps = found["configmaps"]
    assert maps["verbs"] == ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
    assert (maps["shortNames"], maps["storageVersionHash"]) == (["cm"], "qFsyl6wFWjQ=")
    custom = await raw.get(TYPES)
    assert (custom["apiVersion"], custom["groupVersion"]) == ("v1", "amlarc.azureml.com/v1alpha1")
    types = next(each for each in custom["resources"] if each["name"] == "instancetypes")
    assert types["verbs"] == ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"]
    assert types["singularName"] == "instancetype"


async def test_who_may_not_look_is_told_so_before_anything_is_looked_for(backend: Backend) -> None:
    async with backend.raw("viewer-token") as raw:
        status, said = await raw.ask("GET", "/apis/none.example/v1/things")
        assert (status, said["details"]) == (403, {"group": "none.example", "kind": "things"})
        assert await raw.ask("GET", "/apis/none.example/v1") == PLAIN


async def test_the_items_of_a_list_leave_out_what_the_list_says(raw: Client, home: str) -> None:
    await raw.ask("POST", of(home), config_map("a"))
    listed = await raw.get(of(home))
    assert (listed["kind"], listed["apiVersion"]) == ("ConfigMapList", "v1")
    assert all("kind" not in item and "apiVersion" not in item for item in listed["items"])
    assert (await raw.get(of(home, name="a")))["kind"] == "ConfigMap"


async def test_the_items_of_a_list_of_a_custom_kind_say_it_each(raw: Client) -> None:
    await definitions.install(raw)
    await raw.ask("POST", definitions.TYPES, definitions.instance_type("listed"))
    listed = await raw.get(definitions.TYPES)
    assert {(item["kind"], item["apiVersion"]) for item in listed["items"]} == {
        ("InstanceType", "amlarc.azureml.com/v1alpha1")
    }
