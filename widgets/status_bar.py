"""One-line bars: pieces left and right; and the footer of keys. They repaint only when their text changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len
from textual.strip import Strip

from widgets.toned import TONE_CSS, Piece, Toned, fit


class StatusBar(Toned):
    """One line: what matters most on the left, the rest on the right; the left is cut last."""

    DEFAULT_CSS = f"""
    StatusBar {{ height: 1; {TONE_CSS} }}
    """

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._left: list[Piece] = []
        self._right: list[Piece] = []

    def show(self, left: Sequence[Piece], right: Sequence[Piece] = ()) -> None:
        """Show these pieces; nothing is sent when they are the same as before."""
        if (list(left), list(right)) != (self._left, self._right):
            self._left, self._right = list(left), list(right)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line."""
        width = self.size.width
        wide_right = sum(cell_len(text) for text, _tone in self._right)
        wide_left = sum(cell_len(text) for text, _tone in self._left)
        right = self._right if wide_left + wide_right < width or wide_right < width // 2 else []
        room = width - (sum(cell_len(text) for text, _tone in right) if right else 0)
        return self.strip_of([*_cut(self._left, room, pad=bool(right)), *right], width)


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
        room = width - sum(cell_len(text) for text, _tone in modes)
        return self.strip_of([*self._hint_pieces(room), *modes], width)

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
        wanted = sum(len(key) + len(words) + 3 for key, words in self._hints)
        for named in (True, False):
            pieces: list[Piece] = []
            for key, word, here in self._modes:
                text = f" {key} {word}" if named or here else f" {key}"
                pieces.append((text, "strong" if here else "dim"))
            pieces.append(("  / : ? ", "dim"))
            if not named or wanted + sum(cell_len(text) for text, _tone in pieces) <= width:
                return pieces
        return []
