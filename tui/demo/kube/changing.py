"""UPDATE and PATCH: from what a client sends to the new state of an object that exists.

Owns what a write may touch (the status or all but the status), optimistic concurrency, and writes that change nothing.
"""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from tui.demo.kube import apply, bodies, completing, go, shaping, typed, write_options, writes
from tui.demo.kube.bodies import Body
from tui.demo.kube.causes import Cause, quoted
from tui.demo.kube.causes import invalid as wrong
from tui.demo.kube.context import Context
from tui.demo.kube.creating import created
from tui.demo.kube.json_patch import copied, json_patch
from tui.demo.kube.objects import timestamp
from tui.demo.kube.patch import merge_patch, strategic_patch
from tui.demo.kube.schema import Schema
from tui.demo.kube.status import StatusError, changed_meanwhile, invalid, not_found, unnamed

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
    write_options.checked(context)
    schema = await writes.schema_of(context)
    body = bodies.of_resource(context, await bodies.read(context))
    meta = body["metadata"]
    old, warnings = held(context), bodies.known(context, body, schema)
    writes.named(context, meta)
    writes.at_home(context, meta)
    if context.resource.custom and not meta.get("resourceVersion"):
        cause = wrong("metadata.resourceVersion", 0, "must be specified for an update")
        raise invalid(context.resource, context.name, [cause], context.resource.plural)
    if meta.get("uid") not in (None, "", old["metadata"]["uid"]):
        raise writes.conflict(context, _other(context, meta["uid"], old))
    return writes.answered(context, replaced(context, old, body, schema), 200, warnings)


async def patch(context: Context) -> web.Response:
    """PATCH of an object or of its status, in any of the forms."""
    form = context.request.content_type
    write_options.checked(context, applies=form == APPLY_PATCH)
    schema = await writes.schema_of(context)
    body = await bodies.read(context, accepted(context))
    if form == APPLY_PATCH:
        return _applied(context, body, schema)
    old = held(context)
    new = copied(_patched(form, old, body, schema))
    warnings = _readable(context, new, body, schema)
    writes.named(context, new["metadata"])
    bodies.of_kind(context, new)
    return writes.answered(context, replaced(context, old, new, schema), 200, warnings)


def accepted(context: Context) -> tuple[str, ...]:
    """The media types of patches. Raises StatusError (415) for what no built-in kind takes."""
    if context.resource.custom:
        return _CUSTOM
    if context.request.content_type not in _BUILT_IN:
        raise StatusError(415, "415: Unsupported Media Type", name="")
    return _BUILT_IN


def _patched(form: str, old: Body, body: Any, schema: Schema) -> Any:
    if form == JSON_PATCH:
        return json_patch(old, body)
    if not isinstance(body, dict):
        lead = "error decoding patch: " if form == MERGE_PATCH else ""
        got = "array" if isinstance(body, list) else "string" if isinstance(body, str) else "number"
        raise StatusError(400, f"{lead}json: cannot unmarshal {got} into Go value of type map[string]interface {{}}")
    return merge_patch(old, body) if form == MERGE_PATCH else strategic_patch(old, body, schema)


def _readable(context: Context, new: Any, body: Any, schema: Schema) -> list[str]:
    """The warnings of a patched object. Raises StatusError (422) when it is no object of the resource any more."""
    strategic = context.request.content_type == STRATEGIC_PATCH
    shown = go.plain(body) if strategic else quoted(new)
    if not isinstance(new, dict):
        raise unreadable(shown, "it is no object")
    new["metadata"] = {} if new.get("metadata") is None else new["metadata"]
    version, kind, resource = new.get("apiVersion"), new.get("kind"), context.resource
    if version != resource.api_version and resource.custom:
        cause = wrong("apiVersion", version, f"must be {resource.api_version}")
        raise invalid(resource, context.name, [cause])
    if (version, kind) != (resource.api_version, resource.kind) and not resource.custom:
        raise unreadable(shown, f'no kind "{kind}" is registered for version "{version}"')
    said = bodies.mistake(context, new)
    if said:
        raise unreadable(shown, said)
    try:
        return bodies.known(context, new, schema)
    except bodies.StrictError as error:
        raise unreadable(shown, error.said) from None


def unreadable(shown: str, said: str) -> StatusError:
    """A 422 for a patch after which the object cannot be read."""
    reason, field, sentence = wrong("patch", shown, said)
    causes = [{"reason": reason, "message": sentence, "field": field}]
    return StatusError(422, f' "" is invalid: {field}: {sentence}', causes=causes)


def _applied(context: Context, body: Any, schema: Schema) -> web.Response:
    wanted = _wanted(context, body, schema)
    found = context.cluster.objects.held(context.resource.store, context.key)
    if found is None and context.subresource:
        raise not_found(context.resource, context.name)
    if found is None:
        _no_uid(context, wanted["metadata"], "")
        return context.answer(created(context, wanted, schema, applied=True), 201)
    parts = ("apiVersion", "kind", "metadata", "status") if context.subresource else tuple(wanted)
    drop = "" if context.subresource or "status" not in context.resource.subresources else "status"
    wanted = {name: wanted[name] for name in parts if name in wanted and name != drop}
    seen = wanted["metadata"].pop("resourceVersion", None)
    _meets(context, found[0], {"resourceVersion": seen})
    _no_uid(context, wanted["metadata"], found[0]["metadata"]["uid"])
    who, at = writes.writer(context, "Apply"), timestamp(context.now)
    allowed = apply.last_applied(found[0], schema, who)
    new = copied(apply.apply(found[0], wanted, schema, who, force=context.flag("force"), at=at, allowed=allowed))
    return context.answer(replaced(context, found[0], new, schema, owned=True))


def _wanted(context: Context, body: Any, schema: Schema) -> Body:
    """What an applier sends, checked. Raises StatusError (400, 500)."""
    if body is not None and not isinstance(body, dict):
        said = (
            "error decoding patch: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go "
        )
        raise StatusError(400, f"{said}value of type map[string]interface {{}}")
    body, resource = body or {}, context.resource
    version, kind = body.get("apiVersion") or "", body.get("kind") or ""
    shown = version if "/" in version else f"/{version}"
    if (version, kind) != (resource.api_version, resource.kind):
        raise StatusError(400, f"invalid object type: {shown}, Kind={kind}")
    if (body.get("metadata") or {}).get("managedFields"):
        raise StatusError(400, "metadata.managedFields must be nil")
    wanted: Body = shaping.without_nulls({**body, "metadata": body.get("metadata") or {}})
    paths = [f".{path}: field not declared in schema" for path in shaping.unknown(copied(wanted), schema)]
    paths += typed.untyped(wanted, schema)
    if paths:
        what = f"{wanted['metadata'].get('namespace') or ''}/{context.name}; {shown}, Kind={kind}"
        said = paths[0] if len(paths) == 1 else "errors:\n" + "\n".join(f"  {path}" for path in paths)
        raise unnamed(f"failed to create typed patch object ({what}): {said}")
    wanted["metadata"].setdefault("name", context.name)
    writes.named(context, wanted["metadata"])
    writes.at_home(context, wanted["metadata"])
    return wanted


def replaced(context: Context, old: Body, new: Body, schema: Schema, *, owned: bool = False) -> Body:
    """Store a new state of an object that exists; `owned` says that managedFields are done."""
    _meets(context, old, new["metadata"])
    _no_uid(context, new["metadata"], old["metadata"]["uid"])
    new = _kept(context, old, new)
    if writes.is_settled(context, old, schema):
        new = writes.settled(context, new, schema)
    if context.resource.store == "pods" and not context.subresource:
        completing.tolerate(new["spec"], old["spec"])
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


def held(context: Context) -> Body:
    """The object as it is. Raises StatusError (404)."""
    found = context.cluster.objects.held(context.resource.store, context.key)
    if found is None:
        raise not_found(context.resource, context.name)
    return found[0]


def _meets(context: Context, old: Body, meta: Body) -> None:
    """The state that the writer saw is the one that is there. Raises StatusError (409, 500)."""
    seen = meta.get("resourceVersion")
    if seen and not str(seen).isdecimal():
        raise unnamed(f'strconv.ParseUint: parsing "{seen}": invalid syntax')
    if seen and int(seen) and seen != old["metadata"]["resourceVersion"]:
        raise changed_meanwhile(context.resource, context.name)


def _no_uid(context: Context, meta: Body, uid: str) -> None:
    """The uid is the server's. Raises StatusError (422)."""
    if meta.get("uid") not in (None, "", uid):
        causes: list[Cause] = [wrong("metadata.uid", meta["uid"], "field is immutable")]
        raise invalid(context.resource, context.name, causes)


def _other(context: Context, uid: str, old: Body) -> str:
    group = f"{context.resource.group}/" if context.resource.custom else ""
    key = "/".join(part for part in (f"{group}{context.resource.plural}", *context.key) if part)
    said = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {old['metadata']['uid']}"
    return (
        f"StorageError: invalid object, Code: 4, Key: /registry/{key}, ResourceVersion: 0, AdditionalErrorMsg: {said}"
    )


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
    return kept
