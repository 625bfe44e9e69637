"""STATUS, READY and RESTARTS of a pod as the API server prints them (k8s.io/kubernetes `printPod`)."""

from __future__ import annotations

from typing import Any

from tui.core.units import age, epoch

Body = dict[str, Any]


def printed(pod: Body, now: float) -> tuple[str, str, str]:
    """READY, STATUS, RESTARTS."""
    spec, status = pod.get("spec", {}), pod.get("status", {})
    reason = status.get("reason") or status.get("phase") or "Unknown"
    restarts, last = 0, None
    initializing = False
    statuses = status.get("initContainerStatuses", ())
    for place, one in enumerate(statuses):
        restarts += one.get("restartCount", 0)
        last = _later(last, one)
        found = _init_reason(one, place, len(spec.get("initContainers", ())))
        if found:
            reason, initializing = found, True
            break
    ready = sum(bool(one.get("ready")) for one in status.get("containerStatuses", ()))
    if not initializing:
        restarts, last = 0, None
        running = False
        for one in reversed(status.get("containerStatuses", ())):
            restarts += one.get("restartCount", 0)
            last = _later(last, one)
            found = _reason(one)
            reason = found or reason
            running = running or (not found and bool(one.get("ready")) and "running" in one.get("state", {}))
        if reason == "Completed" and running:
            reason = "Running" if _is_ready(status) else "NotReady"
    if pod["metadata"].get("deletionTimestamp"):
        reason = "Unknown" if status.get("reason") == "NodeLost" else "Terminating"
    when = f" ({age(now - last)} ago)" if restarts and last is not None else ""
    return f"{ready}/{len(spec.get('containers', ()))}", reason, f"{restarts}{when}"


def _later(last: float | None, one: Body) -> float | None:
    ended = epoch(one.get("lastState", {}).get("terminated", {}).get("finishedAt"))
    return ended if last is None or (ended is not None and ended > last) else last


def _init_reason(one: Body, place: int, total: int) -> str:
    state = one.get("state", {})
    ended, waiting = state.get("terminated"), state.get("waiting")
    if ended is not None:
        if not ended.get("exitCode"):
            return ""
        return "Init:" + (ended.get("reason") or _code(ended))
    if waiting and waiting.get("reason") and waiting["reason"] != "PodInitializing":
        return f"Init:{waiting['reason']}"
    return f"Init:{place}/{total}"


def _reason(one: Body) -> str:
    state = one.get("state", {})
    ended, waiting = state.get("terminated"), state.get("waiting")
    if waiting and waiting.get("reason"):
        return str(waiting["reason"])
    return str(ended.get("reason") or _code(ended)) if ended is not None else ""


def _code(ended: Body) -> str:
    return f"Signal:{ended['signal']}" if ended.get("signal") else f"ExitCode:{ended.get('exitCode', 0)}"


def _is_ready(status: Body) -> bool:
    return any(c["type"] == "Ready" and c["status"] == "True" for c in status.get("conditions", ()))
