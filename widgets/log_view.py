"""A live log: lines come in as bytes at any rate, the view paints at most ten times a second.

Owns following, timestamps, search and dividers. Bytes become text only for the lines on screen, by the
`decode` it is given. Each line begins with an RFC 3339 timestamp and a space, as the Kubernetes API sends it
when asked to.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, Literal

from textual import work
from textual.reactive import reactive

from widgets.line_view import LineView
from widgets.log_buffer import Block, LogBuffer
from widgets.searching import Search, marked
from widgets.toned import Piece

FRAME: Final = 0.1
"""Seconds between two paints of a log that moves."""
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
        self._search: Search | None = None
        self._searched = 0
        self._seen = 0
        self._due = False
        self.following = True
        self.set_reactive(LogView.timestamps, timestamps)

    # -- lines in

    def append(self, data: bytes) -> None:
        """Take whole lines."""
        self._keep_place(lambda: self._buffer.append(data))

    def divider(self, text: str) -> None:
        """Put a line of our own in."""
        self._keep_place(lambda: self._buffer.divide(text))

    def clear(self) -> None:
        """Forget all lines and follow what comes."""
        self._buffer.clear()
        self._seen = self._searched = 0
        self.top, self.following, self._search = 0, True, None
        self.repaint()

    def _keep_place(self, change: Callable[[], None]) -> None:
        """Lines are counted from the oldest kept: when old ones go, a paused view stays on its lines."""
        before = self._buffer.first
        change()
        if not self.following:
            self.top = max(0, self.top - (self._buffer.first - before))
        if not self._due:
            self._due = True
            self.set_timer(FRAME, self._paint)

    def _paint(self) -> None:
        self._due = False
        if self.following:
            self._seen = self._buffer.end
        if self._search is not None and self._searched < self._buffer.end:
            self._scan()
        self.repaint()

    # -- what the base asks

    def line_count(self) -> int:
        return len(self._buffer)

    def line(self, number: int) -> Sequence[Piece]:
        raw, divider = self._buffer.line(self._buffer.first + number)
        if divider:
            return [(f"── {raw.decode()} ──", "busy")]
        text = self._decode(raw)
        stamp, space, rest = text.partition(" ")
        moment = _moment(stamp) if space else None
        pieces: list[Piece] = [(text, None)] if moment is None else [*self._stamp(moment, stamp), (rest, None)]
        return marked(pieces, self._search.pattern) if self._search is not None else pieces

    def over(self, number: int) -> str:
        return "mark" if self._search is not None and self._search.current == self._buffer.first + number else ""

    def _stamp(self, moment: datetime, text: str) -> list[Piece]:
        match self.timestamps:
            case "none":
                return []
            case "time":
                return [(f"{moment.astimezone():%H:%M:%S} ", "dim")]
            case "full":
                return [(f"{text} ", "dim")]
        return [(f"{_ago(self._clock() - moment.timestamp()):>5} ", "dim")]

    def watch_timestamps(self) -> None:
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
        if self.following and step < 0:
            self.top = max(0, self.line_count() - self.size.height)
        if self.following and step > 0:
            return
        super().action_scroll(step)
        if step > 0 and self.top >= self._last_top():
            self.follow()

    # -- search

    def search(self, text: str) -> None:
        """Look for text or a pattern from the newest lines on; empty text ends the search."""
        if not text:
            self.clear_search()
            return
        self._search, self._searched = Search(text), self._buffer.first
        self._scan(go=True)

    def clear_search(self) -> bool:
        """End the search; False when there was none."""
        was, self._search = self._search, None
        self.repaint()
        return was is not None

    def next_match(self, step: int) -> None:
        """Go to the next (1) or previous (-1) match."""
        if self._search is None:
            return
        number = self._search.step(step, self._buffer.first + self.top)
        if number is not None:
            self.scroll_to_line(number - self._buffer.first)

    @property
    def search_note(self) -> str:
        """`/text 3 of 17`, empty without a search."""
        return self._search.note if self._search is not None else ""

    @work(group="search", exclusive=True)
    async def _scan(self, go: bool = False) -> None:
        """Search what was not searched yet, in slices, so that keys are answered meanwhile."""
        search = self._search
        if search is None:
            return
        began = time.monotonic()
        for block in self._buffer.blocks(self._searched):
            search.matches += _matches(block, search, max(self._searched, block.first))
            self._searched = block.first + len(block)
            if time.monotonic() - began > _SLICE:
                await asyncio.sleep(0)
                began = time.monotonic()
        search.matches = [number for number in search.matches if number >= self._buffer.first]
        if go:
            self.next_match(-1)
        self.repaint()

    # -- text out

    def all_lines(self) -> Iterator[str]:
        """Every line kept, as text."""
        for block in self._buffer.blocks(self._buffer.first):
            for number in range(max(block.first, self._buffer.first), block.first + len(block)):
                raw = block.line(number)
                yield f"── {raw.decode()} ──" if block.divider else self._decode(raw)

    def text_of_view(self) -> str:
        """What is on screen."""
        return "\n".join("".join(text for text, _tone in self.line(number)) for number in self.visible_lines())


def _matches(block: Block, search: Search, start: int) -> list[int]:
    """Numbers of the block's lines from `start` on that match."""
    if block.divider:
        return []
    found = search.pattern.search
    text = block.data.decode("utf-8", "replace")
    if not found(text):
        return []
    return [n for n, line in enumerate(text.split("\n")[:-1], block.first) if n >= start and found(line)]


def _moment(stamp: str) -> datetime | None:
    if len(stamp) < 20 or stamp[4] != "-":
        return None
    try:
        return datetime.fromisoformat(stamp)
    except ValueError:
        return None


def _ago(seconds: float) -> str:
    total = max(0, int(seconds))
    for size, name in ((86400, "d"), (3600, "h"), (60, "m")):
        if total >= size:
            return f"{total // size}{name}"
    return f"{total}s"
