"""A live log: lines come in as bytes at any rate, the view paints at most ten times a second.

Owns following, timestamps, search and dividers. Bytes become text only for the lines on screen, by the
`decode` it is given.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, Literal

from textual import work
from textual.reactive import reactive
from textual.timer import Timer

from widgets import log_line
from widgets.line_view import LineView
from widgets.log_buffer import Block, LogBuffer
from widgets.log_search import LogSearch
from widgets.pieces import Piece
from widgets.searching import marked

FRAME: Final = 0.1
"""Seconds between two paints of a log that moves."""
_FLOOD: Final = 0.2
"""The same while every paint shows nothing but new lines: nobody reads at that rate."""
_SLICE: Final = 0.008
"""Seconds a search may hold the event loop at a time."""

Times = Literal["none", "time", "full", "age"]


class LogView(LineView):
    """The lines of one log."""

    timestamps: reactive[Times] = reactive[Times]("none")

    def __init__(
        self,
        *,
        decode: Callable[[bytes], str],
        limit: int,
        timestamps: Times = "none",
        clock: Callable[[], float] = time.time,
        **more: Any,
    ) -> None:
        super().__init__(**more)
        self._buffer = LogBuffer(limit)
        self._decode, self._clock = decode, clock
        self._search: LogSearch | None = None
        self._seen = self._shown = 0
        self._due, self._pace = False, FRAME
        self._aging: Timer | None = None
        self.following = True
        self.set_reactive(LogView.timestamps, timestamps)

    # -- lines in

    def append(self, data: bytes) -> None:
        """Take whole lines."""
        self._buffer.append(data)
        self._paint_soon()

    def divider(self, text: str) -> None:
        """Put a line of our own in."""
        self._buffer.divide(text)
        self._paint_soon()

    def clear(self) -> None:
        """Forget all lines and follow what comes."""
        self._buffer.clear()
        self._seen = self._shown = self.top = self._row = 0
        self.following, self._search = True, None
        self.forget_lines()
        self.repaint()

    def _paint_soon(self) -> None:
        if not self._due:
            self._due = True
            self.set_timer(self._pace, self._paint)

    def _paint(self) -> None:
        self._due = False
        self._pace = _FLOOD if self._buffer.end - self._shown > self.size.height else FRAME
        self._shown = self._buffer.end
        if self.following:
            self._seen = self._buffer.end
        if self._search is not None:
            self._look_on(self._search)
        self.repaint()

    # -- what the base asks

    def first_line(self) -> int:
        return self._buffer.first

    def line_count(self) -> int:
        return len(self._buffer)

    def line(self, number: int) -> Sequence[Piece]:
        raw, divider = self._buffer.line(number)
        if divider:
            return [(f"── {raw.decode()} ──", "busy")]
        stamp, rest = log_line.split(raw)
        pieces = log_line.pieces_of(rest, self._decode)
        if self._search is not None:
            pieces = marked(pieces, self._search.pattern)
        return [*self._stamp(stamp), *pieces] if stamp else pieces

    def over(self, number: int) -> str:
        return "mark" if self._search is not None and self._search.current == number else ""

    def _stamp(self, stamp: str) -> list[Piece]:
        moment = log_line.moment_of(stamp) if self.timestamps in ("time", "age") else None
        text = stamp if self.timestamps == "full" else self._when(moment) if moment is not None else ""
        return [(f"{text} ", "dim")] if text else []

    def _when(self, moment: datetime) -> str:
        if self.timestamps == "age":
            return f"{log_line.ago(self._clock() - moment.timestamp()):>5}"
        return f"{moment.astimezone():%H:%M:%S}"

    def watch_timestamps(self) -> None:
        if self._aging is not None:
            self._aging.stop()
        self._aging = self.set_interval(1.0, self._renew) if self.timestamps == "age" else None
        self._renew()

    def _renew(self) -> None:
        self.forget_lines()
        self.repaint()

    # -- figures

    @property
    def count(self) -> int:
        """Lines kept."""
        return len(self._buffer)

    @property
    def dropped(self) -> int:
        """Lines that had to go."""
        return self._buffer.dropped

    @property
    def unseen(self) -> int:
        """Lines that came since following stopped."""
        return 0 if self.following else self._buffer.end - self._seen

    # -- moving

    def follow(self) -> None:
        """Go to the end and stay there."""
        self.following = True
        self._seen = self._buffer.end
        self.repaint()

    def action_last(self) -> None:
        self.follow()

    def action_scroll(self, step: int) -> None:
        super().action_scroll(step)
        if step > 0 and (self.top, self._row) >= self._bottom(self.size.height):
            self.follow()

    # -- search

    def search(self, text: str) -> None:
        """Look for text or a pattern and go to the newest match on or above the screen; empty text ends it."""
        if not text:
            self.clear_search()
            return
        before = self._search
        anchor = self._last_visible() if before is None or before.anchor is None else before.anchor
        self._search = LogSearch(text, self._visible, self._buffer.first, anchor)
        self.forget_lines()
        self._look_on(self._search)
        self.repaint()

    def _last_visible(self) -> int:
        return max(self.visible_lines(), default=self._buffer.end)

    def _visible(self, raw: bytes) -> str:
        return log_line.text_of(log_line.split(raw)[1], self._decode)

    def clear_search(self) -> bool:
        """End the search; False when there was none."""
        was, self._search = self._search, None
        self._renew()
        return was is not None

    def next_match(self, step: int) -> None:
        """Go to the next (1) or previous (-1) match."""
        if self._search is None:
            return
        self._search.anchor = None
        number = self._search.step(step, self._last_visible() if step < 0 else self.top)
        if number is not None:
            self.scroll_to_line(number)

    @property
    def search_note(self) -> str:
        """`/text 3 of 17`, empty without a search."""
        return self._search.note if self._search is not None else ""

    def _look_on(self, search: LogSearch) -> None:
        """Search what came; what takes longer than a slice goes on between keys."""
        if self._read(search):
            self._arrive(search)
        else:
            self._scan(search)

    @work(group="search", exclusive=True)
    async def _scan(self, search: LogSearch) -> None:
        while not self._read(search):
            await asyncio.sleep(0)
            if search is not self._search:
                return
        self._arrive(search)
        self.repaint()

    def _read(self, search: LogSearch) -> bool:
        """One slice of the search; True when everything is searched."""
        until = time.monotonic() + _SLICE
        for block in self._buffer.blocks(search.searched):
            search.read(block)
            if time.monotonic() > until:
                break
        search.drop_before(self._buffer.first)
        return search.searched >= self._buffer.end

    def _arrive(self, search: LogSearch) -> None:
        """Everything is searched: go to the match next to where the search was begun."""
        if search.anchor is None or not search.fresh:
            return
        search.fresh = False
        number = search.step(-1, search.anchor)
        if number is not None:
            self.scroll_to_line(number)

    # -- text out

    def all_lines(self) -> Iterator[str]:
        """Every line kept as of now, as text: may be walked through in another thread."""
        first = self._buffer.first
        return self._texts(tuple(self._buffer.blocks(first)), first)

    def _texts(self, blocks: Iterable[Block], first: int) -> Iterator[str]:
        for block in blocks:
            for number in range(max(block.first, first), block.end):
                raw = block.line(number)
                stamp, rest = log_line.split(raw)
                text = f"── {raw.decode()} ──" if block.divider else log_line.text_of(rest, self._decode)
                yield f"{stamp} {text}" if stamp else text

    def text_of_view(self) -> str:
        """What is on screen."""
        return "\n".join("".join(text for text, _tone in self.line(number)) for number in self.visible_lines())
