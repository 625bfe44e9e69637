"""Which lines of a log are to be seen: by text, by level, by source. Pure."""

from __future__ import annotations

from typing import NamedTuple

from widgets.log_buffer import Block
from widgets.log_level import Level
from widgets.log_match import Matcher

ALL: bytes = b"\x01"


class Rules(NamedTuple):
    """What a line must be to be seen. Dividers are seen whatever their text, with their source."""

    text: str = ""
    inverse: bool = False
    level: Level | None = None
    sources: frozenset[int] | None = None

    @property
    def note(self) -> str:
        """`&/nccl/ ≥warning`, empty when every line is seen."""
        parts = [f"&{'!' if self.inverse else ''}/{self.text}/"] if self.text else []
        parts += [f"≥{self.level.name.lower()}"] if self.level is not None else []
        parts += [f"{len(self.sources)} source{'s' * (len(self.sources) != 1)}"] if self.sources is not None else []
        return " ".join(parts)


class Sieve:
    """Rules made ready for blocks of lines."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._matcher = Matcher(rules.text) if rules.text else None
        self._table = bytes(number in (rules.sources or ()) for number in range(256))

    def passing(self, block: Block, start: int, end: int, levels: bytes) -> bytes:
        """For each of these lines of a block 1 if it is to be seen, else 0. `levels` says so of the level alone."""
        count = end - start
        passed = ALL * count
        if not block.divider:
            if levels:
                passed = levels
            if self._matcher is not None:
                passed = both(passed, self._matching(block, start, end))
        if self.rules.sources is not None:
            passed = both(passed, self._from_sources(block, start, end))
        return passed

    def _matching(self, block: Block, start: int, end: int) -> bytes:
        assert self._matcher is not None
        data = block.data_between(start, end)
        found = bytearray(ALL if self.rules.inverse else b"\0") * (end - start)
        value = 0 if self.rules.inverse else 1
        for place in self._matcher.lines(data):
            found[place] = value
        return bytes(found)

    def _from_sources(self, block: Block, start: int, end: int) -> bytes:
        if not block.sources:
            seen = block.divider or 0 in (self.rules.sources or ())
            return bytes((seen,)) * (end - start)
        return block.sources_between(start, end).translate(self._table)


def both(first: bytes, second: bytes) -> bytes:
    """Byte by byte 1 where both are."""
    joined = int.from_bytes(first, "little") & int.from_bytes(second, "little")
    return joined.to_bytes(len(first), "little")
