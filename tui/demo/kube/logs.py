"""Owns where container logs come from; knows nothing of HTTP or of how lines are cut and sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class LogSource(Protocol):
    """The log of one container run as a pure function of time: it needs no memory."""

    @property
    def ends(self) -> float | None:
        """When the container ended (seconds since 1970), or None while it runs."""

    def read(self, after: float, until: float) -> Iterable[tuple[float, str]]:
        """Entries (time, line) with after < time <= until, in time order."""


class LogBook:
    """Which source speaks for which container, for the current and the previous run."""

    def __init__(self) -> None:
        self._sources: dict[tuple[str, str], dict[tuple[str, bool], LogSource]] = {}

    def put(
        self,
        namespace: str,
        pod: str,
        container: str,
        source: LogSource,
        *,
        previous: LogSource | None = None,
    ) -> None:
        """Replace what is known of a container; without `previous` it has no earlier run."""
        runs = self._sources.setdefault((namespace, pod), {})
        runs[container, False] = source
        runs.pop((container, True), None)
        if previous is not None:
            runs[container, True] = previous

    def drop(self, namespace: str, pod: str) -> None:
        """Forget a pod's logs; an unknown pod is no error."""
        self._sources.pop((namespace, pod), None)

    def get(self, namespace: str, pod: str, container: str, previous: bool) -> LogSource | None:
        """The source of one run of a container, or None when it never ran."""
        return self._sources.get((namespace, pod), {}).get((container, previous))
