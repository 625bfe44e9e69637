"""The one copy of the truth: rows by kind, and each kind's source.

Owns what is known, and which keys changed since the last flush. One writer (the session) applies facts; everyone
else reads. Must not know any kind, nor who looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct

from tui.core import facts
from tui.core.facts import Fact, Phase, Source

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Delta(Struct, frozen=True):
    """What changed since the flush before: keys by kind, and the kinds whose source changed."""

    changed: dict[str, set[str]]
    """New or different rows."""
    gone: dict[str, set[str]]
    sources: frozenset[str]

    def touches(self, *kinds: str) -> bool:
        """True when rows or source of one of `kinds` changed."""
        return any(k in self.changed or k in self.gone or k in self.sources for k in kinds)


class Store:
    """Rows and sources by kind. `apply` takes a fact, `flush` hands out what changed."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Any]] = {}
        self._sources: dict[str, Source] = {}
        self._listing: dict[str, dict[str, set[str]]] = {}
        """By kind and scope, the keys seen in the list under way."""
        self._changed: dict[str, set[str]] = {}
        self._gone: dict[str, set[str]] = {}
        self._moved: set[str] = set()

    def rows(self, kind: str) -> Mapping[str, Any]:
        """The rows of `kind` by key, live and read-only: the same mapping stays valid as facts come."""
        return MappingProxyType(self._rows.setdefault(kind, {}))

    def by_kind(self) -> Mapping[str, Mapping[str, Any]]:
        """The rows of every kind that has a source, by kind and key."""
        return {kind.kind: self.rows(kind.kind) for kind in self.sources()}

    def get(self, kind: str, key: str) -> Any | None:
        """One row, or None."""
        return self._rows.get(kind, _NOTHING).get(key)

    def source(self, kind: str) -> Source:
        """The standing of `kind`; OFF when nobody ever asked for it."""
        return self._sources.get(kind) or Source(kind)

    def sources(self) -> tuple[Source, ...]:
        """The standing of every kind that was ever asked for."""
        return tuple(self._sources.values())

    def open(self, kind: str, at: float) -> None:
        """Somebody now reads `kind`: it is loading until its source answers."""
        self._move(Source(kind, Phase.LOADING, since=at))

    def off(self, kind: str, at: float, reason: str) -> None:
        """This target has no such side; `reason` says why, in one clean line."""
        if (self.source(kind).phase, self.source(kind).reason) != (Phase.OFF, reason):
            self._move(Source(kind, Phase.OFF, since=at, reason=reason))

    def drop(self, kind: str) -> None:
        """Nobody reads `kind` any more: forget its rows and its source."""
        gone = self._rows.get(kind)
        if gone:
            self._gone.setdefault(kind, set()).update(gone)
            gone.clear()
        self._changed.pop(kind, None)
        self._listing.pop(kind, None)
        self._sources.pop(kind, None)
        self._moved.add(kind)

    def apply(self, fact: Fact) -> None:
        """Take one fact in. Rows equal to what is known already mark nothing."""
        match fact:
            case facts.Changed():
                self._put(fact.kind, fact.row)
                self._note(fact.kind, fact.at)
            case facts.Gone():
                self._remove(fact.kind, fact.key)
                self._note(fact.kind, fact.at)
            case facts.Alive():
                self._note(fact.kind, fact.at)
            case facts.Page():
                seen = self._listing.get(fact.kind, _NOTHING).get(fact.scope)
                for row in fact.rows:
                    self._put(fact.kind, row)
                    if seen is not None:
                        seen.add(row.key)
            case facts.Relist():
                self._listing.setdefault(fact.kind, {})[fact.scope] = set()
            case facts.Listed():
                self._finish(fact)
            case facts.Stale():
                self._fail(fact.kind, Phase.STALE, fact.at, "", fact.reason)
            case facts.Denied():
                self._fail(fact.kind, Phase.DENIED, fact.at, fact.permission, fact.reason)
            case facts.Missing():
                for key in list(self._rows.get(fact.kind, ())):
                    self._remove(fact.kind, key)
                self._listing.pop(fact.kind, None)
                self._fail(fact.kind, Phase.MISSING, fact.at, "", fact.reason, fresh=fact.at)

    def flush(self) -> Delta | None:
        """What changed since the last flush, or None. A key is in `changed` or in `gone`, never in both."""
        changed = {kind: keys for kind, keys in self._changed.items() if keys}
        gone = {kind: keys for kind, keys in self._gone.items() if keys}
        delta = Delta(changed, gone, frozenset(self._moved))
        self._changed, self._gone, self._moved = {}, {}, set()
        return delta if delta.changed or delta.gone or delta.sources else None

    def _put(self, kind: str, row: Any) -> None:
        rows = self._rows.setdefault(kind, {})
        key = row.key
        if rows.get(key) == row:
            return
        rows[key] = row
        self._changed.setdefault(kind, set()).add(key)
        gone = self._gone.get(kind)
        if gone:
            gone.discard(key)

    def _remove(self, kind: str, key: str) -> None:
        if self._rows.get(kind, {}).pop(key, None) is None:
            return
        self._gone.setdefault(kind, set()).add(key)
        changed = self._changed.get(kind)
        if changed:
            changed.discard(key)

    def _finish(self, fact: facts.Listed) -> None:
        scopes = self._listing.get(fact.kind, {})
        seen = scopes.pop(fact.scope, None)
        if not scopes:
            self._listing.pop(fact.kind, None)
        if seen is not None:
            prefix = f"{fact.scope}/" if fact.scope else ""
            for key in self._rows.get(fact.kind, {}).keys() - seen:
                if key.startswith(prefix):
                    self._remove(fact.kind, key)
        self._note(fact.kind, fact.at)

    def _note(self, kind: str, at: float) -> None:
        """The source answered. A newer `fresh` alone moves nothing: the ages on screen run by themselves."""
        if kind in self._listing:
            return  # watch noise of an old connection must not make a half list look whole
        old = self._sources.get(kind)
        if old is not None and old.phase is Phase.LIVE:
            self._sources[kind] = Source(kind, Phase.LIVE, old.since, at)
        else:
            self._move(Source(kind, Phase.LIVE, at, at))

    def _fail(
        self, kind: str, phase: Phase, at: float, permission: str, reason: str, fresh: float | None = None
    ) -> None:
        """The source is as it should not be. `fresh`: it did answer, at that instant."""
        old = self.source(kind)
        since = old.since if old.phase is phase else at
        new = Source(kind, phase, since, old.fresh if fresh is None else fresh, permission, reason)
        if (old.phase, old.reason, old.permission) == (phase, reason, permission):
            self._sources[kind] = new
        else:
            self._move(new)

    def _move(self, source: Source) -> None:
        self._sources[source.kind] = source
        self._moved.add(source.kind)
