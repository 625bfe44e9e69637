"""A Relay or Service Bus namespace as ARM tells it: what both have in common.

Owns the reading of their states and of the tags that say whose they are. Must not know what they are for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tui.core.health import Health
from tui.domain.wire import mapping, text

_MARKS: Final = frozenset({"managed_by=amlk8s", "created_by=amlk8s-extension", "created_by=azure arc-enabled ml"})
"""Tags the az CLI put on what it made, by its age."""
_GOOD: Final = frozenset({"", "succeeded", "created", "active"})
_BAD: Final = frozenset({"failed", "disabled", "sendingdisabled", "receivingdisabled"})


def tags_of(wire: Mapping[str, Any]) -> dict[str, str]:
    """The tags."""
    return {text(key): text(value) for key, value in mapping(wire.get("tags")).items()}


def of_product(tags: Mapping[str, str]) -> bool:
    """Whether the tags say that the az CLI made it for the extension."""
    return any(f"{key}={value}".lower() in _MARKS for key, value in tags.items())


def state_of(inner: Mapping[str, Any]) -> str:
    """The state that tells: provisioningState, unless it is well and `status` is not."""
    made, runs = text(inner.get("provisioningState")), text(inner.get("status"))
    return runs if made.lower() in _GOOD and (runs.lower() not in _GOOD or not made) else made


def judge(state: str) -> Health:
    """How well it is."""
    word = state.lower()
    return Health.GOOD if word in _GOOD else Health.BAD if word in _BAD else Health.BUSY
