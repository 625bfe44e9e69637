"""The runs of a log: which lines are folded into a later one, and how many each stands for. Pure.

Read in order as lines come; a run goes on however many other sources' lines lie between.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import Final

from widgets.log_buffer import Block
from widgets.log_fold import Progress, alike, forward, may_progress, progress_of, repeats
from widgets.log_line import final, text_start

_SPARE: Final = 4096
"""Counts of dropped lines that are kept before they are moved out."""

Fold = Callable[[int], None]
"""Takes the number of a line that is folded into a later one."""


class Folds:
    """`end` is the number of the first line that was not read."""

    def __init__(self, first: int) -> None:
        self._counts = array("I")
        self._first = first
        self._last: dict[int, tuple[int, bytes, Progress | None]] = {}
        """The last line of each source: its number, it as it came, and the progress bar that it shows."""

    @property
    def end(self) -> int:
        """The number of the first line that was not read."""
        return self._first + len(self._counts)

    def count(self, number: int) -> int:
        """How many lines this one stands for, as far as they were read."""
        place = number - self._first
        return self._counts[place] if 0 <= place < len(self._counts) else 1

    def counts(self, first: int) -> Sequence[int]:
        """The counts of the lines from `first` on, as of now."""
        return self._counts[max(0, first - self._first) :]

    def drop(self, first: int) -> None:
        """Forget the lines before `first`."""
        if first > self.end:
            self._counts, self._first = array("I"), first
            self._last.clear()
        elif first - self._first >= _SPARE:
            del self._counts[: first - self._first]
            self._first = first

    def read(self, block: Block, fold: Fold) -> None:
        """Take the block's lines that were not read, and say which lines are folded by them."""
        start = self.end
        if block.divider:
            self._counts.append(1)
            self._interrupt(block.source(block.first))
            return
        data, sources = final(block.data_between(start, block.end)), block.sources_between(start, block.end)
        lines = data.split(b"\n")[:-1]
        self._counts.extend(array("I", (1,)) * len(lines))
        if sources or may_progress(data):
            self._read_each(lines, sources, start, fold)
        else:
            self._read_alike(lines, start, fold)

    def _read_each(self, lines: Sequence[bytes], sources: bytes, start: int, fold: Fold) -> None:
        last = self._last
        for number, raw in enumerate(lines, start):
            source = sources[number - start] if sources else 0
            before = last.get(source)
            bar = progress_of(raw[text_start(raw) :])
            last[source] = number, raw, bar
            if before is None:
                continue
            if forward(before[2], bar) or (alike((before[1], raw)) and repeats(before[1], raw)):
                self._fold(before[0], number, fold)

    def _read_alike(self, lines: Sequence[bytes], start: int, fold: Fold) -> None:
        """The same for lines of one source without progress bars: several times faster."""
        before = self._last.get(0)
        first, known = (start - 1, [before[1]]) if before is not None else (start, [])
        known += lines
        for place in alike(known):
            if repeats(known[place - 1], known[place]):
                number = first + place
                self._fold(before[0] if before is not None and place == 1 else number - 1, number, fold)
        self._last[0] = start + len(lines) - 1, lines[-1], None

    def _fold(self, before: int, number: int, fold: Fold) -> None:
        fold(before)
        self._counts[number - self._first] = self.count(before) + 1

    def _interrupt(self, source: int | None) -> None:
        """A divider ends the runs of its source, or of all."""
        if source is None:
            self._last.clear()
        else:
            self._last.pop(source, None)
