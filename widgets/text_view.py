"""A document of plain lines: describe, YAML. Search, wrap, sideways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from widgets.line_view import LineView
from widgets.pieces import Piece
from widgets.searching import Search, marked


class TextView(LineView):
    """Lines of text."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._lines: list[str] = []
        self._search: Search | None = None
        self._anchor = 0

    def set_lines(self, lines: Sequence[str]) -> None:
        """Show these lines; the place stays, a search goes on."""
        self._lines = list(lines)
        if self._search is not None:
            self._find(self._search)
        self._renew()

    def line_count(self) -> int:
        return len(self._lines)

    def line(self, number: int) -> Sequence[Piece]:
        pieces: list[Piece] = [(self._lines[number], None)]
        return marked(pieces, self._search.pattern) if self._search else pieces

    def over(self, number: int) -> str:
        return "mark" if self._search is not None and self._search.current == number else ""

    def search(self, text: str) -> None:
        """Mark every match and go to the first at or below the top; empty text ends the search."""
        if not text:
            self.clear_search()
            return
        self._anchor = self.top if self._search is None else self._anchor
        self._search = Search(text)
        self._find(self._search)
        self.forget_lines()
        self._go(self._search.step(1, self._anchor))

    def _find(self, search: Search) -> None:
        found = search.pattern.search
        search.matches = [number for number, line in enumerate(self._lines) if found(line)]

    def clear_search(self) -> bool:
        """End the search; False when there was none."""
        was, self._search = self._search, None
        self._renew()
        return was is not None

    def next_match(self, step: int) -> None:
        """Go to the next (1) or previous (-1) match."""
        if self._search is not None:
            self._go(self._search.step(step, self.top))
            self._anchor = self.top

    def _go(self, number: int | None) -> None:
        if number is not None:
            self.scroll_to_line(number)
        self.repaint()

    def _renew(self) -> None:
        self.forget_lines()
        self.repaint()

    @property
    def search_note(self) -> str:
        """`/text 3 of 17`, empty without a search."""
        return self._search.note if self._search is not None else ""

    def all_lines(self) -> Iterator[str]:
        """The whole document."""
        return iter(self._lines)

    def text_of_view(self) -> str:
        """What is on screen."""
        return "\n".join(self._lines[number] for number in self.visible_lines())
