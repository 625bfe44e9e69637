"""CREATE: POST of a new object, and the first apply of one.

Owns what the server puts into the metadata of new objects, and where they may be made.
"""

from __future__ import annotations

import uuid
from typing import Final

from aiohttp import web

from tui.demo.kube import apply, bodies, completing, defaults, names, write_options, writes
from tui.demo.kube.bodies import Body
from tui.demo.kube.context import Context
from tui.demo.kube.objects import UNCOUNTED, timestamp
from tui.demo.kube.schema import Schema
from tui.demo.kube.status import StatusError, exists, unnamed

_SERVERS: Final = (
    "uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields",
    "selfLink", "resourceVersion",
)  # fmt: skip
"""Fields of metadata that a creator has no say in."""
_KEEPS_STATUS: Final = frozenset({"nodes"})
"""Kinds whose creator may say the status."""


async def create(context: Context) -> web.Response:
    """Serve it."""
    write_options.checked(context)
    schema = await writes.schema_of(context)
    body = bodies.of_resource(context, await bodies.read(context))
    warnings = bodies.known(context, body, schema)
    return writes.answered(context, created(context, body, schema), 201, warnings)


def created(context: Context, body: Body, schema: Schema, *, applied: bool = False) -> Body:
    """Store a new object; `applied` says by server-side apply."""
    resource, at, sent = context.resource, timestamp(context.now), body["metadata"].get("resourceVersion")
    name = _named(context, body["metadata"])
    if resource.namespaced:
        _open(context, name)
    if "status" in resource.subresources and resource.store not in _KEEPS_STATUS:
        body.pop("status", None)
    if applied:
        body = apply.apply(None, body, schema, writes.writer(context, "Apply"), force=False, at=at)
    body = writes.settled(context, body, schema)
    if not applied:
        apply.updated(defaults.zero(resource), body, schema, writes.writer(context, "Update"), at)
    body["metadata"].update({"uid": str(uuid.uuid4()), "creationTimestamp": at})
    if not resource.custom:
        completing.complete(resource, body)
    writes.validated(context, body, schema)
    if context.cluster.objects.held(resource.store, (context.namespace, name)) is not None:
        raise exists(resource, name)
    if not applied and not context.dry_run and sent and sent.isdecimal() and int(sent):
        raise unnamed("resourceVersion should not be set on objects to be created")
    return _stored(context, body)


def _stored(context: Context, body: Body) -> Body:
    store = context.resource.store
    if not context.dry_run:
        return context.cluster.objects.create(store, body, manager=context.manager)
    return body if store in UNCOUNTED else {**body, "metadata": {**body["metadata"], "generation": 1}}


def _named(context: Context, meta: Body) -> str:
    if not meta.get("name") and meta.get("generateName"):
        meta["name"] = names.generated(str(meta["generateName"]))
    for field in _SERVERS:
        meta.pop(field, None)
    writes.at_home(context, meta)
    return str(meta.get("name") or "")


def _open(context: Context, name: str) -> None:
    """The namespace is there and takes new objects. Raises StatusError (403, 404)."""
    home, resource = context.namespace, context.resource
    held = context.cluster.objects.held("namespaces", ("", home))
    if held is None:
        raise StatusError(404, f'namespaces "{home}" not found', name=home, kind="namespaces")
    if held[0]["metadata"].get("deletionTimestamp"):
        text = f"unable to create new content in namespace {home} because it is being terminated"
        raise StatusError(
            403,
            f'{resource.store} "{name}" is forbidden: {text}',
            name=name,
            group=resource.group,
            kind=resource.plural,
        )
