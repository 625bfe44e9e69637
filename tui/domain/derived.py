"""Rows made of other rows: their names in the store, what they are made of, the function that makes them, and what is
to be believed of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from tui.core.facts import Phase, Row, Source
from tui.domain import job, job_state, type_fit


class Derivation(Struct, frozen=True):
    """One derived kind."""

    name: str
    inputs: tuple[str, ...]
    """Kinds it reads; it is worth computing anew when one of them changed."""
    compute: Callable[[Mapping[str, Mapping[str, Any]], float], Iterable[Row]]
    """All its rows, of rows by kind and key, at an instant. A missing kind counts as empty."""
    own: tuple[str, ...] = ()
    """Inputs that are about nothing else, each of them enough to tell something. Empty: the first."""
    traces: tuple[str, ...] = ()
    """Inputs that are about other things too: they tell something once a row was made of them."""

    @property
    def signs(self) -> tuple[str, ...]:
        """Inputs of which one is enough: while one of them is seen there is something true to tell."""
        return (self.own or self.inputs[:1]) + self.traces


JOBS: Final = Derivation(
    job.NAME,
    ("amljobs", "vcjobs", "podgroups", "pods", "nodes", "instancetypes", "extensions", "events"),
    job_state.rows,
    ("amljobs", "vcjobs", "podgroups"),
    ("pods",),
)
TYPES: Final = Derivation(type_fit.NAME, ("instancetypes", "nodes", "pods", "extensions"), type_fit.rows)

DERIVED: Final[tuple[Derivation, ...]] = (JOBS, TYPES)

BY_NAME: Final[Mapping[str, Derivation]] = {each.name: each for each in DERIVED}

_BEST_FIRST: Final = (Phase.LIVE, Phase.STALE, Phase.LOADING, Phase.DENIED, Phase.OFF, Phase.MISSING)
_WORST_FIRST: Final = (Phase.LOADING, Phase.DENIED, Phase.STALE, Phase.OFF, Phase.LIVE, Phase.MISSING)


def standing(each: Derivation, source: Callable[[str], Source], some: bool) -> Source:
    """The sign that the derived kind stands as; `some`: rows were made.

    Rows are as good as the best sign: what is seen is there, whatever else cannot be. That there are none is only as
    good as the worst: one that cannot be read might show some. A sign that is not installed cannot, so they are
    missing when all are; a trace that can be read and shows none says nothing, where its own kinds do not speak.
    """
    signs = [source(name) for name in each.signs]
    if some:
        return min(signs, key=lambda sign: _BEST_FIRST.index(sign.phase))
    count = len(each.signs) - len(each.traces)
    speaking = [sign for sign in signs[:count] if sign.phase is not Phase.MISSING]
    silent = [sign for sign in signs[count:] if sign.phase not in (Phase.MISSING, Phase.LIVE)]
    return min(speaking or silent or signs[:1], key=lambda sign: _WORST_FIRST.index(sign.phase))


def unseen(name: str, source: Callable[[str], Source]) -> list[str]:
    """The rights without which rows of a derived kind say less than they could: `list nodes`."""
    each = BY_NAME.get(name)
    inputs = [source(kind) for kind in each.inputs] if each is not None else []
    return [found.permission for found in inputs if found.phase is Phase.DENIED and found.permission]
