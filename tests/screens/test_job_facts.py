"""The errands of a job's page: what is read, when it is read again, and what is done without rights or a link."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from tests.domain.build import NOW, Json, conditions, node
from tests.domain.jobs import JOB, SPACE, group, heard, inputs, oom, vc, worker
from tui.core.errors import Problem
from tui.core.facts import Changed, Denied, Listed, Page, Relist
from tui.core.health import GLYPHS
from tui.core.store import Store
from tui.domain import job_state
from tui.domain.job import JobRow
from tui.domain.job_tree import KINDS, TreeRow, tree
from tui.screens.job_facts import JobFacts

POD = f"{SPACE}/{SPACE}-{JOB}-worker-0"
UNPLACED = conditions(PodScheduled=(False, "Unschedulable", "0/1 nodes are available: 1 Insufficient cpu."))
UNREADY: Json = {"metadata": {"uid": "u7"}, "status": {"conditions": conditions(Ready=(False, "NotYet", "wait"))}}


class Kube:
    """Answers that a test sets, and what was asked."""

    def __init__(self) -> None:
        self.bodies: dict[str, Json] = {}
        self.told: list[Json] | Problem = []
        self.asked: list[tuple[str, ...]] = []
        self.hold: asyncio.Event | None = None

    async def get(self, kind: Any, key: str) -> Json | Problem:
        self.asked.append((kind.name, key))
        if self.hold is not None:
            await self.hold.wait()
        return self.bodies.get(key, Problem("not found", status=404))

    async def events_of(self, uid: str, namespace: str) -> list[Json] | Problem:
        self.asked.append(("events", uid, namespace))
        return self.told


class Scene:
    """A deck with one job in its store."""

    def __init__(self, **given: Any) -> None:
        self.kube, self.store = Kube(), Store()
        self.session: Any = SimpleNamespace(kube=self.kube)
        self.glyph = GLYPHS.__getitem__
        for kind, rows in inputs(**given).items():
            self.store.open(kind, NOW)
            self.store.apply(Relist(kind))
            self.store.apply(Page(kind, tuple(rows.values())))
            self.store.apply(Listed(kind, NOW))
        (self.job,) = job_state.rows(self.store.by_kind(), NOW)
        self.facts = JobFacts(self, self.job.key)  # type: ignore[arg-type]

    def put(self, kind: str, row: Any) -> None:
        """A row changed."""
        self.store.apply(Changed(kind, row, NOW))

    def line(self, kind: str) -> TreeRow:
        """The first line of a kind."""
        return next(line for line in tree(self.job, self.store.by_kind()) if line.kind == kind)

    def page(self, kind: str = "jobs", job: JobRow | None = None) -> str:
        """What is told of that line."""
        lines = self.facts.page(job or self.job, self.line(kind), NOW)
        return "\n".join("".join(text for text, _tone in line) for line in lines)


@pytest.fixture
def scene() -> Scene:
    told = (heard("BackOff", "again"), heard("Unschedulable", "no room", of="PodGroup"))
    made = Scene(workers=(worker(0),), vcjobs=(vc(),), podgroups=(group(),), events=told, nodes=(node("n1"),))
    made.kube.bodies[POD] = UNREADY
    return made


async def test_an_object_is_read_once_and_again_when_its_row_is_another(scene: Scene) -> None:
    line = scene.line("pods")
    assert scene.facts.stale(line)
    assert "loading" in scene.page("pods")
    assert await scene.facts.read(line)
    assert not scene.facts.stale(line)
    assert "▲ Ready False  NotYet: wait" in scene.page("pods")
    assert "▲ BackOff" in scene.page("pods")
    assert "no room" not in scene.page("pods"), "that is the PodGroup's"
    scene.put("pods", replace(scene.store.get("pods", POD), why="new"))
    assert scene.facts.stale(line)
    assert scene.kube.asked == [("pods", POD)], "events are watched: they are not asked for"


async def test_while_it_is_read_it_is_not_asked_for_again_until_that_was_given_up(scene: Scene) -> None:
    scene.kube.hold = asyncio.Event()
    line = scene.line("pods")
    reading = asyncio.create_task(scene.facts.read(line))
    await asyncio.sleep(0)
    assert not scene.facts.stale(line)
    assert scene.facts.stale(scene.line("vcjobs"))
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert scene.facts.stale(line)


async def test_events_that_are_not_watched_are_asked_for_by_the_uid(scene: Scene) -> None:
    scene.store.apply(Denied("events", NOW, "list events", "forbidden"))
    scene.kube.told = [heard("FailedMount", "no volume")]
    scene.kube.bodies["n1"] = UNREADY
    await scene.facts.read(scene.line("pods"))
    assert "FailedMount" in scene.page("pods")
    await scene.facts.read(scene.line("nodes"))
    assert scene.kube.asked == [("pods", POD), ("events", "u7", SPACE), ("nodes", "n1"), ("events", "n1", "")]
    scene.kube.told = Problem("you may not", status=403)
    scene.put("pods", replace(scene.store.get("pods", POD), why="new"))
    await scene.facts.read(scene.line("pods"))
    assert "▲ BackOff" in scene.page("pods"), "what the store still has"


async def test_an_object_that_cannot_be_read_says_why_and_is_not_asked_for_over_and_over(scene: Scene) -> None:
    line = scene.line("podgroups")
    assert await scene.facts.read(line)
    assert "CONDITIONS  ? not found" in scene.page("podgroups")
    assert not scene.facts.stale(line)
    scene.session = None
    assert not await scene.facts.read(scene.line("pods"))
    assert not await scene.facts.read_wants([POD])


async def test_the_job_tells_the_events_of_all_its_objects(scene: Scene) -> None:
    told = scene.page()
    assert "worker-0  again" in told
    assert "PodGroup  no room" in told
    assert not scene.facts.stale(scene.line("jobs")), "it is no object of the API"


def test_a_container_tells_its_run() -> None:
    made = Scene(workers=(worker(0, oom(), phase="Failed"),), events=(heard("BackOff", "again"),))
    told = made.page("containers")
    assert "ended      OOMKilled, exit 137" in told
    assert "▲ BackOff" in told, "events are its pod's"


async def test_of_a_job_that_waits_the_reason_comes_first_and_its_pods_specs_are_read_once() -> None:
    made = Scene(workers=(worker(0, phase="Pending", node="", conditions=UNPLACED),), nodes=(node("n1"),))
    assert made.facts.unasked(made.job) == [POD]
    made.kube.bodies[POD] = worker(0, phase="Pending", node="", nodeSelector={"zone": "mars"})
    assert "zone" not in made.page()
    assert await made.facts.read_wants([POD])
    told = made.page()
    assert "label zone missing, wants mars" in told
    assert told.index("mars") < told.index("  run "), "the reason comes before the facts"
    assert made.facts.unasked(made.job) == []
    assert not await made.facts.read_wants([POD])
    assert made.facts.unasked(replace(made.job, state="Running")) == []


def test_a_gone_job_and_an_object_that_is_not_there() -> None:
    made = Scene(podgroups=(group("Pending"),))
    assert "may not be listed" in made.page("pods")
    assert [[text for text, _tone in line] for line in made.facts.page(None, None, NOW)] == [["this job is gone"]]
    assert set(KINDS) <= {"jobs", "amljobs", "vcjobs", "podgroups", "pods", "nodes"}
