"""Kinds whose rows keep the resourceVersion: a store can be held against plain HTTP, object by object."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from tui.core.kind import Kind


class Meta(Struct, frozen=True):
    name: str = ""
    namespace: str = ""
    resourceVersion: str = ""


class Item(Struct, frozen=True):
    metadata: Meta = Meta()
    data: dict[str, str] = field(default_factory=dict)


class Row(Struct, frozen=True):
    key: str
    version: str
    data: dict[str, str]


def _decode(item: Item) -> Row:
    meta = item.metadata
    return Row(f"{meta.namespace}/{meta.name}", meta.resourceVersion, item.data)


CONFIG_MAPS = Kind("configmaps", "", "v1", "configmaps", "ConfigMap", True, Item, _decode)
SECRETS = Kind("secrets", "", "v1", "secrets", "Secret", True, Item, _decode)


_FIELD = {SECRETS.kind: "stringData", CONFIG_MAPS.kind: "data"}


def data(kind: Kind, text: str) -> dict[str, Any]:
    """What an object of one of these kinds holds."""
    return {_FIELD[kind.kind]: {"k": text}}


def made(kind: Kind, name: str, text: str) -> dict[str, Any]:
    """An object of one of these kinds."""
    return {"apiVersion": "v1", "kind": kind.kind, "metadata": {"name": name}, **data(kind, text)}
