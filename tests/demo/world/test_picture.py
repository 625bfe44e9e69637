"""What the program's own decoders read out of the default world: so many healthy, and every trouble with its reason."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo.world.stand import Rows, Stand
from tui.core.health import Health


@pytest.fixture(scope="module")
def rows() -> Rows:
    return Stand(1).rows()


def jobs(rows: Rows) -> dict[str, Any]:
    return {job.name: job for job in rows["jobs"].values()}


def test_components(rows: Rows) -> None:
    pods = [pod for pod in rows["pods"].values() if pod.namespace == "azureml"]
    bad = {pod.component: (pod.health, pod.status, pod.why) for pod in pods if pod.health is not Health.GOOD}
    assert (len(pods), len(bad)) == (19, 2)
    assert bad["relayserver"] == (Health.BAD, "CrashLoopBackOff", "exit 1: no relay connection")
    assert bad["prometheus-prom-prometheus"] == (Health.WARN, "Running", "config-reloader not ready")
    crashed = next(pod for pod in pods if pod.status == "CrashLoopBackOff")
    assert (crashed.ready, crashed.total, crashed.restarts) == (1, 2, 14)
    known = {pod.component for pod in pods}
    assert {"aml-operator", "gateway", "relayserver", "volcano-scheduler", "healthcheck", "dcgm-exporter"} <= known
    assert next(pod.status for pod in pods if pod.name == "healthcheck") == "Completed"


def test_everything_else_is_well(rows: Rows) -> None:
    others = [pod for pod in rows["pods"].values() if pod.namespace not in ("azureml", "ml-train")]
    assert {pod.namespace for pod in others} == {"azure-arc", "kube-system", "vision"}
    assert all(pod.health is Health.GOOD for pod in others)


def test_nodes(rows: Rows) -> None:
    nodes = rows["nodes"]
    assert len(nodes) == 12
    bad = {name: (node.health, node.pressures) for name, node in nodes.items() if node.health is not Health.GOOD}
    assert bad == {"cpu-6": (Health.WARN, ("DiskPressure",))}
    taints = {node.pool: {str(taint) for taint in node.taints} for node in nodes.values() if node.name != "cpu-6"}
    assert taints["gpu-v100"] == {"ml.azure.com/amlarc-workload=true:NoSchedule"}
    assert taints["gpu-t4"] == {"sku=gpu:NoSchedule"}
    assert taints["cpu"] == set()


def test_instance_types(rows: Rows) -> None:
    types = rows["types"]
    assert set(types) == {"defaultinstancetype", "gpu-v100", "cpu-large", "big-cpu"}
    assert (types["big-cpu"].health, types["big-cpu"].why) == (Health.WARN, "no node matches")
    assert (types["gpu-v100"].matching, types["gpu-v100"].now, types["gpu-v100"].empty) == (4, 2, 8)
    assert types["defaultinstancetype"].fitting == 9  # not the T4 nodes (taint), not the one under pressure
    assert all(kind.findings == () for kind in rows["instancetypes"].values())


@pytest.mark.parametrize(
    ("name", "state", "size", "why"),
    [
        ("bert-finetune-07", "Failed", "2×1 gpu-v100", "OOMKilled worker-1 (exit 137)"),
        ("tokenize-wiki-5", "Failed", "1× cpu-large", "Evicted: The node was low on resource"),
        ("whisper-eval-03", "Starting", "1× defaultinstancetype", "whisper-eval:2024.5: 401"),
        ("gpt2-pretrain", "Queued", "4×1 gpu-v100", "needs 4 GPUs, 2 free"),
        ("clip-pretrain-xl", "Queued", "12×1 gpu-v100", "needs 12 GPUs"),
        ("unet-seg-v2", "Starting", "1× defaultinstancetype", ""),
        ("resnet50-dist", "Running", "4×1 gpu-v100", ""),
        ("sweep-lr-0031_0", "Completed", "1×1 gpu-v100", ""),
        ("sweep-lr-0031_3", "Running", "1×1 gpu-v100", ""),
        ("xgb-churn-12", "Completed", "1× cpu-large", ""),
    ],
)
def test_jobs(rows: Rows, name: str, state: str, size: str, why: str) -> None:
    job = jobs(rows)[name]
    assert (job.state, job.size) == (state, size)
    assert job.why.startswith(why)


def test_a_job_at_the_enqueue_gate_has_no_pod(rows: Rows) -> None:
    job = jobs(rows)["clip-pretrain-xl"]
    assert job.pods == ()
    group = rows["podgroups"][job.group]
    assert (group.phase, group.reason, group.message) == ("Pending", "", "")
    said = {event.message for event in rows["events"].values() if event.object_name == group.name}
    assert said == {
        "resource in cluster is overused: overused nvidia.com/gpu",
        "0/0 tasks in gang unschedulable: pod group is not ready, 12 minAvailable",
    }  # fmt: skip


def test_a_gang_that_fits_in_part_says_which_pod_does_not(rows: Rows) -> None:
    job = jobs(rows)["gpt2-pretrain"]
    group = rows["podgroups"][job.group]
    assert (group.phase, group.reason) == ("Inqueue", "NotEnoughResources")
    assert group.why.startswith("2 of 4 have room, worker-2: 0/")
    fits, lacks = "has room, waits for the rest of its gang", "too little GPUs"
    assert [pod.why == fits for pod in job.pods] == [True, True, False, False]
    assert lacks in job.pods[2].why
    assert job.pods[3].why.startswith("waits for its gang: 2 of 4 have room, worker-2: 0/")


def test_what_is_over_has_no_pod_group(rows: Rows) -> None:
    over = [job for job in rows["jobs"].values() if job.state in ("Completed", "Failed") and job.vc_job]
    assert over
    assert not any(job.group for job in over)


def test_a_sweep_has_a_root_and_no_pod_of_its_own(rows: Rows) -> None:
    trials = [job for job in rows["jobs"].values() if job.root == "sweep-lr-0031"]
    assert len(trials) == 4
    assert "sweep-lr-0031" not in jobs(rows)


def test_the_running_job_is_whole(rows: Rows) -> None:
    job = jobs(rows)["resnet50-dist"]
    assert [pod.name for pod in job.pods] == ["worker-0", "worker-1", "worker-2", "worker-3"]
    assert (job.user, job.compute, job.workspace, job.queue) == ("carol", "arc-west", "mlw-west", "default")
    first = rows["pods"][job.pods[0].key]
    assert (first.ready, first.total, len(first.containers)) == (6, 6, 8)
    assert job.pods[0].container.endswith("-execution-wrapper")
    assert job.group.startswith(f"ml-train/ml-train-{job.job_id}-"), "and the uid of its Volcano Job"


def test_events_say_why(rows: Rows) -> None:
    said = {(event.reason, event.object_kind) for event in rows["events"].values() if event.type == "Warning"}
    assert {
        ("BackOff", "Pod"), ("FailedScheduling", "Pod"), ("FailedMount", "Pod"), ("Failed", "Pod"), ("Evicted", "Pod"),
        ("Unschedulable", "PodGroup"), ("Unhealthy", "Pod"), ("FreeDiskSpaceFailed", "Node"),
    } <= said  # fmt: skip
    relay = next(e for e in rows["events"].values() if e.reason == "BackOff" and "relayserver" in e.object_name)
    assert relay.count > 20
    assert relay.first is not None
    assert relay.last is not None
    assert relay.first < relay.last


def test_events_come_in_both_forms() -> None:
    bodies = Stand(1, "installing")
    bodies.go(90)
    events = bodies.objects.list("events")
    newer = [event for event in events if event["eventTime"]]
    assert newer
    assert len(newer) < len(events)
    assert all(event["reportingComponent"] and event["action"] for event in newer)


def test_azure(rows: Rows) -> None:
    extension = next(iter(rows["extensions"].values()))
    assert (extension.state, extension.current, extension.train) == ("Installed", "1.1.39", "stable")
    cluster = next(iter(rows["clusters"].values()))
    assert (cluster.connectivity, cluster.nodes, cluster.health) == ("Connected", 12, Health.GOOD)
    computes = {compute.name: compute for compute in rows["computes"].values()}
    assert (computes["arc-west"].is_kubernetes, computes["arc-west"].namespace) == (True, "ml-train")
    assert not computes["cpu-cluster"].is_kubernetes
    assert computes["arc-west-east"].health is Health.BAD
    assert "Kubernetes Extension Contributor" in computes["arc-west-east"].why
    assert len({workspace.location for workspace in rows["workspaces"].values()}) == 2
    relay = next(iter(rows["relays"].values()))
    assert relay.of_product


def test_the_relay_is_named_as_the_program_expects() -> None:
    from tui.demo.world.azure import CLUSTER, GROUP
    from tui.domain.relay import expected_name

    where = Stand(1).world.estate
    assert where.relay_name == expected_name(CLUSTER, where.subscription, GROUP)


def test_the_cluster_tells_its_own_arm_id() -> None:
    from tui.client.target import of_config_map

    stand = Stand(1)
    config = stand.objects.get("configmaps", "azure-arc", "azure-clusterconfig")
    assert config is not None
    assert of_config_map(config["data"]) == stand.world.estate.cluster
