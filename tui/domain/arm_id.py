"""ARM resource ids: their parts. Ids, types and names compare case-insensitively; answers change their casing."""

from __future__ import annotations

from tui.domain.wire import text


def part(resource_id: str, segment: str) -> str:
    """What follows `segment` (`subscriptions`, `resourceGroups`, `connectedClusters`), empty when it is not there."""
    steps = resource_id.strip("/").split("/")
    wanted = segment.lower()
    return next((steps[i + 1] for i in range(len(steps) - 1) if steps[i].lower() == wanted), "")


def subscription(resource_id: str) -> str:
    """The subscription id."""
    return part(resource_id, "subscriptions")


def group(resource_id: str) -> str:
    """The resource group's name."""
    return part(resource_id, "resourceGroups")


def name(resource_id: str) -> str:
    """The last part."""
    return resource_id.rstrip("/").rsplit("/", 1)[-1]


def scope(resource_id: str) -> str:
    """The id of what an extension resource is on: all before its own `/providers/`, empty when there is none."""
    return resource_id[: max(resource_id.lower().rfind("/providers/"), 0)]


def same(one: str, other: str) -> bool:
    """Whether two ids name the same resource."""
    return one.strip("/").lower() == other.strip("/").lower()


def key(resource_id: object, fallback: object = "") -> str:
    """The row key of an ARM resource: its id in lower case, else its name."""
    return (text(resource_id) or text(fallback)).strip("/").lower()
