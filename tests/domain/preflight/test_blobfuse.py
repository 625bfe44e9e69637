"""Blob storage: what may be there already, and what nobody but the operator knows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.preflight.surveys import (
    DENIED,
    INFERENCE,
    OLD,
    TRAINING,
    draft,
    load,
    node,
    note,
    notes,
    obj,
    old,
    survey,
)
from tui.core.health import Health
from tui.domain.preflight import findings, questions

GOOD, WARN, BAD, UNKNOWN, OFF = Health.GOOD, Health.WARN, Health.BAD, Health.UNKNOWN, Health.OFF
NO_FLEXVOL = {"installBlobfuseFlexvol": "False"}
NO_HOSTS = {"installBlobfuseSysctl": "False"}
PLUGINS = "/etc/kubernetes/volumeplugins/"
FLEXVOLS: dict[str, Any] = {
    "name": load("blobfuse-flexvol-installer", host_path=PLUGINS),
    "in default": load("blobfuse-flexvol-installer", "default", host_path=PLUGINS),
    "label": load("x", labels={"k8s-app": "blobfuse"}, host_path=PLUGINS),
    "pods' label": load("x", pod_labels={"name": "blobfuse"}, host_path=PLUGINS),
}


@pytest.mark.parametrize("sign", FLEXVOLS)
def test_each_sign_of_the_flexvolume_driver(sign: str) -> None:
    found = note("flexvol-present", old(), daemon_sets=[FLEXVOLS[sign]])
    assert (found.health, found.implies) == (BAD, NO_FLEXVOL)
    assert f"hostPath {PLUGINS}" in found.evidence
    assert PLUGINS in found.remedy, "which is the volumePluginDir"


@pytest.mark.parametrize(
    ("wanted", "code", "health"),
    [
        (old(NO_FLEXVOL), "flexvol-present", GOOD),
        (draft(TRAINING), "flexvol-unneeded", OFF),
        (draft({**TRAINING, "installBlobfuseFlexvol": "True"}), "flexvol-present", BAD),
        (draft({"enableTraining": "False", **INFERENCE}, version=OLD, auto_upgrade=False), "flexvol-present", GOOD),
    ],
)
def test_it_matters_to_releases_that_install_one(wanted: Any, code: str, health: Health) -> None:
    """Its default is that of training."""
    assert note(code, wanted, daemon_sets=[FLEXVOLS["name"]]).health is health


def test_no_flexvolume_driver_or_our_own() -> None:
    ours = load("blobfuse-flexvol-installer", "azureml", release="amlarc-compute")
    assert note("flexvol-absent", old(), daemon_sets=[ours, load("other")]).health is GOOD
    asked = note("flexvol-unknown", old(), daemon_sets=DENIED)
    assert (asked.health, asked.implies) == (UNKNOWN, NO_FLEXVOL)
    told = note("flexvol-unknown", old(NO_FLEXVOL), daemon_sets=DENIED)
    assert (told.health, told.implies) == (UNKNOWN, {})


def test_blobfuse_on_hosts_is_asked_whatever_was_seen() -> None:
    found = note("blobfuse-hosts-unknown", old())
    assert (found.health, found.implies) == (UNKNOWN, NO_HOSTS)
    assert found in questions(findings(survey(), old()))
    hinted = note("blobfuse-hosts-unknown", old(), daemon_sets=[FLEXVOLS["name"]], drivers=[obj("blob.csi.azure.com")])
    assert hinted.health is UNKNOWN
    assert hinted.evidence == (
        "a hint only: DaemonSet kube-system/blobfuse-flexvol-installer installs it; "
        "CSIDriver blob.csi.azure.com brings its own"
    )


@pytest.mark.parametrize(
    ("wanted", "code", "health"),
    [
        (old(NO_HOSTS), "blobfuse-hosts-answered", GOOD),
        (old({"installBlobfuseSysctl": "True"}), "blobfuse-hosts-answered", GOOD),
        (draft(TRAINING), "blobfuse-hosts-unneeded", OFF),
        (draft({"enableTraining": "False"}, version=OLD), "blobfuse-hosts-unneeded", OFF),
        (draft(version=OLD), "blobfuse-hosts-unknown", UNKNOWN),
    ],
)
def test_the_question_is_answered_by_the_setting(wanted: Any, code: str, health: Health) -> None:
    assert note(code, wanted).health is health


@pytest.mark.parametrize(
    "parts",
    [
        {"nodes": [node("n", **{"github.com/fuse": "1k"})]},
        {"daemon_sets": [load("k8s-host-device-plugin-daemonset")]},
        {"daemon_sets": [load("fuse-device-plugin")]},
        {"daemon_sets": [load("fuse-device-plugin-daemonset")]},
    ],
)
def test_the_fuse_device(parts: Any) -> None:
    found = note("fuse-present", **parts)
    assert (found.health, found.implies) == (WARN, {})


def test_the_fuse_device_of_ours() -> None:
    ours = load("k8s-host-device-plugin-daemonset", "azureml", release="amlarc-compute")
    offering = [node("n", **{"github.com/fuse": "1k"})]
    assert note("fuse-absent", daemon_sets=[ours], nodes=offering).health is GOOD
    assert note("fuse-present", nodes=offering).evidence == "Node n: allocatable github.com/fuse=1000"
    assert note("fuse-unknown", nodes=DENIED).health is UNKNOWN
    assert note("fuse-unknown", daemon_sets=DENIED).health is UNKNOWN


NO_DRIVER = {"blobCsiDriverEnabled": "False"}


@pytest.mark.parametrize(
    ("parts", "evidence"),
    [
        ({"drivers": [obj("blob.csi.azure.com")]}, "CSIDriver blob.csi.azure.com"),
        ({"daemon_sets": [load("csi-blob-node")]}, "DaemonSet kube-system/csi-blob-node"),
        ({"drivers": [obj("blob.csi.azure.com", release="blob")]}, "CSIDriver blob.csi.azure.com"),
    ],
)
def test_the_csi_driver(parts: Any, evidence: str) -> None:
    found = note("blob-csi-present", **parts)
    assert (found.health, found.implies, found.evidence) == (WARN, NO_DRIVER, evidence)
    assert note("blob-csi-present", draft(NO_DRIVER), **parts).health is GOOD


def test_no_csi_driver_or_our_own() -> None:
    ours = [obj("blob.csi.azure.com", release="amlarc-compute")]
    sets = [load("csi-blob-node", "azureml", release="amlarc-compute")]
    assert note("blob-csi-absent", drivers=ours, daemon_sets=sets).health is GOOD
    asked = note("blob-csi-unknown", drivers=DENIED)
    assert (asked.health, asked.implies) == (UNKNOWN, NO_DRIVER)
    told = note("blob-csi-unknown", draft(NO_DRIVER), drivers=DENIED)
    assert (told.health, told.implies) == (UNKNOWN, {})
    assert "blob-csi-present" in notes(survey(drivers=DENIED, daemon_sets=[load("csi-blob-node")]))
