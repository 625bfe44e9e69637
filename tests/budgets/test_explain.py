"""Why a job of 64 pods waits on a cluster of 1,000 nodes that runs 10,000 pods."""

from __future__ import annotations

import time

import pytest
from msgspec.structs import replace

from tests.budgets.conftest import Judge
from tests.domain.build import NOW, Json
from tests.domain.queued.world import KEY, Rows, gpu_node, needs, of_job, unplaced, world
from tui.domain import pod as pods
from tui.domain.amounts import Amounts
from tui.domain.queued.explain import Explanation, explain
from tui.domain.queued.page import lines
from tui.domain.queued.wants import wants

pytestmark = pytest.mark.budget

LIMIT_MS = 100
NODES, RUNNING, WORKERS = 1_000, 10_000, 64


def _cluster(workers: list[Json]) -> Rows:
    nodes = [
        gpu_node(f"gpu-{n}", memory=f"{64 + n % 97}Gi", labels={"gpu": "v" if n % 3 else "a"}) for n in range(NODES)
    ]
    rows = world(nodes, workers=workers, size=WORKERS)
    one = pods.decode(of_job("a" * 32, "gpu-0", 4))
    for n in range(RUNNING):
        job_id, node = f"{n // 8:032x}", f"gpu-{n % NODES}"
        labels = {**one.labels, "jobId": job_id} if n < 4 * NODES else {}
        asked = one.requests if n < NODES else Amounts(100, 2**28)
        key = f"ml-jobs/pod-{n}"
        rows["pods"][key] = replace(one, key=key, node=node, labels=labels, requests=asked, component=f"web-{n % 300}")
    return rows


def _best(rows: Rows, workers: list[Json]) -> tuple[float, Explanation]:
    known = {pods.decode(body).key: wants(body) for body in workers}
    took = []
    for _ in range(3):
        began = time.perf_counter()
        found = explain(KEY, rows, NOW, known)
        took.append(time.perf_counter() - began)
        assert found is not None
        lines(found)
    return min(took) * 1000, found


def test_a_gang_of_equal_pods(judge: Judge) -> None:
    workers = [unplaced(n, nodeSelector={"gpu": "v"}) for n in range(WORKERS)]
    took, found = _best(_cluster(workers), workers)
    judge("64 pods that wait on 1,000 nodes are explained", took, LIMIT_MS, "ms")
    assert found.needed == WORKERS
    assert sum(len(one.nodes) for one in found.pods[0].nodes) == NODES
    assert found.holders


def test_a_gang_of_three_kinds(judge: Judge) -> None:
    workers = [unplaced(n, needs(1 + n % 3), nodeSelector={"gpu": "v"}) for n in range(WORKERS)]
    took, found = _best(_cluster(workers), workers)
    judge("64 pods of three kinds, the same", took, LIMIT_MS, "ms")
    assert len(found.pods) == 3
