"""From JSON values to clean values: the one door through which foreign objects come in.

Owns the metadata every Kubernetes object has, and `fit`, which takes an object whose fields have the wrong types
without raising. Must not know any kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from sys import intern
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import Struct

from tui.core.redact import redact_text
from tui.core.text import clean
from tui.core.units import epoch

S = TypeVar("S", bound=Struct)

_MISFIT: Final = object()
_MOST_BITS: Final = 1024
"""Of a number that is written: Python refuses to write very long ones."""


class Owner(Struct, gc=False):
    """One ownerReference."""

    kind: str | None = None
    name: str | None = None
    controller: bool | None = None


class Meta(Struct, gc=False):
    """The part of `metadata` that is shown. managedFields and annotations are never decoded."""

    name: str | None = None
    namespace: str | None = None
    uid: str | None = None
    creationTimestamp: str | None = None
    deletionTimestamp: str | None = None
    labels: dict[str, str] | None = None
    ownerReferences: list[Owner] | None = None


class Condition(Struct, gc=False):
    """One status condition, as pods, nodes and PodGroups have them."""

    type: str | None = None
    status: str | None = None
    reason: str | None = None
    message: str | None = None
    lastTransitionTime: str | None = None


def fit(value: Any, shape: type[S]) -> S:
    """`value` as `shape` (a struct whose fields all have defaults). What has a wrong type is as if absent.

    A value that was decoded as `shape` already comes back as it is; any JSON value may be given; never raises.
    """
    if isinstance(value, shape):
        return value
    fitted = _fit(value, shape)
    return shape() if fitted is _MISFIT else fitted


def _fit(value: Any, shape: Any) -> Any:
    try:
        return msgspec.convert(value, shape)
    except (msgspec.ValidationError, TypeError, ValueError, RecursionError):
        pass
    if get_origin(shape) in (Union, UnionType):
        options = [option for option in get_args(shape) if option is not NoneType]
        return next((got for got in (_fit(value, o) for o in options) if got is not _MISFIT), _MISFIT)
    if isinstance(value, dict):
        return _fit_dict(value, shape)
    if isinstance(value, list) and get_origin(shape) is list:
        (inner,) = get_args(shape)
        return [got for got in (_fit(item, inner) for item in value) if got is not _MISFIT]
    return _MISFIT


def _fit_dict(value: dict[Any, Any], shape: Any) -> Any:
    if get_origin(shape) is dict:
        inner = get_args(shape)[1]
        pairs = ((key, _fit(item, inner)) for key, item in value.items() if isinstance(key, str))
        return {key: got for key, got in pairs if got is not _MISFIT}
    if not (isinstance(shape, type) and issubclass(shape, Struct)):
        return _MISFIT
    fields = _fields(shape)
    pairs = ((fields[key][0], _fit(item, fields[key][1])) for key, item in value.items() if key in fields)
    return shape(**{name: got for name, got in pairs if got is not _MISFIT})


@cache
def _fields(shape: type[Struct]) -> dict[str, tuple[str, Any]]:
    return {field.encode_name: (field.name, field.type) for field in msgspec.structs.fields(shape)}


def text(value: object) -> str:
    """Any JSON scalar as clean text; None is empty."""
    if isinstance(value, str):
        return clean(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value.bit_length() < _MOST_BITS else "…"
    return str(value) if isinstance(value, float) else ""


def said(value: object) -> str:
    """A sentence of somebody else's as clean text: what looks like a secret in it is masked."""
    return redact_text(text(value)).strip() if value else ""


@lru_cache(maxsize=32768)
def word(value: str | None) -> str:
    """Clean text that many rows share (namespace, node, status): cleaned once, kept in memory once."""
    return intern(clean(value)) if value else ""


def labels(value: Mapping[str, str] | None) -> dict[str, str]:
    """A label map, clean; an empty dict when there is none. Objects that carry the same share it: never edit one."""
    return _labels(tuple(value.items())) if value else {}


@lru_cache(maxsize=512)
def _labels(pairs: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {word(key): word(item) for key, item in pairs}


def moment(value: object) -> float | None:
    """Seconds since 1970 of a timestamp, None when it is missing or none."""
    return _moment(value) if isinstance(value, str) else None


_moment: Final = lru_cache(maxsize=4096)(epoch)
"""Much of what happens to an object happens in the same second: read once, kept once."""


def mapping(value: object) -> Mapping[str, Any]:
    """`value` when it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    """`value` when it is a JSON array, else an empty one."""
    return value if isinstance(value, list) else []


def dig(value: object, *path: str) -> Any:
    """What lies under `path` in nested JSON objects, or None."""
    for step in path:
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value


def row_key(meta: Meta) -> str:
    """`namespace/name`, or `name` for a cluster-scoped object."""
    name = clean(meta.name or "")
    return f"{word(meta.namespace)}/{name}" if meta.namespace else name


def controller(meta: Meta) -> tuple[str, str]:
    """Kind and name of the owner that controls the object, both empty without one."""
    owners = meta.ownerReferences
    if not owners:
        return "", ""
    for owner in owners:
        if owner.controller:
            return word(owner.kind), word(owner.name)
    return word(owners[0].kind), word(owners[0].name)
