"""A live log to be read: followed or scrolled, searched, gone through error by error and mark by mark, copied.

Owns where the reader is and what is looked for.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from textual.message import Message

from widgets import log_line
from widgets.log_buffer import Block
from widgets.log_face import LogFace
from widgets.log_search import LogSearch
from widgets.log_shown import Picture
from widgets.log_time import Times
from widgets.pieces import Piece
from widgets.searching import marked

__all__ = ["LogView", "Times"]


class LogView(LogFace):
    """The lines of one log."""

    @dataclass
    class Noted(Message):
        """It follows or no longer does, its view is sampled, or its search and filters have found more."""

        view: LogView

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._search: LogSearch | None = None
        self._stands: tuple[int, int] | None = None
        """The line of a run that is shown for it, because it is the current match: the run's last line, and it."""
        self._current: int | None = None
        """The error or mark that was gone to."""
        self._goal: int | None = None
        """The error that is to be gone to when all are known: the next (1), the one before (-1), the first (0)."""
        self._seen = 0
        self._noted: tuple[Any, ...] = ()

    def clear(self) -> None:
        self._search = self._stands = self._current = self._goal = None
        self._seen = 0
        super().clear()

    def repaint(self) -> None:
        if self.following:
            self._seen = self._buffer.end
        super().repaint()
        noted = (self.following, self.sampled, self.search_note, self.filter_note, self._goal is None)
        if noted != self._noted:
            self._noted = noted
            self.post_message(self.Noted(self))

    @property
    def unseen(self) -> int:
        """Lines that came since following stopped."""
        return 0 if self.following else self._buffer.end - self._seen

    # -- moving

    def follow(self) -> None:
        """Go to the end and stay there."""
        self.moved()
        self.following = True
        self.repaint()

    def moved(self) -> None:
        super().moved()
        self._current = None

    def action_last(self) -> None:
        self.follow()

    def action_first(self) -> None:
        self.moved()
        super().action_first()

    def action_scroll(self, step: int) -> None:
        self.moved()
        super().action_scroll(step)
        if step > 0 and (self.top, self._row) >= self._bottom(self.size.height):
            self.follow()

    def scroll_to_line(self, number: int) -> None:
        self.moved()
        super().scroll_to_line(number)

    def visible_lines(self) -> list[int]:
        return [number for number in super().visible_lines() if number >= self._buffer.first]

    def over(self, number: int) -> str:
        current = self._search.current if self._search is not None else None
        here = number == self._current or (current is not None and number == self._shown.standing(current))
        return "mark" if here else ""

    def standing_in(self, number: int) -> int:
        return self._stands[1] if self._stands is not None and self._stands[0] == number else number

    @property
    def current_line(self) -> int | None:
        """The line that was gone to, else the last on screen while following, else the first."""
        lines = self.visible_lines()
        match = self._search.current if self._search is not None else None
        for number in (self._current, match):
            if number in lines:
                return number
        return (lines[-1] if self.following else lines[0]) if lines else None

    # -- search

    def search(self, text: str) -> None:
        """Look for text or a pattern and go to the newest match on or above the screen; empty text ends it."""
        if not text:
            self.clear_search()
            return
        before = self._search
        anchor = self._last_visible() if before is None or before.anchor is None else before.anchor
        self._search, self._stands = LogSearch(text, self._visible, self._buffer.first, anchor), None
        self.forget_lines()
        self.scan()
        self.repaint()

    def _last_visible(self) -> int:
        return max(self.visible_lines(), default=self._buffer.end)

    def _visible(self, raw: bytes) -> str:
        return log_line.text_of(log_line.split(raw)[1], self._decode)

    def found(self, pieces: Sequence[Piece]) -> Sequence[Piece]:
        return marked(pieces, self._search.pattern) if self._search is not None else pieces

    def clear_search(self) -> bool:
        """End the search; False when there was none."""
        was, self._search, self._stands = self._search, None, None
        self.redraw()
        return was is not None

    def next_match(self, step: int) -> None:
        """Go to the next (1) or previous (-1) match; of a run of lines to one at a time."""
        if self._search is None:
            return
        self._search.anchor = None
        self._go_to_match(self._search.step(step, self._last_visible() if step < 0 else self.top))

    def _go_to_match(self, number: int | None) -> None:
        if number is None:
            return
        last = self._shown.standing(number)
        stands = (last, number) if last != number else None
        if stands != self._stands:
            self._stands = stands
            self.forget_lines()
        self.scroll_to_line(last)

    @property
    def search_note(self) -> str:
        """`/text 3 of 17`, empty without a search."""
        return self._search.note if self._search is not None else ""

    def step(self) -> bool:
        return super().step() or self._search_step()

    def _search_step(self) -> bool:
        search, buffer = self._search, self._buffer
        if search is None:
            return False
        search.drop_before(buffer.first)
        if search.searched >= buffer.end:
            return False
        search.read(buffer.block(search.searched), self._shown.passes)
        return True

    def sifted(self) -> None:
        if self._search is not None:
            self._search.again(self._buffer.first)

    def scanned(self) -> None:
        search = self._search
        if search is not None and search.anchor is not None and search.fresh:
            search.fresh = False
            self._go_to_match(search.step(-1, search.anchor))
        if self._goal is not None:
            goal, self._goal = self._goal, None
            self._go_to_error(goal)

    # -- errors

    def first_error(self) -> None:
        """Go to the first error or traceback."""
        self._look_for_error(0)

    def next_error(self, step: int) -> None:
        """Go to the next (1) or previous (-1) error or traceback."""
        self._look_for_error(step)

    def _look_for_error(self, goal: int) -> None:
        self._shown.watch_levels()
        self._goal = goal
        self.scan()

    def _errors(self) -> list[int]:
        passes = self._shown.passes
        return [number for number in self._shown.watch_levels().errors if passes(number)]

    def _go_to_error(self, goal: int) -> None:
        errors = self._errors()
        self._go_to(errors[0] if errors and goal == 0 else self._beside(errors, goal))

    @property
    def error_note(self) -> str:
        """`error 2 of 5`, `no error`; empty before one was looked for."""
        if not self._shown.knows_levels:
            return ""
        if self._goal is not None:
            return "looking for errors…"
        errors = self._errors()
        place = bisect_left(errors, self._current) + 1 if self._current in errors and self._current is not None else 0
        if not errors:
            return "no error"
        return f"error {place} of {len(errors):,}" if place else f"{len(errors):,} error{'s' * (len(errors) > 1)}"

    def _beside(self, numbers: Sequence[int], step: int) -> int | None:
        """The next or previous of these, ascending, from the current line or the screen on; goes round."""
        if not numbers:
            return None
        here = self._current
        if here is None:
            lines = self.visible_lines() or [0]
            here = lines[0] - 1 if step > 0 else lines[-1] + 1
        place = bisect_left(numbers, here + 1) if step > 0 else bisect_left(numbers, here) - 1
        return numbers[place % len(numbers)]

    def _go_to(self, number: int | None) -> None:
        if number is not None:
            self.scroll_to_line(self._shown.standing(number))
            self._current = number
        self.repaint()

    # -- marks

    def mark(self) -> bool:
        """Put a mark on the current line or take it away; whether it is there now."""
        number = self.current_line
        if number is None:
            return False
        self._marks ^= {number}
        self._current = number
        self.redraw()
        return number in self._marks

    def next_mark(self, step: int) -> None:
        """Go to the next (1) or previous (-1) mark that is shown."""
        self._marks = {number for number in self._marks if number >= self._buffer.first}
        self._go_to(self._beside(sorted(filter(self._shown.passes, self._marks)), step))

    @property
    def marks(self) -> Sequence[int]:
        """The lines that are marked, ascending."""
        return sorted(number for number in self._marks if number >= self._buffer.first)

    # -- text out

    def all_lines(self) -> Iterator[str]:
        """Every line kept as of now, as text: may be walked through in another thread."""
        first = self._buffer.first
        return self._texts(tuple(self._buffer.blocks(first)), Picture(first, None, None))

    def shown_lines(self) -> Iterator[str]:
        """Every line that the filters let through as of now, runs as one: may be walked through in another thread."""
        return self._texts(tuple(self._buffer.blocks(self._buffer.first)), self._shown.picture())

    def _texts(self, blocks: Iterable[Block], picture: Picture) -> Iterator[str]:
        labels = [mark.label for mark in self._sources] if len(self._sources) > 1 else []
        for block in blocks:
            for number in range(block.first, block.end):
                if times := picture.times(number):
                    text = self._text(block, number, labels)
                    yield f"{text} (×{times:,})" if times > 1 else text

    def _text(self, block: Block, number: int, labels: Sequence[str]) -> str:
        stamp, rest = log_line.split(block.line(number))
        source = block.source(number)
        label = f"[{labels[source]}] " if source is not None and source < len(labels) else ""
        if block.divider:
            return f"{label}── {block.line(number).decode()} ──"
        text = log_line.text_of(rest, self._decode)
        return f"{label}{stamp} {text}" if stamp else label + text

    def text_of_view(self) -> str:
        """What is on screen."""
        return "\n".join("".join(text for text, _tone in self.line(number)) for number in self.visible_lines())
