"""What was seen while an operation on the extension ran: kept because a failed one takes its pods with it.

    Entry       one thing that was seen, at an instant
    Recording   all of it, folded: the last state of everything, what is gone and since when

Must not know files: how an entry is written is `recording_wire`, what counts as a change is `recording_tape`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from tui.core.health import Health
from tui.domain.amounts import NONE
from tui.domain.event import EventRow
from tui.domain.pod import PodRow
from tui.domain.progress.health_check import SKEW, HealthCheck, Verb
from tui.domain.workload import WorkloadRow

What = Literal[
    "began", "operation", "extension", "pod", "pod gone", "workload", "workload gone", "event", "report", "log",
    "remark", "ended",
]  # fmt: skip
LONGEST_LINE: Final = 2000
"""Characters of a log line that are kept."""
MOST_LINES: Final = 5000
"""Log lines that a Recording holds, the last ones."""
MOST_EVENTS: Final = 2000
RELAPSE: Final = 300.0
"""Seconds after which a pod that was sick counts as well again: the longest back-off of the kubelet."""


class Began(Struct, frozen=True):
    """What is recorded."""

    verb: Verb
    target: str
    """ARM id of the extension."""
    begun: float
    """When the operation began."""
    context: str = ""
    version: str = ""
    """Of arcdeck."""


class Standing(Struct, frozen=True):
    """The operation, as ARM says it: the service's word and its error. Its URL is not kept: it may hold a signature."""

    status: str
    code: str = ""
    message: str = ""


class ArmStanding(Struct, frozen=True):
    """The extension's state."""

    state: str
    raw: str = ""
    why: str = ""


class Line(Struct, frozen=True):
    """A line of a log."""

    source: str
    """Pod or component."""
    text: str


class Entry(Struct, frozen=True):
    """One thing that was seen."""

    at: float
    what: What
    value: Any = None
    """Of the type that goes with `what`; for what is gone, its key."""


class SeenPod(Struct, frozen=True):
    """A pod's last state."""

    row: PodRow
    at: float
    """When it last changed."""
    gone: float | None = None
    """Since when it is not there any more."""
    sick: PodRow | None = None
    """Its last state in which something was wrong."""
    sick_at: float = 0.0

    @property
    def telling(self) -> PodRow:
        """The state that says how it went: one that keeps ending looks well each time it has begun anew."""
        if self.sick is None or self.row.health >= Health.WARN or self.row.over:
            return self.row
        since = self.at if self.gone is None else self.gone
        return self.sick if self.row.restarts and since - self.sick_at < RELAPSE else self.row


class SeenWorkload(Struct, frozen=True):
    """A workload's last state."""

    row: WorkloadRow
    at: float
    gone: float | None = None


class Recording(Struct, frozen=True):
    """All that was seen of one operation."""

    began: Began | None = None
    operations: tuple[tuple[float, Standing], ...] = ()
    """Every state of the operation, and when it was first seen."""
    extensions: tuple[tuple[float, ArmStanding], ...] = ()
    pods: tuple[SeenPod, ...] = ()
    """In the order in which they were first seen; a new pod of an old name is another one."""
    workloads: tuple[SeenWorkload, ...] = ()
    events: tuple[EventRow, ...] = ()
    report: HealthCheck | None = None
    lines: tuple[tuple[float, Line], ...] = ()
    remarks: tuple[str, ...] = ()
    """What the recording says of itself: that it left something out."""
    ended: float | None = None
    """When following it was over; None: it was broken off."""

    def tells_of(self, modified: float | None) -> bool:
        """Whether it is of the operation that left the extension as it is now, which ARM modified at that instant."""
        if self.began is None or modified is None:
            return True
        after = self.ended if self.ended is not None else float("inf")
        return self.began.begun - SKEW <= modified <= after + SKEW

    @property
    def vanished(self) -> tuple[SeenPod, ...]:
        """Pods that are not there any more."""
        return tuple(pod for pod in self.pods if pod.gone is not None)

    @property
    def logs(self) -> Mapping[str, Sequence[str]]:
        """Log lines by source."""
        found: dict[str, list[str]] = {}
        for _at, line in self.lines:
            found.setdefault(line.source, []).append(line.text)
        return found


def identity(row: PodRow) -> str:
    """What tells one pod from the next of the same name."""
    return f"{row.key} {row.uid}"


_PLAIN: Final = frozenset({"Running", "Pending", "Error", "Completed", "CrashLoopBackOff", "OOMKilled", "Terminating"})
"""Statuses that a reason makes needless."""


def words(row: PodRow) -> str:
    """How a pod is, in a line: `exit 1: no route`, `ImagePullBackOff: gateway:1.1.39`, `Running`."""
    if not row.why or row.status in _PLAIN or row.why.startswith(row.status):
        return row.why or row.status
    return f"{row.status}: {row.why}"


def slim(row: PodRow) -> PodRow:
    """Without what says nothing about how it went: labels, and what it asks of its node."""
    if not row.labels and row.requests is NONE:
        return row
    parts = tuple(replace(part, requests=NONE) for part in row.containers)
    return replace(row, labels={}, requests=NONE, containers=parts)
