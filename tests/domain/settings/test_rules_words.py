"""What findings carry: the settings that follow, the evidence, the remedy, the settings they are about."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.domain.build import extension
from tests.domain.drafts import (
    AKS,
    ARC,
    BALANCED,
    FILES,
    SERVE,
    SMALL,
    TRAIN,
    live,
    noted,
)
from tui.core.secret import Secret
from tui.domain.cluster import decode as decode_cluster
from tui.domain.extension import decode as decode_extension
from tui.domain.plans.draft import Draft
from tui.domain.settings.case import site_of
from tui.domain.settings.rules import Site, findings, judge


@pytest.mark.parametrize(
    ("draft", "site", "code", "implies"),
    [
        (Draft(settings=SERVE), SMALL, "small-cluster", {"inferenceRouterHA": "false", "clusterPurpose": "DevTest"}),
        (Draft(settings=SERVE | {"clusterPurpose": "FastProd"}), SMALL, "small-cluster",
         {"inferenceRouterHA": "false"}),
        (Draft(settings=SERVE | {"inferenceRouterHA": "False"}), SMALL, "small-cluster", {"clusterPurpose": "DevTest"}),
        (
            Draft(settings={"enableInference": "True"}, protected=FILES), replace(SMALL, era="B"), "small-cluster",
            {"inferenceLoadBalancerHA": "false", "clusterPurpose": "DevTest"},
        ),
        (Draft(settings=TRAIN), replace(ARC, distribution="openshift"), "openshift", {"openshift": "true"}),
        (Draft(settings=TRAIN | {"openshift": "False"}), replace(ARC, distribution="openshift"), "openshift", {}),
        (
            Draft(settings={"openshift": "False"}),
            live(TRAIN | {"openshift": "true"}, replace(ARC, distribution="openshift")), "openshift", {},
        ),
    ],
)  # fmt: skip
def test_what_follows(draft: Draft, site: Site, code: str, implies: dict[str, str]) -> None:
    assert noted(draft, code, site).implies == implies


@pytest.mark.parametrize("nodes", [0, 3, 100])
def test_enough_nodes_or_an_unknown_number_imply_nothing(nodes: int) -> None:
    assert judge(Draft(settings=SERVE | {"inferenceRouterHA": "True"}), replace(ARC, nodes=nodes)) == []


def test_training_on_a_small_cluster_of_old_implies_nothing() -> None:
    assert judge(Draft(settings=TRAIN), replace(SMALL, era="B")) == []


@pytest.mark.parametrize(
    ("draft", "site", "code", "evidence"),
    [
        (
            Draft(settings=SERVE | {"inferenceRouterHA": "True"}), replace(SMALL, nodes=1), "ha-nodes",
            "configurationSettings inferenceRouterHA=True, clusterPurpose unset, default FastProd; 1 node",
        ),
        (
            Draft(settings={"enableTraining": "False"}), live(TRAIN), "nothing-enabled",
            "configurationSettings enableTraining=False, enableInference unset, default False",
        ),
        (
            Draft(settings={"inferenceRouterServiceType": "nodePort"}),
            live(BALANCED | {"internalLoadBalancerProvider": "azure"}, AKS),
            "internal-balancer-nodeport",
            "configurationSettings inferenceRouterServiceType=nodePort, internalLoadBalancerProvider=azure (live)",
        ),
        (
            Draft(settings=TRAIN | {"sslKeyPemFile": "hunter2"}), ARC, "protected-as-plain",
            "configurationSettings sslKeyPemFile",
        ),
    ],
)  # fmt: skip
def test_evidence(draft: Draft, site: Site, code: str, evidence: str) -> None:
    assert noted(draft, code, site).evidence == evidence


@pytest.mark.parametrize(
    ("draft", "code", "remedy"),
    [
        (Draft(settings=TRAIN | {"instalVolcano": "x"}), "key-unknown", "is it installVolcano?"),
        (Draft(settings=TRAIN, protected={"sslCertKeyFile": Secret("x")}), "key-unknown", "is it sslKeyPemFile?"),
        (Draft(settings={"ENABLEtraining": "True"}), "key-case", "write enableTraining"),
        (Draft(settings={"enableTraining": "1"}), "bool-value", "set it to True or False"),
        (
            Draft(settings={"nginxIngress.controllerConfig.worker-processes": "x"}), "int-value",
            "set it to auto or a number above 0",
        ),
        (
            Draft(settings=TRAIN | {"inferenceLoadBalancerHA": "False"}), "key-gone", "use inferenceRouterHA",
        ),
        (
            Draft(settings=TRAIN | {r"nodeSelector.a\.b.c/d": "x"}), "selector-dot", r"write nodeSelector.a\.b\.c/d",
        ),
        (
            Draft(settings=TRAIN | {"sslKeyPemFile": "k"}), "protected-as-plain",
            "give it as --set-protected sslKeyPemFile=@FILE",
        ),
    ],
)  # fmt: skip
def test_remedies(draft: Draft, code: str, remedy: str) -> None:
    assert noted(draft, code).remedy == remedy


def test_findings_name_the_settings_they_are_about() -> None:
    found = {one.note.code: one.keys for one in findings(Draft(settings=SERVE, protected=FILES, name="X"), ARC)}
    assert found == {"name": (), "tls-both": ("sslSecret", "sslCertPemFile", "sslKeyPemFile")}
    [unused] = findings(Draft(settings=TRAIN, protected=FILES), ARC)
    assert (unused.note.code, unused.keys) == ("tls-unused", ("sslCertPemFile", "sslKeyPemFile"))


def test_the_site_as_arm_tells_it() -> None:
    cluster = decode_cluster(
        {
            "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Kubernetes/connectedClusters/c",
            "properties": {"totalNodeCount": 4, "distribution": "K3s"},
        }
    )
    assert site_of(cluster, None) == Site(True, 4, "k3s", "C", None)
    row = decode_extension(extension({"enableTraining": "True"}))
    assert site_of(cluster, row, 3, 0) == Site(True, 4, "k3s", "C", {"enableTraining": "True"}, 3, 0)
