"""From a request for a resource to the function that serves it, once the identity is known to be allowed.

Owns rights and dispatch. Must not know how requests arrive or how identities are told apart.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from tui.demo.kube import bodies, reviews, routing, scale
from tui.demo.kube.access import Identity
from tui.demo.kube.changing import patch, update
from tui.demo.kube.cluster import Cluster
from tui.demo.kube.context import Context, is_true
from tui.demo.kube.creating import create
from tui.demo.kube.deleting import delete, delete_many, evict
from tui.demo.kube.exec import execute
from tui.demo.kube.forward import forward
from tui.demo.kube.listing import get, list_objects
from tui.demo.kube.objects import timestamp
from tui.demo.kube.podlogs import read_log
from tui.demo.kube.registry import REVIEWS
from tui.demo.kube.routing import Route
from tui.demo.kube.selectors import name_of
from tui.demo.kube.status import StatusError, forbidden, no_such_path, no_such_resource, not_allowed, not_found
from tui.demo.kube.watching import Watch

Serve = Callable[[Context], Awaitable[web.StreamResponse]]

_REVIEWS: Final = frozenset(resource.store for resource in REVIEWS)


async def _watch(context: Context) -> web.StreamResponse:
    return await Watch(context).run()


async def _review(context: Context) -> web.StreamResponse:
    body = bodies.headed(context, await bodies.read(context))
    return context.answer(reviews.review(body, context.identity, timestamp(context.now)), 201)


_VERBS: Final[dict[str, Serve]] = {
    "get": get, "list": list_objects, "watch": _watch, "create": create, "update": update, "patch": patch,
    "delete": delete, "deletecollection": delete_many,
}  # fmt: skip
_SUBRESOURCES: Final[dict[str, dict[str, Serve]]] = {
    "status": {"get": get, "update": update, "patch": patch},
    "log": {"get": read_log},
    "exec": {"get": execute, "create": execute},
    "portforward": {"get": forward, "create": forward},
    "eviction": {"create": evict},
    "scale": {"get": scale.get, "update": scale.update, "patch": scale.patch},
}


async def serve(
    request: web.Request, cluster: Cluster, identity: Identity, route: Route, fault: str
) -> web.StreamResponse:
    """Serve one request. Raises StatusError."""
    verb = routing.verb(request.method, route, watch=is_true(request, "watch"))
    _authorize(identity, route, verb, request.query.get("fieldSelector", ""), denied=fault == "kube-denied")
    resource = cluster.registry.find(route.group, route.version, route.plural)
    if resource is None or (route.namespace and not resource.namespaced):
        raise no_such_resource() if cluster.registry.is_own(route.group) else no_such_path()
    context = Context(
        request, cluster, identity, resource, route.namespace, route.name, route.subresource, fault
    )  # fmt: skip
    return await _serve_of(context, verb)(context)


def _authorize(identity: Identity, route: Route, verb: str, fields: str, *, denied: bool) -> None:
    name = route.name or (name_of(fields) if verb in ("list", "watch", "deletecollection") else "")
    asked = f"{route.plural}/{route.subresource}" if route.subresource else route.plural
    if denied or not identity.may(verb, route.group, asked, namespace=route.namespace, name=name):
        home = route.namespace or (route.name if asked.partition("/")[0] == "namespaces" else "")
        raise forbidden(identity.user, verb, asked, route.group, home, name)


def _serve_of(context: Context, verb: str) -> Serve:
    """What serves a verb. Raises StatusError (400, 404, 405)."""
    resource, found = context.resource, None
    if context.subresource:
        if context.subresource not in resource.subresources:
            raise not_found(resource, context.name) if resource.custom else no_such_resource()
        found = _SUBRESOURCES.get(context.subresource, {}).get(verb)
    elif resource.store in _REVIEWS:
        found = _review if verb == "create" else None
    elif resource.namespaced and not context.namespace and (context.name or verb in ("create", "deletecollection")):
        raise no_such_path() if resource.custom else no_such_resource() if context.name else not_allowed()
    elif not (context.name and verb == "create"):
        found = _VERBS.get(verb)
    if found is None and resource.custom and context.request.method in ("PUT", "PATCH"):
        raise StatusError(400, "name must be provided")
    if found is None:
        raise not_allowed()
    return found
