"""Bars: what matters most stays, nothing is sent twice, the footer fits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import ComposeResult
from textual.pilot import Pilot

from tests.terminal.glass import Glass
from tests.terminal.stage import Stage, plain_colours, settle, wire
from widgets.status_bar import KeyBar, StatusBar


class Bars(Stage):
    def compose(self) -> ComposeResult:
        yield StatusBar()
        yield KeyBar()


class Seat:
    def __init__(self, pilot: Pilot[int]) -> None:
        self.pilot, self.glass = pilot, Glass(*pilot.app.size)
        self.status, self.keys = pilot.app.query_one(StatusBar), pilot.app.query_one(KeyBar)

    async def look(self) -> list[str]:
        await settle(self.pilot)
        self.bytes = wire(self.pilot.app).take()
        return self.glass.feed(self.bytes).lines


@pytest.fixture(autouse=True)
def _colours(monkeypatch: pytest.MonkeyPatch) -> None:
    plain_colours(monkeypatch)


@asynccontextmanager
async def seat(width: int) -> AsyncIterator[Seat]:
    async with Bars().run_test(size=(width, 4), headless=False) as pilot:
        here = Seat(pilot)
        await here.look()
        yield here


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (40, "PODS azureml  23/25          worst first"),
        (31, "PODS azureml  23/25 worst first"),
        (30, "PODS azureml  23/… worst first"),
        (22, "PODS azureml  23/25"),
        (9, "PODS azu…"),
    ],
)
async def test_the_left_is_cut_for_a_short_right_and_a_long_right_goes(width: int, expected: str) -> None:
    async with seat(width) as here:
        here.status.show([("PODS ", "strong"), ("azureml  ", None), ("23/25", "warn")], [("worst first", "dim")])
        assert (await here.look())[0] == expected


async def test_the_same_pieces_send_nothing() -> None:
    async with seat(40) as here:
        here.status.show([("a", None)], [("b", "dim")])
        await here.look()
        here.status.show([("a", None)], [("b", "dim")])
        here.keys.show([], [])
        await here.look()
        assert here.bytes == ""
        here.status.show([("a", None)], [("c", "dim")])
        await here.look()
        assert 0 < len(here.bytes) < 60


async def test_wide_text_is_cut_by_cells() -> None:
    async with seat(12) as here:
        here.status.show([("世界世界世界世界", None)])
        assert (await here.look())[0] == "世界世界世 …"
        here.status.show([("世界", None)], [("界", "dim")])
        assert (await here.look())[0] == "世界      界"


MODES = [("1", "overview", True), ("2", "ext", False), ("3", "pods", False)]
HINTS = [("enter", "open"), ("/", "filter"), ("d", "describe")]


@pytest.mark.parametrize(
    ("width", "has", "lacks"),
    [
        (80, ["enter open", "/ filter", "d describe", "1 overview", "2 ext", "3 pods", "/ : ?"], []),
        (54, ["enter open", "/ filter", "1 overview 2 3", "/ : ?"], ["ext"]),
        (30, ["1 overview 2 3", "/ : ?"], ["describe"]),
    ],
)
async def test_the_footer_shows_what_fits(width: int, has: list[str], lacks: list[str]) -> None:
    async with seat(width) as here:
        here.keys.show(HINTS, MODES)
        line = (await here.look())[-1]
        for words in has:
            assert words in line
        for words in lacks:
            assert words not in line
