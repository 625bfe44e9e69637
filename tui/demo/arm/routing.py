"""Which request goes where: api-version, subscription, group, parent and method are checked here, once for all types.

Pure but for the state that the call carries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from tui.demo.arm import (
    catalogue,
    clusters,
    computes,
    errors,
    extensions,
    keys,
    listing,
    outcomes,
    places,
    plain,
    progress,
    providers,
    rights,
    subscriptions,
)  # fmt: skip
from tui.demo.arm.call import Call, Reply
from tui.demo.arm.catalogue import ResourceType
from tui.demo.arm.operations import Json

Handler = Callable[[Call], Reply]

_DATE: Final = re.compile(r"20\d\d-\d\d-\d\d(-preview|-privatepreview)?")
_GET: Final[Mapping[tuple[str, ...], Handler]] = {
    ("subscriptions",): subscriptions.every,
    ("subscriptions", "*"): subscriptions.one,
    ("subscriptions", "*", "resourcegroups"): subscriptions.groups,
    ("subscriptions", "*", "resourcegroups", "*"): subscriptions.group,
    ("subscriptions", "*", "resources"): subscriptions.resources,
    ("subscriptions", "*", "resourcegroups", "*", "resources"): subscriptions.resources,
    ("subscriptions", "*", "providers"): providers.every,
    ("subscriptions", "*", "providers", "*"): providers.one,
}
_POST: Final[Mapping[tuple[str, ...], Handler]] = {
    ("subscriptions", "*", "providers", "*", "register"): providers.register,
    ("subscriptions", "*", "providers", "*", "unregister"): providers.unregister,
}
_ACTIONS: Final[Mapping[str, tuple[str, Handler]]] = {
    "microsoft.relay/namespaces/authorizationrules/listkeys": ("listKeys", keys.list_keys),
    "microsoft.relay/namespaces/hybridconnections/authorizationrules/listkeys": ("listKeys", keys.list_keys),
    "microsoft.servicebus/namespaces/authorizationrules/listkeys": ("listKeys", keys.list_keys),
    "microsoft.relay/namespaces/authorizationrules/regeneratekeys": ("regenerateKeys", keys.regenerate),
    "microsoft.relay/namespaces/hybridconnections/authorizationrules/regeneratekeys": (
        "regenerateKeys",
        keys.regenerate,
    ),
    "microsoft.servicebus/namespaces/authorizationrules/regeneratekeys": ("regenerateKeys", keys.regenerate),
    "microsoft.operationalinsights/workspaces/sharedkeys": ("sharedKeys", keys.shared_keys),
}
_OPERATIONS: Final[Mapping[str, tuple[str, Handler]]] = {
    f"{outcomes.EXTENSION}/operations": (outcomes.EXTENSION, progress.extension_operation),
    "microsoft.machinelearningservices/locations/computeoperationsstatus": (
        outcomes.COMPUTE,
        progress.compute_operation,
    ),
}
_WRITES: Final[Mapping[str, Mapping[str, Handler]]] = {
    outcomes.EXTENSION: {"PUT": extensions.put, "PATCH": extensions.patch, "DELETE": extensions.delete},
    outcomes.COMPUTE: {"PUT": computes.put, "PATCH": computes.patch, "DELETE": computes.delete},
}
_PLAIN: Final[Mapping[str, Handler]] = {"PUT": plain.put, "PATCH": plain.patch, "DELETE": plain.delete}


class Router:
    """Answers calls."""

    def __init__(self) -> None:
        self._show: Mapping[str, Callable[[Json], Json]] = {
            clusters.CONNECTED: clusters.Casing().connected,
            clusters.MANAGED: clusters.managed,
            outcomes.COMPUTE: computes.shown,
        }

    def answer(self, call: Call) -> Reply:
        """The answer of a call. Raises ArmError."""
        if not call.version:
            raise errors.no_version()
        if not _DATE.fullmatch(call.version):
            raise errors.wrong_version(call.version, catalogue.RESOURCES)
        action = rights.action_of(call.method, call.place)
        if not rights.allows(call.state.rights, action):
            raise errors.forbidden(call.place, action)
        own = _own(call)
        return own(call) if own is not None else self._of_provider(call)

    def _of_provider(self, call: Call) -> Reply:
        place = call.place
        if not place.types:
            raise errors.unknown_type(place, call.version)
        providers.canonical(place.namespace)
        subscriptions.require(call)
        for table, method in ((_ACTIONS, "POST"), (_OPERATIONS, "GET")):
            found = table.get(place.type)
            if found is not None:
                return _extra(call, method, found)
        if place.type == rights.TYPE:
            return _permissions(call)
        if place.type == "microsoft.kubernetesconfiguration/operations":
            _require_version(call, catalogue.TYPES[outcomes.EXTENSION])
            return progress.of_cluster(call)
        return self._of_type(call)

    def _of_type(self, call: Call) -> Reply:
        place, kind = call.place, catalogue.TYPES.get(call.place.type)
        if kind is None:
            raise errors.unknown_type(place, call.version)
        _require_version(call, kind)
        if place.type == outcomes.EXTENSION and places.parse(place.scope).type not in clusters.SORTS:
            raise errors.unknown_type(place, call.version)
        if place.is_resource and not place.group:
            raise errors.no_resource(place)
        _require_parent(call)
        if not place.is_resource:
            return self._list(call, kind)
        if call.method not in kind.methods:
            raise errors.no_method(call.method)
        return self._get(call) if call.method in catalogue.READ else _write(call)

    def _get(self, call: Call) -> Reply:
        if call.place.type == outcomes.EXTENSION:
            return extensions.get(call)
        return Reply(200, self._shown(plain.found(call)))

    def _list(self, call: Call, kind: ResourceType) -> Reply:
        if call.method != "GET":
            raise errors.no_method(call.method)
        if call.place.type == outcomes.EXTENSION:
            return extensions.every(call)
        return listing.page(call, _members(call), self._shown, kind.page, kind.skip)

    def _shown(self, resource: Json) -> Json:
        show, named = self._show.get(places.parse(resource["id"]).type), plain.shown(resource)
        return show(named) if show else named


def _permissions(call: Call) -> Reply:
    """GET {scope}/providers/Microsoft.Authorization/permissions: what the caller's roles give there."""
    if call.method != "GET":
        raise errors.no_method(call.method)
    if call.version not in rights.VERSIONS:
        raise errors.wrong_version(call.version, rights.VERSIONS)
    return Reply(200, {"value": [permission.wire() for permission in call.state.rights]})


def _own(call: Call) -> Handler | None:
    """The handler of ARM's own paths."""
    steps = [step for step in call.place.key.split("/") if step]
    for pattern, handler in (_POST if call.method == "POST" else _GET).items():
        if len(pattern) == len(steps) and all(p in ("*", s) for p, s in zip(pattern, steps, strict=True)):
            return _guarded(handler, call.method)
    return None


def _guarded(handler: Handler, method: str) -> Handler:
    def guarded(call: Call) -> Reply:
        if method not in ("GET", "HEAD", "POST"):
            raise errors.no_method(method)
        if call.version not in catalogue.RESOURCES:
            raise errors.wrong_version(call.version, catalogue.RESOURCES)
        subscriptions.require(call)
        return handler(call)

    return guarded


def _extra(call: Call, method: str, found: tuple[str, Handler]) -> Reply:
    """An action of a resource, or an operation's status."""
    name, handler = found
    if call.method != method:
        raise errors.no_method(call.method)
    inner = call.place.type.rsplit("/", 1)[0] if method == "POST" else name
    _require_version(call, catalogue.TYPES[inner])
    return handler(call)


def _write(call: Call) -> Reply:
    handler = _WRITES.get(call.place.type, _PLAIN)[call.method]
    if call.method == "PUT":
        providers.require(call)
    known = call.resource()
    # A path in another casing names the same resource: its own casing stays.
    return handler(replace(call, place=places.parse(known["id"])) if known else call)


def _members(call: Call) -> list[Json]:
    place = call.place
    scope = place.parent if len(place.types) > 1 else place.scope
    return call.state.under(scope, place.type)


def _require_version(call: Call, kind: ResourceType) -> None:
    supported = call.state.versions[kind.name.lower()]
    if call.version not in supported:
        location = _location(call)
        raise errors.no_provider_for(kind, call.version, supported, location)


def _location(call: Call) -> str:
    resource = call.resource() or call.state.get(call.place.scope) or {}
    return str(resource.get("location") or "eastus")


def _require_parent(call: Call) -> None:
    parent = call.place.parent
    if parent and not call.state.exists(parent):
        raise errors.no_parent(call.place, errors.verb(call.method))
