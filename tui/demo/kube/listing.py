"""GET of one object and LIST of many: pages, selectors, tables.

A continue token names the key to go on after and the resourceVersion of the first page. Bytes are joined, never
encoded again.
"""

from __future__ import annotations

import base64
from typing import Any

import msgspec
from aiohttp import web

from tui.demo.kube.context import Context
from tui.demo.kube.selectors import selector
from tui.demo.kube.status import expired, not_found
from tui.demo.kube.tables import table

_SNAPSHOTS = 16


class Snapshots:
    """The keys a paged list goes through, by version: a list shows the state of its first page."""

    def __init__(self) -> None:
        self._kept: dict[str, list[tuple[dict[str, Any], bytes]]] = {}

    def keep(self, name: str, items: list[tuple[dict[str, Any], bytes]]) -> None:
        """Keep a list for its later pages; the oldest goes."""
        self._kept[name] = items
        while len(self._kept) > _SNAPSHOTS:
            del self._kept[next(iter(self._kept))]

    def get(self, name: str) -> list[tuple[dict[str, Any], bytes]] | None:
        """The list of a token, None when it is forgotten."""
        return self._kept.get(name)

    def clear(self) -> None:
        """Forget all, as a compaction does."""
        self._kept.clear()


def get(context: Context) -> web.Response:
    """One object."""
    found = context.objects.held(context.resource.store, (context.namespace, context.name))
    if found is None:
        raise not_found(context.resource, context.name)
    if context.table:
        return context.answer(
            table(
                context.resource,
                [found[0]],
                context.clock(),
                context.table,
                resourceVersion=found[0]["metadata"]["resourceVersion"],
            )
        )
    return context.send(found[1])


def select(context: Context) -> list[tuple[dict[str, Any], bytes]]:
    """Every object that the path and the selectors name."""
    store, fields = context.resource.store, context.query("fieldSelector")
    test = selector(context.query("labelSelector"), fields)
    keys = context.objects.keys(store, context.namespace)
    found = [held for key in keys if (held := context.objects.held(store, key)) is not None]
    return [held for held in found if test(held[0])] if test is not None else found


def list_objects(context: Context, snapshots: Snapshots) -> web.Response:
    """A list, whole or a page of it. Raises StatusError (410) for a token that is too old."""
    limit, token = context.number("limit") or 0, context.query("continue")
    version, start = str(context.objects.version), 0
    if token:
        version, start, items = _resume(token, snapshots)
    else:
        items = select(context)
    page = items[start : start + limit] if limit else items[start:]
    meta: dict[str, Any] = {"resourceVersion": version}
    left = len(items) - start - len(page)
    if left > 0:
        name = token and _decode(token)[0] or f"{version}.{id(items)}"
        snapshots.keep(name, items)
        meta["continue"] = _encode(name, version, start + len(page))
        if not context.query("labelSelector") and not context.query("fieldSelector"):
            meta["remainingItemCount"] = left
    if context.table:
        bodies = [obj for obj, _data in page]
        return context.answer(table(context.resource, bodies, context.clock(), context.table, **meta))
    return context.send(_joined(context, meta, [data for _obj, data in page]))


def _joined(context: Context, meta: dict[str, Any], items: list[bytes]) -> bytes:
    resource = context.resource
    head = {"kind": f"{resource.kind}List", "apiVersion": resource.api_version, "metadata": meta}
    return msgspec.json.encode(head)[:-1] + b',"items":[' + b",".join(items) + b"]}"


def _encode(name: str, version: str, start: int) -> str:
    return base64.urlsafe_b64encode(f"{name}|{version}|{start}".encode()).decode()


def _decode(token: str) -> tuple[str, str, int]:
    try:
        name, version, start = base64.urlsafe_b64decode(token).decode().split("|")
        return name, version, int(start)
    except ValueError:
        raise expired("The provided continue parameter is not valid") from None


def _resume(token: str, snapshots: Snapshots) -> tuple[str, int, list[tuple[dict[str, Any], bytes]]]:
    name, version, start = _decode(token)
    items = snapshots.get(name)
    if items is None:
        raise expired(
            "The provided continue parameter is too old to display a consistent list result. You can start a new "
            "list without the continue parameter."
        )
    return version, start, items
