"""The queue of jobs: gangs whole or not at all, never more than a node has."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tui.demo.world.agenda import Agenda
from tui.demo.world.job import DEFAULT, ENDS, LARGE, TRIED, V100, Job, Size
from tui.demo.world.names import Dice
from tui.demo.world.nodes import nodes
from tui.demo.world.queue import Queue

NODES = nodes(Dice(1), 0.0)
ASKED = st.tuples(st.sampled_from([V100, LARGE, DEFAULT]), st.integers(1, 8), st.integers(0, 900), st.integers(30, 600))


def job(number: int, size: Size, workers: int, submitted: float, lasts: float) -> Job:
    return Job(f"job-{number}", "x", "me", size, workers, submitted, lasts)


def runs_at(one: Job, now: float) -> bool:
    return one.placed is not None and one.ended is not None and one.placed <= now < one.ended + ENDS


@settings(max_examples=40, deadline=None)
@given(st.lists(ASKED, min_size=1, max_size=25))
def test_no_node_is_ever_overbooked(asked: list[tuple[Size, int, int, int]]) -> None:
    agenda, jobs = Agenda(), [job(n, *one) for n, one in enumerate(asked)]
    queue = Queue(NODES, agenda, lambda _job, _now: None)
    for one in jobs:
        queue.submit(one)
    agenda.play(1e7)
    for one in jobs:
        if one.placed is None:
            continue
        assert len(one.places) == one.workers
        for node in one.places:
            assert not node.trouble
            beside = [other for other in jobs if runs_at(other, one.placed)]
            gpus = sum(place is node for other in beside for place in other.places if other.size is V100)
            assert gpus <= node.pool.gpus or one.size is not V100
            cpus = sum(int(other.size.cpu) for other in beside for place in other.places if place is node)
            assert cpus <= node.pool.cpu
    assert all(one.placed is not None for one in jobs if one.size is not LARGE or one.workers <= 5)


def test_a_gang_waits_and_a_small_job_passes() -> None:
    agenda, changes = Agenda(), []
    queue = Queue(NODES, agenda, lambda job, now: changes.append((job.run_id, now)))
    first, gang, small = job(1, V100, 6, 0, 500), job(2, V100, 4, 10, 100), job(3, V100, 1, 20, 100)
    for one in (first, gang, small):
        queue.submit(one)
    agenda.play(400)
    assert (first.placed is not None, gang.placed, small.placed is not None) == (True, None, True)
    agenda.play(2000)
    assert first.ended is not None
    assert gang.placed == first.ended + ENDS


def test_a_dropped_job_gives_its_room_back() -> None:
    agenda = Agenda()
    queue = Queue(NODES, agenda, lambda _job, _now: None)
    first, gang = job(1, V100, 8, 0, 50_000), job(2, V100, 8, 10, 100)
    for one in (first, gang):
        queue.submit(one)
    agenda.play(100)
    first.cancelled = 100
    queue.drop(first, 100)
    assert gang.placed == 100
    agenda.play(1e6)
    again = job(3, V100, 8, 1e6, 100)
    queue.submit(again)
    agenda.play(1e6 + 100)
    assert again.placed is not None


def test_a_job_that_hangs_gives_its_room_back_when_it_is_cancelled() -> None:
    agenda = Agenda()
    queue = Queue(NODES, agenda, lambda _job, _now: None)
    hangs, next_one = job(1, V100, 8, 0, 100), job(2, V100, 8, 10, 100)
    hangs.story, hangs.cancelled = "pull", 500.0
    for one in (hangs, next_one):
        queue.submit(one)
    agenda.play(499)
    assert (hangs.placed is not None, next_one.placed) == (True, None)
    agenda.play(501)
    assert next_one.placed == 500.0


def test_a_job_that_was_cancelled_while_it_waited_is_not_placed() -> None:
    agenda = Agenda()
    queue = Queue(NODES, agenda, lambda _job, _now: None)
    first, waits = job(1, V100, 8, 0, 1000), job(2, V100, 8, 10, 100)
    waits.cancelled = 300.0
    for one in (first, waits):
        queue.submit(one)
    agenda.play(1e5)
    assert waits.placed is None


def test_each_new_word_of_a_refused_gang_is_kept_and_shown() -> None:
    agenda, changes = Agenda(), []
    queue = Queue(NODES, agenda, lambda job, now: changes.append((job.run_id, now)))
    first, gang, small = job(1, V100, 6, 0, 500), job(2, V100, 4, 10, 100), job(3, V100, 1, 20, 100)
    for one in (first, gang, small):
        queue.submit(one)
    agenda.play(60)
    assert small.placed is not None
    assert [(refusal.at, len(refusal.nodes)) for refusal in gang.refusals] == [(10 + TRIED, 2), (20 + TRIED, 1)]
    assert [now for name, now in changes if name == "job-2"] == [10 + TRIED, 20 + TRIED]
    assert set(gang.refusals[0].nodes) <= {node.name for node in NODES}
    agenda.play(2000)
    assert gang.placed is not None
    assert gang.refusals[-1].at < gang.placed
