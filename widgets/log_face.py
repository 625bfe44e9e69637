"""How the lines of a log look: source, mark, time, level, highlights, JSON spread over rows.

Bytes become text only for the lines on screen, by the `decode` it is given.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from rich.style import Style
from textual.reactive import reactive
from textual.timer import Timer

from widgets import log_hues, log_line
from widgets.log_highlight import LEVEL_TONES, Highlight, highlighted, toggled, toned
from widgets.log_json import spread
from widgets.log_levels import level_near
from widgets.log_sources import SourceMark
from widgets.log_time import WIDE, Times, when
from widgets.log_window import LogWindow
from widgets.pieces import Piece, width_of
from widgets.toned import COMPONENTS


class LogFace(LogWindow):
    """The lines of one log, as they are to be read."""

    COMPONENT_CLASSES = COMPONENTS | log_hues.COMPONENTS
    DEFAULT_CSS = f"LogFace {{ {log_hues.hue_css()} }}"
    timestamps: reactive[Times] = reactive[Times]("none")
    pretty: reactive[bool] = reactive(False)

    def __init__(
        self,
        *,
        decode: Callable[[bytes], str],
        timestamps: Times = "none",
        clock: Callable[[], float] = time.time,
        **more: Any,
    ) -> None:
        super().__init__(**more)
        self._decode, self._clock = decode, clock
        self._sources: Sequence[SourceMark] = ()
        self._highlights: list[Highlight] = []
        self._otherwise: set[int] = set()
        """Lines that are spread when the others are not, and not when they are."""
        self._marks: set[int] = set()
        self._aging: Timer | None = None
        self.set_reactive(LogFace.timestamps, timestamps)

    def clear(self) -> None:
        self._otherwise.clear()
        self._marks.clear()
        super().clear()

    # -- one line

    def line(self, number: int) -> Sequence[Piece]:
        if number < self._buffer.first:
            return [(self._dropped_note(), "dim")]
        raw, divider = self._buffer.line(self.standing_in(number))
        before = self._before(number)
        if divider:
            return [*before, (f"── {raw.decode()} ──", "busy")]
        stamp, rest = log_line.split(raw)
        pieces = self._coloured(number, log_line.pieces_of(rest, self._decode))
        return self._counted(number, [*before, *self._stamp(stamp), *pieces])

    def standing_in(self, number: int) -> int:
        """The line of a run whose text is shown for it: the last, which is `number`, unless another is looked for."""
        return number

    def found(self, pieces: Sequence[Piece]) -> Sequence[Piece]:
        """The pieces with what is searched for marked."""
        return pieces

    def parts(self, number: int) -> Sequence[Sequence[Piece]]:
        if self.pretty == (number in self._otherwise) or number < self._buffer.first:
            return [self.line(number)]
        raw, divider = self._buffer.line(number)
        stamp, rest = log_line.split(raw)
        rows = spread(log_line.text_of(rest, self._decode)) if not divider and len(rest) < log_line.LONGEST else None
        if rows is None:
            return [self.line(number)]
        first, *others = (self.found(highlighted(row, self._highlights)) for row in rows)
        return [[*self._before(number), *self._stamp(stamp), *first], *others]

    @property
    def tall(self) -> bool:
        return self.wrap or self.pretty or bool(self._otherwise)

    def _before(self, number: int) -> list[Piece]:
        """What stands before a line: the letter of its source, and a reader's mark."""
        pieces: list[Piece] = [("» ", "warn")] if number in self._marks else []
        if len(self._sources) < 2:
            return pieces
        source = self._buffer.source(number)
        known = source is not None and source < len(self._sources)
        width = max(len(mark.letter) for mark in self._sources)
        letter, tone = self._sources[source][::2] if source is not None and known else ("", None)
        return [(f"{letter:<{width}} ", tone), *pieces]

    def _stamp(self, stamp: str) -> list[Piece]:
        text = when(stamp, self.timestamps, self._clock(), wide=self.size.width >= WIDE) if stamp else ""
        return [(f"{text} ", "dim")] if text else []

    def _coloured(self, number: int, pieces: Sequence[Piece]) -> Sequence[Piece]:
        level = self._shown.level(number)
        tone = LEVEL_TONES.get(level if level is not None else level_near(self._buffer, number))
        return self.found(highlighted(toned(pieces, tone) if tone else pieces, self._highlights))

    def _counted(self, number: int, pieces: list[Piece]) -> list[Piece]:
        """With the number of lines that this one stands for, where it is seen."""
        times = self._shown.times(number)
        if times > 1:
            count = f"(×{times:,})"
            if self.wrap or width_of(pieces) + len(count) < self.size.width:
                pieces.append((f" {count}", "dim"))
            else:
                pieces.insert(0, (f"{count} ", "dim"))
        return pieces

    def _dropped_note(self) -> str:
        buffer = self._buffer
        limit = f"{buffer.most >> 20:,} MB" if buffer.short_of_bytes else f"{buffer.limit:,}"
        return f"── {buffer.dropped:,} older lines dropped (limit {limit}) ──"

    def _rows(self, number: int) -> list[Sequence[Piece]]:
        if number < self._buffer.first:
            self._cut.pop(number, None)  # it was a line of the log before
        return super()._rows(number)

    def _base_style(self, tone: Any) -> Style:
        if isinstance(tone, str) and tone in log_hues.TONES:
            return self.get_component_rich_style(f"tone--{tone}")
        return super()._base_style(tone)

    # -- how they look

    @property
    def sources(self) -> Sequence[SourceMark]:
        """The sources, by number. With two or more each line has the letter of its own."""
        return self._sources

    @sources.setter
    def sources(self, sources: Sequence[SourceMark]) -> None:
        self._sources = tuple(sources)
        self.redraw()

    @property
    def highlights(self) -> Sequence[Highlight]:
        """What is put forward beside errors and warnings."""
        return tuple(self._highlights)

    @highlights.setter
    def highlights(self, highlights: Sequence[Highlight]) -> None:
        self._highlights = list(highlights)
        self.redraw()

    def toggle_highlight(self, text: str) -> None:
        """Put a text or pattern forward in the next colour, or no longer."""
        self.highlights = toggled(self._highlights, text)

    def toggle_pretty(self, number: int) -> None:
        """Spread the JSON object of one line over rows, or no longer."""
        self._otherwise ^= {number}
        self._cut.pop(number, None)
        self.repaint()

    def watch_pretty(self) -> None:
        self._otherwise.clear()
        self._row = 0
        self.redraw()

    def watch_timestamps(self) -> None:
        if self._aging is not None:
            self._aging.stop()
        self._aging = self.set_interval(1.0, self.redraw) if self.timestamps == "age" else None
        self.redraw()
