"""Bytes to the terminal for each thing that happens: with the diff, and beside it what stock output sends.

Bytes do not depend on the machine, so these budgets have no slack.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import DataTable

from tests.budgets.conftest import Judge
from tests.budgets.deck import NOW, DeckLike, line, mark, rows
from tests.terminal.stage import Wire, plain_colours, press, settle, until, wire
from tests.terminal_session import terminal
from tests.widgets.rows import COLUMNS
from widgets import table as table_module
from widgets.log_view import LogView
from widgets.status_bar import StatusBar
from widgets.table import Table

pytestmark = pytest.mark.budget

SIZE = (200, 50)
ROOT = Path(__file__).parents[2]
IDLE = 3.2
"""Seconds of silence that are listened to: more than any timer of ours takes."""

Deed = Callable[[Pilot[int]], object]


@pytest.fixture(autouse=True)
def _truecolour(monkeypatch: pytest.MonkeyPatch) -> None:
    plain_colours(monkeypatch)
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setattr(table_module, "MARK", 0.05)


async def sent(deed: Deed, *, diff: bool) -> int:
    """The bytes that a deed costs, until nothing more comes of it."""
    app = DeckLike(driver_class=Wire)
    app.diff_enabled = diff
    async with app.run_test(size=SIZE, headless=False) as pilot:
        await calm(pilot)
        await press(pilot, "pagedown", "j")
        await calm(pilot)
        wire(app).take()
        if (pending := deed(pilot)) is not None:
            await pending  # type: ignore[misc]
        await calm(pilot)
        return len(wire(app).take().encode())


async def calm(pilot: Pilot[int]) -> None:
    app = pilot.app
    await settle(pilot)
    await until(lambda: not app.query_one(Table)._marks and not app.query_one(LogView)._due)
    await settle(pilot)


def change(key: int) -> Deed:
    def deed(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, DeckLike)
        name = app.model.keys[key]
        app.model.put(name, restarts="16")
        app.query_one(Table).refresh_keys([name])

    return deed


def append(pilot: Pilot[int]) -> None:
    pilot.app.query_one(LogView).append(line(500))


def bar(pilot: Pilot[int]) -> None:
    pilot.app.query_one(StatusBar).show([("PODS azureml ", "strong"), ("22/25", "warn")], [("worst first", "dim")])


def second(pilot: Pilot[int]) -> None:
    pilot.app.query_one(Table).tick(NOW + 1)


def insert(pilot: Pilot[int]) -> None:
    app = pilot.app
    assert isinstance(app, DeckLike)
    app.model.put("service-1-new", 40)
    app.query_one(Table).reorder()


CASES: dict[str, tuple[Deed, int, float]] = {
    "one cell of a visible row changes; its mark comes, and goes": (change(35), 120, 0.2),
    "one cell of a hidden row changes": (change(900), 0, 0.0),
    "the cursor moves down": (lambda pilot: press(pilot, "j"), 700, 1.1),
    "a page down": (lambda pilot: press(pilot, "pagedown"), 3_000, 0.4),
    "a row comes between the others": (insert, 400, 0.1),
    "a line is appended to a log that is followed": (append, 400, 0.1),
    "the status bar reads differently": (bar, 60, 0.5),
    "a second passes, all ages read differently": (second, 900, 0.3),
    "the whole screen is asked for again": (lambda pilot: pilot.app.screen.refresh() and None, 0, 0.0),
}
"""What happens, the bytes it may cost, and the share of what stock output sends."""


@pytest.mark.parametrize("name", CASES)
async def test_bytes_of_an_event(name: str, judge: Judge) -> None:
    deed, most, share = CASES[name]
    ours, stock = await sent(deed, diff=True), await sent(deed, diff=False)
    judge(name, ours, most, "B")
    judge(f"  … as a share of stock output ({stock:,} B)", ours / max(1, stock), share, "x")


class Stock(App[None]):
    """The same rows in textual's own table, on its own output."""

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        model, table = rows(100), self.query_one(DataTable)
        for column in COLUMNS[:5]:
            table.add_column(column.title, key=column.id)
        for key in model.keys:
            table.add_row(*(model.rows[key][column.id] for column in COLUMNS[:5]), key=key)


async def test_bytes_of_textuals_own_table(judge: Judge) -> None:
    app = Stock(driver_class=Wire)
    async with app.run_test(size=SIZE, headless=False) as pilot:
        await settle(pilot)
        wire(app).take()
        table = app.query_one(DataTable)
        table.update_cell(list(table.rows)[20], "restarts", "16")
        await settle(pilot)
        stock = len(wire(app).take().encode())
    ours = await sent(change(35), diff=True)
    judge(f"one cell changes, as a share of DataTable's ({stock:,} B)", ours / stock, 0.01, "x")


async def test_bytes_of_the_first_frames(judge: Judge) -> None:
    app = DeckLike(driver_class=Wire)
    async with app.run_test(size=SIZE, headless=False) as pilot:
        await calm(pilot)
        judge("from nothing to a full 200x50 screen", len(wire(app).take().encode()), 14_000, "B")


def test_an_idle_screen_sends_nothing(judge: Judge) -> None:
    """On a real terminal, with data, after its last mark has gone."""
    env = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TEXTUAL_THEME")}
    with terminal(
        [sys.executable, "-m", "tests.budgets.deck"], env | {"TERM": "xterm-256color"}, cwd=str(ROOT)
    ) as seen:
        seen.until(lambda text: "step 499" in text and "worst first" in text)
        while seen.read(0.5):
            pass
        began = time.monotonic()
        received = b""
        while time.monotonic() - began < IDLE:
            received += seen.read(IDLE - (time.monotonic() - began))
        judge("bytes a second on an idle screen", len(received) / IDLE, 0, "B/s")
        seen.press("x")
        seen.until(mark(1))
        seen.press("q")
        assert seen.ended() == 0
