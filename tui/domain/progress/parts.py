"""One component of the extension while an operation runs: how many of it are ready, or why it is not.

Owns that judgement for what workloads and pods show, and for what is only remembered. Completed hooks are healthy,
restarts alone are no fault. Must not know the operation's phases.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from msgspec import Struct

from tui.core.health import Health
from tui.domain.component import BY_NAME, COMPONENTS, NAMESPACE, Component
from tui.domain.pod import PodRow
from tui.domain.progress.recording import SeenPod, words
from tui.domain.workload import WorkloadRow

PartState = Literal[
    "not there yet", "starting", "ready", "done", "failed", "off", "stopping", "missing", "gone", "not seen"
]
When = Literal["running", "succeeded", "failed", "deleting"]
"""What the operation has come to: what is absent means something else each time."""
YOUNG: Final = 300.0
"""Seconds in which a pod that runs may get ready: all of them mostly are by then."""
NOT_SEEN: Final = "was not seen"
"""Why a component is gone that never came."""
_ORDER: Final = {component.name: number for number, component in enumerate(COMPONENTS)}
_UNKNOWN: Final = Component("", "", "optional", "", "")


class Part(Struct, frozen=True):
    """One component."""

    name: str
    kind: str
    """Deployment, StatefulSet, DaemonSet, Job or Pod."""
    purpose: str
    expected: bool
    """The settings in force ask for it."""
    state: PartState
    ready: int
    desired: int
    why: str
    health: Health
    restarts: int = 0
    pods: tuple[str, ...] = ()
    """Keys of its pods."""

    @property
    def count(self) -> str:
        """`1/2`; empty when nothing is to be counted."""
        return f"{self.ready}/{self.desired}" if self.desired else ""

    @property
    def settled(self) -> bool:
        """It is as it should be."""
        return self.state in ("ready", "done", "off")


def parts(
    wanted: Sequence[Component], release: str, workloads: Sequence[WorkloadRow] | None, pods: Sequence[PodRow] | None,
    before: Iterable[SeenPod], when: When, now: float,
) -> tuple[Part, ...]:  # fmt: skip
    """All components that are asked for, there, or remembered; None for what cannot be seen.

    `release` is the extension's name: a workload with its mark is a part of it, known or not.
    """
    ours = [load for load in workloads or () if load.namespace == NAMESPACE and _is_ours(load, release)]
    own = [pod for pod in pods or () if pod.namespace == NAMESPACE]
    owners = {load.component for load in ours}
    past = [seen for seen in before if seen.gone is not None]
    names = {one.name for one in wanted} | owners
    names |= {pod.component for pod in own if pod.component in BY_NAME}
    names |= {seen.row.component for seen in past if seen.row.component in BY_NAME}
    asked = {one.name for one in wanted}
    blind = workloads is None and pods is None
    return tuple(
        _part(
            BY_NAME.get(name, _UNKNOWN), name, name in asked, [load for load in ours if load.component == name],
            [pod for pod in own if pod.component == name], [seen for seen in past if seen.row.component == name],
            when, blind, now,
        )
        for name in sorted(names, key=lambda name: (name != "healthcheck", _ORDER.get(name, len(_ORDER)), name))
    )  # fmt: skip


def _is_ours(load: WorkloadRow, release: str) -> bool:
    return load.component in BY_NAME or bool(release and load.release == release)


def _part(
    known: Component, name: str, expected: bool, loads: list[WorkloadRow], pods: list[PodRow], past: list[SeenPod],
    when: When, blind: bool, now: float,
) -> Part:  # fmt: skip
    kind = loads[0].kind if loads else known.kind
    state, ready, desired, why, health = (
        _of_workloads(loads, pods, now)
        if loads
        else _of_pods(pods, now)
        if pods
        else _absent(expected, past, when, blind)
    )
    restarts = sum(pod.restarts for pod in pods)
    return Part(
        name, kind, known.purpose, expected, state, ready, desired, why, health, restarts,
        tuple(pod.key for pod in pods),
    )  # fmt: skip


Judged = tuple[PartState, int, int, str, Health]


def _of_workloads(loads: list[WorkloadRow], pods: list[PodRow], now: float) -> Judged:
    ready, desired = sum(load.ready for load in loads), sum(load.desired for load in loads)
    worst = max(loads, key=lambda load: load.health)
    if all(load.settled for load in loads):
        states = {load.state for load in loads}
        state: PartState = "done" if states == {"done"} else "off" if states == {"off"} else "ready"
        return state, ready, desired, worst.why, worst.health
    if all(load.state == "deleting" for load in loads):
        return "stopping", ready, desired, worst.why, worst.health
    if worst.health is Health.BAD:
        return "failed", ready, desired, worst.why, Health.BAD
    sick = max(pods, key=lambda pod: _judged(pod, now), default=None)
    if sick is None or sick.health < Health.WARN:
        return "starting", ready, desired, worst.why, worst.health
    health = max(_judged(sick, now), worst.health)
    return ("failed" if health is Health.BAD else "starting"), ready, desired, words(sick), health


def _judged(pod: PodRow, now: float) -> Health:
    """Not ready yet is how every pod begins: no fault while it is young and has not ended once."""
    begins = pod.health is Health.WARN and pod.phase == "Running" and not pod.restarts
    young = pod.created is not None and now - pod.created < YOUNG
    return Health.BUSY if begins and young else pod.health


def _of_pods(pods: list[PodRow], now: float) -> Judged:
    """Where no workload is seen: a bare pod, or workloads we may not list."""
    worst = max(pods, key=lambda pod: _judged(pod, now))
    health = _judged(worst, now)
    good = sum(pod.health is Health.GOOD for pod in pods)
    if good == len(pods):
        over = all(pod.over for pod in pods)
        return ("done" if over else "ready"), good, len(pods), "", Health.GOOD
    if all(pod.deleted is not None for pod in pods):
        return "stopping", good, len(pods), worst.why, health
    return ("failed" if health is Health.BAD else "starting"), good, len(pods), words(worst), health


def _absent(expected: bool, past: list[SeenPod], when: When, blind: bool) -> Judged:
    """Nothing of it is there: what that means depends on what the operation has come to."""
    if when == "deleting":
        return "gone", 0, 0, "", Health.OFF
    if past:
        worst = max((seen.telling for seen in past), key=lambda row: row.health)
        last = f"last seen {worst.status}" + (f": {worst.why}" if worst.why else "")
        return "gone", 0, 0, last, worst.health if worst.health is Health.BAD else Health.OFF
    if blind:
        return "not seen", 0, 0, "neither pods nor workloads can be read", Health.UNKNOWN
    if when == "running":
        return "not there yet", 0, 0, "", Health.BUSY
    if when == "failed":
        return "gone", 0, 0, NOT_SEEN, Health.OFF
    return "missing", 0, 0, "the settings ask for it" if expected else "", Health.BAD if expected else Health.OFF
