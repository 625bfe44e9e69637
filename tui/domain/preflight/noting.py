"""How findings are worded: lists that do not grow without end, and what nobody could see."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from typing import Final

from tui.core.errors import Problem
from tui.core.health import Health
from tui.domain.plans.note import Note

MOST: Final = 5
"""Objects a sentence names; the rest is counted."""


def listed(things: Iterable[object], most: int = MOST) -> str:
    """`a; b; c and 4 more`."""
    told = [str(each) for each in things]
    rest = len(told) - most
    return "; ".join(told[:most]) + (f" and {rest} more" if rest > 0 else "")


def named(names: Iterable[str]) -> str:
    """`a, b and c`."""
    every = list(names)
    return f"{', '.join(every[:-1])} and {every[-1]}" if len(every) > 1 else "".join(every)


def unknown(
    code: str, what: str, problems: Iterable[Problem], *, remedy: str = "", implies: Mapping[str, str] | None = None
) -> Note:
    """What could not be seen, and why. With `implies` it is asked: what follows when the answer is yes."""
    reasons = list(problems)
    step = remedy or next((problem.next for problem in reasons if problem.next), "")
    return Note(code, Health.UNKNOWN, what, listed(reasons), step, implies or {})


def quoted(*words: str) -> str:
    """Words as a shell takes them: names come from the cluster."""
    return shlex.join(words)
