"""Apps whose output is kept instead of sent, and what stock textual would have shown in its place."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot

from tests.terminal.glass import Glass
from tui.terminal.diff import DiffDisplay


class Wire(HeadlessDriver):
    """A driver that keeps what it is told to write; `is_behind` plays a slow terminal."""

    is_behind = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.written: list[str] = []

    @property
    def is_headless(self) -> bool:
        return False

    @property
    def can_suspend(self) -> bool:
        return True

    def write(self, data: str) -> None:
        self.written.append(data)

    def suspend_application_mode(self) -> None:
        self.written.append("\x1b[?1049l")

    def resume_application_mode(self) -> None:
        self.written.append("\x1b[?1049h")
        self.start_application_mode()

    def take(self) -> str:
        """What was written since the last time."""
        text, self.written = "".join(self.written), []
        return text


class Stage(DiffDisplay):
    """An app with the diff, on a wire."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, *, diff: bool = True, **more: Any) -> None:
        super().__init__(driver_class=Wire, **more)
        self.diff_enabled = diff


def wire(app: App[Any]) -> Wire:
    """The driver of a running stage."""
    assert isinstance(app._driver, Wire)
    return app._driver


async def until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for a fact."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 the facts are of widgets, which have no events to wait for
            await asyncio.sleep(0.005)


async def settle(pilot: Pilot[Any]) -> None:
    """Every message was handled, what is due painted, and what was painted sent: nothing more comes."""
    app = pilot.app
    calm, sent = 0, -1
    while calm < 3:
        await until(lambda: app._resize_timer is None)
        await pilot.pause(0)
        await until(lambda: getattr(app._driver, "is_behind", False) or not getattr(app, "_waiting", False))
        before, sent = sent, len(getattr(app._driver, "written", ()))
        calm = calm + 1 if before == sent else 0


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys, each after what the one before did."""
    for key in keys:
        pilot.app.simulate_key(key)
        await settle(pilot)


def stock_view(app: App[Any]) -> Glass:
    """What the stock output of the whole screen shows on a fresh terminal."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert hasattr(update, "render_segments")
    width, height = app.size
    return Glass(width, height).feed(update.render_segments(app.console).replace("\n", "\r\n"))


def plain_colours(monkeypatch: Any) -> None:
    """No colour settings of whoever runs the tests."""
    for name in ("NO_COLOR", "COLORTERM", "TEXTUAL_THEME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(os.environ, "TERM", "xterm-256color")
