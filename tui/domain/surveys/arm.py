"""What ARM tells of a cluster beyond its row, and what it lets us do: as a survey keeps it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct

from tui.domain.wire import dig, mapping, sequence, text

_MANAGED_IDENTITY: Final = "msi"
"""servicePrincipalProfile.clientId of a cluster that has no service principal."""


class ArcFacts(Struct, frozen=True):
    """A connected cluster's agents."""

    desired_agent: str
    """arcAgentProfile.desiredAgentVersion: what ARM would have them be."""
    auto_upgrade: str
    """arcAgentProfile.agentAutoUpgrade."""


class AksFacts(Struct, frozen=True):
    """What an attach needs of an AKS cluster."""

    local_accounts: bool
    """Not disableLocalAccounts."""
    identity: str
    """`SystemAssigned`, `UserAssigned`, `service principal`, or empty when the body does not say."""
    authorized_ranges: tuple[str, ...]
    """apiServerAccessProfile.authorizedIPRanges."""


class Permission(Struct, frozen=True):
    """One entry of Microsoft.Authorization/permissions."""

    actions: tuple[str, ...]
    not_actions: tuple[str, ...]


def arc_facts(body: Any) -> ArcFacts:
    """Of a connectedClusters body. Never raises."""
    profile = mapping(dig(body, "properties", "arcAgentProfile"))
    return ArcFacts(text(profile.get("desiredAgentVersion")), text(profile.get("agentAutoUpgrade")))


def aks_facts(body: Any) -> AksFacts:
    """Of a managedClusters body. Never raises."""
    inner = mapping(dig(body, "properties"))
    identity = text(dig(body, "identity", "type"))
    principal = text(dig(inner, "servicePrincipalProfile", "clientId"))
    if principal and principal.lower() != _MANAGED_IDENTITY and identity.lower() in ("", "none"):
        identity = "service principal"
    ranges = tuple(text(each) for each in sequence(dig(inner, "apiServerAccessProfile", "authorizedIPRanges")))
    return AksFacts(inner.get("disableLocalAccounts") is not True, identity, ranges)


def permission(body: Any) -> Permission:
    """One entry. Never raises."""
    wire = mapping(body)
    return Permission(_texts(wire.get("actions")), _texts(wire.get("notActions")))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(text(each) for each in sequence(value))


def allows(permissions: Iterable[Permission], action: str) -> bool:
    """Whether one entry gives the action and does not take it back; deny assignments are not told.

    Rule of Azure RBAC: entries add up, and what one takes back another may still give. `*` stands for anything.
    """
    return any(_among(action, one.actions) and not _among(action, one.not_actions) for one in permissions)


def _among(action: str, patterns: Iterable[str]) -> bool:
    return any(_matches(pattern.lower(), action.lower()) for pattern in patterns)


def _matches(pattern: str, action: str) -> bool:
    """Whether the pieces between the stars come one after the other, the first and the last at the ends.

    Each piece is looked for once: roles are somebody else's words, and many stars must not cost time.
    """
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == action
    *middle, last = rest
    if len(first) + len(last) > len(action) or not action.startswith(first) or not action.endswith(last):
        return False
    at, end = len(first), len(action) - len(last)
    for piece in middle:
        found = action.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True
