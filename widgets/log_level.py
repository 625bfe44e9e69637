"""How bad a line of a log is, as its program says it: klog, Python's logging, logfmt, JSON, bare words. Pure.

Lines that go on from the one before (indented, empty, a traceback up to its exception) are as bad as that.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Final


class Level(IntEnum):
    """From the least to the worst; a line that says nothing is INFO."""

    DEBUG = 0
    INFO = 1
    WARNING = 2
    ERROR = 3


CONTINUED: Final = 0x80
"""Added to the level of a line that goes on from the one before."""
_HEAD: Final = 400
"""Bytes of a line that are looked at."""

_WORDS: Final = {
    "debug": Level.DEBUG, "trace": Level.DEBUG,
    "info": Level.INFO, "notice": Level.INFO, "information": Level.INFO,
    "warn": Level.WARNING, "warning": Level.WARNING,
    "error": Level.ERROR, "err": Level.ERROR, "fatal": Level.ERROR, "critical": Level.ERROR, "crit": Level.ERROR,
    "panic": Level.ERROR, "dpanic": Level.ERROR,
}  # fmt: skip
_LETTERS: Final = {"I": Level.INFO, "W": Level.WARNING, "E": Level.ERROR, "F": Level.ERROR}
_ANY: Final = "|".join(sorted(_WORDS, key=len, reverse=True))
_CAPITAL: Final = "DEBUG|TRACE|INFO|NOTICE|WARNING|WARN|ERROR|FATAL|CRITICAL|PANIC"

_KLOG: Final = re.compile(rb"\[?([IWEF])[01]\d[0-3]\d \d\d:\d\d:\d\d")
_FIELD: Final = re.compile(
    rf"""(?i)\b(?:level|lvl|severity|levelname|loglevel)["']?\s?[=:]\s?["']?({_ANY})\b""".encode()
)
_WORD: Final = re.compile(rf"(?<![\w./-])(?:({_CAPITAL})(?![\w./])|(?i:\[ ?({_ANY})\]|<({_ANY})>))".encode())
_FIRST: Final = re.compile(
    rb"(?:[\w.]{0,200}(?:Error|Exception|Interrupt)|(?i:fatal|error|panic)(?: error)?)(?::|$)|(?i:(warning)):"
)
_WARNS: Final = re.compile(rb"[a-z]Warning: ")
_TRACEBACK: Final = b"Traceback (most recent call last)"
_CHAINED: Final = (b"During handling of the above exception", b"The above exception was the direct cause")
_PREFIX: Final = re.compile(
    rb"\[(?:rank|default)\d{1,5}\]:? ?|\[\d+,\d+\]<std\w{3}>: ?|\(\w[\w ]{0,40} pid=\d+(?:, ip=[\d.]+)?\) ?"
)
"""What launchers put before each line of a worker: torchrun, mpirun, ray."""
_LEADING: Final = re.compile(rb"\s+[\[<|]?(?:" + _CAPITAL.encode() + rb")\b")
SIGNS: Final = (b"err", b"warn", b"fatal", b"crit", b"debug", b"trace", b"exception", b"panic")
"""One of these, in lower case, or a klog header is in every line that is not INFO by itself."""
_KLOG_SIGN: Final = re.compile(rb"[WEF][01]\d[0-3]\d \d\d:")

State = tuple[Level, str]
"""The level of the last line of a source, and what it is in: nothing, a `traceback`, or a `chain` of them."""
BEGIN: Final[State] = (Level.INFO, "")


def level_of(text: bytes) -> Level | None:
    """What the text of one line says of itself, None for nothing."""
    text = text[:_HEAD]
    if found := _KLOG.match(text):
        return _LETTERS[found[1].decode()]
    if found := _FIELD.search(text) or _WORD.search(text):
        return _WORDS[next(word for word in found.groups() if word).decode().lower()]
    if _TRACEBACK in text:
        return Level.ERROR
    if found := _FIRST.match(text):
        return Level.WARNING if found[1] else Level.ERROR
    return Level.WARNING if _WARNS.search(text) else None


def follow(text: bytes, before: State) -> tuple[int, State]:
    """The level of a line after another of its source, CONTINUED when it goes on from that; and the state after it."""
    text = _bare(text)
    level, inside = before
    indented = not text or text[:1].isspace()
    if inside == "traceback":
        return _continued(level), (level, "traceback" if indented else "")
    if level is Level.ERROR and text.startswith(_CHAINED):
        return _continued(level), (level, "chain")
    if _TRACEBACK in text:
        return (_continued(Level.ERROR) if level is Level.ERROR else Level.ERROR), (Level.ERROR, "traceback")
    if indented and not _LEADING.match(text):
        return _continued(level), (level, inside if not text else "")
    told = level_of(text)
    level = Level.INFO if told is None else told
    return level, (level, "")


def goes_on(text: bytes) -> bool:
    """Whether a line by its looks belongs to the one before."""
    text = _bare(text)
    return not text or text[:1].isspace() or text.startswith(_CHAINED)


def _bare(text: bytes) -> bytes:
    text = text[:_HEAD]
    found = _PREFIX.match(text)
    return text[found.end() :] if found else text


def _continued(level: Level) -> int:
    return level if level is Level.INFO else level | CONTINUED


def may_tell(data: bytes) -> list[int]:
    """The places of the lines of `data` that may be other than INFO by themselves."""
    lower = data.lower()
    signs = [sign for sign in SIGNS if sign in lower]
    klog = _KLOG_SIGN.search(data) is not None
    if not signs and not klog:
        return []
    lines = lower.split(b"\n")
    places = {place for sign in signs for place, line in enumerate(lines) if sign in line}
    if klog:
        places.update(place for place, line in enumerate(data.split(b"\n")) if _KLOG_SIGN.search(line))
    return sorted(places)
