"""What the caller may do in ARM: actions of roles, and which of them a request needs.

Pure. Owns the wildcards of role definitions. Must not know resources, nor who the caller is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from tui.demo.arm.places import Place

VERSIONS: Final = ("2022-05-01-preview", "2022-04-01", "2018-07-01", "2018-01-01-preview", "2015-07-01")
"""api-versions of the list of permissions."""
TYPE: Final = "microsoft.authorization/permissions"
_VERBS: Final = {"GET": "read", "HEAD": "read", "DELETE": "delete", "POST": "action"}


@dataclass(frozen=True, slots=True)
class Permission:
    """What one role gives. `*` in an action stands for any text, slashes included."""

    actions: tuple[str, ...]
    not_actions: tuple[str, ...] = ()

    def allows(self, action: str) -> bool:
        """An action is allowed that is among the actions and not among those taken away."""
        return _named(self.actions, action) and not _named(self.not_actions, action)

    def wire(self) -> dict[str, Any]:
        """As the list of permissions has it."""
        return {
            "actions": list(self.actions), "notActions": list(self.not_actions), "dataActions": [],
            "notDataActions": [],
        }  # fmt: skip


OWNER: Final = (Permission(("*",)),)
READER: Final = (Permission(("*/read",)),)
NO_RELAY: Final = (
    Permission(("*/read",)),
    Permission(
        ("Microsoft.Kubernetes/connectedClusters/*", "Microsoft.KubernetesConfiguration/*",
         "Microsoft.MachineLearningServices/workspaces/computes/*", "*/register/action"),
    ),
)  # fmt: skip
"""A cluster's and its extensions' operator, who may not make Relay namespaces, nor read their keys."""


def allows(permissions: Iterable[Permission], action: str) -> bool:
    """Whether one of the roles gives it: what one takes away another may still give."""
    return any(permission.allows(action) for permission in permissions)


def action_of(method: str, place: Place) -> str:
    """What a request needs: `Microsoft.Relay/namespaces/write`, `…/listKeys/action`."""
    verb = _VERBS.get(method, "write")
    if place.namespace:
        return f"{place.full_type if place.types else place.namespace}/{verb}"
    return f"Microsoft.Resources/subscriptions/{'resourceGroups/' if place.group else ''}{verb}"


def _named(patterns: Iterable[str], action: str) -> bool:
    return any(_pattern(text).fullmatch(action) for text in patterns)


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, text.split("*"))), re.IGNORECASE)
