"""The custom kinds: their schemas are accepted, their columns printed, and what is wrong with an object is said."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.contract import definitions
from tests.contract.backends import Backend
from tests.contract.definitions import JOBS, TYPES, instance_type, vcjob
from tests.contract.test_tables import TABLE
from tests.demo.kube.town import Client
from tui.client.kube import KubeClient
from tui.client.wire import PageOfRows
from tui.core.errors import Problem
from tui.domain.kinds import INSTANCE_TYPES

GPU = {"requests": {"cpu": "1", "memory": "2Gi"}, "limits": {"cpu": 1, "memory": "2Gi", "nvidia.com/gpu": 1}}


@pytest.fixture
async def installed(raw: Client) -> str:
    """Every definition, and a name that no other case has."""
    await definitions.install(raw)
    return f"t{uuid.uuid4().hex[:8]}"


async def test_what_is_applied_is_decoded_as_it_was_meant(kube: KubeClient, installed: str) -> None:
    made = await kube.apply(instance_type(installed, nodeSelector={"pool": "gpu"}, resources=GPU))
    assert isinstance(made, dict), made
    assert made["spec"]["resources"]["limits"]["cpu"] == 1
    pages = [page async for page in kube.list_pages(INSTANCE_TYPES)]
    rows = [row for page in pages if isinstance(page, PageOfRows) for row in page.rows if row.key == installed]
    assert len(rows) == 1


async def test_the_columns_are_those_of_the_definition(raw: Client, kube: KubeClient, installed: str) -> None:
    await kube.apply(instance_type(installed, resources=GPU))
    table = await raw.get(f"{TYPES}/{installed}", headers=TABLE)
    columns = table["columnDefinitions"]
    assert [column["name"] for column in columns] == ["Name", "CPU", "Memory", "GPU", "Age"]
    described = "Custom resource definition column (in JSONPath format): .spec.resources.requests.cpu"
    assert (columns[1]["description"], columns[1]["priority"]) == (described, 0)
    assert table["rows"][0]["cells"][:4] == [installed, "1", "2Gi", "1"]


@pytest.mark.parametrize(
    ("spec", "fields"),
    [
        ({"resources": {"limits": {"cpu": [1]}}}, ["spec.resources.limits.cpu"]),
        ({"nodeSelector": {"pool": 1}}, ["spec.nodeSelector.pool"]),
        ({"nodeSelector": "gpu", "resources": 1}, ["spec.nodeSelector", "spec.resources"]),
    ],
)
async def test_a_wrong_type_is_said_with_the_path_of_its_field(
    raw: Client, kube: KubeClient, installed: str, spec: dict[str, Any], fields: list[str]
) -> None:
    status, said = await raw.ask("POST", TYPES, instance_type(installed, **spec))
    assert (status, said["reason"]) == (422, "Invalid")
    named = {cause["field"] for cause in said["details"]["causes"]}
    assert sorted(named - {"<nil>"}) == fields
    found = await kube.apply(instance_type(installed, **spec))
    assert isinstance(found, Problem)
    assert all(field in found.what for field in fields)


async def test_a_wrong_amount_is_said_three_times_once_without_a_field(raw: Client, installed: str) -> None:
    _status, said = await raw.ask("POST", TYPES, instance_type(installed, resources={"limits": {"cpu": [1]}}))
    field = "spec.resources.limits.cpu"
    assert [(cause["field"], cause["message"]) for cause in said["details"]["causes"]] == [
        (field, f'Invalid value: "array": {field} in body must be of type integer,string: "array"'),
        ("<nil>", f'Invalid value: "": "{field}" must validate at least one schema (anyOf)'),
        (field, f'Invalid value: "array": {field} in body must be of type integer: "array"'),
    ]


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"kind": "Wrong"}, 422, 'Wrong.amlarc.azureml.com "x" is invalid: kind: Invalid value: "Wrong": must be Inst'),
        ({"apiVersion": "v1"}, 400, "the API version in the data (v1) does not match the expected API version (amlarc"),
        ({"kind": ""}, 400, "the object provided is unrecognized (must be of type InstanceType): Object 'Kind' is mis"),
        ({"metadata": []}, 400, "json: cannot unmarshal array into Go value of type v1.ObjectMeta"),
        ({"metadata": {"name": 5}}, 400, "json: cannot unmarshal number into Go struct field ObjectMeta.name of type"),
        ({"metadata": {"name": "x", "resourceVersion": "5"}}, 201, ""),  # what only a store would notice
        ({"spec": None}, 201, ""),
        ({"metadata": {"name": "x", "namespace": "other"}}, 201, ""),
    ],
)
async def test_what_may_be_created(raw: Client, installed: str, change: dict[str, Any], code: int, words: str) -> None:
    status, said = await raw.ask("POST", f"{TYPES}?dryRun=All", {**instance_type("x"), **change})
    assert status == code, said
    assert words in said.get("message", "")


async def test_an_update_must_say_of_which_state_and_a_create_of_none(
    raw: Client, kube: KubeClient, installed: str
) -> None:
    body = {**instance_type("x"), "metadata": {"name": installed, "resourceVersion": "5"}}
    status, said = await raw.ask("POST", TYPES, body)
    assert (status, said["message"]) == (500, "resourceVersion should not be set on objects to be created")
    await kube.apply(instance_type(installed))
    status, said = await raw.ask("PUT", f"{TYPES}/{installed}", instance_type(installed))
    assert (status, said["details"]["kind"]) == (422, "instancetypes")
    assert "metadata.resourceVersion: Invalid value: 0: must be specified for an update" in said["message"]


@pytest.mark.parametrize(
    ("patch", "code", "words"),
    [
        ({"kind": "Other"}, 422, 'kind: Invalid value: "Other": must be InstanceType'),
        ({"apiVersion": "v1"}, 422, 'apiVersion: Invalid value: "v1": must be amlarc.azureml.com/v1alpha1'),
        ({"metadata": {"name": "other"}}, 400, "does not match the name on the URL"),
        ({"metadata": {"labels": {"a": 5}}}, 422, "unmarshal number into Go struct field ObjectMeta.labels of type"),
        ({"metadata": {"labels": {"a b": "c"}}}, 422, "metadata.labels: Invalid value"),
        ({"spec": {"nodeSelector": None}}, 200, ""),
    ],
)
async def test_patches(
    raw: Client, kube: KubeClient, installed: str, patch: dict[str, Any], code: int, words: str
) -> None:
    await kube.apply(instance_type(installed, nodeSelector={"a": "b"}))
    status, said = await raw.ask("PATCH", f"{TYPES}/{installed}", patch, "application/merge-patch+json")
    assert status == code, said
    assert words in said.get("message", "")


async def test_a_strategic_patch_is_for_built_in_kinds_only(raw: Client, kube: KubeClient, installed: str) -> None:
    await kube.apply(instance_type(installed))
    strategic = "application/strategic-merge-patch+json"
    status, said = await raw.ask("PATCH", f"{TYPES}/{installed}", {}, strategic)
    assert (status, said["reason"]) == (415, "UnsupportedMediaType")


async def test_an_apply_of_a_wrong_type_fails_before_any_validation(raw: Client, installed: str) -> None:
    body = instance_type(installed, nodeSelector="gpu", resources=1)
    status, said = await raw.ask("PATCH", f"{TYPES}/{installed}?fieldManager=me", body, "application/apply-patch+yaml")
    assert (status, "details" in said, "reason" in said) == (500, False, False)
    what = f"(/{installed}; amlarc.azureml.com/v1alpha1, Kind=InstanceType)"
    assert said["message"].startswith(f"failed to create typed patch object {what}: errors:")
    assert ".spec.nodeSelector: expected map, got &{gpu}" in said["message"]
    assert ".spec.resources: expected map, got &{1}" in said["message"]


async def test_an_unknown_field_is_dropped_warned_of_or_refused_as_asked(raw: Client, installed: str) -> None:
    body = instance_type(installed, resources=GPU, colour="red")
    status, said = await raw.ask("POST", f"{TYPES}?fieldValidation=Strict", body)
    assert status == 400
    assert 'unknown field "spec.colour"' in said["message"]
    async with raw.stream("POST", f"{TYPES}?fieldValidation=Warn&dryRun=All", json=body) as answer:
        assert answer.status == 201
        assert answer.headers["Warning"] == r'299 - "unknown field \"spec.colour\""'
        assert "colour" not in (await answer.json())["spec"]


async def test_an_unknown_field_cannot_be_applied(kube: KubeClient, installed: str) -> None:
    found = await kube.apply(instance_type(installed, colour="red"))
    assert isinstance(found, Problem)
    assert ".spec.colour: field not declared in schema" in found.what


async def test_a_bad_name_is_refused(kube: KubeClient, installed: str) -> None:
    found = await kube.apply(instance_type("Big_GPU"))
    assert isinstance(found, Problem)
    assert found.status == 422
    assert "metadata.name" in found.what


async def test_a_status_is_written_apart(raw: Client, installed: str, home: str) -> None:
    path = JOBS.format(home)
    status, made = await raw.ask("POST", path, {**vcjob("j"), "status": {"running": 5}})
    assert status == 201
    assert "status" not in made
    await raw.ask("PATCH", f"{path}/j", {"status": {"running": 5}}, "application/merge-patch+json")
    assert "status" not in await raw.get(f"{path}/j")
    body = {"status": {"running": 2, "state": {"phase": "Running"}}, "spec": {"queue": "other"}}
    status, made = await raw.ask("PATCH", f"{path}/j/status", body, "application/merge-patch+json")
    assert (status, made["status"]["running"], made["spec"]["queue"]) == (200, 2, "default")
    assert made["metadata"]["generation"] == 1


async def test_numbers_must_be_of_the_size_they_say(raw: Client, installed: str, home: str) -> None:
    status, said = await raw.ask("POST", JOBS.format(home), vcjob("j", minAvailable=2.5))
    assert (status, {cause["field"] for cause in said["details"]["causes"]}) == (422, {"spec.minAvailable", "<nil>"})
    assert 'spec.minAvailable in body must be of type int32: "float64"' in said["message"]
    status, said = await raw.ask("POST", JOBS.format(home), vcjob("j", minAvailable=5_000_000_000))
    assert (status, said["details"]["causes"][0]["field"]) == (422, "<nil>")
    assert "must be of type integer with format int32 in spec.minAvailable" in said["message"]


async def test_a_kind_that_is_not_installed_is_not_found(backend: Backend, raw: Client, kube: KubeClient) -> None:
    status, _said = await raw.ask("GET", "/apis/nothing.example/v1/things")
    assert status == 404
    body = {"apiVersion": "nothing.example/v1", "kind": "Thing", "metadata": {"name": "x"}}
    found = await kube.apply(body)
    assert isinstance(found, Problem)
    assert found.status == 404
