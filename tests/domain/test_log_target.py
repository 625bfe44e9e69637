"""Which logs a choice means, what they are called, and what can be read instead."""

from __future__ import annotations

from typing import Any

from tests.domain import jobs
from tests.domain.build import Box, pod_row, running
from tests.domain.jobs import JOB, RUN, SPACE
from tui.domain import log_target
from tui.domain.log_target import ALL_CONTAINERS, ALL_WORKERS, USER_LOGS, LogPart, LogTarget

KEY = f"{SPACE}/{JOB}"
WORKERS = tuple(f"{SPACE}/{SPACE}-{JOB}-worker-{n}" for n in range(2))
WRAPPER, LIFECYCLER = f"{RUN}-execution-wrapper", f"{RUN}-lifecycler"


def world(workers: int = 2) -> tuple[dict[str, Any], dict[str, Any]]:
    """Pods and jobs by key."""
    given = {"workers": tuple(map(jobs.worker, range(workers))), "amljobs": (jobs.aml(),)}
    pods = jobs.inputs(**given)["pods"]
    return pods, {row.key: row for row in jobs.rows(0.0, **given)}


def test_all_workers_are_the_same_container_of_each_pod() -> None:
    pods, rows = world()
    told = [(part.pod, part.container, part.label) for part in log_target.parts(LogTarget(job=KEY), pods, rows)]
    assert told == [(key, WRAPPER, f"worker-{n}") for n, key in enumerate(WORKERS)]
    some = log_target.parts(LogTarget(container="another-lifecycler", job=KEY), pods, rows)
    assert [part.container for part in some] == [WRAPPER, WRAPPER], "the names of another run mean nothing here"
    other = log_target.parts(LogTarget(container=LIFECYCLER, job=KEY), pods, rows)
    assert [part.container for part in other] == [LIFECYCLER, LIFECYCLER]


def test_a_job_that_has_no_pod_yet_has_no_log_and_gets_them_later() -> None:
    _, rows = world(0)
    assert log_target.parts(LogTarget(job=KEY), {}, rows) == []
    assert log_target.parts(LogTarget(job="ml-jobs/unknown"), {}, rows) == []
    pods, rows = world(1)
    assert len(log_target.parts(LogTarget(job=KEY), pods, rows)) == 1


def test_a_pod_means_the_users_container_all_of_them_or_the_one_that_is_named() -> None:
    pods, rows = world()
    [part] = log_target.parts(LogTarget(WORKERS[1]), pods, rows)
    assert part == LogPart(WORKERS[1], WRAPPER, "", "execution-wrapper")
    [part] = log_target.parts(LogTarget(WORKERS[1], LIFECYCLER), pods, rows)
    assert part.label == "lifecycler"
    every = log_target.parts(LogTarget(WORKERS[0], every=True), pods, rows)
    assert [part.container for part in every] == [LIFECYCLER, WRAPPER]


def test_a_file_is_read_from_its_container() -> None:
    pods, rows = world()
    [part] = log_target.parts(LogTarget(WORKERS[0], WRAPPER, KEY, path="/wd/user_logs/std_log.txt"), pods, rows)
    assert part == LogPart(WORKERS[0], WRAPPER, "/wd/user_logs/std_log.txt", "std_log.txt")


def test_a_pod_that_is_not_known_is_asked_for_all_the_same() -> None:
    assert log_target.parts(LogTarget("ns/gone", "main"), {}, {}) == [LogPart("ns/gone", "main", "", "main")]


def test_what_can_be_read_instead_begins_with_the_workers() -> None:
    pods, rows = world()
    names = [one.name for one in log_target.choices(LogTarget(WORKERS[1], WRAPPER, KEY), pods, rows)]
    assert names == [
        ALL_WORKERS, "worker-0", "worker-1", "execution-wrapper", USER_LOGS, ALL_CONTAINERS, "lifecycler",
    ]  # fmt: skip


def test_files_are_read_of_containers_that_run_only() -> None:
    given = {"workers": (jobs.failed(0, jobs.oom()),), "amljobs": (jobs.aml(),)}
    pods, rows = jobs.inputs(**given)["pods"], {row.key: row for row in jobs.rows(0.0, **given)}
    names = [one.name for one in log_target.choices(LogTarget(WORKERS[0], WRAPPER, KEY), pods, rows)]
    assert names == ["execution-wrapper"]


def test_every_choice_can_be_read() -> None:
    pods, rows = world()
    for target in (LogTarget(WORKERS[1], WRAPPER, KEY), LogTarget(job=KEY)):
        for choice in log_target.choices(target, pods, rows):
            assert log_target.parts(choice.target, pods, rows), choice


def test_a_lone_container_leaves_nothing_to_choose() -> None:
    row = pod_row(Box("main", running()), name="web", namespace="ns")
    [only] = log_target.choices(LogTarget("ns/web"), {row.key: row}, {})
    assert (only.name, only.target.container) == ("main", "main")
    assert log_target.choices(LogTarget("ns/gone"), {row.key: row}, {}) == []


def test_a_pod_is_known_to_be_of_its_job() -> None:
    _, rows = world()
    found = log_target.job_of(WORKERS[0], rows)
    assert found is not None
    assert found.key == KEY
    assert log_target.job_of("other/pod", rows) is None


def test_titles_name_the_run_and_the_part() -> None:
    pods, rows = world()
    assert log_target.title(LogTarget(job=KEY), pods, rows) == ("bert-07", "2 workers")
    assert log_target.title(LogTarget(WORKERS[1], WRAPPER, KEY), pods, rows) == (
        "bert-07 worker-1",
        "execution-wrapper",
    )
    assert log_target.title(LogTarget(WORKERS[1], "", KEY, every=True), pods, rows)[1] == ALL_CONTAINERS
    assert log_target.title(LogTarget("ns/gone", "main"), {}, {}) == ("gone", "main")
