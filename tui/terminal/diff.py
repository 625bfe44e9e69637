"""Only changed cells go to the terminal, and never more frames than it can take.

Owns the place between textual's compositor and its driver. Textual (8.x) sends every cell of every dirty
region; here they are laid over a shadow of the screen and the difference is sent. Updates of unknown types,
inline mode and headless runs go the stock way.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.segment import Segment
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.screen import Screen

from tui.terminal.shadow import Patch, Shadow

_BEHIND = 2
"""Frames that may wait in the writer; more, and this one is skipped: a slow link must not stop the loop."""
_CATCH_UP = 0.05
"""Seconds until a skipped frame is tried again."""
_SYNC_FROM = 120
"""Bytes from which a frame is worth the markers that make it appear at once."""


class DiffDisplay(App[int]):
    """An App that sends differences."""

    diff_enabled = True

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._shadow: Shadow | None = None
        self._caret: tuple[int, int] | None = None
        self._skipped = False

    def forget_terminal(self) -> None:
        """Something else wrote to the terminal: the next frame is sent whole."""
        self._shadow = None

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if not self._can_diff(renderable):
            if renderable is not None and not self._batch_count:
                self.forget_terminal()
            super()._display(screen, renderable)
            return
        try:
            if self._writer_is_behind():
                self._skip()
            else:
                self._send(renderable)
        except Exception as error:  # as the stock method does: a broken frame ends the app with its traceback
            self._handle_exception(error)
        finally:
            self.post_display_hook()

    def _can_diff(self, renderable: RenderableType | None) -> bool:
        driver = self._driver
        return (
            self.diff_enabled
            and isinstance(renderable, LayoutUpdate | ChopsUpdate)
            and not self._batch_count
            and self._running
            and not self._closed
            and not self.is_headless
            and driver is not None
            and not driver.is_inline
        )

    def _writer_is_behind(self) -> bool:
        writer = getattr(self._driver, "_writer_thread", None)
        return writer is not None and writer._queue.qsize() > _BEHIND

    def _skip(self) -> None:
        """Nothing is remembered of a skipped frame: a whole one is composed later and its difference sent."""
        if not self._skipped:
            self._skipped = True
            self.set_timer(_CATCH_UP, self._catch_up)

    def _catch_up(self) -> None:
        self._skipped = False
        self.screen.refresh()

    def _send(self, renderable: Any) -> None:
        assert self._driver is not None
        width, height = self.console.size
        if self._shadow is None or (self._shadow.width, self._shadow.height) != (width, height):
            self._shadow, self._caret = Shadow(width, height), None
        text = self._shadow.frame(patches(renderable), self.console._color_system)
        place = self.screen.outer_size.clamp_offset(self.cursor_position)
        caret = (place.x, place.y)
        if text or caret != self._caret:
            self._caret = caret
            text += f"\x1b[{caret[1] + 1};{caret[0] + 1}H"
            self._write(text)

    def _write(self, text: str) -> None:
        assert self._driver is not None
        if len(text) < _SYNC_FROM:
            self._driver.write(text)
        else:
            self._begin_update()
            self._driver.write(text)
            self._end_update()
        self._driver.flush()


def patches(update: LayoutUpdate | ChopsUpdate) -> Iterator[Patch]:
    """The pieces of a compositor's update with their places."""
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            yield y, update.region.x, [segment for strip in strips for segment in strip]
        return
    for y, x1, x2 in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x > x2 or end <= x1:
                continue
            cropped = strip if end <= x2 else strip.crop(0, min(end, x2) - x)
            segments: list[Segment] = list(cropped)
            yield y, x, segments
