"""The three patches of the API: merge (RFC 7386), JSON (RFC 6902) and strategic merge.

Pure: documents in, document out. Raises StatusError for a patch that cannot be applied.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from tui.demo.kube.status import StatusError

Body = dict[str, Any]

MERGE_KEYS: Final[dict[str, str]] = {
    "containers": "name", "initContainers": "name", "ephemeralContainers": "name", "env": "name", "volumes": "name",
    "volumeMounts": "mountPath", "ports": "containerPort", "conditions": "type", "ownerReferences": "uid",
    "imagePullSecrets": "name", "hostAliases": "ip", "addresses": "type", "secrets": "name",
}  # fmt: skip
"""Lists of the built-in kinds that are maps by a key; others are replaced whole."""
_SETS: Final = frozenset({"finalizers"})


def copied(value: Any) -> Any:
    """A private copy of a JSON value."""
    return msgspec.json.decode(msgspec.json.encode(value))


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


def strategic_patch(target: Any, patch: Any) -> Any:
    """A strategic merge patch: maps merge, lists with a merge key merge by it, directives are obeyed."""
    if not isinstance(patch, dict):
        return copied(patch)
    how = patch.get("$patch")
    if how == "delete":
        return None
    result: Body = {} if how == "replace" or not isinstance(target, dict) else dict(target)
    for key, value in patch.items():
        if key == "$retainKeys":
            result = {name: part for name, part in result.items() if name in value}
        elif key.startswith("$deleteFromPrimitiveList/"):
            name = key.partition("/")[2]
            result[name] = [item for item in result.get(name, ()) if item not in value]
        elif not key.startswith("$"):
            _strategic_field(result, key, value)
    return result


def _strategic_field(result: Body, key: str, value: Any) -> None:
    if value is None:
        result.pop(key, None)
    elif isinstance(value, list):
        result[key] = _strategic_list(key, result.get(key) or [], value)
    else:
        merged = strategic_patch(result.get(key), value)
        if merged is None:
            result.pop(key, None)
        else:
            result[key] = merged


def merge_key(name: str, items: list[Any]) -> str:
    """The key by which a list of this name is a map, empty when it is replaced whole."""
    key = MERGE_KEYS.get(name, "")
    maps = [item for item in items if isinstance(item, dict) and "$patch" not in item]
    if key == "containerPort" and any("port" in item for item in maps):
        key = "port"
    return key if key and all(key in item for item in maps) else ""


def _strategic_list(name: str, old: list[Any], patch: list[Any]) -> list[Any]:
    if name in _SETS:
        return [*old, *(item for item in patch if item not in old)]
    key = merge_key(name, [*old, *patch])
    if not key:
        return [copied(item) for item in patch if not (isinstance(item, dict) and "$patch" in item)]
    if any(item.get("$patch") == "replace" for item in patch):
        return [copied(item) for item in patch if item.get("$patch") != "replace"]
    result = {item[key]: item for item in old}
    for item in patch:
        if item.get("$patch") == "delete":
            result.pop(item.get(key), None)
        else:
            result[item[key]] = strategic_patch(result.get(item[key], {}), item)
    return list(result.values())


def json_patch(target: Any, operations: Any) -> Any:
    """RFC 6902. Raises StatusError (422) when an operation does not apply."""
    if not isinstance(operations, list):
        raise StatusError(400, "error decoding patch: a JSON patch is a list of operations")
    result = copied(target)
    for operation in operations:
        try:
            result = _operate(result, operation)
        except (KeyError, IndexError, ValueError, TypeError) as error:
            path = operation.get("path") if isinstance(operation, dict) else operation
            raise StatusError(
                422, f"the server rejected our request due to an error in our request: {path}: {error}"
            ) from None
    return result


def _operate(document: Any, operation: Body) -> Any:
    op, path = operation["op"], _pointer(operation["path"])
    if op == "test":
        if _find(document, path) != operation["value"]:
            raise ValueError("testing value failed")
        return document
    if op in ("move", "copy"):
        source = _pointer(operation["from"])
        value = copied(_find(document, source))
        document = _remove(document, source) if op == "move" else document
        return _add(document, path, value)
    if op == "remove":
        return _remove(document, path)
    if op == "replace":
        _find(document, path)
        return _add(_remove(document, path) if path else document, path, copied(operation["value"]))
    if op == "add":
        return _add(document, path, copied(operation["value"]))
    raise ValueError(f"unexpected kind: {op}")


def _pointer(text: str) -> list[str]:
    if text and not text.startswith("/"):
        raise ValueError("a path begins with /")
    return [step.replace("~1", "/").replace("~0", "~") for step in text.split("/")[1:]]


def _step(here: Any, step: str) -> Any:
    return here[int(step)] if isinstance(here, list) else here[step]


def _find(document: Any, path: list[str]) -> Any:
    for step in path:
        document = _step(document, step)
    return document


def _add(document: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    parent = _find(document, path[:-1])
    if isinstance(parent, list):
        place = len(parent) if path[-1] == "-" else int(path[-1])
        if not 0 <= place <= len(parent):
            raise IndexError("index out of bounds")
        parent.insert(place, value)
    else:
        parent[path[-1]] = value
    return document


def _remove(document: Any, path: list[str]) -> Any:
    parent = _find(document, path[:-1])
    del parent[int(path[-1]) if isinstance(parent, list) else path[-1]]
    return document
