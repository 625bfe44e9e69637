"""The first screen answers before it is asked: healthy or not, what is worst, why."""

from __future__ import annotations

import pytest

from tests.screens.deck import LARGE, SMALL, deck
from tui.settings import Demo

pytestmark = pytest.mark.xdist_group("frozen")


async def test_four_panes_worst_first_at_80x24(frozen: Demo) -> None:
    async with deck(frozen, SMALL) as it:
        await it.until("▲ prometheus")
        lines = it.lines
        assert len(lines) == 24
        titles = [
            line.split()[0] for line in lines if line.startswith(("EXTENSION", "PODS", "INSTANCE", "JOBS", "LOG"))
        ]
        assert titles == ["EXTENSION", "PODS", "INSTANCE", "JOBS", "LOG"]
        assert "● Installed" in it.line("EXTENSION")
        assert "17/19 healthy" in it.line("PODS")
        pods = lines.index(it.line("PODS"))
        assert lines[pods + 1].startswith("✖ relayserver")
        assert "CrashLoopBackOff" in lines[pods + 1]
        assert lines[pods + 2].startswith("▲ prometheus")
        jobs = lines.index(it.line("JOBS"))
        glyphs = [line[0] for line in lines[jobs + 1 : lines.index(it.line("LOG"))]]
        assert glyphs == sorted(glyphs, key="✖▲~?◷●○".index), "worst first"
        assert all(len(line) <= 80 for line in lines)


async def test_the_row_under_the_cursor_is_told_in_full(frozen: Demo) -> None:
    async with deck(frozen) as it:
        assert "exit 1: no relay connection" in it.lines[-2]
        await it.press("j")
        assert it.lines[-2].startswith("▲ prometheus-prom-prometheus-0")


async def test_two_by_two_with_the_log_below_at_160x50(frozen: Demo) -> None:
    async with deck(frozen, LARGE) as it:
        first = it.line("EXTENSION")
        assert "PODS" in first, "side by side"
        assert "JOBS" in it.line("INSTANCE TYPES")
        assert it.line("LOG").startswith("LOG")
        await it.until("last heartbeat")


async def test_tab_walks_z_enlarges_enter_opens_on_the_same_row(frozen: Demo) -> None:
    async with deck(frozen) as it:
        await it.press("j")
        row = it.lines[-2]
        await it.press("z")
        text = await it.until(lambda text: "JOBS" not in text and "volcano-sche" in text)
        assert len(text.split("\n")) == 24
        assert it.lines[-2] == row
        await it.press("z")
        await it.until("JOBS")
        await it.press("enter")
        await it.until("NAME")
        assert it.app.current_mode == "pods"
        assert it.lines[-2] == row
        await it.press("escape")
        assert it.app.current_mode == "overview"
        assert it.lines[-2] == row
        await it.press("tab", "tab")
        assert it.lines[-2].startswith("✖ ")
        await it.press("enter")
        assert it.app.current_mode == "jobs"


async def test_the_log_follows_the_selected_job(frozen: Demo) -> None:
    async with deck(frozen, LARGE) as it:
        await it.press("tab", "tab")
        await it.until("LOG  bert-finetune-07  worker-1")
        for _ in range(20):
            if "resnet50-dist" in it.lines[-2]:
                break
            await it.press("j")
        await it.until(lambda text: "LOG  resnet50-dist" in text and "loss" in text)
        await it.press("g")
        await it.until(lambda text: "LOG  resnet50-dist" not in text)


async def test_a_tiny_and_a_huge_terminal_do_no_harm(frozen: Demo) -> None:
    async with deck(frozen, (40, 10)) as it:
        assert "EXTENSION" in it.text
        await it.pilot.resize_terminal(20, 5)
        await it.press("j", "tab", "z", "z")
        await it.pilot.resize_terminal(300, 100)
        await it.until("JOBS")
