"""Objects against their schema: what is unknown, what is missing, what has the wrong form, what is filled in.

Pure. Sentences and field paths are those of the API server's validation of custom resources.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import msgspec

from tui.core.units import epoch
from tui.demo.kube.json_patch import same
from tui.demo.kube.schema import Schema

Body = dict[str, Any]
Cause = tuple[str, str, str]
"""Reason, field, sentence."""

REQUIRED: Final = "FieldValueRequired"
INVALID: Final = "FieldValueInvalid"
UNSUPPORTED: Final = "FieldValueNotSupported"
DUPLICATE: Final = "FieldValueDuplicate"
TYPE: Final = "FieldValueTypeInvalid"
TOO_LONG: Final = "FieldValueTooLong"
TOO_MANY: Final = "FieldValueTooMany"
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "object": (dict,), "array": (list,), "string": (str,), "boolean": (bool,), "integer": (int,),
    "number": (int, float),
}  # fmt: skip


def quoted(value: Any) -> str:
    """A value as it stands in a sentence: strings in quotes, maps and lists as JSON."""
    return msgspec.json.encode(value).decode()


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


def as_text(body: Any, schema: Schema) -> Any:
    """The value with quantities that are numbers as text: how the built-in types keep them."""
    if isinstance(body, dict):
        return {name: as_text(part, schema.field(name) or schema) for name, part in body.items()}
    if isinstance(body, list):
        return [as_text(item, schema.item) for item in body]
    if schema.is_quantity and isinstance(body, int | float) and not isinstance(body, bool):
        return str(body)
    return body


def problems(value: Any, schema: Schema, path: str = "") -> Iterator[Cause]:
    """What is wrong with a value, in the order of its fields."""
    node = schema.node
    if value is None and (node.get("nullable") or not schema.type):
        return
    wrong = _wrong_type(value, schema)
    if wrong:
        where = path or "<nil>"
        yield TYPE, path, f'Invalid value: "{_kind(value)}": {where} in body must be of type {wrong}: "{_kind(value)}"'
        return
    yield from _limits(value, node, path)
    yield from _combined(value, schema, path)
    if isinstance(value, dict):
        yield from _of_fields(value, schema, path)
    elif isinstance(value, list):
        yield from _of_items(value, schema, path)


def _of_fields(value: Body, schema: Schema, path: str) -> Iterator[Cause]:
    for name in schema.node.get("required", ()):
        if name not in value:
            yield REQUIRED, _under(path, name), "Required value"
    for name, part in value.items():
        inner = schema.field(name)
        if inner is not None:
            yield from problems(part, inner, _under(path, name))


def _of_items(value: list[Any], schema: Schema, path: str) -> Iterator[Cause]:
    seen: list[Any] = []
    for place, item in enumerate(value):
        yield from problems(item, schema.item, f"{path}[{place}]")
        named = _name_of(item, schema)
        if named in seen and named is not None:
            yield DUPLICATE, f"{path}[{place}]", f"Duplicate value: {quoted(named)}"
        seen.append(named)


def _name_of(item: Any, schema: Schema) -> Any:
    if schema.is_set:
        return item
    if schema.keys and isinstance(item, dict):
        return {key: item.get(key, schema.default_of_key(key)) for key in schema.keys}
    return None


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _wrong_type(value: Any, schema: Schema) -> str:
    """The type that the value should have; empty when it has it."""
    if schema.int_or_string:
        ok = isinstance(value, int | float | str) and not isinstance(value, bool)
        return "" if ok else "integer,string"
    if not schema.type:
        return ""
    if schema.type == "integer" and isinstance(value, float) and value.is_integer():
        return ""
    ok = isinstance(value, _TYPES[schema.type]) and (schema.type == "boolean" or not isinstance(value, bool))
    return "" if ok else schema.type


def untyped(value: Any, schema: Schema, path: str = "") -> Iterator[str]:
    """What a server-side apply refuses before any validation: values of another form than the schema's."""
    expected = {"object": (dict, "map"), "array": (list, "list"), "string": (str, "string")}.get(schema.type)
    if expected is not None and not isinstance(value, expected[0]) and value is not None:
        shown = f"&value.valueUnstructured{{Value:{value}}}" if schema.type == "string" else f"&{{{value}}}"
        yield f"{path}: expected {expected[1]}, got {shown}"
    elif schema.type in ("integer", "number") and isinstance(value, str):
        yield f"{path}: expected numeric (int or float), got string"
    elif isinstance(value, dict):
        for name, part in value.items():
            inner = schema.field(name)
            if inner is not None:
                yield from untyped(part, inner, f"{path}.{name}")
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from untyped(item, schema.item, f"{path}[{place}]")


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    return next(name for name in ("object", "array", "string", "integer", "number") if isinstance(value, _TYPES[name]))


def _limits(value: Any, node: Any, path: str) -> Iterator[Cause]:
    if "enum" in node and not any(same(value, each) for each in node["enum"]):
        listed = ", ".join(quoted(each) for each in node["enum"])
        yield UNSUPPORTED, path, f"Unsupported value: {quoted(value)}: supported values: {listed}"
    if isinstance(value, str):
        yield from _of_text(value, node, path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if node.get("format") == "int32" and not -(2**31) <= value < 2**31:
            yield (
                INVALID,
                "<nil>",
                f'Invalid value: "": Checked value must be of type integer with format int32 in {path}',
            )
        yield from _of_number(value, node, path)
    elif isinstance(value, list | dict):
        yield from _of_size(value, node, path)


def _bad(value: Any, path: str, sentence: str) -> Cause:
    return INVALID, path, f"Invalid value: {quoted(value)}: {path} in body {sentence}"


def _of_text(value: str, node: Any, path: str) -> Iterator[Cause]:
    if len(value) < node.get("minLength", 0):
        yield _bad(value, path, f"should be at least {node['minLength']} chars long")
    if len(value) > node.get("maxLength", math.inf):
        yield TOO_LONG, path, f"Too long: may not be more than {node['maxLength']} bytes"
    pattern = node.get("pattern")
    if pattern and not _pattern(pattern).search(value):
        yield _bad(value, path, f"should match '{pattern}'")
    if node.get("format") == "date-time" and epoch(value) is None:
        yield _bad(value, path, f"must be of type date-time: {quoted(value)}")


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def _of_number(value: float, node: Any, path: str) -> Iterator[Cause]:
    low, high, step = node.get("minimum"), node.get("maximum"), node.get("multipleOf")
    if low is not None and (value < low or (value == low and node.get("exclusiveMinimum"))):
        yield _bad(value, path, f"should be greater than {'' if node.get('exclusiveMinimum') else 'or equal to '}{low}")
    if high is not None and (value > high or (value == high and node.get("exclusiveMaximum"))):
        yield _bad(value, path, f"should be less than {'' if node.get('exclusiveMaximum') else 'or equal to '}{high}")
    if step and value % step:
        yield _bad(value, path, f"should be a multiple of {step}")


def _of_size(value: list[Any] | Body, node: Any, path: str) -> Iterator[Cause]:
    word, noun = ("Items", "items") if isinstance(value, list) else ("Properties", "properties")
    low, high = node.get(f"min{word}", 0), node.get(f"max{word}", math.inf)
    if len(value) < low:
        yield INVALID, path, f"Invalid value: {len(value)}: {path} in body should have at least {low} {noun}"
    if len(value) > high:
        yield TOO_MANY, path, f"Too many: {len(value)}: must have at most {high} items"


def _combined(value: Any, schema: Schema, path: str) -> Iterator[Cause]:
    def holds(node: Any) -> bool:
        return not any(problems(value, Schema(node, schema.definitions), path))

    node = schema.node
    if not all(holds(each) for each in node.get("allOf", ())):
        yield _bad(value, path, "must validate all the schemas (allOf)")
    if "anyOf" in node and not any(holds(each) for each in node["anyOf"]):
        yield _bad(value, path, "must validate at least one schema (anyOf)")
    if "oneOf" in node and sum(holds(each) for each in node["oneOf"]) != 1:
        yield _bad(value, path, "must validate one and only one schema (oneOf)")
    if "not" in node and holds(node["not"]):
        yield _bad(value, path, "must not validate the schema (not)")
