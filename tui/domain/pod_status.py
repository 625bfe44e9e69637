"""READY, STATUS and RESTARTS of a pod exactly as kubectl prints them.

Rule: `printPod` of kubernetes/pkg/printers/internalversion. Must not judge: `Completed` may be good or bad.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from tui.core.units import age
from tui.domain.container import Container
from tui.domain.wire import Condition

Conditions = Mapping[str | None, Condition]


class Printed(Struct, gc=False):
    """The three cells."""

    status: str
    ready: int
    total: int
    restarts: int
    restarted: float | None


def printed(phase: str, pod_reason: str, deleting: bool, parts: Sequence[Container], conditions: Conditions) -> Printed:
    """`parts` are init containers first, then main ones, each in the order of their statuses."""
    main = [part for part in parts if part.role == "main"]
    inits = [part for part in parts if part.role != "main"] if len(main) != len(parts) else []
    total = len(main) + sum(1 for part in inits if part.role == "sidecar")
    result = Printed(pod_reason or phase, 0, total, 0, None)
    scheduled = conditions.get("PodScheduled")
    if scheduled is not None and scheduled.reason == "SchedulingGated":
        result.status = "SchedulingGated"
    initializing = _inits(result, inits) if inits else False
    if not initializing or _true(conditions, "Initialized"):
        _mains(result, inits, main, _true(conditions, "Ready"))
    if deleting and pod_reason == "NodeLost":
        result.status = "Unknown"
    elif deleting and phase not in ("Succeeded", "Failed"):
        result.status = "Terminating"
    return result


def restarts_text(restarts: int, restarted: float | None, now: float) -> str:
    """`0`, `3 (5m ago)`."""
    if restarts and restarted is not None:
        return f"{restarts} ({age(now - restarted)} ago)"
    return str(restarts)


def _true(conditions: Conditions, name: str) -> bool:
    condition = conditions.get(name)
    return condition is not None and condition.status == "True"


def _count(result: Printed, part: Container) -> None:
    result.restarts += part.restarts
    finished = part.last.finished if part.last else None
    if finished is not None and (result.restarted is None or finished > result.restarted):
        result.restarted = finished


def _inits(result: Printed, inits: Sequence[Container]) -> bool:
    """True when an init container is still to finish; STATUS is then its."""
    for index, part in enumerate(inits):
        if not part.reported:
            break
        _count(result, part)
        if part.ended is not None and part.ended.exit_code == 0:
            continue
        if part.role == "sidecar" and part.began:
            result.ready += part.ready
            continue
        result.status = "Init:" + (_init_reason(part) or f"{index}/{len(inits)}")
        return True
    return False


def _init_reason(part: Container) -> str:
    if part.ended is not None:
        return _end(part)
    return part.reason if part.state == "waiting" and part.reason != "PodInitializing" else ""


def _end(part: Container) -> str:
    if part.ended is None or part.ended.reason:
        return part.reason
    return f"Signal:{part.ended.signal}" if part.ended.signal else f"ExitCode:{part.ended.exit_code}"


def _mains(result: Printed, inits: Sequence[Container], main: Sequence[Container], ready: bool) -> None:
    result.restarts, result.restarted = 0, None
    for part in inits:
        if part.role == "sidecar" and part.reported:
            _count(result, part)
    running = False
    for part in reversed(main):
        _count(result, part)
        if part.state == "waiting" and part.reason:
            result.status = part.reason
        elif part.state == "terminated":
            result.status = _end(part)
        elif part.ready and part.state == "running":
            running = True
            result.ready += 1
    if result.status == "Completed" and running:
        result.status = "Running" if ready else "NotReady"
