"""Entries of a recording as JSON lines, and back.

Owns the format. What was written by an older or a newer arcdeck is read as far as it goes; what is no entry is None.
Secrets are masked on the way out, text is cleaned on the way in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import msgspec

from tui.core.redact import redact
from tui.core.text import clean
from tui.domain import event, pod, workload
from tui.domain.container import Container
from tui.domain.event import EventRow
from tui.domain.pod import PodRow
from tui.domain.progress.health_check import HealthCheck
from tui.domain.progress.recording import ArmStanding, Began, Entry, Line, Standing, What
from tui.domain.workload import WorkloadRow

_LEFT_OUT: Final = frozenset({"labels", "requests"})
_DEEPEST: Final = 12
_WORDS: Final = frozenset({"kind", "state", "role"})
"""Members that may hold certain words only, and are never empty."""


def line_of(entry: Entry) -> bytes:
    """One line, its end included."""
    value = msgspec.to_builtins(entry.value)
    wire = {"at": round(entry.at, 3), "what": entry.what, "value": _short(redact(value))}
    return msgspec.json.encode(wire) + b"\n"


def _short(value: Any) -> Any:
    """Without what is empty or left out: a reader fills it in."""
    if isinstance(value, list):
        return [_short(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _short(item) for key, item in value.items() if key not in _LEFT_OUT and item not in (None, "", [], {})
    }  # fmt: skip


def entry_of(line: bytes) -> Entry | None:
    """The entry of a line."""
    try:
        wire = msgspec.json.decode(line)
        read = _READERS[wire["what"]]
        return Entry(float(wire["at"]), cast(What, wire["what"]), read(_cleaned(wire.get("value"))))
    except (msgspec.MsgspecError, KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return None


def _cleaned(value: Any, depth: int = 0) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list) and depth < _DEEPEST:
        return [_cleaned(item, depth + 1) for item in value]
    if isinstance(value, dict) and depth < _DEEPEST:
        return {clean(key): _cleaned(item, depth + 1) for key, item in value.items()}
    return None if isinstance(value, list | dict) else value


def _empty(row: Any) -> dict[str, Any]:
    """What stands for a member that is not in a line: empty text is left out when it is written."""
    wire = cast(dict[str, Any], msgspec.to_builtins(row))
    return {key: "" if isinstance(value, str) and key not in _WORDS else value for key, value in wire.items()}


_POD: Final = _empty(pod.decode({}))
_CONTAINER: Final = _empty(
    Container("", "main", "", "unknown", "", "", False, None, 0, None, None, None, reported=False)
)
_EVENT: Final = _empty(event.decode({}))
_WORKLOAD: Final = _empty(workload.decode({}, "Deployment"))
_TERMINATION: Final = {
    "exit_code": 0, "signal": 0, "reason": "", "message": "", "started": None, "finished": None,
}  # fmt: skip


def _pod(wire: Mapping[str, Any]) -> PodRow:
    parts = [_container(part) for part in wire.get("containers") or ()]
    return msgspec.convert({**_POD, **wire, "containers": parts}, PodRow)


def _container(wire: Mapping[str, Any]) -> dict[str, Any]:
    ends = {name: {**_TERMINATION, **wire[name]} for name in ("ended", "last") if wire.get(name)}
    return {**_CONTAINER, **wire, **ends}


def _event(wire: Mapping[str, Any]) -> EventRow:
    return msgspec.convert({**_EVENT, **wire}, EventRow)


def _workload(wire: Mapping[str, Any]) -> WorkloadRow:
    return msgspec.convert({**_WORKLOAD, **wire}, WorkloadRow)


def _check(wire: Mapping[str, Any]) -> HealthCheck:
    reports = [
        {**report, "checks": [{"passed": False, **check} for check in report.get("checks") or ()]}
        for report in wire.get("reports") or ()
    ]
    return msgspec.convert({"key": "", **wire, "reports": reports}, HealthCheck)


def _as(shape: Any, **default: Any) -> Callable[[Any], Any]:
    return lambda wire: msgspec.convert({**default, **wire}, shape)


def _text(wire: Any) -> str:
    return msgspec.convert(wire, str)


_READERS: Final[dict[str, Callable[[Any], Any]]] = {
    "began": _as(Began, target=""), "operation": _as(Standing, status=""), "extension": _as(ArmStanding, state=""),
    "pod": _pod, "pod gone": _text, "workload": _workload, "workload gone": _text, "event": _event, "report": _check,
    "log": _as(Line, source="", text=""), "remark": _text, "ended": lambda _wire: None,
}  # fmt: skip
