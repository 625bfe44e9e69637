"""Derived kinds: rows made of rows, put into the store as if a source had sent them.

Owns when to compute them anew: only after an input changed. Their source stands as their first input's does.
"""

from __future__ import annotations

from collections.abc import Callable

from tui.core.facts import Denied, Listed, Missing, Page, Phase, Relist, Source, Stale
from tui.core.store import Delta, Store
from tui.domain.derived import Derivation


class Deriver:
    """Computes the derivations whose inputs changed since last time."""

    def __init__(self, store: Store, derivations: tuple[Derivation, ...], clock: Callable[[], float]) -> None:
        self._store, self._derivations, self._clock = store, derivations, clock
        self._due: set[str] = set()

    def note(self, delta: Delta) -> None:
        """An input changed."""
        self._due |= {each.name for each in self._derivations if delta.touches(*each.inputs)}

    def compute(self) -> bool:
        """Compute what is due; True when something was."""
        due, self._due = self._due, set()
        for each in self._derivations:
            if each.name in due:
                self._compute(each)
        return bool(due)

    def _compute(self, each: Derivation) -> None:
        now = self._clock()
        source = self._store.source(each.inputs[0])
        if source.phase in (Phase.LIVE, Phase.MISSING) or source.known:
            rows = tuple(each.compute({kind: self._store.rows(kind) for kind in each.inputs}, now))
            self._store.apply(Relist(each.name))
            self._store.apply(Page(each.name, rows))
            self._store.apply(Listed(each.name, source.fresh or now))
        self._follow(each.name, source)

    def _follow(self, name: str, source: Source) -> None:
        match source.phase:
            case Phase.STALE:
                self._store.apply(Stale(name, source.since, source.reason))
            case Phase.DENIED:
                self._store.apply(Denied(name, source.since, source.permission, source.reason))
            case Phase.MISSING:
                self._store.apply(Missing(name, source.since, source.reason))
            case Phase.LOADING if self._store.source(name).phase is not Phase.LOADING:
                self._store.open(name, source.since)
            case Phase.OFF:
                self._store.off(name, source.since, source.reason)
