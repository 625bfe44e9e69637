"""Logs are pure functions of time: however they are read, the same lines come, in order, none twice."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.demo.world.stand import START, Rows, Stand
from tui.demo.world.logs import Flow, Joined, Told, cycle, told
from tui.demo.world.replica import Crash

SOURCES = (
    Flow(100.0, 2.0, cycle(("a {n}", "b"))),
    Flow(100.0, 2.0, cycle(("a {n}",)), ends=131.5),
    told(100.0, (0.5, "x"), (3.0, "y"), (3.0, "z"), ends=104.0),
    Joined((told(90.0, (1.0, "x")), Flow(100.0, 1.3, cycle(("a",)), ends=140.0), Told(((141.0, "z"),)))),
)


@settings(max_examples=60)
@given(st.sampled_from(SOURCES), st.lists(st.floats(80, 220), min_size=1, max_size=8))
def test_pieces_join_to_the_whole(source: Flow | Told | Joined, cuts: list[float]) -> None:
    edges = [0.0, *sorted(cuts), 230.0]
    pieces = [line for after, until in pairwise(edges) for line in source.read(after, until)]
    assert pieces == list(source.read(0.0, 230.0))
    assert [at for at, _text in pieces] == sorted(at for at, _text in pieces)
    for after, until in pairwise(edges):
        assert all(after < at <= until for at, _text in source.read(after, until))


def test_nothing_is_written_after_the_end() -> None:
    assert max(at for at, _text in SOURCES[1].read(0.0, 1e6)) <= 131.5


@pytest.fixture(scope="module")
def stand() -> Stand:
    return Stand(1)


@pytest.fixture(scope="module")
def rows(stand: Stand) -> Rows:
    return stand.rows()


def workers(rows: Rows, name: str) -> list[tuple[str, str]]:
    """Pod and main container of each worker of a job."""
    job = next(job for job in rows["jobs"].values() if job.name == name)
    return [(pod.key.split("/")[1], pod.container) for pod in job.pods]


def test_a_training_log_has_everything(stand: Stand, rows: Rows) -> None:
    pod, container = workers(rows, "resnet50-dist")[0]
    lines = stand.read(pod, container, namespace="ml-train")
    assert 3000 < len(lines) < 4200
    text = "\n".join(lines)
    assert "Run on node: gpu-" in text
    assert "NCCL WARN" in text
    assert "\x1b[1;34mEpoch 12/90\x1b[0m" in text
    assert any("\r" in line and "100%" in line for line in lines)
    losses = [float(line.split("loss ")[1].split()[0]) for line in lines if "loss" in line]
    assert losses[0] > 2 * losses[-1]


def test_workers_write_different_lines(stand: Stand, rows: Rows) -> None:
    first, second = workers(rows, "resnet50-dist")[:2]
    assert stand.read(*first, namespace="ml-train") != stand.read(*second, namespace="ml-train")


def test_a_finished_log_ends_as_the_job_did(stand: Stand, rows: Rows) -> None:
    done = stand.read(*workers(rows, "xgb-churn-12")[0], namespace="ml-train")
    assert done[-1] == "execution-wrapper: user command ended with 0"
    killed, beside = (
        stand.read(*worker, namespace="ml-train") for worker in reversed(workers(rows, "bert-finetune-07"))
    )
    assert "allocating" in killed[-1]
    assert "NCCL communicator was aborted" in beside[-1]


def test_a_crashed_container_tells_what_its_last_run_said(stand: Stand) -> None:
    pod = next(pod.name for pod in stand.pods("azureml") if pod.status == "CrashLoopBackOff")
    for previous in (False, True):
        lines = stand.read(pod, "relayserver", previous=previous)
        assert lines[-1] == "[Error] no relay connection after 3 attempts, exiting"
        assert len(lines) == 5


def test_a_container_that_never_ran_has_no_log(stand: Stand, rows: Rows) -> None:
    pod, container = workers(rows, "whisper-eval-03")[0]
    assert stand.logs.get("ml-train", pod, container, False) is None
    sidecar = stand.logs.get("ml-train", pod, "training-identity-sidecar", False)
    assert sidecar is not None
    gang, container = workers(rows, "gpt2-pretrain")[0]
    assert stand.logs.get("ml-train", gang, container, False) is None


def test_every_running_container_has_a_log(stand: Stand, rows: Rows) -> None:
    for pod in rows["pods"].values():
        for part in pod.containers:
            if part.state == "running":
                source = stand.logs.get(pod.namespace, pod.name, part.name, False)
                assert source is not None, (pod.name, part.name)
                assert list(source.read(0.0, stand.now)) or stand.now - (part.since or 0) < 400


@settings(max_examples=40)
@given(st.floats(1, 60), st.floats(1.6e9, 1.9e9), st.integers(0, 60))
def test_a_run_goes_on_from_its_first_instant(lasts: float, well: float, number: int) -> None:
    """However the moments are rounded."""
    crash = Crash("c", "", (), well, lasts)
    start, end = crash.run(number, well - 1000)
    assert crash.at(start, well - 1000) == crash.at(end, well - 1000) == number


@settings(max_examples=50)
@given(st.floats(1, 60), st.floats(0, 20_000))
def test_which_run_of_a_crashing_container_goes_on(lasts: float, after: float) -> None:
    crash = Crash("c", "", (), START, lasts)
    now, number = START + after, 0
    while crash.run(number + 1, START - 1000)[0] <= now:
        number += 1
    assert crash.at(now, START - 1000) == number
    gaps = [crash.run(n + 1, START - 1000)[0] - crash.run(n, START - 1000)[1] for n in range(8)]
    assert gaps == pytest.approx([10, 20, 40, 80, 160, 300, 300, 300])
