"""Derived kinds: rows made of rows, put into the store as if a source had sent them.

Owns when to compute them anew: after an input changed, and now and then because time passes; never so often that it
costs more than a tenth of the time. Which sign their source stands as is the derivation's own rule.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tui.core.facts import Denied, Listed, Missing, Page, Phase, Relist, Row, Source, Stale
from tui.core.store import Delta, Store
from tui.domain.derived import Derivation, standing

SOON: Final = 0.5
"""Seconds between two computations while inputs change."""
LATE: Final = 10.0
"""Seconds after which they are computed without a change: some of what they say is about time."""
SHARE: Final = 10.0
"""A computation is followed by so many times its own length of rest."""


class Deriver:
    """Computes the derivations whose inputs changed since last time."""

    def __init__(
        self, store: Store, derivations: tuple[Derivation, ...], clock: Callable[[], float],
        tick: Callable[[], float],
    ) -> None:  # fmt: skip
        """`clock` dates the rows; `tick` paces."""
        self._store, self._derivations, self._clock, self._tick = store, derivations, clock, tick
        self._due: set[str] = set()
        self._not_before = float("-inf")
        self._last = tick()

    def note(self, delta: Delta) -> None:
        """An input changed."""
        self._due |= {each.name for each in self._derivations if delta.touches(*each.inputs)}

    def compute(self, *, at_once: bool = False) -> bool:
        """Compute what is due; True when something was."""
        begun = self._tick()
        if begun - self._last >= LATE:
            self._due = {each.name for each in self._derivations}
        if not self._due or (begun < self._not_before and not at_once):
            return False
        due, self._due = self._due, set()
        for each in self._derivations:
            if each.name in due:
                self._compute(each)
        self._last = self._tick()
        self._not_before = begun + max(SOON, SHARE * (self._last - begun))
        return True

    def _compute(self, each: Derivation) -> None:
        now, source = self._clock(), self._store.source
        seen = any(_answered(source(sign)) for sign in each.signs)
        rows = tuple(each.compute({kind: self._store.rows(kind) for kind in each.inputs}, now)) if seen else ()
        sign = standing(each, source, bool(rows))
        if seen and (rows or _answered(sign) or self._store.rows(each.name)):
            self._replace(each.name, rows, sign, now)
        self._follow(each.name, sign)

    def _replace(self, name: str, rows: tuple[Row, ...], sign: Source, now: float) -> None:
        """`rows` are all there is. Equal ones leave a source that stands badly as it is: a repaint needs a change."""
        before = self._store.source(name)
        if before.known and Phase.LIVE not in (before.phase, sign.phase):
            known = self._store.rows(name)
            if len(known) == len(rows) and all(known.get(row.key) == row for row in rows):
                return
        self._store.apply(Relist(name))
        self._store.apply(Page(name, rows))
        self._store.apply(Listed(name, sign.fresh or now))

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


def _answered(source: Source) -> bool:
    """It says something, or did once."""
    return source.known or source.phase in (Phase.LIVE, Phase.MISSING)
