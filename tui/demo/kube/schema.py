"""A walk through an OpenAPI schema: which fields there are, how lists and maps merge.

Pure. Serves built-in types and custom resources alike: both are OpenAPI nodes with x-kubernetes extensions. Must not
know where schemas come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Node = Mapping[str, Any]

ANYTHING: Final[Node] = {"x-kubernetes-preserve-unknown-fields": True}
_NOTHING: Final[Mapping[str, Node]] = {}
_HEAD: Final = ("apiVersion", "kind", "metadata")


@dataclass(frozen=True, slots=True)
class Schema:
    """One place in a schema, with the definitions that its references mean."""

    node: Node
    definitions: Mapping[str, Node] = field(default_factory=dict)
    name: str = ""
    """Of the definition that it is, empty for one that has none."""

    def _at(self, node: Node) -> Schema:
        """The schema of an inner node; what is said beside a reference is kept."""
        reference = node.get("$ref")
        if reference is None:
            return Schema(node, self.definitions)
        meant = self.definitions[reference]
        return Schema(meant if len(node) == 1 else {**meant, **node}, self.definitions, reference)

    @property
    def type(self) -> str:
        """`object`, `array`, `string`, `integer`, `number`, `boolean`; empty when it may be any."""
        return str(self.node.get("type", ""))

    @property
    def int_or_string(self) -> bool:
        """A number or a string, as in a port."""
        return bool(self.node.get("x-kubernetes-int-or-string")) or self.node.get("format") == "int-or-string"

    @property
    def is_quantity(self) -> bool:
        """An amount: a number or a text, with no format that says more."""
        return self.int_or_string and "format" not in self.node

    @property
    def is_map(self) -> bool:
        """An object whose keys are free, not fields."""
        return "additionalProperties" in self.node

    @property
    def preserves(self) -> bool:
        """Fields that it does not know are kept."""
        unknown = self.node.get("x-kubernetes-preserve-unknown-fields")
        return bool(unknown) or self.node.get("additionalProperties") is True

    @property
    def embedded(self) -> bool:
        """A whole object of its own: apiVersion, kind and metadata are fields of it."""
        return bool(self.node.get("x-kubernetes-embedded-resource"))

    @property
    def fields(self) -> Mapping[str, Node]:
        """The nodes of its fields."""
        return self.node.get("properties") or _NOTHING

    def field(self, name: str) -> Schema | None:
        """The schema of a field or of a map's value; None when there is none."""
        found = self.fields.get(name)
        if found is not None:
            return self._at(found)
        rest = self.node.get("additionalProperties")
        if isinstance(rest, Mapping):
            return self._at(rest)
        known = self.preserves or (self.embedded and name in _HEAD)
        return Schema(ANYTHING) if known else None

    @property
    def item(self) -> Schema:
        """The schema of a list's items."""
        items = self.node.get("items")
        return self._at(items) if isinstance(items, Mapping) else Schema(ANYTHING)

    @property
    def keys(self) -> tuple[str, ...]:
        """The fields that name an item of a list which is a map; empty for other lists."""
        if self.node.get("x-kubernetes-list-type") != "map":
            return ()
        return tuple(self.node.get("x-kubernetes-list-map-keys", ()))

    @property
    def is_set(self) -> bool:
        """A list whose items are owned one by one."""
        return self.node.get("x-kubernetes-list-type") == "set"

    @property
    def atomic(self) -> bool:
        """Owned and replaced whole."""
        if self.type == "array":
            return not self.keys and not self.is_set
        return self.node.get("x-kubernetes-map-type") == "atomic"

    @property
    def merge_key(self) -> str:
        """The field by which a strategic merge patch merges a list; empty when it replaces it."""
        return str(self.node.get("x-kubernetes-patch-merge-key", ""))

    @property
    def strategy(self) -> tuple[str, ...]:
        """`merge`, `retainKeys`, `replace`."""
        return tuple(str(self.node.get("x-kubernetes-patch-strategy", "")).split(","))

    def default_of_key(self, key: str) -> Any:
        """The default of a field that names items (`protocol` of a port), None without one."""
        return (self.item.fields.get(key) or {}).get("default")
