"""Several namespaces of one kind as one source, where the whole cluster may not be listed.

Owns what is to be believed of the kind: it is denied only when every namespace is, and stale as soon as one is.
"""

from __future__ import annotations

from collections.abc import Callable

from tui.core.facts import Denied, Fact, Listed, Missing, Relist, Stale

Put = Callable[[Fact], None]


class Scopes:
    """Where the reflectors of the namespaces of one kind put their facts."""

    def __init__(self, kind: str, put: Put, clock: Callable[[], float]) -> None:
        self._kind, self._put, self._clock = kind, put, clock
        self._bad: dict[str, Fact | None] = {}
        """By namespace the last refusal or failure, None when it answers."""
        self._open: set[str] = set()
        """Namespaces that have not answered yet: until then the kind must not look whole."""

    @property
    def names(self) -> tuple[str, ...]:
        """The namespaces that are looked at."""
        return tuple(self._bad)

    def scope(self, namespace: str) -> Put:
        """Where the reflector of one namespace puts its facts."""
        self._bad[namespace] = None
        self._open.add(namespace)
        self._put(Relist(self._kind, namespace))
        return lambda fact: self._take(namespace, fact)

    def _take(self, namespace: str, fact: Fact) -> None:
        refused = isinstance(fact, Denied | Missing)
        self._bad[namespace] = fact if refused or isinstance(fact, Stale) else None
        if refused:
            self._open.add(namespace)  # what was seen there, be it a part of a list, is not known any more
            self._put(Relist(self._kind, namespace))
        if self._bad[namespace] is None:
            self._put(fact)
            if isinstance(fact, Listed):
                self._open.discard(namespace)
        self._settle()

    def _settle(self) -> None:
        """Tell what is wrong with the kind as a whole; where it is not, what is refused counts as empty."""
        refusals = {name: bad for name, bad in self._bad.items() if isinstance(bad, Denied | Missing)}
        if len(refusals) == len(self._bad):
            denied = [bad for bad in refusals.values() if isinstance(bad, Denied)]
            self._put([*denied, *refusals.values()][0])
            return
        if any(bad is None and name not in self._open for name, bad in self._bad.items()):
            for namespace in self._open & refusals.keys():
                self._open.discard(namespace)
                self._put(Listed(self._kind, self._clock(), namespace))
        stale = next((bad for bad in self._bad.values() if isinstance(bad, Stale)), None)
        if stale is not None:
            self._put(stale)
