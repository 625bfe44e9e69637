"""The levels of all lines of a log, read in order as they come, and where its errors begin. Pure."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from widgets.ansi import without_escapes
from widgets.log_buffer import Block, LogBuffer
from widgets.log_bytes import LineBytes
from widgets.log_level import BEGIN, CONTINUED, Level, State, follow, goes_on, may_tell
from widgets.log_line import final, text_start

_WORSE: Final = {least: bytes(value & ~CONTINUED >= least for value in range(256)) for least in Level}
"""For each level a table: whether a line of this byte is as bad or worse."""

_BACK: Final = 60
"""Lines before one that are looked at to find what it goes on from."""
_LOOK: Final = 1024
"""Bytes of each of them."""


class Levels:
    """`end` is the number of the first line that was not read."""

    def __init__(self, first: int) -> None:
        self._bytes = LineBytes(first)
        self.since = first
        """The line from which on all were read: what the first ones go on from is unknown."""
        self._states: dict[int, State] = {}
        self.errors: list[int] = []
        """The lines at which an error begins, ascending."""

    @property
    def end(self) -> int:
        """The number of the first line that was not read."""
        return self._bytes.end

    def level(self, number: int) -> Level | None:
        """The level of a line, None when it was not read."""
        if not self._bytes.first <= number < self.end:
            return None
        return Level(self._bytes[number] & ~CONTINUED)

    def at_least(self, least: Level, start: int, end: int) -> bytes:
        """For each line whether it is as bad or worse."""
        return self._bytes.part(start, end).translate(_WORSE[least])

    def drop(self, first: int) -> None:
        """Forget the lines before `first`."""
        if first > self.end:  # more came than could be read: what was open is unknown
            self._bytes, self.since = LineBytes(first), first
            self._states.clear()
        self._bytes.drop(first)
        del self.errors[: bisect_left(self.errors, first)]

    def read(self, block: Block) -> None:
        """Take the block's lines that were not read; they follow those that were."""
        start = self.end
        if block.divider:
            self._bytes.extend(bytes((Level.INFO,)) * len(block))
            return
        data = final(block.data_between(start, block.end))
        found = bytearray((Level.INFO,)) * (block.end - start)
        told = set(may_tell(data))
        if told or self._states:
            self._tell(data, block.sources_between(start, block.end), told, found)
        self._bytes.extend(bytes(found))
        self.errors += [start + place for place, value in enumerate(found) if value == Level.ERROR] if told else []

    def _tell(self, data: bytes, sources: bytes, told: set[int], found: bytearray) -> None:
        """Find the levels of lines, by what each says and what goes on from it. Sources that are at INFO are absent."""
        states = self._states
        for place, raw in enumerate(data.split(b"\n")[:-1]):
            source = sources[place] if sources else 0
            state = states.get(source)
            if state is None and place not in told:
                continue
            found[place], state = follow(raw[text_start(raw) :], state or BEGIN)
            if state == BEGIN:
                states.pop(source, None)
            else:
                states[source] = state


def level_near(buffer: LogBuffer, number: int) -> Level:
    """The level of a line, found from the lines just before it: for what is on screen before all was read."""
    block = buffer.block(number)
    source = block.source(number)
    texts: list[bytes] = []
    for earlier in range(number, max(buffer.first, number - _BACK) - 1, -1):
        if not block.first <= earlier:
            block = buffer.block(earlier)
        if block.divider or block.source(earlier) != source:
            continue
        raw = block.line(earlier)
        texts.append(without_escapes(raw[text_start(raw) :][:_LOOK]))
        if len(texts) > 1 and not goes_on(texts[-1]) and not goes_on(texts[-2]):
            break
    state, value = BEGIN, int(Level.INFO)
    for text in reversed(texts):
        value, state = follow(text, state)
    return Level(value & ~CONTINUED)
