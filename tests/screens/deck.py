"""The deck on a simulated cloud, driven by keys and read as its user reads it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from msgspec import structs
from textual.pilot import Pilot

from tui.app import ArcdeckApp
from tui.settings import Demo, Settings

PATIENCE = 20.0
"""Seconds to wait for a fact before a test fails."""
SMALL, LARGE = (80, 24), (160, 50)


class Driven:
    """An open deck: press keys, read lines, wait for facts."""

    def __init__(self, app: ArcdeckApp, pilot: Pilot[int]) -> None:
        self.app, self.pilot = app, pilot

    @property
    def lines(self) -> list[str]:
        """The screen as text, right blanks cut."""
        return [strip.text.rstrip() for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines)

    async def press(self, *keys: str) -> str:
        """Press keys and let the screen settle; the text after them."""
        await self.pilot.press(*keys)
        await self.pilot.pause()
        return self.text

    async def type(self, text: str) -> str:
        """Type a text letter by letter."""
        names = {"/": "slash", " ": "space", "!": "exclamation_mark", "=": "equals_sign", "-": "minus", ":": "colon"}
        return await self.press(*(names.get(letter, letter) for letter in text))

    async def until(self, seen: str | Callable[[str], Any]) -> str:
        """Wait for a text or a predicate of the screen; fails with the screen."""
        test = seen if callable(seen) else lambda text: seen in text
        try:
            async with asyncio.timeout(PATIENCE):
                while not test(self.text):
                    self.sound()
                    await self.pilot.pause(0.02)
        except TimeoutError:
            raise AssertionError(f"not seen: {seen}\n{self.text}") from None
        return self.text

    async def holds(self, fact: Callable[[], Any]) -> None:
        """Wait for something that is not on the screen."""
        async with asyncio.timeout(PATIENCE):
            while not fact():
                self.sound()
                await self.pilot.pause(0.02)

    def sound(self) -> None:
        """A crash fails the test at once, with its traceback."""
        assert not self.app.failure, self.app.failure

    def line(self, part: str) -> str:
        """The one line that holds a text."""
        found = [line for line in self.lines if part in line]
        assert found, f"no line with {part}\n{self.text}"
        return found[0]


@asynccontextmanager
async def deck(demo: Demo, size: tuple[int, int] = SMALL, *, wait: bool = True, **more: Any) -> AsyncIterator[Driven]:
    """The app on a demo, its sources answered."""
    settings = structs.replace(Settings(), demo=demo, kubeconfig=demo.kubeconfig, **more)
    async with opened(settings, size, wait=wait) as driven:
        yield driven


@asynccontextmanager
async def opened(settings: Settings, size: tuple[int, int] = SMALL, *, wait: bool = True) -> AsyncIterator[Driven]:
    """The app on whatever the settings name."""
    app = ArcdeckApp(settings)
    async with app.run_test(size=size, notifications=True) as pilot:
        driven = Driven(app, pilot)
        await driven.holds(lambda: app.session is not None)
        if wait:
            assert app.session is not None
            assert await app.session.settled(PATIENCE)
            await driven.until(lambda text: "loading" not in text)
        yield driven
