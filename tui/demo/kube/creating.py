"""CREATE: POST of a new object, and the first apply of one.

Owns what the server puts into new objects: name, namespace, defaults, a first status.
"""

from __future__ import annotations

from typing import Final

from aiohttp import web

from tui.demo.kube import apply, bodies, kinds, names, structural, writes
from tui.demo.kube.bodies import Body
from tui.demo.kube.context import Context
from tui.demo.kube.objects import timestamp
from tui.demo.kube.schema import Schema
from tui.demo.kube.status import StatusError, exists

_SERVERS: Final = (
    "uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields",
    "selfLink",
)  # fmt: skip
"""Fields of metadata that a creator has no say in."""
_KEEPS_STATUS: Final = frozenset({"nodes", "persistentvolumes"})
"""Kinds whose creator may say the status."""


async def create(context: Context) -> web.Response:
    """Serve it."""
    schema = await writes.schema_of(context)
    body = bodies.of_resource(context, await bodies.read(context))
    warnings = bodies.known(context, body, schema)
    made = created(context, writes.cleaned(context, body, schema), schema)
    return writes.answered(context, made, 201, warnings)


def created(context: Context, body: Body, schema: Schema, *, applied: bool = False) -> Body:
    """Store a new object; `applied` says by server-side apply."""
    resource, at = context.resource, timestamp(context.now)
    name = _named(context, body["metadata"])
    if resource.namespaced:
        _open(context, name)
    if "status" in resource.subresources and resource.store not in _KEEPS_STATUS:
        body.pop("status", None)
    if applied:
        body = apply.apply(None, body, schema, writes.writer(context, "Apply"), force=False, at=at)
    structural.fill(body, schema)
    if not applied:
        apply.updated(None, body, schema, writes.writer(context, "Update"), at)
    kinds.complete(resource, body, at)
    writes.validated(context, body, schema)
    if context.cluster.objects.held(resource.store, (context.namespace, name)) is not None:
        raise exists(resource, name)
    if context.dry_run:
        return {**body, "metadata": {**body["metadata"], "creationTimestamp": at}}
    return context.cluster.objects.create(resource.store, body, manager=context.manager)


def _named(context: Context, meta: Body) -> str:
    if meta.pop("resourceVersion", None):
        raise StatusError(400, "resourceVersion should not be set on objects to be created")
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
