"""What a real Volcano makes of training jobs, says of them, and what our rows make of that.

The demo's world must say nothing else: `tests/demo/world/test_gangs.py` holds it to the same sentences.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.error import HTTPError

import pytest

from tests.cluster.fixtures import running_volcano
from tests.cluster.plane import Plane
from tests.cluster.volcano import HYPER_NODES, QUEUES, Volcano
from tests.cluster.workers import Workers
from tests.contract import definitions
from tests.contract.gangs import GROUPS, JOBS, SAID, Site, said
from tests.demo.kube.town import Client
from tui.client.kube import KubeClient
from tui.core.health import Health

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.xdist_group("cluster"),
    pytest.mark.parametrize("backend", ["cluster"], indirect=True),
]
NODES = ("gang-1", "gang-2", "gang-3")
"""With 32 CPUs and four GPUs each."""
FORMER = "0/0 tasks in gang unschedulable: pod group is not ready, {} minAvailable"
"""Said of every gang before its pods are made, also of one that is placed at once."""


def _create(plane: Plane, path: str, body: dict[str, Any]) -> None:
    try:
        plane.ask("POST", path, body)
    except HTTPError as error:
        if error.code != 409:
            raise


@pytest.fixture(scope="module")
def volcano(plane: Plane, workers: Workers) -> Iterator[Volcano]:
    """Volcano on three nodes and no more: its gate adds up all there are."""
    for body in (*definitions.bodies(), HYPER_NODES):
        _create(plane, definitions.PATH, body)
    plane.ask("DELETE", "/api/v1/nodes")
    for node in NODES:
        workers.add_node(node)
    with running_volcano(plane) as made:
        workers.wait(NODES[-1])
        yield made
    for node in NODES:
        plane.ask("DELETE", f"/api/v1/nodes/{node}")


@pytest.fixture
async def site(volcano: Volcano, raw: Client, kube: KubeClient, home: str) -> AsyncIterator[Site]:
    """A namespace for jobs, which gives back what they hold."""
    made = Site(raw, kube, home)
    yield made
    for path in (JOBS.format(home), GROUPS.format(home), f"/api/v1/namespaces/{home}/pods"):
        await raw.ask("DELETE", path, {"propagationPolicy": "Background", "gracePeriodSeconds": 0})
    await made.until("", lambda seen: not seen.rows["pods"])


async def test_a_gang_with_room_runs(site: Site) -> None:
    job = await site.submit(2, gpus=1)
    seen = await site.until(job, lambda seen: seen.job and seen.job.state == "Running" and seen.volcano.running == 2)
    assert seen.job is not None
    assert (seen.job.health, seen.job.why, seen.job.queue, len(seen.job.placed)) == (Health.GOOD, "", "default", 2)
    seen = await site.until(job, lambda seen: seen.group and seen.group.running == 2)
    assert seen.group is not None
    assert (seen.group.phase, seen.group.reason, seen.group.minimum, seen.group.needs.gpus) == ("Running", "", 2, 2)
    assert seen.group.name == f"{site.home}-{job}-{seen.volcano.uid}"
    assert seen.group.owner == seen.volcano.name
    seen = await site.until(job, lambda seen: seen.messages("PodGroup", "Scheduled"))
    assert seen.messages("PodGroup", "Scheduled") == {"pod group is ready"}
    assert FORMER.format(2) in seen.messages("PodGroup", "Unschedulable"), "a warning, though all went well"


async def test_a_gang_that_the_cluster_is_too_small_for_stays_at_the_gate(site: Site) -> None:
    job = await site.submit(2, gpus=8)
    seen = await site.until(job, lambda seen: len(seen.messages("PodGroup", "Unschedulable")) == 2)
    assert seen.messages("PodGroup", "Unschedulable") == {
        "resource in cluster is overused: overused nvidia.com/gpu", FORMER.format(2),
    }  # fmt: skip
    assert seen.group is not None
    assert (seen.group.phase, seen.group.reason, seen.group.message, seen.pods) == ("Pending", "", "", [])
    assert seen.job is not None
    assert (seen.job.state, seen.job.health) == ("Queued", Health.WARN)
    assert seen.job.why == "needs 16 GPUs, the cluster has 12"


async def test_a_queue_that_is_full_is_told_by_events_only(site: Site) -> None:
    queue = {
        "apiVersion": "scheduling.volcano.sh/v1beta1", "kind": "Queue", "metadata": {"name": f"{site.home}-q"},
        "spec": {"weight": 1, "capability": {"cpu": "2"}},
    }  # fmt: skip
    assert (await site.raw.ask("POST", QUEUES, queue))[0] == 201
    job = await site.submit(2, cpu="2", queue=f"{site.home}-q")
    seen = await site.until(job, lambda seen: len(seen.messages("PodGroup", "Unschedulable")) == 2)
    assert "queue resource quota insufficient: insufficient cpu" in seen.messages("PodGroup", "Unschedulable")
    assert seen.job is not None
    assert (seen.job.health, seen.job.why) == (
        Health.WARN, "at the enqueue gate: queue resource quota insufficient: cpu",
    )  # fmt: skip
    await site.raw.ask("DELETE", f"{QUEUES}/{site.home}-q")


async def test_a_gang_of_which_a_part_fits_waits_whole(site: Site) -> None:
    """Of five workers with 17 CPUs three fit on three nodes of 32, though 96 are free."""
    job = await site.submit(5, cpu="17")
    why = "3 of 5 have room, worker-3: 0/3 nodes: 3 too little cpu"
    fits = (Health.BUSY, "has room, waits for the rest of its gang")
    lacks = [(Health.WARN, "0/3 nodes: 3 too little cpu"), (Health.BUSY, f"waits for its gang: {why}")]
    seen = await site.until(job, lambda seen: [(pod.health, pod.why) for pod in seen.pods] == [fits] * 3 + lacks)
    seen = await site.until(job, lambda seen: seen.job and seen.job.why == why)
    assert seen.job is not None
    assert (seen.job.state, seen.job.health) == ("Queued", Health.WARN)
    assert seen.group is not None
    assert (seen.group.phase, seen.group.reason) == ("Inqueue", "NotEnoughResources")
    unready = (
        "pod group is not ready, 5 Pending, 5 minAvailable; Pending: 2 Unschedulable, 3 Schedulable. Origin reason is "
        f"{site.home}-{job}-worker-3: 0/3 nodes are unavailable: 3 Insufficient cpu."
    )
    assert seen.group.message == f"2/5 tasks in gang unschedulable: {unready}"
    seen = await site.until(job, lambda seen: seen.messages("Job", "PodGroupPending"))
    told = f"PodGroup {site.home}:{site.home}-{job} unschedulable, reason: {seen.group.message}"
    assert told in seen.messages("Job", "PodGroupPending")
    assert f"5/5 tasks in gang unschedulable: {unready}" in seen.messages("PodGroup", "Unschedulable")


async def test_a_worker_that_fits_nowhere_is_told_in_short(site: Site) -> None:
    job = await site.submit(1, gpus=5)
    seen = await site.until(job, lambda seen: seen.job and seen.job.health is Health.WARN)
    assert seen.job is not None
    assert seen.job.why == "0/3 nodes: 3 too little GPUs"


async def test_pods_that_a_quota_refuses(site: Site) -> None:
    quota = {
        "apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "team"}, "spec": {"hard": {"pods": "1"}},
    }  # fmt: skip
    assert (await site.raw.ask("POST", f"/api/v1/namespaces/{site.home}/resourcequotas", quota))[0] == 201
    job = await site.submit(3)
    seen = await site.until(job, lambda seen: seen.job and "refused" in seen.job.why)
    assert seen.job is not None
    assert (seen.job.state, seen.job.health) == ("Queued", Health.WARN)
    assert (
        seen.job.why == "its pods are refused: exceeded quota: team, requested: pods=1, used: pods=1, limited: pods=1"
    )


async def test_a_job_for_a_queue_that_is_not_there_is_not_taken_up(site: Site) -> None:
    job = await site.submit(1, queue="nosuch")
    other = await site.submit(1)
    seen = await site.until(other, lambda seen: seen.job and seen.job.state == "Running")
    seen = await site.see(job)
    assert (seen.volcano.phase, seen.group, seen.events) == ("", None, [])
    assert seen.job is not None
    assert (seen.job.state, seen.job.why) == ("Queued", "its PodGroup is not made yet")


async def test_a_completed_job_has_no_pod_group_any_more(site: Site) -> None:
    job = await site.submit(2, policies=[{"event": "TaskCompleted", "action": "CompleteJob"}])
    await site.until(job, lambda seen: seen.job and seen.job.state == "Running")
    await site.end(job, 0, 1)
    seen = await site.until(job, lambda seen: seen.volcano.phase == "Completed" and seen.group is None)
    assert seen.job is not None
    assert (seen.job.state, seen.job.health, len(seen.pods)) == ("Completed", Health.GOOD, 2)
    seen = await site.until(job, lambda seen: seen.messages("Job", "ExecuteAction"))
    assert {each.rstrip() for each in seen.messages("Job", "ExecuteAction")} == {"Start to execute action CompleteJob"}


@pytest.mark.parametrize(
    ("action", "phase", "left"), [("AbortJob", "Aborted", 1), ("TerminateJob", "Terminated", 1), ("", "Failed", 2)]
)
async def test_a_job_whose_pod_failed(site: Site, action: str, phase: str, left: int) -> None:
    """Without a policy it goes on until the others end too. Whatever Volcano calls it, it failed."""
    more = {"policies": [{"event": "PodFailed", "action": action}]} if action else {}
    job = await site.submit(2, **more)
    await site.until(job, lambda seen: seen.job and seen.job.state == "Running")
    await site.end(job, 0, code=137)
    if not action:
        await site.end(job, 1)
    seen = await site.until(job, lambda seen: seen.volcano.phase == phase and len(seen.pods) == left)
    assert seen.job is not None
    assert (seen.job.state, seen.job.why) == ("Failed", "exit 137 worker-0")


async def test_a_job_that_is_started_again_until_it_may_not(site: Site) -> None:
    job = await site.submit(2, maxRetry=2, policies=[{"event": "PodFailed", "action": "RestartJob"}])
    await site.until(job, lambda seen: seen.volcano.running == 2)
    await site.end(job, 0, code=1)
    seen = await site.until(job, lambda seen: seen.volcano.retries == 1 and seen.volcano.running == 2)
    assert seen.job is not None
    assert (seen.volcano.phase, seen.job.state, len(seen.pods)) == ("Running", "Running", 2)
    await site.end(job, 1, code=1)
    seen = await site.until(job, lambda seen: seen.volcano.phase == "Failed" and seen.volcano.retries == 2)
    assert seen.job is not None
    assert seen.job.state == "Failed"


async def test_the_sentences_are_those_that_the_demo_says(site: Site) -> None:
    """All that is said of a gang that waits, one that ends, and one at the gate, without names and numbers."""
    ends = await site.submit(2, policies=[{"event": "TaskCompleted", "action": "CompleteJob"}])
    await site.until(ends, lambda seen: seen.messages("PodGroup", "Scheduled"))
    gate, waits = await site.submit(2, gpus=8), await site.submit(5, cpu="17")
    await site.end(ends, 0, 1)
    await site.until(waits, lambda seen: seen.messages("Job", "PodGroupPending"))
    await site.until(gate, lambda seen: len(seen.messages("PodGroup", "Unschedulable")) == 2)
    await site.until(ends, lambda seen: seen.messages("Job", "ExecuteAction"))
    found = {said(event) for job in (ends, gate, waits) for event in (await site.see(job)).events}
    assert found == SAID
