"""Filters, folds and levels of a big log: how long the work takes in all, and how long keys wait for a piece of it."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.budgets.conftest import Judge
from tests.budgets.deck import DeckLike, lines, mark
from tests.terminal.stage import Wire, settle, until, wire
from widgets.log_buffer import LogBuffer
from widgets.log_level import Level
from widgets.log_rules import Rules
from widgets.log_shown import LogShown
from widgets.log_view import LogView

pytestmark = pytest.mark.budget

MILLION = 1_000_000
CHUNK = 400
SECONDS = 1.5
FLOOD = 200_000
"""Lines a second that are offered."""


@pytest.fixture(scope="module")
def chunks() -> list[bytes]:
    return [lines(n * CHUNK, CHUNK) for n in range(250)]


@pytest.fixture(scope="module")
def million(chunks: list[bytes]) -> LogBuffer:
    """The same hundred thousand lines ten times over."""
    held = LogBuffer(MILLION)
    for chunk in chunks * (MILLION // CHUNK // len(chunks)):
        held.append(chunk)
    return held


def work(shown: LogShown) -> tuple[float, float]:
    """Seconds that all the work takes, and that the longest piece of it takes. Processor time: others use it too."""
    total = longest = 0.0
    while True:
        began = time.process_time()
        more = shown.step()
        took = time.process_time() - began
        total, longest = total + took, max(longest, took)
        if not more:
            return total, longest


@pytest.fixture(scope="module")
def tenth(chunks: list[bytes]) -> LogBuffer:
    """A hundred thousand lines."""
    held = LogBuffer(MILLION // 10)
    for chunk in chunks:
        held.append(chunk)
    return held


def told(value: object) -> str:
    return value.note if isinstance(value, Rules) else ""


@pytest.mark.parametrize(
    ("rules", "most", "found"),
    [
        (Rules("nothing of it"), 0.3, 0),
        (Rules("step 77777 "), 0.3, 10),
        (Rules(r"step \d+7777 loss"), 0.45, 90),
        (Rules("nccl|7777 loss", inverse=True), 0.9, MILLION - 100),
    ],
    ids=told,
)
def test_a_million_lines_are_filtered(judge: Judge, million: LogBuffer, rules: Rules, most: float, found: int) -> None:
    shown = LogShown(million)
    shown.rules = rules
    took, longest = work(shown)
    assert shown.count() == found
    judge(f"a million lines filtered by {rules.note}", took, most, "s")
    judge("  … a piece of it", longest * 1000, 24, "ms")


@pytest.mark.parametrize(
    ("rules", "fold", "most", "found"),
    [
        (Rules("(?-i:acc\\w+ 0.77777|img_s)"), False, 250, 0),
        (Rules("step"), False, 250, MILLION // 10),
        (Rules(level=Level.ERROR), False, 300, 0),
        (Rules(), True, 150, MILLION // 10),
    ],
    ids=told,
)
def test_a_hundred_thousand_lines(
    judge: Judge, tenth: LogBuffer, rules: Rules, fold: bool, most: float, found: int
) -> None:
    """What has to look at each line."""
    shown = LogShown(tenth)
    shown.fold(fold)
    shown.rules = rules
    took, longest = work(shown)
    assert shown.count() == found
    judge(f"100,000 lines {'folded' if fold else f'filtered by {rules.note}'}", took * 1000, most, "ms")
    judge("  … a piece of it", longest * 1000, 24, "ms")


async def test_keys_are_answered_in_a_flood_with_filter_and_fold(judge: Judge, chunks: list[bytes]) -> None:
    """Lines as they come off a socket, filtered and folded as they come; a key about ten times a second."""
    app = DeckLike(driver_class=Wire)
    async with app.run_test(size=(160, 50), headless=False) as pilot:
        await settle(pilot)
        view = app.query_one(LogView)
        view.filter("[37] img")
        offered = asyncio.create_task(_offer(view, chunks))
        waits: list[float] = []
        behind = 0
        while not offered.done():
            wire(app).take()
            pressed = time.perf_counter()
            app.simulate_key("x")
            await until(lambda: mark(len(waits) + 1) in "".join(wire(app).written))
            waits.append(time.perf_counter() - pressed)
            behind = max(behind, view.behind)
            await asyncio.sleep(0.1)
        waits.sort()
        judge("200,000 lines/s offered, filtered and folded, taken", await offered / 1000, 190, "k/s", least=True)
        judge("  … a key is answered within (95 of 100)", waits[int(len(waits) * 0.95)] * 1000, 100, "ms")
        judge("  … lines not yet looked at, at most", behind, FLOOD, "")
        assert view.fold
        assert view.following
        await until(lambda: "…" not in view.filter_note)
        assert view.count == 100_000
        assert view.shown + view.hidden == view.count


async def _offer(view: LogView, chunks: list[bytes]) -> float:
    """Give lines at the rate; the rate that came of it."""
    began, count = time.perf_counter(), 0
    while (passed := time.perf_counter() - began) < SECONDS:
        while count < passed * FLOOD:
            view.append(chunks[count // CHUNK % len(chunks)])
            count += CHUNK
        await asyncio.sleep(0.004)
    return count / (time.perf_counter() - began)


async def test_a_megabyte_of_a_line_holds_nothing_up(judge: Judge) -> None:
    """Shown, wrapped, searched and filtered, next to others."""
    app = DeckLike(driver_class=Wire)
    async with app.run_test(size=(160, 50), headless=False) as pilot:
        await settle(pilot)
        view = app.query_one(LogView)
        long = b"0123456789 abcdef" * 1_000 + b" needle " + b"0123456789 abcdef" * 60_681
        deeds = {
            "shown": lambda: view.append(b"2026-01-02T10:14:03Z " + long + b"\n"),
            "wrapped": lambda: setattr(view, "wrap", True),
            "searched": lambda: view.search("needle"),
            "filtered": lambda: view.filter("need.e"),
            "as JSON": lambda: setattr(view, "pretty", True),
        }
        for name, deed in deeds.items():
            held = asyncio.create_task(_held())
            await asyncio.sleep(0)
            deed()
            await until(lambda: not view._due)
            await settle(pilot)
            held.cancel()
            judge(f"a megabyte of a line is {name}: the loop is held", min(await held, 1.0) * 1000, 60, "ms")


async def _held() -> float:
    """The longest time in which nothing else could run, in processor time."""
    longest, before = 0.0, time.process_time()
    try:
        while True:
            await asyncio.sleep(0)
            longest, before = max(longest, time.process_time() - before), time.process_time()
    except asyncio.CancelledError:
        return longest
