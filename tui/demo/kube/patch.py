"""Patches that are shaped like the document: merge (RFC 7386) and strategic merge.

Pure: documents in, document out. Raises StatusError for a patch that cannot be applied.
"""

from __future__ import annotations

from typing import Any, Final

from tui.demo.kube import go
from tui.demo.kube.json_patch import copied
from tui.demo.kube.schema import ANYTHING, Schema
from tui.demo.kube.status import unnamed

Body = dict[str, Any]

_ORDER: Final = "$setElementOrder/"
_DELETE: Final = "$deleteFromPrimitiveList/"
_RETAIN: Final = "$retainKeys"
_ANYTHING: Final = Schema(ANYTHING)


def merge_patch(target: Any, patch: Any) -> Any:
    """RFC 7386."""
    if not isinstance(patch, dict):
        return copied(patch)
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patch(result.get(key), value)
    return result


def strategic_patch(target: Any, patch: Any, schema: Schema) -> Any:
    """A strategic merge patch: maps merge, lists with a merge key merge by it, directives are obeyed.

    None when the patch says that the value goes.
    """
    if not isinstance(patch, dict):
        return copied(patch)
    how = patch.get("$patch")
    if how == "delete":
        return None
    result: Body = {} if how == "replace" or not isinstance(target, dict) else dict(target)
    if _RETAIN in patch:
        result = {name: part for name, part in result.items() if name in patch[_RETAIN]}
    for name, value in patch.items():
        if name.startswith(_DELETE):
            field = name.removeprefix(_DELETE)
            result[field] = [item for item in result.get(field) or () if item not in value]
        elif not name.startswith("$"):
            _field(result, name, value, schema.field(name) or _ANYTHING)
    _orders(result, patch, schema)
    return result


def _field(result: Body, name: str, value: Any, schema: Schema) -> None:
    new: Any = None
    if value is None:
        pass
    elif isinstance(value, list):
        new = _list(result.get(name) or [], value, schema)
    elif "replace" in schema.strategy:
        new = copied(value)
    else:
        new = strategic_patch(result.get(name), value, schema)
    if new is None:
        result.pop(name, None)
    else:
        result[name] = new


def _list(old: list[Any], patch: list[Any], schema: Schema) -> list[Any]:
    key = schema.merge_key
    directives = [item.get("$patch") for item in patch if isinstance(item, dict) and "$patch" in item]
    if "replace" in directives:
        return [copied(item) for item in patch if item.get("$patch") != "replace"]
    if not key:
        if "merge" in schema.strategy:
            return [*old, *(item for item in patch if item not in old)]
        return [copied(item) for item in patch if not (isinstance(item, dict) and "$patch" in item)]
    result = {item.get(key): item for item in old}
    for item in patch:
        if not isinstance(item, dict) or key not in item:
            raise unnamed(f"map: {go.plain(item)} does not contain declared merge key: {key}")
        new = strategic_patch(result.get(item[key], {}), item, schema.item)
        if new is None:
            result.pop(item[key], None)
        else:
            result[item[key]] = new
    return list(result.values())


def _orders(result: Body, patch: Body, schema: Schema) -> None:
    """Put lists into the order that the patch asks for; items that it does not name stay behind what they followed."""
    for directive, wanted in patch.items():
        name = directive.removeprefix(_ORDER)
        items = result.get(name)
        if not directive.startswith(_ORDER) or not isinstance(items, list):
            continue
        key = (schema.field(name) or _ANYTHING).merge_key
        places = [item.get(key) for item in wanted] if key else list(wanted)
        place, placed = -1.0, []
        for item in items:
            named = item.get(key) if key and isinstance(item, dict) else item
            place = places.index(named) if named in places else place + 1e-9
            placed.append((place, item))
        result[name] = [item for _place, item in sorted(placed, key=lambda pair: pair[0])]
