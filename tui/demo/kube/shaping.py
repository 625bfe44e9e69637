"""Objects into the form that their schema gives them: without what it does not know, with what it fills in.

Pure. Owns pruning, defaults, what null and empty mean, and amounts in the form in which they are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from tui.demo.kube.quantities import canonical
from tui.demo.kube.schema import Schema


def unknown(body: Any, schema: Schema, path: str = "") -> Iterator[str]:
    """Take the fields out that the schema does not know; gives their paths."""
    if isinstance(body, dict):
        for name in list(body):
            inner = schema.field(name)
            where = f"{path}.{name}" if path else name
            if inner is None:
                if schema.type in ("object", "") and (schema.fields or schema.type):
                    del body[name]
                    yield where
            else:
                yield from unknown(body[name], inner, where)
    elif isinstance(body, list):
        for place, item in enumerate(body):
            yield from unknown(item, schema.item, f"{path}[{place}]")


def fill(body: Any, schema: Schema) -> None:
    """Put the schema's defaults where nothing is said."""
    if isinstance(body, dict):
        for name, node in schema.fields.items():
            missing = name not in body or (body[name] is None and not node.get("nullable"))
            if "default" in node and missing:
                body[name] = msgspec.json.decode(msgspec.json.encode(node["default"]))
        for name, value in body.items():
            inner = schema.field(name)
            if inner is not None:
                fill(value, inner)
    elif isinstance(body, list):
        for item in body:
            fill(item, schema.item)


def without_nulls(body: Any) -> Any:
    """The value without fields that are null, which mean the same as absent ones."""
    if isinstance(body, dict):
        return {name: without_nulls(part) for name, part in body.items() if part is not None}
    if isinstance(body, list):
        return [without_nulls(item) for item in body]
    return body


def without_empty(body: Any, schema: Schema) -> Any:
    """The value without fields that are empty maps or lists, which built-in types leave out."""
    if isinstance(body, dict):
        parts = ((name, without_empty(part, schema.field(name) or schema)) for name, part in body.items())
        return {name: part for name, part in parts if not (part in ({}, []) and _omitted(name, schema))}
    if isinstance(body, list):
        return [without_empty(item, schema.item) for item in body]
    return body


def _omitted(name: str, schema: Schema) -> bool:
    inner = schema.field(name)
    if inner is None or name in schema.node.get("required", ()):
        return False
    values = inner.field("") if inner.is_map else None  # of a struct without fields nothing is known
    return inner.type == "array" or (values is not None and not values.preserves)


def pruned(body: Any, schema: Schema) -> Any:
    """A custom resource as it is kept: null only where that is allowed, and whole numbers as such."""
    if isinstance(body, dict):
        inner = {name: schema.field(name) for name in body}
        return {
            name: pruned(part, inner[name] or schema)
            for name, part in body.items()
            if part is not None or _may_be_null(inner[name])
        }
    if isinstance(body, list):
        return [pruned(item, schema.item) for item in body]
    return int(body) if isinstance(body, float) and body.is_integer() else body


def _may_be_null(schema: Schema | None) -> bool:
    if schema is None or schema.node.get("nullable"):
        return True
    return not (schema.type or schema.int_or_string or "anyOf" in schema.node)


def normal(body: Any, schema: Schema) -> Any:
    """The value with amounts in the one form in which built-in types keep them."""
    if isinstance(body, dict):
        return {name: normal(part, schema.field(name) or schema) for name, part in body.items()}
    if isinstance(body, list):
        return [normal(item, schema.item) for item in body]
    return canonical(body) or body if schema.is_quantity else body
