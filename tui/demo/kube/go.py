"""What Go says of JSON that it cannot take: the words of encoding/json, and values as fmt prints them.

Pure. Built-in kinds are decoded into Go types before anything is validated: the first field of another type ends it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tui.core.units import epoch
from tui.demo.kube.quantities import UNREADABLE, canonical
from tui.demo.kube.schema import Schema

_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "object": (dict,), "array": (list,), "string": (str,), "boolean": (bool,), "integer": (int,),
    "number": (int, float),
}  # fmt: skip
_NAMES: Final = {"string": "string", "boolean": "bool", "number": "float64"}


def mistake(value: Any, schema: Schema, owner: str, path: str = "") -> str:
    """What is said of the first value of a wrong type; empty when all are right. `owner` is the type it is in."""
    if value is None or not (schema.type or schema.int_or_string):
        return ""
    if schema.is_quantity:
        return "" if canonical(value) is not None else UNREADABLE
    if not _fits(value, schema):
        got = f"{_got(value)} {value}" if schema.type == "integer" and isinstance(value, float) else _got(value)
        where = f"Go struct field {owner}.{path}" if path else "Go value"
        return f"json: cannot unmarshal {got} into {where} of type {type_of(schema)}"
    if schema.node.get("format") == "date-time" and epoch(value) is None:
        return f'parsing time {quote(value)} as "2006-01-02T15:04:05Z07:00": cannot parse {quote(value)} as "2006"'
    return next((said for said in _inside(value, schema, owner, path) if said), "")


def _inside(value: Any, schema: Schema, owner: str, path: str) -> Iterator[str]:
    """Of what is in a struct, a map or a list. Only fields of structs are steps of the path."""
    if isinstance(value, list):
        yield from (mistake(item, schema.item, owner, path) for item in value)
    elif isinstance(value, dict):
        here = owner if schema.is_map else schema.name.rpartition(".")[2] or owner
        for name, part in value.items():
            inner, below = schema.field(name), f"{path}.{name}" if path else name
            if inner is not None:
                yield mistake(part, inner, here, path if schema.is_map else below)


def _fits(value: Any, schema: Schema) -> bool:
    if schema.int_or_string:
        return isinstance(value, int | str) and not isinstance(value, bool)
    if isinstance(value, bool):
        return schema.type == "boolean"
    if schema.type == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[schema.type])


def type_of(schema: Schema) -> str:
    """A Go type: `v1.PodSpec`, `map[string]string`, `[]v1.Container`, `int32`."""
    if schema.type == "array":
        return f"[]{type_of(schema.item)}"
    if schema.is_map:
        return f"map[string]{type_of(schema.field('') or schema.item)}"
    if schema.name:
        return ".".join(schema.name.split(".")[-2:])
    return str(schema.node.get("format", "int64")) if schema.type == "integer" else _NAMES.get(schema.type, "object")


def _got(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    return next(("number" if name == "integer" else name) for name, kinds in _TYPES.items() if isinstance(value, kinds))


def quote(text: Any) -> str:
    """A text in quotes (%q)."""
    return '"' + str(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def plain(value: Any) -> str:
    """A value as %v prints it: `map[a:1 b:x]`, `[1 2]`."""
    if isinstance(value, dict):
        return "map[" + " ".join(f"{name}:{plain(part)}" for name, part in sorted(value.items())) + "]"
    if isinstance(value, list):
        return "[" + " ".join(plain(item) for item in value) + "]"
    if value is None:
        return "<nil>"
    return str(value).lower() if isinstance(value, bool) else str(value)


def syntax(value: Any) -> str:
    """A value as %#v prints it."""
    if isinstance(value, dict):
        inner = ", ".join(f"{quote(name)}:{syntax(part)}" for name, part in sorted(value.items()))
        return f"map[string]interface {{}}{{{inner}}}"
    if isinstance(value, list):
        return f"[]interface {{}}{{{', '.join(syntax(item) for item in value)}}}"
    if value is None:
        return "<nil>"
    return quote(value) if isinstance(value, str) else plain(value)
