"""Resource providers: what they offer, and whether a subscription has registered them."""

from __future__ import annotations

from tui.demo.arm import errors
from tui.demo.arm.call import Call, Reply
from tui.demo.arm.catalogue import LOCATIONS, NAMESPACES, TYPES
from tui.demo.arm.operations import Json


def every(call: Call) -> Reply:
    """GET …/providers."""
    return Reply(200, {"value": [_body(call, namespace) for namespace in NAMESPACES]})


def one(call: Call) -> Reply:
    """GET …/providers/{namespace}."""
    return Reply(200, _body(call, canonical(call.place.namespace)))


def register(call: Call) -> Reply:
    """POST …/providers/{namespace}/register. Takes a while; asking again does no harm."""
    namespace, subscription = canonical(call.place.namespace), call.place.subscription
    if call.state.registration(subscription, namespace) != "Registered":
        call.state.register(subscription, namespace)
    return Reply(200, _body(call, namespace))


def unregister(call: Call) -> Reply:
    """POST …/providers/{namespace}/unregister."""
    namespace = canonical(call.place.namespace)
    call.state.register(call.place.subscription, namespace, "NotRegistered")
    return Reply(200, _body(call, namespace))


def require(call: Call) -> None:
    """Raises ArmError when the subscription may not write to the path's provider yet."""
    namespace = canonical(call.place.namespace)
    if call.state.registration(call.place.subscription, namespace) != "Registered":
        raise errors.not_registered(namespace)


def canonical(namespace: str) -> str:
    """The provider in its own casing. Raises ArmError when there is none of this name."""
    for known in NAMESPACES:
        if known.lower() == namespace.lower():
            return known
    raise errors.unknown_namespace(namespace)


def _body(call: Call, namespace: str) -> Json:
    subscription = call.place.subscription
    kinds = [kind for kind in TYPES.values() if kind.namespace == namespace]
    return {
        "id": f"/subscriptions/{subscription}/providers/{namespace}",
        "namespace": namespace,
        "resourceTypes": [
            {
                "resourceType": kind.path, "locations": list(LOCATIONS),
                "apiVersions": list(call.state.versions[kind.name.lower()]), "capabilities": "None",
            }
            for kind in kinds
        ],
        "registrationState": call.state.registration(subscription, namespace),
        "registrationPolicy": "RegistrationRequired",
    }  # fmt: skip
