"""What every write has in common: reading the body, cleaning, validation, who writes, warnings.

Must not know where objects are stored.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from tui.demo.kube import bodies, kinds, names, structural
from tui.demo.kube.apply import Who
from tui.demo.kube.bodies import Body
from tui.demo.kube.context import Context
from tui.demo.kube.schema import Schema
from tui.demo.kube.status import StatusError, invalid


async def schema_of(context: Context) -> Schema:
    """The schema of the objects that are written."""
    await context.cluster.schemas.ready()
    return context.cluster.schemas.of(context.resource)


def cleaned(context: Context, body: Body, schema: Schema) -> Body:
    """Without fields that are null, where that is the same as absent. Raises StatusError (400) for a wrong type."""
    if context.resource.custom:
        return {**body, "metadata": structural.without_nulls(body["metadata"])}
    body = structural.as_text(structural.without_nulls(body), schema)
    bodies.typed(context, body, schema)
    return body


def validated(context: Context, obj: Body, schema: Schema, old: Body | None = None) -> None:
    """Raises StatusError (422) that says all that is wrong with an object."""
    resource = context.resource
    causes = list(names.of_metadata(resource, obj["metadata"])) if old is None else []
    if resource.custom:
        causes += structural.problems(obj, schema)
    else:
        causes += kinds.problems(resource, obj, schema)
        causes += kinds.changes(resource, old, obj) if old is not None else ()
    if causes:
        raise invalid(resource, str(obj["metadata"].get("name") or ""), causes)


def writer(context: Context, operation: str) -> Who:
    """Who writes, as managedFields name it."""
    return context.manager, operation, context.subresource


def at_home(context: Context, meta: Body) -> None:
    """Put the object into the namespace of the request. Raises StatusError (400) when it names another."""
    if meta.get("namespace") not in (None, "", context.namespace):
        raise StatusError(400, "the namespace of the provided object does not match the namespace sent on the request")
    meta.pop("namespace", None)
    if context.namespace:
        meta["namespace"] = context.namespace


def named(context: Context, meta: Body) -> None:
    """The object has the name of the path. Raises StatusError (400)."""
    if meta.get("name") != context.name:
        raise StatusError(
            400,
            f"the name of the object ({meta.get('name') or ''}) does not match the name on the URL ({context.name})",
        )


def precondition(context: Context, said: str) -> StatusError:
    """A 409 for an object that is another one than the writer meant."""
    resource, name = context.resource, context.name
    text = f'Operation cannot be fulfilled on {resource.store} "{name}": Precondition failed: {said}'
    return StatusError(409, text, name=name, group=resource.group, kind=resource.plural)


def answered(context: Context, obj: Any, status: int, warnings: list[str]) -> web.Response:
    """The object as it is now, with what the client should be told beside it."""
    response = context.answer(obj, status)
    for warning in warnings:
        response.headers.add("Warning", '299 - "' + warning.replace("\\", "\\\\").replace('"', '\\"') + '"')
    return response
