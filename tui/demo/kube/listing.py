"""GET of one object and LIST of many: pages, selectors, old versions, tables.

A continue token names the version that the first page showed and the key to go on after: later pages show the state
of then, which the store's history gives back, until it is compacted. Bytes are joined, never encoded again.
"""

from __future__ import annotations

import base64
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from aiohttp import web

from tui.demo.kube import list_options
from tui.demo.kube.context import Context
from tui.demo.kube.objects import Body, Changes, Compacted, Key
from tui.demo.kube.selectors import selector
from tui.demo.kube.shapes import bare, item, shaped
from tui.demo.kube.status import StatusError, expired, not_found, too_new
from tui.demo.kube.tables import table

Found = tuple[Key, Body, bytes]


_STALE: Final = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
    "deleted between the time the first chunk was returned and now may show up in the list."
)


@dataclass(frozen=True, slots=True)
class _State:
    """A collection as it was."""

    keys: list[Key]
    then: Changes
    """What has changed since."""


async def get(context: Context) -> web.Response:
    """One object. Raises StatusError (504) for a state that is not there yet."""
    asked, current = list_options.version(context) or 0, context.cluster.objects.version
    if asked > current:
        raise too_new(asked, current)
    found = context.cluster.objects.held(context.resource.store, context.key)
    if found is None:
        raise not_found(context.resource, context.name)
    obj, data = found
    if context.table:
        version = obj["metadata"]["resourceVersion"]
        shown = table(context.resource, [obj], context.now, context.table, resourceVersion=version)
        return context.answer(shown)
    if context.accepts("PartialObjectMetadata"):
        return context.answer(bare(obj))
    return await context.send(shaped(context.resource, obj, data))


def selected(context: Context) -> list[tuple[Key, Body]]:
    """Every object that the path and the selectors name, as it is now (read it, never edit it)."""
    state = _state(context, context.cluster.objects.version)
    return [(key, obj) for key, obj, _data in _walk(context, state, ("", ""))]


async def list_objects(context: Context) -> web.Response:
    """A list, whole or a page of it. Raises StatusError (410) for a state that is forgotten."""
    version, after = _start(context)
    limit, state = context.number("limit") or 0, _state(context, version)
    page: list[Found] = []
    more = False
    for found in _walk(context, state, after):
        if limit and len(page) == limit:
            more = True
            break
        page.append(found)
    meta: dict[str, Any] = {**({"continue": ""} if context.resource.custom else {}), "resourceVersion": str(version)}
    if more:
        meta["continue"] = _encode(version, page[-1][0])
        left = _left(context, state, page[-1][0])
        meta |= {"remainingItemCount": left} if left else {}
    return await _answer(context, meta, page)


async def _answer(context: Context, meta: dict[str, Any], page: list[Found]) -> web.Response:
    resource = context.resource
    if context.table:
        return context.answer(table(resource, [obj for _key, obj, _data in page], context.now, context.table, **meta))
    if context.accepts("PartialObjectMetadataList"):
        items = [bare(obj) for _key, obj, _data in page]
        head = {"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": meta}
        return context.answer({**head, "items": items})
    head = {"kind": f"{resource.kind}List", "apiVersion": resource.api_version, "metadata": meta}
    texts = [item(resource, obj, data) for _key, obj, data in page]
    return await context.send(msgspec.json.encode(head)[:-1] + b',"items":[' + b",".join(texts) + b"]}")


def _start(context: Context) -> tuple[int, Key]:
    """The version to show and the key to begin after."""
    list_options.checked(context)
    token, match, current = (
        context.query("continue"), context.query("resourceVersionMatch"), context.cluster.objects.version
    )  # fmt: skip
    if token:
        if context.query("resourceVersion") not in ("", "0"):
            raise StatusError(400, "specifying resource version is not allowed when using continue")
        return _decode(token)
    version = list_options.version(context) or 0
    if version > current:
        raise too_new(version, current)
    exact = match == "Exact" or (version and context.number("limit") and not match)
    return (version if exact else current), ("", "")


def _encode(version: int, key: Key) -> str:
    body = {"v": "meta.k8s.io/v1", "rv": version, "start": "/".join(key)}
    return base64.urlsafe_b64encode(msgspec.json.encode(body)).decode().rstrip("=")


def _decode(token: str) -> tuple[int, Key]:
    try:
        body = msgspec.json.decode(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        namespace, _, name = body["start"].partition("/")
        return int(body["rv"]), (namespace, name)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise StatusError(400, f"invalid continue token: continue key is not valid: {token}") from None


def _state(context: Context, version: int) -> _State:
    """What there was at a version. Raises StatusError (410) when that is forgotten."""
    store, namespace, objects = context.resource.store, context.namespace, context.cluster.objects
    try:
        then = objects.before(store, version)
    except Compacted:
        raise _forgotten(context) from None
    keys = objects.keys(store, namespace)
    made = {key for key, obj in then.items() if obj is None}
    lost = [key for key, obj in then.items() if obj is not None and objects.held(store, key) is None]
    if made or lost:
        back = (key for key in lost if namespace in ("", key[0]))
        keys = sorted([*(key for key in keys if key not in made), *back])
    return _State(keys, then)


def _forgotten(context: Context) -> StatusError:
    """A 410; in the middle of a list it has a token to go on with from the state of now."""
    token = context.query("continue")
    if not token:
        return expired("The resourceVersion for the provided list is too old.")
    gone = expired(_STALE)
    gone.metadata["continue"] = _encode(context.cluster.objects.version, _decode(token)[1])
    return gone


def _walk(context: Context, state: _State, after: Key) -> Iterator[Found]:
    """Objects of a state behind a key, as the selectors choose."""
    objects, store = context.cluster.objects, context.resource.store
    test = selector(context.query("labelSelector"), context.query("fieldSelector"), context.resource)
    for key in state.keys[bisect_right(state.keys, after) :]:
        old = state.then.get(key)
        held = objects.held(store, key) if old is None else (old, msgspec.json.encode(old))
        if held is not None and (test is None or test(held[0])):
            yield key, *held


def _left(context: Context, state: _State, after: Key) -> int:
    """How many are behind a key; 0 when selectors make that dear to know."""
    if context.query("labelSelector") or context.query("fieldSelector"):
        return 0
    return len(state.keys) - bisect_right(state.keys, after)
