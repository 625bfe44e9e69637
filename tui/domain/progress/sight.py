"""What is seen of an operation on the extension, now and before: what `progress` is made of.

Owns what the operation has come to (`outcome_of`), what is gone, and the evidence for the triage rules. None is what
cannot be seen: it is never taken for absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from msgspec import Struct

from tui.core.operation import Operation
from tui.domain.arm_error import ArmError, innermost
from tui.domain.cluster import ClusterRow
from tui.domain.component import NAMESPACE
from tui.domain.event import EventRow
from tui.domain.extension import FAILED, INSTALLED, ExtensionRow
from tui.domain.findings.evidence import Evidence
from tui.domain.pod import PodRow
from tui.domain.progress.health_check import POD, HealthCheck, Verb
from tui.domain.progress.recording import Recording, SeenPod, identity
from tui.domain.progress.removal import Removal
from tui.domain.workload import WorkloadRow

Outcome = Literal["running", "succeeded", "failed", "canceled", "lost"]
SLACK: Final = 60.0
"""Seconds two clocks may differ by."""
_TERMINAL: Final = frozenset({"succeeded", "failed", "canceled", "cancelled", "lost"})
_FAILURES: Final = frozenset({"failed", "canceled", "lost"})


class Sight(Struct, frozen=True):
    """What is seen."""

    verb: Verb
    begun: float
    """When the operation began."""
    extension: ExtensionRow | None = None
    operation: Operation | None = None
    pods: tuple[PodRow, ...] | None = None
    workloads: tuple[WorkloadRow, ...] | None = None
    events: tuple[EventRow, ...] = ()
    report: HealthCheck | None = None
    cluster: ClusterRow | None = None
    recording: Recording = Recording()
    removal: Removal | None = None
    """Of the namespace; None: not looked at."""
    settings: Mapping[str, str] = {}
    """What was asked for."""
    waiting_services: tuple[str, ...] = ()
    """Services of type LoadBalancer without an address."""
    relay_missing: bool = False
    """The Relay namespace was looked for and is not there."""
    lost: tuple[str, ...] = ()
    """Resources that nodes had before and do not have now."""
    context: str = ""
    forced: bool = False
    """ARM was made to forget it, whatever the cluster says: what it made stays there."""
    done: bool = False
    """Our own plan is brought about; some requests are done without an operation."""

    @property
    def blind(self) -> bool:
        """Nothing of the namespace can be seen."""
        return self.pods is None and self.workloads is None

    @property
    def errors(self) -> tuple[ArmError, ...]:
        """The operation's own, then the extension's."""
        operation, row = self.operation, self.extension
        told = operation is not None and bool(operation.code or operation.message)
        own = ArmError(operation.code, operation.message) if operation is not None and told else None
        return tuple(error for error in (own, row.error if row is not None else None) if error is not None)


def outcome_of(sight: Sight) -> Outcome:
    """What ARM says it has come to. Where the operation is not known or was lost, the extension's own state tells."""
    operation = sight.operation
    if operation is not None and not operation.done:
        return "running"
    word = operation.status.lower() if operation is not None else ""
    if word in ("succeeded", "failed"):
        return "succeeded" if word == "succeeded" else "failed"
    if word in ("canceled", "cancelled"):
        return "canceled"
    if sight.done and operation is None:
        return "succeeded"
    return _by_state(sight, "lost" if operation is not None else "running")


def _by_state(sight: Sight, otherwise: Outcome) -> Outcome:
    row = sight.extension
    if row is None:
        return (
            "succeeded"
            if sight.verb == "delete" and sight.removal is not None and not sight.removal.there
            else otherwise
        )
    if row.modified is not None and row.modified < sight.begun - SLACK:
        return otherwise
    known: dict[str, Outcome] = {FAILED: "failed", "Canceled": "canceled"}
    if sight.verb != "delete":
        known[INSTALLED] = "succeeded"
    return known.get(row.state, otherwise)


def own_checks(sight: Sight) -> list[PodRow]:
    """The health check's pods of this operation, gone ones too; one of an earlier operation may still be there."""
    here = list(sight.pods or ())
    rows = [*here, *(seen.row for seen in gone(sight))]
    own = [pod for pod in rows if pod.component == POD and pod.namespace == NAMESPACE]
    return [pod for pod in own if pod.created is None or pod.created >= sight.begun - SLACK]


def last_error(sight: Sight, outcome: Outcome) -> ArmError | None:
    """The innermost error, after a failure only: while it runs the extension may still carry an older one."""
    return innermost(sight.errors[-1]) if sight.errors and outcome in _FAILURES else None


def ended_at(sight: Sight, outcome: Outcome) -> float | None:
    """When it was over, as far as is known."""
    if outcome == "running":
        return None
    told = [at for at, standing in sight.recording.operations if standing.status.lower() in _TERMINAL]
    row = sight.extension
    changed = row.modified if row is not None and row.modified is not None and row.modified >= sight.begun else None
    return told[-1] if told else sight.recording.ended or changed


def gone(sight: Sight) -> tuple[SeenPod, ...]:
    """Pods that are not there any more, those that were worst off first."""
    here = {identity(pod) for pod in sight.pods or ()}
    found = [seen for seen in sight.recording.vanished if identity(seen.row) not in here]
    return tuple(sorted(found, key=_by_trouble))


def _by_trouble(seen: SeenPod) -> tuple[int, int, str]:
    return (-seen.telling.health, -seen.telling.restarts, seen.row.key)


def evidence(sight: Sight, outcome: Outcome, elapsed: float) -> Evidence:
    """What the triage rules look at: what is there, and what was."""
    failed = outcome in _FAILURES
    row, past = sight.extension, sight.recording
    events = {event.key: event for event in (*past.events, *sight.events)}
    old = [seen.row for seen in past.workloads if seen.gone is not None]
    return Evidence(
        sight.verb, sight.errors if failed else (),
        row.statuses if row is not None and failed else (), sight.report or past.report,
        (*(sight.pods or ()), *(seen.telling for seen in gone(sight))),
        (*(sight.workloads or ()), *old), tuple(events.values()), past.logs, sight.cluster, row, sight.settings,
        sight.begun, elapsed, outcome != "running", sight.waiting_services, sight.relay_missing, sight.lost,
        sight.context,
    )  # fmt: skip
