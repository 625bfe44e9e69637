"""Which columns stand where on a line of a given width. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class ColumnLike(Protocol):
    """What the layout reads of a column; widths in cells."""

    @property
    def id(self) -> str:
        """Stable name."""

    @property
    def title(self) -> str:
        """Header."""

    @property
    def width(self) -> int:
        """Least width."""

    @property
    def grow(self) -> int:
        """Share of the room left over."""

    @property
    def most(self) -> int:
        """Greatest width, 0 for none."""

    @property
    def right(self) -> bool:
        """Right-aligned."""

    @property
    def cut(self) -> str:
        """`end` or `middle`."""

    @property
    def drop(self) -> int:
        """Highest goes first; 0 never."""


class Placed(NamedTuple):
    """A column and the width it got."""

    column: ColumnLike
    width: int


GAP = 1
"""Cells between two columns."""
_FIXED = 2
"""Columns that stay when scrolled sideways: the glyph and the name."""


def place(columns: Sequence[ColumnLike], width: int, skip: int = 0) -> list[Placed]:
    """The columns that fit and their widths: some dropped when narrow, some grown when there is room.

    `skip` columns after the first two are left out, so that the later ones come into view.
    """
    kept = _without(columns, skip)
    while _least(kept) > width:
        worst = max(range(len(kept)), key=lambda index: (kept[index].drop, index), default=None)
        if worst is None or kept[worst].drop == 0 or len(kept) == 1:
            break
        del kept[worst]
    widths = {column.id: column.width for column in kept}
    _grow(kept, widths, width - _least(kept))
    return _cut_off([Placed(column, widths[column.id]) for column in kept], width)


def furthest(columns: Sequence[ColumnLike], width: int) -> int:
    """How many columns there is a reason to skip: until the rest fits, one always left."""
    most = max(0, len(columns) - _FIXED - 1)
    return next((skip for skip in range(most) if _least(_without(columns, skip)) <= width), most)


def _without(columns: Sequence[ColumnLike], skip: int) -> list[ColumnLike]:
    return [*columns[:_FIXED], *columns[_FIXED + skip :]]


def _least(columns: Sequence[ColumnLike]) -> int:
    return sum(column.width + GAP for column in columns)


def _grow(columns: Sequence[ColumnLike], widths: dict[str, int], room: int) -> None:
    """Share `room` by `grow`, up to `most`; what a full column leaves goes to the others."""
    while room > 0:
        open_ = [c for c in columns if c.grow and (not c.most or widths[c.id] < c.most)]
        shares = sum(column.grow for column in open_)
        if not shares:
            return
        given = 0
        for column in open_:
            step = min(room - given, max(1, room * column.grow // shares))
            if column.most:
                step = min(step, column.most - widths[column.id])
            widths[column.id] += step
            given += step
        room -= given


def _cut_off(placed: list[Placed], width: int) -> list[Placed]:
    """On a line too narrow even for what never goes, the last columns give way."""
    kept: list[Placed] = []
    for one in placed:
        room = width - sum(before.width + GAP for before in kept) - GAP
        if room < 1:
            break
        kept.append(Placed(one.column, min(one.width, room)))
    return kept
