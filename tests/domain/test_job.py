"""Training jobs: joined from whatever objects there are, in one state, with one reason."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.domain.build import NOW, Box, Json, ended, pod, running
from tests.domain.jobs import (
    JOB,
    LABELS,
    RUN,
    SPACE,
    aml,
    gpu_type,
    group,
    inputs,
    rows,
    vc,
    worker,
    wrapper,
)  # fmt: skip
from tui.core.health import Health
from tui.domain import job, job_state
from tui.domain.columns import LOOKS
from tui.domain.job import JobRow, order
from tui.domain.pod import decode as pod_row

OTHER = "ffffffffffffffffffffffffffffffff"


def one(**given_: Any) -> JobRow:
    (row,) = rows(NOW, **given_)
    return row


def test_all_objects_of_a_job_become_one_row() -> None:
    row = one(
        amljobs=(aml(),), vcjobs=(vc(),), podgroups=(group(),), workers=(worker(1), worker(0)), types=(gpu_type(),)
    )
    assert (row.key, row.job_id, row.run_id, row.name) == (f"{SPACE}/{JOB}", JOB, "bert-07", "bert-07")
    assert (row.experiment, row.user, row.compute, row.workspace) == ("bert", "alice", "arc1", "ws1")
    assert (row.state, row.health, row.why, row.nodes, row.instance_type) == ("Running", Health.GOOD, "", 2, "gpu")
    assert [each.name for each in row.pods] == ["worker-0", "worker-1"]
    assert (row.aml_job, row.vc_job, row.group) == (
        f"{SPACE}/{JOB}",
        f"{SPACE}/{SPACE}-{JOB}",
        f"{SPACE}/{SPACE}-{JOB}",
    )
    assert (row.placed, row.queue, row.created) == (("n1",), "default", NOW - 600)
    assert "hunter2" not in repr(row)
    assert all(shown in job.haystack(row) for shown in ("bert-07", JOB, "Running", "alice", "n1"))


@given(st.permutations(range(6)))
def test_the_order_of_the_objects_does_not_matter(order: list[int]) -> None:
    given_ = inputs(
        amljobs=(aml(), aml(OTHER)), vcjobs=(vc(), vc(job_id=OTHER)), podgroups=(group(), group(job_id=OTHER)),
        workers=tuple(worker(i % 3, job_id=(JOB, OTHER)[i % 2]) for i in range(6)),
    )  # fmt: skip
    shuffled = {kind: dict(sorted(found.items(), reverse=order[0] % 2 == 0)) for kind, found in given_.items()}
    shuffled["pods"] = {key: given_["pods"][key] for _, key in sorted(zip(order, given_["pods"], strict=True))}
    assert list(job_state.rows(shuffled, NOW)) == list(job_state.rows(given_, NOW))


@pytest.mark.parametrize(
    ("given_", "run"),
    [
        ({"amljobs": (aml(),)}, "bert-07"), ({"vcjobs": (vc(),)}, ""), ({"podgroups": (group(),)}, ""),
        ({"workers": (worker(),)}, "bert-07"),
    ],
)  # fmt: skip
def test_one_object_is_enough(given_: dict[str, Any], run: str) -> None:
    row = one(**given_)
    assert (row.job_id, row.run_id, row.name) == (JOB, run, run or JOB)


def test_a_group_is_known_by_its_owner_whatever_its_name() -> None:
    """Newer Volcano appends a uid to it."""
    assert len(rows(NOW, vcjobs=(vc(),), podgroups=(group(name=f"{SPACE}-{JOB}-1f2e3d4c"),))) == 1


@pytest.mark.parametrize(
    "labels",
    [
        {"ml.azure.com/billing-category": "azureml-training", "jobId": JOB}, {"controller": "aml-operator",
            "type": "job", "run": JOB},
        {"jobsource": "aml", "volcano.sh/job-name": f"{SPACE}-{JOB}"}, {"jobsource": "aml", "ml.azure.com/run-id": JOB},
    ],
)  # fmt: skip
def test_a_training_pod_is_known_by_its_labels(labels: Json) -> None:
    row = one(workers=(pod(Box(), name=f"{JOB}-worker-0", namespace=SPACE, labels=labels),))
    assert row.job_id == JOB


@pytest.mark.parametrize("labels", [{}, {"controller": "aml-operator"}, {"type": "job"}, {"volcano.sh/job-name": "x"}])
def test_other_pods_are_no_jobs(labels: Json) -> None:
    assert rows(NOW, workers=(pod(Box(), labels=labels),)) == []


def test_somebody_elses_volcano_job_is_none_of_ours() -> None:
    theirs = vc()
    theirs["metadata"]["name"] = "their-job"
    assert rows(NOW, vcjobs=(theirs,)) == []


def test_a_pod_of_the_preview_names_its_job() -> None:
    labels = {"jobsource": "aml"}
    (row,) = rows(
        NOW, workers=tuple(pod(Box(), name=f"abc-{r}-0", namespace=SPACE, labels=labels) for r in ("ps", "worker"))
    )
    assert (row.job_id, [each.name for each in row.pods]) == ("abc", ["worker-0", "ps-0"])


def test_a_job_names_the_run_it_is_a_part_of() -> None:
    given_ = (aml(AZUREML_ROOT_RUN_ID="sweep-1"), aml(OTHER, AZUREML_RUN_ID="sweep-1_2", AZUREML_ROOT_RUN_ID="sweep-1"))
    assert [row.root for row in rows(NOW, amljobs=given_)] == ["sweep-1", "sweep-1"]
    assert one(amljobs=(aml(AZUREML_ROOT_RUN_ID="bert-07"),)).root == ""


def test_times() -> None:
    done = one(workers=(worker(0, wrapper(ended(0, seconds=100)), phase="Succeeded", created=900),))
    assert (done.started, done.ended, done.elapsed(NOW)) == (NOW - 160, NOW - 100, 60)
    runs = one(workers=(worker(0, wrapper(running(50)), created=90),))
    assert (runs.started, runs.ended, runs.elapsed(NOW)) == (NOW - 50, None, 90)
    waits = one(podgroups=(group("Pending"),))
    assert (waits.started, waits.elapsed(NOW)) == (None, 110)
    assert one(vcjobs=(vc("Completed"),)).ended == NOW - 20


def test_what_a_job_asks_for() -> None:
    by_type = one(amljobs=(aml(),), types=(gpu_type(2),))
    assert (by_type.nodes, by_type.gpus, by_type.size) == (2, 2, "2×2 gpu")
    without = one(amljobs=(aml(AMLARC_NUM_GPU_PER_WORKER="0", AZUREML_NODE_COUNT="1"),))
    assert (without.gpus, without.size) == (0, "1× gpu")
    by_env = one(amljobs=(aml(AMLARC_NUM_GPU_PER_WORKER="4"),))
    assert by_env.gpus == 4
    by_group = one(podgroups=(group(needs={"nvidia.com/gpu": "8"}),))
    assert (by_group.nodes, by_group.gpus) == (2, 4)
    sizes: Any = {"requests": {"cpu": "4", "memory": "16Gi"}, "limits": {"nvidia.com/gpu": "1"}}
    by_pod = one(workers=(worker(0, wrapper(**sizes)),), types=(gpu_type(),))
    assert (by_pod.instance_type, by_pod.gpus, by_pod.nodes) == ("gpu", 1, 1)


def test_the_container_to_look_at_first_is_the_users() -> None:
    row = one(workers=(worker(0, Box("training-identity-sidecar"), Box(f"{RUN}-lifecycler"), wrapper(),
                              inits=(Box(f"{RUN}-execution-wrapper-init", ended()),)),))  # fmt: skip
    assert row.pods[0].container == f"{RUN}-execution-wrapper"
    assert len(row.pods[0].containers) == 4
    assert job.main_container(pod_row(pod(Box("a"), Box("b")))) == "a"
    assert job.main_container(pod_row(pod())) == ""


@pytest.mark.parametrize(
    ("name", "labels", "role", "index"),
    [
        ("x-worker-3", {}, "worker", 3), ("x-ps-0", {}, "ps", 0), ("x-worker-3", {"role": "master"}, "master", 3),
        ("x-7", {"jobRole": "worker"}, "worker", 7), ("x", {"volcano.sh/task-spec": "ps"}, "ps", 0),
        ("x-worker-99999999999999999999", {}, "worker", 999999999),
    ],
)  # fmt: skip
def test_roles(name: str, labels: Json, role: str, index: int) -> None:
    assert job.role_of(pod_row(pod(Box(), name=name, labels={**labels, "a": "b"}))) == (role, index)


def test_labels_of_a_job_are_those_of_its_pods() -> None:
    assert one(workers=(worker(),)).labels["ml.azure.com/compute"] == LABELS["ml.azure.com/compute"]


def _job(name: str, state: str, health: Health, created: float | None) -> JobRow:
    return replace(one(amljobs=(aml(),)), key=f"{SPACE}/{name}", state=state, health=health, created=created)


def test_the_order_is_worst_first_then_what_runs_then_what_waits_each_the_newest_first() -> None:
    good, busy = Health.GOOD, Health.BUSY
    wanted = [
        _job("broken", "Failed", Health.BAD, NOW - 900),
        _job("starts", "Starting", busy, NOW - 900), _job("waits", "Queued", busy, NOW - 5),
        _job("waits-longer", "Queued", busy, NOW - 50), _job("stops", "Stopping", busy, NOW),
        _job("runs", "Running", good, NOW - 90), _job("runs-longer", "Running", good, NOW - 99),
        _job("done", "Completed", good, NOW - 1), _job("a-done", "Completed", good, NOW - 2),
        _job("undated", "Completed", good, None), _job("undated-too", "Completed", good, None),
        _job("canceled", "Canceled", Health.OFF, NOW),
    ]  # fmt: skip
    assert sorted([*wanted[5:], *wanted[:5]], key=order) == wanted
    assert LOOKS["jobs"].order is order
    assert LOOKS["pods"].order(wanted[0]) == (-Health.BAD, f"{SPACE}/broken")
