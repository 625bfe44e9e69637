"""Rows made of other rows: their names in the store, what they are made of, and the function that makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from tui.core.facts import Row
from tui.domain import job, job_state, type_fit


class Derivation(Struct, frozen=True):
    """One derived kind."""

    name: str
    inputs: tuple[str, ...]
    """Kinds it reads; it is worth computing anew when one of them changed."""
    compute: Callable[[Mapping[str, Mapping[str, Any]], float], Iterable[Row]]
    """All its rows, of rows by kind and key, at an instant. A missing kind counts as empty."""
    signs: tuple[str, ...] = ()
    """Inputs of which one is enough: while one of them is seen there is something true to tell. Empty: the first."""


JOBS: Final = Derivation(
    job.NAME,
    ("amljobs", "vcjobs", "podgroups", "pods", "nodes", "instancetypes", "extensions", "events"),
    job_state.rows,
    ("amljobs", "vcjobs", "podgroups", "pods"),
)
TYPES: Final = Derivation(type_fit.NAME, ("instancetypes", "nodes", "pods", "extensions"), type_fit.rows)

DERIVED: Final[tuple[Derivation, ...]] = (JOBS, TYPES)
