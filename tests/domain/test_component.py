"""Which part of the product a pod is, and which parts the settings ask for."""

from __future__ import annotations

import pytest

from tests.domain.build import Box, extension, pod_row
from tui.domain import extension as extensions
from tui.domain.component import BY_NAME, component_of, workload
from tui.domain.expected import expected, missing
from tui.domain.pod import PodRow

# A healthy 1.1.x with training and inference on AKS; the extension is called `aml`.
LISTED = """
    aml-operator-6676d6c959-8kmcj amlarc-identity-controller-95d7cb964-d2lbj amlarc-identity-proxy-597b94d56-j4mqx
    azureml-fe-v2-b8c86749f-4gfbw azureml-ingress-nginx-controller-5996df8ddd-rtkzl
    cluster-status-reporter-55f9f744dd-jc5fp fluent-bit-dfhwl gateway-7b58dc99cd-c6c4s healthcheck
    inference-operator-controller-manager-56d97d6445-8spg9 metrics-controller-manager-794b997d78-872lm
    prometheus-prom-prometheus-0 relayserver-6995b6594d-2f4km aml-kube-state-metrics-785d98c5d5-dfbqc
    aml-prometheus-operator-6c978c7968-prsvl volcano-admission-74f559c556-5l9np volcano-controllers-56894dd996-fl5qx
    volcano-scheduler-774bd78f4-cgsm4
"""
_OWNERS = {"fluent-bit-dfhwl": ("DaemonSet", "fluent-bit"), "healthcheck": ("", "")}
_OWNERS["prometheus-prom-prometheus-0"] = ("StatefulSet", "prometheus-prom-prometheus")


def _pod(name: str) -> PodRow:
    kind, owner = _OWNERS.get(name, ("ReplicaSet", name.rpartition("-")[0]))
    return pod_row(Box(), name=name, owner=(kind, owner) if kind else None)


PODS = [_pod(name) for name in LISTED.split()]


@pytest.mark.parametrize("pod", PODS, ids=lambda pod: pod.name)
def test_every_pod_of_a_healthy_install_is_known(pod: PodRow) -> None:
    assert pod.component in BY_NAME
    assert pod.component in pod.name


@pytest.mark.parametrize(
    ("name", "kind", "owner", "component"),
    [
        ("azureml-fe-7d9-x", "ReplicaSet", "azureml-fe-7d9f8c6b5d", "azureml-fe"),
        ("azureml-fe-v2-x", "ReplicaSet", "azureml-fe-v2-b8c86749f", "azureml-fe-v2"),
        ("tls-creator-abcde", "Job", "tls-creator", "tls-creator"),
        ("volcano-admission-init-x2x", "Job", "volcano-admission-init", "volcano-admission"),
        ("frameworkcontroller-0", "StatefulSet", "frameworkcontroller", "frameworkcontroller"),
        ("something-else-6676d6c959-x", "ReplicaSet", "something-else-6676d6c959", "something-else"),
        ("bare", "", "", "bare"),
    ],
)
def test_a_component(name: str, kind: str, owner: str, component: str) -> None:
    assert component_of("azureml", workload(name, kind, owner)) == component


def test_outside_its_namespace_nothing_is_the_products() -> None:
    assert component_of("shop", "api-gateway") == "api-gateway"


def test_a_workload_is_the_owner_without_the_hash() -> None:
    assert workload("a-6676d6c959-8kmcj", "ReplicaSet", "a-6676d6c959") == "a"
    assert workload("fluent-bit-dfhwl", "DaemonSet", "fluent-bit") == "fluent-bit"
    assert workload("bare", "", "") == "bare"


def _names(settings: dict[str, str], **more: str) -> set[str]:
    return {component.name for component in expected(extensions.decode(extension(settings, **more)))}


ALWAYS = {"gateway", "metrics-controller-manager", "kube-state-metrics", "prometheus-prom-prometheus", "relayserver"}
VOLCANO = {"volcano-admission", "volcano-controllers", "volcano-scheduler"}
INFERENCE = {
    "amlarc-identity-controller",
    "amlarc-identity-proxy",
    "azureml-fe-v2",
    "inference-operator-controller-manager",
}


def test_what_the_switches_ask_for() -> None:
    operator = {"prometheus-operator"}
    assert _names({}) == ALWAYS | operator
    assert _names({"enableTraining": "True"}) == ALWAYS | operator | VOLCANO | {"aml-operator"}
    assert _names({"enableTraining": "true", "installVolcano": "False"}) == ALWAYS | operator | {"aml-operator"}
    assert _names({"installVolcano": "True"}) == ALWAYS | operator
    assert _names({"enableInference": "True", "installPromOp": "False"}) == ALWAYS | INFERENCE


def test_the_preview_had_other_parts() -> None:
    names = _names({"enableTraining": "True"}, version="1.0.29")
    assert {"aml-operator", "frameworkcontroller", "gateway", "relayserver"} <= names
    assert not names & (VOLCANO | {"azureml-fe-v2"})


def test_no_relay_is_asked_for_on_aks() -> None:
    body = extension({})
    body["id"] = body["id"].replace(
        "Microsoft.Kubernetes/connectedClusters", "Microsoft.ContainerService/managedClusters"
    )
    assert "relayserver" not in {component.name for component in expected(extensions.decode(body))}


def test_what_is_missing() -> None:
    row = extensions.decode(extension({"enableTraining": "True", "enableInference": "True"}))
    assert missing(row, PODS) == []
    fewer = [pod for pod in PODS if pod.component not in ("gateway", "volcano-scheduler", "healthcheck", "fluent-bit")]
    assert [component.name for component in missing(row, fewer)] == ["gateway", "volcano-scheduler"]
    elsewhere = [
        pod_row(Box(), name="gateway-7b58dc99cd-x", namespace="other", owner=("ReplicaSet", "gateway-7b58dc99cd"))
    ]
    assert "gateway" in [component.name for component in missing(row, elsewhere)]


@pytest.mark.parametrize("state", ["Creating", "Failed", "Deleting"])
def test_before_it_is_installed_nothing_is_missing(state: str) -> None:
    assert missing(extensions.decode(extension({}, state=state)), []) == []
