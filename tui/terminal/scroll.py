"""Which part of the screen only moved up or down, so that the terminal can move it itself. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple

_WORTH: Final = 3
"""Rows that need not be sent, from which on moving is worth its own bytes."""
_ALIKE: Final = 3
"""Rows of one text beyond which they say nothing about where a row went: rules, blanks."""


class Move(NamedTuple):
    """Rows `top` to `bottom` move up by `by` rows (down when negative)."""

    top: int
    bottom: int
    by: int

    def sources(self) -> dict[int, int]:
        """The rows that keep a text, and where it comes from."""
        first, last = (self.top, self.bottom - self.by) if self.by > 0 else (self.top - self.by, self.bottom)
        return {y: y + self.by for y in range(first, last + 1)}


def find_move(before: Sequence[str], after: Sequence[str]) -> Move | None:
    """The move that saves most rows from being sent, if it saves enough. Rows are given as texts."""
    by = _distance(before, after)
    if by == 0:
        return None
    first, last = max(0, -by), len(after) - 1 - max(0, by)
    gains = [_gain(before, after, y, by) for y in range(first, last + 1)]
    start, end, gained = _best(gains)
    if gained < _WORTH:
        return None
    start, end = start + first, end + first
    move = Move(start, end + by, by) if by > 0 else Move(start + by, end, by)
    lost = sum(before[y] == after[y] for y in range(move.top, move.bottom + 1) if not start <= y <= end)
    return move if gained - lost >= _WORTH else None


def _distance(before: Sequence[str], after: Sequence[str]) -> int:
    """How far most of the changed rows moved; 0 when that cannot be told."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for y, text in enumerate(before):
        places[text].append(y)
    votes: Counter[int] = Counter()
    for y, text in enumerate(after):
        if text != before[y] and text.strip():
            sources = places.get(text, ())
            if len(sources) <= _ALIKE:
                votes.update(source - y for source in sources)
    if not votes:
        return 0
    by, count = votes.most_common(1)[0]
    return by if count >= _WORTH else 0


def _gain(before: Sequence[str], after: Sequence[str], y: int, by: int) -> int:
    """1 when the move spares row `y`, -1 when it spoils it, else 0."""
    return int(before[y] != after[y]) - int(before[y + by] != after[y])


def _best(gains: Sequence[int]) -> tuple[int, int, int]:
    """The stretch with the greatest sum: first and last index, and the sum."""
    best = (0, -1, 0)
    start = total = 0
    for index, gain in enumerate(gains):
        if total <= 0:
            start, total = index, 0
        total += gain
        if total > best[2]:
            best = (start, index, total)
    return best
