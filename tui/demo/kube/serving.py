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
from tui.demo.kube.context import Context
from tui.demo.kube.creating import create
from tui.demo.kube.deleting import delete, delete_many, evict
from tui.demo.kube.listing import get, list_objects
from tui.demo.kube.podlogs import read_log
from tui.demo.kube.registry import REVIEWS
from tui.demo.kube.routing import Route
from tui.demo.kube.selectors import name_of
from tui.demo.kube.status import forbidden, no_such_path, not_allowed
from tui.demo.kube.watching import Watch

Serve = Callable[[Context], Awaitable[web.StreamResponse]]

_REVIEWS: Final = frozenset(resource.store for resource in REVIEWS)


async def _watch(context: Context) -> web.StreamResponse:
    return await Watch(context).run()


async def _review(context: Context) -> web.StreamResponse:
    body = bodies.of_resource(context, await bodies.read(context))
    return context.answer(reviews.review(body, context.identity), 201)


_VERBS: Final[dict[str, Serve]] = {
    "get": get, "list": list_objects, "watch": _watch, "create": create, "update": update, "patch": patch,
    "delete": delete, "deletecollection": delete_many,
}  # fmt: skip
_SUBRESOURCES: Final[dict[str, dict[str, Serve]]] = {
    "status": {"get": get, "update": update, "patch": patch},
    "log": {"get": read_log},
    "eviction": {"create": evict},
    "scale": {"get": scale.get, "update": scale.update, "patch": scale.patch},
}


async def serve(
    request: web.Request, cluster: Cluster, identity: Identity, route: Route, fault: str
) -> web.StreamResponse:
    """Serve one request. Raises StatusError."""
    watch = request.query.get("watch", "").lower() in ("true", "1")
    verb = routing.verb(request.method, route, watch=watch)
    _authorize(identity, route, verb, request.query.get("fieldSelector", ""), denied=fault == "kube-denied")
    resource = cluster.registry.find(route.group, route.version, route.plural)
    if resource is None or (route.namespace and not resource.namespaced):
        raise no_such_path()
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
    """What serves a verb. Raises StatusError (404, 405)."""
    resource = context.resource
    if context.subresource:
        if context.subresource not in resource.subresources:
            raise no_such_path()
        found = _SUBRESOURCES.get(context.subresource, {}).get(verb)
    elif resource.store in _REVIEWS:
        found = _review if verb == "create" else None
    else:
        one = context.name or verb == "create"
        found = None if resource.namespaced and one and not context.namespace else _VERBS.get(verb)
    if found is None or (context.name and verb == "create" and not context.subresource):
        raise not_allowed()
    return found
