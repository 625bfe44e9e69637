"""One request to the API server, taken apart: which resource, which object, by whom, how to answer.

Owns the reading of query parameters and the answers in JSON. Must not know what a verb does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import web

from tui.demo.kube.access import Identity
from tui.demo.kube.logs import LogBook
from tui.demo.kube.objects import ObjectStore
from tui.demo.kube.registry import Registry, Resource
from tui.demo.kube.status import StatusError

_COMPRESS = 128 * 1024
"""Bytes from which a body is compressed when the client takes it, as the API server does."""


@dataclass(frozen=True, slots=True)
class Context:
    """A request for a resource."""

    request: web.Request
    objects: ObjectStore
    registry: Registry
    logs: LogBook
    clock: Callable[[], float]
    identity: Identity
    resource: Resource
    namespace: str
    name: str
    subresource: str
    fault: str
    """The name of the fault that is on for this request, empty for none."""
    stopping: Callable[[], bool]

    def query(self, name: str, default: str = "") -> str:
        """A query parameter."""
        return str(self.request.query.get(name, default))

    def flag(self, name: str) -> bool:
        """A boolean query parameter."""
        return self.query(name).lower() in ("true", "1")

    def number(self, name: str) -> int | None:
        """An integer query parameter, None when absent. Raises StatusError (400)."""
        text = self.query(name)
        if not text:
            return None
        try:
            return int(text)
        except ValueError:
            raise StatusError(400, f'invalid value for {name}: "{text}"') from None

    @property
    def dry_run(self) -> bool:
        """Nothing is to be stored."""
        return "All" in self.request.query.getall("dryRun", [])

    @property
    def table(self) -> str:
        """What to include in table rows, empty when no Table is wanted."""
        accept = self.request.headers.get("Accept", "")
        wants = "as=Table" in accept and "g=meta.k8s.io" in accept
        return (self.query("includeObject") or "Metadata") if wants else ""

    @property
    def manager(self) -> str:
        """Who writes, for managedFields."""
        agent = self.request.headers.get("User-Agent", "unknown").split("/")[0]
        return self.query("fieldManager") or agent

    def answer(self, body: Any, status: int = 200, **headers: str) -> web.Response:
        """A JSON answer."""
        return raw(msgspec.json.encode(body), status, **headers)

    def send(self, data: bytes) -> web.Response:
        """JSON that is encoded already, compressed when it is large."""
        response = raw(data)
        if len(data) > _COMPRESS and "gzip" in self.request.headers.get("Accept-Encoding", ""):
            response.enable_compression(web.ContentCoding.gzip, strategy=0)
        return response


def raw(data: bytes, status: int = 200, **headers: str) -> web.Response:
    """Encoded JSON as a response."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.Response(body=data, status=status, content_type="application/json", headers=named)
