"""Resources that are written without an operation: Relay, Service Bus, Log Analytics, and the reading of all others.

Owns what each of these providers adds to a body it is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from tui.demo.arm import errors, places, shapes
from tui.demo.arm.call import Call, Reply
from tui.demo.arm.catalogue import TYPES, location_title
from tui.demo.arm.moments import zulu
from tui.demo.arm.operations import Json

ROOT_RULE: Final = "RootManageSharedAccessKey"
"""Every namespace is made with it."""
ACTIVATES: Final = 20.0
"""World seconds until a new namespace or workspace can be used; a recorded one took 44."""
_RIGHTS: Final = frozenset({"Manage", "Send", "Listen"})


def found(call: Call) -> Json:
    """The resource of the path. Raises ArmError (404)."""
    resource = call.resource()
    if resource is None:
        raise errors.no_resource(call.place)
    return resource


def shown(resource: Json) -> Json:
    """A resource as its provider spells it in answers: type, region, and a step of the id of hybrid connections."""
    place = places.parse(resource["id"])
    kind = TYPES.get(place.type)
    body = {"id": resource["id"], "name": place.name, "type": place.full_type, **resource}
    if kind is not None and kind.shown:
        body["type"] = kind.shown
    if place.type in _ODD_IDS:
        body["id"] = re.sub("/hybridConnections/", "/hybridconnections/", body["id"], flags=re.IGNORECASE)
    if place.type in _WITH_RULE and isinstance(body.get("location"), str):
        body["location"] = location_title(body["location"])
    return body


def put(call: Call) -> Reply:
    """PUT: the body at once. What takes a while to be made says so in its provisioningState, without an operation."""
    before, content, place = call.resource(), call.body(shapes.PLAIN), call.place
    properties = content.get("properties") or {}
    if place.is_top and not content.get("location"):
        raise errors.bad("The location property is required for this definition.", "LocationRequired")
    _check(call)
    rest = {key: value for key, value in content.items() if key in ("location", "tags", "sku", "kind", "identity")}
    made = {
        "id": place.path, "name": place.name, "type": place.full_type, **_SKUS.get(place.type, {}),
        **rest, "properties": {**_added(call, before, properties), **properties},
    }  # fmt: skip
    call.state.put(made)
    if place.type in _WITH_RULE:
        _root_rule(call, made)
    if place.type in _GROWN and not before:
        call.state.grow(place.path, call.now + ACTIVATES, _GROWN[place.type])
    call.tell("update" if before else "create", made)
    return Reply(200 if before or place.type in _ALWAYS_200 else 201, shown(made))


def _check(call: Call) -> None:
    """Raises ArmError for a name that cannot be, and for a write into a namespace that is being made."""
    place = call.place
    rule = _NAMES.get(place.type)
    if rule is not None and not rule.fullmatch(place.name):
        raise errors.bad(f"The name '{place.name}' of the resource is invalid.")
    namespace = call.state.get("/".join(place.path.split("/")[:9])) if len(place.types) > 1 else None
    if namespace is not None and (namespace.get("properties") or {}).get("status") == "Activating":
        raise errors.inactive(place)
    sku = str(((namespace or {}).get("sku") or {}).get("name"))
    if place.type == "microsoft.servicebus/namespaces/topics" and sku.lower() == "basic":
        raise errors.bad("SubCode=40000. The operation cannot be performed because the namespace is of tier 'Basic'.")


def patch(call: Call) -> Reply:
    """PATCH: tags and properties merge by key."""
    before, content = found(call), call.body(shapes.PLAIN)
    made = {**before, "properties": {**before["properties"], **(content.get("properties") or {})}}
    if "tags" in content:
        made["tags"] = content["tags"]
    call.state.put(made)
    call.tell("update", made)
    return Reply(200, shown(made))


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
        "provisioningState": "Created", "metricId": f"{place.subscription}:{place.name}", "createdAt": now,
        "updatedAt": now, "serviceBusEndpoint": f"https://{place.name}.servicebus.windows.net:443/",
        "status": "Activating",
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
        "customerId": call.state.guid(f"customer {call.place.key}"), "provisioningState": "Creating",
        "retentionInDays": 30, "sku": {"name": "PerGB2018"}, "createdDate": now, "modifiedDate": now,
    }  # fmt: skip


def _root_rule(call: Call, namespace: Json) -> None:
    path = f"{namespace['id']}/authorizationRules/{ROOT_RULE}"
    if call.state.get(path) is None:
        kind = f"{call.place.full_type}/authorizationRules"
        rights = {"rights": ["Manage", "Send", "Listen"]}
        call.state.put({"id": path, "name": ROOT_RULE, "type": kind, "properties": rights})


_WITH_RULE: Final = frozenset({"microsoft.relay/namespaces", "microsoft.servicebus/namespaces"})
_ODD_IDS: Final = frozenset({"microsoft.relay/namespaces/hybridconnections"})
_SKUS: Final[Mapping[str, Json]] = {kind: {"sku": {"name": "Standard", "tier": "Standard"}} for kind in _WITH_RULE}
_GROWN: Final[Mapping[str, Json]] = {
    **{kind: {"provisioningState": "Succeeded", "status": "Active"} for kind in _WITH_RULE},
    "microsoft.operationalinsights/workspaces": {"provisioningState": "Succeeded"},
}
_NAMES: Final[Mapping[str, re.Pattern[str]]] = {
    **dict.fromkeys(_WITH_RULE, re.compile(r"[A-Za-z][A-Za-z0-9-]{4,48}[A-Za-z0-9]")),
    "microsoft.operationalinsights/workspaces": re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]"),
}
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
_ALWAYS_200: Final = frozenset(_ADDED) - {"microsoft.operationalinsights/workspaces"}
"""What answers 200 to a PUT that makes something, too: messaging does not tell new from old."""
