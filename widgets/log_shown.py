"""Which lines of a buffer are shown: those that pass the rules, of each run the last. Pure.

The work is done block by block, each at most some 64 KB, so that a caller may pause in between: new lines in order
as they come, old ones from the newest backwards after the rules changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from widgets.log_buffer import Block, LogBuffer
from widgets.log_bytes import LineBytes
from widgets.log_folds import Folds
from widgets.log_level import Level
from widgets.log_levels import Levels
from widgets.log_rules import ALL, Rules, Sieve

_PASSED: Final = 1
_FOLDED: Final = 2
"""Bits of a line's state. What has passed and is not folded is shown."""
_HIDE: Final = bytes(value & _FOLDED for value in range(256))
_PASS: Final = bytes(value | _PASSED for value in range(256))
_UNFOLD: Final = bytes(value & _PASSED for value in range(256))
_NOTHING: Final = Rules()


class Picture(NamedTuple):
    """Which lines were shown at an instant, from line `first` on, and for how many each stood."""

    first: int
    states: bytes | None
    counts: Sequence[int] | None

    def times(self, number: int) -> int:
        """For how many lines this one stands, 0 when it is not shown."""
        place = number - self.first
        if self.states is None:
            return 1 if place >= 0 else 0
        if not 0 <= place < len(self.states) or self.states[place] != _PASSED:
            return 0
        return self.counts[place] if self.counts is not None and place < len(self.counts) else 1


class LogShown:
    """The state of each line of a buffer. `version` changes whenever other lines are shown."""

    def __init__(self, buffer: LogBuffer, *, fold: bool = False) -> None:
        self.buffer = buffer
        self._sieve = Sieve(_NOTHING)
        self._states = LineBytes()
        self._low = self._high = 0
        self._folds = Folds(0) if fold else None
        self._levels: Levels | None = None
        self.version = 0

    # -- what is wanted

    @property
    def rules(self) -> Rules:
        """What a line must be to be seen."""
        return self._sieve.rules

    @rules.setter
    def rules(self, rules: Rules) -> None:
        if rules == self.rules:
            return
        self._sieve = Sieve(rules)
        levels = self.watch_levels() if rules.level is not None else None
        self._begin(self.buffer.end if levels is None else min(levels.end, self.buffer.end))

    def fold(self, on: bool) -> None:
        """Show of each run of lines only the last, or all."""
        if on == self.folding:
            return
        self._states.translate(_UNFOLD)
        if on and not self._sifting:
            self._folds = Folds(self.buffer.first)
            self._begin(self.buffer.end)
        else:
            self._folds = Folds(self.buffer.first) if on else None
        self.version += 1

    @property
    def folding(self) -> bool:
        """Whether of each run of lines only the last is shown."""
        return self._folds is not None

    def watch_levels(self) -> Levels:
        """From now on know the level of each line."""
        if self._levels is None:
            self._levels = Levels(self.buffer.first)
        return self._levels

    @property
    def knows_levels(self) -> bool:
        """Whether the level of each line is looked for."""
        return self._levels is not None

    def clear(self) -> None:
        """The buffer was cleared."""
        self._states, self._low, self._high = LineBytes(), 0, 0
        self._folds = Folds(0) if self._folds is not None else None
        self._levels = Levels(0) if self._levels is not None else None
        self.version += 1

    def _begin(self, high: int) -> None:
        """Sift anew: the lines from `high` on in order, those before it backwards."""
        self._trim()
        first, sieving = self.buffer.first, self.rules != _NOTHING
        if not self._sifting:
            self._states = LineBytes(first)
        self._states.reach(high)
        self._states.translate(_HIDE if sieving else _PASS)
        self._low, self._high = (high if sieving else first), high
        self.version += 1

    # -- the work

    @property
    def behind(self) -> int:
        """New lines that were not sifted yet."""
        return max(0, self.buffer.end - max(self._high, self.buffer.first)) if self._sifting else 0

    @property
    def done(self) -> bool:
        """Whether every line was looked at."""
        buffer = self.buffer
        if self._levels is not None and self._levels.end < buffer.end:
            return False
        if not self._sifting:
            return True
        folded = self._folds is None or self._folds.end >= buffer.end
        return folded and self._high >= buffer.end and self._low <= buffer.first

    @property
    def _sifting(self) -> bool:
        return self._folds is not None or self.rules != _NOTHING

    def step(self) -> bool:
        """Do the work of about one block; False when there is none."""
        self._trim()
        if self.done:
            return False
        end = self.buffer.end
        if self._levels is not None and self._levels.end < (self._high if self._sifting else end):
            self._levels.read(self.buffer.block(self._levels.end))
        elif self._sifting and self._high < end:
            self._forward(self.buffer.block(self._high))
        elif self._folds is not None and self._folds.end < end:
            self._folds.read(self.buffer.block(self._folds.end), self._fold)
        elif self._sifting and self._low > self.buffer.first:
            self._backward(self.buffer.block(self._low - 1))
        self.version += 1
        return True

    def _forward(self, block: Block) -> None:
        start = self._high
        if self._levels is not None and start <= self._levels.end < block.end:
            self._levels.read(block)
        self._states.add(start, self._passing(block, start, block.end))
        self._high = block.end
        if self._folds is not None and start <= self._folds.end < block.end:
            self._folds.read(block, self._fold)

    def _backward(self, block: Block) -> None:
        start = max(block.first, self.buffer.first)
        self._states.add(start, self._passing(block, start, self._low))
        self._low = start

    def _passing(self, block: Block, start: int, end: int) -> bytes:
        level = self.rules.level
        levels = self._levels.at_least(level, start, end) if level is not None and self._levels is not None else b""
        return self._sieve.passing(block, start, end, levels) if self.rules != _NOTHING else ALL * (end - start)

    def _fold(self, number: int) -> None:
        if number >= self._states.first:
            self._states[number] |= _FOLDED

    def _trim(self) -> None:
        """Forget what the buffer dropped."""
        first = self.buffer.first
        if self._levels is not None:
            self._levels.drop(first)
        if self._folds is not None:
            self._folds.drop(first)
        if self._states.end < first:  # more came than could be sifted
            self._states = LineBytes(first)
        self._states.drop(first)
        self._low, self._high = max(self._low, first), max(self._high, first)

    # -- what is shown

    def after(self, number: int) -> int | None:
        """The first line shown from `number` on."""
        number = max(number, self.buffer.first)
        if self._sifting:
            return self._states.after(_PASSED, number)
        return number if number < self.buffer.end else None

    def before(self, number: int) -> int | None:
        """The last line shown before `number`."""
        if self._sifting:
            found = self._states.before(_PASSED, number)
            return found if found is not None and found >= self.buffer.first else None
        number = min(number, self.buffer.end) - 1
        return number if number >= self.buffer.first else None

    def count(self) -> int:
        """How many lines are shown."""
        if not self._sifting:
            return len(self.buffer)
        self._trim()
        return self._states.count(_PASSED)

    def total(self) -> int:
        """How many lines would be shown without rules."""
        if not self._sifting:
            return len(self.buffer)
        self._trim()
        return self._states.count(0) + self._states.count(_PASSED) + self.behind

    def picture(self) -> Picture:
        """What is shown as of now: may be looked at in another thread."""
        first, states = self.buffer.first, self._states
        if not self._sifting:
            return Picture(first, None, None)
        counts = self._folds.counts(first) if self._folds is not None else None
        return Picture(first, states.part(first, states.end), counts)

    def hidden(self) -> int:
        """How many lines the rules hide, a run counted as one."""
        self._trim()
        return self._states.count(0, self._low, self._high) if self.rules != _NOTHING else 0

    def passes(self, number: int) -> bool:
        """Whether a line passes the rules, shown by itself or by the run it is in."""
        if not self._sifting:
            return True
        return self._states.first <= number < self._states.end and bool(self._states[number] & _PASSED)

    def standing(self, number: int) -> int:
        """The line that stands for this one: the last of its run."""
        buffer, states = self.buffer, self._states
        if self._folds is None or not states.first <= number < states.end or not states[number] & _FOLDED:
            return number
        source = buffer.source(number)
        for later in range(number + 1, states.end):
            if not states[later] & _FOLDED and buffer.source(later) == source:
                return later
        return number

    def times(self, number: int) -> int:
        """How many lines a line stands for."""
        return self._folds.count(number) if self._folds is not None else 1

    def level(self, number: int) -> Level | None:
        """The level of a line as far as it is known."""
        return self._levels.level(number) if self._levels is not None else None
