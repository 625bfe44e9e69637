"""A search over numbered lines: which match, which one is current, and the marks on a line."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from widgets.pieces import Piece


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
        """The next (1) or previous (-1) match after the current one, else from line `near` on; goes round."""
        if not self.matches:
            return None
        here = self.current if self.current is not None else near - (1 if step > 0 else -1)
        place = bisect_left(self.matches, here + 1) if step > 0 else bisect_left(self.matches, here) - 1
        self.current = self.matches[place % len(self.matches)]
        return self.current

    def drop_before(self, first: int) -> None:
        """Forget matches on lines before `first`; they are no longer kept."""
        del self.matches[: bisect_left(self.matches, first)]
        if self.current is not None and self.current < first:
            self.current = None


def compile_search(text: str) -> re.Pattern[str]:
    """The pattern of what was typed, case ignored; text that is no pattern is taken as it stands."""
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error:
        return re.compile(re.escape(text), re.IGNORECASE)


def is_literal(text: str) -> bool:
    """Whether a search text means only itself: such searches need no pattern and are several times faster."""
    return text.isascii() and not set(text) & set("\\.^$*+?{}[]|()")


def needles_of(text: str) -> tuple[str, ...]:
    """Lower-case texts of which every match of a search holds at least one; empty when none is sure.

    A search that looks for them first need not try its pattern on most lines.
    """
    if is_literal(text):
        return (text.lower(),) if text else ()
    try:
        re.compile(text)
    except re.error:
        return (text.lower(),) if text.isascii() else ()
    runs = [max(branch, key=len) for branch in _runs(text)]
    return tuple(runs) if "(?" not in text and all(len(run) > 1 for run in runs) else ()


_TOKEN: Final = re.compile(r"\\(?:x..|u.{4}|U.{8}|N\{[^}]*\}|\d+|.)|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[^}]*\}|.", re.DOTALL)


def _runs(pattern: str) -> list[list[str]]:
    """Of each branch of a pattern the texts that it holds for certain; what may be left out ends one."""
    branches: list[list[str]] = [[""]]
    depth = 0
    for token in _TOKEN.findall(pattern):
        runs = branches[-1]
        depth += (token == "(") - (token == ")")
        if token in ("*", "?") or token[0] == "{":
            runs[-1:] = [runs[-1][:-1], ""]
        elif not depth and token == "|":
            branches.append([""])
        elif not depth and (sure := _sure(token)):
            runs[-1] += sure
        else:
            runs.append("")
    return branches


def _sure(token: str) -> str:
    """The character that a part of a pattern stands for, empty when it may be several or none."""
    if not token.isascii() or token in (")", ".", "^", "$", "+") or (token[0] == "[" and len(token) > 1):
        return ""
    if token[0] == "\\":
        return "" if token[1:].isalnum() or len(token) != 2 else token[1]
    return token.lower()


def marked(pieces: Sequence[Piece], pattern: re.Pattern[str], tone: str = "match") -> list[Piece]:
    """`pieces` with what matches put in another tone, also where it runs over several pieces."""
    whole = "".join(text for text, _tone in pieces)
    cuts = [cut for found in pattern.finditer(whole) if found[0] for cut in found.span()]
    if not cuts:
        return list(pieces)
    shown: list[Piece] = []
    here = place = 0
    for text, own in pieces:
        end = here + len(text)
        while here < end:
            until = min(end, cuts[place] if place < len(cuts) else end)
            if until > here:
                shown.append((whole[here:until], tone if place % 2 else own))
            here = until
            if place < len(cuts) and here == cuts[place]:
                place += 1
    return shown
