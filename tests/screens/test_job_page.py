"""What is told of one object of a job: conditions and events, the worst first; of a container, its runs."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from tests.domain.build import NOW, Box, ended, pod_row, waiting
from tests.domain.jobs import heard
from tests.domain.test_job_groups import job
from tui.core.errors import Problem
from tui.core.health import GLYPHS
from tui.domain import event
from tui.domain.conditions import conditions
from tui.screens import job_page

GLYPH = GLYPHS.__getitem__


def text(lines: list[Any]) -> list[str]:
    return ["".join(part for part, _tone in line).rstrip() for line in lines]


def test_the_facts_of_a_job_are_those_that_are_known() -> None:
    row = job(
        "sw_1", "Queued", root="sw", place=2, queue="low", nodes=4, gpus=2, retries=1, compute="arc", workspace="w"
    )
    told = text(job_page.facts(row, NOW))
    for line in ("  run        sw_1", "  part of    sw", "  size       4 nodes × 2 GPUs", "  queue      low, 2nd in it",
                 "  time       for 60s", "  retries    1", "  compute    arc in w"):  # fmt: skip
        assert line in told
    assert not any(line.startswith("  restarts") for line in told)
    done = replace(row, state="Completed", place=0, ended=NOW - 10, started=NOW - 40, gpus=0, nodes=1)
    assert {"  time       took 30s", "  size       1 node", "  queue      low"} <= set(text(job_page.facts(done, NOW)))


def test_a_container_tells_its_runs() -> None:
    last = ended(137, "OOMKilled", seconds=90)
    (part,) = pod_row(Box("main", waiting("CrashLoopBackOff", "back-off 5m"), last=last, restarts=3)).containers
    assert text(job_page.container(part, NOW)) == [
        "  image      r.io/x:1", "  state      waiting CrashLoopBackOff", "  said       back-off 5m",
        "  last run   OOMKilled, exit 137 after 60s, 90s ago", "  restarts   3",
    ]  # fmt: skip
    (over,) = pod_row(Box("main", ended(1, "Error", message="no disk"))).containers
    assert "  ended      exit 1: no disk after 60s, 30s ago" in text(job_page.container(over, NOW))


def test_conditions_or_why_there_are_none() -> None:
    body = {"status": {"conditions": [
        {"type": "Scheduled", "status": "True", "lastTransitionTime": "2023-11-14T22:12:20Z"},
        {"type": "Ready", "status": "False", "reason": "NotYet", "message": "wait"},
    ]}}  # fmt: skip
    assert text(job_page.conditions(conditions(body), NOW, GLYPH)) == [
        "CONDITIONS", "▲ Ready False  NotYet: wait", "● Scheduled True  60s",
    ]  # fmt: skip
    assert text(job_page.conditions(None, NOW, GLYPH)) == ["CONDITIONS  loading…"]
    assert text(job_page.conditions([], NOW, GLYPH)) == ["CONDITIONS  none"]
    assert "may not get pods" in text(job_page.conditions(Problem("may not get pods"), NOW, GLYPH))[0]


def test_events_worst_first_then_newest_and_only_so_many() -> None:
    rows = [
        event.decode(heard("Pulled", "image is there", kind="Normal", seconds=5)),
        event.decode(heard("FailedMount", "no volume", seconds=50)),
        event.decode(heard("BackOff", "again", seconds=9)),
        event.decode(heard("Unschedulable", "gang", seconds=60, of="PodGroup")),
    ]
    assert text(job_page.events(rows, NOW, GLYPH, named=True)) == [
        "EVENTS", "▲ BackOff  9s  worker-0  again", "▲ FailedMount  50s  worker-0  no volume",
        "▲ Unschedulable  60s  PodGroup  gang", "● Pulled  5s  worker-0  image is there",
    ]  # fmt: skip
    assert text(job_page.events([], NOW, GLYPH)) == ["EVENTS  none"]
    many = [event.decode(heard("BackOff", "again", seconds=n)) for n in range(50)]
    assert text(job_page.events(many, NOW, GLYPH))[0] == "EVENTS  30 of 50"
    counted = replace(rows[2], count=7)
    assert text(job_page.events([counted], NOW, GLYPH))[1] == "▲ BackOff  9s ×7  again"


def test_what_many_pods_say_alike_is_told_once() -> None:
    rows = []
    for n in range(4):
        row = event.decode(heard("Pulled", "image is there", kind="Normal", seconds=5 + n))
        rows.append(replace(row, key=f"k{n}", object_name=row.object_name.replace("worker-0", f"worker-{n}")))
    told = text(job_page.events(rows, NOW, GLYPH, named=True))
    assert told[1:] == ["● Pulled  5s ×4  worker-0 and 3 more  image is there"]
    assert text(job_page.events(rows[:2], NOW, GLYPH, named=True))[1:] == [
        "● Pulled  5s ×2  worker-0, worker-1  image is there"
    ]
    long = [replace(rows[0], message="waits for ml-jobs-x-worker-2")]
    told = text(job_page.events(long, NOW, GLYPH, named=True, prefix="ml-jobs-x-"))
    assert told[1] == "● Pulled  5s  worker-0  waits for worker-2"
    assert len(job_page.events(rows, NOW, GLYPH)) == 5, "of one object each stands by itself"
