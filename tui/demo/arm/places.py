"""What an ARM path or resource id names: subscription, group, scope, provider, types and names.

Pure. Casing is kept as it was given and never compared: `key` and `type` are in lower case.
"""

from __future__ import annotations

from dataclasses import dataclass

_GROUPS = "resourcegroups"


@dataclass(frozen=True, slots=True)
class Place:
    """A path, taken apart. Empty strings and tuples for what it does not have."""

    path: str
    """Without a slash at its end."""
    subscription: str
    group: str
    scope: str
    """What stands before the last `/providers/`: a group, or the resource that is extended."""
    namespace: str
    """The provider of the last part: `Microsoft.Relay`."""
    types: tuple[str, ...]
    names: tuple[str, ...]
    """One less than `types` when the path names a collection (or an action)."""

    @property
    def key(self) -> str:
        """How ids compare."""
        return self.path.lower()

    @property
    def type(self) -> str:
        """`microsoft.relay/namespaces/hybridconnections`, in lower case."""
        return "/".join((self.namespace, *self.types)).lower()

    @property
    def name(self) -> str:
        """The last name."""
        return self.names[-1] if self.names else ""

    @property
    def full_type(self) -> str:
        """The type in the casing of the path."""
        return "/".join((self.namespace, *self.types))

    @property
    def is_resource(self) -> bool:
        """It names one resource of a provider."""
        return bool(self.types) and len(self.types) == len(self.names)

    @property
    def is_top(self) -> bool:
        """It lies in a group itself, not inside or upon another resource."""
        return len(self.types) == 1 and "/providers/" not in self.scope.lower()

    @property
    def parent(self) -> str:
        """The path it needs to exist: the resource it is inside or upon, its group, or nothing."""
        if len(self.types) > 1:
            return self.path.rsplit("/", 2 if self.is_resource else 1)[0]
        return self.scope

    def described(self) -> str:
        """`Microsoft.Relay/namespaces/x/hybridConnections/y`, as messages name a resource."""
        pairs = (part for pair in zip(self.types, (*self.names, ""), strict=False) for part in pair if part)
        return "/".join((self.namespace, *pairs))


def parse(path: str) -> Place:
    """Take a path apart; what makes no sense gives empty parts."""
    steps = [step for step in path.split("/") if step]
    lower = [step.lower() for step in steps]
    clean = "/" + "/".join(steps) if steps else ""
    subscription = steps[1] if len(steps) > 1 and lower[0] == "subscriptions" else ""
    group = steps[3] if subscription and len(steps) > 3 and lower[2] == _GROUPS else ""
    if "providers" not in lower:
        return Place(clean, subscription, group, clean, "", (), ())
    at = len(lower) - 1 - lower[::-1].index("providers")
    after = steps[at + 2 :]
    scope = "/" + "/".join(steps[:at]) if at else ""
    namespace = steps[at + 1] if len(steps) > at + 1 else ""
    return Place(clean, subscription, group, scope, namespace, tuple(after[::2]), tuple(after[1::2]))
