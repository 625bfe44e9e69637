"""Whatever an app does, the diff shows what stock textual would show, on fast terminals and on slow ones."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Resize
from textual.geometry import Size
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Static

from tests.terminal.glass import Glass, difference
from tests.terminal.stage import Stage, plain_colours, press, settle, stock_view, until, wire
from tests.widgets.rows import COLUMNS, Rows
from widgets.log_view import LogView
from widgets.table import Table

NAMES = ["pod-a", "世界-pod", "x\u0301y-combined", "🙂-smile", "a-very-long-name-that-has-to-be-cut-somewhere", "ж"]


class Note(ModalScreen[None]):
    """Something over part of the screen, also over halves of wide characters."""

    DEFAULT_CSS = "Note { align: center middle; } Note Static { width: 21; height: 5; background: $panel; }"

    def compose(self) -> ComposeResult:
        yield Static("a note 世 that lies\nover the rest", markup=False)


class Busy(Stage):
    """Tables side by side, a log, a line of text."""

    CSS = "Table { width: 1fr; } Horizontal { height: 1fr; } LogView { height: 8; } Static { height: 1; }"

    def compose(self) -> ComposeResult:
        yield Static("head 世界 of the screen", id="head", markup=False)
        with Horizontal():
            yield Table(id="left")
            yield Table(id="right")
        yield LogView(decode=lambda raw: raw.decode("utf-8", "replace"), limit=500)

    def on_mount(self) -> None:
        self.models = [Rows(f"{random.choice(NAMES)}-{n}" for n in range(60)) for _ in range(2)]
        for table, model in zip(self.query(Table), self.models, strict=True):
            table.show(model, COLUMNS, 0.0)
        self.query_one("#left").focus()


class Deeds:
    """The random things that happen to a Busy app."""

    def __init__(self, pilot: Pilot[int], rng: random.Random) -> None:
        self.pilot, self.rng = pilot, rng
        self.app = pilot.app
        assert isinstance(self.app, Busy)
        self.tables = list(self.app.query(Table))
        self.now = 0.0

    async def change_cells(self) -> None:
        for _ in range(self.rng.randint(1, 5)):
            place = self.rng.randrange(2)
            model = self.app.models[place]
            key = self.rng.choice(model.keys)
            model.put(key, status=self.rng.choice(["Running", "CrashLoop 世", "é", "OOM"]), restarts=str(self.now))
            self.tables[place].refresh_keys([key])

    async def move_rows(self) -> None:
        place = self.rng.randrange(2)
        model = self.app.models[place]
        self.rng.shuffle(model.keys)
        model.put(f"new-{self.rng.random()}", self.rng.randrange(5))
        model.drop(self.rng.choice(model.keys))
        self.tables[place].reorder()

    async def pass_time(self) -> None:
        self.now += self.rng.choice([1, 10, 1000])
        for table in self.tables:
            table.tick(self.now)

    async def log(self) -> None:
        view = self.app.screen_stack[0].query_one(LogView)
        for _ in range(self.rng.randint(1, 20)):
            view.append(f"{self.rng.choice(NAMES)} \x1b[3{self.rng.randint(0, 7)}mline\x1b[0m {self.now}\n".encode())
        await until(lambda: not view._due)

    async def keys(self) -> None:
        await press(self.pilot, self.rng.choice(["j", "k", "pagedown", "pageup", "g", "G", "right", "h", "tab"]))

    async def resize(self) -> None:
        width, height = self.rng.choice([(80, 24), (61, 19), (100, 30), (33, 14), (80, 24)])
        self.app._driver._size = (width, height)
        self.app.post_message(Resize(Size(width, height), Size(width, height)))

    async def over(self) -> None:
        if isinstance(self.app.screen, Note):
            await self.app.pop_screen()
        else:
            await self.app.push_screen(Note())

    async def theme(self) -> None:
        self.app.theme = self.rng.choice(["textual-dark", "textual-light", "ansi-dark"])

    async def forget(self) -> None:
        self.app.forget_terminal()

    async def suspend(self) -> None:
        with self.app.batch_update(), self.app.suspend():
            pass

    async def any(self) -> None:
        deeds = [self.change_cells, self.move_rows, self.pass_time, self.keys, self.keys, self.keys, self.log]
        rare = [self.resize, self.over, self.theme, self.forget, self.suspend]
        await self.rng.choice(deeds if self.rng.random() < 0.8 else rare)()


def show(app: Stage, glass: Glass) -> Glass:
    """Feed the glass what was written; after a change of size or a pause the terminal is a mess."""
    text = wire(app).take()
    if (glass_size := (len(glass.cells[0]), len(glass.cells))) != tuple(app.size):
        assert glass_size
        glass = Glass(*app.size).feed("\x1b[1;1H" + "mess" * 400)
    if "\x1b[?1049h" in text:
        glass = Glass(*app.size).feed("\x1b[3;1Hwhat the other program left")
        text = text.rpartition("\x1b[?1049h")[2]
    return glass.feed(text)


@pytest.mark.parametrize("seed", range(3))
async def test_the_diff_shows_what_stock_textual_shows(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    plain_colours(monkeypatch)
    rng = random.Random(seed)
    random.seed(seed)
    app = Busy()
    async with app.run_test(size=(80, 24), headless=False, notifications=True) as pilot:
        glass, deeds = Glass(80, 24), Deeds(pilot, rng)
        for _ in range(25):
            wire(app).is_behind = rng.random() < 0.3
            await deeds.any()
            if wire(app).is_behind and rng.random() < 0.7:
                continue
            wire(app).is_behind = False
            await settle(pilot)
            glass = show(app, glass)
            assert not difference(glass, stock_view(app))
            assert glass.caret == app.screen.outer_size.clamp_offset(app.cursor_position)


async def test_a_terminal_that_is_behind_gets_the_last_state_only(monkeypatch: pytest.MonkeyPatch) -> None:
    plain_colours(monkeypatch)
    app = Busy()
    async with app.run_test(size=(80, 24), headless=False) as pilot:
        await settle(pilot)
        glass = show(app, Glass(80, 24))
        wire(app).is_behind = True
        for number in range(50):
            app.query_one("#head", Static).update(f"state {number}", layout=False)
            await pilot.pause(0)
        assert wire(app).take() == ""
        wire(app).is_behind = False
        await until(lambda: bool(wire(app).written))
        text = wire(app).take()
        assert "state 49" in text
        assert "state 48" not in text
        assert glass.feed(text).lines[0] == "state 49"


async def test_what_waited_is_sent_after_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    plain_colours(monkeypatch)
    app = Busy()
    async with app.run_test(size=(80, 24), headless=False) as pilot:
        await settle(pilot)
        timers: list[Callable[[], None]] = []
        monkeypatch.setattr(app, "set_timer", lambda _delay, callback: timers.append(callback))
        wire(app).is_behind = True
        app.query_one("#head", Static).update("what waited", layout=False)
        await settle(pilot)
        wire(app).is_behind = False
        with app.batch_update():
            timers.pop()()
            assert "what waited" not in "".join(wire(app).written)
        timers.pop()()
        assert "what waited" in "".join(wire(app).written)


async def test_between_a_change_of_size_and_the_new_layout_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    plain_colours(monkeypatch)
    app = Busy()
    async with app.run_test(size=(80, 24), headless=False) as pilot:
        await settle(pilot)
        wire(app).take()
        app._size = Size(60, 20)
        app.forget_terminal()
        await settle(pilot)
        assert wire(app).take() == ""


async def test_the_sizes_told_at_the_start_have_nothing_sent_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a real terminal the driver's comes after the first frame."""
    plain_colours(monkeypatch)
    app = Busy()
    async with app.run_test(size=(80, 24), headless=False) as pilot:
        await settle(pilot)
        assert app._resizes == 2
        assert wire(app).take().count("of the screen") == 1
        app.post_message(Resize(Size(80, 24), Size(80, 24)))
        await settle(pilot)
        assert wire(app).take().count("of the screen") == 1


async def test_an_idle_screen_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    plain_colours(monkeypatch)
    app = Busy()
    async with app.run_test(size=(80, 24), headless=False) as pilot:
        await settle(pilot)
        wire(app).take()
        for table in app.query(Table):
            table.tick(0.0)
            table.refresh_keys(app.models[0].keys)
            table.refresh()
        await settle(pilot)
        assert wire(app).take() == ""


async def test_a_frame_is_one_write_and_synchronized_where_the_terminal_can(monkeypatch: pytest.MonkeyPatch) -> None:
    plain_colours(monkeypatch)
    app = Busy()
    async with app.run_test(size=(80, 24), headless=False) as pilot:
        await settle(pilot)
        app._sync_available = True
        wire(app).take()
        await press(pilot, "pagedown")
        big = wire(app).written[0]
        assert big.startswith("\x1b[?2026h")
        assert big.endswith("\x1b[?2026l")
        wire(app).take()
        app.query_one("#head", Static).update("head 世界 of the scree!", layout=False)
        await settle(pilot)
        assert "2026" not in "".join(wire(app).written)


async def test_without_the_diff_output_is_the_stock_one(monkeypatch: pytest.MonkeyPatch) -> None:
    plain_colours(monkeypatch)
    app = Busy(diff=False)
    async with app.run_test(size=(80, 24), headless=False) as pilot:
        await settle(pilot)
        wire(app).take()
        app.screen.refresh()
        await settle(pilot)
        stock = wire(app).take()
        assert len(stock) > 2000
        assert not difference(Glass(80, 24).feed(stock.replace("\n", "\r\n")), stock_view(app))
        app.diff_enabled = True
        await press(pilot, "j")
        app.forget_terminal()
        await until(lambda: bool(wire(app).written))


async def test_a_broken_widget_ends_the_app_with_its_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(RuntimeError):
        pass

    def fail(_y: int) -> None:
        raise Broken

    async def run() -> None:
        async with Busy().run_test(size=(80, 24), headless=False) as pilot:
            monkeypatch.setattr(table := pilot.app.query_one("#left", Table), "render_line", fail)
            table.refresh()
            await settle(pilot)

    plain_colours(monkeypatch)
    with pytest.raises(Broken):
        await run()
