"""Which lines of a log only repeat the one before of their source, or bring its progress bar forward. Pure.

A line is folded when the next one of its source goes on from it: the last of a run stands for all. Two lines are
the same when they differ in nothing but a time that the program itself put first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from widgets.log_line import text_start

_TIME: Final = re.compile(
    rb"[\[(]?(?:\d{4}[-/.]\d\d[-/.]\d\d[T ,]?)?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z| ?[+-]\d\d:?\d\d)?[\])]?[ ,:|-]{0,3}"
)
_KLOG: Final = re.compile(rb"([IWEF])[01]\d[0-3]\d \d\d:\d\d:\d\d\.\d{1,9} ")
_FRONT: Final = 88
"""Bytes that a line's timestamp and a time of its own take at most, with what is around them."""

_BAR: Final = rb"(?:\|[^|\r\n]{0,400}(?:\||$)|\[[=#>. -]{2,400}\])"
_DONE: Final = rb"(\d{1,3})(?:\.\d{1,4})?%\s?"
_PERCENT: Final = re.compile(rb"([^%\r\n]{0,120}?)\s{0,4}\b" + _DONE + _BAR)
_BARE: Final = re.compile(
    rb"((?i:epoch|train|valid|eval|test|download|upload|extract|load)[^%\r\n]{0,80}?)\s{0,4}\b" + _DONE + rb"\s*$"
)
_AFTER: Final = re.compile(rb"()" + _BAR + rb"\s{0,4}" + _DONE)
_STEPS: Final = re.compile(rb"([^\[\r\n]{0,80}?)\b(\d{1,9})(/\d{1,9}) ?\[[=#>.-]{2,400}\]")
_COUNT: Final = re.compile(rb"([^\r\n\[]{0,80}?)\b(\d{1,12})(it) \[\d\d:")
_SIGNS: Final = (b"%", b"[=", b"[>", b"[.", b"[#", b"[-", b"it [")
"""One of these is in every progress bar."""

Progress = tuple[bytes, int]
"""Which bar it is, and how far."""


def progress_of(text: bytes) -> Progress | None:
    """The progress bar that a line shows, None for none."""
    if not may_progress(text):
        return None
    text = text[:600]
    for bar in (_PERCENT, _AFTER, _BARE, _STEPS, _COUNT):
        if found := bar.match(text):
            return b"".join((found[1].strip(), *found.groups()[2:])), int(found[2])
    return None


def key_of(text: bytes) -> bytes:
    """A line without a time that its program put first."""
    if found := _KLOG.match(text):
        return found[1] + text[found.end() :]
    found = _TIME.match(text)
    return text[found.end() :] if found else text


def forward(before: Progress | None, after: Progress | None) -> bool:
    """Whether two states are of one bar, the second no less far."""
    return before is not None and after is not None and before[0] == after[0] and before[1] <= after[1]


def repeats(before: bytes, raw: bytes) -> bool:
    """Whether two lines, with their timestamps, say the same."""
    first, second = before[text_start(before) :], raw[text_start(raw) :]
    return bool(first and second) and key_of(first) == key_of(second)


def alike(lines: Sequence[bytes]) -> list[int]:
    """The places of the lines that may repeat the one before: nearly all others are told apart by their ends."""
    return [
        place
        for place, (before, raw) in enumerate(pairwise(lines), 1)
        if before[-1:] == raw[-1:] and (len(raw) <= _FRONT or before[_FRONT - len(raw) :] == raw[_FRONT - len(raw) :])
    ]


def may_progress(data: bytes) -> bool:
    """Whether there may be a progress bar among these lines."""
    return b"%" in data or (b"[" in data and any(sign in data for sign in _SIGNS[1:]))
