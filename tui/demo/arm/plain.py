"""Resources that are written at once: Relay, Service Bus, Log Analytics, and the reading of all others.

Owns what each of these providers adds to a body it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tui.demo.arm import errors, shapes
from tui.demo.arm.call import Call, Reply
from tui.demo.arm.moments import zulu
from tui.demo.arm.operations import Json

ROOT_RULE: Final = "RootManageSharedAccessKey"
"""Every namespace is made with it."""
_RIGHTS: Final = frozenset({"Manage", "Send", "Listen"})


def found(call: Call) -> Json:
    """The resource of the path. Raises ArmError (404)."""
    resource = call.resource()
    if resource is None:
        raise errors.no_resource(call.place)
    return resource


def put(call: Call) -> Reply:
    """PUT: 201, or 200 when it was there. Done at once."""
    before, content = call.resource(), call.body(shapes.PLAIN)
    properties = content.get("properties") or {}
    if call.place.is_top and not content.get("location"):
        raise errors.bad("The location property is required for this definition.", "LocationRequired")
    rest = {key: value for key, value in content.items() if key in ("location", "tags", "sku", "kind", "identity")}
    made = {
        "id": call.place.path, "name": call.place.name, "type": call.place.full_type,
        **rest, "properties": {**_added(call, before, properties), **properties},
    }  # fmt: skip
    call.state.put(made)
    if call.place.type in _WITH_RULE:
        _root_rule(call, made)
    call.tell("update" if before else "create", made)
    return Reply(200 if before else 201, made)


def patch(call: Call) -> Reply:
    """PATCH: tags and properties merge by key."""
    before, content = found(call), call.body(shapes.PLAIN)
    made = {**before, "properties": {**before["properties"], **(content.get("properties") or {})}}
    if "tags" in content:
        made["tags"] = content["tags"]
    call.state.put(made)
    call.tell("update", made)
    return Reply(200, made)


def delete(call: Call) -> Reply:
    """DELETE: 200, or 204 when there is nothing."""
    resource = call.state.remove(call.place.path)
    if resource is None:
        return Reply(204)
    call.tell("delete", resource)
    return Reply(200)


def _added(call: Call, before: Json | None, properties: Json) -> Json:
    make = _ADDED.get(call.place.type)
    return {**make(call, properties), **(before["properties"] if before else {})} if make else {}


def _namespace(call: Call, _properties: Json) -> Json:
    place, now = call.place, zulu(call.now)
    return {
        "provisioningState": "Succeeded", "metricId": f"{place.subscription}:{place.name}", "createdAt": now,
        "updatedAt": now, "serviceBusEndpoint": f"https://{place.name}.servicebus.windows.net:443/",
        "status": "Active",
    }  # fmt: skip


def _connection(call: Call, _properties: Json) -> Json:
    now = zulu(call.now)
    return {"createdAt": now, "updatedAt": now, "listenerCount": 0, "requiresClientAuthorization": True}


def _entity(call: Call, _properties: Json) -> Json:
    now = zulu(call.now)
    return {"createdAt": now, "updatedAt": now, "status": "Active"}


def _rule(_call: Call, properties: Json) -> Json:
    rights = properties.get("rights")
    if not rights or not set(rights) <= _RIGHTS:
        raise errors.bad("The rights of an authorization rule are some of Manage, Send, Listen.")
    if "Manage" in rights and set(rights) != _RIGHTS:
        raise errors.bad("Manage permission should also include Send and Listen.")
    return {"rights": rights}


def _insights(call: Call, _properties: Json) -> Json:
    now = zulu(call.now)
    return {
        "customerId": call.state.guid(f"customer {call.place.key}"), "provisioningState": "Succeeded",
        "retentionInDays": 30, "sku": {"name": "PerGB2018"}, "createdDate": now, "modifiedDate": now,
    }  # fmt: skip


def _root_rule(call: Call, namespace: Json) -> None:
    path = f"{namespace['id']}/authorizationRules/{ROOT_RULE}"
    if call.state.get(path) is None:
        kind = f"{call.place.full_type}/authorizationRules"
        rights = {"rights": ["Manage", "Send", "Listen"]}
        call.state.put({"id": path, "name": ROOT_RULE, "type": kind, "properties": rights})


_WITH_RULE: Final = frozenset({"microsoft.relay/namespaces", "microsoft.servicebus/namespaces"})
_ADDED: Final[Mapping[str, Callable[[Call, Json], Json]]] = {
    "microsoft.relay/namespaces": _namespace,
    "microsoft.relay/namespaces/hybridconnections": _connection,
    "microsoft.relay/namespaces/authorizationrules": _rule,
    "microsoft.relay/namespaces/hybridconnections/authorizationrules": _rule,
    "microsoft.servicebus/namespaces": _namespace,
    "microsoft.servicebus/namespaces/authorizationrules": _rule,
    "microsoft.servicebus/namespaces/topics": _entity,
    "microsoft.servicebus/namespaces/topics/subscriptions": _entity,
    "microsoft.operationalinsights/workspaces": _insights,
}
