"""Computes attached to a workspace.

Connection strings are dropped at decode. Unlike the az CLI, the whole of provisioningErrors is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from tui.core.health import Health
from tui.core.text import shorten_end
from tui.domain import arm_error, arm_id
from tui.domain.amounts import Amounts, amounts
from tui.domain.arm_error import ArmError
from tui.domain.wire import dig, mapping, moment, sequence, text

NAME: Final = "computes"

_HEALTH: Final = {
    "succeeded": Health.GOOD,
    "creating": Health.BUSY,
    "updating": Health.BUSY,
    "deleting": Health.BUSY,
    "failed": Health.BAD,
    "canceled": Health.BAD,
}


class AttachedType(Struct, frozen=True, gc=False):
    """An instance type inside a compute (era B)."""

    name: str
    requests: Amounts
    limits: Amounts
    selector: dict[str, str]


class ComputeRow(Struct, frozen=True, gc=False):
    """One compute."""

    key: str
    id: str
    name: str
    workspace: str
    workspace_id: str
    type: str
    """computeType: `Kubernetes`, `AmlCompute`…"""
    location: str
    state: str
    """provisioningState."""
    resource_id: str
    """The cluster it is attached to."""
    namespace: str
    """Where its jobs run; must exist, nobody checks at attach time."""
    default_type: str
    types: tuple[AttachedType, ...]
    identity: str
    description: str
    errors: tuple[ArmError, ...]
    attached: bool
    created: float | None
    modified: float | None
    health: Health
    why: str
    labels: dict[str, str]

    @property
    def is_kubernetes(self) -> bool:
        """It is a cluster, not a managed pool of virtual machines."""
        return self.type.lower() == "kubernetes"


def decode(body: Any) -> ComputeRow:
    """The row of a computes body. Never raises."""
    wire = mapping(body)
    outer = mapping(wire.get("properties"))
    inner = mapping(outer.get("properties"))
    resource_id, state = text(wire.get("id")), text(outer.get("provisioningState"))
    found = (arm_error.decode(item) for item in sequence(outer.get("provisioningErrors")))
    errors = tuple(error for error in found if error is not None)
    health, why = _judge(state, errors)
    return ComputeRow(
        arm_id.key(resource_id, wire.get("name")),
        resource_id,
        text(wire.get("name")),
        arm_id.part(resource_id, "workspaces"),
        re.split("/computes/", resource_id, flags=re.IGNORECASE)[0],
        text(outer.get("computeType")),
        text(wire.get("location")),
        state,
        text(outer.get("resourceId")),
        text(inner.get("namespace")),
        text(inner.get("defaultInstanceType")),
        tuple(attached_type(text(name), mapping(item)) for name, item in mapping(inner.get("instanceTypes")).items()),
        text(dig(wire, "identity", "type")),
        text(outer.get("description")),
        errors,
        outer.get("isAttachedCompute") is True,
        moment(outer.get("createdOn")),
        moment(outer.get("modifiedOn")),
        health,
        why,
        {text(key): text(value) for key, value in mapping(wire.get("tags")).items()},
    )


def _judge(state: str, errors: tuple[ArmError, ...]) -> tuple[Health, str]:
    health = _HEALTH.get(state.lower(), Health.UNKNOWN)
    if errors:
        health = Health.WARN if health is Health.GOOD else health
        return health, shorten_end(str(arm_error.innermost(errors[0])), 200)
    if health is Health.BAD:
        return health, f"{state}, ARM gives no reason"
    return health, "" if health is Health.GOOD else state or "no state"


def attached_type(name: str, wire: Mapping[str, Any]) -> AttachedType:
    """One type of an attach configuration or of a compute; resources and selector may be null."""
    selector = mapping(wire.get("nodeSelector"))
    return AttachedType(
        name,
        amounts(mapping(dig(wire, "resources", "requests"))),
        amounts(mapping(dig(wire, "resources", "limits"))),
        {text(key): text(value) for key, value in selector.items()},
    )


def haystack(row: ComputeRow) -> str:
    """What the filter looks in."""
    return f"{row.name} {row.workspace} {row.type} {row.state} {row.namespace} {row.default_type} {row.why}"
