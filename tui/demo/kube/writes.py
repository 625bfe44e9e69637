"""What every write has in common: the form of objects, validation, who writes, warnings.

Must not know where objects are stored.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from tui.demo.kube import defaults, kinds, names, shaping, structural
from tui.demo.kube.apply import Who
from tui.demo.kube.bodies import Body
from tui.demo.kube.causes import Cause
from tui.demo.kube.context import Context
from tui.demo.kube.json_patch import copied
from tui.demo.kube.schema import Schema
from tui.demo.kube.status import StatusError, invalid


async def schema_of(context: Context) -> Schema:
    """The schema of the objects that are written."""
    await context.cluster.schemas.ready()
    return context.cluster.schemas.of(context.resource)


def settled(context: Context, body: Body, schema: Schema) -> Body:
    """The object in the form in which it is kept, with all that its kind fills in."""
    if context.resource.custom:
        made: Body = {**shaping.pruned(body, schema), "metadata": shaping.without_nulls(body["metadata"])}
    else:
        made = shaping.without_empty(shaping.normal(shaping.without_nulls(body), schema), schema)
    made.setdefault("metadata", {})
    shaping.fill(made, schema)
    if not context.resource.custom:
        defaults.fill(context.resource, made)
    return made


def is_settled(context: Context, body: Body, schema: Schema) -> bool:
    """False for an object that did not come through the API: its defaults are not put in behind its back."""
    return settled(context, copied(body), schema) == body


def validated(context: Context, obj: Body, schema: Schema, old: Body | None = None) -> None:
    """Raises StatusError (422) that says all that is wrong with an object."""
    resource = context.resource
    causes = list(names.of_metadata(resource, obj["metadata"], old and old["metadata"]))
    if resource.custom:
        causes += _of_custom(context, obj, schema)
    else:
        causes += kinds.problems(resource, obj, schema)
        causes += kinds.changes(resource, old, obj) if old is not None else ()
    if causes:
        raise invalid(resource, str(obj["metadata"].get("name") or ""), causes)


def _of_custom(context: Context, obj: Body, schema: Schema) -> list[Cause]:
    """By its schema. A status that is written apart is looked at apart."""
    if context.subresource != "status":
        parts = {name: part for name, part in obj.items() if name != "metadata"}
        return [cause for cause in structural.problems(parts, schema) if not cause[1].startswith("metadata")]
    found = structural.problems(obj.get("status", {}), schema.field("status") or schema)
    return [(why, field if field.startswith("<") else f"status.{field}", said) for why, field, said in found]


def writer(context: Context, operation: str) -> Who:
    """Who writes, as managedFields name it."""
    return context.manager, operation, context.subresource


def at_home(context: Context, meta: Body) -> None:
    """Put the object into the namespace of the request. Raises StatusError (400) when it names another."""
    if context.namespace and meta.get("namespace") not in (None, "", context.namespace):
        raise StatusError(400, "the namespace of the provided object does not match the namespace sent on the request")
    meta.pop("namespace", None)
    if context.namespace:
        meta["namespace"] = context.namespace


def named(context: Context, meta: Body) -> None:
    """The object has the name of the path. Raises StatusError (400)."""
    name = meta.get("name")
    if not name:
        text = f"the name of the object ({context.name} based on URL) was undeterminable: name must be provided"
        raise StatusError(400, text)
    if name != context.name:
        raise StatusError(400, f"the name of the object ({name}) does not match the name on the URL ({context.name})")


def conflict(context: Context, said: str, kind: str = "") -> StatusError:
    """A 409 for an object that is another one than the writer meant."""
    resource, name = context.resource, context.name
    text = f'Operation cannot be fulfilled on {kind or resource.store} "{name}": {said}'
    return StatusError(409, text, name=name, group=resource.group, kind=kind or resource.plural)


def answered(context: Context, obj: Any, status: int, warnings: list[str]) -> web.Response:
    """The object as it is now, with what the client should be told beside it."""
    response = context.answer(obj, status)
    for warning in warnings:
        response.headers.add("Warning", '299 - "' + warning.replace("\\", "\\\\").replace('"', '\\"') + '"')
    return response
