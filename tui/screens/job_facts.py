"""What is known of one object of a job beyond its row, and the errands that find it out.

Owns what was read for one look at a job: conditions, events that are not watched, what its pods ask for. Nothing of
it is kept when the screen closes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from tui.core.errors import Problem
from tui.core.facts import Phase
from tui.domain import conditions, event
from tui.domain.event import EventRow
from tui.domain.job import QUEUED, STARTING, JobRow
from tui.domain.job_tree import CONTAINER, JOB, TreeRow
from tui.domain.kinds import BY_NAME, PODS
from tui.domain.pod import PodRow
from tui.domain.wire import dig, text
from tui.screens import job_page
from tui.screens.deck import Deck
from tui.screens.job_page import Line

if TYPE_CHECKING:
    from tui.domain.queued.wants import Wants

WAITING: Final = (QUEUED, STARTING)
"""States for which there is a reason to tell."""
_PODS: Final = 8
"""Pods whose specs are read at once."""
_OLD: Final = 1.0
"""Seconds that an explanation is good for: it looks at every node and pod."""


class Read(Struct, frozen=True):
    """What an object said of itself."""

    row: Any
    """The row it had when it was asked."""
    stands: Sequence[conditions.Stand] | Problem
    events: Sequence[EventRow] | None
    """Those that the API has of it, where events are not watched."""


class JobFacts:
    """What is known of one job's objects."""

    def __init__(self, deck: Deck, key: str) -> None:
        self._deck, self._key = deck, key
        self._read: dict[str, Read] = {}
        self._asking: tuple[str, Any] = ("", None)
        """The line that is being read, and its row."""
        self._wants: dict[str, Wants] = {}
        """What pods without a node ask for, by their keys."""
        self._asked: set[str] = set()
        """Pods whose wants were asked for: their specs do not change."""
        self._told: tuple[float, list[Line]] = (0.0, [])
        """Why it waits, and when that was worked out."""

    # -- what has to be asked

    def stale(self, line: TreeRow) -> bool:
        """Whether the object is to be read, or read again since its row is another."""
        if line.kind not in BY_NAME or not line.object:
            return False
        known, row = self._read.get(line.key), self._row(line)
        if self._asking[0] == line.key and self._asking[1] is row:
            return False
        return known is None or known.row is not row

    async def read(self, line: TreeRow) -> bool:
        """Read the object: conditions, and events where they are not watched. True when it was asked."""
        row = self._row(line)
        self._asking = asking = (line.key, row)
        try:
            found = await self._fetch(line, row)
        finally:
            if self._asking is asking:
                self._asking = ("", None)
        if found is not None:
            self._read[line.key] = found
        return found is not None

    async def _fetch(self, line: TreeRow, row: Any) -> Read | None:
        session = self._deck.session
        kube = session.kube if session is not None else None
        if kube is None:
            return None
        body = await kube.get(BY_NAME[line.kind], line.object)
        if isinstance(body, Problem):
            return Read(row, body, None)
        stands = conditions.conditions(body)
        if self._watched:
            return Read(row, stands, None)
        told = await kube.events_of(_uid(line, body), line.object.rpartition("/")[0])
        return Read(row, stands, None if isinstance(told, Problem) else list(map(event.decode, told)))

    def unasked(self, row: JobRow) -> list[str]:
        """Pods without a node whose specs are still to be read."""
        waits = [pod.key for pod in row.pods if not pod.node] if row.state in WAITING else []
        return [key for key in waits if key not in self._asked][:_PODS]

    async def read_wants(self, keys: Sequence[str]) -> bool:
        """Read what pods ask of a node. True when one was asked."""
        from tui.domain.queued.wants import wants

        session = self._deck.session
        kube = session.kube if session is not None else None
        keys = [key for key in keys if key not in self._asked]
        if kube is None:
            return False
        self._asked.update(keys)
        for key in keys:
            body = await kube.get(PODS, key)
            if not isinstance(body, Problem):
                self._wants[key] = wants(body)
                self._told = (0.0, [])
        return bool(keys)

    def _row(self, line: TreeRow) -> Any:
        return self._deck.store.get(line.kind, line.object)

    @property
    def _watched(self) -> bool:
        return self._deck.store.source(event.NAME).phase is Phase.LIVE

    # -- what is told

    def page(self, row: JobRow | None, line: TreeRow | None, now: float) -> list[Line]:
        """The details of a line."""
        if row is None or line is None:
            return [[("this job is gone", "dim")]]
        if line.kind == JOB:
            prefix = f"{row.namespace}-{row.job_id}-"
            told = job_page.events(self._events(_objects(row)), now, self._deck.glyph, named=True, prefix=prefix)
            why = self._why(row, now)
            return [*why, *([[]] if why else []), *job_page.facts(row, now), [], *told]
        if not line.object:
            return [[("it is not there, or may not be listed", "dim")]]
        kind = BY_NAME["pods" if line.kind == CONTAINER else line.kind].kind
        read, about = self._read.get(line.key), (kind, *_split(line.object))
        found = read.events if read is not None else None
        told = job_page.events(self._events([about]) if found is None else found, now, self._deck.glyph)
        return [*self._title(line, kind), *self._middle(line, read, now), [], *told]

    def _why(self, row: JobRow, now: float) -> list[Line]:
        """Why it waits; nothing when it does not."""
        from tui.domain.queued import page
        from tui.domain.queued.explain import explain

        if row.state not in WAITING:
            return []
        if not 0 <= now - self._told[0] < _OLD:
            found = explain(self._key, self._deck.store.by_kind(), now, self._wants)
            self._told = (now, [list(line) for line in page.lines(found, self._deck.glyph)] if found else [])
        return self._told[1]

    def _title(self, line: TreeRow, kind: str) -> list[Line]:
        health = line.health
        title: Line = [(f"{kind} {line.object}  ", "strong"), (line.container, "strong")]
        said: list[Line] = [[(f"{self._deck.glyph(health)} {line.state}  ", health), (line.why, None)]]
        return [title, *said]

    def _middle(self, line: TreeRow, read: Read | None, now: float) -> list[Line]:
        if line.kind != CONTAINER:
            return job_page.conditions(read.stands if read is not None else None, now, self._deck.glyph)
        pod: PodRow | None = self._deck.store.get(PODS.name, line.object)
        part = next((part for part in pod.containers if part.name == line.container), None) if pod else None
        return job_page.container(part, now) if part is not None else []

    def _events(self, objects: list[tuple[str, str, str]]) -> list[EventRow]:
        """The events about some objects, that are known by kind, namespace and name."""
        wanted = set(objects)
        rows: list[EventRow] = list(self._deck.store.rows(event.NAME).values())
        return [row for row in rows if (row.object_kind, _space(row), row.object_name) in wanted]


def _space(row: EventRow) -> str:
    """The namespace of the object: events of nodes are in one, nodes are in none."""
    return "" if row.object_kind == "Node" else row.object_namespace or row.namespace


def _split(key: str) -> tuple[str, str]:
    namespace, _, name = key.rpartition("/")
    return namespace, name


def _objects(row: JobRow) -> list[tuple[str, str, str]]:
    """All that a job is made of."""
    pods = [("pods", pod.key) for pod in row.pods] + [("pods", key) for key in row.earlier]
    parts = [("amljobs", row.aml_job), ("vcjobs", row.vc_job), ("podgroups", row.group), *pods]
    return [(BY_NAME[kind].kind, *_split(key)) for kind, key in parts if key]


def _uid(line: TreeRow, body: dict[str, Any]) -> str:
    """What events know the object by: nodes by their name."""
    return line.object if line.kind == "nodes" else text(dig(body, "metadata", "uid"))
