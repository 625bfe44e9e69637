"""Cluster extensions over HTTP verbs: the first era's at once, the later ones' as operations.

Owns status codes and the order of checks; bodies are made by `extension_rules` and `extension_bodies`.
"""

from __future__ import annotations

from tui.demo.arm import errors, extension_bodies, extension_rules, progress, shapes
from tui.demo.arm.call import Call, Reply
from tui.demo.arm.operations import Json, Kind
from tui.demo.arm.outcomes import EXTENSION

NO_PATCH = "2021-05-01-preview"
"""The one api-version without an update."""
FORCED: Json = {
    "version": "1.1", "content": {"headers": []}, "statusCode": 200, "reasonPhrase": "OK", "headers": [],
    "trailingHeaders": [], "requestMessage": None, "isSuccessStatusCode": True,
}  # fmt: skip
"""A forced delete answers with its own insides instead of a body."""


def get(call: Call) -> Reply:
    """GET one."""
    return _shown(call, 200, _found(call))


def every(call: Call) -> Reply:
    """GET all of a cluster."""
    found = call.state.under(call.place.scope, EXTENSION)
    shown = [extension_bodies.body(resource, call.version) for resource in found]
    return Reply(200, {"value": shown, "nextLink": None}, _versions(call))


def put(call: Call) -> Reply:
    """PUT: 201 with an operation, 200 at once in the first era (the install goes on behind it)."""
    before, place = call.resource(), call.place
    cluster = call.state.get(place.scope) or {}
    made = extension_rules.created(
        place, call.body(shapes.EXTENSION), before, call.state.guid(f"principal {place.key}"), call.now
    )
    extension_rules.check_region(made["properties"]["extensionType"], str(cluster.get("location") or ""))
    _refuse_while_busy(call)
    call.state.put(made)
    return _begun(call, "update" if before else "create", 200 if before or _first(call) else 201)


def patch(call: Call) -> Reply:
    """PATCH: 202 with an operation, 200 at once in the first era."""
    if call.version == NO_PATCH:
        raise errors.no_method("PATCH")
    made = extension_rules.patched(_found(call), call.body(shapes.EXTENSION), _first(call))
    _refuse_while_busy(call)
    call.state.put(made)
    return _begun(call, "update", 200 if _first(call) else 202)


def delete(call: Call) -> Reply:
    """DELETE: 202 with an operation, 204 when there is nothing; forced, or in the first era, at once."""
    resource = call.resource()
    if resource is None:
        return Reply(204, None, _versions(call))
    if call.query.get("forcedelete", "").lower() == "true":
        call.state.remove(call.place.path)
        call.tell("forget", resource)
        return Reply(200, FORCED, _versions(call))
    if _first(call):
        call.state.remove(call.place.path)
        call.tell("delete", resource)
        return Reply(200, None, _versions(call))
    return _deleting(call, resource)


def _deleting(call: Call, resource: Json) -> Reply:
    operation = call.state.running(call.place.path)
    if operation is None or operation.kind != "delete":
        operation = call.state.begin(call.place.path, "delete")
        call.tell("delete", resource, operation)
    return Reply(202, None, {**_versions(call), **progress.extension_headers(call, operation)})


def _begun(call: Call, kind: Kind, status: int) -> Reply:
    operation = call.state.begin(call.place.path, kind)
    call.tell(kind, _found(call), operation)
    headers = {} if _first(call) else progress.extension_headers(call, operation)
    shown = _shown(call, status, _found(call))
    return Reply(status, shown.body, {**shown.headers, **headers})


def _refuse_while_busy(call: Call) -> None:
    operation = call.state.running(call.place.path)
    if operation is not None:
        raise errors.busy(call.place.name, operation.kind)


def _found(call: Call) -> Json:
    resource = call.resource()
    if resource is None:
        raise errors.no_extension(call.place)
    return resource


def _shown(call: Call, status: int, resource: Json) -> Reply:
    return Reply(status, extension_bodies.body(resource, call.version), _versions(call))


def _versions(call: Call) -> dict[str, str]:
    return {"api-supported-versions": ", ".join(call.state.versions[EXTENSION])}


def _first(call: Call) -> bool:
    return call.version == extension_bodies.FIRST
