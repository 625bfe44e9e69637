"""AmlJobs and Volcano's objects: what is kept of them, and that no token is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.build import NOW, ago
from tests.domain.jobs import JOB, SPACE, aml, group, unschedulable, vc
from tui.core.health import Health
from tui.domain import aml_job, volcano
from tui.domain.amounts import Amounts


def test_what_is_kept_of_an_aml_job() -> None:
    row = aml_job.decode(aml(AMLARC_NUM_GPU_PER_WORKER="4", AZUREML_ROOT_RUN_ID="sweep"))
    assert (row.key, row.job_id, row.run_id, row.root_run_id) == (f"{SPACE}/{JOB}", JOB, "bert-07", "sweep")
    assert (row.experiment, row.instance_type, row.workers, row.gpus, row.user) == ("bert", "gpu", 2, 4, "alice")
    assert row.created == NOW - 120
    assert "hunter2" not in repr(row)
    assert "c2VjcmV0" not in repr(row)
    assert all(shown in aml_job.haystack(row) for shown in ("bert-07", "alice", SPACE))


@pytest.mark.parametrize("key", ["envs", "environmentVariables"])
@pytest.mark.parametrize("as_list", [True, False])
def test_variables_in_each_shape(key: str, as_list: bool) -> None:
    given = {"AZUREML_RUN_ID": "r1", "AZUREML_RUN_TOKEN": "hunter2"}
    envs: Any = [{"name": name, "value": value} for name, value in given.items()] if as_list else given
    row = aml_job.decode({"metadata": {"name": JOB}, "spec": {"job": {"options": {key: envs}}}})
    assert row.run_id == "r1"
    assert "hunter2" not in repr(row)


def test_what_labels_say_when_nothing_else_does() -> None:
    labels = {
        "ml.azure.com/run-id": "r",
        "ml.azure.com/experiment": "e",
        "ml.azure.com/instance-type": "t",
        "jobId": "j",
    }
    row = aml_job.decode({"metadata": {"name": "n", "labels": labels}})
    assert (row.run_id, row.experiment, row.instance_type, row.job_id) == ("r", "e", "t", "j")
    assert (row.workers, row.gpus) == (0, -1)
    assert aml_job.decode({"metadata": {"name": "n"}}).job_id == "n"


@pytest.mark.parametrize("count", ["two", "-1", "", "99999999999", "２"])
def test_a_count_that_is_none(count: str) -> None:
    assert aml_job.decode(aml(AZUREML_NODE_COUNT=count)).workers == 0


@pytest.mark.parametrize(
    ("status", "state", "health"),
    [
        (None, "", Health.BUSY), ({"state": "Running"}, "Running", Health.GOOD), ({"phase": "Failed"}, "Failed",
            Health.BAD),
        ({"jobState": "JobFailed", "reason": "x"}, "JobFailed", Health.BAD), ({"status": "Completed"}, "Completed",
            Health.GOOD),
        ({"state": {"phase": "x"}}, "", Health.BUSY), ("text", "", Health.BUSY),
    ],
)  # fmt: skip
def test_its_own_word(status: Any, state: str, health: Health) -> None:
    row = aml_job.decode(aml(status=status))
    assert (row.state, row.health) == (state, health)


@pytest.mark.parametrize(
    ("phase", "health"),
    [("Running", Health.GOOD), ("Completed", Health.GOOD), ("Pending", Health.BUSY), ("", Health.BUSY),
        ("Restarting", Health.BUSY),
     ("Failed", Health.BAD), ("Aborted", Health.BAD), ("Terminated", Health.BAD)],
)  # fmt: skip
def test_volcano_jobs(phase: str, health: Health) -> None:
    row = volcano.decode_job(vc(phase, message="because", replicas=3))
    assert (row.phase, row.health, row.minimum, row.replicas, row.queue) == (phase, health, 3, 3, "default")
    assert row.why == ("" if health is Health.GOOD else "because")
    assert row.changed == NOW - 20
    assert SPACE in volcano.haystack_job(row)


@pytest.mark.parametrize(
    ("phase", "conditions", "health", "reason", "why"),
    [
        ("Pending", (), Health.BUSY, "", "waits at the enqueue gate"),
        ("Pending", (unschedulable("overused"),), Health.WARN, "NotEnoughResources", "overused"),
        ("Pending", (unschedulable(""),), Health.WARN, "NotEnoughResources", "NotEnoughResources"),
        ("Inqueue", (), Health.BUSY, "", ""),
        ("Inqueue", (unschedulable("gang"),), Health.WARN, "NotEnoughResources", "gang"),
        ("Running", (unschedulable("gang"),), Health.GOOD, "NotEnoughResources", ""),
        ("Unknown", (), Health.BUSY, "", ""),
        ("", (), Health.BUSY, "", "waits at the enqueue gate"),
        ("Pending", (unschedulable("old", seconds=60), {"type": "Scheduled", "status": "True",
            "lastTransitionTime": ago(5)}),
         Health.BUSY, "", "waits at the enqueue gate"),
        ("Pending", ({"type": "Scheduled", "status": "True", "lastTransitionTime": ago(60)}, unschedulable("new")),
         Health.WARN, "NotEnoughResources", "new"),
        ("Pending", ({**unschedulable("x"), "status": "False"},), Health.BUSY, "", "waits at the enqueue gate"),
    ],
)  # fmt: skip
def test_pod_groups(phase: str, conditions: Any, health: Health, reason: str, why: str) -> None:
    row = volcano.decode_group(group(phase, *conditions, needs={"cpu": "8", "nvidia.com/gpu": "2"}))
    assert (row.phase, row.health, row.reason, row.why) == (phase or "Pending", health, reason, why)
    assert (row.minimum, row.needs, row.owner) == (2, Amounts(8000, 0, 2), f"{SPACE}-{JOB}")
    assert SPACE in volcano.haystack_group(row)
