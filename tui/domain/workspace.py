"""Machine learning workspaces."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from tui.core.health import Health
from tui.domain import arm_id
from tui.domain.wire import dig, mapping, moment, text

NAME: Final = "workspaces"


class WorkspaceRow(Struct, frozen=True, gc=False):
    """One workspace."""

    key: str
    id: str
    name: str
    group: str
    """Its resource group."""
    subscription: str
    location: str
    state: str
    workspace_id: str
    """Its GUID, part of the host names it is reached under."""
    public: str
    """publicNetworkAccess: `Enabled`, `Disabled`, or empty."""
    created: float | None
    health: Health
    why: str
    labels: dict[str, str]


def decode(body: Any) -> WorkspaceRow:
    """The row of a workspaces body. Never raises."""
    wire = mapping(body)
    inner = mapping(wire.get("properties"))
    resource_id, name = text(wire.get("id")), text(wire.get("name"))
    state = text(inner.get("provisioningState"))
    created = dig(wire, "systemData", "createdAt") or inner.get("creationTime")
    health, why = _judge(state, name, arm_id.group(resource_id))
    return WorkspaceRow(
        arm_id.key(resource_id, name), resource_id, name, arm_id.group(resource_id),
        arm_id.subscription(resource_id), text(wire.get("location")), state, text(inner.get("workspaceId")),
        text(inner.get("publicNetworkAccess")), moment(created),
        health, why,
        {text(key): text(value) for key, value in mapping(wire.get("tags")).items()},
    )  # fmt: skip


def _judge(state: str, name: str, group: str) -> tuple[Health, str]:
    if state.lower() in ("failed", "canceled", "softdeleted"):
        return Health.BAD, f"provisioning {state}"
    if name.endswith("-") or group.endswith("-"):
        return (
            Health.WARN,
            "workspace or resource group ends with '-': workloads fail with InternalServerError",
        )
    if state.lower() in ("", "succeeded"):
        return Health.GOOD, ""
    return Health.BUSY, state


def haystack(row: WorkspaceRow) -> str:
    """What the filter looks in."""
    return f"{row.name} {row.group} {row.location} {row.state} {row.why}"
