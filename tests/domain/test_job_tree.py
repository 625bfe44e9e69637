"""One job as its objects: each below what made it, what is missing told of one that waits."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.build import NOW, Box, Json, conditions, ended, node, pod_row, running, waiting
from tests.domain.jobs import JOB, RUN, SPACE, aml, failed, group, inputs, oom, vc, worker, wrapper
from tui.core.health import Health
from tui.domain import job_state
from tui.domain.job_tree import CONTAINER, TreeRow, tree
from tui.domain.pod_health import container_health, container_why


def lines(*toggled: str, **given: Any) -> list[TreeRow]:
    rows = inputs(**given)
    (row,) = job_state.rows(rows, NOW)
    return tree(row, rows, toggled)


def shape(found: list[TreeRow]) -> list[tuple[int, str, str]]:
    return [(line.depth, line.name, line.state) for line in found]


TWO: dict[str, Any] = {
    "amljobs": (aml(),), "vcjobs": (vc(),), "podgroups": (group(),), "workers": (worker(0), worker(1)),
    "nodes": (node("n1"), node("n2")),
}  # fmt: skip


def test_all_of_a_job_that_runs() -> None:
    found = lines(**TWO)
    assert shape(found) == [
        (0, "bert-07", "Running"), (1, "AmlJob", "delivered"), (2, "Volcano Job", "Running 2/2"),
        (3, "PodGroup", "Running"), (3, "worker-0", "Running 2/2"), (3, "worker-1", "Running 2/2"),
        (1, "node n1", "Ready"),
    ]  # fmt: skip
    assert [line.folded for line in found] == [0, 0, 0, 0, 2, 2, 0]
    assert (found[4].node, found[4].container) == ("n1", f"{RUN}-execution-wrapper")
    assert {line.health for line in found} == {Health.GOOD}
    assert len({line.key for line in found}) == len(found)


def test_containers_are_shown_of_the_only_pod_and_of_one_in_trouble_and_when_asked_for() -> None:
    alone = lines(workers=(worker(0),))
    assert shape(alone)[1:] == [(1, "worker-0", "Running 2/2"), (2, "lifecycler", "running"),
                                (2, "execution-wrapper", "running")]  # fmt: skip
    trouble = lines(workers=(worker(0), failed(1, oom())))
    assert [line.name for line in trouble][1:] == ["worker-0", "worker-1", "execution-wrapper"]
    key = f"pods/{SPACE}/{SPACE}-{JOB}-worker-"
    other = lines(f"{key}0", f"{key}1", workers=(worker(0), failed(1, oom())))
    assert [line.name for line in other][1:] == ["worker-0", "lifecycler", "execution-wrapper", "worker-1"]
    assert (other[2].kind, other[2].object, other[2].container) == (CONTAINER, key[5:] + "0", f"{RUN}-lifecycler")


def test_containers_of_a_pod_without_a_node_are_nothing_to_look_at() -> None:
    gated = conditions(PodScheduled=(False, "Unschedulable", "0/1 nodes are available: 1 Insufficient cpu."))
    found = lines(workers=(worker(0, phase="Pending", node="", conditions=gated),))
    assert [(line.name, line.health, line.folded) for line in found][1:] == [("worker-0", Health.WARN, 2)]


def test_without_an_amljob_the_rest_moves_up() -> None:
    assert [line.depth for line in lines(vcjobs=(vc(),), podgroups=(group(),), workers=(worker(0), worker(1)))] == [
        0, 1, 2, 2, 2,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given_", "missing"),
    [
        ({"amljobs": (aml(),)}, ["Volcano Job", "pods"]),
        ({"amljobs": (aml(),), "vcjobs": (vc("Pending"),)}, ["PodGroup", "pods"]),
        ({"podgroups": (group("Pending"),)}, ["pods"]),
        ({"workers": (worker(0, phase="Pending", node=""),)}, []),
        ({"vcjobs": (vc("Failed"),)}, []),
    ],
)
def test_what_is_missing_of_a_job_that_waits_is_told(given_: dict[str, Any], missing: list[str]) -> None:
    found = lines(**given_)
    assert [line.name for line in found if line.state == "not seen"] == missing
    assert all(not line.object for line in found if line.state == "not seen")


def test_pods_of_earlier_attempts_come_last_and_are_no_trouble() -> None:
    old = failed(0, oom(), created=900)
    old["metadata"]["name"] += "-r1"
    found = lines(workers=(old, worker(0, created=60)))
    assert shape(found)[-1] == (1, "worker-0, earlier", "OOMKilled")
    assert (found[-1].health, found[-1].why, found[-1].folded) == (Health.OFF, "OOMKilled, exit 137", 1)
    key = f"pods/{SPACE}/{SPACE}-{JOB}-worker-0-r1"
    assert shape(lines(key, workers=(old, worker(0, created=60))))[-1] == (2, "execution-wrapper", "OOMKilled")


def test_a_deleted_amljob_says_so() -> None:
    assert lines(amljobs=(aml(deleted=True),), workers=(worker(),))[1].state == "Terminating"


CONTAINERS: list[tuple[Json, Health, str]] = [
    (running(), Health.GOOD, ""),
    (ended(0, "Completed"), Health.GOOD, "exit 0"),
    (ended(137, "OOMKilled"), Health.BAD, "OOMKilled, exit 137"),
    (ended(0, signal=9), Health.BAD, "signal 9"),
    (waiting("ContainerCreating"), Health.BUSY, "ContainerCreating"),
    (waiting("ImagePullBackOff", "no such tag"), Health.BAD, "ImagePullBackOff: no such tag"),
]


@pytest.mark.parametrize(("state", "health", "why"), CONTAINERS)
def test_how_a_container_stands(state: Json, health: Health, why: str) -> None:
    (part,) = pod_row(Box("main", state)).containers
    assert (container_health(part), container_why(part)) == (health, why)


def test_one_that_crashes_tells_its_last_run_first() -> None:
    last = ended(1, "Error", message="no relay")
    (part,) = pod_row(Box("main", waiting("CrashLoopBackOff", "back-off 5m"), last=last)).containers
    assert container_why(part) == "last run: exit 1: no relay; CrashLoopBackOff: back-off 5m"
    (unready,) = pod_row(Box("main", ready=False)).containers
    assert container_health(unready) is Health.WARN


def test_containers_that_an_evicted_pod_never_told_of_are_not_in_progress() -> None:
    evicted = worker(0, wrapper(reported=False), phase="Failed", reason="Evicted", message="low on disk")
    assert lines(workers=(evicted,))[-1].health is Health.OFF
