"""Tables of ten and a hundred thousand rows, beside textual's own table of two thousand.

Ratios within one run where there is something to compare with. The absolute times are three times what a quiet
two-core machine needs: test machines are shared, and a budget that fails by chance is soon ignored.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import DataTable

from tests.budgets.conftest import Judge
from tests.budgets.deck import NOW, rows
from tests.terminal.stage import Stage, Wire, plain_colours, press, settle, wire
from tests.widgets.rows import COLUMNS, Rows
from tui.core.view import View
from widgets.table import Table

pytestmark = pytest.mark.budget

SIZE = (200, 50)


@pytest.fixture(autouse=True)
def _colours(monkeypatch: pytest.MonkeyPatch) -> None:
    plain_colours(monkeypatch)


class Ours(Stage):
    def compose(self) -> ComposeResult:
        yield Table()

    def on_mount(self) -> None:
        self.query_one(Table).focus()


class Theirs(App[None]):
    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row")


@asynccontextmanager
async def table() -> AsyncIterator[tuple[Pilot[int], Table]]:
    async with Ours().run_test(size=SIZE, headless=False) as pilot:
        await settle(pilot)
        yield pilot, pilot.app.query_one(Table)


async def fill(pilot: Pilot[int], widget: Table, model: Rows) -> float:
    began = time.perf_counter()
    widget.show(model, COLUMNS, NOW)
    await settle(pilot)
    assert wire(pilot.app).take()
    return time.perf_counter() - began


async def fill_stock(count: int) -> float:
    app, model = Theirs(driver_class=Wire), rows(count)
    async with app.run_test(size=SIZE, headless=False) as pilot:
        await settle(pilot)
        wire(app).take()
        widget = app.query_one(DataTable)
        columns = [column for column in COLUMNS if column.id != "age"]
        began = time.perf_counter()
        for column in columns:
            widget.add_column(column.title, key=column.id)
        for key in model.keys:
            widget.add_row(*(model.rows[key][column.id] for column in columns), key=key)
        await settle(pilot)
        assert wire(app).take()
        return time.perf_counter() - began


async def test_filling(judge: Judge) -> None:
    times = []
    for _ in range(3):
        async with table() as (pilot, widget):
            times.append(await fill(pilot, widget, rows(10_000)))
    ours, stock = min(times), await fill_stock(2_000)
    judge("10,000 rows to the screen", ours * 1000, 60, "ms")
    judge(f"  … beside DataTable with 2,000 ({stock * 1000:.0f} ms)", ours / stock, 0.1, "x")


async def test_a_hundred_thousand_rows(judge: Judge) -> None:
    model = rows(100_000)
    async with table() as (pilot, widget):
        await fill(pilot, widget, model)
        widget.move_to(model.keys[50_000])
        view = View(model.rows, order=lambda row: row["name"])
        began = time.perf_counter()
        view.reshape(order=lambda row: int(row["restarts"]), descending=True)
        sorting = time.perf_counter() - began
        key, model.keys = widget.cursor_key, view.keys
        began = time.perf_counter()
        widget.sorted_by("restarts", True)
        widget.reorder()
        await settle(pilot)
        painting = time.perf_counter() - began
        assert widget.cursor_key == key
        judge("100,000 rows sorted", sorting * 1000, 1_500, "ms")
        judge("  … and painted, the cursor on its object", painting * 1000, 60, "ms")
        began = time.perf_counter()
        for _ in range(10):
            await press(pilot, "pagedown")
        judge("a page down in them", (time.perf_counter() - began) * 100, 60, "ms")


async def test_many_small_changes(judge: Judge) -> None:
    """Two hundred cells a second all over ten thousand rows, told ten times a second: hardly any work."""
    model = rows(10_000)
    async with table() as (pilot, widget):
        await fill(pilot, widget, model)
        used = time.process_time()
        for turn in range(20):
            keys = model.keys[turn * 450 : turn * 450 + 400 : 20]
            for key in keys:
                model.put(key, restarts=str(turn + 20))
            widget.refresh_keys(keys)
            await pilot.pause(0)
        used = time.process_time() - used
        judge("two seconds of 200 changed cells/s, processor time", used * 1000, 150, "ms")


async def test_the_diff_costs_about_what_it_saves(judge: Judge) -> None:
    """A page of new text is its worst case."""
    spent = {}
    for diff in (True, False):
        app, model = Ours(diff=diff), rows(10_000)
        async with app.run_test(size=SIZE, headless=False) as pilot:
            widget = app.query_one(Table)
            await fill(pilot, widget, model)
            began = time.process_time()
            for _ in range(30):
                widget.action_page(1)
                await pilot.pause(0)
            spent[diff] = time.process_time() - began
    judge("a page down, processor time", spent[True] / 30 * 1000, 40, "ms")
    judge("  … beside stock output", spent[True] / spent[False], 2.5, "x")
