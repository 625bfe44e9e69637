"""Every rule of the settings: a draft that breaks it, and what is said."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.domain.drafts import (
    AKS,
    ARC,
    BAD,
    BALANCED,
    FILES,
    GOOD,
    INSECURE,
    OLD,
    SERVE,
    SMALL,
    TRAIN,
    WARN,
    Codes,
    noted,
    without,
)
from tui.core.redact import MASK
from tui.core.secret import Secret
from tui.domain.plans.draft import Draft
from tui.domain.settings.rules import Site, judge


@pytest.mark.parametrize(
    ("draft", "site"),
    [
        (Draft(settings=TRAIN), ARC),
        (Draft(settings=TRAIN), Site()),
        (Draft(settings=SERVE), ARC),
        (Draft(settings=TRAIN | SERVE | {"inferenceRouterServiceType": "ClusterIP"}), ARC),
        (Draft(settings=without(SERVE, "sslSecret"), protected=FILES), ARC),
        (Draft(settings=BALANCED), AKS),
        (Draft(settings=BALANCED | {"internalLoadBalancerProvider": "azure"}), replace(ARC, distribution="AKS")),
        (Draft(name="a" * 53, settings=TRAIN), ARC),
        (Draft(settings=SERVE | {"inferenceRouterServiceType": "LOADBALANCER"}), replace(ARC, distribution="EKS")),
        (Draft(settings=BALANCED | {"internalLoadBalancerProvider": "Azure"}), AKS),
        (Draft(settings=TRAIN | {"nodeSelector.agent": "ml", r"nodeSelector.example\.com/x": "a_b.c"}), ARC),
        (Draft(settings=TRAIN | {"workLoadToleration[0].operator": "Exists"}), ARC),
        (
            Draft(settings=TRAIN | {"workLoadToleration[0].key": "gpu", "workLoadToleration[0].value": "",
                                    "workLoadToleration[0].effect": "NoSchedule"}), ARC,
        ),
        (Draft(settings=TRAIN, auto_upgrade=False, version="1.1.39"), ARC),
        (Draft(settings=TRAIN, auto_upgrade=False), ARC),
        (Draft(settings=TRAIN | {"volumePluginDir": "/var"}), OLD),
        (Draft(settings=TRAIN | {"privateEndpointNodeport": "True", "installNvidiaDevicePlugin": "false"}), OLD),
        (Draft(settings={"enableInference": "True"}, protected=FILES), OLD),
        (Draft(settings=TRAIN | {"openshift": "True"}), replace(ARC, distribution="openshift")),
        (Draft(settings=TRAIN, protected={"relayServerConnectionString": Secret("x")}), ARC),
        (Draft(settings=TRAIN | {"installVolcano": "True", "installPromOp": "True"}), ARC),
        (Draft(settings=SERVE | {"internalLoadBalancerProvider": ""}), ARC),
    ],
)  # fmt: skip
def test_sound(draft: Draft, site: Site) -> None:
    assert judge(draft, site) == []


def test_a_small_cluster_that_only_trains_gets_what_the_cli_gives_it() -> None:
    note = noted(Draft(settings=TRAIN), "small-cluster", SMALL)
    assert (note.health, note.implies) == (GOOD, {"inferenceRouterHA": "false", "clusterPurpose": "DevTest"})


BROKEN: dict[str, tuple[Draft, Site, Codes]] = {
    # what it is for
    "nothing enabled": (Draft(), ARC, {"nothing-enabled": BAD}),
    "both off": (Draft(settings={"enableTraining": "false", "enableInference": "no"}), ARC,
                 {"nothing-enabled": BAD, "bool-value": BAD}),
    # the extension itself
    "no name": (Draft(name="", settings=TRAIN), ARC, {"name": BAD}),
    "capitals": (Draft(name="AmlArc", settings=TRAIN), ARC, {"name": BAD}),
    "a name with _": (Draft(name="aml_arc", settings=TRAIN), ARC, {"name": BAD}),
    "a name ending in -": (Draft(name="aml-", settings=TRAIN), ARC, {"name": BAD}),
    "a long name": (Draft(name="a" * 54, settings=TRAIN), ARC, {"name": BAD}),
    "no train": (Draft(train=" ", settings=TRAIN), ARC, {"train": BAD}),
    "pinned and upgraded": (Draft(version="1.1.39", settings=TRAIN), ARC, {"pin": BAD}),
    "pinned to the preview and upgraded": (Draft(version="1.0.29", settings=TRAIN), ARC, {"pin": BAD}),
    "no version": (Draft(version="latest", auto_upgrade=False, settings=TRAIN), ARC, {"version": BAD}),
    "half a version": (Draft(version="1.1", auto_upgrade=False, settings=TRAIN), ARC, {"version": BAD}),
    "a version of the preview": (
        Draft(version="1.0.29", auto_upgrade=False, settings=TRAIN), ARC, {"version-era": WARN},
    ),
    "a later version": (Draft(version="1.1.39", auto_upgrade=False, settings=TRAIN), OLD, {"version-era": WARN}),
    # single settings
    "no switch": (Draft(settings=TRAIN | {"installPromOp": "yes"}), ARC, {"bool-value": BAD, "own-prometheus": WARN}),
    "an empty switch": (Draft(settings=TRAIN | {"openshift": ""}), ARC, {"bool-value": BAD}),
    "no choice": (Draft(settings=TRAIN | {"clusterPurpose": "Prod"}), ARC, {"choice-value": BAD}),
    "no number": (Draft(settings=TRAIN | {"nginxIngress.controllerConfig.worker-processes": "many"}), ARC,
                  {"int-value": BAD}),
    "unknown": (Draft(settings=TRAIN | {"enableTrainings": "True"}), ARC, {"key-unknown": WARN}),
    "unknown, protected": (Draft(settings=TRAIN, protected={"sslCertKeyFile": Secret("x")}), ARC,
                           {"key-unknown": WARN}),
    "no key": (Draft(settings=TRAIN | {"": "1"}), ARC, {"key-syntax": BAD}),
    "a key with a blank": (Draft(settings=TRAIN | {"a b": "1"}), ARC, {"key-syntax": BAD}),
    "a key with =": (Draft(settings=TRAIN | {"a=b": "1"}), ARC, {"key-syntax": BAD}),
    "a key like an option": (Draft(settings=TRAIN, protected={"--set": Secret("x")}), ARC, {"key-syntax": BAD}),
    "other case": (Draft(settings={"enabletraining": "True"}), ARC, {"key-case": BAD}),
    "other case, protected": (Draft(settings=TRAIN, protected={"RelayServerConnectionString": Secret("x")}), ARC,
                              {"key-case": BAD}),
    "gone": (Draft(settings=TRAIN | {"inferenceLoadBalancerHA": "False"}), ARC, {"key-gone": WARN}),
    "not there yet": (Draft(settings=TRAIN | {"installDcgmExporter": "True"}), OLD, {"key-early": WARN}),
    "of the pinned version": (
        Draft(version="1.0.29", auto_upgrade=False, settings=TRAIN | {"installDcgmExporter": "True"}), ARC,
        {"version-era": WARN, "key-early": WARN},
    ),
    "filled in by az": (Draft(settings=TRAIN | {"relayserver.enabled": "false"}), ARC, {"set-by-az": WARN}),
    "a topic": (Draft(settings=TRAIN | {"servicebus.topicSubMapping.x": "y"}), ARC, {"set-by-az": WARN}),
    "a mask": (Draft(settings=TRAIN | {"sslCname": f"x{MASK}"}), ARC, {"value-masked": BAD}),
    # the two sets
    "a secret in the open": (Draft(settings=TRAIN | {"relayServerConnectionString": "x"}), ARC,
                             {"protected-as-plain": BAD}),
    "a file in the open": (Draft(settings=TRAIN | {"sslKeyPemFile": "k.pem"}), ARC, {"protected-as-plain": BAD}),
    "perhaps a secret": (Draft(settings=TRAIN | {"registryPassword": "x"}), ARC,
                         {"secret-as-plain": WARN, "key-unknown": WARN}),
    "nothing to hide": (Draft(settings=TRAIN, protected={"installPromOp": Secret("True")}), ARC,
                        {"plain-as-protected": WARN}),
    "training hidden": (Draft(protected={"enableTraining": Secret("True")}), ARC,
                        {"plain-as-protected": WARN, "nothing-enabled": BAD}),
    "no value": (Draft(settings=TRAIN, protected={"relayServerConnectionString": Secret("")}), ARC,
                 {"protected-empty": BAD}),
    "a wire name": (Draft(settings=TRAIN, protected={"relayserver.relayConnectionString": Secret("x")}), ARC,
                    {"wire-name": WARN}),
    "in both sets": (Draft(settings=TRAIN | {"x": "1"}, protected={"X": Secret("1")}), ARC,
                     {"key-in-both": BAD, "key-unknown": WARN}),
    "in both sets by the wire name": (
        Draft(settings=TRAIN | {"servicebus.connectionString": ""},
              protected={"serviceBusConnectionString": Secret("1")}), ARC, {"key-in-both": BAD}),
    "twice": (Draft(settings={"enableTraining": "True", "ENABLETRAINING": "True"}), ARC,
              {"key-twice": BAD, "key-case": BAD}),
    "twice by the wire name": (
        Draft(settings=TRAIN, protected={"relayserver.relayConnectionString": Secret("x"),
                                         "relayServerConnectionString": Secret("x")}),
        ARC, {"key-twice": BAD, "wire-name": WARN},
    ),
    # the way in
    "no service": (Draft(settings=without(SERVE, "inferenceRouterServiceType")), ARC, {"service-type-missing": BAD}),
    "an empty service": (Draft(settings=SERVE | {"inferenceRouterServiceType": " "}), ARC,
                         {"service-type-missing": BAD}),
    "no such service": (Draft(settings=SERVE | {"inferenceRouterServiceType": "public"}), ARC, {"choice-value": BAD}),
    "another cloud's balancer": (
        Draft(settings=BALANCED | {"internalLoadBalancerProvider": "aws"}), AKS,
        {"choice-value": BAD},
    ),
    "inside, on premises": (
        Draft(settings=SERVE | {"inferenceRouterServiceType": "clusterIP", "internalLoadBalancerProvider": "azure"}),
        ARC, {"internal-balancer-aks": BAD},
    ),
    "inside, by node port": (Draft(settings=SERVE | {"internalLoadBalancerProvider": "azure"}), AKS,
                             {"internal-balancer-nodeport": BAD}),
    "no balancer": (Draft(settings=SERVE | {"inferenceRouterServiceType": "LoadBalancer"}), ARC,
                    {"load-balancer": WARN}),
    "perhaps no balancer": (Draft(settings=BALANCED), Site(), {"load-balancer": WARN}),
    "two private ways": (Draft(settings=TRAIN | {"privateEndpointILB": "True", "privateEndpointNodeport": "True"}),
                         replace(OLD, distribution="aks"), {"private-endpoints": BAD}),
    "a private balancer on premises": (Draft(settings=TRAIN | {"privateEndpointILB": "True"}), OLD,
                                       {"internal-balancer-aks": BAD}),
    # TLS
    "no material": (Draft(settings=without(SERVE, "sslSecret")), ARC, {"tls-missing": BAD}),
    "no material of old": (Draft(settings={"enableInference": "True"}), OLD, {"tls-missing": BAD}),
    "no name in the certificate": (Draft(settings=without(SERVE, "sslCname")), ARC, {"tls-cname": BAD}),
    "a certificate without its key": (
        Draft(settings=without(SERVE, "sslSecret"), protected={"sslCertPemFile": Secret("c")}), ARC, {"tls-half": BAD}),
    "no certificate": (Draft(settings=TRAIN, protected={"sslKeyPemFile": Secret("k")}), ARC,
                       {"tls-half": BAD, "tls-unused": WARN}),
    "files and a Secret": (Draft(settings=SERVE, protected=FILES), ARC, {"tls-both": BAD}),
    "in the open": (Draft(settings=INSECURE), ARC, {"insecure": WARN}),
    "in the open with a Secret": (Draft(settings=INSECURE | {"sslSecret": "tls"}), ARC,
                                  {"insecure": WARN, "tls-unused": WARN}),
    "TLS for nothing": (Draft(settings=TRAIN | {"sslSecret": "tls"}), ARC, {"tls-unused": WARN}),
    # how many
    "three on two": (Draft(settings=SERVE | {"inferenceRouterHA": "True", "clusterPurpose": "DevTest"}), SMALL,
                     {"ha-nodes": BAD}),
    "three on two of old": (
        Draft(settings={"enableInference": "True", "inferenceLoadBalancerHA": "true", "clusterPurpose": "DevTest"},
              protected=FILES), replace(SMALL, era="B"), {"ha-nodes": BAD},
    ),
    "one on two": (Draft(settings=SERVE | {"inferenceRouterHA": "False"}), SMALL, {"small-cluster": GOOD}),
    "unsaid on two": (Draft(settings=SERVE), SMALL, {"small-cluster": WARN}),
    "unsaid on two of AKS": (Draft(settings=SERVE), replace(AKS, nodes=2), {"small-cluster": WARN}),
    # where it runs
    "no label": (Draft(settings=TRAIN | {"nodeSelector.-x": "1"}), ARC, {"selector-label": BAD}),
    "no label, prefix": (Draft(settings=TRAIN | {r"nodeSelector.A\.b/x": "1"}), ARC, {"selector-label": BAD}),
    "no value of a label": (Draft(settings=TRAIN | {"nodeSelector.x": "a b"}), ARC, {"selector-value": BAD}),
    "a bare dot": (Draft(settings=TRAIN | {"nodeSelector.kubernetes.io/os": "linux"}), ARC, {"selector-dot": WARN}),
    "a toleration of nothing": (Draft(settings=TRAIN | {"workLoadToleration[0].effect": "NoSchedule"}), ARC,
                                {"toleration-incomplete": BAD}),
    "a toleration of no value": (Draft(settings=TRAIN | {"workLoadToleration[0].key": "gpu"}), ARC,
                                 {"toleration-incomplete": BAD}),
    "exists and equals": (
        Draft(settings=TRAIN | {"workLoadToleration[0].key": "gpu", "workLoadToleration[0].operator": "Exists",
                                "workLoadToleration[0].value": "x"}), ARC, {"toleration-value": BAD}),
    "no operator": (
        Draft(settings=TRAIN | {"workLoadToleration[0].key": "a", "workLoadToleration[0].value": "x",
                                "workLoadToleration[0].operator": "In"}), ARC, {"choice-value": BAD}),
    "no effect": (Draft(settings=TRAIN | {"workLoadToleration[0].operator": "Exists",
                                          "workLoadToleration[0].effect": "Run"}), ARC, {"choice-value": BAD}),
    "another field": (Draft(settings=TRAIN | {"workLoadToleration[0].operator": "Exists",
                                              "workLoadToleration[0].tolerationSeconds": "1"}), ARC,
                      {"toleration-field": WARN}),
    "a field in another case": (Draft(settings=TRAIN | {"workLoadToleration[0].Operator": "Exists"}), ARC,
                                {"key-case": BAD}),
    "from one": (Draft(settings=TRAIN | {"workLoadToleration[1].operator": "Exists"}), ARC, {"toleration-gap": BAD}),
    "with a gap": (Draft(settings=TRAIN | {"workLoadToleration[0].operator": "Exists",
                                           "workLoadToleration[2].operator": "Exists"}), ARC, {"toleration-gap": BAD}),
    # parts of one's own
    "OpenShift unsaid": (Draft(settings=TRAIN), replace(ARC, distribution="OpenShift"), {"openshift": WARN}),
    "OpenShift denied": (Draft(settings=TRAIN | {"openshift": "False"}), replace(ARC, distribution="openshift"),
                         {"openshift": WARN}),
    "own Volcano": (Draft(settings=TRAIN | {"installVolcano": "False"}), ARC, {"own-volcano": WARN}),
    "own Prometheus": (Draft(settings=TRAIN | {"installPromOp": "False"}), ARC, {"own-prometheus": WARN}),
    "own Prometheus of old": (Draft(settings=TRAIN | {"reuseExistingPromOp": "True"}), OLD, {"own-prometheus": WARN}),
    "flexvolumes without training": (
        Draft(settings={"enableInference": "True", "volumePluginDir": "/x"}, protected=FILES), OLD,
        {"flexvol-dir": WARN},
    ),
    "flexvolumes without a driver": (
        Draft(settings=TRAIN | {"volumePluginDir": "/x", "installBlobfuseFlexvol": "False"}), OLD,
        {"flexvol-dir": WARN},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("draft", "site", "expected"), BROKEN.values(), ids=BROKEN)
def test_broken(draft: Draft, site: Site, expected: Codes) -> None:
    notes = judge(draft, site)
    assert {note.code: note.health for note in notes} == expected
    assert all(note.what and note.evidence and note.remedy for note in notes)
    assert [note.health for note in notes] == sorted((note.health for note in notes), reverse=True)
