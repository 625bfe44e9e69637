"""What the terminal shows, what it should show, and the shortest way from the one to the other.

Pure: segments in, one string of escape sequences out. What is taken in may be sent at once or later: nothing is
lost by waiting. Rows that hold wide or combining characters are sent whole, since terminals differ on their
widths, and each such character is followed by a move to where the next one belongs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from tui.terminal.cells import UNKNOWN, WIDE, Row
from tui.terminal.look import NO_LOOK, Look, ground_of, look_of, on_same_ground, step
from tui.terminal.scroll import Move, find_move

Patch = tuple[int, int, Iterable[Segment]]
"""Row, column, and the segments to put there."""

_ERASE: Final = 6
"""Blank cells at the end of a row from which erasing them is cheaper than sending them."""
_MOVABLE: Final = 3
"""Changed rows from which on it is looked whether they only moved."""
_STYLES: Final = 4096
"""Styles whose codes are remembered."""


class Shadow:
    """Two copies of the screen's cells: as sent, and as wanted.

    `erases` says whether the terminal erases with the background that is set (most do, screen does not).
    """

    def __init__(self, width: int, height: int, colors: ColorSystem | None = None, *, erases: bool = True) -> None:
        self.width, self.height = width, height
        self._colors = colors or ColorSystem.STANDARD
        self._erases = erases
        self._wanted = [Row(width) for _ in range(height)]
        self._sent = list(self._wanted)
        self._texts: dict[int, str] = {}
        self._dirty: set[int] = set()
        self._styles: dict[Style | None, tuple[Look, Look]] = {None: (NO_LOOK, NO_LOOK)}
        self._looks: dict[Look, Look] = {NO_LOOK: NO_LOOK}

    def take(self, patches: Iterable[Patch]) -> None:
        """Take in what should be shown."""
        for y, x, segments in patches:
            if 0 <= y < self.height:
                row = self._wanted[y]
                if row is self._sent[y]:
                    row = self._wanted[y] = row.copy()
                self._dirty.add(y)
                for text, style, control in segments:
                    if not control:
                        look, ground = self._styles.get(style) or self._look(style)
                        x = row.put(x, text, ground if text.isspace() else look)

    def forget(self) -> None:
        """Something else wrote to the terminal: all of it is sent anew."""
        self._sent = [Row(self.width) for _ in range(self.height)]
        self._wanted = [row.copy() for row in self._wanted]
        self._texts.clear()
        self._dirty = set(range(self.height))

    def frame(self) -> str:
        """What to write so that the terminal shows what is wanted; empty when it does."""
        changed = [y for y in sorted(self._dirty) if self._differs(y)]
        self._dirty.clear()
        out: list[str] = []
        if len(changed) >= _MOVABLE:
            changed = self._move_first(out, changed)
        else:
            for y in changed:
                self._texts.pop(y, None)
        look = NO_LOOK
        for y in changed:
            look = self._send_row(out, y, look)
        out.append(step(look, NO_LOOK))
        return "".join(out)

    def _differs(self, y: int) -> bool:
        if self._wanted[y].same(self._sent[y]):
            self._wanted[y] = self._sent[y]
            return False
        return True

    # -- moving what is there

    def _move_first(self, out: list[str], changed: list[int]) -> list[int]:
        """Let the terminal move what only moved; returns the rows that may differ then."""
        before = [self._texts.get(y) or row.text for y, row in enumerate(self._sent)]
        after = list(before)
        for y in changed:
            after[y] = self._wanted[y].text
        if move := find_move(before, after):
            out.append(self._move(move))
            changed = sorted({*changed, *range(move.top, move.bottom + 1)})
        self._texts = dict(enumerate(after))
        return changed

    def _move(self, move: Move) -> str:
        """Let the terminal move rows; those it makes blank are unknown, as terminals differ on their colour."""
        rows = {y: self._sent[source] for y, source in move.sources().items()}
        for y in range(move.top, move.bottom + 1):
            self._sent[y] = rows.get(y) or Row(self.width)
        verb = f"\x1b[{move.by}M" if move.by > 0 else f"\x1b[{-move.by}L"
        return f"\x1b[{move.top + 1};{move.bottom + 1}r\x1b[{move.top + 1};1H{verb}\x1b[r"

    # -- sending what is new

    def _send_row(self, out: list[str], y: int, look: Look) -> Look:
        """Send the difference of a row; returns the look it leaves set."""
        before, row = self._sent[y], self._wanted[y]
        if before.same(row):
            self._wanted[y] = before
            return look
        self._sent[y] = row
        if row.is_odd() or before.is_odd():
            return self._send_whole(out, y, look)
        for place, (start, end) in enumerate(row.runs(before)):
            out.append(f"\x1b[{start + 1}G" if place else f"\x1b[{y + 1};{start + 1}H")
            look = self._send_run(out, row, start, end, look)
        return look

    def _send_run(self, out: list[str], row: Row, start: int, end: int, look: Look) -> Look:
        """Cells all terminals agree on; what is blank to the end of the row is erased."""
        blank = max(start, row.blank_from()) if end == self.width else end
        erase = end - blank >= _ERASE and (self._erases or not row.looks[-1].background)
        for text, wanted in row.stretches(start, blank if erase else end):
            look = _change(out, look, wanted, text)
            out.append(text)
        if erase:
            look = _change(out, look, row.looks[-1], " ")
            out.append("\x1b[K")
        return look

    def _send_whole(self, out: list[str], y: int, look: Look) -> Look:
        """A row with doubtful cells: cleared first, and after each of them a move to where the next belongs."""
        row = self._sent[y]
        out.append(f"\x1b[{y + 1};1H{step(look, row.looks[0])}\x1b[K")
        look, unsure = row.looks[0], False
        cleared = on_same_ground(look, row.looks[-1]) and (self._erases or not look.background)
        end = row.blank_from() if cleared else self.width
        for x, (text, wanted) in enumerate(zip(row.texts[:end], row.looks, strict=False)):
            if text == WIDE:
                unsure = True
                continue
            odd = len(text) > 1 or text > "\uffff" or row.texts[x + 1 : x + 2] == [WIDE]
            if unsure and not odd:
                out.append(f"\x1b[{x + 1}G")
            unsure = odd
            look = _change(out, look, wanted, text)
            out.append(" " if text == UNKNOWN else text)
        return look

    def _look(self, style: Style | None) -> tuple[Look, Look]:
        """The look of a style, and that of a blank in it; equal looks are one object."""
        if len(self._styles) >= _STYLES:
            self._styles = {None: (NO_LOOK, NO_LOOK)}
        look = look_of(style, self._colors)
        ground = ground_of(look)
        looks = (self._looks.setdefault(look, look), self._looks.setdefault(ground, ground))
        self._styles[style] = looks
        return looks


def _change(out: list[str], look: Look, wanted: Look, text: str) -> Look:
    """Set another look, unless it does not show on this text; returns the look that is set."""
    if wanted is look or (text.isspace() and on_same_ground(look, wanted)):
        return look
    out.append(step(look, wanted))
    return wanted
