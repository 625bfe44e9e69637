"""Every sign of a device plugin and of a metrics exporter, and whose they are."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.preflight.surveys import (
    DENIED,
    NODES,
    TRAINING,
    draft,
    installed,
    load,
    node,
    note,
    notes,
    obj,
    old,
    survey,
)
from tui.core.health import Health

GOOD, WARN, BAD, UNKNOWN = Health.GOOD, Health.WARN, Health.BAD, Health.UNKNOWN
OFF = {"installNvidiaDevicePlugin": "False"}
ON = draft({**TRAINING, "installNvidiaDevicePlugin": "True"})
GPU_NODE = node("g1", **{"nvidia.com/gpu": "4"})
PLUGIN = load("nvidia-device-plugin-daemonset")
SETS: dict[str, Any] = {
    "its name": PLUGIN,
    "its name, elsewhere": load("nvidia-device-plugin-daemonset", "gpu-resources"),
    "label name=nvidia-device-plugin-ds": load("plugin", pod_labels={"name": "nvidia-device-plugin-ds"}),
    "label app.kubernetes.io/name=nvidia-device-plugin": load(
        "nvdp", labels={"app.kubernetes.io/name": "nvidia-device-plugin"}
    ),
    "label app=nvidia-device-plugin-daemonset": load(
        "plugin", "gpu-operator", pod_labels={"app": "nvidia-device-plugin-daemonset"}
    ),
    "label k8s-app=nvidia-gpu-device-plugin": load("plugin", labels={"k8s-app": "nvidia-gpu-device-plugin"}),
    "image nvcr.io/nvidia/k8s-device-plugin:v0.14.1": load("p", image="nvcr.io/nvidia/k8s-device-plugin:v0.14.1"),
    "its name, on GKE": load("nvidia-gpu-device-plugin"),
}


@pytest.mark.parametrize("sign", SETS)
def test_each_sign_of_a_daemon_set(sign: str) -> None:
    found = note("device-plugin-present", ON, daemon_sets=[load("other"), SETS[sign]])
    assert (found.health, found.implies) == (BAD, OFF)
    assert f"({sign.split(',')[0]})" in found.evidence
    assert SETS[sign]["metadata"]["name"] in found.evidence


def test_a_node_that_offers_gpus_is_the_strongest_sign() -> None:
    found = note("device-plugin-present", ON, nodes=[*NODES, GPU_NODE, node("g2", **{"nvidia.com/gpu": "1"})])
    assert (found.health, found.implies) == (BAD, OFF)
    assert found.evidence == "Node g1: allocatable nvidia.com/gpu=4, and 1 more nodes"
    assert "device-plugin-absent" in notes(survey(nodes=[node("g", **{"nvidia.com/gpu": "0"})]), ON)


def test_several_signs_are_one_finding_the_strongest_first() -> None:
    spaces = [obj("gpu-operator"), obj("default")]
    found = note("device-plugin-present", ON, nodes=[GPU_NODE], daemon_sets=[PLUGIN], namespaces=spaces)
    assert found.evidence.split("; ") == [
        "Node g1: allocatable nvidia.com/gpu=4",
        "DaemonSet kube-system/nvidia-device-plugin-daemonset (its name)",
        "Namespace gpu-operator",
    ]


@pytest.mark.parametrize(
    ("wanted", "health"),
    [
        (ON, BAD),
        (draft({"installnvidiadeviceplugin": "TRUE"}), BAD),
        (draft({**TRAINING, **OFF}), GOOD),
        (draft(TRAINING), GOOD),
        (old(), BAD),
        (old(OFF), GOOD),
    ],
)
def test_a_setting_that_leaves_it_alone_makes_it_good(wanted: Any, health: Health) -> None:
    """It is off by default since 1.1, and was on before."""
    found = note("device-plugin-present", wanted, nodes=[GPU_NODE], daemon_sets=[PLUGIN])
    assert (found.health, found.implies) == (health, OFF)
    assert ("will be used" in found.what) is (health is GOOD)


OURS = load("nvidia-device-plugin-daemonset", "azureml", release="amlarc-compute")


@pytest.mark.parametrize(
    ("plugin", "foreign"),
    [
        (OURS, False),
        (load("nvidia-device-plugin-daemonset", "azureml", release="gpu"), True),
        (load("nvidia-device-plugin-daemonset", "azureml"), True),
        ({**OURS, "metadata": {**OURS["metadata"], "labels": {}}}, True),
        ({**OURS, "metadata": {**OURS["metadata"], "annotations": {}}}, True),
        (
            {**OURS, "metadata": {**OURS["metadata"], "annotations": {
                "meta.helm.sh/release-name": "amlarc-compute", "meta.helm.sh/release-namespace": "gpu"}}},
            True,
        ),
    ],
)  # fmt: skip
def test_what_carries_all_three_marks_is_the_extensions_own(plugin: Any, foreign: bool) -> None:
    """Then the nodes' GPUs come from it, too."""
    found = notes(survey(nodes=[GPU_NODE], daemon_sets=[plugin], extensions=installed()), ON)
    assert ("device-plugin-present" in found) is foreign
    assert ("device-plugin-ours" in found) is not foreign


def test_the_release_is_named_like_the_extension_whatever_that_is() -> None:
    named = load("nvidia-device-plugin-daemonset", "azureml", release="aml2")
    assert "device-plugin-ours" in notes(survey(daemon_sets=[named]), draft(name="aml2"))
    assert "device-plugin-present" in notes(survey(daemon_sets=[named]), draft(name="aml3"))
    body = installed()
    body[1] = {**body[1], "name": "aml2"}
    assert "device-plugin-ours" in notes(survey(daemon_sets=[named], extensions=body), draft(name="aml3"))


def test_ours_and_another() -> None:
    found = note("device-plugin-present", ON, daemon_sets=[OURS, PLUGIN], nodes=[GPU_NODE])
    assert found.evidence == "DaemonSet kube-system/nvidia-device-plugin-daemonset (its name)"


def test_what_could_not_be_seen_is_asked() -> None:
    for parts in ({"daemon_sets": DENIED}, {"nodes": DENIED}, {"daemon_sets": DENIED, "nodes": DENIED}):
        found = note("device-plugin-unknown", ON, **parts)
        assert (found.health, found.implies) == (UNKNOWN, OFF)
        assert "may not be listed" in found.evidence
    seen = note("device-plugin-present", ON, daemon_sets=DENIED, nodes=[GPU_NODE])
    assert seen.health is BAD, "the nodes tell enough"


def test_a_namespace_alone_is_a_question() -> None:
    found = note("device-plugin-unknown", namespaces=[obj("gpu-resources")])
    assert (found.health, found.evidence, found.implies) == (UNKNOWN, "Namespace gpu-resources", OFF)


def test_nothing_there() -> None:
    assert note("device-plugin-absent").health is GOOD


EXPORTERS: dict[str, Any] = {
    "name": load("dcgm-exporter", "gpu"),
    "operator's name": load("nvidia-dcgm-exporter", "gpu-operator"),
    "label": load("x", labels={"app.kubernetes.io/name": "dcgm-exporter"}),
    "operator's label": load("x", pod_labels={"app": "nvidia-dcgm-exporter"}),
    "image": load("x", image="nvcr.io/nvidia/k8s/dcgm-exporter:3.1.7"),
}
NO_EXPORTER = {"installDcgmExporter": "False"}


@pytest.mark.parametrize("sign", EXPORTERS)
def test_each_sign_of_an_exporter(sign: str) -> None:
    two = note("dcgm-present", draft({"installDcgmExporter": "True"}), daemon_sets=[EXPORTERS[sign]])
    assert (two.health, two.implies) == (WARN, NO_EXPORTER)
    one = note("dcgm-present", draft(TRAINING), daemon_sets=[EXPORTERS[sign]])
    assert one.health is GOOD
    assert "DCGM_FI_DEV_GPU_UTIL" in one.remedy


def test_an_exporter_of_ours_or_none() -> None:
    ours = load("amlarc-compute-dcgm-exporter", "azureml", image="m/dcgm-exporter:3", release="amlarc-compute")
    assert note("dcgm-absent", daemon_sets=[ours, load("node-exporter")]).health is GOOD
    asked = note("dcgm-unknown", draft({"installDcgmExporter": "True"}), daemon_sets=DENIED)
    assert (asked.health, asked.implies) == (UNKNOWN, NO_EXPORTER)
    told = note("dcgm-unknown", draft(TRAINING), daemon_sets=DENIED)
    assert (told.health, told.implies) == (UNKNOWN, {})
