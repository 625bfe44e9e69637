"""What is wrong and what to do: the shape of a catalogue's entry, and of the finding that is made of it.

Owns the filling of an entry's words with what was captured. A captured value is somebody else's text: in a sentence it
is one piece of it, in a command it is one quoted word; it is never read as a template.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from msgspec import Struct

from tui.core.text import clean, shorten_end

_WIDEST: Final = 300
"""Characters of a captured value that are shown."""
_MOST_EVIDENCE: Final = 8


class Rank(IntEnum):
    """How near a finding is to the root of the trouble; the greatest comes first."""

    HARMLESS = 0
    """Known, and no fault."""
    POSSIBLE = 1
    """Something points to it, nothing proves it."""
    SYMPTOM = 2
    """It happened, but it is not what began it."""
    EXPLAINED = 3
    """A symptom, and what it came of was seen."""
    SEEN = 4
    """The cause, seen in the cluster."""
    NAMED = 5
    """The cause, named by the error itself."""


class Cause(Struct, frozen=True):
    """One entry of a catalogue. Words may hold `{names}` of captured values."""

    code: str
    title: str
    cause: str
    remedy: tuple[str, ...]
    """What to do, in order."""
    commands: tuple[str, ...] = ()
    implies: Mapping[str, str] = {}
    rank: Rank = Rank.NAMED
    patterns: tuple[str, ...] = ()
    """Regular expressions that an error's message matches; their named groups are captured."""
    errors: tuple[str, ...] = ()
    """Error codes that name it by themselves."""
    lacking: Mapping[str, str] = {}
    """What the words say where nothing was captured."""


class Caught(Struct, frozen=True):
    """That an entry applies, and with what."""

    evidence: tuple[str, ...] = ()
    """Where it was seen and what was said: `errorInfo: …`."""
    values: Mapping[str, str] = {}
    rank: Rank | None = None
    """None: the entry's own."""
    cause: str = ""
    """Replaces the entry's words."""
    remedy: tuple[str, ...] = ()
    """Steps before the entry's own."""
    commands: tuple[str, ...] | None = None
    """Replace the entry's own."""
    implies: Mapping[str, str] = {}
    """Besides the entry's own."""
    checks: tuple[str, ...] = ()


class Diagnosis(Struct, frozen=True):
    """One finding."""

    code: str
    """Of the catalogue: `X4`."""
    title: str
    """A few words."""
    cause: str
    remedy: tuple[str, ...]
    """What to do, in order."""
    commands: tuple[str, ...]
    """That do some of it by hand."""
    found: Mapping[str, str]
    """What was captured: kind, name, region…"""
    implies: Mapping[str, str]
    """Settings that follow from it; an empty value means: leave it out."""
    evidence: tuple[str, ...]
    rank: Rank
    checks: tuple[str, ...] = ()
    """Error codes of the health check that belong to it: `E40001`."""

    @property
    def harmless(self) -> bool:
        """Known, and no fault."""
        return self.rank is Rank.HARMLESS


def made(entry: Cause, caught: Caught, known: Mapping[str, str]) -> Diagnosis:
    """The finding; `known` are values any entry may use."""
    own = {key: shorten_end(clean(value), _WIDEST) for key, value in caught.values.items() if value}
    values, words = _Values({**entry.lacking, **known, **own}), _Quoted({**known, **own})
    commands = entry.commands if caught.commands is None else caught.commands
    return Diagnosis(
        entry.code, entry.title, (caught.cause or entry.cause).format_map(values),
        tuple(step.format_map(values) for step in (*caught.remedy, *entry.remedy)),
        tuple(_in_context(command.format_map(words), values.get("context", "")) for command in commands),
        own, {**entry.implies, **caught.implies},
        tuple(shorten_end(clean(each), _WIDEST) for each in dict.fromkeys(caught.evidence))[:_MOST_EVIDENCE],
        entry.rank if caught.rank is None else caught.rank, caught.checks,
    )  # fmt: skip


class _Values(dict[str, str]):
    """What is not known is a placeholder."""

    def __missing__(self, key: str) -> str:
        return f"<{key}>"


class _Quoted(_Values):
    """The same, each as one word of a shell."""

    def __getitem__(self, key: str) -> str:
        return shlex.quote(super().__getitem__(key))


def _in_context(command: str, context: str) -> str:
    if not context or not command.startswith("kubectl "):
        return command
    return f"kubectl --context {shlex.quote(context)} {command.removeprefix('kubectl ')}"
