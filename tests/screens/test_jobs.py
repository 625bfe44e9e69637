"""The jobs table and the tree of one job, on a cloud that stands still."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.screens.deck import LARGE, Driven, deck
from tui.core.facts import Changed
from tui.domain.job import JobRow
from tui.settings import Demo

pytestmark = pytest.mark.xdist_group("frozen")


async def jobs(it: Driven) -> None:
    """The jobs table, all answered."""
    await it.press("5")
    await it.until("+ sweep-lr-0031")


async def tree(it: Driven, name: str) -> None:
    """The tree of the one job that a filter leaves."""
    await jobs(it)
    await it.press("colon")
    await it.type(f"jobs /{name}")
    await it.press("enter")
    await it.until(lambda _text: name in it.lines[-2])
    await it.press("enter")
    await it.until("OBJECT")


def named(it: Driven, name: str) -> JobRow:
    """A job of the store."""
    return next(row for row in it.app.store.rows("jobs").values() if row.name == name)


async def test_the_table_at_80x24(frozen: Demo) -> None:
    async with deck(frozen) as it:
        await jobs(it)
        assert it.lines[2].split() == ["NAME", "SIZE", "STATE", "WHY", "TIME", "TRY", "USER"]
        assert "gpt2-pretrain    4×1 gpu-v100 Queued    needs 4 GPUs, 2 free   2nd   - dave" in it.text
        assert it.line("resnet50-dist").endswith("carol")
        assert "unfold" not in it.lines[-1], "no run is under the cursor"
        screen = it.app.screen
        run = next(key for key in screen.rows.keys if screen.rows.row(key).name == "sweep-lr-0031")  # type: ignore[attr-defined]
        screen.table.move_to(run)  # type: ignore[attr-defined]
        await it.until("● sweep-lr-0031  4 trials")
        assert "4 trials: 2 running, 2 done" in it.lines[-2]
        await it.until("churn-…ne-0418")
        assert "3 steps" in it.text
        assert "unfold" in it.lines[-1]
        await it.press("space")
        await it.until("- sweep-lr-0031")
        parts = [line.split()[1] for line in it.lines if line[2:9] == "  sweep"]
        assert parts == [f"sweep-…-0031_{n}" for n in (3, 2, 1, 0)]
        await it.press("j", "j")
        assert it.lines[-2].startswith("● sweep-lr-0031_2")
        await it.press("plus")
        await it.until("+ sweep-lr-0031")
        assert it.lines[-2].startswith("● sweep-lr-0031  4 trials"), "the cursor goes to what it was a part of"
        await it.press("enter")
        await it.until("- sweep-lr-0031")
        await it.press("enter", "slash")
        await it.type("0031_2")
        await it.press("enter")
        await it.until("/0031_2")
        assert [line.split()[1] for line in it.lines[3:-2] if line] == ["-", "sweep-…-0031_2"], "a part that matches"


async def test_there_is_room_for_all_columns_at_160x50_and_news_keep_the_cursor(frozen: Demo) -> None:
    async with deck(frozen, LARGE) as it:
        await jobs(it)
        assert {"EXPERIMENT", "TRY", "NODES", "USER", "AGE", "NAMESPACE"} <= set(it.lines[2].split())
        assert "OOMKilled worker-1 (exit 137)" in it.line("bert-finetune-07")
        await it.press("A")
        await it.until("by age")
        await it.press("T")
        it.app.screen.show_row(named(it, "resnet50-dist"))  # type: ignore[attr-defined]
        for name in ("resnet50-dist", "xgb-churn-12"):
            row = replace(named(it, name), root="nightly", retries=2)
            it.app.store.apply(Changed("jobs", row, it.app.now()))
        await it.until("+ nightly")
        await it.holds(lambda: it.lines[-2].startswith("● nightly  2 steps: 1 running, 1 done  4 retries"))
        it.app.screen.show_row(named(it, "xgb-churn-12"))  # type: ignore[attr-defined]
        await it.until("- nightly")
        await it.until(lambda _text: it.lines[-2].startswith("● xgb-churn-12"))  # unfolded for the row to be shown


async def test_the_tree_of_a_failed_job_down_to_its_log(frozen: Demo) -> None:
    async with deck(frozen, LARGE) as it:
        await tree(it, "bert")
        assert "JOB bert-finetune-07  ✖ Failed  OOMKilled worker-1 (exit 137)" in it.lines[0]
        objects = [line[2:42].strip() for line in it.lines[2:25]]
        assert objects[:4] == ["bert-finetune-07", "AmlJob", "Volcano Job", "worker-0"]
        assert objects.count("execution-wrapper") == 2, "containers of what failed are shown"
        assert objects[-2:] == ["node gpu-1", "node gpu-2"]
        assert "2 nodes × 1 GPU" in it.text
        await it.press("j", "j", "j")
        text = await it.until("Ready False")
        told = [line[0] for line in text[text.index("CONDITIONS\n") : text.index("EVENTS")].split("\n")[1:-2]]
        assert told == sorted(told, key="✖▲?●".index), "worst first"
        await it.press("G")
        await it.until("Node gpu-2")
        await it.press("k", "k")
        await it.until("after 18m")
        assert "execution-wrapper" in it.line("Pod ml-train/")
        await it.press("enter")
        await it.until("end: OOMKilled, exit code 137")
        await it.press("escape")
        assert it.app.current_mode == "jobs"


async def test_the_tree_of_a_job_that_runs(frozen: Demo) -> None:
    async with deck(frozen, LARGE) as it:
        await tree(it, "resnet50")
        await it.until("worker-3 +8")
        await it.press(*"jjjj", "space")
        await it.until("hosttools-capability")
        assert "worker-0 +8" not in it.text
        await it.press("j", "space")
        await it.until("worker-0 +8")
        await it.press("k", "k", "k", "d")
        await it.until("describe amljobs")
        news = Changed("jobs", replace(named(it, "resnet50-dist"), why="odd things"), it.app.now())
        it.app.store.apply(news)
        await it.press("escape")
        await it.until("JOB resnet50-dist  ● Running  odd things")
        await it.press("j", "y")
        await it.until("yaml vcjobs")
        await it.press("escape", "z")
        await it.until(lambda text: "OBJECT" not in text and "CONDITIONS" in text)
        assert "why" not in it.lines[-1], "it does not wait"
        await it.press("escape")
        await it.until("OBJECT")
        await it.press("escape")
        await it.until("NAMESPACE")


async def test_the_tree_of_a_job_that_waits(frozen: Demo) -> None:
    async with deck(frozen) as it:
        await tree(it, "clip")
        text = await it.until("0 of 12 are made")
        assert "PodGroup" in text
        assert "▲ cannot be placed as the cluster is" in text, "the reason first"
        assert "logs" not in it.lines[-1]
        await it.press("j", "w")
        await it.until(lambda text: "OBJECT" not in text and "WHAT WOULD HELP" in text)
        await it.press("escape", "escape", "l")
        await it.until("has no pod yet")
        await it.press("escape", "escape", "5")
        await tree(it, "gpt2")
        asked = it.app.screen._facts._asked  # type: ignore[attr-defined]
        await it.holds(lambda: len(asked) == 4)
        await it.press("w", "pagedown")
        await it.until("carol")
