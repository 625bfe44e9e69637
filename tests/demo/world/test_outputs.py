"""What training jobs leave to be read: logs of many kinds, files beside them, runs of several parts and attempts."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from tests.demo.world.stand import Rows, Stand

TRAIN = "ml-train"


@pytest.fixture(scope="module")
def stand() -> Stand:
    return Stand(1)


@pytest.fixture(scope="module")
def rows(stand: Stand) -> Rows:
    return stand.rows()


def job(rows: Rows, name: str) -> Any:
    return next(job for job in rows["jobs"].values() if job.name == name)


def output(stand: Stand, rows: Rows, name: str, worker: int = 0) -> list[str]:
    pod = job(rows, name).pods[worker]
    return stand.read(pod.key.partition("/")[2], pod.container, namespace=TRAIN)


def files(stand: Stand, rows: Rows, name: str) -> dict[str, list[str]]:
    found = stand.logs.files(TRAIN, job(rows, name).pods[0].key.partition("/")[2])
    return {path: [text for _at, text in source.read(0, stand.now)] for path, source in found}


def test_a_program_writes_its_output_into_a_file(stand: Stand, rows: Rows) -> None:
    (path, lines), *others = files(stand, rows, "resnet50-dist").items()
    uuid = job(rows, "resnet50-dist").pods[0].container.partition("-")[0]
    assert path == f"/tmp/azureml/cr/j/{uuid}/cap/hosttools-capability/wd/user_logs/std_log.txt"
    assert others == []
    log = output(stand, rows, "resnet50-dist")
    assert lines == [line for line in log if not line.startswith(("execution-wrapper: ", "Run on node: "))]
    assert len(lines) < len(log)


def test_each_process_has_a_file_of_its_own(stand: Stand, rows: Rows) -> None:
    found = files(stand, rows, "dlrm-ranker-3")
    assert [path.rpartition("/")[2] for path in found] == [f"std_log_process_{n:02}.txt" for n in range(4)]
    together = Counter(line for lines in found.values() for line in lines)
    log = Counter(output(stand, rows, "dlrm-ranker-3"))
    assert together <= log
    assert min(len(lines) for lines in found.values()) > 1000


def test_a_pipeline_has_steps_that_are_over_that_run_and_that_wait(rows: Rows) -> None:
    steps = {each.name: each for each in rows["jobs"].values() if each.root == "churn-pipeline-0418"}
    states = {name.rpartition("-")[2]: step.state for name, step in steps.items()}
    assert states == {"prep": "Completed", "train": "Running", "score": "Queued"}


def test_a_job_that_was_begun_anew(stand: Stand, rows: Rows) -> None:
    found = job(rows, "gnn-links-17")
    assert (found.state, found.retries, len(found.pods)) == ("Running", 1, 1)
    pod = rows["pods"][found.pods[0].key]
    assert pod.created > found.created + 3600, "the pod of the second attempt"
    assert any(event.reason == "SystemOOM" for event in rows["events"].values())


def test_a_structured_log(stand: Stand, rows: Rows) -> None:
    said = [json.loads(line) for line in output(stand, rows, "churn-pipeline-0418-train") if line.startswith("{")]
    levels = Counter(line["level"] for line in said)
    assert levels["INFO"] > 20 * levels["WARNING"] > 20 * levels["ERROR"] > 0
    assert "Traceback" in next(line["exc"] for line in said if line["level"] == "ERROR")


def test_lines_that_are_hard_to_show(stand: Stand, rows: Rows) -> None:
    lines = output(stand, rows, "sweep-lr-0031_2")
    assert [len(line) > 60_000 for line in lines].count(True) == 1, "a picture"
    assert [any("\udc80" <= letter <= "\udcff" for letter in line) for line in lines].count(True) == 1, "no text"
    assert any(line.count("\r") > 3 and "it/s" in line for line in lines), "a progress bar"
    assert not any(line[2:3] == ":" and "loss" in line for line in lines), "it does not tell the time itself"
    assert any(line[2:3] == ":" and "loss" in line for line in output(stand, rows, "resnet50-dist"))


def test_a_warning_that_repeats_and_a_traceback(stand: Stand, rows: Rows) -> None:
    warned = Counter(line for line in output(stand, rows, "resnet50-dist") if "NCCL WARN" in line)
    assert warned.most_common(1)[0][1] >= 12
    beside = output(stand, rows, "bert-finetune-07", worker=0)
    assert "Traceback (most recent call last):" in beside
    assert beside[-1].startswith("RuntimeError: ")


def test_jobs_of_the_preview_are_pods_only() -> None:
    stand = Stand(1, "preview-jobs")
    rows = stand.rows()
    assert {name: found.state for found in rows["jobs"].values() for name in [found.name]} == {
        "mnist-horovod-11": "Running", "unet-tf-4": "Running", "prep-csv-2": "Completed", "lstm-forecast-9": "Failed",
        "bert-large-1": "Queued",
    }  # fmt: skip
    assert not any(found.aml_job or found.vc_job for found in rows["jobs"].values())
    kinds = {body["spec"]["names"]["kind"] for body in
             stand.objects.list("customresourcedefinitions.apiextensions.k8s.io")}  # fmt: skip
    assert "InstanceType" in kinds
    assert not {"AmlJob", "PodGroup"} & kinds
    assert [pod.name for pod in job(rows, "mnist-horovod-11").pods] == ["worker-0", "worker-1", "launcher-0"]
    (path, lines), *_others = files(stand, rows, "unet-tf-4").items()
    assert (path, len(lines) > 1000) == ("/azureml-run/azureml-logs/70_driver_log.txt", True)
    stand.go(140 * 60)
    assert job(stand.rows(), "unet-tf-4").state == "Completed"
    assert stand.extension().current == "1.0.37"
