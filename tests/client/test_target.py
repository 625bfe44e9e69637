"""Which ARM resource a cluster says it is."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

from tests.client.api import client, refusal, running
from tests.client.arm import endpoint, error
from tui.client.target import NodeGroup, checked_id, find_cluster_id, find_managed, of_config_map, of_node
from tui.core.errors import Problem, UsageProblem
from tui.demo import tls

ARC = {
    "AZURE_SUBSCRIPTION_ID": "s", "AZURE_RESOURCE_GROUP": "g", "AZURE_RESOURCE_NAME": "c",
    "CLUSTER_TYPE": "ConnectedClusters",
}  # fmt: skip
ARC_ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Kubernetes/connectedClusters/c"
AKS_ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c"


def node(group: str = "MC_g_c_eastus", **labels: str) -> dict[str, Any]:
    provider = f"azure:///subscriptions/s/resourceGroups/{group}/providers/Microsoft.Compute/x/y"
    return {"spec": {"providerID": provider}, "metadata": {"labels": labels}}


def test_the_config_map_of_the_agents_spells_it() -> None:
    assert of_config_map(ARC) == ARC_ID
    assert of_config_map({**ARC, "CLUSTER_TYPE": None}) == ARC_ID
    managed = {**ARC, "CLUSTER_TYPE": "managedclusters"}
    assert of_config_map(managed) == AKS_ID
    assert of_config_map({**ARC, "AZURE_RESOURCE_NAME": ""}) == ""
    assert of_config_map({**ARC, "AZURE_RESOURCE_NAME": "c/../x"}) == ""


def test_a_node_s_group_tells_it_unless_nobody_could_split_it() -> None:
    assert of_node(node()) == AKS_ID
    assert of_node(node("mc_g_c_eastus")) == AKS_ID
    assert of_node(node("by-hand", **{"kubernetes.azure.com/cluster": "MC_g_c_eastus"})) == AKS_ID
    assert of_node(node("MC_my_group_c_eastus")) == ""
    assert of_node(node("by-hand")) == ""
    assert of_node({"spec": {"providerID": "aws:///x"}}) == ""
    assert of_node({}) == ""


MANAGED = [
    {"id": AKS_ID.replace("/c", "/other"), "properties": {"nodeResourceGroup": "MC_my_group_d_eastus"}},
    {"id": AKS_ID, "properties": {"nodeResourceGroup": "MC_my_group_c_eastus"}},
    {"id": "nonsense", "properties": {"nodeResourceGroup": "by-hand"}}, {"properties": None},
]  # fmt: skip


async def test_arm_tells_the_cluster_of_a_node_group_whose_name_does_not(certificates: tls.Certificates) -> None:
    async with endpoint(certificates) as (api, arm):
        api.handle = lambda request: web.json_response({"value": MANAGED})
        for name, found in (("mc_MY_group_c_eastus", AKS_ID), ("by-hand", ""), ("none", "")):
            assert await find_managed(arm, NodeGroup("s", name)) == found
        assert {(request.path, request.query["api-version"]) for request in api.asked} == {
            ("/subscriptions/s/providers/Microsoft.ContainerService/managedClusters", "2023-10-01")
        }
        api.handle = lambda request: error(403, "AuthorizationFailed", "no role")
        answer = await find_managed(arm, NodeGroup("s", "x"))
        assert isinstance(answer, Problem)
        assert answer.status == 403


def cluster(config_map: Any, nodes: Any) -> Any:
    def handle(request: web.Request) -> web.Response:
        found = nodes if request.path.endswith("/nodes") else config_map
        return refusal(found, f"status {found}") if isinstance(found, int) else web.json_response(found)

    return handle


@pytest.mark.parametrize(
    ("config_map", "nodes", "found"),
    [
        ({"data": ARC}, 500, ARC_ID),
        (404, {"items": [node()]}, AKS_ID),
        (403, {"items": [node()]}, AKS_ID),
        ({"data": None}, {"items": []}, ""),
        (404, {"items": []}, ""),
        (404, {"items": [node("by-hand")]}, NodeGroup("s", "by-hand")),
        (403, {"items": [node("MC_a_b_c_d")]}, NodeGroup("s", "MC_a_b_c_d")),
        (404, {"items": [{"spec": None}]}, ""),
        (404, 403, 403),
        (403, {"items": []}, 403),
        (503, {"items": [node()]}, 503),
        (404, 503, 503),
    ],
)
async def test_the_cluster_is_asked(config_map: Any, nodes: Any, found: Any) -> None:
    async with running() as api, client(api.url) as kube:
        api.handle = cluster(config_map, nodes)
        answer = await find_cluster_id(kube)
    assert (answer.status if isinstance(answer, Problem) else answer) == found


def test_an_id_somebody_typed_is_mended_or_refused() -> None:
    assert checked_id(ARC_ID.lstrip("/") + "/", "--cluster-id") == ARC_ID
    assert checked_id(AKS_ID.lower(), "--cluster-id") == AKS_ID.lower()
    for bad in ("", "c", ARC_ID.replace("connectedClusters", "virtualMachines"), f"{ARC_ID}/x/y", "/subscriptions/s"):
        with pytest.raises(UsageProblem, match=r"^--cluster-id: .* is not the ARM id of a connectedclusters resource"):
            checked_id(bad, "--cluster-id")
