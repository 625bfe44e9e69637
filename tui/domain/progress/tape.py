"""Collects what is seen of an operation into its recording, and says what of it is new.

Owns what counts as a change. Must not know files.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from msgspec.structs import replace

from tui.core.health import Health
from tui.core.redact import redact_text
from tui.core.text import clean, shorten_end
from tui.domain.component import NAMESPACE
from tui.domain.event import EventRow
from tui.domain.extension import ExtensionRow
from tui.domain.pod import PodRow
from tui.domain.progress.health_check import HealthCheck
from tui.domain.progress.recording import (
    LONGEST_LINE,
    MOST_EVENTS,
    MOST_LINES,
    ArmStanding,
    Began,
    Entry,
    Line,
    Recording,
    SeenPod,
    SeenWorkload,
    Standing,
    identity,
    slim,
)
from tui.domain.workload import WorkloadRow


class Tape:
    """Collects what is seen. Every method gives the entries that are new, which a recorder writes down."""

    def __init__(self) -> None:
        self._began: Began | None = None
        self._operations: list[tuple[float, Standing]] = []
        self._extensions: list[tuple[float, ArmStanding]] = []
        self._pods: dict[str, SeenPod] = {}
        self._workloads: dict[str, SeenWorkload] = {}
        self._events: dict[str, EventRow] = {}
        self._report: HealthCheck | None = None
        self._lines: deque[tuple[float, Line]] = deque(maxlen=MOST_LINES)
        self._remarks: list[str] = []
        self._ended: float | None = None

    def recording(self) -> Recording:
        """All of it, as of now."""
        return Recording(
            self._began, tuple(self._operations), tuple(self._extensions), tuple(self._pods.values()),
            tuple(self._workloads.values()), tuple(self._events.values()), self._report, tuple(self._lines),
            tuple(self._remarks), self._ended,
        )  # fmt: skip

    def begin(self, began: Began) -> list[Entry]:
        """Once."""
        told = replace(began, target=clean(began.target), context=clean(began.context))
        return self._new([Entry(began.begun, "began", told)] if self._began is None else [])

    def pods(self, rows: Iterable[PodRow], at: float, *, whole: bool = True) -> list[Entry]:
        """Pods of the extension's namespace as they are now; `whole`: there are no others, so what lacks is gone."""
        now = {identity(row): row for row in rows if row.namespace == NAMESPACE}
        fresh = [Entry(at, "pod", slim(row)) for key, row in now.items() if _matters(self._pods.get(key), row)]
        lost = [Entry(at, "pod gone", key) for key, pod in self._pods.items() if pod.gone is None and key not in now]
        return self._new(fresh + (lost if whole else []))

    def workloads(self, rows: Iterable[WorkloadRow], at: float, *, whole: bool = True) -> list[Entry]:
        """The same of workloads."""
        now = {f"{row.kind} {row.key}": row for row in rows if row.namespace == NAMESPACE}
        fresh = [Entry(at, "workload", row) for key, row in now.items() if _changed(self._workloads.get(key), row)]
        known = self._workloads.items()
        lost = [Entry(at, "workload gone", key) for key, load in known if load.gone is None and key not in now]
        return self._new(fresh + (lost if whole else []))

    def events(self, rows: Iterable[EventRow], at: float) -> list[Entry]:
        """Events of the namespace: the first of a kind, then only when it came twice as often."""
        return self._new([Entry(at, "event", row) for row in rows if row.namespace == NAMESPACE and self._tells(row)])

    def operation(self, standing: Standing, at: float) -> list[Entry]:
        """The operation's state."""
        told = replace(standing, message=redact_text(clean(standing.message)))
        known = self._operations and self._operations[-1][1] == told
        return self._new([] if known else [Entry(at, "operation", told)])

    def extension(self, row: ExtensionRow, at: float) -> list[Entry]:
        """The extension's state."""
        told = ArmStanding(row.state, row.raw_state, row.why)
        known = self._extensions and self._extensions[-1][1] == told
        return self._new([] if known else [Entry(at, "extension", told)])

    def report(self, check: HealthCheck, at: float) -> list[Entry]:
        """The health check's reports."""
        return self._new([] if check == self._report else [Entry(at, "report", check)])

    def log(self, source: str, lines: Iterable[str], at: float) -> list[Entry]:
        """Lines of a log, none twice told by whoever reads it."""
        clear = (shorten_end(redact_text(clean(line[: 2 * LONGEST_LINE])), LONGEST_LINE) for line in lines)
        return self._new([Entry(at, "log", Line(clean(source), line)) for line in clear if line.strip()])

    def remark(self, words: str, at: float) -> list[Entry]:
        """Something the recording says of itself."""
        return self._new([Entry(at, "remark", words)])

    def end(self, at: float) -> list[Entry]:
        """It is over."""
        return self._new([Entry(at, "ended")] if self._ended is None else [])

    def _tells(self, row: EventRow) -> bool:
        known = self._events.get(row.key)
        if known is None:
            return len(self._events) < MOST_EVENTS
        return (row.reason, row.message) != (known.reason, known.message) or row.count >= 2 * known.count

    def _new(self, entries: list[Entry]) -> list[Entry]:
        for entry in entries:
            self.take(entry)
        return entries

    def take(self, entry: Entry) -> None:
        """One entry, of now or of before."""
        at, value = entry.at, entry.value
        match entry.what:
            case "began":
                self._began = value
            case "operation" if not self._operations or self._operations[-1][1] != value:
                self._operations.append((at, value))
            case "extension" if not self._extensions or self._extensions[-1][1] != value:
                self._extensions.append((at, value))
            case "pod":
                self._pods[identity(value)] = _seen(self._pods.get(identity(value)), value, at)
            case "pod gone" if value in self._pods:
                self._pods[value] = replace(self._pods[value], gone=at)
            case "workload":
                self._workloads[f"{value.kind} {value.key}"] = SeenWorkload(value, at)
            case "workload gone" if value in self._workloads:
                self._workloads[value] = replace(self._workloads[value], gone=at)
            case "event":
                self._events[value.key] = value
            case "report":
                self._report = value
            case "log":
                self._lines.append((at, value))
            case "remark":
                self._remarks.append(value)
            case "ended":
                self._ended = at


def _seen(known: SeenPod | None, row: PodRow, at: float) -> SeenPod:
    if row.health >= Health.WARN:
        return SeenPod(row, at, None, row, at)
    return SeenPod(row, at) if known is None else SeenPod(row, at, None, known.sick, known.sick_at)


def _changed(known: SeenPod | SeenWorkload | None, row: PodRow | WorkloadRow) -> bool:
    """A change, or back again."""
    return known is None or known.gone is not None or known.row != row


def _matters(known: SeenPod | None, row: PodRow) -> bool:
    """A change that says how it went. How it ends once it is told to go does not: the state before is what counts."""
    if known is not None and row.deleted is not None and known.gone is None:
        return False
    return _changed(known, slim(row))
