"""STATUS, READY and RESTARTS of a pod as the API server prints them (k8s.io/kubernetes `printPod`)."""

from __future__ import annotations

from typing import Any

from tui.core.units import age, epoch

Body = dict[str, Any]


def printed(pod: Body, now: float) -> tuple[str, str, str]:
    """READY, STATUS, RESTARTS."""
    spec, status = pod.get("spec") or {}, pod.get("status") or {}
    count = _Count(_phase(status))
    sidecars = {c["name"] for c in spec.get("initContainers") or () if c.get("restartPolicy") == "Always"}
    initializing = _initial(count, status, sidecars, len(spec.get("initContainers") or ()))
    if not initializing or _is(status, "Initialized"):
        _running(count, status, sidecars)
    if pod["metadata"].get("deletionTimestamp"):
        if status.get("reason") == "NodeLost":
            count.reason = "Unknown"
        elif status.get("phase") not in ("Succeeded", "Failed"):
            count.reason = "Terminating"
    ago = f" ({age(now - count.last)} ago)" if count.restarts and count.last is not None else ""
    total = len(spec.get("containers") or ()) + len(sidecars)
    return f"{count.ready}/{total}", count.reason, f"{count.restarts}{ago}"


class _Count:
    """What is found while the containers are gone through."""

    def __init__(self, reason: str) -> None:
        self.reason, self.ready, self.restarts = reason, 0, 0
        self.last: float | None = None

    def restarted(self, one: Body) -> None:
        """Add a container's restarts and remember the latest."""
        self.restarts += one.get("restartCount", 0)
        ended = epoch(((one.get("lastState") or {}).get("terminated") or {}).get("finishedAt"))
        if ended is not None and (self.last is None or ended > self.last):
            self.last = ended


def _phase(status: Body) -> str:
    gated = any(
        c.get("reason") == "SchedulingGated" for c in status.get("conditions") or () if c["type"] == "PodScheduled"
    )
    return "SchedulingGated" if gated else str(status.get("reason") or status.get("phase") or "Unknown")


def _initial(count: _Count, status: Body, sidecars: set[str], total: int) -> bool:
    """Go through the init containers up to the one that is at work; True when there is one."""
    for place, one in enumerate(status.get("initContainerStatuses") or ()):
        count.restarted(one)
        state = one.get("state") or {}
        ended, waiting = state.get("terminated"), (state.get("waiting") or {}).get("reason")
        if ended is not None and not ended.get("exitCode"):
            continue
        if one["name"] in sidecars and one.get("started"):
            count.ready += bool(one.get("ready"))
            continue
        if ended is not None:
            count.reason = f"Init:{ended.get('reason') or _code(ended)}"
        elif waiting and waiting != "PodInitializing":
            count.reason = f"Init:{waiting}"
        else:
            count.reason = f"Init:{place}/{total}"
        return True
    return False


def _running(count: _Count, status: Body, sidecars: set[str]) -> None:
    """Go through the containers, the last first; of the init containers only those count that go on beside them."""
    count.restarts, count.last = 0, None
    for one in status.get("initContainerStatuses") or ():
        if one["name"] in sidecars:
            count.restarted(one)
    running = False
    for one in reversed(status.get("containerStatuses") or ()):
        count.restarted(one)
        state = one.get("state") or {}
        ended, waiting = state.get("terminated"), (state.get("waiting") or {}).get("reason")
        if waiting:
            count.reason = waiting
        elif ended is not None:
            count.reason = ended.get("reason") or _code(ended)
        elif one.get("ready") and "running" in state:
            running = True
            count.ready += 1
    if count.reason == "Completed" and running:
        count.reason = "Running" if _is(status, "Ready") else "NotReady"


def _code(ended: Body) -> str:
    return f"Signal:{ended['signal']}" if ended.get("signal") else f"ExitCode:{ended.get('exitCode', 0)}"


def _is(status: Body, condition: str) -> bool:
    return any(c["type"] == condition and c["status"] == "True" for c in status.get("conditions") or ())
