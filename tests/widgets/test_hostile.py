"""Text from outside is text: in no widget does it act on the terminal, on the app, or on the lines beside it.

Measured on stock output too: the widgets keep the rule by themselves, not only the frame diff behind them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import TextArea

from tests.terminal.stage import Stage, plain_colours, settle, wire
from tests.widgets.rows import COLUMNS, Rows
from widgets.confirm import Confirm
from widgets.editor import Editor
from widgets.field import Field
from widgets.filter_bar import FilterBar
from widgets.help import HelpScreen
from widgets.log_view import LogView
from widgets.page import Page
from widgets.prompt import PromptScreen
from widgets.status_bar import KeyBar, StatusBar
from widgets.table import Table
from widgets.text_view import TextView

HOSTILE = [
    "[/x] [@click=app.quit]x[/] [bold red]x",
    "[link=javascript:x]y[/link] \\[x $x",
    "\x1b[2J\x1b[31mred \x1b]0;owned\x07t \x1b]52;c;aGVsbG8=\x07 \x9b2Jx",
    "a\rb\nc\td\x00e\x7f \u202edcba\u2066x \ud800 世\u200d界",
]
SEQUENCE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|\x1b\]22;[a-z]*(?:\x07|\x1b\\)")
"""What textual and the diff write themselves: looks, moves, the shape of the mouse pointer."""
CURSOR_ONLY = frozenset("mHKGMLr\x07\\")


class Show(Stage):
    """One widget, or one screen over a page."""

    def __init__(self, build: Callable[[], Widget], fill: Callable[[Show, str], object], *, diff: bool) -> None:
        super().__init__(diff=diff)
        self.build, self.fill, self.quits = build, fill, 0

    def compose(self) -> ComposeResult:
        yield self.build()

    async def action_quit(self) -> None:
        self.quits += 1


def show_rows(app: Show, text: str) -> None:
    model = Rows()
    model.put("key", name=text, status=text, node=text)
    app.query_one(Table).show(model, COLUMNS, 0.0)
    app.query_one(Table).sorted_by("name", True)
    model.put("key", status=text * 2)
    app.query_one(Table).refresh_keys(["key"])


def show_log(app: Show, text: str) -> None:
    view = app.query_one(LogView)
    view.append(f"2026-01-02T10:14:03Z {text}\n{text}\n".encode("utf-8", "replace"))
    view.divider(text)
    view.search(text)
    view._paint()


def show_document(app: Show, text: str) -> None:
    view = app.query_one(TextView)
    view.set_lines([text, f"before {text} after"])
    view.search(text)


def type_text(app: Show, text: str) -> None:
    app.query_one(FilterBar).open(text)
    app.query_one(FilterBar).set_problem(text)


def edit_text(app: Show, text: str) -> None:
    app.query_one(Editor).text = text
    app.query_one(Editor).set_findings([(1, 1, "bad", text)])


CASES: dict[str, tuple[Callable[[], Widget], Callable[[Show, str], object]]] = {
    "table": (Table, show_rows),
    "table message": (Table, lambda app, text: app.query_one(Table).set_message([text])),
    "log": (lambda: LogView(decode=lambda raw: raw.decode("utf-8", "replace"), limit=9), show_log),
    "document": (TextView, show_document),
    "page": (Page, lambda app, text: app.query_one(Page).show([[(text, "good"), (text, None)]])),
    "status": (StatusBar, lambda app, text: app.query_one(StatusBar).show([(text, "bad")], [(text, None)])),
    "keys": (KeyBar, lambda app, text: app.query_one(KeyBar).show([(text, text)], [("1", text, True)])),
    "filter": (lambda: FilterBar(prompt="/"), type_text),
    "editor": (Editor, edit_text),
    "prompt": (Page, lambda app, text: app.push_screen(PromptScreen(lambda _typed: [text]))),
    "confirm": (Page, lambda app, text: app.push_screen(Confirm(text, [text], text))),
    "confirm by name": (Page, lambda app, text: app.push_screen(Confirm(text, [text], text, type_to_confirm=text))),
    "help": (Page, lambda app, text: app.push_screen(HelpScreen([(text, [(text, text)])]))),
}


@pytest.fixture(autouse=True)
def _colours(monkeypatch: pytest.MonkeyPatch) -> None:
    plain_colours(monkeypatch)


def foreign(written: str) -> Iterator[str]:
    """What is neither text nor one of the sequences of a painter."""
    for found in SEQUENCE.finditer(written):
        if found[0][-1] not in CURSOR_ONLY:
            yield found[0]
    for part in SEQUENCE.split(written):
        yield from (c for c in part if c != "\n" and not c.isprintable() and c != "\u200d")


def clickable(app: Show) -> Iterator[object]:
    """The actions that lie on the screen, to be run by a click."""
    for strip in app.screen._compositor.render_strips():
        yield from (segment.style.meta for segment in strip if segment.style and "@click" in segment.style.meta)


@pytest.mark.parametrize("diff", [True, False], ids=["diff", "stock"])
@pytest.mark.parametrize("name", CASES)
async def test_hostile_text_is_only_text(name: str, diff: bool) -> None:
    build, fill = CASES[name]
    app = Show(build, fill, diff=diff)
    async with app.run_test(size=(70, 12), headless=False) as pilot:
        for text in HOSTILE:
            fill(app, text)
            await settle(pilot)
            shown = wire(app).take()
            shown.encode()
            assert list(foreign(shown)) == [], repr(text)
            assert not any(clickable(app)), repr(text)
            if len(app.screen_stack) > 1:
                app.pop_screen()


async def test_markup_is_shown_as_it_stands() -> None:
    app = Show(Page, lambda _app, _text: None, diff=True)
    async with app.run_test(size=(70, 12), headless=False) as pilot:
        app.query_one(Page).show([[("[@click=app.quit]x[/]", "good")]])
        await settle(pilot)
        assert "[@click=app.quit]x[/]" in SEQUENCE.sub("", wire(app).take())
        await pilot.click(offset=(17, 0))
        assert app.quits == 0


async def test_typed_text_is_searched_and_submitted_as_it_stands() -> None:
    app = Show(lambda: FilterBar(), type_text, diff=True)
    async with app.run_test(size=(70, 12), headless=False) as pilot:
        type_text(app, "[/x] [b]")
        await settle(pilot)
        assert app.query_one(Field).value == "[/x] [b]"


async def test_the_editor_keeps_markup() -> None:
    app = Show(Editor, edit_text, diff=True)
    async with app.run_test(size=(70, 12), headless=False) as pilot:
        edit_text(app, "a: [b]x[/b]\n")
        await settle(pilot)
        assert app.query_one(TextArea).text == "a: [b]x[/b]\n"
