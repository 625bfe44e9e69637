"""The window on a live log: lines come in as bytes at any rate, it paints at most ten times a second.

Owns which lines are shown (by source, filter, level, fold). The scans that this needs are done in slices between
keys. Must not know how a line looks.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from textual import work
from textual.reactive import reactive

from widgets.line_view import LineView, Painted
from widgets.log_buffer import LogBuffer
from widgets.log_level import Level
from widgets.log_rate import Rate
from widgets.log_rules import Rules
from widgets.log_shown import LogShown

FRAME: Final = 0.1
"""Seconds between two paints of a log that moves."""
_FLOOD: Final = 0.2
"""The same while every paint shows nothing but new lines: nobody reads at that rate."""
_CALM: Final = 1.0
"""Seconds without a line after which a flood is over."""
_SLICE: Final = 0.006
"""Seconds a scan may hold the event loop at a time."""
_REST: Final = 0.002
"""Seconds it rests in between: a key goes through many hands, and none is to wait for a slice."""


class LogWindow(LineView):
    """What is shown of a log."""

    fold: reactive[bool] = reactive(True)

    def __init__(
        self,
        *,
        limit: int,
        fold: bool = True,
        monotonic: Callable[[], float] = time.monotonic,
        **more: Any,
    ) -> None:
        super().__init__(**more)
        self._buffer = LogBuffer(limit)
        self._shown = LogShown(self._buffer, fold=fold)
        self._monotonic = monotonic
        self._place: tuple[int, int] | None = None
        self._rate = Rate()
        self._painted_end = 0
        self._due, self._scanning, self._pace = False, False, FRAME
        self.following = True
        self._painted_before, self._painted_at = 0, 0.0
        self._passing = self._sampled = False
        """At this paint, and at the one before too: what a stream begins with comes at once and is no flood."""
        self.set_reactive(LogWindow.fold, fold)

    # -- lines in

    def append(self, data: bytes, sources: bytes = b"") -> None:
        """Take whole lines; `sources` has for each the number of its source, empty for one source."""
        self._buffer.append(data, sources)
        self._paint_soon()

    def divider(self, text: str, source: int | None = None) -> None:
        """Put a line of our own in, about one source or about all."""
        self._buffer.divide(text, source)
        self._paint_soon()

    def clear(self) -> None:
        """Forget all lines and follow what comes; what was asked to be shown stays."""
        self._buffer.clear()
        self._shown.clear()
        self._painted_end = self._painted_before = self.top = self._row = 0
        self._place, self.following, self._sampled, self._passing = None, True, False, False
        self._rate = Rate()
        self.redraw()

    def _paint_soon(self) -> None:
        if not self._due:
            self._due = True
            self.set_timer(self._pace, self._paint)

    def _paint(self) -> None:
        self._due = False
        came = self._buffer.end - self._painted_end
        self._pace = _FLOOD if came > self.size.height else FRAME
        self._painted_before, self._painted_end = self._painted_end, self._buffer.end
        self._painted_at = self._monotonic()
        self._rate.add(came, self._painted_at)
        self.scan()
        passing = self.following and self._shown_of(came) > self.size.height
        self._sampled, self._passing = passing and self._passing, passing
        self.repaint()

    def _shown_of(self, came: int) -> int:
        """About how many of the lines that came are shown."""
        total = self._shown.total()
        return came * self._shown.count() // total if total else 0

    # -- the scans behind it

    def scan(self) -> None:
        """Look at what was not looked at; what takes longer than a slice goes on between keys."""
        if not self._scanning:
            if self._slice():
                self.scanned()
            else:
                self._scanning = True
                self._scan_on()

    def step(self) -> bool:
        """Do a block's worth of work; False when there is none."""
        return self._shown.step()

    def scanned(self) -> None:
        """Everything was looked at."""

    def _slice(self) -> bool:
        until = time.monotonic() + _SLICE
        while time.monotonic() < until:
            if not self.step():
                return True
        return False

    @work(group="scan", exclusive=True)
    async def _scan_on(self) -> None:
        painted = self._monotonic()
        try:
            while not self._slice():
                if self._monotonic() - painted > self._pace:
                    painted = self._monotonic()
                    self.repaint()
                await asyncio.sleep(_REST)
        finally:
            self._scanning = False
        self.scanned()
        self.repaint()

    # -- which lines there are: numbers as the buffer's; the one before its first tells of those that had to go

    @property
    def _note(self) -> int:
        """The number of the line that tells what was dropped, -1 when nothing was."""
        return self._buffer.first - 1

    def first_line(self) -> int:
        return self._buffer.first - (1 if self.dropped else 0)

    def line_count(self) -> int:
        return self._shown.count()

    def line_from(self, number: int) -> int | None:
        return self._note if self.dropped and number <= self._note else self._shown.after(number)

    def line_before(self, number: int) -> int | None:
        found = self._shown.before(number)
        return self._note if found is None and self.dropped and number > self._note else found

    def empty_message(self) -> Sequence[str]:
        if not len(self._buffer) or not self.rules.note:
            return super().empty_message()
        return [f"no line of {self._shown.total():,} passes {self.rules.note}" if self._shown.done else "looking…"]

    def _window(self, height: int) -> list[Painted]:
        if self._place is not None:
            self.top, self._row = self._place
        return super()._window(height)

    def moved(self) -> None:
        """The reader has moved: where filters began is of no interest any more."""
        self._place = None

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
    def rate(self) -> float:
        """Lines a second that come, smoothed."""
        return self._rate.at(self._monotonic())

    @property
    def behind(self) -> int:
        """Lines that could not be filtered and folded from one paint to the next; they are shown after it."""
        return max(0, self._shown.behind - (self._buffer.end - self._painted_before))

    @property
    def sampled(self) -> bool:
        """Whether lines pass so fast that the eye sees a sample of them; the buffer has them all."""
        return self._sampled and self._monotonic() - self._painted_at < _CALM

    def redraw(self) -> None:
        """Lines look differently from now on."""
        self.forget_lines()
        self.repaint()

    # -- what is to be shown

    def show_sources(self, selection: frozenset[int] | None) -> None:
        """Show only the lines of these sources; None: of all."""
        self._sift(self._shown.rules._replace(sources=selection))

    def filter(self, text: str, inverse: bool = False) -> None:
        """Show only lines that match a text or pattern, or (`inverse`, or `!` before it) that do not."""
        if text.startswith("!"):
            text, inverse = text[1:], not inverse
        self._sift(self._shown.rules._replace(text=text, inverse=inverse and bool(text)))

    def min_level(self, level: Level | None) -> None:
        """Show only lines as bad as this or worse."""
        self._sift(self._shown.rules._replace(level=level or None))

    def _sift(self, rules: Rules) -> None:
        """Other lines are shown from now on: the place stays as long as the reader does not move."""
        self._stay()
        self._shown.rules = rules
        self.sifted()
        self.scan()
        self.repaint()

    def _stay(self) -> None:
        if not self.following and self._place is None:
            self._place = self.top, self._row

    def sifted(self) -> None:
        """Other lines are shown than before."""

    @property
    def rules(self) -> Rules:
        """What a line must be to be shown."""
        return self._shown.rules

    @property
    def level(self) -> Level | None:
        """The least level that is shown, None for all."""
        return self.rules.level

    @property
    def filter_text(self) -> str:
        """The filter as it may be typed again."""
        return f"!{self.rules.text}" if self.rules.inverse else self.rules.text

    @property
    def shown(self) -> int:
        """How many lines are shown, a run of them as one."""
        return self._shown.count()

    @property
    def hidden(self) -> int:
        """How many lines the filters hide."""
        return self._shown.hidden()

    @property
    def filter_note(self) -> str:
        """`&/nccl/ 17 of 12,480`, empty when nothing is filtered."""
        note = self.rules.note
        more = "" if self._shown.done else "…"
        return f"{note} {self._shown.count():,}{more} of {self._shown.total():,}" if note else ""

    def watch_fold(self) -> None:
        self._stay()
        self._shown.fold(self.fold)
        self.sifted()
        self.scan()
        self.redraw()
