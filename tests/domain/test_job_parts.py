"""What a job's pods are: of the preview, by label alone, of earlier attempts; and its place in the queue."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.build import NOW, Box, Json, ago, conditions, ended, pod, running
from tests.domain.jobs import JOB, RUN, SPACE, aml, failed, group, oom, rows, vc, worker, wrapper
from tui.core.health import Health
from tui.domain.job import JobRow

PREVIEW = {"jobsource": "aml", "userName": "alice"}
PLAIN = {"ml.azure.com/billing-category": "azureml-training", "ml.azure.com/run-id": "plain-1"}


def one(**given_: Any) -> JobRow:
    (row,) = rows(NOW, **given_)
    return row


def preview(role: str, index: int = 0, *boxes: Box, job: str = JOB, **more: Any) -> Json:
    """A pod as the frameworkcontroller of the preview makes them: no Volcano, no AmlJob label."""
    labels = {**PREVIEW, **more.pop("labels", {})}
    owner = ("ConfigMap", f"{job}-attempt")
    return pod(*(boxes or (Box(f"{RUN}-execution-wrapper"),)), name=f"{job}-{role}-{index}", namespace=SPACE,
               labels=labels, owner=owner, **more)  # fmt: skip


def plain(name: str, *boxes: Box, owner: str = "train", labels: Json | None = None, **more: Any) -> Json:
    """A pod of a Job of Kubernetes' own, known as a training pod by its labels."""
    return pod(*boxes, name=name, namespace=SPACE, labels=PLAIN if labels is None else labels, owner=("Job", owner),
               **more)  # fmt: skip


# -- the preview's


@pytest.mark.parametrize("extra", ["launcher", "ps"])
def test_the_extra_pod_of_a_distributed_job_is_its_own_and_no_node_of_its_size(extra: str) -> None:
    sizes: Any = {"limits": {"nvidia.com/gpu": "4"}}
    row = one(workers=(preview(extra), preview("worker", 1, wrapper(**sizes)), preview("worker", 0, wrapper(**sizes))))
    assert (row.key, row.state, row.health) == (f"{SPACE}/{JOB}", "Running", Health.GOOD)
    assert [each.name for each in row.pods] == ["worker-0", "worker-1", f"{extra}-0"]
    assert (row.nodes, row.gpus, row.user, row.place) == (2, 4, "alice", 0)


def test_a_parameter_server_that_runs_on_does_not_keep_a_job_from_its_end() -> None:
    """It never ends by itself; a launcher does: it is what the workers are for."""
    done = preview("worker", 0, wrapper(ended(0, "Completed")), phase="Succeeded")
    assert one(workers=(preview("ps"), done)).state == "Completed"
    assert one(workers=(preview("launcher"), done)).state == "Running"
    assert one(workers=(preview("ps"),)).state == "Running"


def test_what_the_frameworkcontroller_writes_is_believed_before_the_name() -> None:
    labels = {"FC_FRAMEWORK_NAME": "f1", "FC_TASKROLE_NAME": "worker", "FC_TASK_INDEX": "3"}
    row = one(workers=(preview("odd", 9, labels=labels),))
    assert (row.job_id, [each.name for each in row.pods]) == ("f1", ["worker-3"])


def test_a_failed_launcher_fails_the_job_and_is_named() -> None:
    row = one(workers=(preview("worker"), preview("launcher", 0, wrapper(ended(1, "Error")), phase="Failed")))
    assert (row.state, row.why) == ("Failed", "exit 1 launcher-0")


# -- by label alone


def test_plain_pods_are_jobs_where_no_kind_of_the_product_is() -> None:
    waits = conditions(PodScheduled=(False, "Unschedulable", "0/3 nodes are available: 3 Insufficient cpu."))
    row = one(workers=(plain("train-x7k2p", Box(reported=False), phase="Pending", node="", conditions=waits),))
    assert (row.name, row.state, row.why) == ("plain-1", "Queued", "0/3 nodes: 3 too little cpu")
    assert (row.aml_job, row.vc_job, row.group, row.place) == ("", "", "", 0), "nobody's queue"


def test_pods_without_any_id_are_one_job_by_their_controller() -> None:
    labels = {"jobsource": "aml"}
    found = rows(NOW, workers=(plain("train-x7k2p", labels=labels), plain("train-b4n9q", labels=labels),
                               plain("other-b4n9q", labels=labels, owner="other")))  # fmt: skip
    assert [(row.name, len(row.pods)) for row in found] == [("other", 1), ("train", 2)]


def test_what_a_job_of_kubernetes_made_again_is_a_retry() -> None:
    bad = [plain(f"train-{n}x", wrapper(ended(1, "Error", seconds=200 - n)), phase="Failed", created=300 - n)
           for n in (1, 2)]  # fmt: skip
    row = one(workers=(*bad, plain("train-ok", wrapper(running(10)), created=100)))
    assert (row.state, row.health, row.retries) == ("Running", Health.GOOD, 2)
    assert [each.key for each in row.pods] == [f"{SPACE}/train-ok"]
    assert one(workers=tuple(bad)).state == "Failed", "both are of the last attempt: nothing came after them"


# -- attempts


def _attempt(n: int, *boxes: Box, index: int = 0, created: float, **more: Any) -> Json:
    made = worker(index, *boxes, created=created, labels={"volcano.sh/task-index": str(index)}, **more)
    made["metadata"]["name"] += f"-retry{n}" if n else ""
    return made


def test_a_job_is_judged_by_its_newest_attempt_and_counts_the_others() -> None:
    row = one(
        workers=(_attempt(0, oom(200), created=300, phase="Failed"), _attempt(1, oom(100), created=190, phase="Failed"),
                 _attempt(2, wrapper(running(50)), created=90), worker(1, created=300)),
    )  # fmt: skip
    assert (row.state, row.health, row.why, row.retries) == ("Running", Health.GOOD, "", 2)
    names = [key.rpartition("worker-0")[2] for key in row.earlier]
    assert ([each.name for each in row.pods], names) == (["worker-0", "worker-1"], ["-retry1", ""])
    assert (row.created, row.started) == (NOW - 300, NOW - 260), "the job began with its first attempt"


def test_the_order_in_which_attempts_are_listed_does_not_matter() -> None:
    old = _attempt(1, oom(), created=300, phase="Failed")
    new = _attempt(0, created=90)
    assert rows(NOW, workers=(old, new)) == rows(NOW, workers=(new, old))


def test_an_attempt_that_failed_last_fails_the_job() -> None:
    row = one(workers=(_attempt(0, created=300, deleted=True), _attempt(1, oom(), created=90, phase="Failed")))
    assert (row.state, row.why, row.retries) == ("Failed", "OOMKilled (exit 137)", 1)


def test_two_that_live_are_no_attempts_of_each_other() -> None:
    row = one(workers=(_attempt(0, created=300), _attempt(1, created=90)))
    assert (len(row.pods), row.retries) == (2, 0)


def test_a_gang_that_was_made_again_was_retried_once() -> None:
    old = [_attempt(0, oom(), index=n, created=300, phase="Failed") for n in range(3)]
    row = one(workers=(*old, *(_attempt(1, index=n, created=90) for n in range(3))))
    assert (row.retries, len(row.pods), len(row.earlier)) == (1, 3, 3)


def test_volcano_counts_retries_whose_pods_are_gone() -> None:
    again = vc()
    again["status"]["retryCount"] = 3
    row = one(vcjobs=(again,), workers=(worker(0, wrapper(restarts=2)), worker(1, wrapper(restarts=1))))
    assert (row.retries, row.restarts) == (3, 3)


def test_failed_pods_of_several_workers_are_no_attempts() -> None:
    row = one(workers=(failed(0, oom()), failed(1, oom(10))))
    assert (row.state, row.retries, len(row.pods)) == ("Failed", 0, 2)


def test_of_volcanos_tasks_the_workers_are_the_size() -> None:
    made = vc()
    made["spec"]["tasks"] = [{"name": "ps", "replicas": 1}, {"name": "worker", "replicas": 3}]
    assert one(vcjobs=(made,)).nodes == 3


# -- the queue


def _waits(job_id: str, seconds: float, phase: str = "Pending", queue: str = "default") -> Json:
    made = group(phase, job_id=job_id)
    made["spec"]["queue"] = queue
    made["metadata"]["creationTimestamp"] = ago(seconds)
    return made


def test_places_in_a_queue_go_by_age_and_only_to_those_that_wait() -> None:
    found = rows(NOW, podgroups=(
        _waits("a" * 32, 50), _waits("b" * 32, 90), _waits("c" * 32, 99, "Running"), _waits("d" * 32, 70, queue="low"),
        _waits("e" * 32, 80),
    ), amljobs=(aml("f" * 32, created=500),))  # fmt: skip
    assert {row.job_id[0]: row.place for row in found} == {"a": 3, "b": 1, "c": 0, "d": 1, "e": 2, "f": 0}
    assert next(row for row in found if row.job_id[0] == "f").state == "Queued", "Volcano has not heard of it"
