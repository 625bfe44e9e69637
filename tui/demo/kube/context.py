"""One request to the API server, taken apart: which resource, which object, by whom, how to answer.

Owns the reading of query parameters and the answers in JSON. Must not know what a verb does.
"""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from aiohttp import web

from tui.demo.kube.access import Identity
from tui.demo.kube.cluster import Cluster
from tui.demo.kube.registry import Resource
from tui.demo.kube.status import StatusError

_COMPRESS: Final = 128 * 1024
"""Bytes from which a body is compressed when the client takes it, as the API server does."""
_LEVEL: Final = 1
"""The gzip level of the API server."""
_INCLUDED: Final = ("Metadata", "Object", "None")
_FALSE: Final = ("false", "0")


@dataclass(frozen=True, slots=True)
class Context:
    """A request for a resource."""

    request: web.Request
    cluster: Cluster
    identity: Identity
    resource: Resource
    namespace: str
    name: str
    subresource: str
    fault: str
    """The name of the fault that is on for this request, empty for none."""

    def query(self, name: str, default: str = "") -> str:
        """A query parameter."""
        return str(self.request.query.get(name, default))

    def flag(self, name: str) -> bool:
        """A boolean query parameter: true when it is there, unless it says that it is false."""
        return is_true(self.request, name)

    def number(self, name: str) -> int | None:
        """An integer query parameter, None when absent. Raises StatusError (400)."""
        text = self.query(name)
        if not text:
            return None
        try:
            return int(text)
        except ValueError:
            raise StatusError(400, f'strconv.ParseInt: parsing "{text}": invalid syntax') from None

    @property
    def key(self) -> tuple[str, str]:
        """Namespace and name in the store."""
        return self.namespace, self.name

    @property
    def now(self) -> float:
        """The cluster's time, in seconds since 1970."""
        return self.cluster.clock()

    @property
    def dry_run(self) -> bool:
        """Nothing is to be stored."""
        return "All" in self.request.query.getall("dryRun", [])

    @property
    def table(self) -> str:
        """What to include in table rows, empty when no Table is wanted. Raises StatusError (400)."""
        asked = self.query("includeObject") or "Metadata"
        if self.accepts("Table") and asked not in _INCLUDED:
            said = f"includeObject: Invalid value: \"{asked}\": must be 'Metadata', 'Object', 'None', or empty"
            raise StatusError(400, f"Unable to convert to Table as requested: {said}")
        return asked if self.accepts("Table") else ""

    def accepts(self, form: str) -> bool:
        """True when the client asks for a meta.k8s.io form of the objects (`Table`, `PartialObjectMetadata`)."""
        wanted = self.request.headers.get("Accept", "").replace(" ", "").split(",")[0]
        parts = wanted.split(";")
        return f"as={form}" in parts and "g=meta.k8s.io" in parts

    @property
    def manager(self) -> str:
        """Who writes, for managedFields."""
        agent = self.request.headers.get("User-Agent", "unknown").split("/")[0]
        return self.query("fieldManager") or agent

    def answer(self, body: Any, status: int = 200) -> web.Response:
        """A JSON answer."""
        return raw(msgspec.json.encode(body), status)

    async def send(self, data: bytes) -> web.Response:
        """JSON that is encoded already, compressed (in a thread) when it is large and the client takes it."""
        if len(data) <= _COMPRESS or "gzip" not in self.request.headers.get("Accept-Encoding", ""):
            return raw(data)
        response = raw(await asyncio.to_thread(gzip.compress, data, _LEVEL))
        response.headers.update({"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
        return response


def is_true(request: web.Request, name: str) -> bool:
    """A boolean query parameter: true when it is there, unless it says that it is false."""
    return name in request.query and request.query[name] not in _FALSE


def raw(data: bytes, status: int = 200, content_type: str = "application/json") -> web.Response:
    """Encoded JSON as a response."""
    return web.Response(body=data, status=status, headers={"Content-Type": content_type})
