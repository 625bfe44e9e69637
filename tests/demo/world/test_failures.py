"""Why installs fail: every scenario has a picture of its own while it runs, and its own words when it is over."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo.world.stand import Stand
from tests.demo.world.test_installs import SERVE
from tui.demo.faults import FAILING
from tui.demo.world.fate import FORCED
from tui.domain.arm_error import innermost

IN_TIME = "timed out waiting for the condition"
EXPECTED: dict[str, tuple[str, set[tuple[str, str]], str]] = {
    "fail-network": (
        IN_TIME, {("gateway", "CrashLoopBackOff"), ("relayserver", "CrashLoopBackOff")}, "E45003",
    ),
    "fail-timeout": (
        IN_TIME, {(name, "Pending") for name in ("gateway", "volcano-scheduler", "aml-operator")}, "E45001",
    ),
    "fail-healthcheck-e40001": ("failed pre-install: pod healthcheck failed", {("healthcheck", "Error")}, "E40001"),
    "fail-healthcheck-pull": (f"failed pre-install: {IN_TIME}", {("healthcheck", "ImagePullBackOff")}, ""),
    "fail-insufficient-node": ("failed pre-install: pod healthcheck failed", {("healthcheck", "Error")}, "E40002"),
    "fail-ownership-volcano": ("CustomResourceDefinition \"jobs.batch.volcano.sh\" in namespace", set(), ""),
    "fail-ownership-prometheus": ("\"prometheuses.monitoring.coreos.com\" in namespace \"\" exists", set(), ""),
    "fail-chart-not-found": ("Failed in download the Chart path not found", set(), ""),
    "fail-name-in-use": ("cannot re-use a name that is still in use", set(), ""),
    "fail-operation-in-progress": ("another operation (install/upgrade/rollback) is in progress", set(), ""),
    "fail-namespace-terminating": ("namespace azureml because it is being terminated", set(), ""),
    "fail-webhook-nginx": ("failed calling webhook \"validate.nginx.ingress.kubernetes.io\"", set(), ""),
    "fail-status-not-populated": ("err {status not populated}", set(), ""),
    "fail-image-pull": (
        IN_TIME,
        {(name, "ImagePullBackOff") for name in ("gateway", "relayserver", "volcano-scheduler", "aml-operator")},
        "E45001",
    ),
    "fail-policy": ("admission webhook \"validation.gatekeeper.sh\" denied the request", set(), ""),
}  # fmt: skip
"""The sentence, the pods that are bad meanwhile, and the code in the report."""


def played(stand: Stand, **settings: str) -> set[tuple[str, str]]:
    """Deploy and wait for the end; gives the pods that were not well."""
    assert stand.deploy(**settings)[0] == 201
    seen: set[tuple[str, str]] = set()
    while stand.state() == "Pending":
        stand.go(7)
        pods = stand.pods("azureml")
        seen |= {(p.component, p.status) for p in pods if p.status not in ("Running", "ContainerCreating", "Completed")}
    return seen


def sentence(stand: Stand) -> str:
    error = stand.extension().error
    assert error is not None
    assert error.code == "ExtensionOperationFailed"
    assert error.message.startswith("The extension operation failed with the following error:")
    assert "For general troubleshooting visit" in error.message
    return innermost(error).message


def test_every_cause_is_in_the_table() -> None:
    assert set(EXPECTED) | {"fail-region"} == set(FAILING)
    assert {name for name in FORCED if name.startswith("fail-")} <= set(FAILING)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_cause_has_its_picture_and_its_words(name: str) -> None:
    told, bad, code = EXPECTED[name]
    stand = Stand(1, name)
    assert stand.extension() is None
    assert played(stand) == bad
    assert stand.state() == "Failed"
    assert told in sentence(stand)
    report = "\n".join(stand.report().values())
    assert f"ErrorCode: {code}" in report if code else "ErrorCode" not in report
    assert ("CorrelationId: " in report) is bool(stand.report())
    # the atomic install leaves no component, unless only the telling failed
    left = {pod.component for pod in stand.pods("azureml")}
    assert ("gateway" in left) is (name == "fail-status-not-populated")
    services = stand.objects.keys("services", "azureml")
    assert bool(services) is (name == "fail-status-not-populated"), services
    assert [status.level for status in stand.extension().statuses] == ["Error"]


def test_the_causes_are_told_apart() -> None:
    assert len({(told, tuple(sorted(bad)), code) for told, bad, code in EXPECTED.values()}) >= 14


def test_a_region_that_is_not_offered_is_refused_at_once() -> None:
    stand = Stand(1, "fail-region")
    status, (code, message) = stand.deploy()
    assert (status, code) == (400, "ExtensionTypeRegistrationGetFailed")
    assert "not registered in region brazilsouth. Extension is available in eastus," in message


@pytest.mark.parametrize("scenarios", [("installing", "fail-timeout"), ("install-failing",)])
def test_an_install_that_goes_on_already_fails_too(scenarios: tuple[str, ...]) -> None:
    stand = Stand(1, *scenarios)
    assert stand.state() == "Pending"
    stand.go(241)
    assert stand.state() == "Failed"


def test_a_failed_check_is_in_the_log_with_its_nodes_and_its_correlation() -> None:
    stand = Stand(1, "fail-insufficient-node")
    stand.deploy()
    stand.until(lambda: "healthcheck" in stand.components())
    stand.go(28)
    log = "\n".join(stand.read("healthcheck", "healthcheck"))
    assert "EnableInference: false, ClusterPurpose: FastProd, InferenceRouterHA: false, HealthyNodeCount: 2" in log
    assert "checker inferencev1 failed: E40002" in log
    stand.until(lambda: bool(stand.report()))
    correlation = stand.report()["reports-pre-install"].partition("CorrelationId: ")[2].split()[0]
    assert f"correlation {correlation}" in log


def test_pods_that_find_no_room_say_so_in_events_and_conditions() -> None:
    stand = Stand(1, "fail-timeout")
    stand.deploy()
    stand.go(100)
    said = [e for e in stand.objects.list("events", "azureml") if e["reason"] == "FailedScheduling"]
    assert {e["involvedObject"]["name"].partition("-")[0] for e in said} == {"gateway", "volcano", "aml"}
    assert all("Insufficient cpu" in e["message"] for e in said)
    gateway = next(p for p in stand.objects.list("pods", "azureml") if p["metadata"]["name"].startswith("gateway"))
    assert "nodeName" not in gateway["spec"]
    assert gateway["status"]["conditions"][0]["reason"] == "Unschedulable"


NATURAL: list[tuple[tuple[str, ...], dict[str, str], str, str]] = [
    ((), {"pinned": "9.9.9"}, "Chart path not found", ""),
    ((), {"train": "nightly"}, "Chart path not found", ""),
    ((), {"installNvidiaDevicePlugin": "True"}, IN_TIME, ""),
    ((), {"pinned": "1.0.37"}, IN_TIME, ""),  # whose default is to bring the device plugin
    (("blobfuse-flexvol",), {"pinned": "1.0.37", "installNvidiaDevicePlugin": "False"}, IN_TIME, ""),
    (("foreign-volcano",), {}, "jobs.batch.volcano.sh", ""),
    (("foreign-prometheus",), {}, "monitoring.coreos.com", ""),
    (("legacy-fe",), SERVE, "ClusterRole \"azureml-fe-role\"", ""),
    (("leftovers",), {}, "cannot re-use a name", ""),
    (("foreign-nginx",), {**SERVE, "nginxIngress__enabled": "true"}, "validate.nginx.ingress.kubernetes.io", ""),
    ((), {**SERVE, "inferenceRouterServiceType": "LoadBalancer"}, "pod healthcheck failed", "E40001"),
    ((), {**SERVE, "inferenceRouterServiceType": "LoadBalancer", "internalLoadBalancerProvider": "azure"},
     "pod healthcheck failed", "E40003"),
    ((), {**SERVE, "allowInsecureConnections": "False"}, "pod healthcheck failed", "E40007"),
    ((), {**SERVE, "allowInsecureConnections": "False", "sslSecret": "mine", "sslCname": "a.example"},
     "pod healthcheck failed", "E40007"),
    (("two-nodes",), SERVE, "pod healthcheck failed", "E40002"),
    ((), {"nodeSelector__pool": "none"}, IN_TIME, ""),
]  # fmt: skip


@pytest.mark.parametrize(("scenarios", "settings", "told", "code"), NATURAL)
def test_what_settings_and_the_cluster_make_fail_by_themselves(
    scenarios: tuple[str, ...], settings: dict[str, str], told: str, code: str
) -> None:
    stand = Stand(1, "not-installed", *scenarios)
    played(stand, **settings)
    assert stand.state() == "Failed"
    assert told in sentence(stand)
    assert not code or f"ErrorCode: {code}" in stand.report()["reports-pre-install"]


@pytest.mark.parametrize(
    ("scenarios", "settings"),
    [
        (("foreign-volcano", "foreign-prometheus"), {"installVolcano": "False", "installPromOp": "False"}),
        (("foreign-nginx",), {**SERVE, "nginxIngress__enabled": "true",
                              "nginxIngress__controller": "k8s.io/amlarc-ingress-nginx"}),
        (("two-nodes",), {**SERVE, "inferenceRouterHA": "False"}),
        (("legacy-fe",), {}),
        (("blobfuse-flexvol",), {"pinned": "1.0.37", "installNvidiaDevicePlugin": "False",
                                 "installBlobfuseFlexvol": "False"}),
    ],
)  # fmt: skip
def test_the_setting_that_follows_mends_it(scenarios: tuple[str, ...], settings: dict[str, str]) -> None:
    stand = Stand(1, "not-installed", *scenarios)
    played(stand, **settings)
    assert stand.state() == "Installed", stand.extension().why


def test_a_failed_install_can_be_tried_again_with_other_settings() -> None:
    stand = Stand(1, "not-installed")
    played(stand, **{**SERVE, "inferenceRouterServiceType": "LoadBalancer"})
    assert stand.state() == "Failed"
    assert stand.deploy(**SERVE)[0] == 200
    stand.until(lambda: stand.state() != "Pending")
    assert stand.state() == "Installed", stand.extension().why
    assert stand.extension().statuses == ()
    assert "ErrorCode" not in stand.report()["reports-pre-install"]


def test_a_secret_with_the_certificate_lets_it_serve() -> None:
    stand = Stand(1, "not-installed")
    stand.objects.create("namespaces", namespace("azureml"))
    secret: dict[str, Any] = {"metadata": {"name": "mine", "namespace": "azureml"}, "data": {}}
    stand.objects.create("secrets", secret)
    played(stand, **{**SERVE, "allowInsecureConnections": "False", "sslSecret": "mine", "sslCname": "a.example"})
    assert stand.state() == "Installed", stand.extension().why


def namespace(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}, "status": {"phase": "Active"}}


def test_adopting_or_removing_leftovers_lets_the_next_install_go_on() -> None:
    stand, crds = Stand(1, "leftovers"), "customresourcedefinitions.apiextensions.k8s.io"
    played(stand)
    assert "cannot re-use a name" in sentence(stand)
    stand.objects.delete("secrets", "azureml", "sh.helm.release.v1.amlarc-compute.v1")
    played_again(stand)
    assert '"amljobs.amlarc.azureml.com"' in sentence(stand)
    marks = {"meta.helm.sh/release-name": "amlarc-compute", "meta.helm.sh/release-namespace": "azureml"}
    for _namespace, name in stand.objects.keys(crds):
        if name.endswith("amlarc.azureml.com"):
            stand.objects.change(crds, None, name, lambda body: body["metadata"].update(
                labels={"app.kubernetes.io/managed-by": "Helm"}, annotations=marks))  # fmt: skip
    played_again(stand)
    assert stand.state() == "Installed", stand.extension().why


def played_again(stand: Stand) -> None:
    assert stand.deploy()[0] == 200
    stand.until(lambda: stand.state() != "Pending")


def test_the_probe_for_a_load_balancer_waits_for_an_address() -> None:
    stand = Stand(1, "not-installed")
    stand.deploy(**{**SERVE, "inferenceRouterServiceType": "LoadBalancer"})
    probe = stand.until(lambda: stand.objects.get("services", "azureml", "healthcheck-probe") is not None)
    assert probe < 40
    found = stand.objects.get("services", "azureml", "healthcheck-probe")
    assert found is not None
    assert (found["spec"]["type"], found["status"]) == ("LoadBalancer", {"loadBalancer": {}})


def test_an_old_chart_waits_for_the_address_of_its_front_end() -> None:
    stand = Stand(1, "not-installed")
    stand.deploy(pinned="1.1.6", **{**SERVE, "inferenceRouterServiceType": "LoadBalancer"})
    stand.go(130)
    service = stand.objects.get("services", "azureml", "azureml-fe")
    assert service is not None
    assert (service["spec"]["type"], service["status"]) == ("LoadBalancer", {"loadBalancer": {}})
    assert stand.components()["inference-operator-controller-manager"].status == "CrashLoopBackOff"


def test_front_ends_that_must_be_apart_and_cannot_be_are_pending() -> None:
    stand = Stand(1, "not-installed")
    for number in (1, 2, 3):  # three plain nodes are left of six, one of them under pressure
        stand.objects.change("nodes", None, f"cpu-{number}", lambda node: node["spec"].update(unschedulable=True))
    stand.deploy(**SERVE)
    stand.go(130)
    fronts = [pod for pod in stand.pods("azureml") if pod.component == "azureml-fe-v2"]
    assert sorted(pod.status for pod in fronts) == ["Pending", "Running", "Running"]
    said = next(e for e in stand.objects.list("events", "azureml") if e["reason"] == "FailedScheduling")
    assert "didn't match pod anti-affinity rules" in said["message"]
    stand.until(lambda: stand.state() == "Failed")
    assert "E40002" in stand.report()["reports-pre-delete"]
    assert "E40002" not in stand.report()["reports-pre-install"]
