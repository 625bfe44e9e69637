"""The log of a container: live, followed, searched, cut back, wrapped, saved; never faked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.screens.deck import LARGE, Driven, deck
from tui.demo.launch import launch
from tui.settings import Demo
from widgets.log_view import LogView
from widgets.table import Table

pytestmark = pytest.mark.xdist_group("logs")


@pytest.fixture(scope="module")
def living() -> Iterator[Demo]:
    """A cloud whose time runs ten times as fast: its jobs write."""
    with launch(seed=1, pods=0, speed=10.0, faults=()) as demo:
        yield demo


async def open_log(it: Driven, job: str) -> None:
    await it.press("5", "slash")
    await it.type(job)
    await it.press("enter")
    await it.until("1 of")
    await it.press("l")
    await it.until(lambda text: it.app.current_mode == "logs" and "lines" in text)


def count(it: Driven) -> int:
    return int(it.app.screen.view.count)  # type: ignore[attr-defined]


async def test_following_shows_new_lines_and_scrolling_up_stops_it(living: Demo) -> None:
    async with deck(living) as it:
        await open_log(it, "resnet50")
        await it.until("following")
        before = count(it)
        await it.holds(lambda: count(it) > before)
        await it.press("k")
        await it.until("paused")
        top = it.lines[2]
        before = count(it)
        await it.holds(lambda: count(it) > before)
        assert it.lines[2] == top, "nothing moves under the reader"
        await it.until("+")
        await it.press("f")
        await it.until("following")


async def choose(it: Driven, name: str) -> None:
    """Open the list and take the line of this name."""
    await it.press("o")
    await it.until("enter takes it")
    listed = [line.split("  ")[0].strip() for line in it.lines]
    at = listed.index(name) - next(n for n, line in enumerate(it.lines) if "enter takes it" in line) - 1
    here = it.app.screen.query_one(Table)._row
    await it.press(*["j" if at > here else "k"] * abs(at - here), "enter")


async def test_any_container_can_be_chosen_and_all_of_them(living: Demo) -> None:
    async with deck(living, LARGE) as it:
        await open_log(it, "bert-finetune-07")
        await choose(it, "init")
        await it.until("── end: Completed")
        assert "· init" in it.lines[1]
        await choose(it, "all containers")
        await it.until(lambda text: "all containers" in text.split("\n")[1] and "lines" in text)
        await it.until(lambda _text: {line[:2] for line in it.lines[2:-2]} >= {"D ", "E ", "H "})


async def test_all_workers_are_interleaved_by_time_and_told_apart(living: Demo) -> None:
    async with deck(living) as it:
        await open_log(it, "resnet50")
        await it.until("· 4 workers")
        await it.until(lambda _text: {line[:2] for line in it.lines[2:-2]} >= {"A ", "B ", "C ", "D "})
        await it.holds(lambda: len(raw_lines(it)) >= 4_000)
        stamps = [line.decode()[:29] for line in raw_lines(it)]
        assert stamps == sorted(stamps)
        await choose(it, "worker-2")
        await it.until("worker-2 · execution-wrapper")
        await it.press("a")
        await it.until("· 4 workers")


def raw_lines(it: Driven) -> list[bytes]:
    """All kept lines as they came; what the streams said left out."""
    blocks = it.app.screen.query_one(LogView)._buffer.blocks()
    return [line for block in blocks if not block.divider for line in block.data.split(b"\n")[:-1]]


async def test_previous_since_times_and_wrap(living: Demo) -> None:
    async with deck(living) as it:
        await open_log(it, "resnet50")
        await choose(it, "worker-0")
        await it.until("worker-0 · execution-wrapper")
        await it.until("following")
        for word in ("1m", "5m", "15m", "1h", "all", "tail"):
            await it.press("s")
            await it.until(lambda text, word=word: text.split("\n")[1].endswith(word))
        await it.press("t")
        await it.press("t")
        await it.press("w")
        await it.press("m")
        await it.until("── mark")


async def test_search_counts_and_walks(living: Demo) -> None:
    async with deck(living, LARGE) as it:
        await open_log(it, "bert-finetune-07")
        await it.until("ended")
        await it.press("slash")
        await it.type("epoch")
        await it.press("enter")
        await it.until(lambda text: " of " in text.split("\n")[-2])
        first = it.lines[-2]
        await it.press("N")
        await it.holds(lambda: it.lines[-2] != first)
        await it.press("escape")
        await it.until(lambda text: " of " not in text.split("\n")[-2])


async def test_a_filter_a_level_and_the_way_back(living: Demo) -> None:
    async with deck(living, LARGE) as it:
        await open_log(it, "bert-finetune-07")
        await it.until("ended")
        await it.press("ampersand")
        await it.type("pinned")
        await it.press("enter")
        await it.until("&/pinned/")
        assert sum("epoch" in line for line in it.lines) == 0
        await it.press("ampersand")
        await it.type("!epoch")
        assert "&/pinned!epoch/" in it.text, "what was typed before can be gone on with"
        await it.press("escape")
        await it.until(lambda _text: any("epoch" in line for line in it.lines))
        await it.press("v", "v")
        await it.until("≥warning")
        await it.press("escape")
        await it.until(lambda text: "≥" not in text)
        assert it.app.current_mode == "logs"
        await it.press("escape")
        await it.holds(lambda: it.app.current_mode == "jobs")


async def test_esc_comes_back_to_the_tree_that_asked_for_the_log(living: Demo) -> None:
    async with deck(living) as it:
        await it.press("5", "slash")
        await it.type("resnet50")
        await it.press("enter")
        await it.until("1 of")
        await it.press("enter")
        await it.until("PodGroup")
        await it.press("j", "j", "j", "j", "j", "enter")
        await it.until("worker-1 · execution-wrapper")
        await it.press("escape")
        await it.until(lambda text: "JOB resnet50" in text and "PodGroup" in text)
        await it.press("escape")
        await it.until("JOBS all namespaces")


async def test_what_has_ended_says_so_is_gone_through_error_by_error_and_saved_privately(
    living: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with deck(living) as it:
        await open_log(it, "bert-finetune-07")
        await it.until("end: ")
        await it.until("2 ended")
        assert "following" not in it.lines[1]
        await it.press("e")
        await it.until("error 1 of")
        assert any("Traceback" in line for line in it.lines)
        await it.press("ctrl+s")
        await it.until("all that is kept")
        await it.press("j", "enter")
        await it.until("saved")
        saved_privately(tmp_path)


def saved_privately(directory: Path) -> None:
    [path] = directory.glob("*.txt")
    assert path.stat().st_mode & 0o077 == 0
    assert len(path.read_text().splitlines()) > 10


async def test_a_pod_without_a_log_says_why(living: Demo) -> None:
    async with deck(living) as it:
        await open_log(it, "whisper")
        await it.until("waiting to start")


async def test_a_job_without_a_pod_says_what_it_waits_for(living: Demo) -> None:
    async with deck(living, LARGE) as it:
        await it.press("5", "slash")
        await it.type("clip")
        await it.press("enter")
        await it.until("1 of")
        await it.press("l")
        await it.until("has no pod yet")
