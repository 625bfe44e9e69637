"""Which ARM resource a cluster says it is."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

from tests.client.api import client, refusal, running
from tui.client.target import checked_id, find_cluster_id, of_config_map, of_node
from tui.core.errors import Problem, UsageProblem

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
