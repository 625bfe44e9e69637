"""A search over numbered lines: which match, which one is current, and the marks on a line."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from widgets.toned import Piece


class Search:
    """What is searched for, and the numbers of the lines that hold it, ascending."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pattern = compile_search(text)
        self.matches: list[int] = []
        self.current: int | None = None

    @property
    def note(self) -> str:
        """`/nccl 3 of 17`."""
        if not self.matches:
            return f"/{self.text} not found"
        place = bisect_left(self.matches, self.current) + 1 if self.current is not None else 0
        return f"/{self.text} {place} of {len(self.matches)}" if place else f"/{self.text} {len(self.matches)}"

    def step(self, step: int, near: int) -> int | None:
        """The next (1) or previous (-1) match after the current one, else after line `near`; goes round."""
        if not self.matches:
            return None
        here = self.current if self.current is not None else near - (1 if step > 0 else 0)
        place = bisect_left(self.matches, here + 1) if step > 0 else bisect_left(self.matches, here) - 1
        self.current = self.matches[place % len(self.matches)]
        return self.current


def compile_search(text: str) -> re.Pattern[str]:
    """The pattern of what was typed, case ignored; text that is no pattern is taken as it stands."""
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error:
        return re.compile(re.escape(text), re.IGNORECASE)


def marked(pieces: Sequence[Piece], pattern: re.Pattern[str]) -> list[Piece]:
    """`pieces` with what matches put in the tone `match`."""
    shown: list[Piece] = []
    for text, tone in pieces:
        end = 0
        for found in pattern.finditer(text):
            if found.end() > found.start():
                shown += [(text[end : found.start()], tone), (found[0], "match")]
                end = found.end()
        shown.append((text[end:], tone))
    return [piece for piece in shown if piece[0]]
