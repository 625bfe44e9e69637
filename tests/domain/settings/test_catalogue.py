"""The settings of the extension: defaults by era, as documented."""

from __future__ import annotations

import pytest

from tui.domain.settings.catalogue import (
    CATALOGUE,
    behind,
    find,
    given,
    in_force,
    is_true,
    likely,
    same,
    spelled,
    version_era,
    wire_key,
)


@pytest.mark.parametrize(
    ("key", "preview", "now"),
    [
        ("enableTraining", "False", "False"),
        ("logAnalyticsWS", "False", "False"),
        ("installNvidiaDevicePlugin", "True", "False"),
        ("installBlobfuseSysctl", "enableTraining", None),
        ("installBlobfuseFlexvol", "enableTraining", None),
        ("volumePluginDir", "/etc/kubernetes/volumeplugins", None),
        ("inferenceLoadBalancerHA", "True", None),
        ("reuseExistingPromOp", "False", None),
        ("enable_https", "True", None),
        ("blobCsiDriverEnabled", "True", "True"),
        ("openshift", "False", "False"),
        ("enableInference", "False", "False"),
        ("allowInsecureConnections", "False", "False"),
        ("inferenceRouterHA", None, "True"),
        ("inferenceRouterServiceType", None, ""),
        ("internalLoadBalancerProvider", None, ""),
        ("installPromOp", None, "True"),
        ("installVolcano", None, "True"),
        ("installDcgmExporter", None, "False"),
        ("amloperator.skipResourceValidation", "false", "false"),
    ],
)
def test_defaults(key: str, preview: str | None, now: str | None) -> None:
    known = find(key.upper())
    assert known is not None
    assert (known.default("B"), known.default("C")) == (preview, now)


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("sslKeyPemFile", "file"), ("sslCertPemFile", "file"), ("scoringFe.sslKey", "secret"),
        ("relayserver.relayConnectionString", "secret"), ("servicebus.connectionString", "secret"),
        ("azure_log_analytics.connection_string", "secret"), ("relayserver.enabled", "set by az"),
        ("cluster_name", "set by az"), ("servicebus.topicSubMapping.x", "set by az"),
        ("nodeSelector.kubernetes\\.io/os", "text"), ("workLoadToleration[3].effect", "choice"),
        ("workLoadToleration[3].operator", "choice"), ("workLoadToleration[3].key", "text"), ("enableTraining", "bool"),
        ("inferenceRouterServiceType", "choice"), ("clusterPurpose", "choice"),
        ("nginxIngress.controllerConfig.worker-processes", "int"),
    ],
)  # fmt: skip
def test_kinds(key: str, kind: str) -> None:
    known = find(key)
    assert known is not None
    assert known.kind == kind


@pytest.mark.parametrize("key", ["", "nodeSelector.", "workLoadToleration[x].key", "enableTraining2"])
def test_unknown(key: str) -> None:
    assert find(key) is None


def test_every_setting_says_what_it_means_once() -> None:
    keys = [setting.key.lower() for setting in CATALOGUE]
    assert len(keys) == len(set(keys))
    assert all(setting.meaning for setting in CATALOGUE)
    assert all(setting.now is not None or setting.before is not None for setting in CATALOGUE)


@pytest.mark.parametrize(
    ("value", "on"), [("True", True), ("true ", True), ("TRUE", True), ("False", False), ("1", False), ("", False)]
)
def test_on_or_off(value: str, on: bool) -> None:
    assert is_true(value) is on


def test_the_groups_of_the_form() -> None:
    groups = {name: {s.key for s in CATALOGUE if s.group == name} for name in ("seed", "ga")}
    assert groups["seed"] == {
        "enableTraining", "logAnalyticsWS", "installNvidiaDevicePlugin", "installBlobfuseSysctl",
        "installBlobfuseFlexvol", "volumePluginDir",
    }  # fmt: skip
    assert groups["ga"] == {
        "enableInference", "inferenceRouterServiceType", "internalLoadBalancerProvider", "allowInsecureConnections",
        "sslSecret", "sslCname", "sslCertPemFile", "sslKeyPemFile", "inferenceRouterHA", "installPromOp",
        "installVolcano", "installDcgmExporter",
    }  # fmt: skip


def test_what_is_protected_and_where_it_goes() -> None:
    assert {s.key: s.wire for s in CATALOGUE if s.protected and s.wire} == {
        "sslCertPemFile": "scoringFe.sslCert", "sslKeyPemFile": "scoringFe.sslKey",
        "relayServerConnectionString": "relayserver.relayConnectionString",
        "serviceBusConnectionString": "servicebus.connectionString",
    }  # fmt: skip
    assert all(find(s.wire) for s in CATALOGUE if s.wire)
    assert {s.key for s in CATALOGUE if s.protected and not s.refetched} == {
        "sslCertPemFile", "sslKeyPemFile", "scoringFe.sslCert", "scoringFe.sslKey",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("key", "harms", "off"),
    [
        ("enableTraining", ("jobs",), True), ("enableInference", ("endpoints",), True),
        ("installNvidiaDevicePlugin", ("jobs", "endpoints"), True), ("nodeSelector.gpu", ("jobs", "endpoints"), False),
        ("allowInsecureConnections", ("endpoints",), False), ("inferenceRouterServiceType", ("endpoints",), False),
        ("internalLoadBalancerProvider", ("endpoints",), False), ("sslCname", ("endpoints",), False),
        ("installPromOp", (), False),
    ],
)  # fmt: skip
def test_what_a_change_disturbs(key: str, harms: tuple[str, ...], off: bool) -> None:
    known = find(key)
    assert known is not None
    assert (known.harms, known.harms_off) == (harms, off)


@pytest.mark.parametrize(
    ("key", "right", "wire"),
    [
        ("ENABLETRAINING", "enableTraining", "enableTraining"),
        ("sslkeypemfile", "sslKeyPemFile", "scoringFe.sslKey"),
        ("nodeselector.Some/Label", "nodeSelector.Some/Label", "nodeSelector.Some/Label"),
        ("WORKLOADTOLERATION[0].Key", "workLoadToleration[0].key", "workLoadToleration[0].key"),
        ("workLoadToleration[0].aB", "workLoadToleration[0].aB", "workLoadToleration[0].aB"),
        ("Free.Key", "Free.Key", "Free.Key"),
    ],
)
def test_spelling(key: str, right: str, wire: str) -> None:
    assert (spelled(key), wire_key(key)) == (right, wire)


def test_the_setting_behind_a_wire_name() -> None:
    giver = behind("SCORINGFE.sslkey")
    assert giver is not None
    assert giver.key == "sslKeyPemFile"
    assert behind("sslKeyPemFile") is None


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("enableTrainning", "enableTraining"), ("installvolcan", "installVolcano"), ("sslCertKeyFile", "sslKeyPemFile"),
        ("inferenceRouterServicType", "inferenceRouterServiceType"),
    ],
)  # fmt: skip
def test_likely(key: str, meant: str) -> None:
    assert likely(key)[0] == meant


@pytest.mark.parametrize("key", ["", "wholly.other", "enableTraining" * 1000])
def test_nothing_likely(key: str) -> None:
    assert likely(key) == ()


def test_what_is_in_force() -> None:
    assert in_force({"EnableTraining": "true"}, "installBlobfuseFlexvol", "B") == "true"
    assert in_force({}, "installBlobfuseFlexvol", "B") == "False"
    assert (
        in_force({"installBlobfuseFlexvol": "False", "enableTraining": "True"}, "installBlobfuseFlexvol", "B")
        == "False"
    )
    assert in_force({}, "installNvidiaDevicePlugin", "B") == "True"
    assert in_force({}, "free", "C") == ""
    assert given({"a": "1"}, "A") == "1"
    assert given({}, "a") is None


@pytest.mark.parametrize(
    ("key", "one", "other", "equal"),
    [
        ("enableTraining", "True", "true ", True), ("enableTraining", "True", "False", False),
        ("inferenceRouterServiceType", "LoadBalancer", "loadBalancer", True),
        ("sslSecret", "tls", "TLS", False), ("free", "a", "A", False), ("sslCname", "a", "a", True),
    ],
)  # fmt: skip
def test_same(key: str, one: str, other: str, equal: bool) -> None:
    assert same(key, one, other) is equal


@pytest.mark.parametrize(
    ("version", "era"), [("1.0.29", "B"), ("1.0", "B"), ("0.9.1", "B"), ("1.1.5", "C"), ("1.10.0", "C"), ("2.0.0", "C")]
)
def test_the_era_of_a_version(version: str, era: str) -> None:
    assert version_era(version) == era


@pytest.mark.parametrize(
    ("key", "value", "fits"),
    [
        ("enableTraining", "TRUE", True), ("enableTraining", "1", False), ("enableTraining", "", False),
        ("inferenceRouterServiceType", "CLUSTERIP", True), ("inferenceRouterServiceType", "public", False),
        ("nginxIngress.controllerConfig.worker-processes", "8", True),
        ("nginxIngress.controllerConfig.worker-processes", "Auto", True),
        ("nginxIngress.controllerConfig.worker-processes", "0", False),
        ("nginxIngress.controllerConfig.worker-processes", "-1", False),
        ("nginxIngress.controllerConfig.worker-processes", "9" * 9000, True), ("sslCname", "anything", True),
    ],
)  # fmt: skip
def test_values_of_a_kind(key: str, value: str, fits: bool) -> None:
    known = find(key)
    assert known is not None
    assert known.knows(value) is fits
