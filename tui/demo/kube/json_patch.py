"""JSON patch, RFC 6902: a list of operations on a document.

Pure. Raises StatusError (422) for an operation that does not apply.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from tui.demo.kube.status import StatusError

Body = dict[str, Any]
_MOST: Final = 10_000
"""Operations that the API server takes at once."""


def json_patch(target: Any, operations: Any) -> Any:
    """The document after all operations, or StatusError: then none has happened."""
    if not isinstance(operations, list):
        raise _undecodable(operations, "[]handlers.jsonPatchOp")
    if len(operations) > _MOST:
        raise StatusError(413, f"The allowed maximum operations in a JSON patch is {_MOST}, got {len(operations)}")
    result = copied(target)
    for operation in operations:
        if not isinstance(operation, dict):
            raise _undecodable(operation, "handlers.jsonPatchOp")
        try:
            result = _operate(result, operation)
        except (KeyError, IndexError, ValueError, TypeError, AttributeError):
            # the server keeps to itself which operation it was
            raise StatusError(422, "the server rejected our request due to an error in our request", name="") from None
    return result


def _undecodable(value: Any, kind: str) -> StatusError:
    names = {dict: "object", list: "array", str: "string", bool: "bool"}
    got = names.get(type(value), "number")
    return StatusError(400, f"error decoding patch: json: cannot unmarshal {got} into Go value of type {kind}")


def copied(value: Any) -> Any:
    """A private copy of a JSON value."""
    return msgspec.json.decode(msgspec.json.encode(value))


def _operate(document: Any, operation: Body) -> Any:
    op, path = operation["op"], _pointer(operation["path"])
    if op == "test":
        if not same(_find(document, path), operation["value"]):
            raise ValueError("testing value failed")
        return document
    if op in ("move", "copy"):
        source = _pointer(operation["from"])
        if op == "move" and path[: len(source)] == source and path != source:
            raise ValueError("a value cannot be moved into itself")
        value = copied(_find(document, source))
        return _add(_remove(document, source) if op == "move" else document, path, value)
    if op == "remove":
        return _remove(document, path)
    if op == "replace":
        return _replace(document, path, copied(operation["value"]))
    if op == "add":
        return _add(document, path, copied(operation["value"]))
    raise ValueError(f"unexpected kind: {op}")


def same(one: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1."""
    return msgspec.json.encode(one, order="deterministic") == msgspec.json.encode(other, order="deterministic")


def _pointer(text: str) -> list[str]:
    if text and not text.startswith("/"):
        raise ValueError("a path begins with /")
    return [step.replace("~1", "/").replace("~0", "~") for step in text.split("/")[1:]]


def _place(step: str, length: int) -> int:
    """An index as JSON pointers write it: no sign, no leading zero."""
    if not step.isdecimal() or (len(step) > 1 and step[0] == "0") or int(step) >= length:
        raise IndexError("index out of bounds")
    return int(step)


def _find(document: Any, path: list[str]) -> Any:
    for step in path:
        document = document[_place(step, len(document)) if isinstance(document, list) else step]
    return document


def _add(document: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    parent, last = _find(document, path[:-1]), path[-1]
    if isinstance(parent, list):
        parent.insert(len(parent) if last == "-" else _place(last, len(parent) + 1), value)
    else:
        parent[last] = value
    return document


def _replace(document: Any, path: list[str], value: Any) -> Any:
    """A field that is not there is made, as the server does; an item that is not there is an error."""
    if path and isinstance(_find(document, path[:-1]), list):
        return _add(_remove(document, path), path, value)
    return _add(document, path, value)


def _remove(document: Any, path: list[str]) -> Any:
    if not path:
        return None
    parent, last = _find(document, path[:-1]), path[-1]
    del parent[_place(last, len(parent)) if isinstance(parent, list) else last]
    return document
