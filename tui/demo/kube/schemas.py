"""Which schema the objects of a resource have: built-in ones from the models, custom ones from their definition.

Owns when the built-in ones are made (once, in a thread, at the first question). Must not know HTTP.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tui.demo.kube.models import OBJECT_META, built_ins
from tui.demo.kube.registry import Resource
from tui.demo.kube.schema import ANYTHING, Node, Schema

_HEAD: Final[dict[str, Node]] = {
    "apiVersion": {
        "type": "string",
        "description": "The version of the schema that this representation of the object follows.",
    },
    "kind": {"type": "string", "description": "The kind of resource that this object represents."},
    "metadata": {"$ref": OBJECT_META, "description": "The object's name, labels and the like."},
}


class Schemas:
    """The schemas of everything that is served."""

    def __init__(self) -> None:
        self._ready = False
        self._lock = asyncio.Lock()
        self._custom: dict[tuple[str, str], tuple[Resource, Schema]] = {}

    async def ready(self) -> None:
        """Make the built-in ones, unless they are made, without blocking the loop."""
        async with self._lock:
            if not self._ready:
                await asyncio.to_thread(built_ins)
                self._ready = True

    def of(self, resource: Resource) -> Schema:
        """The schema of a resource's objects."""
        if not resource.custom:
            definitions = built_ins().definitions
            return Schema(definitions[built_ins().name(resource)], definitions)
        known = self._custom.get((resource.store, resource.version))
        if known is None or known[0] is not resource:
            known = resource, Schema(_whole(resource), built_ins().definitions)
            self._custom[resource.store, resource.version] = known
        return known[1]

    def name(self, resource: Resource) -> str:
        """The name of the definition of a resource's objects."""
        if not resource.custom:
            return built_ins().name(resource)
        return ".".join([*reversed(resource.group.split(".")), resource.version, resource.kind])

    def definitions(self, resources: list[Resource], *roots: str) -> dict[str, Node]:
        """The definitions of some resources, and of all that they and `roots` refer to."""
        found = {self.name(resource): self.of(resource).node for resource in resources}
        ahead = [*roots, *(name for node in found.values() for name in references(node))]
        while ahead:
            name = ahead.pop()
            if name not in found:
                found[name] = built_ins().definitions[name]
                ahead += references(found[name])
        return found


def _whole(resource: Resource) -> Node:
    """A custom resource's schema with the fields that every object has."""
    kind = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    own: Mapping[str, Any] = resource.schema or ANYTHING
    properties = {**own.get("properties", {}), **_HEAD}
    return {"type": "object", **own, "properties": properties, "x-kubernetes-group-version-kind": [kind]}


def references(node: Any) -> Iterator[str]:
    """The names that a node refers to."""
    if isinstance(node, Mapping):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for inner in node.values():
            yield from references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from references(inner)
