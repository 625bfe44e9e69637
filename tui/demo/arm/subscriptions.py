"""Subscriptions, resource groups and the lists of what is in them. Reads only: nobody makes a group here."""

from __future__ import annotations

from typing import Final

from tui.demo.arm import errors, listing, places
from tui.demo.arm.call import Call, Reply
from tui.demo.arm.catalogue import RESOURCE_PAGE
from tui.demo.arm.operations import Json

TENANT: Final = "7f5b2d1c-0000-4000-8000-000000000001"
_SHORT: Final = ("id", "name", "type", "kind", "sku", "location", "identity", "tags")
"""What a resource list tells of each resource."""


def every(call: Call) -> Reply:
    """GET /subscriptions."""
    known = sorted({places.parse(found["id"]).subscription.lower() for found in call.state.under("")} - {""})
    return Reply(200, {"value": [_subscription(call, name) for name in known], "count": {"value": len(known)}})


def one(call: Call) -> Reply:
    """GET /subscriptions/{id}."""
    return Reply(200, _subscription(call, call.place.subscription))


def groups(call: Call) -> Reply:
    """GET …/resourceGroups."""
    names = _group_names(call)
    bodies = [_group(call, names[key]) for key in sorted(names)]
    return listing.page(call, bodies, lambda body: body, 100, "$skiptoken")


def group(call: Call) -> Reply:
    """GET or HEAD …/resourceGroups/{name}."""
    body = _group(call, _group_names(call)[call.place.group.lower()])
    return Reply(204) if call.method == "HEAD" else Reply(200, body)


def resources(call: Call) -> Reply:
    """GET …/resources of a subscription or a group: top-level resources, without their properties."""
    place = call.place
    scope = f"/subscriptions/{place.subscription}" + (f"/resourceGroups/{place.group}" if place.group else "")
    top = [found for found in call.state.under(scope) if _listed(found)]
    kept = listing.filtered(top, call.query.get("$filter", ""))
    return listing.page(call, kept, _short, RESOURCE_PAGE, "$skiptoken")


def require(call: Call) -> None:
    """Raises ArmError when the path's subscription or group is not there."""
    place = call.place
    if place.subscription and not call.state.exists(f"/subscriptions/{place.subscription}"):
        raise errors.no_subscription(place.subscription)
    if place.group and not call.state.exists(f"/subscriptions/{place.subscription}/resourceGroups/{place.group}"):
        raise errors.no_group(place.group)


def _listed(resource: Json) -> bool:
    place = places.parse(resource["id"])
    return place.is_resource and place.is_top


def _short(resource: Json) -> Json:
    place = places.parse(resource["id"])
    body = {"name": place.name, "type": place.full_type, **resource}
    return {key: body[key] for key in _SHORT if body.get(key) is not None}


def _subscription(call: Call, name: str) -> Json:
    path = f"/subscriptions/{name}"
    stored = call.state.get(path) or {}
    return {
        "id": path, "authorizationSource": "RoleBased", "managedByTenants": [], "subscriptionId": name,
        "tenantId": TENANT, "displayName": "arcdeck demo", "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01", "quotaId": "PayAsYouGo_2014-09-01", "spendingLimit": "Off",
        },
        **stored,
    }  # fmt: skip


def _group_names(call: Call) -> dict[str, str]:
    """The groups of the subscription in their own casing, by lower-case name."""
    found = [places.parse(f["id"]).group for f in call.state.under(f"/subscriptions/{call.place.subscription}")]
    return {name.lower(): name for name in reversed(found) if name}


def _group(call: Call, name: str) -> Json:
    path = f"/subscriptions/{call.place.subscription}/resourceGroups/{name}"
    stored = call.state.get(path) or {}
    base = {"id": path, "name": name, "type": "Microsoft.Resources/resourceGroups", "location": "eastus"}
    return {**base, "properties": {"provisioningState": "Succeeded"}, **stored}
