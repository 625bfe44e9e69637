"""The OpenAPI documents: one for each group and version (v3), and one of everything (v2).

Owns what kubectl looks for in them: definitions with merge keys, and paths that say which verbs and parameters a kind
takes (it checks there that the server validates fields and runs dry). Must not know objects.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Final

import msgspec
from aiohttp import web

from tui.demo.kube import discovery, openapi_proto
from tui.demo.kube.context import raw
from tui.demo.kube.models import OBJECT_META
from tui.demo.kube.registry import Registry, Resource
from tui.demo.kube.schemas import Schemas
from tui.demo.kube.status import no_such_path

Body = dict[str, Any]

_PROTO_V2: Final = "application/com.github.proto-openapi.spec.v2"
_PROTO_V2_SENT: Final = f"{_PROTO_V2}.v1.0+protobuf"
"""Not as it is asked for: `@` in a media type is refused by older kubectls."""
_INFO: Final = {"title": "Kubernetes", "version": discovery.VERSION["gitVersion"]}
_METHODS: Final = {
    "get": "get", "post": "create", "put": "update", "patch": "patch", "delete": "delete",
}  # fmt: skip
_ACTIONS: Final = {"create": "post", "update": "put", "deletecollection": "deletecollection"}
_PARAMETERS: Final = {
    "post": ("dryRun", "fieldManager", "fieldValidation"),
    "put": ("dryRun", "fieldManager", "fieldValidation"),
    "patch": ("dryRun", "fieldManager", "fieldValidation", "force"),
    "delete": ("dryRun", "gracePeriodSeconds", "propagationPolicy"),
}
_CLOSING: Final = frozenset({"properties", "items", "required"})
_PATCHES: Final = (
    "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
)  # fmt: skip


class OpenApi:
    """The documents, made when they are asked for and kept until the custom resources change."""

    def __init__(self, registry: Registry, schemas: Schemas) -> None:
        self._registry, self._schemas = registry, schemas
        self._kept: dict[str, tuple[list[Resource], bytes]] = {}

    async def answer(self, request: web.Request, steps: list[str]) -> web.Response:
        """The document under /openapi/. Raises StatusError (404)."""
        match steps:
            case ["v2"]:
                proto = request.headers.get("Accept", "").startswith(_PROTO_V2)
                return self._v2(proto=proto)
            case ["v3"]:
                return raw(msgspec.json.encode(self._index()))
            case ["v3", "api", version]:
                return self._v3("", version)
            case ["v3", "apis", group, version]:
                return self._v3(group, version)
        raise no_such_path()

    def _index(self) -> Body:
        paths = {}
        for group, versions in discovery.versions_of(self._registry).items():
            for version in versions:
                path = f"apis/{group}/{version}" if group else f"api/{version}"
                digest = hashlib.sha256(self._document(group, version)).hexdigest().upper()
                paths[path] = {"serverRelativeURL": f"/openapi/v3/{path}?hash={digest}"}
        return {"paths": paths}

    def _v3(self, group: str, version: str) -> web.Response:
        if version not in discovery.versions_of(self._registry).get(group, ()):
            raise no_such_path()
        response = raw(self._document(group, version))
        response.headers["Cache-Control"] = "public, immutable"
        return response

    def _document(self, group: str, version: str) -> bytes:
        found = [
            resource for resource in self._registry.all() if (resource.group, resource.version) == (group, version)
        ]
        name = f"{group}/{version}"
        kept = self._kept.get(name)
        if kept is None or kept[0] != found:
            kept = found, msgspec.json.encode(self._made(found))
            self._kept[name] = kept
        return kept[1]

    def _made(self, found: list[Resource]) -> Body:
        definitions = self._schemas.definitions(found, OBJECT_META)
        schemas = {name: _spelt(node, "#/components/schemas/") for name, node in definitions.items()}
        paths = dict(pair for resource in found for pair in _paths(resource))
        return {"openapi": "3.0.0", "info": _INFO, "paths": paths, "components": {"schemas": schemas}}

    def _v2(self, *, proto: bool) -> web.Response:
        found, name = self._registry.all(), "v2 proto" if proto else "v2"
        kept = self._kept.get(name)
        if kept is None or kept[0] != found:
            kept = self._kept[name] = found, self._made_v2(found, proto=proto)
        return raw(kept[1], content_type=_PROTO_V2_SENT) if proto else raw(kept[1])

    def _made_v2(self, found: list[Resource], *, proto: bool) -> bytes:
        definitions = self._schemas.definitions(found, OBJECT_META)
        spelt = {name: _spelt(_open(node), "#/definitions/") for name, node in definitions.items()}
        if proto:
            return openapi_proto.document(_INFO, spelt)
        return msgspec.json.encode({"swagger": "2.0", "info": _INFO, "paths": {}, "definitions": spelt})


def _open(node: Any) -> Any:
    """A node that says nothing of fields where any are taken: clients of v2 would refuse those it does not name."""
    if isinstance(node, list):
        return [_open(each) for each in node]
    if not isinstance(node, dict):
        return node
    free = node.get("x-kubernetes-preserve-unknown-fields") is True
    return {name: _open(part) for name, part in node.items() if not free or name not in _CLOSING}


def _spelt(node: Any, root: str) -> Any:
    """A node with its references as this document writes them. What stands beside a reference needs `allOf`."""
    if isinstance(node, list):
        return [_spelt(each, root) for each in node]
    if not isinstance(node, dict):
        return node
    inner = {name: _spelt(part, root) for name, part in node.items() if name != "$ref"}
    if not isinstance(node.get("$ref"), str):
        return inner
    reference = {"$ref": root + node["$ref"]}
    return {"allOf": [reference], **inner} if inner and "components" in root else {**inner, **reference}


def _paths(resource: Resource) -> Iterable[tuple[str, Body]]:
    """The paths of a resource's collection and of one object."""
    root = f"/apis/{resource.api_version}" if resource.group else f"/api/{resource.api_version}"
    home = "/namespaces/{namespace}" if resource.namespaced else ""
    many = f"{root}{home}/{resource.plural}"
    yield many, _operations(resource, ("get", "post"), many=True)
    if "get" in resource.verbs:
        yield many + "/{name}", _operations(resource, ("get", "put", "patch", "delete"), many=False)


def _operations(resource: Resource, methods: tuple[str, ...], *, many: bool) -> Body:
    kind = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    found: Body = {}
    for method in methods:
        verb = "list" if many and method == "get" else _METHODS[method]
        if verb not in resource.verbs:
            continue
        named = _PARAMETERS.get(
            method, ("labelSelector", "fieldSelector", "limit", "continue", "watch") if many else ()
        )
        found[method] = {
            "operationId": f"{verb}{resource.kind}",
            "parameters": [{"name": name, "in": "query", "schema": {"type": "string"}} for name in named],
            "responses": {"200": {"description": "OK"}},
            "x-kubernetes-action": _ACTIONS.get(verb, verb), "x-kubernetes-group-version-kind": kind,
        }  # fmt: skip
        if method == "patch":
            found[method]["requestBody"] = {"content": {media: {} for media in _patches(resource)}}
    return found


def _patches(resource: Resource) -> Iterable[str]:
    return (media for media in _PATCHES if not resource.custom or "strategic" not in media)
