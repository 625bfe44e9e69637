"""Documents and pages: scrolling, wrapping, searching, and nothing sent for nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget

from tests.terminal.glass import Glass
from tests.terminal.stage import Stage, plain_colours, press, settle, wire
from widgets.page import Page
from widgets.text_view import TextView


class Sheet(Stage):
    """One widget over the whole screen."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_mount(self) -> None:
        self.widget.focus()


class Seat:
    def __init__(self, pilot: Pilot[int], glass: Glass) -> None:
        self.pilot, self.glass = pilot, glass

    async def look(self, *keys: str) -> list[str]:
        await press(self.pilot, *keys)
        await settle(self.pilot)
        self.bytes = wire(self.pilot.app).take()
        return self.glass.feed(self.bytes).lines


@pytest.fixture(autouse=True)
def _colours(monkeypatch: pytest.MonkeyPatch) -> None:
    plain_colours(monkeypatch)


@asynccontextmanager
async def seat(widget: Widget, size: tuple[int, int] = (30, 5)) -> AsyncIterator[Seat]:
    async with Sheet(widget).run_test(size=size, headless=False) as pilot:
        here = Seat(pilot, Glass(*size))
        await here.look()
        yield here


async def test_a_document_scrolls_with_vim_and_arrow_keys() -> None:
    view = TextView()
    async with seat(view) as here:
        view.set_lines([f"key{n}: value" for n in range(20)])
        for keys, first in [
            (["j"], 1), (["down"], 2), (["k"], 1), (["space"], 5), (["pagedown"], 9), (["ctrl+b"], 5), (["G"], 15),
            (["j"], 15), (["g"], 0), (["k"], 0), (["end"], 15), (["home"], 0),
        ]:  # fmt: skip
            assert (await here.look(*keys))[0] == f"key{first}: value"
        assert here.bytes
        await here.look("k")
        assert here.bytes == "", "at the top there is nothing to send"


async def test_new_lines_keep_the_place_and_the_search() -> None:
    view = TextView()
    async with seat(view) as here:
        view.set_lines([f"line {n}" for n in range(50)])
        view.search("line 4")
        assert view.search_note == "/line 4 1 of 11"
        view.next_match(1)
        assert "line 40" in await here.look()
        view.set_lines([f"line {n}!" for n in range(45)])
        assert "line 40!" in await here.look()
        assert view.search_note == "/line 4 2 of 6"
        view.set_lines(["short"])
        assert (await here.look())[0] == "short"
        assert view.clear_search()
        assert view.text_of_view() == "short"
        assert list(view.all_lines()) == ["short"]


async def test_typing_a_search_starts_where_one_was() -> None:
    view = TextView()
    async with seat(view) as here:
        view.set_lines([f"line {n}" for n in range(50)])
        await here.look("pagedown", "pagedown")
        for text in ("l", "li", "line 1"):
            view.search(text)
        assert "line 10" in await here.look()
        assert view.search_note == "/line 1 2 of 11"


async def test_a_page_sends_nothing_for_the_same_lines() -> None:
    page = Page()
    async with seat(page) as here:
        page.show([[("a ", "strong"), ("b", "good")], [("c", None)]])
        assert (await here.look())[:2] == ["a b", "c"]
        page.show([[("a ", "strong"), ("b", "good")], [("c", None)]])
        await here.look()
        assert here.bytes == ""
        page.show([[("a ", "strong"), ("b", "good")], [("d", None)]])
        await here.look()
        assert "a" not in here.bytes


async def test_a_page_is_as_high_as_its_lines_when_asked() -> None:
    page = Page()
    page.styles.height = "auto"
    async with seat(page, (10, 8)) as here:
        page.show([[("0123456789abc", None)], [("x", None)]])
        page.wrap = True
        page.refresh(layout=True)
        await here.look()
        assert page.size.height == 3


async def test_wide_text_wraps_and_scrolls_sideways_without_being_cut_in_half() -> None:
    view = TextView()
    async with seat(view, (9, 4)) as here:
        view.set_lines(["a" + "世界" * 5])
        assert (await here.look())[0] == "a世界世界"
        assert (await here.look("l"))[0] == " 世界"
        view.wrap = True
        assert (await here.look())[:3] == ["a世界世界", "世界世界", "世界"]
