"""What a server-side apply refuses before any validation: an object that cannot be read as one of its type.

Pure. Sentences: sigs.k8s.io/structured-merge-diff `typed`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tui.demo.kube import go
from tui.demo.kube.causes import quoted
from tui.demo.kube.schema import Schema
from tui.demo.kube.structural import name_of


def untyped(value: Any, schema: Schema, path: str = "") -> Iterator[str]:
    """Values of another form than the schema's, and items of a list that cannot be told apart."""
    expected = {"object": (dict, "map"), "array": (list, "list"), "string": (str, "string")}.get(schema.type)
    if expected is not None and not isinstance(value, expected[0]) and value is not None:
        shown = f"value.valueUnstructured{{Value:{go.syntax(value)}}}" if schema.type == "string" else None
        yield f"{path}: expected {expected[1]}, got &{shown or '{' + go.plain(value) + '}'}"
    elif schema.type in ("integer", "number") and isinstance(value, str | bool):
        got = "bool" if isinstance(value, bool) else "string"
        yield f"{path}: expected numeric (int or float), got {got}"
    elif isinstance(value, dict):
        for name, part in value.items():
            inner = schema.field(name)
            if inner is not None:
                yield from untyped(part, inner, f"{path}.{name}")
    elif isinstance(value, list):
        yield from _untyped_items(value, schema, path)


def _untyped_items(value: list[Any], schema: Schema, path: str) -> Iterator[str]:
    seen: list[Any] = []
    for place, item in enumerate(value):
        named = name_of(item, schema)
        if named is not None and named in seen:
            shown = (
                ",".join(f"{key}={quoted(part)}" for key, part in named.items()) if schema.keys else f"={quoted(named)}"
            )
            yield f"{path}: duplicate entries for key [{shown}]"
        seen.append(named)
        yield from untyped(item, schema.item, f"{path}[{place}]")
