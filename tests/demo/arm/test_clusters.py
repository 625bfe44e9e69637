"""Clusters in answers: their casing, and what agents have not told yet."""

from __future__ import annotations

from tests.demo.arm.cloud import AKS, ARC, GROUP, SUB, Cloud

ARC_VERSION = "2024-01-01"
AKS_VERSION = "2023-10-01"


async def test_a_connected_cluster_changes_its_casing(cloud: Cloud) -> None:
    first, second = await cloud.get(ARC, ARC_VERSION), await cloud.get(ARC, ARC_VERSION)
    assert first["type"] == "microsoft.kubernetes/connectedclusters"
    assert {first["properties"]["distribution"], second["properties"]["distribution"]} == {"aks", "AKS"}
    assert first["properties"]["kubernetesVersion"] == "1.27.3"


async def test_what_agents_report_is_absent_while_it_connects(cloud: Cloud) -> None:
    cloud.state.edit(ARC, lambda body: body["properties"].update(connectivityStatus="Connecting", totalNodeCount=3))
    inner = (await cloud.get(ARC, ARC_VERSION))["properties"]
    assert inner["connectivityStatus"] == "Connecting"
    assert not {"kubernetesVersion", "totalNodeCount", "agentVersion", "lastConnectivityTime"} & set(inner)


async def test_a_managed_cluster_has_another_id_than_it_was_asked_by(cloud: Cloud) -> None:
    body = await cloud.get(AKS, AKS_VERSION)
    assert body["id"] != AKS
    assert body["id"].lower() == AKS.lower()
    assert body["type"] == "Microsoft.ContainerService/ManagedClusters"


async def test_lists_by_group_and_by_subscription(cloud: Cloud) -> None:
    other = f"/subscriptions/{SUB}/resourceGroups/other/providers/Microsoft.Kubernetes/connectedClusters/far"
    cloud.state.put({"id": other, "properties": {}})
    kind = "providers/Microsoft.Kubernetes/connectedClusters"
    assert [c["name"] for c in (await cloud.get(f"{GROUP}/{kind}", ARC_VERSION))["value"]] == ["edge-01"]
    whole = await cloud.get(f"/subscriptions/{SUB}/{kind}", ARC_VERSION)
    assert [c["name"] for c in whole["value"]] == ["edge-01", "far"]
    assert {c["type"] for c in whole["value"]} == {"microsoft.kubernetes/connectedclusters"}
    nobody = f"{GROUP}x/{kind}"
    assert (await cloud.refused("GET", nobody, ARC_VERSION))[1] == "ResourceGroupNotFound"


async def test_an_extension_can_be_upon_a_managed_cluster(cloud: Cloud) -> None:
    path = f"{AKS}/providers/Microsoft.KubernetesConfiguration/extensions/ml"
    body = {"properties": {"extensionType": "microsoft.azureml.kubernetes"}}
    status, _body, response = await cloud.ask("PUT", path, "2023-05-01", body)
    assert status == 201
    assert "/ManagedClusters/aks-01/" in response.headers["azure-asyncoperation"]
    assert (await cloud.get(f"{AKS}/providers/Microsoft.KubernetesConfiguration/extensions"))["value"][0][
        "name"
    ] == "ml"
