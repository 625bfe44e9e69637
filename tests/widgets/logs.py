"""A log on a wire, and what is seen of it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import ComposeResult
from textual.pilot import Pilot

from tests.terminal.glass import Glass
from tests.terminal.stage import Stage, plain_colours, press, settle, until, wire
from widgets import log_window
from widgets.log_view import LogView


class Logs(Stage):
    """One log."""

    CSS = "LogView { height: 1fr; }"

    def __init__(self, limit: int, clock: float) -> None:
        super().__init__()
        self.limit, self.clock = limit, clock

    def compose(self) -> ComposeResult:
        yield LogView(decode=lambda raw: raw.decode("utf-8", "replace"), limit=self.limit, clock=lambda: self.clock)

    def on_mount(self) -> None:
        self.query_one(LogView).focus()


class Seat:
    """A running log, and what is seen of it."""

    def __init__(self, pilot: Pilot[int]) -> None:
        self.pilot, self.app = pilot, pilot.app
        self.view = pilot.app.query_one(LogView)
        self.glass = Glass(*pilot.app.size)

    async def look(self) -> list[str]:
        await until(lambda: not self.view._due and not self.view._scanning)
        await settle(self.pilot)
        return self.glass.feed(wire(self.app).take()).lines

    async def press(self, *keys: str) -> list[str]:
        await press(self.pilot, *keys)
        return await self.look()

    async def lines(self, first: int, count: int) -> list[str]:
        self.view.append(b"".join(b"line %d\n" % n for n in range(first, first + count)))
        return await self.look()


def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that paints at once, in plain colours, in UTC."""
    plain_colours(monkeypatch)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    for name in ("FRAME", "_FLOOD"):
        monkeypatch.setattr(log_window, name, 0.005)


@asynccontextmanager
async def seat(limit: int = 1000, size: tuple[int, int] = (40, 6), clock: float = 0.0) -> AsyncIterator[Seat]:
    async with Logs(limit, clock).run_test(size=size, headless=False) as pilot:
        here = Seat(pilot)
        await here.look()
        yield here
