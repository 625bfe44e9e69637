"""A run that is not here: which check says what, in the order of its way."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.domain.build import CLUSTER_ID, NOW, Box, ago, extension, pod
from tests.domain.queued.world import Rows, attached, gpu_node, world
from tui.core.facts import Phase, Source
from tui.core.health import Health
from tui.domain import cluster, relay
from tui.domain import extension as extensions
from tui.domain import pod as pods
from tui.domain.compute import ComputeRow
from tui.domain.queued.absent import absent
from tui.domain.queued.answer import Step


def component(name: str, **more: Any) -> dict[str, Any]:
    return pod(Box(**more), name=f"{name}-7b58dc99cd-c6c4s", owner=("ReplicaSet", f"{name}-7b58dc99cd"))


def here(*components: str) -> Rows:
    """A cluster where all is well: connected, its Relay there."""
    rows = world([gpu_node()], others=list(map(component, components)), settings={"enableTraining": "True"})
    clusters = cluster.decode({"id": CLUSTER_ID, "name": "arc-west", "properties": {
        "provisioningState": "Succeeded", "connectivityStatus": "Connected"}})  # fmt: skip
    name = relay.expected_name("arc-west", "s1", "rg-ml")
    door = relay.decode({
        "id": f"/subscriptions/s1/resourceGroups/rg-ml/providers/Microsoft.Relay/namespaces/{name}", "name": name,
        "properties": {"provisioningState": "Succeeded", "createdAt": ago(99999)},
    })  # fmt: skip
    rows |= {"clusters": {clusters.key: clusters}, "relays": {door.key: door}, "buses": {}}
    return rows


ALL = ("relayserver", "gateway", "aml-operator")


def checks(rows: Rows, run: str = "lost-1", **more: Any) -> dict[str, Step]:
    return {step.id: step for step in absent(run, rows, NOW, **more)}


@pytest.fixture
def well() -> Rows:
    return here(*ALL) | {"computes": {"c": _of_cluster(attached())}}


def _of_cluster(row: ComputeRow) -> ComputeRow:
    return replace(row, resource_id=CLUSTER_ID.lower())


def test_where_nothing_is_broken_that_is_said(well: Rows) -> None:
    found = checks(well)
    assert list(found) == ["extension", "compute", "namespace", "relay", "relayserver", "gateway", "operator", "sight",
                           "delivered"]  # fmt: skip
    last = found.pop("delivered")
    assert {step.health for step in found.values()} == {Health.GOOD}, found
    assert last.health is Health.UNKNOWN
    assert last.title == "no AmlJob of lost-1 is here, and nothing on its way is seen to be broken"
    assert last.evidence == ("the last AmlJob was delivered 2m ago",)
    assert last.remedy.startswith("see in the studio")


def test_runs_of_a_like_name_are_told(well: Rows) -> None:
    assert "runs with a name like it: bert-07" in checks(well, "bert-070")["delivered"].evidence


def test_the_namespace_of_the_compute_does_not_exist(well: Rows) -> None:
    well["computes"] = {"c": _of_cluster(attached(space="ml-east; rm"))}
    step = checks(well)["namespace"]
    assert (step.title, step.health) == ("namespace ml-east; rm does not exist", Health.BAD)
    assert step.remedy == "kubectl create namespace 'ml-east; rm'"
    assert checks(well)["delivered"].evidence[0] == "broken on its way: namespace ml-east; rm does not exist"


def test_a_compute_that_is_not_succeeded(well: Rows) -> None:
    well["computes"] = {"c": _of_cluster(attached("Failed"))}
    step = checks(well)["compute"]
    assert (step.title, step.health) == ("compute arc1 is Failed", Health.BAD)


def test_computes_of_other_clusters_say_nothing(well: Rows) -> None:
    well["computes"] = {"c": replace(attached("Failed"), resource_id=CLUSTER_ID + "-east")}
    assert checks(well)["compute"].title == "this cluster is attached to no workspace"


def test_the_relay_is_gone(well: Rows) -> None:
    well["relays"] = {}
    step = checks(well)["relay"]
    assert (step.health, step.title.endswith(": missing")) == (Health.BAD, True)
    assert "no job comes in" in step.evidence[0]


@pytest.mark.parametrize(("id", "name"), [("relayserver", "relayserver"), ("operator", "aml-operator")])
def test_a_component_that_does_not_run(well: Rows, id: str, name: str) -> None:
    rows = {**well, "pods": {key: row for key, row in well["pods"].items() if row.component != name}}
    assert checks(rows)[id].title == f"{name}: no pod of it is there"
    ill = pods.decode(component(name, state={"waiting": {"reason": "CrashLoopBackOff"}}))
    rows["pods"] = {**rows["pods"], ill.key: ill}
    step = checks(rows)[id]
    assert step.title.startswith(f"{name} 0/1 is ready in azureml: CrashLoopBackOff")
    assert step.remedy == f"kubectl logs -n azureml deployment/{name}"


@pytest.mark.parametrize(
    ("settings", "title"),
    [(None, "the extension is not installed on this cluster"), ({}, "training is off: jobs cannot be sent here")],
)
def test_the_extension(well: Rows, settings: dict[str, str] | None, title: str) -> None:
    row = extensions.decode(extension(settings or {}))
    well["extensions"] = {} if settings is None else {row.key: row}
    assert (checks(well)["extension"].title, checks(well)["extension"].health) == (title, Health.BAD)


def test_what_may_not_be_read_is_not_called_missing(well: Rows) -> None:
    def source(kind: str) -> Source:
        if kind in ("amljobs", "computes"):
            return Source(kind, Phase.DENIED, permission=f"list {kind}")
        return Source(kind, Phase.LIVE, fresh=NOW)

    well["computes"] = {}
    found = checks(well, source=source)
    assert (found["sight"].health, found["sight"].evidence) == (
        Health.UNKNOWN, ("AmlJobs are not seen: you may not list amljobs",),
    )  # fmt: skip
    assert (found["compute"].health, found["compute"].evidence) == (
        Health.UNKNOWN, ("computes are not seen: you may not list computes",),
    )  # fmt: skip
    assert "but AmlJobs of other namespaces are not seen" in found["delivered"].evidence


def test_a_cluster_without_the_crd(well: Rows) -> None:
    def source(kind: str) -> Source:
        return Source(kind, Phase.MISSING if kind == "amljobs" else Phase.LIVE, fresh=NOW)

    assert checks(well, source=source)["sight"].health is Health.BAD


def test_with_nothing_known_it_still_answers() -> None:
    found = checks({})
    assert found["delivered"].health is Health.UNKNOWN
    assert {step.health for step in found.values()} <= {Health.UNKNOWN, Health.GOOD, Health.BAD}
