"""How the overview shares its height among the panes: trouble first, then fairness, nothing jumps.

Pure arithmetic on rows of cells.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct


class Want(Struct, frozen=True):
    """What one pane asks for, in rows with its title."""

    least: int
    """Below this it says nothing useful."""
    must: int
    """To show all its trouble."""
    most: int
    """To show all it has."""


def allot(height: int, wants: Sequence[Want]) -> list[int]:
    """Heights that add up to `height`: the least of each, then `must`, then `most`, the rest to the last.

    On a screen too low for the least of all, the last panes go without.
    """
    given = [0] * len(wants)
    left = _raise(given, [want.least for want in wants], height, whole=True)
    left = _raise(given, [max(want.least, want.must) for want in wants], left)
    left = _raise(given, [max(want.least, want.must, want.most) for want in wants], left)
    given[-1] += left
    return given


def together(wants: Sequence[Want], columns: int) -> list[Want]:
    """What each row of a grid asks for: the most that any of its `columns` panes does."""
    rows = [wants[start : start + columns] for start in range(0, len(wants), columns)]
    return [
        Want(max(w.least for w in row), max(w.must for w in row), max(w.most for w in row)) for row in rows
    ]  # fmt: skip


def _raise(given: list[int], goals: Sequence[int], left: int, *, whole: bool = False) -> int:
    """Lift each towards its goal a row at a time, in turn; `whole`: in order, each fully before the next."""
    if whole:
        for index, goal in enumerate(goals):
            step = min(left, goal)
            given[index], left = step, left - step
        return left
    while left > 0:
        short = [index for index, goal in enumerate(goals) if given[index] < goal]
        if not short:
            break
        for index in short[:left]:
            given[index] += 1
        left -= min(left, len(short))
    return left
