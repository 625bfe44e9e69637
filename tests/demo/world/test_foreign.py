"""What others put on the cluster: the signals by which a program can find it, and that the world goes on with it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo.world.stand import Stand
from tui.core.health import Health
from tui.demo.faults import FOREIGN
from tui.demo.world.foreign import LOADS, SHOWN

ELSEWHERE = {"foreign-device-plugin", "no-device-plugin", "fuse-device"}
"""Seen in the nodes, or in what is there without any fault."""


def held(stand: Stand, resource: str, namespace: str | None, name: str) -> dict[str, Any]:
    found = stand.objects.get(resource, namespace, name)
    assert found is not None, (resource, name)
    return found


def test_every_name_puts_something_there() -> None:
    assert set(FOREIGN) <= set(SHOWN) | set(LOADS) | ELSEWHERE


@pytest.mark.parametrize("name", FOREIGN)
def test_its_pods_are_well_and_stay(name: str) -> None:
    stand = Stand(1, "not-installed", name)
    stand.go(60)
    bad = [(pod.namespace, pod.name, pod.status) for pod in stand.rows()["pods"].values() if pod.health is Health.BAD]
    assert bad == []
    for resource in ("deployments.apps", "daemonsets.apps"):
        for found in stand.objects.list(resource):
            status = found["status"]
            ready = status.get("readyReplicas", status.get("numberReady"))
            wanted = found["spec"].get("replicas", status.get("desiredNumberScheduled"))
            assert ready == wanted or wanted == 0, found["metadata"]["name"]


def test_the_device_plugin() -> None:
    def gpus(stand: Stand) -> set[str]:
        return {node["metadata"]["name"] for node in stand.objects.list("nodes")
                if node["status"]["allocatable"].get("nvidia.com/gpu")}  # fmt: skip

    by_hand = Stand(1, "not-installed", "foreign-device-plugin")
    plugin = held(by_hand, "daemonsets.apps", "kube-system", "nvidia-device-plugin-daemonset")
    assert plugin["spec"]["template"]["metadata"]["labels"]["name"] == "nvidia-device-plugin-ds"
    assert len(gpus(by_hand)) == 6
    none = Stand(1, "no-device-plugin")
    assert (gpus(none), none.objects.get("daemonsets.apps", "kube-system", "nvidia-device-plugin-daemonset")) == (
        set(), None,
    )  # fmt: skip
    operator = Stand(1, "not-installed", "gpu-operator")
    assert operator.objects.get("daemonsets.apps", "kube-system", "nvidia-device-plugin-daemonset") is None
    labels = held(operator, "daemonsets.apps", "gpu-operator", "nvidia-device-plugin-daemonset")["metadata"]["labels"]
    assert labels["app"] == "nvidia-device-plugin-daemonset"
    assert len(gpus(operator)) == 6


def test_volcano_prometheus_and_the_exporter() -> None:
    stand = Stand(1, "not-installed", "foreign-volcano", "foreign-prometheus", "foreign-dcgm")
    scheduler = held(stand, "deployments.apps", "volcano-system", "volcano-scheduler")
    assert scheduler["spec"]["template"]["spec"]["containers"][0]["image"].endswith("vc-scheduler:v1.5.1")
    held(stand, "configmaps", "volcano-system", "volcano-scheduler-configmap")
    for name in ("jobs.batch.volcano.sh", "prometheuses.monitoring.coreos.com"):
        meta = held(stand, "customresourcedefinitions.apiextensions.k8s.io", None, name)["metadata"]
        assert "app.kubernetes.io/managed-by" not in meta.get("labels", {})
    operator = held(stand, "deployments.apps", "monitoring", "kube-prometheus-stack-operator")
    assert operator["metadata"]["annotations"]["meta.helm.sh/release-namespace"] == "monitoring"
    exporter = held(stand, "daemonsets.apps", "gpu-metrics", "dcgm-exporter")
    assert exporter["metadata"]["labels"]["app.kubernetes.io/name"] == "dcgm-exporter"
    assert exporter["spec"]["template"]["spec"]["containers"][0]["ports"][0]["containerPort"] == 9400


def test_nginx_and_the_first_front_end() -> None:
    stand = Stand(1, "not-installed", "foreign-nginx", "legacy-fe")
    hook = held(stand, "validatingwebhookconfigurations.admissionregistration.k8s.io", None, "ingress-nginx-admission")
    assert hook["webhooks"][0]["name"] == "validate.nginx.ingress.kubernetes.io"
    box = held(stand, "deployments.apps", "ingress-nginx", "ingress-nginx-controller")["spec"]["template"]["spec"]
    assert "--controller-class=k8s.io/ingress-nginx" in box["containers"][0]["args"]
    held(stand, "deployments.apps", "default", "azureml-fe")
    held(stand, "clusterroles.rbac.authorization.k8s.io", None, "azureml-fe-role")
    held(stand, "clusterrolebindings.rbac.authorization.k8s.io", None, "azureml-fe-binding")
    for resource, name in (("services", "azureml-fe-int-http"), ("secrets", "azuremlfessl"),
                           ("configmaps", "azuremlfeconfig"), ("serviceaccounts", "azureml-fe")):  # fmt: skip
        held(stand, resource, "default", name)


def test_leftovers() -> None:
    stand = Stand(1, "leftovers")
    assert stand.extension() is None
    assert stand.rows()["namespaces"]["azureml"].key == "azureml"
    held(stand, "configmaps", "azureml", "amlarc-healthcheck")
    record = held(stand, "secrets", "azureml", "sh.helm.release.v1.amlarc-compute.v1")
    assert (record["type"], record["metadata"]["labels"]["status"]) == ("helm.sh/release.v1", "failed")
    assert stand.pods("azureml") == []


def test_storage() -> None:
    stand = Stand(1, "not-installed", "blobfuse-flexvol", "fuse-device", "blob-csi")
    flex = held(stand, "daemonsets.apps", "kube-system", "blobfuse-flexvol-installer")
    assert flex["metadata"]["labels"]["k8s-app"] == "blobfuse"
    paths = [volume["hostPath"]["path"] for volume in flex["spec"]["template"]["spec"]["volumes"]]
    assert "/etc/kubernetes/volumeplugins" in paths
    assert {node["status"]["allocatable"]["github.com/fuse"] for node in stand.objects.list("nodes")} == {"1k"}
    held(stand, "csidrivers.storage.k8s.io", None, "blob.csi.azure.com")
    held(stand, "daemonsets.apps", "kube-system", "csi-blob-node")


def test_an_extension_that_lives_beside_others_does_without_their_parts() -> None:
    stand = Stand(1, "foreign-volcano", "foreign-prometheus", "foreign-dcgm")
    assert stand.state() == "Installed"
    there = set(stand.components())
    assert "gateway" in there
    assert not there & {"volcano-scheduler", "prometheus-operator", "dcgm-exporter"}
    assert stand.extension().settings["installVolcano"] == "False"


@pytest.mark.parametrize(
    ("name", "connectivity", "count"),
    [("arc-connecting", "Connecting", 0), ("arc-expired", "Expired", 12), ("two-nodes", "Connected", 2)],
)
def test_the_cluster_in_arm(name: str, connectivity: str, count: int) -> None:
    stand = Stand(1, name)
    status, body = stand.ask("GET", stand.world.estate.cluster, "2024-01-01")
    assert (status, body["properties"]["connectivityStatus"]) == (200, connectivity)
    assert body["properties"].get("totalNodeCount", 0) == count
    assert len(stand.objects.list("nodes")) == (count or 12)


def test_a_node_of_another_architecture() -> None:
    nodes = Stand(1, "arm64-node").objects.list("nodes")
    archs = [(node["status"]["nodeInfo"]["architecture"], node["metadata"]["labels"]["kubernetes.io/arch"])
             for node in nodes]  # fmt: skip
    assert archs.count(("arm64", "arm64")) == 1
    assert archs.count(("amd64", "amd64")) == 11


def test_rights_and_providers() -> None:
    stand = Stand(1, "providers-unregistered", "arm-no-relay", "not-installed")
    where = stand.world.estate
    scope = f"{where.group()}/providers/Microsoft.Authorization/permissions"
    listed = stand.ask("GET", scope, "2022-04-01")[1]["value"]
    assert {"*/read", "Microsoft.KubernetesConfiguration/*"} <= {a for one in listed for a in one["actions"]}
    status, (code, message) = stand.ask("PUT", where.relay, "2021-11-01", {"location": "westus2"})
    assert (status, code) == (403, "AuthorizationFailed")
    assert "'Microsoft.Relay/namespaces/write'" in message
    provider = f"/subscriptions/{where.subscription}/providers/Microsoft.KubernetesConfiguration"
    assert stand.ask("GET", provider, "2021-04-01")[1]["registrationState"] == "NotRegistered"
    assert (
        stand.extension_asks("PUT", {"properties": {"extensionType": "x"}})[1][0] == "MissingSubscriptionRegistration"
    )
    assert stand.ask("POST", f"{provider}/register", "2021-04-01")[1]["registrationState"] == "Registering"
    stand.go(40)
    assert stand.ask("GET", provider, "2021-04-01")[1]["registrationState"] == "Registered"
