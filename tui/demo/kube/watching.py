"""WATCH: what changed after a resourceVersion, as one JSON line an event, until the client or the timeout ends it.

Owns the order of replay and live events, selectors that objects enter and leave, bookmarks, and 410.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Any, Final

import msgspec
from aiohttp import web

from tui.demo.kube import list_options
from tui.demo.kube.cluster import woken
from tui.demo.kube.context import Context
from tui.demo.kube.objects import Compacted, Event
from tui.demo.kube.selectors import Test, selector
from tui.demo.kube.shapes import bare, shaped
from tui.demo.kube.status import StatusError, expired
from tui.demo.kube.tables import table

BOOKMARK: Final = 60.0
"""Real seconds between bookmarks."""
TIMEOUT: Final = 1800.0
"""Real seconds that a watch lasts when the client does not say."""
_FAULTY: Final = {"gone-410": 20, "drop": 30}
"""Faults and after how many events they strike."""
_ENDED: Final = "k8s.io/initial-events-end"


class Watch:
    """One client's stream."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._test: Test | None = selector(
            context.query("labelSelector"), context.query("fieldSelector"), context.resource
        )
        self._queue: deque[Event] = deque()
        self._sent = 0
        self._heads = True
        self._bookmarks = context.flag("allowWatchBookmarks")
        self._after = 0
        """The version that has been told, or the one of the future that is waited for."""

    async def run(self) -> web.StreamResponse:
        """Serve it. Raises StatusError for what cannot be asked; a state that is forgotten is an event of it."""
        context = self._context
        first = self._first()
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        with context.cluster.streams.opened() as wake:
            end = context.cluster.objects.subscribe(lambda event: self._take(event, wake))
            try:
                await response.prepare(context.request)
                if first:
                    await response.write(b"".join(first))
                if not isinstance(first, _Refusal):
                    await self._serve(response, wake)
            finally:
                end()
        await response.write_eof()
        return response

    def _first(self) -> list[bytes]:
        """The lines to begin with. What is subscribed to afterwards follows them without a gap."""
        context, objects = self._context, self._context.cluster.objects
        list_options.checked(context, watch=True)
        version, initial = list_options.version(context, watch=True), context.flag("sendInitialEvents")
        self._after = max(version or 0, objects.version)
        if version is not None and version > objects.version:
            return []
        if initial or ("sendInitialEvents" not in context.request.query and not version):
            return [*self._all(), *([self._bookmark(last=True)] if initial and self._bookmarks else ())]
        try:
            events = objects.since(version or objects.version, context.resource.store)
        except Compacted as old:
            return _Refusal([_error(expired(str(old)))])
        return [line for event in events if (line := self._of(event)) is not None]

    def _all(self) -> list[bytes]:
        context = self._context
        store, objects = context.resource.store, context.cluster.objects
        found = [
            held for key in objects.keys(store, context.namespace) if (held := objects.held(store, key)) is not None
        ]
        return [self._line("ADDED", obj, data) for obj, data in found if self._test is None or self._test(obj)]

    def _take(self, event: Event, wake: asyncio.Event) -> None:
        if event.resource == self._context.resource.store and event.version > self._after:
            self._queue.append(event)
            wake.set()

    async def _serve(self, response: web.StreamResponse, wake: asyncio.Event) -> None:
        context = self._context
        until = time.monotonic() + float(context.number("timeoutSeconds") or TIMEOUT)
        bookmark = time.monotonic() + BOOKMARK
        silent = context.fault == "silent"
        while not context.cluster.streams.stopping and (now := time.monotonic()) < until:
            if now >= bookmark:
                bookmark = now + BOOKMARK
                await response.write(b"" if silent else self._marked())
            if silent:
                self._queue.clear()
            if await self._flush(response):
                return
            await woken(wake, min(until, bookmark) - time.monotonic())
        if not silent:
            await response.write(self._marked())

    async def _flush(self, response: web.StreamResponse) -> bool:
        """Send what is queued; True when a fault ended the stream."""
        lines = []
        while self._queue:
            line = self._of(self._queue.popleft())
            if line is not None:
                lines.append(line)
        if lines:
            await response.write(b"".join(lines))
            self._sent += len(lines)
        return await self._strike(response)

    async def _strike(self, response: web.StreamResponse) -> bool:
        fault = self._context.fault
        if self._sent < _FAULTY.get(fault, 1 << 60):
            return False
        transport = self._context.request.transport
        if fault == "gone-410":
            await response.write(_error(expired(f"too old resource version: {self._context.query('resourceVersion')}")))
        elif transport is not None:
            transport.abort()
        return True

    def _marked(self) -> bytes:
        """A bookmark for who wants some, unless what is waited for lies in the future."""
        due = self._bookmarks and self._context.cluster.objects.version >= self._after
        return self._bookmark() if due else b""

    def _bookmark(self, *, last: bool = False) -> bytes:
        """Where the watch has come to; `last` marks the end of the initial events."""
        resource, marks = self._context.resource, {"annotations": {_ENDED: "true"}} if last else {}
        meta = {"resourceVersion": str(self._context.cluster.objects.version)}
        body: dict[str, Any] = {
            "kind": resource.kind, "apiVersion": resource.api_version, "metadata": {**meta, **marks},
        }  # fmt: skip
        if self._context.table:
            rows = [{"cells": [], "object": bare(body)}]
            body = {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": meta, "rows": rows,
                    "columnDefinitions": None}  # fmt: skip
        return _encode("BOOKMARK", msgspec.json.encode(body))

    def _of(self, event: Event) -> bytes | None:
        """The line of an event as this watch sees it: objects enter and leave its selection."""
        context = self._context
        obj = event.object
        if context.namespace and obj["metadata"].get("namespace") != context.namespace:
            return None
        if self._test is None:
            return self._line(event.type, obj, event.encoded)
        was = event.old is not None and self._test(event.old)
        now = event.type != "DELETED" and self._test(obj)
        if not was and not now:
            return None
        return self._line("ADDED" if not was else "MODIFIED" if now else "DELETED", obj, event.encoded)

    def _line(self, kind: str, obj: dict[str, Any], data: bytes) -> bytes:
        context = self._context
        if context.table:
            version = obj["metadata"]["resourceVersion"]
            shown = table(
                context.resource, [obj], context.now, context.table, heads=self._heads, resourceVersion=version
            )
            self._heads = False
            return _encode(kind, msgspec.json.encode(shown))
        if context.accepts("PartialObjectMetadata"):
            return _encode(kind, msgspec.json.encode(bare(obj)))
        return _encode(kind, shaped(context.resource, obj, data))


class _Refusal(list[bytes]):
    """Lines after which nothing follows."""


def _error(error: StatusError) -> bytes:
    return _encode("ERROR", msgspec.json.encode(error.body()))


def _encode(kind: str, data: bytes) -> bytes:
    return b'{"type":"' + kind.encode() + b'","object":' + data + b"}\n"
