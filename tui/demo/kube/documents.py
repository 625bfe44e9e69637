"""GET of paths that are no resources: versions, health, discovery, OpenAPI.

Owns which document is under which path and in which media type.
"""

from __future__ import annotations

import msgspec
from aiohttp import web

from tui.demo.kube import discovery
from tui.demo.kube.access import PUBLIC, Identity
from tui.demo.kube.cluster import Cluster
from tui.demo.kube.context import raw
from tui.demo.kube.discovery import Body
from tui.demo.kube.openapi import OpenApi
from tui.demo.kube.status import StatusError, no_such_path, no_such_resource, not_allowed

_HEALTH = ("healthz", "livez", "readyz")
_AGGREGATED = "application/json;g=apidiscovery.k8s.io;v={};as=APIGroupDiscoveryList"


class Documents:
    """The documents of one server."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._openapi = OpenApi(cluster.registry, cluster.schemas)

    async def answer(self, request: web.Request, identity: Identity) -> web.Response:
        """The document under the request's path. Raises StatusError (403, 404, 405)."""
        if not identity.may_read(request.path):
            said = f'forbidden: User "{identity.user}" cannot get path "{request.path}"'
            raise StatusError(403, said, name="")
        steps = request.path.strip("/").split("/")
        if steps[0] in _HEALTH and steps[1:] in ([], ["ping"]):
            return web.Response(text="ok")
        if steps[0] == "openapi" and request.method == "GET":
            await self._cluster.schemas.ready()
            return await self._openapi.answer(request, steps[1:])
        if len(steps) == 1 and steps[0] in ("api", "apis") and request.method == "GET":
            return self._groups(request, core=steps[0] == "api")
        found = self._found(steps)
        if found is None:
            raise self._nothing(steps)
        if request.method != "GET":
            raise not_allowed()
        return raw(msgspec.json.encode(found))

    def _nothing(self, steps: list[str]) -> StatusError:
        """What an unknown path is told: in the words of an API where it is under one."""
        group = {"api": [""], "apis": steps[1:2]}.get(steps[0], [])
        own = any(self._cluster.registry.is_own(name) for name in group)
        return no_such_resource() if own and len(steps) > 1 else no_such_path()

    def _found(self, steps: list[str]) -> Body | None:
        registry = self._cluster.registry
        match steps:
            case [""]:
                return {"paths": self._paths()}
            case ["version"]:
                return discovery.VERSION
            case ["api", version]:
                return discovery.resources(registry, "", version)
            case ["apis", group]:
                return discovery.group(registry, group)
            case ["apis", group, version]:
                return discovery.resources(registry, group, version) if group else None
        return None

    def _paths(self) -> list[str]:
        served = discovery.versions_of(self._cluster.registry)
        roots = [f"/apis/{name}" for name in served if name]
        versions = [f"/apis/{name}/{version}" for name, each in served.items() if name for version in each]
        return sorted({*PUBLIC[:-1], "/api", "/api/v1", "/apis", "/openapi/v2", "/openapi/v3", *roots, *versions})

    def _groups(self, request: web.Request, *, core: bool) -> web.Response:
        """/api and /apis: aggregated for clients that ask for it, else the old form."""
        registry, accept = self._cluster.registry, request.headers.get("Accept", "").replace(" ", "")
        for version in ("v2", "v2beta1"):
            form = _AGGREGATED.format(version)
            if form in accept:
                body = discovery.aggregated(registry, core=core, form=version)
                return raw(msgspec.json.encode(body), content_type=form)
        body = discovery.core_versions(request.host) if core else discovery.groups(registry)
        return raw(msgspec.json.encode(body))
