"""Why a gang waits, by what a real Volcano writes and says of it; some of it as releases before 1.12 do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.build import NOW, Json, conditions, node
from tests.domain.jobs import JOB, SPACE, failed, group, heard, oom, rows, unschedulable, vc, worker
from tui.core.health import Health
from tui.domain.job import JobRow

GPU_NODE = node("n1", labels={"gpu": "v"}, cpu="16", memory="64Gi", gpus="2")


def one(**given_: Any) -> JobRow:
    (row,) = rows(NOW, **given_)
    return row


GATED = (
    heard("Unschedulable", "resource in cluster is overused: overused nvidia.com/gpu", kind="Normal", of="PodGroup"),
    heard("Unschedulable", "0/0 tasks in gang unschedulable: pod group is not ready, 2 minAvailable", of="PodGroup",
           seconds=1),
)  # fmt: skip
EMPTY = "2/0 tasks in gang unschedulable: pod group is not ready, 2 minAvailable"


@pytest.mark.parametrize(
    ("parts", "health", "why"),
    [
        ({"podgroups": (group("Pending"),), "events": GATED}, Health.WARN,
         "at the enqueue gate: resource in cluster is overused: GPUs"),
        ({"podgroups": (group("Pending", unschedulable(EMPTY)),), "events": GATED[1:]}, Health.BUSY,
         "at the enqueue gate: no room yet"),
        ({"podgroups": (group("Pending", needs={"nvidia.com/gpu": "16"}),), "events": GATED, "nodes": (GPU_NODE,)},
         Health.WARN, "needs 16 GPUs, the cluster has 2"),
    ],
    ids=["only its events say why", "older: a condition that says nothing", "what can be computed is told first"],
)  # fmt: skip
def test_the_gate_is_explained_by_the_groups_events(parts: dict[str, Any], health: Health, why: str) -> None:
    row = one(**parts)
    assert (row.state, row.health, row.why) == ("Queued", health, why)


def _member(index: int, reason: str, message: str) -> Json:
    made = worker(index, phase="Pending", node="", conditions=conditions(PodScheduled=(False, reason, message)))
    made["metadata"]["name"] = f"{SPACE}-{JOB}-worker-{index}"
    return made


TOO_FEW = "0/3 nodes are unavailable: 3 Insufficient nvidia.com/gpu."
FITS = "Pod ml-jobs/x can possibly be assigned to n2, once minAvailable is satisfied"
ECHO = (
    "pod group is not ready, 2 Pending, 2 minAvailable; Pending: 2 Unschedulable. "
    f"Origin reason is {SPACE}-{JOB}-worker-0: {TOO_FEW}"
)
WHOLE = (
    "1/2 tasks in gang unschedulable: pod group is not ready, 2 Pending, 2 minAvailable; Pending: 1 Unschedulable, "
    f"1 Schedulable. Origin reason is {SPACE}-{JOB}-worker-1: {TOO_FEW}"
)


def test_of_a_gang_that_fits_in_part_the_pod_that_does_not_is_named() -> None:
    pods = (_member(0, "Schedulable", FITS), _member(1, "Unschedulable", TOO_FEW))
    row = one(workers=pods, podgroups=(group("Inqueue", unschedulable(WHOLE)),))
    assert (row.state, row.health) == ("Queued", Health.WARN)
    assert row.why == "1 of 2 have room, worker-1: 0/3 nodes: 3 too little GPUs"
    assert [(pod.health, pod.why) for pod in row.pods] == [
        (Health.BUSY, "has room, waits for the rest of its gang"), (Health.WARN, "0/3 nodes: 3 too little GPUs"),
    ]  # fmt: skip


def test_pods_that_wait_for_another_of_their_gang_are_not_at_fault() -> None:
    row = one(workers=(_member(0, "Unschedulable", TOO_FEW), _member(1, "Unschedulable", ECHO)))
    assert (row.health, row.why) == (Health.WARN, "worker-0: 0/3 nodes: 3 too little GPUs")
    assert row.pods[1].health is Health.BUSY
    assert row.pods[1].why == "waits for its gang: worker-0: 0/3 nodes: 3 too little GPUs"


QUOTA = 'Message:"pods \\"x\\" is forbidden: exceeded quota: team, used: pods=12, limited: pods=12", Reason:"Forbidden"'


@pytest.mark.parametrize("pods", [(), (_member(0, "Unschedulable", "pod group is not ready, 2 minAvailable"),)])
def test_pods_that_may_not_be_made_are_explained_by_the_jobs_events(pods: tuple[Json, ...]) -> None:
    refused = heard("FailedCreate", f"Error creating pods: [failed to create pod x, err: {QUOTA}]", of="Job")
    row = one(workers=pods, vcjobs=(vc("Pending"),), podgroups=(group("Inqueue"),), events=(refused,))
    assert (row.state, row.health) == ("Queued", Health.WARN)
    assert row.why == "its pods are refused: exceeded quota: team, used: pods=12, limited: pods=12"


def test_a_job_that_volcano_does_not_take_up_may_name_a_queue_that_is_not_there() -> None:
    ignored = vc("")
    ignored["status"] = None
    ignored["spec"]["queue"] = "nosuch"
    row = one(vcjobs=(ignored,))
    assert (row.state, row.health) == ("Queued", Health.WARN)
    assert row.why == "Volcano does not take it up: is there a queue nosuch? are its controllers well?"


def test_aborted_for_a_failed_pod_is_failed_and_not_cancelled() -> None:
    """The others are deleted, the failed one stays; its PodGroup is gone."""
    row = one(vcjobs=(vc("Aborted"),), workers=(failed(0, oom()),))
    assert (row.state, row.why) == ("Failed", "OOMKilled worker-0 (exit 137)")
