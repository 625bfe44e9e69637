"""The sources of a log of many: each has a letter, a label and a tone. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_lowercase, ascii_uppercase
from typing import Final, NamedTuple

from widgets.log_hues import HUES

_LETTERS: Final = ascii_uppercase + ascii_lowercase


class SourceMark(NamedTuple):
    """How the lines of one source are told from the others'."""

    letter: str
    label: str
    tone: str


def marks_of(labels: Sequence[str]) -> list[SourceMark]:
    """Marks for sources 0, 1, … of these labels."""
    return [SourceMark(letter_of(place), label, HUES[place % len(HUES)]) for place, label in enumerate(labels)]


def letter_of(number: int) -> str:
    """A-Z, a-z, then two letters: AA, AB, …"""
    if number < len(_LETTERS):
        return _LETTERS[number]
    first, second = divmod(number - len(_LETTERS), len(ascii_uppercase))
    return letter_of(first) + ascii_uppercase[second]
