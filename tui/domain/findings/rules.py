"""How entries of the install catalogue are recognised in errors: by pattern and code, and what is captured there.

A rule takes the case and gives what it caught, nothing when its entry does not apply.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from msgspec.structs import replace

from tui.domain.findings.diagnosis import Caught, Cause, Rank
from tui.domain.findings.evidence import Case, Message

Rule = Callable[[Case, Cause], Caught | None]


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of the catalogue."""
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


def in_errors(case: Case, entry: Cause) -> Caught | None:
    """The best match of the entry's patterns and codes in the errors."""
    return max(matches(case, entry), key=_rank, default=None)


def _rank(caught: Caught) -> Rank:
    return caught.rank or Rank.HARMLESS


def matches(case: Case, entry: Cause) -> Iterator[Caught]:
    """All of them. What stands only in an envelope is a rank less sure than what the envelope holds."""
    for message in case.messages:
        yield from _in_message(message, entry)
        if any(code.lower() in message.code.lower().split() for code in entry.errors):
            yield Caught((evidence_of(message),), rank=entry.rank)


def _in_message(message: Message, entry: Cause) -> Iterator[Caught]:
    for pattern in map(compiled, entry.patterns):
        inside = pattern.search(message.inner)
        found = inside or pattern.search(message.whole)
        if found is not None:
            rank = entry.rank if inside else Rank(max(entry.rank - 1, Rank.POSSIBLE))
            values = {key: value.strip() for key, value in found.groupdict().items() if value}
            yield Caught((evidence_of(message),), values, rank)


def evidence_of(message: Message) -> str:
    """Where an error stood, and its innermost words."""
    return f"{message.where}: {message.inner or message.code}"


def in_sayings(case: Case, pattern: str, *, rank: Rank, unless: str = "") -> Caught | None:
    """What was said in the cluster that matches, with its captured values; `unless`: a pattern that spoils it."""
    found: Caught | None = None
    for saying in case.sayings:
        match = compiled(pattern).search(saying.text)
        if match is None or (unless and compiled(unless).search(saying.text)):
            continue
        told = f"{saying.where}: {saying.text}"
        if found is None:
            found = Caught((told,), {key: value for key, value in match.groupdict().items() if value}, rank)
        else:
            found = replace(found, evidence=(*found.evidence, told))
    return found


def either(*found: Caught | None) -> Caught | None:
    """The best of several, with the evidence of all."""
    known = [each for each in found if each is not None]
    if not known:
        return None
    best = max(known, key=_rank)
    return replace(best, evidence=tuple(dict.fromkeys(line for each in (best, *known) for line in each.evidence)))
