"""What state a joined job is in, and the one reason that is given for it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.build import NOW, Box, Json, ago, conditions, ended, node, pod, waiting
from tests.domain.jobs import (
    JOB,
    RUN,
    aml,
    failed,
    gpu_type,
    group,
    heard,
    oom,
    rows,
    unschedulable,
    vc,
    worker,
    wrapper,
)  # fmt: skip
from tui.core.health import Health
from tui.domain.job import JobRow

GPU_NODE = node("n1", labels={"gpu": "v"}, cpu="16", memory="64Gi", gpus="2")
ONE_GPU: Any = {"requests": {"cpu": "4", "memory": "16Gi"}, "limits": {"nvidia.com/gpu": "1"}}
UNPLACED = conditions(PodScheduled=(False, "Unschedulable", "0/3 nodes are available: 3 Insufficient nvidia.com/gpu."))


def one(**given_: Any) -> JobRow:
    (row,) = rows(NOW, **given_)
    return row


CASES: dict[str, tuple[dict[str, Any], str, Health, str]] = {
    "just delivered": ({"amljobs": (aml(created=20),)}, "Queued", Health.BUSY, "just delivered"),
    "no PodGroup for long": (
        {"amljobs": (aml(created=600),)}, "Queued", Health.WARN,
        "no PodGroup seen: look at aml-operator and volcano-controllers",
    ),
    "Volcano has not made its group": ({"vcjobs": (vc("Pending"),)}, "Queued", Health.BUSY,
        "its PodGroup is not made yet"),
    "Volcano says why": (
        {"vcjobs": (vc("Pending", message="exceeded quota: team"),)}, "Queued", Health.BUSY, "exceeded quota: team",
    ),
    "at the enqueue gate": (
        {"podgroups": (group("Pending"),)}, "Queued", Health.BUSY, "at the enqueue gate: no room yet",
    ),
    "at the enqueue gate with a reason": (
        {"podgroups": (group("Pending", unschedulable("resource in cluster is overused")),)}, "Queued", Health.WARN,
        "at the enqueue gate: resource in cluster is overused",
    ),
    "a reason taken back": (
        {"podgroups": (group("Pending", unschedulable(seconds=60),
                             {"type": "Scheduled", "status": "True", "lastTransitionTime": ago(10)}),)},
        "Queued", Health.BUSY, "at the enqueue gate: no room yet",
    ),
    "room is short at the gate": (
        {"amljobs": (aml(),), "podgroups": (group("Pending", unschedulable(), needs={"nvidia.com/gpu": "2",
            "cpu": "8"}),),
         "nodes": (GPU_NODE,), "types": (gpu_type(),),
         "workers": (pod(Box(**ONE_GPU), name="x", namespace="o"),)},
        "Queued", Health.BUSY, "needs 2 GPUs, 1 free",
    ),
    "more than the cluster has": (
        {"amljobs": (aml(),), "podgroups": (group("Pending", needs={"nvidia.com/gpu": "4"}),), "nodes": (GPU_NODE,),
         "types": (gpu_type(),)},
        "Queued", Health.WARN, "needs 4 GPUs, the cluster has 2",
    ),
    "memory is short": (
        {"podgroups": (group("Pending", needs={"memory": "100Gi"}),), "nodes": (GPU_NODE,)}, "Queued", Health.WARN,
        "needs 100Gi memory, the cluster has 64Gi",
    ),
    "cpu is short": (
        {"podgroups": (group("Pending", needs={"cpu": "15"}),), "nodes": (GPU_NODE,),
         "workers": (pod(Box(requests={"cpu": "2"}), name="x", namespace="o"),)},
        "Queued", Health.BUSY, "needs 15 cpu, 14 free",
    ),
    "the gang by its type, when the group does not say": (
        {"amljobs": (aml(),), "podgroups": (group("Pending"),), "nodes": (GPU_NODE,), "types": (gpu_type(2),)},
            "Queued",
        Health.WARN, "needs 4 GPUs, the cluster has 2",
    ),
    "no node may take it": (
        {"amljobs": (aml(),), "podgroups": (group("Pending"),), "nodes": (node("n1"),), "types": (gpu_type(),)},
            "Queued",
        Health.WARN, "no node that is ready may take gpu",
    ),
    "nodes are not known: nothing is claimed": (
        {"podgroups": (group("Pending", needs={"nvidia.com/gpu": "4"}),)}, "Queued", Health.BUSY,
        "at the enqueue gate: no room yet",
    ),
    "runs, but its pods may not be listed": (
        {"amljobs": (aml(),), "podgroups": (group("Running"),)}, "Running", Health.BUSY,
        "by the word of Volcano; its pods are not seen",
    ),
    "runs by its Volcano Job": (
        {"vcjobs": (vc("Running"),)}, "Running", Health.BUSY, "by the word of Volcano; its pods are not seen",
    ),
    "admitted": ({"podgroups": (group("Inqueue"),)}, "Queued", Health.BUSY, "admitted, its pods are being made"),
    "not scheduled, room in sum": (
        {"workers": (worker(0, phase="Pending", node="", conditions=UNPLACED),), "nodes": (GPU_NODE,)}, "Queued",
            Health.WARN,
        "0/3 nodes: 3 too little GPUs",
    ),
    "not scheduled, no room": (
        {"workers": (worker(0, wrapper(reported=False, **ONE_GPU), phase="Pending", node="", conditions=UNPLACED),
                     pod(Box(limits={"nvidia.com/gpu": "2"}), name="x", namespace="o")), "nodes": (GPU_NODE,)},
        "Queued", Health.BUSY, "needs 1 GPU, 0 free",
    ),
    "gang": (
        {"workers": tuple(worker(i, phase="Pending", node="", conditions=conditions(
            PodScheduled=(False, "Unschedulable",
                "2/2 tasks in gang unschedulable: pod group is not ready"))) for i in (0, 1))},
        "Queued", Health.WARN, "worker-1: 2/2 tasks in gang unschedulable: pod group is not ready",
    ),
    "pull": (
        {"workers": (worker(0, wrapper(waiting("ImagePullBackOff", "rpc error: 401 Unauthorized"), image="a.io/img"),
                            phase="Pending"),)},
        "Starting", Health.BAD, "img: 401 from the registry",
    ),
    "starting": (
        {"workers": (worker(0, wrapper(waiting("ContainerCreating")), phase="Pending"), worker(1))}, "Starting",
            Health.BUSY,
        "worker-0: containers start",
    ),
    "running, one not ready": (
        {"workers": (worker(0), worker(1, wrapper(ready=False, started=True)))}, "Running", Health.WARN,
        "worker-1: execution-wrapper not ready",
    ),
    "one worker is done, the others run": (
        {"workers": (worker(0), worker(1, wrapper(ended(0, "Completed")), phase="Succeeded"))}, "Running",
            Health.GOOD, "",
    ),
    "completed by its pods": (
        {"workers": (worker(0, wrapper(ended(0, "Completed")), phase="Succeeded"),)}, "Completed", Health.GOOD, "",
    ),
    "completed by Volcano, no pod left": ({"vcjobs": (vc("Completed"),)}, "Completed", Health.GOOD, ""),
    "completed by its own word": ({"amljobs": (aml(status={"state": "Succeeded"}),)}, "Completed", Health.GOOD, ""),
    "out of memory": (
        {"vcjobs": (vc("Failed"),), "workers": (worker(0), failed(1, Box(f"{RUN}-lifecycler", ended(143, "Error",
            seconds=10)),
                                                               oom()))},
        "Failed", Health.BAD, "OOMKilled worker-1 (exit 137)",
    ),
    "the first of several pods to fail": (
        {"workers": (failed(0, wrapper(ended(1, "Error", seconds=10))), failed(1, oom(seconds=20)))}, "Failed",
            Health.BAD,
        "OOMKilled worker-1 (exit 137)",
    ),
    "its program failed": (
        {"workers": (failed(0, wrapper(ended(2, "Error", message="no such module"))),)}, "Failed", Health.BAD,
        "exit 2: no such module",
    ),
    "what delivers it failed": (
        {"workers": (failed(0, Box(f"{RUN}-lifecycler", ended(1, "Error", message="no space left")), wrapper()),)},
        "Failed", Health.BAD, "exit 1 (lifecycler): no space left",
    ),
    "what delivers it was killed": (
        {"workers": (failed(0, Box(f"{RUN}-lifecycler", ended(137, "OOMKilled")), wrapper()), worker(1))},
        "Failed", Health.BAD, "OOMKilled worker-0 (lifecycler, exit 137)",
    ),
    "the only pod that is left of two": (
        {"amljobs": (aml(),), "workers": (failed(1, wrapper(ended(1, "Error"))),)}, "Failed", Health.BAD,
        "exit 1 worker-1",
    ),
    "a lone worker cannot be pulled": (
        {"workers": (worker(0, Box(f"{RUN}-lifecycler", waiting("ContainerCreating")),
                            wrapper(waiting("ErrImagePull", "403 Forbidden"), image="a.io/img"), phase="Pending"),)},
        "Starting", Health.BAD, "img: 403 from the registry",
    ),
    "a signal": ({"workers": (failed(0, wrapper(ended(139, signal=11))),)}, "Failed", Health.BAD,
                 "signal 11"),
    "evicted": (
        {"workers": (worker(0, wrapper(reported=False), phase="Failed", reason="Evicted", message="low on disk"),)},
            "Failed",
        Health.BAD, "Evicted: low on disk",
    ),
    "failed, no pod left": ({"vcjobs": (vc("Failed", message="job timed out"),)}, "Failed", Health.BAD,
        "job timed out"),
    "failed by its own word": (
        {"amljobs": (aml(status={"state": "Failed", "message": "Code 9: exceeded the node size"}),)}, "Failed",
            Health.BAD,
        "Code 9: exceeded the node size",
    ),
    "failed, nobody says why": ({"vcjobs": (vc("Failed"),)}, "Failed", Health.BAD, "no pod is left to say why"),
    "restarted by Volcano after a failure": (
        {"vcjobs": (vc("Restarting"),), "workers": (failed(0, oom()), worker(1))}, "Starting", Health.BAD,
        "worker-0: OOMKilled, exit 137",
    ),
    "being deleted": ({"amljobs": (aml(deleted=True),), "workers": (worker(),)}, "Stopping", Health.BUSY,
        "is being deleted"),
    "a failed pod goes, its successor runs": (
        {"workers": (failed(0, oom(), deleted=True), worker(1))}, "Running", Health.GOOD, "",
    ),
    "its pods go": ({"workers": (worker(deleted=True),)}, "Stopping", Health.BUSY, "its pods are being deleted"),
    "aborting": ({"vcjobs": (vc("Aborting"),), "workers": (worker(),)}, "Stopping", Health.BUSY, "aborting"),
    "aborted": ({"vcjobs": (vc("Aborted", message="by user"),)}, "Canceled", Health.OFF, "aborted: by user"),
    "terminated": ({"vcjobs": (vc("Terminated"),)}, "Canceled", Health.OFF, "terminated"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_state_and_reason(case: str) -> None:
    given_, state, health, why = CASES[case]
    row = next(row for row in rows(NOW, **given_) if row.job_id == JOB)
    assert (row.state, row.health, row.why) == (state, health, why)


CREATING = worker(0, wrapper(waiting("ContainerCreating")), phase="Pending")


@pytest.mark.parametrize(
    ("events", "health", "why"),
    [
        ((heard("FailedMount", "no volume plugin matched"),), Health.WARN, "FailedMount: no volume plugin matched"),
        ((heard("FailedMount", "old", seconds=90), heard("FailedMount", "new")), Health.WARN, "FailedMount: new"),
        ((heard("Pulling", "pulling", kind="Normal"),), Health.BUSY, "containers start"),
        ((heard("FailedScheduling", "0/3 nodes"),), Health.BUSY, "containers start"),
        ((heard("FailedMount", "of its predecessor", uid="another"),), Health.BUSY, "containers start"),
        ((), Health.BUSY, "containers start"),
    ],
    ids=["mount", "latest", "normal", "before it was placed", "another pod", "none"],
)
def test_a_pod_that_does_not_start_is_explained_by_its_events(
    events: tuple[Json, ...], health: Health, why: str
) -> None:
    row = one(workers=(CREATING,), events=events)
    assert (row.state, row.health, row.why) == ("Starting", health, why)
