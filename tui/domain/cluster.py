"""The cluster as ARM knows it: Arc-connected, or AKS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from tui.core.health import Health
from tui.core.text import shorten_end
from tui.core.units import age
from tui.domain import arm_id
from tui.domain.wire import dig, mapping, moment, said, sequence, text

NAME: Final = "clusters"

_CONNECTIVITY: Final[dict[str, tuple[Health, str]]] = {
    "connected": (Health.GOOD, ""),
    "connecting": (Health.BUSY, "the Arc agents have not called yet"),
    "offline": (Health.BAD, "no heartbeat from the Arc agents"),
    "expired": (Health.BAD, "its managed identity certificate lapsed: connect it again"),
    "agentnotinstalled": (Health.BAD, "the Arc agents are not installed"),
}
_PROGRESS: Final = frozenset({"provisioning", "creating", "updating", "deleting", "accepted", "upgrading"})


class AgentError(Struct, frozen=True, gc=False):
    """One of arcAgentProfile.agentErrors."""

    component: str
    severity: str
    message: str
    time: float | None


class ClusterRow(Struct, frozen=True, gc=False):
    """One cluster. What the agents report is empty or 0 until they did."""

    key: str
    id: str
    name: str
    connected: bool
    """True for Arc (Microsoft.Kubernetes/connectedClusters), False for AKS."""
    location: str
    state: str
    """provisioningState: says only that the ARM resource exists."""
    connectivity: str
    """connectivityStatus of Arc; powerState of AKS."""
    last_seen: float | None
    """lastConnectivityTime."""
    agent_version: str
    kubernetes_version: str
    nodes: int
    cores: int
    distribution: str
    """Lower case; ARM changes its casing between two answers."""
    infrastructure: str
    certificate_expires: float | None
    errors: tuple[AgentError, ...]
    created: float | None
    health: Health
    why: str
    labels: dict[str, str]
    """Its tags."""


def decode(body: Any) -> ClusterRow:
    """The row of a connectedClusters or managedClusters body. Never raises."""
    wire = mapping(body)
    inner = mapping(wire.get("properties"))
    resource_id = text(wire.get("id"))
    kind = text(wire.get("type")) or resource_id
    connected = "managedclusters" not in kind.lower()
    state = text(inner.get("provisioningState"))
    connectivity = text(inner.get("connectivityStatus" if connected else "powerState"))
    connectivity = connectivity or text(dig(inner, "powerState", "code"))
    errors = tuple(_error(mapping(e)) for e in sequence(dig(inner, "arcAgentProfile", "agentErrors")))
    health, why = _judge(connected, state, connectivity, errors)
    return ClusterRow(
        arm_id.key(resource_id, wire.get("name")),
        resource_id,
        text(wire.get("name")),
        connected,
        text(wire.get("location")),
        state,
        connectivity,
        moment(inner.get("lastConnectivityTime")),
        text(inner.get("agentVersion")),
        text(inner.get("currentKubernetesVersion")) or text(inner.get("kubernetesVersion")),
        _number(inner.get("totalNodeCount")) or _pool_nodes(inner),
        _number(inner.get("totalCoreCount")),
        text(inner.get("distribution")).lower() or ("" if connected else "aks"),
        text(inner.get("infrastructure")),
        moment(inner.get("managedIdentityCertificateExpirationTime")),
        errors,
        moment(dig(wire, "systemData", "createdAt")),
        health,
        why,
        {text(key): text(value) for key, value in mapping(wire.get("tags")).items()},
    )


def _judge(connected: bool, state: str, connectivity: str, errors: tuple[AgentError, ...]) -> tuple[Health, str]:
    if state.lower() in ("failed", "canceled"):
        return Health.BAD, f"provisioning {state}"
    if not connected:
        if connectivity.lower() == "stopped":
            return Health.BAD, "the cluster is stopped"
        return (Health.BUSY, state) if state.lower() in _PROGRESS else (Health.GOOD, "")
    if state.lower() == "deleting":
        return Health.BUSY, "is being disconnected from Azure"
    health, why = _CONNECTIVITY.get(connectivity.lower(), (Health.UNKNOWN, connectivity or "never connected"))
    if health is Health.GOOD and errors:
        return Health.WARN, shorten_end(f"{errors[0].component}: {errors[0].message}", 160)
    return health, why


def _error(wire: Mapping[str, Any]) -> AgentError:
    return AgentError(
        text(wire.get("component")),
        text(wire.get("severity")),
        said(wire.get("message")),
        moment(wire.get("time")),
    )


def _pool_nodes(inner: Mapping[str, Any]) -> int:
    return sum(_number(mapping(pool).get("count")) for pool in sequence(inner.get("agentPoolProfiles")))


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def explain(row: ClusterRow, now: float) -> str:
    """`why` with the age of the last heartbeat."""
    if row.health is Health.GOOD or row.last_seen is None:
        return row.why
    return f"{row.why}; last heard {age(now - row.last_seen)} ago"


def haystack(row: ClusterRow) -> str:
    """What the filter looks in."""
    return f"{row.name} {row.location} {row.connectivity} {row.kubernetes_version} {row.distribution} {row.why}"
