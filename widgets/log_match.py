"""Which lines of a block match a text or a pattern, by what they show. Pure.

Most lines match nothing: they are ruled out by a look for bytes that every match must hold, over the whole block
at once; only what remains is decoded and matched.
"""

from __future__ import annotations

import re
from typing import Final

from widgets.log_line import final, text_start
from widgets.searching import compile_search, is_literal, needles_of

_IN_STAMP: Final = re.compile(rb"[-0-9tz:.+ ]*$|[0-9z] ")
"""A needle that a timestamp may hold, or that may begin in it."""
_LEFT: Final = re.compile(r"\^|\\[AB]|\(\?<")
"""A pattern with one of these may match a text and not the same text after a timestamp."""


class Matcher:
    """A search text, made ready for blocks of lines. `matches` looks at one line's text alone."""

    def __init__(self, text: str) -> None:
        self.pattern = compile_search(text)
        self._needles = tuple(needle.encode() for needle in needles_of(text))
        self._whole = is_literal(text) and not any(map(_IN_STAMP.search, self._needles))
        self._blind = _LEFT.search(text) is not None

    def lines(self, data: bytes) -> list[int]:
        """The places of the lines of `data` (whole lines, each with its line feed) that match, ascending."""
        data = final(data)
        if self._needles:
            return self._holding(data)
        raws = data.split(b"\n")[:-1]
        if self._blind:
            return [place for place, raw in enumerate(raws) if self._matches(raw)]
        found = self.pattern.search
        lines = data.decode("utf-8", "replace").split("\n")[:-1]
        return [place for place, line in enumerate(lines) if found(line) and self._matches(raws[place])]

    def _holding(self, data: bytes) -> list[int]:
        lower = data.lower()
        if not any(needle in lower for needle in self._needles):
            return []
        places = self._candidates(lower)
        if self._whole or not places:
            return places
        raws = data.split(b"\n")
        return [place for place in places if self._matches(raws[place])]

    def _candidates(self, lower: bytes) -> list[int]:
        lines = lower.split(b"\n")
        if len(self._needles) == 1:
            needle = self._needles[0]
            return [place for place, line in enumerate(lines) if needle in line]
        return [place for place, line in enumerate(lines) if any(needle in line for needle in self._needles)]

    def _matches(self, raw: bytes) -> bool:
        return self.pattern.search(raw[text_start(raw) :].decode("utf-8", "replace")) is not None
