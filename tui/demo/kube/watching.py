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

from tui.demo.kube.context import Context
from tui.demo.kube.objects import Compacted, Event
from tui.demo.kube.selectors import Test, selector
from tui.demo.kube.status import StatusError, expired
from tui.demo.kube.tables import table

BOOKMARK: Final = 60.0
"""Real seconds between bookmarks."""
TIMEOUT: Final = 1800.0
_POLL: Final = 0.5
"""Seconds after which a quiet watch looks whether the server stops."""
_FAULTY: Final = {"gone-410": 20, "drop": 30}
"""Faults and after how many events they strike."""


class Watch:
    """One client's stream."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._test: Test | None = selector(context.query("labelSelector"), context.query("fieldSelector"))
        self._queue: deque[Event] = deque()
        self._wake = asyncio.Event()
        self._sent = 0
        self._heads = True

    async def run(self) -> web.StreamResponse:
        """Serve it. Raises StatusError (410) when it starts before the history."""
        context = self._context
        first = self._replay()
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        end = context.objects.subscribe(self._take)
        try:
            await response.prepare(context.request)
            for line in first:
                await response.write(line)
            await self._serve(response)
        except (ConnectionResetError, asyncio.CancelledError):
            raise
        finally:
            end()
        return response

    def _replay(self) -> list[bytes]:
        context = self._context
        version = context.query("resourceVersion")
        store = context.resource.store
        if version in ("", "0"):
            held = [context.objects.held(store, key) for key in context.objects.keys(store, context.namespace)]
            found = [one for one in held if one is not None and (self._test is None or self._test(one[0]))]
            return [self._line("ADDED", obj, data) for obj, data in found]
        try:
            events = context.objects.since(int(version), store)
        except Compacted as old:
            raise expired(str(old)) from None
        except ValueError:
            raise StatusError(400, f'invalid resource version: "{version}"') from None
        return [line for event in events if (line := self._of(event)) is not None]

    def _take(self, event: Event) -> None:
        if event.resource == self._context.resource.store:
            self._queue.append(event)
            self._wake.set()

    async def _serve(self, response: web.StreamResponse) -> None:
        context = self._context
        until = time.monotonic() + float(context.number("timeoutSeconds") or TIMEOUT)
        bookmark = time.monotonic() + BOOKMARK
        silent = context.fault == "silent"
        while not context.stopping():
            now = time.monotonic()
            if now >= until:
                break
            if now >= bookmark and not silent:
                bookmark = now + BOOKMARK
                await self._bookmark(response)
            await self._wait(min(until, bookmark) - now)
            if silent:
                self._queue.clear()
            if await self._flush(response):
                return
        if not silent:
            await self._bookmark(response)
        await response.write_eof()

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(min(_POLL, max(0.01, seconds))):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _flush(self, response: web.StreamResponse) -> bool:
        """Send what is queued; True when a fault ended the stream."""
        self._wake.clear()
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
        if fault == "gone-410":
            await response.write(_encode("ERROR", msgspec.json.encode(expired("too old resource version").body())))
            await response.write_eof()
        elif self._context.request.transport is not None:
            self._context.request.transport.abort()  # type: ignore[attr-defined]
        return True

    async def _bookmark(self, response: web.StreamResponse) -> None:
        if self._context.flag("allowWatchBookmarks"):
            resource = self._context.resource
            body = {
                "kind": resource.kind, "apiVersion": resource.api_version,
                "metadata": {"resourceVersion": str(self._context.objects.version), "creationTimestamp": None},
            }  # fmt: skip
            await response.write(_encode("BOOKMARK", msgspec.json.encode(body)))

    def _of(self, event: Event) -> bytes | None:
        """The line of an event as this watch sees it: objects enter and leave its selection."""
        context = self._context
        obj = event.object
        if context.namespace and obj["metadata"].get("namespace") != context.namespace:
            return None
        if context.name and obj["metadata"]["name"] != context.name:
            return None
        kind = event.type
        if self._test is not None:
            was = event.old is not None and self._test(event.old)
            now = event.type != "DELETED" and self._test(obj)
            if not was and not now:
                return None
            kind = "ADDED" if not was else "DELETED" if not now else "MODIFIED"
        return self._line(kind, obj, event.encoded)

    def _line(self, kind: str, obj: dict[str, Any], data: bytes) -> bytes:
        context = self._context
        if context.table:
            shown = table(context.resource, [obj], context.clock(), context.table, heads=self._heads,
                          resourceVersion=obj["metadata"]["resourceVersion"])  # fmt: skip
            self._heads = False
            data = msgspec.json.encode(shown)
        return _encode(kind, data)


def _encode(kind: str, data: bytes) -> bytes:
    return b'{"type":"' + kind.encode() + b'","object":' + data + b"}\n"
