"""Updates: rollouts that can be watched, what fails and comes back, and secrets that are lost on the way."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo.world.stand import Stand
from tests.demo.world.test_installs import SERVE
from tui.domain.arm_error import innermost


def generations(stand: Stand, component: str) -> dict[str, str]:
    """Pods of a component: name and the hash of their template."""
    pods = stand.objects.list("pods", "azureml")
    found = {pod["metadata"]["name"]: pod["metadata"]["labels"].get("pod-template-hash", "") for pod in pods}
    return {name: hash for name, hash in found.items() if name.startswith(component)}


def deployment(stand: Stand, name: str) -> dict[str, Any]:
    found = stand.objects.get("deployments.apps", "azureml", name)
    assert found is not None
    return found


def test_a_rollout_brings_the_new_pod_before_the_old_one_goes() -> None:
    stand = Stand(1)
    before = generations(stand, "gateway")
    assert stand.update(installDcgmExporter="False")[0] == 202
    seen: list[tuple[int, int]] = []
    for _ in range(50):
        stand.go(2)
        now = generations(stand, "gateway")
        seen.append((len(now.keys() & before.keys()), len(now.keys() - before.keys())))
        status = deployment(stand, "gateway")["status"]
        assert status["readyReplicas"] >= 1
        assert status["replicas"] == len(now)
    assert list(dict.fromkeys(seen)) == [(1, 0), (1, 1), (0, 1)]
    body = deployment(stand, "gateway")
    assert body["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "2"
    assert body["metadata"]["generation"] == body["status"]["observedGeneration"] == 2
    sets = [s for s in stand.objects.list("replicasets.apps", "azureml") if s["metadata"]["name"].startswith("gateway")]
    assert sorted(s["spec"]["replicas"] for s in sets) == [0, 1]
    killed = [e for e in stand.objects.list("events", "azureml") if e["reason"] == "Killing"]
    assert before.keys() <= {e["involvedObject"]["name"] for e in killed}


def test_what_an_update_does_not_touch_stays_as_it_is() -> None:
    stand = Stand(1)
    before = generations(stand, "volcano-")
    relays = generations(stand, "relayserver")
    stand.update(installDcgmExporter="False")
    stand.until(lambda: stand.state() == "Installed")
    assert generations(stand, "volcano-") == before
    assert generations(stand, "relayserver") == relays
    assert "dcgm-exporter" not in stand.components()
    records = {
        name: stand.objects.get("secrets", "azureml", name)["metadata"]["labels"]["status"]  # type: ignore[index]
        for _ns, name in stand.objects.keys("secrets", "azureml")
        if name.startswith("sh.helm")
    }
    assert list(records.values()) == ["superseded", "deployed"]
    assert {"reports-pre-install", "reports-pre-upgrade"} <= set(stand.report())


def test_switches_bring_components_and_another_version_replaces_all() -> None:
    stand = Stand(1)
    stand.update(**SERVE)
    assert stand.extension().raw_state == "Updating"
    stand.until(lambda: stand.state() == "Installed")
    assert sum(pod.component == "azureml-fe-v2" for pod in stand.pods("azureml")) == 3
    stand.update(inferenceRouterHA="False")
    stand.until(lambda: stand.state() == "Installed")
    stand.go(5)
    assert sum(pod.component == "azureml-fe-v2" for pod in stand.pods("azureml")) == 1
    patch = {"properties": {"version": "1.1.37", "autoUpgradeMinorVersion": False}}
    assert stand.extension_asks("PATCH", patch)[0] == 202
    stand.until(lambda: stand.state() == "Installed")
    stand.go(60)
    images = {
        box["image"] for pod in stand.objects.list("pods", "azureml") for box in pod["spec"]["containers"]
        if "/amlarc/docker/" in box["image"] and "dcgm" not in box["image"]
    }  # fmt: skip
    assert {image.rpartition(":")[2] for image in images} == {"1.1.37"}


def test_a_node_selector_moves_the_components() -> None:
    stand = Stand(1)
    stand.update(**{"nodeSelector__kubernetes.io/hostname": "cpu-3"})
    stand.until(lambda: stand.state() == "Installed")
    stand.go(60)
    moved = {pod.node for pod in stand.pods("azureml") if pod.component in ("gateway", "volcano-scheduler")}
    assert moved == {"cpu-3"}


def test_a_failing_update_comes_back_to_the_old_pods() -> None:
    stand = Stand(1, "update-fails")
    before = generations(stand, "gateway")
    stand.update(installDcgmExporter="False")
    stand.until(lambda: stand.components()["gateway"].status == "CrashLoopBackOff")
    assert before.keys() < generations(stand, "gateway").keys()  # the old one serves on
    assert deployment(stand, "gateway")["status"]["conditions"][1]["reason"] == "ReplicaSetUpdated"
    stand.until(lambda: stand.state() == "Failed")
    error = innermost(stand.extension().error).message
    assert error == "timed out waiting for the condition"
    assert "has been rolled back due to atomic being set" in stand.extension().error.message
    assert "Helm upgrade failed" in stand.extension().error.message
    assert generations(stand, "gateway") == before
    stand.go(30)
    assert "dcgm-exporter" in stand.components()
    assert "E45001" in stand.report()["reports-pre-rollback"]
    assert deployment(stand, "gateway")["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "3"
    names = [name for _ns, name in stand.objects.keys("secrets", "azureml") if name.startswith("sh.helm")]
    told = [stand.objects.get("secrets", "azureml", name)["metadata"]["labels"]["status"] for name in names]  # type: ignore[index]
    assert told == ["superseded", "failed", "deployed"]


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        ("fail-healthcheck-e40001", "pre-upgrade hooks failed: pod healthcheck failed"),
        ("fail-chart-not-found", "Failed in download the Chart path not found"),
        ("fail-image-pull", "timed out waiting for the condition"),
        ("fail-status-not-populated", "Unable to get the status"),
    ],
)
def test_an_update_can_fail_for_the_causes_of_installs(cause: str, told: str) -> None:
    stand = Stand(1, "update-fails", cause)
    assert stand.state() == "Installed"
    before = generations(stand, "gateway")
    stand.update(installDcgmExporter="False")
    stand.until(lambda: stand.state() == "Failed")
    assert innermost(stand.extension().error).message.startswith(told)
    stand.go(30)
    assert (generations(stand, "gateway") == before) is (cause != "fail-status-not-populated")


def test_settings_of_an_update_can_fail_by_themselves() -> None:
    stand = Stand(1)
    stand.update(**{**SERVE, "inferenceRouterServiceType": "LoadBalancer"})
    stand.until(lambda: stand.state() == "Failed")
    assert "E40001" in stand.report()["reports-pre-upgrade"]
    assert len(stand.pods("azureml")) == 19


def test_a_patch_that_drops_the_relay_string_ends_well_and_leaves_relay_servers_crashing() -> None:
    stand = Stand(1)
    stand.update({"azure_log_analytics.connection_string": "k"}, installDcgmExporter="False")
    stand.until(lambda: stand.state() == "Installed")
    stand.go(60)
    bad = [pod for pod in stand.pods("azureml") if pod.component == "relayserver"]
    assert [pod.restarts > 0 for pod in bad] == [True, True]
    assert "no connection string is set" in "\n".join(stand.read(bad[0].name, "relayserver"))
    string = {"relayserver.relayConnectionString": stand.relay_string()}
    stand.update(string)
    stand.until(lambda: stand.state() == "Installed")
    stand.go(60)
    again = [pod for pod in stand.pods("azureml") if pod.component == "relayserver"]
    assert [(pod.status, pod.restarts) for pod in again] == [("Running", 0)] * 2


def test_a_patch_without_protected_settings_keeps_them() -> None:
    stand = Stand(1)
    stand.update(installDcgmExporter="False")
    stand.until(lambda: stand.state() == "Installed")
    stand.go(100)
    relays = [pod for pod in stand.pods("azureml") if pod.component == "relayserver"]
    assert any(pod.status == "Running" and not pod.restarts for pod in relays)


@pytest.mark.parametrize("what", ["namespace", "connection", "key"])
def test_relay_servers_crash_when_their_relay_is_taken_away(what: str) -> None:
    stand = Stand(1)
    where = stand.world.estate
    if what == "key":
        path = f"{where.connection}/authorizationRules/azureml_rw/regenerateKeys"
        assert stand.ask("POST", path, "2021-11-01", {"keyType": "PrimaryKey"})[0] == 200
    else:
        path = where.relay if what == "namespace" else where.connection
        assert stand.ask("DELETE", path, "2021-11-01")[0] == 200
    stand.go(25)
    relays = [pod for pod in stand.pods("azureml") if pod.component == "relayserver"]
    assert [pod.status for pod in relays] == ["CrashLoopBackOff"] * 2


def test_updating_is_on_its_way_from_the_start() -> None:
    stand = Stand(1, "updating")
    assert stand.extension().raw_state == "Updating"
    stand.until(lambda: stand.state() == "Installed")
    assert "dcgm-exporter" not in stand.components()
