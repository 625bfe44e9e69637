"""An install follows what was asked for: components by their switches, version, nodes; all with Helm's marks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo.world.stand import Stand, body
from tui.core.health import Health

CRDS = "customresourcedefinitions.apiextensions.k8s.io"
BASE = {
    "gateway", "cluster-status-reporter", "relayserver", "metrics-controller-manager", "kube-state-metrics",
    "prometheus-operator", "prometheus-prom-prometheus", "healthcheck",
}  # fmt: skip
TRAINING = {"aml-operator", "volcano-admission", "volcano-controllers", "volcano-scheduler"}
SERVE = {"enableInference": "True", "inferenceRouterServiceType": "NodePort", "allowInsecureConnections": "True"}
INFERENCE = {
    "azureml-fe-v2", "amlarc-identity-controller", "amlarc-identity-proxy", "inference-operator-controller-manager",
}  # fmt: skip
INGRESS = {"azureml-ingress-nginx-controller"}


def installed(*scenarios: str, pinned: str = "", **settings: str) -> Stand:
    """A world where an install went well."""
    stand = Stand(1, *(scenarios or ("not-installed",)))
    status, answer = stand.deploy(pinned=pinned, **settings)
    assert status == 201, answer
    stand.go(200)
    assert stand.state() == "Installed", stand.extension().why
    return stand


@pytest.mark.parametrize(
    ("settings", "there"),
    [
        ({}, BASE | TRAINING),
        ({"enableTraining": "False", **SERVE}, BASE | INFERENCE),
        ({"installVolcano": "false"}, BASE | {"aml-operator"}),
        ({"INSTALLPROMOP": "False"}, BASE - {"prometheus-operator"} | TRAINING),
        ({"relayserver__enabled": "false"}, BASE - {"relayserver"} | TRAINING),
        ({**SERVE, "nginxIngress__enabled": "true"}, BASE | TRAINING | INFERENCE | INGRESS),
    ],
    ids=["training", "inference", "no volcano", "no operator", "no relay", "ingress"],
)  # fmt: skip
def test_components_follow_the_switches(settings: dict[str, str], there: set[str]) -> None:
    assert set(installed(**settings).components()) == there


def test_all_of_it_is_ready_and_says_so() -> None:
    stand = installed(**SERVE)
    assert all(pod.health is Health.GOOD for pod in stand.pods("azureml"))
    for resource in ("deployments.apps", "statefulsets.apps"):
        for found in stand.objects.list(resource, "azureml"):
            status = found["status"]
            assert status["readyReplicas"] == status["updatedReplicas"] == found["spec"]["replicas"]
            assert status["observedGeneration"] == found["metadata"]["generation"] == 1
    for found in stand.objects.list("deployments.apps", "azureml"):
        assert {c["type"]: c["status"] for c in found["status"]["conditions"]} == {
            "Available": "True", "Progressing": "True",
        }  # fmt: skip


def test_everything_carries_the_three_marks_of_the_release() -> None:
    stand = Stand(1, "not-installed")
    stand.deploy("ml-prod", installDcgmExporter="True", **SERVE)
    stand.go(200)
    found: list[tuple[str, dict[str, Any]]] = []
    for resource in ("deployments.apps", "statefulsets.apps", "daemonsets.apps", "services", "configmaps"):
        found += [(resource, one) for one in stand.objects.list(resource, "azureml")]
    found += [(CRDS, one) for one in stand.objects.list(CRDS) if "azure.com" not in one["spec"]["group"]]
    kinds = {resource for resource, _one in found}
    assert len(kinds) == 6
    for _resource, one in found:
        if one["metadata"]["name"] == "kube-root-ca.crt":
            continue
        assert one["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "Helm"
        marks = one["metadata"]["annotations"]
        assert (marks["meta.helm.sh/release-name"], marks["meta.helm.sh/release-namespace"]) == ("ml-prod", "azureml")
    assert stand.objects.get("deployments.apps", "azureml", "ml-prod-kube-state-metrics") is not None
    record = stand.objects.get("secrets", "azureml", "sh.helm.release.v1.ml-prod.v1")
    assert record is not None
    assert record["metadata"]["labels"]["status"] == "deployed"


def test_three_front_ends_on_three_nodes() -> None:
    pods = [pod for pod in installed(**SERVE).pods("azureml") if pod.component == "azureml-fe-v2"]
    assert len({pod.node for pod in pods}) == len(pods) == 3
    for more in ({"inferenceRouterHA": "false"}, {"clusterPurpose": "DevTest"}):
        one = [pod for pod in installed(**SERVE, **more).pods("azureml") if pod.component == "azureml-fe-v2"]
        assert len(one) == 1


def test_a_node_selector_is_kept_to() -> None:
    stand = installed(nodeSelector__agentpool="cpu", installDcgmExporter="True")
    pods = [pod for pod in stand.pods("azureml") if pod.name != "healthcheck"]
    assert {pod.node.rpartition("-")[0] for pod in pods} == {"cpu"}
    assert "dcgm-exporter" not in stand.components()  # no GPU in that pool
    gateway = stand.objects.list("deployments.apps", "azureml")
    assert all(one["spec"]["template"]["spec"]["nodeSelector"]["agentpool"] == "cpu" for one in gateway)


@pytest.mark.parametrize(
    ("pinned", "own", "containers"),
    [("1.1.16", {"fluent-bit"}, 1), ("1.1.17", set(), 2), ("1.0.37", {"frameworkcontroller", "nfd-worker"}, 1)],
)
def test_a_pinned_version_brings_its_own_parts(pinned: str, own: set[str], containers: int) -> None:
    stand = installed(pinned=pinned, installNvidiaDevicePlugin="False")
    assert own <= set(stand.components())
    gateway = stand.objects.get("deployments.apps", "azureml", "gateway")
    assert gateway is not None
    boxes = gateway["spec"]["template"]["spec"]["containers"]
    assert len(boxes) == containers
    assert boxes[0]["image"].endswith(f":{pinned}")
    assert ("volcano-scheduler" in stand.components()) is (pinned != "1.0.37")
    assert stand.extension().current == pinned
    name = "amlarc-healthcheck" if pinned == "1.0.37" else "arcml-healthcheck"
    assert stand.objects.get("configmaps", "azureml", name) is not None


def test_its_device_plugin_offers_the_gpus_and_takes_them_with_it() -> None:
    def offered(stand: Stand) -> int:
        return sum("nvidia.com/gpu" in node["status"]["allocatable"] for node in stand.objects.list("nodes"))

    stand = Stand(1, "no-device-plugin")
    assert offered(stand) == 0
    stand.deploy(installNvidiaDevicePlugin="True")
    stand.go(200)
    assert (stand.state(), offered(stand)) == ("Installed", 6)
    assert "nvidia-device-plugin-daemonset" in stand.components()
    stand.extension_asks("DELETE")
    stand.go(100)
    assert offered(stand) == 0


def test_an_install_makes_the_default_instance_type() -> None:
    assert installed().objects.get("instancetypes.amlarc.azureml.com", None, "defaultinstancetype") is not None


@pytest.mark.parametrize("string", ["", "Endpoint=sb://elsewhere.servicebus.windows.net/;SharedAccessKeyName=a"])
def test_a_raw_put_leaves_the_relay_servers_crashing(string: str) -> None:
    stand = Stand(1, "not-installed")
    stand.make_relay()
    assert stand.extension_asks("PUT", body({"enableTraining": "True"}, string))[0] == 201
    stand.until(lambda: getattr(stand.components().get("relayserver"), "status", "") == "CrashLoopBackOff")
    pods = [pod for pod in stand.pods("azureml") if pod.component == "relayserver"]
    assert len(pods) == 2
    log = "\n".join(stand.read(pods[0].name, "relayserver"))
    assert ("no connection string is set" if not string else "elsewhere.servicebus.windows.net does not") in log
    stand.until(lambda: stand.state() == "Failed")
    assert stand.extension().why.endswith("timed out waiting for the condition")


def test_relay_servers_say_what_is_wrong_with_the_connection() -> None:
    def said(change: Any) -> str:
        stand = Stand(1, "not-installed")
        stand.make_relay()
        string, path = stand.relay_string(), stand.world.estate.connection
        change(stand, path)
        stand.extension_asks("PUT", body({"enableTraining": "True"}, string))
        stand.go(140)
        bad = [pod for pod in stand.pods("azureml") if pod.component == "relayserver"]
        return "\n".join(stand.read(bad[0].name, "relayserver"))

    assert "attempt" not in said(lambda _stand, _path: None)
    assert "40400" in said(lambda stand, path: stand.ask("DELETE", path, "2021-11-01"))
    key = {"keyType": "PrimaryKey"}
    renew = "authorizationRules/azureml_rw/regenerateKeys"
    assert "40103" in said(lambda stand, path: stand.ask("POST", f"{path}/{renew}", "2021-11-01", key))


def test_a_second_extension_of_another_name_stumbles_over_the_first() -> None:
    stand = Stand(1)
    assert stand.deploy("ml-two")[0] == 201
    stand.go(100)
    found = {e["name"]: e["properties"] for e in stand.arm.under(stand.world.estate.cluster)}
    assert found["ml-two"]["provisioningState"] == "Failed"
    assert 'must equal "ml-two": current value is "amlarc-compute"' in found["ml-two"]["errorInfo"]["message"]
    assert len(stand.pods("azureml")) == 19


def test_a_cluster_that_does_not_call_does_nothing_for_two_days() -> None:
    stand = Stand(1, "not-installed", "arc-offline")
    stand.deploy()
    stand.go(47 * 3600)
    assert (stand.state(), stand.pods("azureml")) == ("Pending", [])
    stand.go(3700)
    assert stand.state() == "Failed"
