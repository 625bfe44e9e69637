"""Azure Relay namespaces: the door through which jobs come into a connected cluster."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import md5
from typing import Any, Final

from msgspec import Struct

from tui.core.health import Health
from tui.domain import arm_id
from tui.domain.wire import mapping, moment, text

NAME: Final = "relays"

_MARKS: Final = frozenset({"managed_by=amlk8s", "created_by=amlk8s-extension", "created_by=azure arc-enabled ml"})
"""Tags the az CLI put on what it made, by its age."""
_LONGEST: Final = 50
_STEM: Final = 44


class RelayRow(Struct, frozen=True, gc=False):
    """One Relay namespace."""

    key: str
    id: str
    name: str
    location: str
    state: str
    of_product: bool
    """Its tags say that the az CLI made it for the extension."""
    created: float | None
    health: Health
    why: str
    labels: dict[str, str]


def decode(body: Any) -> RelayRow:
    """The row of a Microsoft.Relay/namespaces body. Never raises."""
    wire = mapping(body)
    inner = mapping(wire.get("properties"))
    tags = {text(key): text(value) for key, value in mapping(wire.get("tags")).items()}
    state = text(inner.get("provisioningState"))
    resource_id, created = text(wire.get("id")), inner.get("createdAt")
    good = state.lower() in ("", "succeeded", "created", "active")
    bad = state.lower() in ("failed", "disabled")
    return RelayRow(
        arm_id.key(resource_id, wire.get("name")), resource_id, text(wire.get("name")),
        text(wire.get("location")), state,
        any(f"{key}={value}".lower() in _MARKS for key, value in tags.items()),
        moment(created),
        Health.GOOD if good else Health.BAD if bad else Health.BUSY, "" if good else f"Relay {state}", tags,
    )  # fmt: skip


def expected_name(cluster: str, subscription: str, group: str) -> str:
    """The name the az CLI gives the Relay namespace of a cluster: its rule, digest included."""
    whole = f"{cluster}-{subscription}-{group}-relay"
    stripped = re.sub(r"[^A-Za-z0-9]", "", whole)
    if len(stripped) <= _LONGEST:
        return stripped
    return stripped[:_STEM] + md5(whole.encode(), usedforsecurity=False).hexdigest()[:6]


def of_cluster(rows: Iterable[RelayRow], cluster_id: str) -> list[RelayRow]:
    """The Relay namespaces of one cluster: the one with the name it would get, else all that are the product's."""
    wanted = expected_name(arm_id.name(cluster_id), arm_id.subscription(cluster_id), arm_id.group(cluster_id)).lower()
    known = [row for row in rows if row.of_product or row.name.lower() == wanted]
    return [row for row in known if row.name.lower() == wanted] or known


def haystack(row: RelayRow) -> str:
    """What the filter looks in."""
    return f"{row.name} {row.location} {row.state} {row.why}"
