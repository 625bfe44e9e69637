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
from tui.demo.kube.access import ANONYMOUS, Identity, of_certificate
from tui.demo.kube.cluster import Cluster, Streams
from tui.demo.kube.context import is_true, raw
from tui.demo.kube.deletion import STOPS, Deletion
from tui.demo.kube.documents import Documents
from tui.demo.kube.establishing import Establishing
from tui.demo.kube.logs import LogBook
from tui.demo.kube.objects import ObjectStore
from tui.demo.kube.programs import Nothing, Programs
from tui.demo.kube.registry import Registry
from tui.demo.kube.schemas import Schemas
from tui.demo.kube.status import PlainError, StatusError, unauthorized

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
    """Serves `objects` and `logs` to the identities of some bearer tokens. `clock` gives the cluster's time.

    `programs` are what runs in its containers when somebody wants to.
    """

    def __init__(
        self,
        objects: ObjectStore,
        logs: LogBook,
        identities: Mapping[str, Identity],
        clock: Callable[[], float],
        faults: Faults,
        *,
        stops: float = STOPS,
        programs: Programs | None = None,
    ) -> None:
        registry = Registry(objects)
        self._cluster = Cluster(
            objects, logs, registry, Schemas(), Deletion(objects, clock, stops=stops), Streams(),
            programs or Nothing(), clock,
        )  # fmt: skip
        self._establishing = Establishing(objects, clock)
        self._identities, self._faults = identities, faults
        self._documents = Documents(self._cluster)

    def application(self) -> web.Application:
        """Everything under `/`; what is deleted goes while it runs."""
        application = web.Application(client_max_size=_LARGEST)
        application.router.add_route("*", "/{path:.*}", self._handle)
        application.cleanup_ctx.append(self._working)
        return application

    def stop(self) -> None:
        """End open watches and followed logs, so that the application shuts down at once."""
        self._cluster.streams.stop()

    async def _working(self, _application: web.Application) -> AsyncIterator[None]:
        """What goes on by itself: objects that are deleted go, definitions are established."""
        tasks = [asyncio.create_task(part.run()) for part in (self._cluster.deletion, self._establishing)]
        yield
        self.stop()
        for task in tasks:
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
        fault = self._faults.kube(request.path, watch=is_true(request, "watch"))
        _strike(fault)
        identity = self._identity(request)
        route = routing.parse(request.path)
        if route is not None:
            return await serving.serve(request, self._cluster, identity, route, fault)
        return await self._documents.answer(request, identity)

    def _identity(self, request: web.Request) -> Identity:
        """Who asks. Raises StatusError (401) for a token that nobody has."""
        given = request.headers.get("Authorization", "")
        token = given[len(_BEARER) :] if given.lower().startswith(_BEARER) else ""
        if token:
            if token not in self._identities:
                raise unauthorized()
            return self._identities[token]
        certificate = request.get_extra_info("peercert")
        found = of_certificate(certificate, self._identities.values()) if certificate else None
        return found or ANONYMOUS


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
    if isinstance(error, PlainError):
        return web.Response(text=error.message, status=error.code)
    response = raw(msgspec.json.encode(error.body()), error.code)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response
