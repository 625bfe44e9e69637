"""Objects against their schema: what is missing, what has the wrong form, what is out of its limits.

Pure. Sentences and field paths are those of the API server's validation of custom resources.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from tui.core.units import epoch
from tui.demo.kube.causes import INVALID, TOO_LONG, TOO_MANY, TYPE, Cause, duplicate, quoted, required, unsupported
from tui.demo.kube.json_patch import same
from tui.demo.kube.schema import Schema

Body = dict[str, Any]

_NOWHERE: Final = "<nil>"
"""The field of a cause that belongs to none: of combined schemas and of numbers."""
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "object": (dict,), "array": (list,), "string": (str,), "boolean": (bool,), "integer": (int,),
    "number": (int, float),
}  # fmt: skip


def problems(value: Any, schema: Schema, path: str = "") -> Iterator[Cause]:
    """What is wrong with a value, in the order of its fields."""
    node = schema.node
    if value is None and (node.get("nullable") or not schema.type):
        return
    wrong = _wrong_type(value, schema)
    if wrong:
        yield from _mistyped(value, wrong, schema, path)
    if "enum" in node and not any(same(value, each) for each in node["enum"]):
        yield unsupported(path, value, [str(each) for each in node["enum"]])
    if not wrong:
        yield from _limits(value, node, path)
    yield from _combined(value, schema, path)
    if wrong:
        return
    if isinstance(value, dict):
        yield from _of_fields(value, schema, path)
    elif isinstance(value, list):
        yield from _of_items(value, schema, path)


def _mistyped(value: Any, wrong: str, schema: Schema, path: str) -> Iterator[Cause]:
    """The type that it should have, and for numbers once more in other words."""
    form, got = schema.node.get("format", ""), _kind(value)
    if isinstance(value, float) and schema.type == "integer" and form:
        wrong, got = form, "float64"
    elif form == "date-time" and got == "integer":
        wrong, got = form, "int64"
    where = path or _NOWHERE
    yield TYPE, path, f'Invalid value: "{got}": {where} in body must be of type {wrong}: "{got}"'
    if isinstance(value, float) and schema.type == "integer":
        yield _unchecked(path, form)


def _unchecked(path: str, form: str) -> Cause:
    kind = f"integer with format {form}" if form else "integer (default format)"
    return INVALID, _NOWHERE, f'Invalid value: "": Checked value must be of type {kind} in {path}'


def _of_fields(value: Body, schema: Schema, path: str) -> Iterator[Cause]:
    own = ("apiVersion", "kind") if schema.embedded else ()
    for name in (*own, *schema.node.get("required", ())):
        if name not in value:
            yield required(_under(path, name))
    for name, part in value.items():
        inner = schema.field(name)
        if inner is not None:
            yield from problems(part, inner, _under(path, name))


def _of_items(value: list[Any], schema: Schema, path: str) -> Iterator[Cause]:
    seen: list[Any] = []
    for place, item in enumerate(value):
        where = f"{path}[{place}]"
        yield from problems(item, schema.item, where)
        if schema.keys and not isinstance(item, dict):
            yield INVALID, where, f"Invalid value: {quoted(item)}: must be an object for an array of list-type map"
        named = name_of(item, schema)
        if named in seen and named is not None:
            yield duplicate(where, named)
        seen.append(named)


def name_of(item: Any, schema: Schema) -> Any:
    """What tells an item from the others of a list that is a map or a set; None for other lists."""
    if schema.is_set:
        return item
    if schema.keys and isinstance(item, dict):
        return {key: item.get(key, schema.default_of_key(key)) for key in schema.keys}
    return None


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _wrong_type(value: Any, schema: Schema) -> str:
    """The type that the value should have; empty when it has it."""
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool):
        whole = False
    if schema.int_or_string:
        return "" if whole or isinstance(value, str) else "integer,string"
    if not schema.type or (schema.type == "integer" and whole):
        return ""
    ok = isinstance(value, _TYPES[schema.type]) and (schema.type == "boolean" or not isinstance(value, bool))
    return "" if ok else schema.type


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    return next(name for name in ("object", "array", "string", "integer", "number") if isinstance(value, _TYPES[name]))


def _limits(value: Any, node: Any, path: str) -> Iterator[Cause]:
    if isinstance(value, str):
        yield from _of_text(value, node, path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if node.get("format") == "int32" and not -(2**31) <= value < 2**31:
            yield _unchecked(path, "int32")
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
        yield TYPE, *_bad(value, path, f"must be of type date-time: {quoted(value)}")[1:]


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
        yield TOO_MANY, path, f"Too many: {len(value)}: must have at most {high} item{'s' if high != 1 else ''}"


def _combined(value: Any, schema: Schema, path: str) -> Iterator[Cause]:
    """Of schemas in a schema: one sentence without a field, and what the first of them has against the value."""

    def against(name: str) -> list[list[Cause]]:
        return [[*problems(value, Schema(each, schema.definitions), path)] for each in schema.node.get(name, ())]

    every, some, one = against("allOf"), against("anyOf"), against("oneOf")
    valid = sum(not causes for causes in one)
    if any(every):
        yield _apart(path, "must validate all the schemas (allOf)" + (". None validated" if all(every) else ""))
        yield from (cause for causes in every for cause in causes)
    if some and all(some):
        yield _apart(path, "must validate at least one schema (anyOf)")
        yield from some[0]
    if one and valid != 1:
        found = f"{valid} valid alternatives" if valid else "none valid"
        yield _apart(path, f"must validate one and only one schema (oneOf). Found {found}")
        yield from () if valid else one[0]
    if "not" in schema.node and not any(problems(value, Schema(schema.node["not"], schema.definitions), path)):
        yield _apart(path, "must not validate the schema (not)")


def _apart(path: str, said: str) -> Cause:
    return INVALID, _NOWHERE, f'Invalid value: "": "{path}" {said}'
