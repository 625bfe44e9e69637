"""A page of toned lines, made by whoever shows it. Scrolls when it is longer than its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.geometry import Size

from widgets.line_view import LineView
from widgets.pieces import Piece, wrap_pieces


class Page(LineView):
    """Lines of pieces; showing the same lines again sends nothing."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._lines: list[Sequence[Piece]] = []

    def show(self, lines: Sequence[Sequence[Piece]]) -> None:
        """Show these lines; the place stays."""
        self._lines = list(lines)
        self.forget_lines()
        self.repaint()

    def line_count(self) -> int:
        return len(self._lines)

    def line(self, number: int) -> Sequence[Piece]:
        return self._lines[number]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The rows its lines take, for a page whose height is `auto`."""
        if not self.wrap:
            return len(self._lines)
        return sum(len(wrap_pieces(line, width)) for line in self._lines)
