"""The table: the cursor stays on its object, only what differs is painted, changes are marked for a while."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import ComposeResult
from textual.events import MouseScrollDown
from textual.message import Message
from textual.pilot import Pilot

from tests.terminal.glass import Glass
from tests.terminal.stage import Stage, plain_colours, press, settle, until, wire
from tests.widgets.rows import COLUMNS, Rows
from widgets import table as table_module
from widgets.table import Table


class Tables(Stage):
    """One table."""

    def __init__(self, model: Rows) -> None:
        super().__init__()
        self.model = model
        self.heard: list[Message] = []

    def compose(self) -> ComposeResult:
        yield Table()

    def on_mount(self) -> None:
        self.table.show(self.model, COLUMNS, 10.0)
        self.table.focus()

    @property
    def table(self) -> Table:
        return self.query_one(Table)

    def on_table_highlighted(self, event: Table.Highlighted) -> None:
        self.heard.append(event)

    def on_table_selected(self, event: Table.Selected) -> None:
        self.heard.append(event)


class Seat:
    """A running table, and what is seen of it."""

    def __init__(self, pilot: Pilot[int]) -> None:
        self.pilot = pilot
        assert isinstance(pilot.app, Tables)
        self.app = pilot.app
        self.table, self.model = self.app.table, self.app.model
        self.glass = Glass(*self.app.size)

    async def look(self) -> list[str]:
        await settle(self.pilot)
        self.bytes = wire(self.app).take()
        return self.glass.feed(self.bytes).lines

    @property
    def cursor_line(self) -> int | None:
        """The row of the screen that the cursor is painted on."""
        backs = [row[0].back for row in self.glass.cells]
        odd = [y for y, back in enumerate(backs) if back != backs[0]]
        return odd[0] if odd else None

    async def press(self, *keys: str) -> list[str]:
        await press(self.pilot, *keys)
        return await self.look()


@pytest.fixture(autouse=True)
def _colours(monkeypatch: pytest.MonkeyPatch) -> None:
    plain_colours(monkeypatch)


@asynccontextmanager
async def seat(rows: int | Rows, size: tuple[int, int] = (80, 11)) -> AsyncIterator[Seat]:
    model = rows if isinstance(rows, Rows) else Rows(f"pod-{n:03}" for n in range(rows))
    async with Tables(model).run_test(size=size, headless=False) as pilot:
        here = Seat(pilot)
        await here.look()
        yield here


async def test_rows_and_header_stand_in_columns() -> None:
    async with seat(3) as here:
        assert here.glass.lines[:4] == [
            "  NAME                       READY STATUS           RESTARTS   AGE NODE",
            "● pod-000                    1/1   Running                 0   10s node-1",
            "● pod-001                    1/1   Running                 0   10s node-1",
            "● pod-002                    1/1   Running                 0   10s node-1",
        ]
        assert here.cursor_line == 1


async def test_keys_move_the_cursor() -> None:
    async with seat(100) as here:
        for keys, row in [
            (["j", "down"], 2), (["k"], 1), (["pagedown"], 10), (["ctrl+f"], 19), (["ctrl+b"], 10), (["pageup"], 1),
            (["G"], 99), (["j"], 99), (["g"], 0), (["up"], 0), (["end"], 99), (["home"], 0),
        ]:  # fmt: skip
            await here.press(*keys)
            assert here.table.cursor_key == f"pod-{row:03}"
            line = here.cursor_line
            assert line is not None
            assert f"pod-{row:03}" in here.glass.lines[line]


async def test_the_cursor_stays_on_its_object_when_rows_move() -> None:
    async with seat(50) as here:
        await here.press("G", "k", "k", "k")
        assert here.table.cursor_key == "pod-046"
        line = here.cursor_line
        here.model.put("a-new-one", 0)
        here.model.drop("pod-001")
        here.model.put("another", 0)
        here.table.reorder()
        await here.look()
        assert here.table.cursor_key == "pod-046"
        assert here.cursor_line == line, "nor does it move on the screen"
        here.model.keys.sort(reverse=True)
        here.table.reorder()
        await here.look()
        assert here.table.cursor_key == "pod-046"
        assert "pod-046" in here.glass.lines[here.cursor_line or 0]


async def test_at_the_top_new_rows_come_into_sight() -> None:
    async with seat(50) as here:
        await here.press("j")
        here.model.put("worse", 0)
        here.table.reorder()
        lines = await here.look()
        assert "worse" in lines[1]
        assert here.table.cursor_key == "pod-001"
        assert here.cursor_line == 3
        for n in range(20):
            here.model.put(f"worse-{n}", 0)
        here.table.reorder()
        lines = await here.look()
        assert here.cursor_line is not None
        assert "pod-001" in lines[here.cursor_line], "but not at the cost of its object"


async def test_a_cursor_nobody_moved_stays_on_the_first_row() -> None:
    """While rows arrive page by page the first to come is nobody's choice."""
    async with seat(3) as here:
        for n in range(100):
            here.model.put(f"early-{n}", 0)
        here.table.reorder()
        lines = await here.look()
        assert "early-99" in lines[1]
        assert here.table.cursor_key == "early-99"


async def test_when_the_object_goes_the_cursor_stays_at_its_place() -> None:
    async with seat(10) as here:
        await here.press("j", "j")
        here.model.drop("pod-002")
        here.table.reorder()
        await here.look()
        assert here.table.cursor_key == "pod-003"
        for key in list(here.model.keys):
            here.model.drop(key)
        here.table.set_message(["no pods", "here"])
        here.table.reorder()
        lines = await here.look()
        assert here.table.cursor_key is None
        assert lines[1:4] == [" no pods", " here", ""]
        for key in ("first", "second"):
            here.model.put(key, 0)
            here.table.reorder()
        await here.look()
        assert here.table.cursor_key == "second", "on a table that fills anew nobody has chosen yet"


async def test_highlighted_and_selected_are_told_once() -> None:
    async with seat(5) as here:
        here.app.heard.clear()
        await here.press("j", "enter", "enter")
        here.table.reorder()
        here.table.tick(20.0)
        await here.look()
        assert [(type(m).__name__, m.key, m.control) for m in here.app.heard] == [
            ("Highlighted", "pod-001", here.table),
            ("Selected", "pod-001", here.table),
            ("Selected", "pod-001", here.table),
        ]


async def test_a_hidden_row_that_changes_costs_nothing() -> None:
    async with seat(100) as here:
        here.model.asked.clear()
        here.model.put("pod-080", status="Failed")
        here.table.refresh_keys(["pod-080"])
        await here.look()
        assert here.bytes == ""
        assert here.model.asked == []


async def test_a_change_is_marked_and_the_mark_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_module, "MARK", 0.01)
    async with seat(5) as here:
        here.model.put("pod-002", status="Failed")
        here.table.refresh_keys(["pod-002"])
        await here.look()
        row = here.glass.cells[3]
        assert "".join(cell.text for cell in row if cell.underline) == "Failed"
        assert "pod-001" not in here.bytes
        await until(lambda: not here.table._marks)
        await here.look()
        assert not any(cell.underline for row in here.glass.cells for cell in row)
        assert "Failed" in here.glass.lines[3]


async def test_time_sorting_and_new_rows_are_no_news() -> None:
    async with seat(5) as here:
        here.table.tick(3600.0)
        here.model.keys.reverse()
        here.table.sorted_by("name", True)
        here.table.reorder()
        here.model.put("new", 0)
        here.table.reorder()
        lines = await here.look()
        assert "3600s" in lines[1]
        assert "NAME▼" in lines[0]
        assert not any(cell.underline for row in here.glass.cells for cell in row)
        assert not here.table._marks


async def test_ages_repaint_only_where_they_read_differently() -> None:
    async with seat(5) as here:
        here.table.tick(10.4)
        await here.look()
        assert here.bytes == ""
        here.model.born["pod-003"] = 0.5
        here.table.tick(10.2)
        await here.look()
        assert here.glass.lines[4].split()[5] == "9s"
        assert here.bytes.count("H") == 2, "one place, and the caret"


async def test_narrow_tables_drop_columns_and_can_be_scrolled_to_them() -> None:
    async with seat(5, (34, 8)) as here:
        assert here.glass.lines[0].split() == ["NAME", "STATUS", "AGE"]
        lines = await here.press("right", "right", "right", "right", "right")
        assert lines[0].split()[0] == "NAME"
        assert lines[0].split()[-1] == "NODE"
        lines = await here.press("left", "left", "left", "left", "h")
        assert lines[0].split() == ["NAME", "STATUS", "AGE"]


async def test_resizing_keeps_the_cursor_in_sight() -> None:
    async with seat(100, (80, 30)) as here:
        for _ in range(25):
            await press(here.pilot, "j")
        for size in ((60, 6), (20, 3), (120, 40)):
            here.app._driver._size = size
            await here.pilot.resize_terminal(*size)
            here.glass = Glass(*size)
            lines = await here.look()
            assert here.table.cursor_key == "pod-025"
            assert here.cursor_line is not None
            assert "pod-025"[:5] in lines[here.cursor_line]


async def test_wide_text_keeps_the_columns_straight() -> None:
    model = Rows(["世界-世界", "🙂-pod", "x\u0301y\u0301z", "a-name-far-too-long-for-its-column-世界世界世界", "plain"])
    async with seat(model, (60, 8)) as here:
        await settle(here.pilot)
        title, *rows = ["".join((cell.text or "*")[0] for cell in row) for row in here.glass.cells[:6]]
        for row in rows:
            assert row.index("Running") == title.index("STATUS")
            assert row.index("10s") == title.index("AGE")


async def test_stale_rows_are_dimmed_and_the_cursor_shows_only_with_focus() -> None:
    async with seat(3) as here:
        fronts = {cell.front for cell in here.glass.cells[2] if cell.text.strip()}
        here.table.set_message(["gone"], stale=True)
        await here.look()
        assert {cell.front for cell in here.glass.cells[2] if cell.text.strip()} != fronts
        assert "pod-001" in here.glass.lines[2], "and nothing vanishes"
        here.table.can_focus = False
        here.app.set_focus(None)
        await here.look()
        assert here.cursor_line is None


async def test_move_to_finds_a_row_far_away() -> None:
    async with seat(1000) as here:
        assert here.table.move_to("pod-777")
        lines = await here.look()
        assert "pod-777" in lines[here.cursor_line or 0]
        assert not here.table.move_to("nobody")
        assert here.table.cursor_key == "pod-777"


async def test_the_mouse_can_do_what_keys_can() -> None:
    async with seat(50) as here:
        await here.pilot.click(Table, offset=(5, 3))
        assert here.table.cursor_key == "pod-002"
        await here.pilot.click(Table, offset=(5, 0))
        assert here.table.cursor_key == "pod-002"
        here.app.heard.clear()
        await here.pilot.click(Table, offset=(5, 3), times=2)
        await settle(here.pilot)
        assert [type(m).__name__ for m in here.app.heard] == ["Selected"]
        await here.pilot._post_mouse_events([MouseScrollDown], Table, offset=(5, 3))
        await settle(here.pilot)
        assert here.table.cursor_key == "pod-005"


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light"])
async def test_on_ansi_themes_the_cursor_is_reversed(theme: str) -> None:
    async with seat(3) as here:
        here.app.theme = theme
        await here.look()
        assert [y for y, row in enumerate(here.glass.cells) if row[5].reverse] == [1]
