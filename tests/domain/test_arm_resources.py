"""Clusters, computes, workspaces and relays: sparse, oddly cased and broken bodies."""

from __future__ import annotations

from hashlib import md5
from typing import Any

import pytest

from tests.domain.build import CLUSTER_ID, NOW, ago
from tui.core.health import Health
from tui.domain import arm_id, cluster, compute, relay, service_bus, workspace
from tui.domain.amounts import Amounts

WORKSPACE_ID = "/subscriptions/s1/resourceGroups/rg-ml/providers/Microsoft.MachineLearningServices/workspaces/ws1"


def arc(**properties: Any) -> cluster.ClusterRow:
    return cluster.decode(
        {"id": CLUSTER_ID, "name": "arc-west", "type": "microsoft.kubernetes/connectedclusters", "location": "westus2",
         "properties": properties, "tags": {"team": "ml"}}
    )  # fmt: skip


class TestCluster:
    def test_before_the_agents_report_their_fields_are_absent(self) -> None:
        row = arc(provisioningState="Succeeded", connectivityStatus="Connecting")
        assert (row.connected, row.connectivity, row.health, row.why) == (
            True, "Connecting", Health.BUSY, "the Arc agents have not called yet",
        )  # fmt: skip
        assert (row.last_seen, row.nodes, row.cores, row.kubernetes_version, row.agent_version) == (None, 0, 0, "", "")
        assert row.labels == {"team": "ml"}

    def test_reported(self) -> None:
        row = arc(
            connectivityStatus="Connected", lastConnectivityTime=ago(12), totalNodeCount=12, totalCoreCount=96,
            kubernetesVersion="1.27.3", agentVersion="1.14.5", distribution="AKS", infrastructure="azure",
            managedIdentityCertificateExpirationTime=ago(-86400),
        )  # fmt: skip
        assert (row.health, row.why, row.last_seen, row.nodes, row.cores) == (Health.GOOD, "", NOW - 12, 12, 96)
        assert (row.kubernetes_version, row.agent_version, row.distribution) == ("1.27.3", "1.14.5", "aks")
        assert row.certificate_expires == NOW + 86400
        assert cluster.explain(row, NOW) == ""
        assert all(shown in cluster.haystack(row) for shown in ("arc-west", "Connected", "1.27.3"))

    @pytest.mark.parametrize(
        ("status", "health"),
        [("Connected", Health.GOOD), ("connected", Health.GOOD), ("Connecting", Health.BUSY), ("Offline", Health.BAD),
         ("Expired", Health.BAD), ("AgentNotInstalled", Health.BAD), ("New", Health.UNKNOWN), (None, Health.UNKNOWN)],
    )  # fmt: skip
    def test_connectivity(self, status: str | None, health: Health) -> None:
        row = arc(provisioningState="Succeeded", connectivityStatus=status)
        assert row.health is health
        assert bool(row.why) == (health is not Health.GOOD)

    def test_since_when_it_is_offline(self) -> None:
        row = arc(connectivityStatus="Offline", lastConnectivityTime=ago(3 * 3600))
        assert cluster.explain(row, NOW) == "no heartbeat from the Arc agents; last heard 3h ago"

    def test_troubles_beside_the_link(self) -> None:
        assert arc(provisioningState="Failed", connectivityStatus="Connected").health is Health.BAD
        assert arc(provisioningState="Deleting", connectivityStatus="Connected").health is Health.BUSY
        errors = [{"component": "config-agent", "severity": "Error", "message": " no egress ", "time": ago(60)}]
        row = arc(connectivityStatus="Connected", arcAgentProfile={"agentErrors": errors})
        assert (row.health, row.why, row.errors[0].time) == (Health.WARN, "config-agent: no egress", NOW - 60)

    @pytest.mark.parametrize(
        ("properties", "connectivity", "health"),
        [
            ({"provisioningState": "Succeeded", "powerState": {"code": "Running"}}, "Running", Health.GOOD),
            ({"provisioningState": "Succeeded", "powerState": {"code": "Stopped"}}, "Stopped", Health.BAD),
            ({"provisioningState": "Upgrading", "powerState": {"code": "Running"}}, "Running", Health.BUSY),
            ({"provisioningState": "Failed"}, "", Health.BAD),
        ],
    )
    def test_aks(self, properties: dict[str, Any], connectivity: str, health: Health) -> None:
        pools = {
            "agentPoolProfiles": [{"count": 3}, {"count": 2}, {"count": None}],
            "currentKubernetesVersion": "1.28.1",
        }
        row = cluster.decode({"id": "/x/managedClusters/aks", "name": "aks", "properties": {**properties, **pools}})
        assert (row.connected, row.connectivity, row.health, row.nodes) == (False, connectivity, health, 5)
        assert (row.distribution, row.kubernetes_version) == ("aks", "1.28.1")


def attached(state: str = "Succeeded", errors: Any = None, **inner: Any) -> compute.ComputeRow:
    return compute.decode(
        {
            "id": f"{WORKSPACE_ID}/Computes/arc1", "name": "arc1", "location": "eastus",
                "identity": {"type": "SystemAssigned"},
            "properties": {
                "computeType": "Kubernetes", "provisioningState": state, "provisioningErrors": errors,
                "resourceId": CLUSTER_ID.replace("resourceGroups", "resourcegroups"), "isAttachedCompute": True,
                "createdOn": "2021-04-01T22:00:00.0000000+00:00", "description": "d", "properties": inner,
            },
        }
    )  # fmt: skip


class TestCompute:
    def test_an_attached_one(self) -> None:
        sizes = {"cpu": "1", "memory": "4Gi", "nvidia.com/gpu": None}
        kinds = {
            "d": {"nodeSelector": None, "resources": {"requests": sizes, "limits": sizes}},
            "bare": {"resources": None},
        }
        row = attached(
            namespace="default", defaultInstanceType="d", instanceTypes=kinds, relayConnectionString="hunter2"
        )
        assert (row.workspace, row.workspace_id, row.namespace, row.default_type) == (
            "ws1",
            WORKSPACE_ID,
            "default",
            "d",
        )
        assert row.types == (
            compute.AttachedType("d", Amounts(1000, 4 * 2**30), Amounts(1000, 4 * 2**30), {}),
            compute.AttachedType("bare", Amounts(), Amounts(), {}),
        )
        assert (row.health, row.why, row.attached, row.is_kubernetes, row.identity) == (
            Health.GOOD, "", True, True, "SystemAssigned",
        )  # fmt: skip
        assert row.created is not None
        assert arm_id.same(row.resource_id, CLUSTER_ID)
        assert "hunter2" not in repr(row)
        assert all(shown in compute.haystack(row) for shown in ("arc1", "ws1", "default"))

    @pytest.mark.parametrize(
        ("state", "health"),
        [("Succeeded", Health.GOOD), ("creating", Health.BUSY), ("Updating", Health.BUSY), ("Deleting", Health.BUSY),
         ("Failed", Health.BAD), ("Canceled", Health.BAD), ("Unknown", Health.UNKNOWN), ("", Health.UNKNOWN)],
    )  # fmt: skip
    def test_states(self, state: str, health: Health) -> None:
        row = attached(state)
        assert row.health is health
        assert bool(row.why) == (health is not Health.GOOD)

    def test_the_whole_of_its_errors_is_kept(self) -> None:
        inner = {"code": "ClusterNotReachable", "message": "connection timed out"}
        errors = [{"error": {"code": "UserError", "message": "attach failed", "details": [inner]}}, {"error": None}]
        row = attached("Failed", errors)
        assert (row.health, row.why) == (Health.BAD, "ClusterNotReachable: connection timed out")
        assert [str(error) for error in row.errors] == ["UserError: attach failed"]
        assert attached("Succeeded", errors).health is Health.WARN


class TestWorkspace:
    @pytest.mark.parametrize(
        ("state", "name", "health"),
        [("Succeeded", "ws", Health.GOOD), ("", "ws", Health.GOOD), ("Creating", "ws", Health.BUSY), ("Failed", "ws",
            Health.BAD),
         ("SoftDeleted", "ws", Health.BAD), ("Succeeded", "ws-", Health.WARN)],
    )  # fmt: skip
    def test_states(self, state: str, name: str, health: Health) -> None:
        row = workspace.decode({"id": f"/subscriptions/s/resourceGroups/rg/x/{name}", "name": name,
                                "properties": {"provisioningState": state, "workspaceId": "g"}})  # fmt: skip
        assert (row.health, row.group, row.subscription, row.workspace_id) == (health, "rg", "s", "g")
        assert name in workspace.haystack(row)

    def test_a_group_with_a_dash_at_its_end(self) -> None:
        row = workspace.decode({"id": "/subscriptions/s/resourceGroups/rg-/x/ws", "name": "ws", "properties": {}})
        assert row.health is Health.WARN
        assert "ends with '-'" in row.why

    @pytest.mark.parametrize("where", ["systemData", "properties"])
    def test_when_it_was_made(self, where: str) -> None:
        made = (
            {"systemData": {"createdAt": ago(60)}}
            if where == "systemData"
            else {"properties": {"creationTime": ago(60)}}
        )
        assert workspace.decode({"name": "ws", **made}).created == NOW - 60


class TestRelay:
    @pytest.mark.parametrize(
        "tag", ["managed_by=amlk8s", "created_by=amlk8s-extension", "created_by=Azure Arc-enabled ML"]
    )
    def test_by_its_tags_it_is_known(self, tag: str) -> None:
        key, _, value = tag.partition("=")
        assert relay.decode({"id": "/r", "name": "r", "tags": {key: value}}).of_product
        assert not relay.decode({"id": "/r", "name": "r", "tags": {key: "x"}}).of_product

    @pytest.mark.parametrize(
        ("state", "health"),
        [
            ("Succeeded", Health.GOOD),
            ("Created", Health.GOOD),
            ("", Health.GOOD),
            ("Failed", Health.BAD),
            ("Updating", Health.BUSY),
        ],
    )
    def test_states(self, state: str, health: Health) -> None:
        row = relay.decode({"id": "/r", "name": "r", "properties": {"provisioningState": state, "createdAt": ago(60)}})
        assert (row.health, row.created) == (health, NOW - 60)
        assert "r" in relay.haystack(row)

    def test_the_name_it_would_get(self) -> None:
        assert relay.expected_name("c1", "s-2", "rg_3") == "c1s2rg3relay"
        whole = f"arc-west-{'0' * 36}-rg-ml-relay"
        name = relay.expected_name("arc-west", "0" * 36, "rg-ml")
        assert name == "arcwest" + "0" * 36 + "r" + md5(whole.encode(), usedforsecurity=False).hexdigest()[:6]
        assert len(name) == 50

    def test_the_ones_of_a_cluster(self) -> None:
        own = relay.decode(
            {"id": "/a", "name": relay.expected_name("arc-west", "s1", "rg-ml").upper(), "properties": {}}
        )
        tagged = relay.decode({"id": "/b", "name": "b", "tags": {"managed_by": "amlk8s"}, "properties": {}})
        foreign = relay.decode({"id": "/c", "name": "c", "properties": {}})
        assert relay.of_cluster([tagged, own, foreign], CLUSTER_ID) == [own]
        assert relay.of_cluster([tagged, foreign], CLUSTER_ID) == [tagged]


class TestServiceBus:
    @pytest.mark.parametrize(
        ("made", "status", "shown", "health"),
        [
            ("Succeeded", "Active", "Succeeded", Health.GOOD),
            ("", "Active", "Active", Health.GOOD),
            ("Succeeded", "Disabled", "Disabled", Health.BAD),
            ("Created", "Activating", "Activating", Health.BUSY),
            ("Failed", "Active", "Failed", Health.BAD),
            ("", "", "", Health.GOOD),
        ],
    )
    def test_states(self, made: str, status: str, shown: str, health: Health) -> None:
        inner = {"provisioningState": made, "status": status, "createdAt": ago(60)}
        row = service_bus.decode({"id": "/B", "name": "b", "tags": {"managed_by": "amlk8s"}, "properties": inner})
        assert (row.key, row.state, row.health, row.created, row.of_product) == ("b", shown, health, NOW - 60, True)
        assert row.why == ("" if health is Health.GOOD else f"Service Bus {shown}")
        assert "b" in service_bus.haystack(row)

    def test_the_name_it_would_get(self) -> None:
        assert service_bus.expected_name("c1", "s-2", "rg_3") == "c1s2rg3servicebus"
        whole = f"arc-west-{'0' * 36}-rg-ml-service-bus"
        name = service_bus.expected_name("arc-west", "0" * 36, "rg-ml")
        assert name == "arcwest" + "0" * 36 + "r" + md5(whole.encode(), usedforsecurity=False).hexdigest()[:6]


@pytest.mark.parametrize("module", [cluster, compute, workspace, relay, service_bus], ids=lambda module: module.NAME)
@pytest.mark.parametrize("body", [None, 5, [], {}, {"properties": None, "tags": [], "identity": 5}], ids=str)
def test_any_body_is_taken(module: Any, body: Any) -> None:
    assert module.decode(body).key == ""


class TestArmId:
    def test_parts_whatever_the_case(self) -> None:
        odd = "/SUBSCRIPTIONS/s1/resourcegroups/RG/providers/microsoft.kubernetes/ConnectedClusters/c/"
        assert (arm_id.subscription(odd), arm_id.group(odd), arm_id.part(odd, "connectedClusters")) == ("s1", "RG", "c")
        assert arm_id.name(odd) == "c"
        assert arm_id.part(odd, "workspaces") == ""

    def test_the_same(self) -> None:
        assert arm_id.same("/A/b/", "/a/B")
        assert not arm_id.same("/a/b", "/a/c")

    @pytest.mark.parametrize(
        ("resource_id", "fallback", "key"),
        [("/A/B/", "x", "a/b"), (None, "Name", "name"), ("", None, ""), (5, "x", "5")],
    )
    def test_keys(self, resource_id: Any, fallback: Any, key: str) -> None:
        assert arm_id.key(resource_id, fallback) == key
