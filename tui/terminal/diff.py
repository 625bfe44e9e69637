"""Only changed cells go to the terminal, and never more frames than it can take.

Owns the place between textual's compositor and its driver. Textual (8.x) sends every cell of every dirty region;
here they are laid over a shadow of the screen and the difference is sent. While the terminal is behind, nothing
is sent: what it should show is kept, and sent at once when it can take it. Updates of unknown types, inline mode
and headless runs go the stock way.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, Final

from rich.console import RenderableType
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.constants import DRIVER
from textual.driver import Driver
from textual.events import Resize
from textual.screen import Screen

from tui.terminal.environment import erases_in_colour
from tui.terminal.shadow import Patch, Shadow

_CATCH_UP: Final = 0.02
"""Seconds until it is looked again whether the terminal can take a frame."""
_SYNC_FROM: Final = 120
"""Bytes from which a frame is worth the markers that make it appear at once."""
_AT_START: Final = 2
"""Sizes that are told while an app starts: by textual, and by its driver. Nothing was rearranged then."""
_SYNC: Final = ("\x1b[?2026h", "\x1b[?2026l")


class DiffDisplay(App[int]):
    """An App that sends differences."""

    diff_enabled = True

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._shadow: Shadow | None = None
        self._caret: tuple[int, int] | None = None
        self._waiting = False
        self._resizes = 0

    def get_driver_class(self) -> type[Driver]:
        """The driver that leaves mouse motion alone, where textual would take its own for terminals."""
        driver = super().get_driver_class()
        if DRIVER is None and driver.__name__ == "LinuxDriver":
            from tui.terminal.driver import QuietDriver

            return QuietDriver
        return driver

    def on_resize(self, _event: Resize) -> None:
        """Terminals rearrange what they show when their size changes, even when it changes back.

        The driver also says so when it takes the terminal back from another program.
        """
        self._resizes += 1
        if self._resizes > _AT_START:
            self.forget_terminal()

    def forget_terminal(self) -> None:
        """Something else wrote to the terminal: all of it is sent anew."""
        self._caret = None
        if self._shadow is not None:
            self._shadow.forget()
            self._send_later()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if not self._can_diff(renderable):
            if renderable is not None and not self._batch_count:
                self._shadow = None
            super()._display(screen, renderable)
            return
        try:
            self._take(screen, renderable)
            self._send()
        except Exception as error:  # as the stock method does: a broken frame ends the app with its traceback
            self._handle_exception(error)
        finally:
            self.post_display_hook()

    def _can_diff(self, renderable: RenderableType | None) -> bool:
        return self.diff_enabled and isinstance(renderable, LayoutUpdate | ChopsUpdate) and self._can_send()

    def _can_send(self) -> bool:
        driver = self._driver
        return (
            not self._batch_count
            and self._running
            and not self._closed
            and not self.is_headless
            and driver is not None
            and not driver.is_inline
        )

    def _take(self, screen: Screen[Any], renderable: Any) -> None:
        width, height = screen.outer_size
        shadow = self._shadow
        if shadow is None or (shadow.width, shadow.height) != (width, height):
            erases = erases_in_colour(os.environ)
            shadow = self._shadow = Shadow(width, height, self.console._color_system, erases=erases)
            self._caret = None
        shadow.take(patches(renderable))

    def _send(self) -> None:
        """Send what differs, or wait until the terminal has taken what was sent before."""
        shadow = self._shadow
        if shadow is None or not self._can_send() or (shadow.width, shadow.height) != self.size:
            return  # after a change of size: the new layout comes
        if getattr(self._driver, "is_behind", False):
            self._send_later()
            return
        text = shadow.frame()
        place = self.screen.outer_size.clamp_offset(self.cursor_position)
        if text or (place.x, place.y) != self._caret:
            self._caret = (place.x, place.y)
            self._write(f"{text}\x1b[{place.y + 1};{place.x + 1}H")

    def _send_later(self) -> None:
        if not self._waiting:
            self._waiting = True
            self.set_timer(_CATCH_UP, self._catch_up)

    def _catch_up(self) -> None:
        self._waiting = False
        if self._exit:
            return
        if self._batch_count:
            self._send_later()
        else:
            self._send()

    def _write(self, text: str) -> None:
        """One write a frame: the writer's queue counts frames then."""
        assert self._driver is not None
        if self._sync_available and len(text) >= _SYNC_FROM:
            text = text.join(_SYNC)
        self._driver.write(text)
        self._driver.flush()


def patches(update: LayoutUpdate | ChopsUpdate) -> Iterator[Patch]:
    """The pieces of a compositor's update with their places; of a line that changed in part, all that is known."""
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            yield y, update.region.x, [segment for strip in strips for segment in strip]
        return
    for y in {y for y, _start, _end in update.spans}:
        for x, strip in update.chops[y].items():
            if strip is not None:
                yield y, x, strip
