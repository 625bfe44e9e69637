"""A Kubernetes API server on an object store, as an aiohttp application.

Owns the way of a request: delay and faults, who it is, documents or resources, and errors as Status bodies. Must not
know what is in the store or who puts it there.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Final, Protocol

import msgspec
from aiohttp import web

from tui.demo.kube import routing, serving
from tui.demo.kube.access import Identity, of_certificate
from tui.demo.kube.cluster import Cluster, Streams
from tui.demo.kube.context import raw
from tui.demo.kube.deletion import STOPS, Deletion
from tui.demo.kube.documents import OPEN, Documents
from tui.demo.kube.logs import LogBook
from tui.demo.kube.objects import ObjectStore
from tui.demo.kube.registry import Registry
from tui.demo.kube.schemas import Schemas
from tui.demo.kube.status import StatusError, unauthorized

_LARGEST: Final = 3 * 1024 * 1024
"""Bytes of a request's body that the API server takes."""
_BEARER: Final = "bearer "
_log: Final = logging.getLogger(__name__)


class Faults(Protocol):
    """What goes wrong, on purpose."""

    @property
    def delay(self) -> float:
        """Seconds to wait before each answer."""

    def kube(self, request_path: str, *, watch: bool) -> str:
        """The name of the fault that strikes a request, empty for none."""


class KubeServer:
    """Serves `objects` and `logs` to the identities of some bearer tokens. `clock` gives the cluster's time."""

    def __init__(
        self,
        objects: ObjectStore,
        logs: LogBook,
        identities: Mapping[str, Identity],
        clock: Callable[[], float],
        faults: Faults,
        *,
        stops: float = STOPS,
    ) -> None:
        registry = Registry(objects)
        self._cluster = Cluster(
            objects, logs, registry, Schemas(), Deletion(objects, clock, stops=stops), Streams(), clock
        )
        self._identities, self._faults = identities, faults
        self._documents = Documents(self._cluster)

    def application(self) -> web.Application:
        """Everything under `/`; what is deleted goes while it runs."""
        application = web.Application(client_max_size=_LARGEST)
        application.router.add_route("*", "/{path:.*}", self._handle)
        application.cleanup_ctx.append(self._reaping)
        return application

    def stop(self) -> None:
        """End open watches and followed logs, so that the application shuts down at once."""
        self._cluster.streams.stop()

    async def _reaping(self, _application: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(self._cluster.deletion.run())
        yield
        self.stop()
        task.cancel()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        try:
            return await self._answer(request)
        except StatusError as error:
            return _refused(error)
        except ConnectionError:
            return web.Response(status=499)
        except Exception:
            _log.exception("%s %s", request.method, request.path_qs)
            return _refused(StatusError(500, "Internal error occurred: see the log of the simulated cloud"))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if self._faults.delay:
            await asyncio.sleep(self._faults.delay)
        fault = self._faults.kube(request.path, watch="watch" in request.query)
        _strike(fault)
        identity = self._identity(request)
        route = routing.parse(request.path)
        if route is not None and identity is not None:
            return await serving.serve(request, self._cluster, identity, route, fault)
        if identity is None and (route is not None or request.path not in OPEN):
            raise unauthorized()
        return await self._documents.answer(request, identity)

    def _identity(self, request: web.Request) -> Identity | None:
        """Who asks; None when nobody signed in. Raises StatusError (401) for a token that nobody has."""
        given = request.headers.get("Authorization", "")
        if given:
            found = self._identities.get(given[len(_BEARER) :]) if given.lower().startswith(_BEARER) else None
            if found is None:
                raise unauthorized()
            return found
        certificate = request.get_extra_info("peercert")
        return of_certificate(certificate, self._identities.values()) if certificate else None


def _strike(fault: str) -> None:
    """Refuse the request when that is the fault. Others are for rights and for streams."""
    if fault == "throttle":
        raise StatusError(429, "Too many requests, please try again later.", retryAfterSeconds=1)
    if fault == "error-500":
        raise StatusError(500, "etcdserver: request timed out", "InternalError")
    if fault == "error-503":
        raise StatusError(503, "apiserver is shutting down")
    if fault == "expired-token":
        raise unauthorized()


def _refused(error: StatusError) -> web.Response:
    response = raw(msgspec.json.encode(error.body()), error.code)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response
