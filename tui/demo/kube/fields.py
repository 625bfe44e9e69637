"""Sets of fields as managedFields spell them (FieldsV1): which there are in an object, and how they are written.

Pure. A path is a tuple of steps: `f:name` for a field, `k:{"name":"x"}` for a list item by key, `v:value` for an item
of a set. Rules: sigs.k8s.io/structured-merge-diff.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from tui.demo.kube.schema import ANYTHING, Schema

Path = tuple[str, ...]
Body = dict[str, Any]
Flat = dict[Path, Any]

_UNOWNED: Final = frozenset(
    {
        "name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields",
        "deletionTimestamp", "selfLink", "deletionGracePeriodSeconds", "generateName",
    }
)  # fmt: skip
"""Fields of metadata that nobody owns."""
HERE: Final = object()
"""The value of a path that is owned for being there, whatever is inside: a list's item, a map's entry."""
_ANYTHING: Final = Schema(ANYTHING)


def flat(body: Body, schema: Schema) -> Flat:
    """Every path of an object that can be owned, with its value."""
    found: Flat = {}
    for name, part in body.items():
        if name in ("apiVersion", "kind"):
            continue
        if name == "metadata":
            part = {key: value for key, value in part.items() if key not in _UNOWNED}
            if not part:
                continue
        found.update(_paths(part, schema.field(name) or _ANYTHING, (f"f:{name}",)))
    return found


def _paths(value: Any, schema: Schema, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict) and value and not schema.atomic:
        for name, inner in value.items():
            step = (*path, f"f:{name}")
            if schema.is_map and isinstance(inner, dict) and inner:
                yield step, HERE
            yield from _paths(inner, schema.field(name) or _ANYTHING, step)
    elif isinstance(value, list) and value and _by_item(schema):
        for item in value:
            step = (*path, step_of(item, schema))
            yield step, HERE
            if schema.keys:
                yield from _paths(item, schema.item, step)
    else:
        yield path, value


def _by_item(schema: Schema) -> bool:
    """A list whose items are owned one by one."""
    return bool(schema.keys) or schema.is_set


def step_of(item: Any, schema: Schema) -> str:
    """The step to an item of a list that is a map or a set."""
    if not schema.keys or not isinstance(item, dict):
        return "v:" + msgspec.json.encode(item).decode()
    named = {key: item.get(key, schema.default_of_key(key)) for key in sorted(schema.keys)}
    return "k:" + msgspec.json.encode({key: value for key, value in named.items() if value is not None}).decode()


def encode(paths: Iterable[Path]) -> Body:
    """Paths as FieldsV1. A path with others below it is marked by `.`."""
    every = set(paths)
    inner = {path[:length] for path in every for length in range(1, len(path))}
    tree: Body = {}
    for path in sorted(every):
        here = tree
        for step in path:
            here = here.setdefault(step, {})
        if path in inner:
            here["."] = {}
    return tree


def decode(tree: Body, path: Path = ()) -> Iterator[Path]:
    """FieldsV1 as paths."""
    if path and (not tree or "." in tree):
        yield path
    for step, inner in tree.items():
        if step != ".":
            yield from decode(inner, (*path, step))


def spelt(path: Path) -> str:
    """A path for people: `.spec.resources.limits.cpu`, `.spec.containers[name="x"].image`."""
    text = ""
    for step in path:
        kind, _, rest = step.partition(":")
        if kind == "k":
            pairs = msgspec.json.decode(rest)
            text += "[" + ",".join(f"{key}={msgspec.json.encode(value).decode()}" for key, value in pairs.items()) + "]"
        elif kind == "v":
            text += f"[={rest}]"
        else:
            text += f".{rest}"
    return text


def merged(live: Any, wanted: Any, schema: Schema) -> Any:
    """`wanted` laid over `live`: maps merge, lists that are maps or sets merge by item, the rest is replaced."""
    if isinstance(wanted, dict) and isinstance(live, dict) and not schema.atomic:
        over = {name: merged(live.get(name), part, schema.field(name) or _ANYTHING) for name, part in wanted.items()}
        return {**live, **over}
    if isinstance(wanted, list) and isinstance(live, list) and _by_item(schema):
        items = {step_of(item, schema): item for item in live}
        for item in wanted:
            step = step_of(item, schema)
            items[step] = merged(items.get(step), item, schema.item) if schema.keys else item
        return list(items.values())
    return wanted


def child(value: Any, step: str, schema: Schema) -> tuple[Any, Schema]:
    """What is one step below a value, with its schema; None when nothing is."""
    kind, _, rest = step.partition(":")
    if kind == "f":
        return (value.get(rest) if isinstance(value, dict) else None), schema.field(rest) or _ANYTHING
    items = value if isinstance(value, list) else []
    return next((item for item in items if step_of(item, schema) == step), None), schema.item


def without(body: Any, path: Path, schema: Schema) -> Any:
    """A copy of the value without what is at a path."""
    step, rest = path[0], path[1:]
    inner, below = child(body, step, schema)
    if inner is None and not (isinstance(body, dict) and step[2:] in body):
        return body
    new = without(inner, rest, below) if rest else None
    if isinstance(body, list):
        return [new if item is inner and rest else item for item in body if rest or item is not inner]
    return {name: new if name == step[2:] else part for name, part in body.items() if rest or name != step[2:]}


def with_parents(paths: Iterable[Path]) -> frozenset[Path]:
    """Paths and everything that they are inside of."""
    return frozenset(path[:length] for path in paths for length in range(1, len(path) + 1))


def is_key(path: Path) -> bool:
    """A field that names the list's item it is in: it goes with the item, not before."""
    return len(path) > 1 and path[-2].startswith("k:") and path[-1][2:] in msgspec.json.decode(path[-2][2:])


def is_empty(body: Any, path: Path, schema: Schema) -> bool:
    """Nothing is left at a path: an empty map or list, or an item of which only the name is left."""
    for step in path:
        body, schema = child(body, step, schema)
    if path and path[-1].startswith("k:"):
        return isinstance(body, dict) and body.keys() <= msgspec.json.decode(path[-1][2:]).keys()
    return body in ({}, [])
