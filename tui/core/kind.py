"""What a kind of Kubernetes object is to the mechanism: where it lives and how one is decoded.

Adding a kind is one file in `domain/` that makes one of these. The reflector needs no more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from tui.core.facts import Row


class Kind(Struct, frozen=True):
    """One watched resource of the Kubernetes API."""

    name: str
    """Its name in the store: the plural, with the group where two groups share it (`pods`, `vcjobs`)."""
    group: str
    """API group, empty for core."""
    version: str
    plural: str
    kind: str
    """The object kind, `Pod`."""
    namespaced: bool
    item: Any
    """The msgspec type of one object as the API sends it: only the fields that are shown."""
    decode: Callable[[Any], Row]
    """That value as a frozen row, every string through `clean`."""

    def path(self, namespace: str | None = None) -> str:
        """The collection's path: of one namespace, or of all when None or when the kind has no namespaces."""
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        if namespace and self.namespaced:
            return f"{root}/namespaces/{quote(namespace, safe='')}/{self.plural}"
        return f"{root}/{self.plural}"

    def object_path(self, key: str) -> str:
        """The path of one object by its row key, `namespace/name` or `name`."""
        namespace, _, name = key.partition("/") if self.namespaced else ("", "", key)
        return f"{self.path(namespace)}/{quote(name, safe='')}"

    @property
    def resource(self) -> str:
        """As kubectl and RBAC messages name it: `pods`, `instancetypes.amlarc.azureml.com`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural
