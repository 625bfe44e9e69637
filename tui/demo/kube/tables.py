"""Objects as meta.k8s.io/v1 Tables: the columns and cells kubectl shows.

Owns the form of tables, and the columns of custom resources, which are those of their definition. The columns of the
built-in kinds are in `printers`. Must not know how tables are sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from tui.demo.kube import printers, printers_workloads
from tui.demo.kube.jsonpath import find
from tui.demo.kube.printers import Body, aged, name, since
from tui.demo.kube.registry import Resource
from tui.demo.kube.shapes import bare

_KINDS: Final = {**printers.KINDS, **printers_workloads.KINDS}
_DEFAULT: Final = "Name|Age"
_PATH: Final = "Custom resource definition column (in JSONPath format): {}"


def definitions(resource: Resource) -> list[Body]:
    """columnDefinitions of a resource."""
    if not resource.custom:
        return [_column(title) for title in _KINDS.get(resource.store, (_DEFAULT,))[0].split("|")]
    own = [
        {
            "name": column["name"], "type": column["type"], "format": column.get("format", ""),
            "description": column.get("description") or _PATH.format(column["jsonPath"]),
            "priority": column.get("priority", 0),
        }
        for column in resource.columns
    ]  # fmt: skip
    return [_column("Name"), *(own or [_column("Age")])]


def _column(title: str) -> Body:
    name, _, kind = title.rstrip("*").partition(":")
    return {
        "name": name, "type": kind or "string", "format": "name" if name == "Name" else "", "description": "",
        "priority": int(title.endswith("*")),
    }  # fmt: skip


def cells(resource: Resource, obj: Body, now: float) -> list[Any]:
    """The cells of one object."""
    if resource.store in _KINDS:
        return _KINDS[resource.store][1](obj, now)
    if not resource.columns:
        return [name(obj), aged(obj, now)]
    return [name(obj), *(_custom(column, obj, now) for column in resource.columns)]


def _custom(column: Body, obj: Body, now: float) -> Any:
    found = find(obj, column["jsonPath"])
    if column["type"] == "date":
        return since(found[0] if found and isinstance(found[0], str) else None, now)
    if not found:
        return None
    if column["type"] == "string":
        return ",".join(_text(value) for value in found)
    return found[0] if isinstance(found[0], bool | int | float) else None


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def table(
    resource: Resource, objects: Sequence[Body], now: float, include: str, *, heads: bool = True, **meta: Any
) -> Body:
    """A Table of some objects. `include`: `Metadata` (default), `Object` or `None`."""
    rows = [{"cells": cells(resource, obj, now), "object": _part(obj, include)} for obj in objects]
    return {
        "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": meta,
        "columnDefinitions": definitions(resource) if heads else None, "rows": rows,
    }  # fmt: skip


def _part(obj: Body, include: str) -> Body | None:
    if include == "None":
        return None
    return obj if include == "Object" else bare(obj)
