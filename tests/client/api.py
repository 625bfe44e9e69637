"""A small Kubernetes API server in this process: what a test puts into it is what it says."""

from __future__ import annotations

import asyncio
import inspect
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from aiohttp import web
from msgspec import Struct

from tui.client.choice import Choice
from tui.client.connection import Connection
from tui.client.kube import KubeClient
from tui.core.kind import Kind


class Meta(Struct, frozen=True):
    name: str = ""
    namespace: str = ""


class Thing(Struct, frozen=True):
    metadata: Meta = Meta()
    value: int = 0


class ThingRow(Struct, frozen=True):
    key: str
    value: int = 0


def decode(thing: Thing) -> ThingRow:
    meta = thing.metadata
    return ThingRow(f"{meta.namespace}/{meta.name}" if meta.namespace else meta.name, thing.value)


THINGS = Kind("things", "", "v1", "things", "Thing", True, Thing, decode)
WIDGETS = Kind("widgets", "shop.example", "v1", "widgets", "Widget", False, Thing, decode)


def thing(name: str, value: int = 0, namespace: str = "a", version: int = 1) -> dict[str, Any]:
    meta = {"name": name, "namespace": namespace, "resourceVersion": str(version)}
    return {"apiVersion": "v1", "kind": "Thing", "metadata": meta, "value": value}


def refusal(status: int, message: str, **headers: str) -> web.Response:
    body = {"kind": "Status", "status": "Failure", "message": message, "reason": "R", "code": status}
    return web.json_response(body, status=status, headers=headers)


Handler = Callable[[web.Request], Any]


class Api:
    """Routes by a callable; keeps what was asked."""

    def __init__(self) -> None:
        self.asked: list[web.Request] = []
        self.handle: Handler = lambda request: refusal(404, "nothing here")
        self.url = ""

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        found = self.handle(request)
        answer: web.StreamResponse = await found if inspect.isawaitable(found) else found
        return answer


@asynccontextmanager
async def running(context: ssl.SSLContext | None = None) -> AsyncIterator[Api]:
    api = Api()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", api.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.05)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    port = runner.addresses[0][1]
    api.url = f"{'https' if context else 'http'}://127.0.0.1:{port}"
    try:
        yield api
    finally:
        await runner.cleanup()


@asynccontextmanager
async def client(url: str, user: dict[str, Any] | None = None, **more: Any) -> AsyncIterator[KubeClient]:
    connection = Connection(Choice("test", url, {"server": url}, user or {}))
    try:
        yield KubeClient(connection, **more)
    finally:
        await connection.close()


def page(items: list[dict[str, Any]], version: int, token: str = "") -> web.Response:
    meta = {"resourceVersion": str(version), **({"continue": token} if token else {})}
    return web.json_response({"kind": "ThingList", "metadata": meta, "items": items})


def line(what: str, obj: dict[str, Any]) -> bytes:
    return msgspec.json.encode({"type": what, "object": obj}) + b"\n"


async def stream(request: web.Request, *parts: bytes, hold: asyncio.Event | None = None) -> web.StreamResponse:
    """A chunked answer; ends cleanly, or waits for `hold` first."""
    answer = web.StreamResponse()
    answer.enable_chunked_encoding()
    await answer.prepare(request)
    for part in parts:
        await answer.write(part)
    if hold is not None:
        await hold.wait()
    return answer


def cut(request: web.Request) -> None:
    """Break the connection as a reset does."""
    if request.transport is not None:
        request.transport.abort()


async def until(fact: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait for a fact; fails when it does not come."""
    async with asyncio.timeout(seconds):
        while not fact():  # noqa: ASYNC110 - the fact is another part's, and has no event
            await asyncio.sleep(0.001)
