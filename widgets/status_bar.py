"""One-line bars: pieces left and right; and the footer of keys. They repaint only when their text changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len
from textual.strip import Strip

from widgets.pieces import Piece, fit, plain_pieces, width_of
from widgets.toned import TONE_CSS, Toned


class StatusBar(Toned):
    """One line: what matters most on the left, the rest on the right.

    When both do not fit, the left is cut for a right that takes less than half; a longer right goes.
    """

    DEFAULT_CSS = f"""
    StatusBar {{ height: 1; {TONE_CSS} }}
    """

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._left: list[Piece] = []
        self._right: list[Piece] = []

    def show(self, left: Sequence[Piece], right: Sequence[Piece] = ()) -> None:
        """Show these pieces; nothing is sent when they are the same as before."""
        shown = (plain_pieces(left), plain_pieces(right))
        if shown != (self._left, self._right):
            self._left, self._right = shown
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line."""
        width = self.size.width
        wide_left, wide_right = width_of(self._left), width_of(self._right)
        if self._right and (wide_left + wide_right < width or wide_right < width // 2):
            left = [*_cut(self._left, width - wide_right - 1, pad=True), (" ", None)]
            return self.strip_of([*left, *self._right], width)
        return self.strip_of(_cut(self._left, width, pad=False), width)


def _cut(pieces: Sequence[Piece], room: int, *, pad: bool) -> list[Piece]:
    """`pieces` in `room` cells, an ellipsis where something is left out."""
    kept: list[Piece] = []
    for text, tone in pieces:
        size = cell_len(text)
        if size > room:
            kept.append((fit(text, room), tone))
            return kept
        kept.append((text, tone))
        room -= size
    if pad and room > 0:
        kept.append((" " * room, None))
    return kept


class KeyBar(Toned):
    """The footer: keys that work here and now, then the screens, as far as they fit."""

    DEFAULT_CSS = f"""
    KeyBar {{ height: 1; dock: bottom; {TONE_CSS} }}
    """

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._hints: list[tuple[str, str]] = []
        self._modes: list[tuple[str, str, bool]] = []

    def show(self, hints: Sequence[tuple[str, str]], modes: Sequence[tuple[str, str, bool]] = ()) -> None:
        """Show (key, words) pairs, and the screens as (key, word, whether it is this one)."""
        if (list(hints), list(modes)) != (self._hints, self._modes):
            self._hints, self._modes = list(hints), list(modes)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line."""
        width = self.size.width
        modes = self._mode_pieces(width)
        return self.strip_of([*self._hint_pieces(width - width_of(modes)), *modes], width)

    def _hint_pieces(self, room: int) -> list[Piece]:
        pieces: list[Piece] = []
        for key, words in self._hints:
            size = cell_len(key) + cell_len(words) + 3
            if size > room:
                break
            pieces += [(f" {key}", "strong"), (f" {words} ", "dim")]
            room -= size
        return [*pieces, (" " * room, None)]

    def _mode_pieces(self, width: int) -> list[Piece]:
        if not self._modes:
            return []
        wanted = sum(cell_len(key) + cell_len(words) + 3 for key, words in self._hints)
        for named in (True, False):
            pieces: list[Piece] = []
            for key, word, here in self._modes:
                text = f" {key} {word}" if named or here else f" {key}"
                pieces.append((text, "strong" if here else "dim"))
            pieces.append(("  / : ? ", "dim"))
            if wanted + width_of(pieces) <= width:
                break
        return pieces
