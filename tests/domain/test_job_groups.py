"""Sweeps and pipelines: who belongs to whom, and what their run says of them."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.domain.build import NOW
from tests.domain.jobs import SPACE, aml, rows
from tui.core.health import Health
from tui.domain.columns_kube import JOB as COLUMNS
from tui.domain.job import ENDED, JobRow, order
from tui.domain.job_groups import families, grouped, part_name

BASE = rows(NOW, amljobs=(aml(),))[0]
STATES = {"Failed": Health.BAD, "Queued": Health.BUSY, "Running": Health.GOOD, "Completed": Health.GOOD,
          "Starting": Health.BUSY, "Stopping": Health.BUSY, "Canceled": Health.OFF}  # fmt: skip


def job(name: str, state: str = "Running", *, root: str = "", **more: Any) -> JobRow:
    given_: dict[str, Any] = {"health": STATES[state], "created": NOW - 60, "started": None, "ended": None,
                              "nodes": 1, "gpus": 1, "why": "", "user": "bob"} | more  # fmt: skip
    space = given_.pop("namespace", SPACE)
    return replace(BASE, key=f"{space}/id-{name}", namespace=space, job_id=f"id-{name}", run_id=name, name=name,
                   root=root, state=state, **given_)  # fmt: skip


def sweep(*states: str, root: str = "sw", **more: Any) -> list[JobRow]:
    return [job(f"{root}_{n}", state, root=root, **more) for n, state in enumerate(states)]


def parent(*several: JobRow) -> JobRow:
    (family,) = families(several).values()
    return family.parent


def test_the_trials_of_a_sweep_are_one_run() -> None:
    trials = sweep("Running", "Completed", "Queued", gpus=2, nodes=2)
    row = parent(*trials)
    assert (row.name, row.run_id, row.job_id, row.root) == ("sw", "sw", "", "")
    assert (row.state, row.health, row.why) == ("Running", Health.BUSY, "3 trials: 1 waiting, 1 running, 1 done")
    assert row.size == "4×2 gpu", "what is over wants nothing more"
    assert (row.pods, row.aml_job, row.user) == ((), "", "bob")
    assert row.key not in {trial.key for trial in trials}


def test_the_worst_is_named_with_its_reason() -> None:
    trials = sweep("Running", "Failed", "Queued")
    trials[1] = replace(trials[1], why="OOMKilled worker-0")
    row = parent(*trials)
    assert (row.state, row.health) == ("Running", Health.BAD)
    assert row.why == "3 trials: 1 failed, 1 waiting, 1 running; worst: _1: OOMKilled worker-0"


def test_steps_of_a_pipeline_are_called_so() -> None:
    row = parent(job("prep", "Completed", root="pipe"), job("train", "Queued", root="pipe", why="needs 4 GPUs"))
    assert row.why == "2 steps: 1 waiting, 1 done; worst: train: needs 4 GPUs"
    assert part_name("sw", job("sw_12")) == "_12"
    assert part_name("sw", job("sw_x")) == "sw_x"


def test_a_run_with_an_amljob_of_its_own_keeps_it() -> None:
    own = job("sw", "Queued", why="no PodGroup seen", health=Health.WARN)
    family = families([own, *sweep("Running")])[own.key]
    assert (family.own, family.parent.key, family.parent.aml_job) == (own, own.key, own.aml_job)
    assert (family.parent.state, family.parent.health) == ("Running", Health.GOOD), "it has no pod: its parts speak"


def test_a_run_that_is_over_by_its_own_word_is_over() -> None:
    own = job("sw", "Failed", why="budget spent")
    row = families([own, *sweep("Running", "Completed")])[own.key].parent
    assert (row.state, row.health) == ("Failed", Health.BAD)
    assert row.why.endswith("worst: sw: budget spent")


def test_one_part_alone_is_by_itself() -> None:
    assert families(sweep("Running")) == {}
    assert families([job("a"), job("b")]) == {}


def test_runs_of_the_same_name_in_two_namespaces_are_two() -> None:
    several = [*sweep("Running", "Running"), *sweep("Running", "Running", namespace="other")]
    assert len(families(several)) == 2


def test_what_differs_is_counted() -> None:
    row = parent(
        job("sw_0", root="sw", user="bob", instance_type="a", gpus=1), job("sw_1", root="sw", user="eve", gpus=2),
        job("sw_2", root="sw", user=""),
    )  # fmt: skip
    assert (row.user, row.instance_type, row.gpus, row.size) == ("2 users", "2 types", 0, "3× 2 types")


def test_times_and_tries() -> None:
    row = parent(
        job("sw_0", "Completed", root="sw", created=NOW - 90, started=NOW - 80, ended=NOW - 20, retries=1),
        job("sw_1", "Completed", root="sw", created=NOW - 70, started=NOW - 60, ended=NOW - 10, restarts=2),
    )
    assert (row.created, row.started, row.ended, row.retries, row.restarts) == (NOW - 90, NOW - 80, NOW - 10, 1, 2)
    assert row.elapsed(NOW) == 70
    waits = parent(*sweep("Queued", place=4), job("sw_9", "Queued", root="sw", place=2))
    assert (waits.state, waits.place, waits.ended) == ("Queued", 2, None)


def test_a_table_of_them() -> None:
    bad = replace(job("x", "Failed"), why="exit 1")
    several = [job("done", "Completed"), *sweep("Running", "Queued"), bad]
    folded = grouped(several)
    assert [row.name for row in folded] == ["x", "sw", "done"]
    opened = grouped(several, {folded[1].key})
    assert [row.name for row in opened] == ["x", "sw", "sw_1", "sw_0", "done"], "worst first inside, too"


def test_every_column_can_show_a_run() -> None:
    row = parent(*sweep("Running", "Failed", placed=("n2", "n1")))
    shown = {column.id: column.text(row, NOW) for column in COLUMNS}
    assert (shown["nodes"], shown["status"], shown["elapsed"], shown["tries"]) == ("n1,n2", "Running", "60s", "-")


def test_what_did_not_change_is_not_made_again() -> None:
    one, other = sweep("Running", "Queued", root="a"), sweep("Running", "Queued", root="b")
    before = families([*one, *other])
    after = families([*one, replace(other[0], state="Completed"), other[1]], before)
    a, b = f"{SPACE}/run:a", f"{SPACE}/run:b"
    assert after[a] is before[a]
    assert after[b].parent != before[b].parent
    assert families(one, before)[a] is before[a], "others went"


_jobs = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(0, 5), st.sampled_from(sorted(STATES)), st.booleans()), max_size=14,
    unique_by=lambda each: (each[0], each[1], each[3]),
)  # fmt: skip


@settings(max_examples=60)
@given(_jobs, st.randoms(use_true_random=False))
def test_no_job_is_lost_or_twice_and_parts_stand_below_their_run(found: list[Any], random: Any) -> None:
    distinct = {(root, 0 if own else n, own): (root, n, state, own) for root, n, state, own in found}.values()
    several = [
        job(f"{root}{'' if own else f'_{n}'}", state, root="" if own else root) for root, n, state, own in distinct
    ]
    by_key = families(several)
    lines = grouped(several, set(by_key))
    made = {family.parent.key for family in by_key.values() if family.own is None}
    assert sorted(row.key for row in lines) == sorted({row.key for row in several} | made)
    tops = [row for row in lines if not row.root or row.key in by_key or not _below(row, by_key)]
    assert tops == sorted(tops, key=order)
    for key, family in by_key.items():
        at = [row.key for row in lines].index(key)
        assert {row.key for row in lines[at + 1 : at + 1 + len(family.children)]} == {c.key for c in family.children}
        live = any(child.state not in ENDED for child in family.children)
        assert family.own is not None or (family.parent.state not in ENDED) is live
    random.shuffle(several)
    assert grouped(several, set(by_key)) == lines


def _below(row: JobRow, by_key: dict[str, Any]) -> bool:
    return any(row.key == child.key for family in by_key.values() for child in family.children)
