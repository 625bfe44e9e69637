"""How things are: one scale and one glyph grammar for every screen and for the status report.

Owns the order of trouble ("worst first") and the glyphs. Must not know what is being judged.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class Health(IntEnum):
    """Ordered by how much an operator should care; sorting descending puts the worst first."""

    OFF = 0
    """Not installed or switched off on purpose."""
    GOOD = 1
    BUSY = 2
    """In progress: nothing is wrong yet."""
    UNKNOWN = 3
    """Could not be seen, or denied."""
    STALE = 4
    """Was known, is old now."""
    WARN = 5
    BAD = 6


GLYPHS: Final[dict[Health, str]] = {
    Health.OFF: "○",
    Health.GOOD: "●",
    Health.BUSY: "◷",
    Health.UNKNOWN: "?",
    Health.STALE: "~",
    Health.WARN: "▲",
    Health.BAD: "✖",
}
ASCII_GLYPHS: Final[dict[Health, str]] = {
    Health.OFF: "o",
    Health.GOOD: "*",
    Health.BUSY: ".",
    Health.UNKNOWN: "?",
    Health.STALE: "~",
    Health.WARN: "!",
    Health.BAD: "x",
}
WORDS: Final[dict[Health, str]] = {
    Health.OFF: "off",
    Health.GOOD: "good",
    Health.BUSY: "busy",
    Health.UNKNOWN: "unknown",
    Health.STALE: "stale",
    Health.WARN: "warning",
    Health.BAD: "broken",
}
"""For output without glyphs, and beside them: meaning is never by a sign alone."""


def worst(*healths: Health) -> Health:
    """The one to care about most; GOOD when there is none."""
    return max(healths, default=Health.GOOD)
