"""Namespaces: there, or going away."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from tui.core.health import Health
from tui.core.text import shorten_end
from tui.domain.wire import Condition, Meta, fit, labels, moment, said, word

NAME: Final = "namespaces"


class NamespaceStatus(Struct, gc=False):
    """Phase and the conditions of a deletion that hangs."""

    phase: str | None = None
    conditions: list[Condition] | None = None


class NamespaceItem(Struct, gc=False):
    """One namespace as the API sends it."""

    metadata: Meta | None = None
    status: NamespaceStatus | None = None


class NamespaceRow(Struct, frozen=True, gc=False):
    """One namespace."""

    key: str
    name: str
    status: str
    """`Active` or `Terminating`."""
    created: float | None
    health: Health
    why: str
    labels: dict[str, str]


def decode(item: Any) -> NamespaceRow:
    """The row of one namespace; `item` is a NamespaceItem or any JSON value."""
    namespace = fit(item, NamespaceItem)
    meta, status = namespace.metadata or Meta(), namespace.status or NamespaceStatus()
    name, phase = word(meta.name), word(status.phase) or "Active"
    health, why = Health.GOOD, ""
    if phase == "Terminating":
        stuck = next((c for c in status.conditions or () if c.status == "True" and c.message), None)
        health = Health.WARN if stuck else Health.BUSY
        why = shorten_end(said(stuck.message), 160) if stuck else "is being deleted"
    return NamespaceRow(name, name, phase, moment(meta.creationTimestamp), health, why, labels(meta.labels))


def haystack(row: NamespaceRow) -> str:
    """What the filter looks in."""
    return f"{row.name} {row.status} {row.why}"
