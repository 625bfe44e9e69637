"""UPDATE and PATCH over HTTP: conflicts, status, the four forms of patches, server-side apply, dry run."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo.kube.town import Client, Town

JSON, MERGE, STRATEGIC, APPLY = (
    f"application/{form}"
    for form in ("json-patch+json", "merge-patch+json", "strategic-merge-patch+json", "apply-patch+yaml")
)
DEPLOYMENT = "/apis/apps/v1/namespaces/azureml/deployments/gateway"
POD = "/api/v1/namespaces/azureml/pods/gateway-1"
TYPE = "/apis/amlarc.azureml.com/v1alpha1/instancetypes/small"
Served = tuple[Town, Client]


async def test_an_update_and_its_conflict(served: Served) -> None:
    client = served[1]
    body = await client.get(TYPE)
    body["spec"]["weight"] = 3
    status, new = await client.ask("PUT", TYPE, body)
    assert (status, new["spec"]["weight"], new["metadata"]["generation"]) == (200, 3, 2)
    assert int(new["metadata"]["resourceVersion"]) > int(body["metadata"]["resourceVersion"])
    status, error = await client.ask("PUT", TYPE, body)
    assert (status, error["reason"]) == (409, "Conflict")
    assert error["message"] == (
        'Operation cannot be fulfilled on instancetypes.amlarc.azureml.com "small": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )


async def test_a_write_that_changes_nothing_is_no_event(served: Served) -> None:
    made, client = served
    before = made.objects.version
    assert (await client.ask("PUT", TYPE, await client.get(TYPE)))[0] == 200
    assert (await client.ask("PATCH", POD, {"metadata": {"labels": {"app": "gateway-1"}}}, MERGE))[0] == 200
    assert made.objects.version == before


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        (
            {"metadata": {"name": "other"}},
            400,
            "the name of the object (other) does not match the name on the URL (small)",
        ),
        ({"metadata": {"resourceVersion": None}}, 422, "metadata.resourceVersion: Invalid value: 0: must be specified"),
        ({"metadata": {"uid": "x"}}, 409, "Precondition failed: UID in precondition: x, UID in object meta: "),
        ({"spec": {"resources": None}}, 422, "spec.resources: Required value"),
        ({"metadata": {"name": ""}}, 400, "the name of the object (small based on URL) was undeterminable"),
        ({"metadata": {"resourceVersion": "soon"}}, 500, 'strconv.ParseUint: parsing "soon": invalid syntax'),
    ],
)
async def test_updates_that_are_refused(served: Served, change: dict[str, Any], code: int, message: str) -> None:
    body = await served[1].get(TYPE)
    for part, values in change.items():
        body[part] |= values
    status, error = await served[1].ask("PUT", TYPE, body)
    assert (status, message in error["message"]) == (code, True), error["message"]


async def test_what_no_writer_changes(served: Served) -> None:
    client = served[1]
    old = await client.get(TYPE)
    body = {**old, "metadata": {**old["metadata"], "creationTimestamp": "1999-01-01T00:00:00Z", "generation": 99}}
    body["spec"] = {**old["spec"], "weight": 2}
    new = (await client.ask("PUT", TYPE, body))[1]
    assert new["metadata"]["creationTimestamp"] == old["metadata"]["creationTimestamp"]
    assert new["metadata"]["generation"] == 2


async def test_status_and_the_rest_are_written_apart(served: Served) -> None:
    client = served[1]
    both = {"spec": {"weight": 4}, "status": {"phase": "Known"}}
    status, new = await client.ask("PATCH", f"{TYPE}/status", both, MERGE, params={"fieldManager": "operator"})
    assert (status, new["status"], "weight" in new["spec"], new["metadata"]["generation"]) == (
        200, {"phase": "Known"}, False, 1,
    )  # fmt: skip
    entry = new["metadata"]["managedFields"][0]
    assert (entry["manager"], entry["subresource"], entry["fieldsV1"]) == (
        "operator", "status", {"f:status": {".": {}, "f:phase": {}}},
    )  # fmt: skip
    new = (await client.ask("PATCH", TYPE, {"spec": {"weight": 4}, "status": {"phase": "Forged"}}, MERGE))[1]
    assert (new["status"], new["spec"]["weight"]) == ({"phase": "Known"}, 4)
    assert (await client.ask("PATCH", "/api/v1/namespaces/azureml/configmaps/x/status", {}, MERGE))[0] == 404


@pytest.mark.parametrize(
    ("media", "patch"),
    [
        (STRATEGIC, {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "img:2"}]}}}}),
        (JSON, [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "img:2"}]),
        (MERGE, {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "img:2"}]}}}}),
    ],
)
async def test_patches_of_three_kinds(served: Served, media: str, patch: Any) -> None:
    status, new = await served[1].ask("PATCH", DEPLOYMENT, patch, media)
    assert status == 200, new
    assert new["spec"]["template"]["spec"]["containers"] == [{"name": "main", "image": "img:2"}]
    assert new["spec"]["replicas"] == 1


@pytest.mark.parametrize(
    ("path", "media", "patch", "code", "message"),
    [
        (TYPE, STRATEGIC, {}, 415, "media types include: application/json-patch+json, application/merge-patch+json"),
        (POD, "text/plain", {}, 415, "415: Unsupported Media Type"),
        (POD, MERGE, [], 400, "error decoding patch"),
        (POD, JSON, {}, 400, "error decoding patch"),
        (POD, JSON, [{"op": "test", "path": "/kind", "value": "x"}], 422, "rejected our request due to an error in"),
        (POD, MERGE, {"metadata": {"name": "other"}}, 400, "does not match the name on the URL"),
        (POD, MERGE, {"metadata": None}, 400, "was undeterminable: name must be provided"),
        (POD, MERGE, {"metadata": {"uid": "x"}}, 422, 'metadata.uid: Invalid value: "x": field is immutable'),
        (POD, MERGE, {"metadata": {"labels": {"a b": "c"}}}, 422, "metadata.labels: Invalid value"),
        (POD, MERGE, {"kind": "Node"}, 422, 'no kind "Node" is registered for version "v1"'),
        (TYPE, MERGE, {"kind": "Other"}, 422, 'kind: Invalid value: "Other": must be InstanceType'),
        (TYPE, MERGE, {"apiVersion": "v1"}, 422, 'apiVersion: Invalid value: "v1": must be amlarc.azureml.com/v1'),
        (TYPE, MERGE, {"metadata": {"labels": {"a": 5}}}, 422, "unmarshal number into Go struct field"),
        (POD, MERGE, {"metadata": {"resourceVersion": "1"}}, 409, "the object has been modified"),
        (POD, MERGE, {"spec": {"containers": [{"name": "other", "image": "x"}]}}, 422, "pod updates may not change"),
        (POD, STRATEGIC, {"spec": {"containers": [{"image": "x"}]}}, 500, "does not contain declared merge key: name"),
        (TYPE, MERGE, {"spec": {"weight": 99}}, 422, "should be less than or equal to 10"),
        (f"{POD}x", MERGE, {}, 404, 'pods "gateway-1x" not found'),
        (DEPLOYMENT, MERGE, {"spec": {"selector": {"matchLabels": {"app": "x"}}}}, 422, "field is immutable"),
        (DEPLOYMENT, MERGE, {"spec": {"replicas": "two"}}, 422,
         "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32"),
        (DEPLOYMENT, MERGE, {"spec": {"replicas": -1}}, 422, "spec.replicas: Invalid value: -1: must be greater than"),
    ],
)  # fmt: skip
async def test_patches_that_are_refused(
    served: Served, path: str, media: str, patch: Any, code: int, message: str
) -> None:
    before = served[0].objects.version
    status, error = await served[1].ask("PATCH", path, patch, media)
    assert (status, message in error["message"]) == (code, True), error["message"]
    assert served[0].objects.version == before


async def test_unknown_fields_in_a_patch(served: Served) -> None:
    client, patch = served[1], {"spec": {"colour": "red"}}
    status, error = await client.ask("PATCH", TYPE, patch, MERGE, params={"fieldValidation": "Strict"})
    assert (status, error["reason"]) == (422, "Invalid")
    assert error["message"].endswith('strict decoding error: unknown field "spec.colour"')
    assert (await client.ask("PATCH", TYPE, patch, MERGE))[0] == 200
    assert "colour" not in (await client.get(TYPE))["spec"]


def applied(name: str = "small", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "amlarc.azureml.com/v1alpha1",
        "kind": "InstanceType",
        "metadata": {"name": name},
        "spec": spec,
    }


RESOURCES = {"limits": {"cpu": "1", "memory": "2Gi"}}


async def test_apply_creates_and_then_says_the_same(served: Served) -> None:
    client, path = served[1], TYPE.replace("small", "made")
    body, query = applied("made", resources=RESOURCES), {"fieldManager": "me"}
    status, new = await client.ask("PATCH", path, body, APPLY, params=query)
    assert (status, new["spec"]["tier"]) == (201, "standard")
    entry = new["metadata"]["managedFields"][0]
    assert (entry["manager"], entry["operation"]) == ("me", "Apply")
    assert "f:tier" not in entry["fieldsV1"]["f:spec"]
    status, again = await client.ask("PATCH", path, body, APPLY, params=query)
    assert (status, again) == (200, new)


async def test_apply_conflicts_and_force(served: Served) -> None:
    client, path = served[1], TYPE.replace("small", "made")
    await client.ask(
        "PATCH", path, applied("made", resources=RESOURCES, weight=1), APPLY, params={"fieldManager": "one"}
    )
    other = applied("made", resources=RESOURCES, weight=2)
    status, error = await client.ask("PATCH", path, other, APPLY, params={"fieldManager": "two"})
    assert (status, error["details"]["causes"]) == (
        409, [{"reason": "FieldManagerConflict", "message": 'conflict with "one"', "field": ".spec.weight"}],
    )  # fmt: skip
    status, new = await client.ask("PATCH", path, other, APPLY, params={"fieldManager": "two", "force": "true"})
    assert (status, new["spec"]["weight"]) == (200, 2)
    status, new = await client.ask(
        "PATCH", path, applied("made", resources=RESOURCES), APPLY, params={"fieldManager": "two"}
    )
    assert "weight" not in new["spec"]


async def test_apply_of_a_built_in_kind(served: Served) -> None:
    client = served[1]
    container = {
        "name": "extra",
        "image": "x:1",
        "ports": [{"containerPort": 80}],
        "env": [{"name": "A", "value": "1"}],
    }
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "gateway"},
            "spec": {"template": {"spec": {"containers": [container]}}}}  # fmt: skip
    status, new = await client.ask("PATCH", DEPLOYMENT, body, APPLY, params={"fieldManager": "me"})
    assert status == 200, new
    assert [c["name"] for c in new["spec"]["template"]["spec"]["containers"]] == ["main", "extra"]
    body["spec"] = {}
    new = (await client.ask("PATCH", DEPLOYMENT, body, APPLY, params={"fieldManager": "me"}))[1]
    assert [c["name"] for c in new["spec"]["template"]["spec"]["containers"]] == ["main"]


@pytest.mark.parametrize(
    ("body", "query", "code", "message"),
    [
        (applied(resources=RESOURCES), {}, 422, "fieldManager: Required value: is required for apply patch"),
        ({**applied(resources=RESOURCES), "metadata": {"name": "small", "managedFields": [{"manager": "x"}]}},
         {"fieldManager": "me"}, 400, "metadata.managedFields must be nil"),
        (applied(resources=RESOURCES, colour="red"), {"fieldManager": "me"}, 500,
         "failed to create typed patch object (/small; amlarc.azureml.com/v1alpha1, Kind=InstanceType): .spec.colour: "
         "field not declared in schema"),
        (applied("other"), {"fieldManager": "me"}, 400, "the name of the object (other) does not match the name on"),
        ({**applied(resources=RESOURCES), "metadata": {"resourceVersion": "1"}}, {"fieldManager": "me"}, 409,
         "the object has been modified"),
    ],
)  # fmt: skip
async def test_applies_that_are_refused(
    served: Served, body: dict[str, Any], query: dict[str, str], code: int, message: str
) -> None:
    status, error = await served[1].ask("PATCH", TYPE, body, APPLY, params=query)
    assert (status, message in error["message"]) == (code, True), error["message"]


async def test_force_is_for_applies_only(served: Served) -> None:
    status, error = await served[1].ask("PATCH", POD, {}, MERGE, params={"force": "true"})
    assert (status, error["message"]) == (
        422, 'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    )  # fmt: skip


@pytest.mark.parametrize("media", [MERGE, APPLY])
async def test_a_dry_run_says_what_would_be(served: Served, media: str) -> None:
    made, client = served
    before = made.objects.version
    query = {"dryRun": "All", "fieldManager": "me"}
    body = applied(resources={}, weight=5)
    status, new = await client.ask("PATCH", TYPE, body, media, params=query)
    assert (status, new["spec"]["weight"], made.objects.version) == (200, 5, before)
    assert "weight" not in (await client.get(TYPE))["spec"]


async def test_managed_fields_can_be_rewritten(served: Served) -> None:
    client = served[1]
    await client.ask("PATCH", TYPE, {"spec": {"weight": 2}}, MERGE, params={"fieldManager": "old"})
    patch = [{"op": "replace", "path": "/metadata/managedFields/0/manager", "value": "new"}]
    new = (await client.ask("PATCH", TYPE, patch, JSON, params={"fieldManager": "migrator"}))[1]
    assert [entry["manager"] for entry in new["metadata"]["managedFields"]] == ["new"]


async def test_scale(served: Served) -> None:
    made, client = served
    found = await client.get(f"{DEPLOYMENT}/scale")
    assert (found["kind"], found["spec"], found["status"]) == (
        "Scale", {"replicas": 1}, {"replicas": 1, "selector": "app=gateway"},
    )  # fmt: skip
    status, new = await client.ask("PUT", f"{DEPLOYMENT}/scale", {**found, "spec": {"replicas": 3}})
    assert (status, new["spec"]) == (200, {"replicas": 3})
    assert (await client.ask("PUT", f"{DEPLOYMENT}/scale", found))[0] == 409
    status, error = await client.ask("PATCH", f"{DEPLOYMENT}/scale", {"spec": {"replicas": -1}}, MERGE)
    assert (status, error["details"]["kind"]) == (422, "Scale")
    assert (await client.ask("PATCH", f"{DEPLOYMENT}/scale", {"spec": {"replicas": "x"}}, MERGE))[0] == 422
    assert (await client.ask("PUT", f"{DEPLOYMENT}/scale", {"spec": {"replicas": 2}}))[0] == 400
    held = made.objects.get("deployments.apps", "azureml", "gateway")
    assert held is not None
    assert held["spec"]["replicas"] == 3
    (entry,) = held["metadata"]["managedFields"]
    assert (entry["subresource"], entry["fieldsV1"]) == ("scale", {"f:spec": {"f:replicas": {}}})
