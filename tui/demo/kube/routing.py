"""Where a path of the API leads: group, version, namespace, resource, name, subresource; and the verb of a request.

Pure: must not know which resources exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_OF_NAMESPACES: Final = frozenset({"status", "finalize"})
"""After `/namespaces/{name}/` these are subresources of the namespace, anything else is a resource inside it."""
_MANY: Final = {"GET": "list", "POST": "create", "DELETE": "deletecollection"}
_ONE: Final = {
    "GET": "get", "POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Route:
    """A path to a resource. Empty names are absent parts."""

    group: str
    version: str
    namespace: str
    plural: str
    name: str
    subresource: str


def parse(path: str) -> Route | None:
    """The route of a path; None when it is not one to a resource."""
    steps = path.strip("/").split("/")
    if steps[0] == "api":
        group, steps = "", steps[1:]
    elif steps[0] == "apis" and len(steps) > 1:
        group, steps = steps[1], steps[2:]
    else:
        return None
    if len(steps) < 2 or "" in steps:
        return None
    version, rest, namespace = steps[0], steps[1:], ""
    if rest[0] == "namespaces" and len(rest) > 2 and not (len(rest) == 3 and rest[2] in _OF_NAMESPACES):
        namespace, rest = rest[1], rest[2:]
    if len(rest) > 3:
        return None
    plural, name, subresource = (*rest, "", "")[:3]
    return Route(group, version, namespace, plural, name, subresource)


def verb(method: str, route: Route, *, watch: bool) -> str:
    """What a request asks for, in the words of RBAC; empty when the method means nothing here."""
    if watch and method == "GET" and not route.subresource:
        return "watch"
    return (_ONE if route.name else _MANY).get(method, "")
