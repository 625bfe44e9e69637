"""The extension in the bodies of every era, and how it is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.build import EXTENSION_ID, NOW, ago, extension
from tui.core.health import Health
from tui.core.redact import MASK
from tui.domain.extension import ExtensionRow, decode, differs, enabled, explain, haystack, masked, of_product, setting

BODY_2020: dict[str, Any] = {
    "id": EXTENSION_ID,
    "name": "amlarc-compute",
    "type": "Microsoft.KubernetesConfiguration/extensions",
    "properties": {
        "extensionType": "Microsoft.AzureML.Kubernetes", "autoUpgradeMinorVersion": True, "releaseTrain": "Stable",
        "version": "1.0.29", "scope": {"cluster": {"releaseNamespace": "azureml"}, "namespace": None},
        "configurationSettings": {"enableTraining": "True"}, "configurationProtectedSettings": None,
        "installState": "Installed", "statuses": [], "errorInfo": {"code": None, "message": None},
        "creationTime": ago(7200), "lastModifiedTime": ago(3600), "lastStatusTime": ago(60),
        "identity": {"type": "SystemAssigned", "principalId": "p1"},
    },
}  # fmt: skip
"""2020-07-01-preview: installState, times and identity among the properties, null-filled errorInfo."""


def test_the_first_era() -> None:
    row = decode(BODY_2020)
    assert (row.state, row.raw_state, row.install_state, row.provisioning_state) == (
        "Installed",
        "Installed",
        "Installed",
        "",
    )
    assert (row.health, row.why, row.error, row.era) == (Health.GOOD, "", None, "B")
    assert (row.created, row.modified, row.identity) == (NOW - 7200, NOW - 3600, "SystemAssigned p1")
    assert (row.namespace, row.version, row.current, row.shown_version) == ("azureml", "1.0.29", "", "1.0.29")
    assert row.is_azureml
    assert row.cluster_id == EXTENSION_ID[: EXTENSION_ID.index("/providers/Microsoft.KubernetesConfiguration")]


def test_as_the_command_line_of_azure_prints_it() -> None:
    """Flat, without `properties`, every unset member null."""
    flat = {**BODY_2020["properties"], **{key: BODY_2020[key] for key in ("id", "name", "type")}, "systemData": None}
    assert decode(flat) == decode(BODY_2020)


def test_the_ga_era() -> None:
    body = extension({"enableTraining": "True"}, isSystemExtension=False)
    body["identity"] = {"type": "SystemAssigned", "principalId": "p1", "tenantId": "t"}
    row = decode(body)
    assert (row.state, row.raw_state, row.era, row.shown_version) == ("Installed", "Succeeded", "C", "1.1.39")
    assert (row.created, row.modified, row.identity) == (NOW - 3 * 86400, NOW - 600, "SystemAssigned p1")
    assert (row.train, row.auto_upgrade, row.namespace, row.key) == (
        "stable",
        True,
        "azureml",
        EXTENSION_ID.lower().strip("/"),
    )


def test_2022_called_it_installed_version() -> None:
    body = extension()
    body["properties"]["installedVersion"] = body["properties"].pop("currentVersion")
    assert decode(body).current == "1.1.39"


@pytest.mark.parametrize(
    ("provisioning", "install", "state", "raw", "health"),
    [
        ("Succeeded", None, "Installed", "Succeeded", Health.GOOD),
        ("succeeded", None, "Installed", "succeeded", Health.GOOD),
        ("Creating", None, "Pending", "Creating", Health.BUSY),
        ("Updating", None, "Pending", "Updating", Health.BUSY),
        ("Deleting", None, "Deleting", "Deleting", Health.BUSY),
        ("Failed", None, "Failed", "Failed", Health.BAD),
        ("Canceled", None, "Canceled", "Canceled", Health.BAD),
        ("Pausing", None, "Pausing", "Pausing", Health.UNKNOWN),
        (None, "Installed", "Installed", "Installed", Health.GOOD),
        (None, "Pending", "Pending", "Pending", Health.BUSY),
        (None, "Failed", "Failed", "Failed", Health.BAD),
        (None, "Unknown", "Pending", "Unknown", Health.BUSY),
        ("Creating", "Unknown", "Pending", "Creating", Health.BUSY),
        ("Succeeded", "Installed", "Installed", "Succeeded", Health.GOOD),
        ("Succeeded", "Unknown", "Installed", "Succeeded", Health.GOOD),
        ("Succeeded", "Pending", "Pending", "Pending", Health.BUSY),
        ("Succeeded", "Failed", "Failed", "Failed", Health.BAD),
        ("Failed", "Installed", "Failed", "Failed", Health.BAD),
        (None, None, "Unknown", "", Health.UNKNOWN),
    ],
)
def test_install_state(provisioning: str | None, install: str | None, state: str, raw: str, health: Health) -> None:
    row = decode(extension(provisioningState=provisioning, installState=install))
    assert (row.state, row.raw_state, row.health) == (state, raw, health)
    assert row.in_progress == (health in (Health.BUSY, Health.UNKNOWN))
    assert row.why or health is Health.GOOD


def test_a_version_that_runs_is_no_readiness() -> None:
    row = decode(extension(state="Creating", version="1.6.0"))
    assert (row.current, row.state) == ("1.6.0", "Pending")


HELM = (
    "The extension operation failed with the following error: Error: [ InnerError: [Helm installation failed : "
    "release amlarc failed, and has been uninstalled due to atomic being set: "
    "failed pre-install: pod healthcheck failed]]"
)


def test_why_it_failed() -> None:
    row = decode(extension(state="Failed", errorInfo={"code": "ExtensionOperationFailed", "message": HELM}))
    assert (row.health, row.why) == (Health.BAD, "ExtensionOperationFailed: failed pre-install: pod healthcheck failed")
    assert row.error is not None
    assert row.error.message == HELM


def test_why_it_failed_when_only_a_status_says_so() -> None:
    status = {"code": "InstallationFailed", "level": "Error", "message": "quota exceeded", "time": ago(60)}
    row = decode(extension(state="Failed", statuses=[{"level": "Information", "message": "x"}, status]))
    assert row.why == "quota exceeded"
    assert row.statuses[1].time == NOW - 60
    assert decode(extension(state="Failed")).why == "Failed, ARM gives no reason"


def test_an_error_on_an_installed_one_is_a_warning() -> None:
    row = decode(extension(errorInfo={"code": "UpdateFailed", "message": "timed out"}))
    assert (row.state, row.health, row.why) == ("Installed", Health.WARN, "UpdateFailed: timed out")


@pytest.mark.parametrize(
    "errors", [None, {}, {"code": None, "message": None}, {"code": "", "message": "", "details": []}]
)
def test_a_null_filled_error_is_none(errors: Any) -> None:
    row = decode(extension(errorInfo=errors))
    assert (row.error, row.health) == (None, Health.GOOD)


@pytest.mark.parametrize(
    ("level", "shown"),
    [(None, "Information"), ("Info", "Information"), ("error", "Error"), ("WARNING", "Warning"), ("X", "X")],
)
def test_levels(level: str | None, shown: str) -> None:
    assert decode(extension(statuses=[{"level": level}])).statuses[0].level == shown


@pytest.mark.parametrize("protected", [None, {}])
def test_protected_settings_that_are_not_shown_are_not_unset(protected: Any) -> None:
    assert decode(extension(configurationProtectedSettings=protected)).protected == ()


def test_of_protected_settings_only_the_names_are_kept() -> None:
    row = decode(
        extension(configurationProtectedSettings={"relayserver.relayConnectionString": "hunter2", "a": "hunter2"})
    )
    assert row.protected == ("a", "relayserver.relayConnectionString")
    assert "hunter2" not in repr(row)


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("enableTraining", "True", "True"),
        ("sslSecret", "my-tls", "my-tls"),
        ("scoringFe.sslSecret", "my-tls", "my-tls"),
        ("scoringFe.sslKey", "LS0t", MASK),
        ("relayserver.relayConnectionString", "Endpoint=sb://x", MASK),
        ("azure_log_analytics.connection_string", "abc", MASK),
        ("unknown.password", "abc", MASK),
        ("unknown", "Endpoint=sb://x;SharedAccessKey=abcd", f"Endpoint=sb://x;SharedAccessKey={MASK}"),
        ("workLoadToleration[0].key", "sku", "sku"),
        ("unknown.password", "", ""),
    ],
)
def test_a_secret_among_plain_settings_is_masked(key: str, value: str, shown: str) -> None:
    assert masked(key, value) == shown
    assert decode(extension({key: value})).settings == {key: shown}


def _differing(row: ExtensionRow) -> dict[str, tuple[str, str]]:
    return {one.key: (one.value, one.default) for one in differs(row)}


def test_what_differs_from_the_default_of_its_era() -> None:
    settings = {
        "enableTraining": "True", "installNvidiaDevicePlugin": "False", "installVolcano": "true",
            "nodeSelector.pool": "ml",
        "relayserver.enabled": "true", "cluster_name": "/subscriptions/x", "somethingNew": "1",
    }  # fmt: skip
    assert _differing(decode(extension(settings))) == {
        "enableTraining": ("True", "False"), "nodeSelector.pool": ("ml", ""), "somethingNew": ("1", ""),
    }  # fmt: skip
    preview = _differing(decode(extension(settings, version="1.0.29")))
    assert preview["installNvidiaDevicePlugin"] == ("False", "True")


def test_a_default_that_follows_another_setting() -> None:
    """In the preview the blobfuse switches are what enableTraining is."""
    on = decode(extension({"enableTraining": "True", "installBlobfuseSysctl": "True"}, version="1.0.29"))
    assert "installBlobfuseSysctl" not in _differing(on)
    assert enabled(on, "installBlobfuseFlexvol")
    off = decode(extension({"installBlobfuseSysctl": "True"}, version="1.0.29"))
    assert _differing(off)["installBlobfuseSysctl"] == ("True", "False")


def test_what_is_in_force() -> None:
    row = decode(extension({"EnableTraining": "TRUE"}))
    assert enabled(row, "enableTraining")
    assert enabled(row, "installVolcano")
    assert not enabled(row, "installNvidiaDevicePlugin")
    assert enabled(decode(extension(version="1.0.13")), "installNvidiaDevicePlugin")
    assert setting(row, "never heard of") == ""


@pytest.mark.parametrize(
    ("version", "era"),
    [("1.0.13", "B"), ("1.0", "B"), ("0.9.1", "B"), ("1.1.5", "C"), ("1.10.0", "C"), ("2.0", "C"), ("", "C")],
)
def test_eras(version: str, era: str) -> None:
    assert decode(extension(version=version)).era == era


def test_how_long_it_goes_on() -> None:
    assert explain(decode(extension(state="Creating")), NOW) == "Creating for 10m"
    assert explain(decode(extension(state="Failed")), NOW) == "Failed, ARM gives no reason"


def test_the_one_of_the_product_is_known_by_its_type() -> None:
    ours = decode(extension(extensionType="MICROSOFT.AzureML.Kubernetes"))
    other = decode({**extension(extensionType="azuremonitor-containers"), "id": "/other", "name": "amlarc-compute"})
    assert of_product({other.key: other, ours.key: ours}) is ours
    assert of_product({other.key: other}) is None
    assert "Installed" in haystack(ours)


@pytest.mark.parametrize(
    "body", [None, 5, [], {}, {"properties": []}, {"properties": {"statuses": [1, None], "scope": 5}}]
)
def test_any_body_is_taken(body: Any) -> None:
    row = decode(body)
    assert row.health is Health.UNKNOWN
    assert not row.is_azureml
