"""Status conditions of any object, as they are told: which of them are a fault, and since when.

Owns the reading of `status.conditions`, Volcano's among them, which have no type. Must not know whose they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from tui.core.health import Health
from tui.domain.wire import dig, mapping, moment, said, sequence, text

_FAULTS: Final = frozenset({"Unschedulable", "DisruptionTarget", "Failed", "NetworkUnavailable", "Stalled"})
"""Conditions that should not be true, besides those whose names end as follows."""
_FAULT_ENDS: Final = ("Pressure", "Failure", "Problem")
_FINE: Final = frozenset({"PodCompleted"})
"""Reasons for which a condition may well be false."""


class Stand(Struct, frozen=True, gc=False):
    """One condition."""

    type: str
    status: str
    """`True`, `False`, `Unknown`; empty where only the type says something."""
    reason: str
    message: str
    since: float | None
    health: Health


def conditions(body: Mapping[str, Any]) -> list[Stand]:
    """The conditions of an object as the API sends it, worst first, the latest of equals first."""
    found = [_stand(one) for item in sequence(dig(body, "status", "conditions")) if (one := mapping(item))]
    return sorted(found, key=lambda one: (-int(one.health), -(one.since or 0.0), one.type))


def _stand(one: Mapping[str, Any]) -> Stand:
    kind, status, reason = text(one.get("type")), text(one.get("status")), text(one.get("reason"))
    if not kind:  # a Volcano Job's: its phases, one after the other
        kind, status = status, ""
    since = moment(one.get("lastTransitionTime"))
    return Stand(kind, status, reason, said(one.get("message")), since, _health(kind, status, reason))


def _health(kind: str, status: str, reason: str) -> Health:
    if not status:
        return Health.BAD if kind == "Failed" else Health.GOOD
    if status == "Unknown":
        return Health.UNKNOWN
    faulty = kind in _FAULTS or kind.endswith(_FAULT_ENDS)
    return Health.GOOD if (status == "True") is not faulty or reason in _FINE else Health.WARN
