"""Owns where container logs come from; knows nothing of HTTP or of how lines are cut and sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, runtime_checkable


class LogSource(Protocol):
    """The log of one container run as a pure function of time: it needs no memory."""

    @property
    def ends(self) -> float | None:
        """When the container ended (seconds since 1970), or None while it runs."""

    def read(self, after: float, until: float) -> Iterable[tuple[float, str]]:
        """Entries (time, line) with after < time <= until, in time order."""


@runtime_checkable
class Bulk(Protocol):
    """A log of so many lines that they are not handled one by one; and a file into which they are written."""

    def data(self, after: float, until: float, *, stamps: bool) -> Iterator[bytes]:
        """The entries with after < time <= until as they go over the wire."""

    def reach(self, lines: int, until: float) -> float:
        """The moment after which so many lines were written."""

    def size(self, now: float) -> int:
        """Bytes of the file."""

    def piece(self, start: int, now: float) -> bytes:
        """What is in the file from an offset on, or a good piece of it."""


class LogBook:
    """Which source speaks for which container, for the current and the previous run.

    In the place of a container's name may be the path of a file that one of the pod's containers writes.
    """

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

    def files(self, namespace: str, pod: str) -> list[tuple[str, LogSource]]:
        """What the containers of a pod write into files: absolute paths are kept as containers are."""
        runs = self._sources.get((namespace, pod), {})
        return [(name, source) for (name, _previous), source in runs.items() if name.startswith("/")]
