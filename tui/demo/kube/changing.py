"""UPDATE and PATCH: from what a client sends to the new state of an object that exists.

Owns what a write may touch (the status or all but the status), optimistic concurrency, and writes that change nothing.
"""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from tui.demo.kube import apply, bodies, kinds, structural, writes
from tui.demo.kube.bodies import Body
from tui.demo.kube.context import Context
from tui.demo.kube.creating import created
from tui.demo.kube.json_patch import copied, json_patch
from tui.demo.kube.objects import timestamp
from tui.demo.kube.patch import merge_patch, strategic_patch
from tui.demo.kube.schema import Schema
from tui.demo.kube.status import StatusError, changed_meanwhile, invalid, not_found, options_invalid

JSON_PATCH: Final = "application/json-patch+json"
MERGE_PATCH: Final = "application/merge-patch+json"
STRATEGIC_PATCH: Final = "application/strategic-merge-patch+json"
APPLY_PATCH: Final = "application/apply-patch+yaml"
_BUILT_IN: Final = (JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH)
_CUSTOM: Final = (JSON_PATCH, MERGE_PATCH, APPLY_PATCH)
_SERVERS: Final = (
    "name", "namespace", "uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds",
    "selfLink", "resourceVersion", "generateName",
)  # fmt: skip
"""Fields of metadata that no writer changes."""


async def update(context: Context) -> web.Response:
    """PUT of an object or of its status."""
    schema = await writes.schema_of(context)
    body = bodies.of_resource(context, await bodies.read(context))
    old, warnings = _old(context), bodies.known(context, body, schema)
    writes.named(context, body["metadata"])
    writes.at_home(context, body["metadata"])
    if context.resource.custom and not body["metadata"].get("resourceVersion"):
        said = "Invalid value: 0: must be specified for an update"
        raise invalid(context.resource, context.name, [(structural.INVALID, "metadata.resourceVersion", said)])
    new = replaced(context, old, writes.cleaned(context, body, schema), schema)
    return writes.answered(context, new, 200, warnings)


async def patch(context: Context) -> web.Response:
    """PATCH of an object or of its status, in any of the forms."""
    schema = await writes.schema_of(context)
    body = await bodies.read(context, _CUSTOM if context.resource.custom else _BUILT_IN)
    if context.request.content_type == APPLY_PATCH:
        return _applied(context, body, schema)
    if "force" in context.request.query:
        raise options_invalid("PatchOptions", "force", "Forbidden: may not be specified for non-apply patch")
    old = _old(context)
    new = copied(_patched(context.request.content_type, old, body, schema))
    if not isinstance(new, dict) or not isinstance(new.get("metadata"), dict):
        raise StatusError(422, "the server rejected our request due to an error in our request")
    try:
        warnings = bodies.known(context, new, schema)
    except bodies.StrictError as error:
        shown = structural.quoted(structural.quoted(body))
        text = f' "" is invalid: patch: Invalid value: {shown}: {error.said}'
        raise StatusError(422, text) from None
    new = replaced(context, old, writes.cleaned(context, new, schema), schema)
    return writes.answered(context, new, 200, warnings)


def _patched(form: str, old: Body, body: Any, schema: Schema) -> Any:
    if form == JSON_PATCH:
        return json_patch(old, body)
    if not isinstance(body, dict):
        raise StatusError(400, "error decoding patch: json: cannot unmarshal array into Go value of type map")
    return merge_patch(old, body) if form == MERGE_PATCH else strategic_patch(old, body, schema)


def _applied(context: Context, body: Any, schema: Schema) -> web.Response:
    wanted = _wanted(context, body, schema)
    held = context.cluster.objects.held(context.resource.store, context.key)
    if held is None and context.subresource:
        raise not_found(context.resource, context.name)
    if held is None:
        return context.answer(created(context, writes.cleaned(context, wanted, schema), schema, applied=True), 201)
    parts = ("apiVersion", "kind", "metadata", "status") if context.subresource else tuple(wanted)
    drop = "" if context.subresource or "status" not in context.resource.subresources else "status"
    wanted = {name: wanted[name] for name in parts if name in wanted and name != drop}
    seen = wanted["metadata"].pop("resourceVersion", None)
    _meets(context, held[0], {"resourceVersion": seen})
    who, at = writes.writer(context, "Apply"), timestamp(context.now)
    allowed = apply.last_applied(held[0], schema, who)
    new = copied(apply.apply(held[0], wanted, schema, who, force=context.flag("force"), at=at, allowed=allowed))
    return context.answer(replaced(context, held[0], writes.cleaned(context, new, schema), schema, owned=True))


def _wanted(context: Context, body: Any, schema: Schema) -> Body:
    """What an applier sends, checked. Raises StatusError (400, 422, 500)."""
    if not context.query("fieldManager"):
        raise options_invalid("PatchOptions", "fieldManager", "Required value: is required for apply patch")
    wanted: Body = structural.without_nulls(bodies.of_resource(context, body))
    if wanted["metadata"].get("managedFields"):
        raise StatusError(400, "metadata.managedFields must be nil")
    wanted["metadata"].setdefault("name", context.name)
    writes.named(context, wanted["metadata"])
    writes.at_home(context, wanted["metadata"])
    paths = [f".{path}: field not declared in schema" for path in structural.unknown(copied(wanted), schema)]
    if context.resource.custom:
        parts = {name: part for name, part in wanted.items() if name != "metadata"}
        paths += structural.untyped(parts, schema)
    if paths:
        what = f"{context.namespace}/{context.name}; {context.resource.api_version}, Kind={context.resource.kind}"
        said = paths[0] if len(paths) == 1 else "errors:\n" + "\n".join(f"  {path}" for path in paths)
        raise StatusError(500, f"failed to create typed patch object ({what}): {said}", "InternalError")
    return wanted


def replaced(context: Context, old: Body, new: Body, schema: Schema, *, owned: bool = False) -> Body:
    """Store a new state of an object that exists; `owned` says that managedFields are done."""
    _meets(context, old, new["metadata"])
    new = _kept(context, old, new)
    if context.resource.custom and not context.subresource:
        structural.fill(new, schema)
    if not owned:
        apply.updated(old, new, schema, writes.writer(context, "Update"), timestamp(context.now))
    if apply.same(old, new):
        return old
    writes.validated(context, new, schema, old)
    if context.dry_run:
        return new
    store, objects = context.resource.store, context.cluster.objects

    def put(body: Body) -> None:
        body.clear()
        body.update(new)

    written = objects.change(store, *context.key, put, manager=context.manager)
    context.cluster.deletion.settle(store, context.key)
    return written or new


def _old(context: Context) -> Body:
    held = context.cluster.objects.held(context.resource.store, context.key)
    if held is None:
        raise not_found(context.resource, context.name)
    return held[0]


def _meets(context: Context, old: Body, meta: Body) -> None:
    """The state that the writer saw is the one that is there. Raises StatusError (409)."""
    seen, uid, held = meta.get("resourceVersion"), meta.get("uid"), old["metadata"]
    if uid and uid != held["uid"]:
        raise writes.precondition(context, f"UID in precondition: {uid}, UID in object meta: {held['uid']}")
    if seen and seen != held["resourceVersion"]:
        raise changed_meanwhile(context.resource, context.name)


def _kept(context: Context, old: Body, new: Body) -> Body:
    """The new state with what this writer may not touch as it was."""
    meta, sent = copied(old["metadata"]), new["metadata"]
    if context.subresource:
        kept = {**copied(old), "metadata": meta, "status": new.get("status", {})}
        if "managedFields" in sent:
            meta["managedFields"] = sent["managedFields"]
        return kept
    kept = {**new, "metadata": {name: part for name, part in sent.items() if name not in _SERVERS}}
    kept["metadata"].update({name: meta[name] for name in _SERVERS if name in meta})
    if "status" in context.resource.subresources:
        kept.pop("status", None)
        kept.update({"status": copied(old["status"])} if "status" in old else {})
    kinds.settle(context.resource, kept)
    return kept
