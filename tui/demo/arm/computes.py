"""Computes of a machine learning workspace: attach, list, detach.

Owns the provider's checks of an attach request and the shape of a compute's answer. Connection strings go in and
never come out.
"""

from __future__ import annotations

import re
from typing import Final

from tui.demo.arm import places, plain, progress, shapes
from tui.demo.arm.call import Call, Reply
from tui.demo.arm.errors import MachineLearningError
from tui.demo.arm.moments import offset
from tui.demo.arm.operations import Json, Kind
from tui.demo.arm.subscriptions import TENANT

_NAME: Final = re.compile(r"[A-Za-z](?:[A-Za-z0-9-]{0,14}[A-Za-z0-9])")
_KUBERNETES: Final = (
    "relayConnectionString", "serviceBusConnectionString", "extensionPrincipalId", "extensionInstanceReleaseTrain",
    "vcName", "namespace", "defaultInstanceType", "instanceTypes",
)  # fmt: skip
_SECRET: Final = ("relayConnectionString", "serviceBusConnectionString")
_ACTIONS: Final = ("detach", "delete")


def shown(resource: Json) -> Json:
    """A compute as answers have it: unset members null, secrets null, the cluster's id in odd casing."""
    outer = resource["properties"]
    made = {"description": None, "provisioningErrors": None, "isAttachedCompute": True, **outer}
    if isinstance(outer.get("resourceId"), str):
        made["resourceId"] = re.sub("/resourceGroups/", "/resourcegroups/", outer["resourceId"], flags=re.IGNORECASE)
    if str(outer.get("computeType")).lower() == "kubernetes":
        inner = outer.get("properties") or {}
        made["properties"] = {**dict.fromkeys(_KUBERNETES), **inner, **dict.fromkeys(_SECRET)}
    return {**resource, "properties": made}


def put(call: Call) -> Reply:
    """PUT: 201 (200 when it was there) with an operation."""
    before = call.resource()
    call.state.put(_made(call, before))
    return _begun(call, "update" if before else "create", 200 if before else 201)


def patch(call: Call) -> Reply:
    """PATCH: for managed pools only."""
    kind = str(plain.found(call)["properties"].get("computeType"))
    call.body(shapes.COMPUTE)
    if kind.lower() == "kubernetes":
        raise _bad("A compute of type Kubernetes cannot be updated by PATCH.")
    return plain.patch(call)


def delete(call: Call) -> Reply:
    """DELETE ?underlyingResourceAction=Detach: 202 with an operation, 204 when there is nothing."""
    action = call.query.get("underlyingresourceaction", "")
    if action.lower() not in _ACTIONS:
        raise _bad("The query parameter 'underlyingResourceAction' is required: 'Delete' or 'Detach'.")
    resource = call.resource()
    if resource is None:
        return Reply(204)
    kind = str(resource["properties"].get("computeType"))
    if kind.lower() == "kubernetes" and action.lower() == "delete":
        raise _bad("A compute of type Kubernetes can be detached only: its cluster is not the workspace's to delete.")
    return _begun(call, "delete", 202)


def _begun(call: Call, kind: Kind, status: int) -> Reply:
    path = call.place.path
    running = call.state.running(path)
    known = kind == "delete" and running is not None and running.kind == "delete"
    operation = running if known and running is not None else call.state.begin(path, kind)
    resource = call.state.get(path) or {}
    if not known:
        call.tell(kind, resource, operation)
    headers = progress.compute_headers(call, operation, str(resource.get("location") or "eastus"))
    return Reply(status, None if kind == "delete" else shown(resource), headers)


def _made(call: Call, before: Json | None) -> Json:
    """The resource a PUT makes. Raises ArmError."""
    content, place = call.body(shapes.COMPUTE), call.place
    outer = content.get("properties")
    if not outer or not outer.get("computeType"):
        raise _bad("The compute type is required: 'properties.computeType' is missing.")
    _check_name(place.name)
    _check_type(outer, before)
    stamp = offset(call.now)
    created = before["properties"].get("createdOn") if before else stamp
    workspace = call.state.get(place.parent) or {}
    return {
        "id": place.path,
        "name": place.name,
        "type": "Microsoft.MachineLearningServices/workspaces/computes",
        "location": content.get("location") or workspace.get("location"),
        "tags": content.get("tags"),
        "identity": _identity(call, content.get("identity")),
        "properties": {
            "createdOn": created, "modifiedOn": stamp, "disableLocalAuth": False, "isAttachedCompute": True,
            "computeLocation": content.get("location"), **outer,
        },
    }  # fmt: skip


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        rule = "2 to 16 letters, digits and hyphens, a letter first, no hyphen last"
        raise _bad(f"The compute name '{name}' is invalid: {rule}.")


def _check_type(outer: Json, before: Json | None) -> None:
    kind = str(outer["computeType"])
    if before and str(before["properties"].get("computeType")).lower() != kind.lower():
        raise _bad("The type of a compute cannot be changed.")
    if kind.lower() == "kubernetes" and not places.parse(str(outer.get("resourceId") or "")).is_resource:
        raise _bad("The resource id of the cluster is required: 'properties.resourceId' is missing or no resource id.")
    _check_types(outer.get("properties") or {})


def _check_types(inner: Json) -> None:
    """Instance types inside an attach request need a default that is one of them."""
    types, default = inner.get("instanceTypes"), inner.get("defaultInstanceType")
    if types and default not in types:
        raise _bad(f"The default instance type '{default or ''}' is not one of the instance types.")


def _identity(call: Call, identity: Json | None) -> Json | None:
    if not identity or not identity.get("type"):
        return None
    principal = call.state.guid(f"principal {call.place.key}")
    return {"principalId": principal, "tenantId": TENANT, **identity} if "System" in identity["type"] else identity


def _bad(message: str) -> MachineLearningError:
    return MachineLearningError(400, "UserError", message)
