"""What the world does when clients write to the cluster: pods come again, jobs are cancelled."""

from __future__ import annotations

import pytest

from tests.demo.world.stand import Stand
from tui.demo.arm.operations import Event
from tui.demo.kube.deletion import Deletion


def names(stand: Stand, component: str) -> list[str]:
    return sorted(pod.name for pod in stand.pods("azureml") if pod.component == component)


@pytest.mark.parametrize(
    ("component", "same"), [("gateway", False), ("prometheus-prom-prometheus", True), ("dcgm-exporter", False)]
)
def test_a_deleted_pod_comes_again(component: str, same: bool) -> None:
    stand = Stand(1)
    before = names(stand, component)
    old = stand.objects.get("pods", "azureml", before[0])
    Deletion(stand.objects, stand.clock).delete("pods", ("azureml", before[0]), grace=0)
    assert len(names(stand, component)) == len(before) - 1
    stand.go(3)
    after = names(stand, component)
    assert len(after) == len(before)
    assert (after == before) is same
    new = next(stand.objects.get("pods", "azureml", name) for name in after if name not in before or same)
    assert new is not None
    assert old is not None
    assert new["metadata"]["uid"] != old["metadata"]["uid"]
    assert new["spec"]["nodeName"] == old["spec"]["nodeName"]
    said = {e.reason for e in stand.rows()["events"].values() if e.object_name == before[0]}
    assert "Killing" in said
    stand.go(60)
    assert any(pod.name in after and pod.phase == "Running" for pod in stand.pods("azureml"))


def test_a_bare_pod_does_not_come_again() -> None:
    stand = Stand(1)
    Deletion(stand.objects, stand.clock).delete("pods", ("azureml", "healthcheck"), grace=0)
    stand.go(120)
    assert names(stand, "healthcheck") == []


def test_what_a_deleted_deployment_owned_stays_away() -> None:
    stand = Stand(1)
    Deletion(stand.objects, stand.clock, stops=0).delete("deployments.apps", ("azureml", "gateway"))
    stand.go(120)
    assert names(stand, "gateway") == []
    assert not any(name.startswith("gateway") for _ns, name in stand.objects.keys("replicasets.apps", "azureml"))


@pytest.mark.parametrize("namespace", ["azureml", "ml-train"])
def test_nothing_comes_again_in_a_namespace_that_was_deleted(namespace: str) -> None:
    stand = Stand(1)
    deletion = Deletion(stand.objects, stand.clock, stops=0)
    deletion.delete("namespaces", ("", namespace))
    for _ in range(30):
        stand.go(60)
        deletion.reap()
    assert stand.objects.get("namespaces", None, namespace) is None
    assert [key for key in stand.objects_by_key() if key[1] == namespace] == []


def test_a_crash_goes_on_in_the_new_pod() -> None:
    stand = Stand(1)
    bad = next(pod for pod in stand.pods("azureml") if pod.status == "CrashLoopBackOff")
    Deletion(stand.objects, stand.clock).delete("pods", ("azureml", bad.name), grace=0)
    stand.go(2)
    statuses = []
    for _ in range(40):
        stand.go(5)
        pod = next(p for p in stand.pods("azureml") if p.component == "relayserver" and p.created > stand.start)
        statuses.append((pod.status, pod.restarts))
    assert statuses[0] == ("ContainerCreating", 0)
    assert statuses[-1] == ("CrashLoopBackOff", 3)
    counts = [restarts for _status, restarts in statuses]
    assert counts == sorted(counts)


def test_a_workers_pod_is_made_again_under_its_name() -> None:
    stand = Stand(1)
    job = next(job for job in stand.rows()["jobs"].values() if job.name == "resnet50-dist")
    namespace, name = job.pods[1].key.split("/")
    Deletion(stand.objects, stand.clock).delete("pods", (namespace, name), grace=0)
    stand.go(5)
    assert stand.rows()["jobs"][job.key].state in ("Queued", "Starting")
    stand.go(40)
    again = stand.rows()["jobs"][job.key]
    assert (again.state, [pod.key for pod in again.pods]) == ("Running", [pod.key for pod in job.pods])


def test_a_deleted_job_frees_its_gpus() -> None:
    stand = Stand(1)
    jobs = {job.name: job for job in stand.rows()["jobs"].values()}
    job_id = jobs["resnet50-dist"].job_id
    Deletion(stand.objects, stand.clock, stops=0).delete("amljobs.amlarc.azureml.com", ("ml-train", job_id))
    stand.go(90)
    after = {job.name: job for job in stand.rows()["jobs"].values()}
    assert "resnet50-dist" not in after
    assert after["gpt2-pretrain"].state == "Running"
    left = [key for key in stand.objects_by_key() if job_id in key[2] and key[0] != "events"]
    assert left == []


def test_what_clients_write_stays() -> None:
    stand = Stand(1)
    name = next(pod.name for pod in stand.pods("azureml") if pod.status == "CrashLoopBackOff")
    stand.objects.change("pods", "azureml", name, lambda pod: pod["metadata"]["labels"].update(mine="yes"))
    restarts = next(pod.restarts for pod in stand.pods("azureml") if pod.name == name)
    stand.go(700)
    pod = next(pod for pod in stand.pods("azureml") if pod.name == name)
    assert pod.labels["mine"] == "yes"
    assert pod.restarts > restarts


def test_other_extensions_are_not_played() -> None:
    stand = Stand(1)
    where = f"{stand.world.estate.cluster}/providers/Microsoft.KubernetesConfiguration/extensions/monitor"
    stand.arm.put({"id": where, "name": "monitor", "properties": {"extensionType": "other"}})
    operation = stand.arm.begin(where, "create")
    resource = stand.arm.get(where)
    assert resource is not None
    stand.arm.announce(Event("create", where, "microsoft.kubernetesconfiguration/extensions", resource, operation.id))
    stand.go(200)
    assert resource["id"] == where
    found = stand.arm.get(where)
    assert found is not None
    assert found["properties"]["provisioningState"] == "Succeeded"
