"""Two thousand jobs in three hundred sweeps: what a change costs the table of jobs."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from tests.budgets.conftest import Judge
from tests.domain.test_job_groups import job
from tui.core.health import GLYPHS
from tui.core.store import Delta
from tui.domain.job import JobRow
from tui.screens.job_rows import JobRows

pytestmark = pytest.mark.budget

LIMIT_MS = 30


def _rows() -> dict[str, JobRow]:
    states = ("Running", "Queued", "Completed", "Failed", "Running", "Completed")
    trials = (
        job(f"sweep-{n % 300}_{n // 300}", states[n % 6], root=f"sweep-{n % 300}", why="needs 4 GPUs, 2 free")
        for n in range(1_900)
    )
    return {row.key: row for row in (*trials, *(job(f"job-{n}", states[n % 6]) for n in range(100)))}


def _best(run: Callable[[], object], times: int = 5) -> float:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        run()
        took.append(time.perf_counter() - began)
    return min(took) * 1000


def test_news_of_jobs(judge: Judge) -> None:
    rows = _rows()
    model = JobRows(rows, GLYPHS.__getitem__)
    model.unfolded = {model.home(key) for key in list(rows)[:50]}

    def change(keys: list[str]) -> bool:
        for key in keys:
            rows[key] = replace(rows[key], restarts=rows[key].restarts + 1)
        return model.update(Delta({"jobs": set(keys)}, {}, frozenset()), "jobs")

    some, every = list(rows)[::100], list(rows)
    judge("20 of 2,000 jobs in 300 sweeps changed", _best(lambda: change(some)), LIMIT_MS, "ms")
    judge("all of them changed", _best(lambda: change(every)), LIMIT_MS, "ms")
    model.narrow(query="sweep-1.*needs")
    judge("20 changed, beside a filter", _best(lambda: change(some)), LIMIT_MS, "ms")
    judge("sorted by name", _best(lambda: model.order("name")), LIMIT_MS, "ms")
    assert len(model.keys) > 100
