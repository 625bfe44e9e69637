"""The settings of the extension: defaults by era, as documented."""

from __future__ import annotations

import pytest

from tui.domain.settings_catalogue import CATALOGUE, find, is_true


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
        ("allowInsecureConnections", None, "False"),
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
        ("sslKeyPemFile", "secret"), ("scoringFe.sslKey", "secret"), ("relayserver.relayConnectionString", "secret"),
        ("servicebus.connectionString", "secret"), ("azure_log_analytics.connection_string", "secret"),
        ("relayserver.enabled", "set by az"), ("cluster_name", "set by az"), ("servicebus.topicSubMapping.x",
            "set by az"),
        ("nodeSelector.kubernetes\\.io/os", "text"), ("workLoadToleration[3].effect", "text"), ("enableTraining",
            "bool"),
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
