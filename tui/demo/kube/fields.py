"""Sets of fields as managedFields spell them (FieldsV1): who owns what of an object.

Pure. A path is a tuple of steps: `f:name` for a field, `k:{"name":"x"}` for a list item by key, `v:value` for a set.
Source: sigs.k8s.io/structured-merge-diff.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from tui.demo.kube.patch import merge_key

Path = tuple[str, ...]
Body = dict[str, Any]

_UNOWNED = frozenset(
    {
        ("f:apiVersion",), ("f:kind",), ("f:metadata", "f:name"), ("f:metadata", "f:namespace"), ("f:metadata", "f:uid"),
        ("f:metadata", "f:resourceVersion"), ("f:metadata", "f:generation"), ("f:metadata", "f:creationTimestamp"),
        ("f:metadata", "f:managedFields"), ("f:metadata", "f:deletionTimestamp"), ("f:metadata", "f:selfLink"),
        ("f:metadata", "f:deletionGracePeriodSeconds"),
    }
)  # fmt: skip


def owned(body: Body) -> frozenset[Path]:
    """The paths of every leaf of an object, without those nobody owns."""
    return frozenset(path for path in _leaves(body, (), "") if path[:2] not in _UNOWNED and path[:1] not in _UNOWNED)


def _leaves(value: Any, path: Path, name: str) -> Iterator[Path]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, f"f:{key}"), key)
    elif isinstance(value, list) and (key := merge_key(name, value)) and value:
        for item in value:
            yield from _leaves(item, (*path, _item(key, item)), "")
    else:
        yield path


def _item(key: str, item: Body) -> str:
    return "k:" + msgspec.json.encode({key: item[key]}).decode()


def encode(paths: Iterable[Path]) -> Body:
    """Paths as FieldsV1."""
    tree: Body = {}
    for path in paths:
        here = tree
        for step in path:
            here = here.setdefault(step, {})
    return tree


def decode(tree: Body, path: Path = ()) -> Iterator[Path]:
    """FieldsV1 as paths."""
    steps = {step: inner for step, inner in tree.items() if step != "."}
    if not steps:
        if path:
            yield path
        return
    for step, inner in steps.items():
        yield from decode(inner, (*path, step))


def spelt(path: Path) -> str:
    """A path for people: `.spec.resources.limits.cpu`, `.spec.containers[name="x"].image`."""
    text = ""
    for step in path:
        kind, _, rest = step.partition(":")
        if kind == "k":
            pairs = msgspec.json.decode(rest)
            text += "[" + ",".join(f"{key}={msgspec.json.encode(value).decode()}" for key, value in pairs.items()) + "]"
        else:
            text += f".{rest}"
    return text


def get(body: Any, path: Path) -> Any:
    """The value at a path, None when there is none."""
    for step in path:
        kind, _, rest = step.partition(":")
        if kind == "f":
            body = body.get(rest) if isinstance(body, dict) else None
        else:
            wanted = msgspec.json.decode(rest)
            items = body if isinstance(body, list) else []
            body = next((i for i in items if isinstance(i, dict) and wanted.items() <= i.items()), None)
        if body is None:
            return None
    return body


def remove(body: Any, path: Path) -> None:
    """Take the value at a path out, and what is empty after it."""
    parents: list[tuple[Any, str]] = []
    here = body
    for step in path[:-1]:
        parents.append((here, step))
        here = get(here, (step,))
        if here is None:
            return
    _drop(here, path[-1])
    for parent, step in reversed(parents):
        inner = get(parent, (step,))
        if inner in ({}, []) or (step.startswith("k:") and inner == msgspec.json.decode(step[2:])):
            _drop(parent, step)
        else:
            return


def _drop(parent: Any, step: str) -> None:
    kind, _, rest = step.partition(":")
    if kind == "f" and isinstance(parent, dict):
        parent.pop(rest, None)
    elif isinstance(parent, list):
        item = get(parent, (step,))
        if item is not None:
            parent.remove(item)
