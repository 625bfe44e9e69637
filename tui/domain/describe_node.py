"""A node as `kubectl describe` writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tui.core.units import age
from tui.domain import node
from tui.domain.lines import field, listing, nested, pairs
from tui.domain.wire import mapping, moment, sequence, text


def lines(obj: Mapping[str, Any], now: float) -> Iterator[str]:
    """All but the events."""
    meta, spec, status = (mapping(obj.get(part)) for part in ("metadata", "spec", "status"))
    row = node.decode(obj)
    yield from field("Name", row.name)
    yield from field("Roles", row.roles)
    yield from pairs("Labels", meta.get("labels"))
    yield from pairs("Annotations", meta.get("annotations"), join=": ")
    created = f"{text(meta.get('creationTimestamp'))} ({age(now - row.created)} ago)" if row.created else ""
    yield from field("Created", created)
    yield from listing("Taints", map(str, row.taints))
    yield from field("Unschedulable", "true" if row.cordoned else "false")
    if row.why:
        yield from field("Why", row.why)
    yield from _conditions(sequence(status.get("conditions")), now)
    addresses = (mapping(one) for one in sequence(status.get("addresses")))
    yield from listing("Addresses", (f"{text(a.get('type'))}: {text(a.get('address'))}" for a in addresses))
    yield from nested("capacity", status.get("capacity"))
    yield from nested("allocatable", status.get("allocatable"))
    yield from nested("systemInfo", status.get("nodeInfo"))
    yield from field("Provider ID", spec.get("providerID"))


def _conditions(conditions: list[Any], now: float) -> Iterator[str]:
    yield "Conditions:"
    for one in map(mapping, conditions):
        at = moment(text(one.get("lastTransitionTime")))
        since = age(now - at) if at is not None else "-"
        said = ": ".join(filter(None, (text(one.get("reason")), text(one.get("message")))))
        yield f"  {text(one.get('type')):<22} {text(one.get('status')):<8} {since:<8} {said}".rstrip()
