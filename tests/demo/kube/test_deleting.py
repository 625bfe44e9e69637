"""DELETE over HTTP: what is answered, preconditions, many at once, eviction."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.demo.kube import town
from tests.demo.kube.town import Client, Town

PODS = "/api/v1/namespaces/azureml/pods"
POD = f"{PODS}/gateway-1"
TYPES = "/apis/amlarc.azureml.com/v1alpha1/instancetypes"
Served = tuple[Town, Client]


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with town.open_town(stops=0.05) as (made, client):
        yield made, client


async def gone(made: Town, name: str) -> None:
    await town.until(lambda: made.objects.get("pods", "azureml", name) is None)


async def test_a_pod_is_answered_as_it_goes_and_then_is_gone(served: Served) -> None:
    made, client = served
    status, body = await client.ask("DELETE", POD, {"kind": "DeleteOptions", "gracePeriodSeconds": 5})
    assert (status, body["kind"], body["metadata"]["deletionGracePeriodSeconds"]) == (200, "Pod", 5)
    await gone(made, "gateway-1")
    assert (await client.ask("GET", POD))[0] == 404


async def test_others_are_gone_at_once_with_a_status(served: Served) -> None:
    made, client = served
    uid = (await client.get(f"{TYPES}/small"))["metadata"]["uid"]
    status, body = await client.ask("DELETE", f"{TYPES}/small")
    assert (status, body["kind"], body["status"]) == (200, "Status", "Success")
    assert body["details"] == {"name": "small", "group": "amlarc.azureml.com", "kind": "instancetypes", "uid": uid}
    assert made.objects.get(town.TYPES, None, "small") is None


@pytest.mark.parametrize(
    ("options", "query", "code", "message"),
    [
        ({"preconditions": {"uid": "x"}}, {}, 409,
         'fulfilled on Pod "gateway-1": the UID in the precondition (x) does not match the UID in record ('),
        ({"preconditions": {"resourceVersion": "1"}}, {}, 409,
         "the ResourceVersion in the precondition (1) does not match the ResourceVersion in record ("),
        ({"propagationPolicy": "Sideways"}, {}, 422, 'propagationPolicy: Unsupported value: "Sideways"'),
        ({"propagationPolicy": "Orphan", "orphanDependents": True}, {}, 422, "cannot be both set"),
        ({"gracePeriodSeconds": "x"}, {}, 400, "cannot unmarshal string into Go struct field DeleteOptions"),
        ({"kind": "Pod", "apiVersion": "v1"}, {}, 400, 'no kind "Pod" is registered for version "v1"'),
        ([], {}, 400, "couldn't get version/kind"),
        (None, {"dryRun": "Some"}, 422, 'dryRun: Unsupported value: ["Some"]: supported values: "All"'),
        (None, {"gracePeriodSeconds": "x"}, 400, "invalid syntax"),
    ],
)  # fmt: skip
async def test_deletes_that_are_refused(
    served: Served, options: Any, query: dict[str, str], code: int, message: str
) -> None:
    status, error = await served[1].ask("DELETE", POD, options, params=query)
    assert (status, message in error["message"]) == (code, True), error["message"]
    held = served[0].objects.get("pods", "azureml", "gateway-1")
    assert held is not None
    assert "deletionTimestamp" not in held["metadata"]


async def test_less_than_no_grace_is_the_least_there_is(served: Served) -> None:
    status, body = await served[1].ask("DELETE", POD, {"gracePeriodSeconds": -1})
    assert (status, body["metadata"]["deletionGracePeriodSeconds"]) == (200, 1)


async def test_a_pod_that_goes_at_once_is_answered_as_one_that_goes(served: Served) -> None:
    made, client = served
    status, body = await client.ask("DELETE", POD, params={"gracePeriodSeconds": "0"})
    meta = body["metadata"]
    assert (status, meta["deletionGracePeriodSeconds"], meta["deletionTimestamp"], meta["generation"]) == (
        200, 0, "2023-11-14T22:13:20Z", 2,
    )  # fmt: skip
    assert made.objects.get("pods", "azureml", "gateway-1") is None


@pytest.mark.parametrize(("options", "query"), [({"dryRun": ["All"]}, {}), (None, {"dryRun": "All"})])
async def test_a_dry_run_deletes_nothing(served: Served, options: Any, query: dict[str, str]) -> None:
    made, client = served
    before = made.objects.version
    assert (await client.ask("DELETE", POD, options, params=query))[0] == 200
    assert made.objects.version == before


async def test_what_is_not_there(served: Served) -> None:
    status, error = await served[1].ask("DELETE", f"{PODS}/none")
    assert (status, error["reason"]) == (404, "NotFound")


async def test_many_at_once(served: Served) -> None:
    made, client = served
    status, body = await client.ask(
        "DELETE", PODS, params={"labelSelector": "app=gateway-1", "gracePeriodSeconds": "0"}
    )
    assert (status, body["kind"], [item["metadata"]["name"] for item in body["items"]]) == (
        200,
        "PodList",
        ["gateway-1"],
    )
    assert [pod["metadata"]["name"] for pod in made.objects.list("pods", "azureml")] == ["relayserver-1"]


async def test_the_last_finalizer_lets_go(served: Served) -> None:
    made, client = served
    made.objects.change(town.TYPES, None, "small", lambda o: o["metadata"].update(finalizers=["x/y"]))
    status, body = await client.ask("DELETE", f"{TYPES}/small")
    assert (status, body["kind"], "deletionTimestamp" in body["metadata"]) == (200, "InstanceType", True)
    merge = "application/merge-patch+json"
    assert (await client.ask("PATCH", f"{TYPES}/small", {"metadata": {"finalizers": None}}, merge))[0] == 200
    assert made.objects.get(town.TYPES, None, "small") is None


async def test_nothing_new_in_a_namespace_that_goes(served: Served) -> None:
    made, client = served
    made.objects.change("namespaces", None, "azureml", lambda o: o["metadata"].update(finalizers=["hold"]))
    assert (await client.ask("DELETE", "/api/v1/namespaces/azureml"))[0] == 200
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}
    status, error = await client.ask("POST", "/api/v1/namespaces/azureml/configmaps", body)
    assert (status, error["reason"]) == (403, "Forbidden")
    assert error["message"].endswith("in namespace azureml because it is being terminated")


def eviction() -> dict[str, Any]:
    return {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "gateway-1", "namespace": "azureml"}}


async def test_an_eviction_deletes(served: Served) -> None:
    made, client = served
    status, body = await client.ask("POST", f"{POD}/eviction", eviction())
    assert (status, body["status"]) == (201, "Success")
    await gone(made, "gateway-1")


async def test_a_disruption_budget_forbids_it(served: Served) -> None:
    made, client = served
    budget = {
        "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": town.meta("b", "azureml"),
        "spec": {"selector": {"matchLabels": {"app": "gateway-1"}}}, "status": {"disruptionsAllowed": 0},
    }  # fmt: skip
    made.objects.create("poddisruptionbudgets.policy", budget)
    status, error = await client.ask("POST", f"{POD}/eviction", eviction())
    assert (status, error["reason"]) == (429, "TooManyRequests")
    assert error["message"] == "Cannot evict pod as it would violate the pod's disruption budget."
    status, error = await client.ask("POST", f"{PODS}/none/eviction", eviction())
    assert (status, error["message"]) == (400, "name in URL does not match name in Eviction object")
    none = {**eviction(), "metadata": {"name": "none"}}
    assert (await client.ask("POST", f"{PODS}/none/eviction", none))[0] == 404
