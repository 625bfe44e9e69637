"""Logs on standard output, what happens to them on standard error.

Owns how a line is printed: with or without its timestamp, with the name of its source before it, filtered, or as JSON.
One log without a filter is printed block by block.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from typing import IO, Final

import msgspec
from msgspec import Struct

from tui.client.log_group import Batch, Said
from tui.client.log_plain import printable
from tui.client.logs import Broken, Ended, Refused, Restarted, Resumed
from tui.core.units import age

_STAMP: Final = 31
"""Bytes of a timestamp with nine digits and the space after it."""
_SIGNS: Final = ((10, b"T"), (_STAMP - 2, b"Z"), (_STAMP - 1, b" "))
"""What such timestamps have in common, by place."""
_ANY_STAMP: Final = re.compile(rb"\d{4}-\d\d-\d\dT\S{8,30} ")
_HUES: Final = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)
"""Colours of the names before lines, as SGR numbers."""


class Look(Struct, frozen=True):
    """How lines are to be printed."""

    prefix: bool = False
    timestamps: bool = False
    grep: re.Pattern[bytes] | None = None
    invert: bool = False
    level: int = 0
    json: bool = False
    colours: bool = False
    bar: str = "│"


class Named(Struct, frozen=True):
    """One log, as it is called."""

    pod: str
    container: str
    label: str


class Levels:
    """How bad each line is, by what it says and by the lines of its log before it."""

    def __init__(self, count: int) -> None:
        from widgets import log_level

        self._rules = log_level
        self._states = [log_level.BEGIN] * count

    def of(self, text: bytes, source: int) -> int:
        """The level of the next line of a log."""
        level, self._states[source] = self._rules.follow(text, self._states[source])
        return level & ~self._rules.CONTINUED


class Printer:
    """Takes what a group of logs gives. `out` gets bytes at once; `say` a sentence at a time."""

    def __init__(self, names: Sequence[Named], look: Look, out: IO[bytes], say: Callable[[str], None]) -> None:
        self._names, self._look, self._out, self._say = names, look, out, say
        self._width = max((len(name.label) for name in names), default=0)
        self._prefixes = [self._prefix(number) for number in range(len(names))]
        self._levels = Levels(len(names)) if look.level else None
        self._waits: dict[int, str] = {}
        """What those that have not begun wait for."""
        self.failed = False
        """Some log could not be read."""

    def lines(self, batch: Batch) -> None:
        """Whole lines came."""
        look = self._look
        if look.prefix or look.grep is not None or look.level or look.json:
            data = b"".join(self._chosen(batch))
        else:
            data = printable(batch.data if look.timestamps else bare(batch.data), colours=look.colours)
        if data:
            self._out.write(data)
            self._out.flush()

    def said(self, said: Said) -> None:
        """Something happened to one log."""
        self.failed = self.failed or isinstance(said.event, Refused)
        reason = said.event.problem if isinstance(said.event, Refused) else getattr(said.event, "reason", "")
        _, waits, why = str(reason).rpartition(" is waiting to start: ")
        if waits:
            self.waits(said.source, why)
            return
        if isinstance(said.event, Restarted):
            self._waits.pop(said.source, None)
        if words := _words(said.event):
            self._say(f"{self._names[said.source].label}: {words}")

    def waits(self, source: int, why: str) -> None:
        """A container has not begun."""
        if self._waits.get(source) != why:
            self._waits[source] = why
            self._say(f"{self._names[source].label}: waits to start: {why}")

    def _chosen(self, batch: Batch) -> list[bytes]:
        """The lines that are wanted, each as it is printed."""
        look, raw = self._look, batch.data.split(b"\n")[:-1]
        texts = printable(bare(batch.data), colours=look.colours).split(b"\n")
        found = []
        for number, line in enumerate(raw):
            text, source = texts[number], batch.sources[number] if batch.sources else 0
            if look.prefix or look.json:
                text = text.rpartition(b"\r")[2]  # it would go back over the name: what a progress bar left is enough
            if self._is_wanted(text, source):
                found.append(self._printed(line, text, source))
        return found

    def _is_wanted(self, text: bytes, source: int) -> bool:
        look = self._look
        if self._levels is not None and self._levels.of(text, source) < look.level:
            return False
        return look.grep is None or bool(look.grep.search(text)) != look.invert

    def _printed(self, line: bytes, text: bytes, source: int) -> bytes:
        look, found = self._look, _ANY_STAMP.match(line)
        stamp = found[0] if found else b""
        if look.json:
            name = self._names[source]
            each = {
                "time": stamp.decode().rstrip(), "pod": name.pod, "container": name.container,
                "text": text.decode("utf-8", "replace"),
            }  # fmt: skip
            return msgspec.json.encode(each) + b"\n"
        prefix = self._prefixes[source] if look.prefix else b""
        return b"%b%b%b\n" % (prefix, stamp if look.timestamps else b"", text)

    def _prefix(self, number: int) -> bytes:
        name = self._names[number].label.ljust(self._width)
        before, after = (f"\x1b[{_HUES[number % len(_HUES)]}m", "\x1b[0m") if self._look.colours else ("", "")
        return f"{before}{name} {self._look.bar}{after} ".encode()


def bare(block: bytes) -> bytes:
    """Whole lines without their timestamps."""
    lines = block.split(b"\n")
    lines.pop()
    heads, count = b"".join([line[:_STAMP] for line in lines]), len(lines)
    if len(heads) == _STAMP * count and all(heads[at::_STAMP] == sign * count for at, sign in _SIGNS):
        return b"\n".join([line[_STAMP:] for line in lines]) + b"\n"
    return b"\n".join([_ANY_STAMP.sub(b"", line, 1) if _ANY_STAMP.match(line) else line for line in lines]) + b"\n"


def _words(event: object) -> str:
    """What to say of an event; empty for nothing."""
    match event:
        case Broken():
            return f"broken, coming back: {event.reason}"
        case Resumed():
            return f"reconnected after {age(event.after)}, {f'a gap: {event.gap}' if event.gap else 'no line lost'}"
        case Restarted():
            return f"restarted: {event.reason}"
        case Refused():
            return str(event.problem)
        case Ended():
            return ""
    raise TypeError(event)


def speak(ascii_: bool) -> Callable[[str], None]:
    """Say a sentence on standard error."""
    mark = "--" if ascii_ else "──"

    def say(words: str) -> None:
        print(f"{mark} {words}", file=sys.stderr, flush=True)

    return say
