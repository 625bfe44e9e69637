"""The scenarios that a fault name chooses: what each begins with, and what becomes of it."""

from __future__ import annotations

import pytest

from tests.demo.world.stand import Stand
from tui.core.health import Health


def report_of(stand: Stand) -> dict[str, str]:
    found = stand.objects.get("configmaps", "azureml", "arcml-healthcheck")
    return dict(found["data"]) if found else {}


def test_not_installed_leaves_no_trace() -> None:
    stand = Stand(1, "not-installed")
    rows = stand.rows()
    assert stand.extension() is None
    assert rows["relays"] == {}
    assert {compute.type for compute in rows["computes"].values()} == {"AmlCompute"}
    assert "azureml" not in rows["namespaces"]
    assert "ml-train" in rows["namespaces"]
    groups = {
        name.partition(".")[2]
        for _namespace, name in stand.objects.keys("customresourcedefinitions.apiextensions.k8s.io")
    }
    assert groups == {"clusterconfig.azure.com", "arc.azure.com"}
    stand.go(3600)
    assert stand.rows()["jobs"] == {}


def test_installing_goes_from_the_health_check_to_ready_pods() -> None:
    stand = Stand(1, "installing")
    seen = []
    for _ in range(15):
        pods = stand.pods("azureml")
        seen.append((stand.extension().raw_state, len(pods), sum(pod.health is Health.GOOD for pod in pods)))
        stand.go(10)
    assert seen[0] == ("Creating", 0, 0)
    assert seen[3][:2] == ("Creating", 1)  # the health check alone
    assert [good for _state, _count, good in seen] == sorted(good for _state, _count, good in seen)
    assert len({good for _state, _count, good in seen}) > 4  # one by one, not all at once
    assert seen[14][0] == "Creating"
    stand.go(5)
    assert stand.extension().state == "Installed"
    assert all(pod.health is Health.GOOD for pod in stand.pods("azureml"))
    assert report_of(stand)["status-pre-install"] == "Success"


def test_a_failing_install_is_rolled_back() -> None:
    stand = Stand(1, "install-failing")
    stand.go(130)
    bad = {pod.component: pod.why for pod in stand.pods("azureml") if pod.health is Health.BAD}
    assert set(bad) == {"gateway", "relayserver"}
    assert stand.extension().state == "Pending"
    stand.go(111)
    check_rolled_back(stand)


def test_install_failed_begins_after_the_roll_back() -> None:
    check_rolled_back(Stand(1, "install-failed"))


def check_rolled_back(stand: Stand) -> None:
    extension = stand.extension()
    assert (extension.state, extension.error.code) == ("Failed", "ExtensionOperationFailed")
    assert extension.why.endswith("timed out waiting for the condition")
    assert "due to atomic being set" in extension.error.message
    assert stand.pods("azureml") == []
    assert stand.objects.keys("deployments.apps", "azureml") == []
    assert "ErrorCode: E45003 ErrorMessage: cannot reach" in report_of(stand)["reports-pre-install"]
    said = {event.reason for event in stand.rows()["events"].values() if event.namespace == "azureml"}
    assert {"Killing", "BackOff"} <= said
    stand.go(4000)
    assert not any(event.namespace == "azureml" for event in stand.rows()["events"].values())
    assert report_of(stand)


def test_relay_down_stops_the_jobs() -> None:
    stand = Stand(1, "relay-down")
    relays = [pod for pod in stand.pods("azureml") if pod.component == "relayserver"]
    assert [pod.status for pod in relays] == ["CrashLoopBackOff"] * 2
    stand.go(2400)
    assert not any(job.name.endswith("-100") for job in stand.rows()["jobs"].values())


def test_without_trouble_jobs_come() -> None:
    stand = Stand(1)
    stand.go(2400)
    assert any(job.name.endswith("-100") for job in stand.rows()["jobs"].values())


@pytest.mark.parametrize(("scenario", "connectivity"), [("arc-offline", "Offline"), ("relay-down", "Connected")])
def test_the_connected_cluster(scenario: str, connectivity: str) -> None:
    stand = Stand(1, scenario)
    before = next(iter(stand.rows()["clusters"].values()))
    assert before.connectivity == connectivity
    stand.go(1000)
    after = next(iter(stand.rows()["clusters"].values()))
    assert (after.last_seen > before.last_seen) is (connectivity == "Connected")
    agents = [pod for pod in stand.pods("azure-arc") if pod.health is Health.BAD]
    assert bool(agents) is (connectivity == "Offline")
