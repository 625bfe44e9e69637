"""How an install, an update or a delete of the extension goes: phase, components, time, and after a failure the cause.

    Sight      what is seen now, and the recording of what was seen before
    Progress   what it comes to

Pure: the same sight at the same instant gives the same progress. Owns the phases; components are `progress_parts`', the
namespace's end `removal`'s, causes `findings`'.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, Literal

from msgspec import Struct

from tui.core.health import Health
from tui.core.units import age
from tui.domain.arm_error import ArmError
from tui.domain.component import NAMESPACE
from tui.domain.expected import expected
from tui.domain.findings.diagnosis import Diagnosis
from tui.domain.findings.install_failure import diagnose
from tui.domain.progress.health_check import POD, Check, Verb, failures, relevant
from tui.domain.progress.parts import Part, When, parts
from tui.domain.progress.recording import SeenPod
from tui.domain.progress.removal import QUIET, Removal
from tui.domain.progress.sight import Outcome, Sight, ended_at, evidence, gone, last_error, outcome_of, own_checks

__all__ = ["Phase", "Progress", "Sight", "progress"]

Phase = Literal[
    "waiting for the agents", "in progress", "health check", "components starting", "settling", "done", "rolling back",
    "rolled back", "failed", "canceled", "not known", "components stopping", "namespace going", "hangs",
]  # fmt: skip

USUAL: Final[Mapping[Verb, tuple[float, float]]] = {
    "deploy": (120.0, 300.0), "update": (120.0, 300.0), "delete": (60.0, 600.0),
}  # fmt: skip
"""Seconds it takes mostly, from and to."""
LIMIT: Final = 900.0
"""Seconds after which Helm gives up."""
_TAKEN_BACK: Final = re.compile(r"has been (?:uninstalled|rolled back) due to atomic", re.IGNORECASE)


class Progress(Struct, frozen=True):
    """How it goes."""

    verb: Verb
    outcome: Outcome
    phase: Phase
    health: Health
    parts: tuple[Part, ...]
    """The health check first, then as the catalogue has them."""
    begun: float
    elapsed: float
    """Seconds, until now or until it was over."""
    usual: tuple[float, float]
    limit: float
    standing: str
    """ARM's own word for the state."""
    error: ArmError | None
    """The innermost one."""
    checks: tuple[Check, ...]
    """What the health check found wrong, those that stop an operation first."""
    correlation: str
    """The health check's id for support."""
    vanished: tuple[SeenPod, ...]
    """Last states of pods that are gone; told after a failure."""
    diagnosis: tuple[Diagnosis, ...]
    """The likeliest root first."""
    removal: Removal | None = None

    @property
    def over(self) -> bool:
        """ARM is done with it."""
        return self.outcome != "running"

    @property
    def late(self) -> bool:
        """It takes longer than Helm waits."""
        return not self.over and self.elapsed > self.limit

    @property
    def settled(self) -> int:
        """Expected components that are as they should be."""
        return sum(part.settled for part in self.parts if part.expected)

    @property
    def wanted(self) -> int:
        """Expected components."""
        return sum(part.expected for part in self.parts)

    @property
    def words(self) -> str:
        """`components starting, 7 of 12 ready, 1m20s; usually 2m to 5m, given up after 15m`."""
        counted = f", {self.settled} of {self.wanted} ready" if self.wanted and self.verb != "delete" else ""
        told = f"{self.phase}{counted}, {age(self.elapsed)}"
        if self.over:
            return told
        usual = f"usually {_minutes(self.usual[0])} to {_minutes(self.usual[1])}"
        if self.late:
            return f"{told}; longer than the {_minutes(self.limit)} that Helm waits"
        return f"{told}; {usual}" + ("" if self.verb == "delete" else f", given up after {_minutes(self.limit)}")


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f}m"


def progress(sight: Sight, now: float) -> Progress:
    """What the sight comes to at an instant."""
    outcome = outcome_of(sight)
    found = parts(
        expected(sight.extension) if sight.extension is not None else [],
        sight.extension.name if sight.extension is not None else "", sight.workloads, sight.pods,
        sight.recording.pods, _when(sight.verb, outcome), now,
    )  # fmt: skip
    phase = _phase(sight, outcome, found, now)
    health = _health(phase, outcome, found)
    reports = relevant(sight.report or sight.recording.report, sight.verb, sight.begun)
    elapsed = max(0.0, (ended_at(sight, outcome) or now) - sight.begun)
    return Progress(
        sight.verb, outcome, phase, health, found, sight.begun, elapsed, USUAL[sight.verb],
        LIMIT, _standing(sight), last_error(sight, outcome), failures(reports),
        next((report.correlation for report in reports if report.correlation), ""),
        gone(sight) if outcome in ("failed", "canceled", "lost") else (),
        () if health is Health.GOOD else tuple(diagnose(evidence(sight, outcome, elapsed))), sight.removal,
    )  # fmt: skip


def _when(verb: Verb, outcome: Outcome) -> When:
    if verb == "delete":
        return "deleting"
    return "running" if outcome == "running" else "succeeded" if outcome == "succeeded" else "failed"


def _phase(sight: Sight, outcome: Outcome, found: tuple[Part, ...], now: float) -> Phase:
    if outcome == "lost":
        return "not known"
    if outcome == "canceled":
        return "canceled"
    if sight.verb == "delete":
        return "failed" if outcome == "failed" else _leaving(sight, outcome, found, now)
    if outcome == "failed":
        return "rolled back" if _taken_back(sight, found) else "failed"
    if outcome == "succeeded":
        return "settling" if _settles(sight, outcome, found, now) else "done"
    if sight.blind:
        return "in progress"
    return _arriving(sight, found)


def _settles(sight: Sight, outcome: Outcome, found: tuple[Part, ...], now: float) -> bool:
    """Something is still to come, and comes soon. What is sick will not be well by waiting."""
    ended = ended_at(sight, outcome)
    coming = [part for part in found if part.expected and not part.settled]
    if sight.blind or (ended is not None and now - ended > QUIET):
        return False
    return any(part.health < Health.WARN or part.state == "missing" for part in coming)


def _arriving(sight: Sight, found: tuple[Part, ...]) -> Phase:
    """While an install or an update runs."""
    checks = own_checks(sight)
    components = [part for part in found if part.name != POD]
    here = [part for part in components if part.state not in ("not there yet", "gone", "not seen")]
    failed = any(check.phase == "Failed" for check in checks)
    if failed or len(checks) > 1 or (not here and any(part.state == "gone" for part in components)):
        return "rolling back"  # the check runs once before, and once more when Helm takes it back
    if any(not check.over for check in checks):
        return "health check"
    if not here or (sight.verb == "update" and not checks and not _touched(sight)):
        return "components starting" if checks else "waiting for the agents"
    return "settling" if all(part.settled for part in components if part.expected) else "components starting"


def _touched(sight: Sight) -> bool:
    """An update has reached the namespace: there are pods that are younger."""
    return any(pod.namespace == NAMESPACE and (pod.created or 0.0) >= sight.begun for pod in sight.pods or ())


def _leaving(sight: Sight, outcome: Outcome, found: tuple[Part, ...], now: float) -> Phase:
    """While a delete runs, and until the namespace is gone."""
    removal = sight.removal
    if sight.forced and outcome == "succeeded":
        return "done"
    if removal is not None and not removal.there:
        return "done" if outcome == "succeeded" else "settling"
    if removal is not None and removal.since is not None:
        return "hangs" if removal.hangs(now) else "namespace going"
    checks = own_checks(sight)
    if any(not check.over for check in checks):
        return "health check"
    if any(part.state not in ("gone", "not seen") for part in found if part.name != POD):
        return "components stopping" if checks or outcome == "succeeded" else "waiting for the agents"
    if outcome != "succeeded":
        return "in progress" if sight.blind else "components stopping"
    ended = ended_at(sight, outcome)
    # A namespace that nobody deletes stays: after a while there is nothing to wait for.
    return "done" if removal is None or (ended is not None and now - ended > QUIET) else "namespace going"


def _taken_back(sight: Sight, found: tuple[Part, ...]) -> bool:
    """Helm says so; or nothing is left of what was seen."""
    if any(_TAKEN_BACK.search(told) for error in sight.errors for told in _all_messages(error)):
        return True
    components = [part for part in found if part.name != POD]
    return bool(gone(sight)) and not sight.blind and not any(part.pods or part.desired for part in components)


def _all_messages(error: ArmError) -> Iterator[str]:
    yield error.message
    for inside in error.details:
        yield from _all_messages(inside)


def _health(phase: Phase, outcome: Outcome, found: tuple[Part, ...]) -> Health:
    if outcome in ("failed", "canceled") or phase == "hangs":
        return Health.BAD
    if outcome == "lost":
        return Health.UNKNOWN
    asked = [part for part in found if part.expected]
    if any(part.health >= Health.WARN for part in asked):
        return Health.WARN
    if phase != "done":
        return Health.BUSY
    if any(part.state == "not seen" for part in asked):
        return Health.UNKNOWN
    return Health.GOOD if all(part.settled or part.state == "gone" for part in asked) else Health.WARN


def _standing(sight: Sight) -> str:
    if sight.extension is not None and sight.extension.raw_state:
        return sight.extension.raw_state
    return sight.operation.status if sight.operation is not None else ""
