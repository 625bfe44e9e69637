"""Refusals in ARM's own words: code, sentence, status.

Owns the error body `{"error": {"code", "message"}}`. Must not know what led to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tui.demo.arm.catalogue import LOCATIONS, ResourceType, location_name
from tui.demo.arm.places import Place

Json = dict[str, Any]


class ArmError(Exception):
    """Raised while a request is handled; answered as an error body."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, dict(headers or {})

    def body(self) -> Json | str:
        """The body of the answer; text is HTML."""
        return {"error": {"code": self.code, "message": self.message}}


class MachineLearningError(ArmError):
    """The same from the machine learning provider, which adds where it came from."""

    def body(self) -> Json:
        info = [{"type": "ComponentName", "info": {"value": "managementfrontend"}}]
        error = {"code": self.code, "message": self.message, "target": None, "details": [], "additionalInfo": info}
        return {"error": error}


def bad(message: str, code: str = "BadRequest") -> ArmError:
    """A request that cannot be taken."""
    return ArmError(400, code, message)


def unreadable(why: str) -> ArmError:
    """A body that is no JSON, or not of the shape."""
    return bad(f"The request content was invalid and could not be deserialized: '{why}'.", "InvalidRequestContent")


def no_version() -> ArmError:
    """A request without api-version."""
    text = "The api-version query parameter (?api-version=) is required for all requests."
    return bad(text, "MissingApiVersionParameter")


def wrong_version(version: str, supported: Sequence[str]) -> ArmError:
    """An api-version ARM itself does not know."""
    text = f"The api-version '{version}' is invalid. The supported versions are '{','.join(supported)}'."
    return bad(text, "InvalidApiVersionParameter")


def no_provider_for(kind: ResourceType, version: str, supported: Sequence[str], location: str) -> ArmError:
    """An api-version a provider does not know for a type."""
    text = (
        f"No registered resource provider found for location '{location}' and API version '{version}' for type "
        f"'{kind.path}'. The supported api-versions are '{', '.join(supported)}'. The supported locations are "
        f"'{', '.join(map(location_name, LOCATIONS))}'."
    )
    return bad(text, "NoRegisteredProviderFound")


def unknown_namespace(namespace: str) -> ArmError:
    """A provider that does not exist."""
    return ArmError(404, "InvalidResourceNamespace", f"The resource namespace '{namespace}' is invalid.")


def unknown_type(place: Place, version: str) -> ArmError:
    """A type its provider does not have."""
    text = (
        f"The resource type '{'/'.join(place.types)}' could not be found in the namespace '{place.namespace}' for "
        f"api version '{version}'."
    )
    return ArmError(404, "InvalidResourceType", text)


def no_subscription(subscription: str) -> ArmError:
    """An unknown subscription."""
    return ArmError(404, "SubscriptionNotFound", f"The subscription '{subscription}' could not be found.")


def no_group(group: str) -> ArmError:
    """An unknown resource group."""
    return ArmError(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")


def no_parent(place: Place, verb: str) -> ArmError:
    """What it would be inside or upon is not there."""
    text = (
        f"Failed to perform '{verb}' on resource(s) of type '{'/'.join(place.types)}', because the parent resource "
        f"'{place.parent}' could not be found."
    )
    return ArmError(404, "ParentResourceNotFound", text)


def no_resource(place: Place) -> ArmError:
    """A resource that is not there."""
    text = (
        f"The Resource '{place.described()}' under resource group '{place.group}' was not found. For more details "
        "please go to https://aka.ms/ARMResourceNotFoundFix"
    )
    return ArmError(404, "ResourceNotFound", text)


def no_extension(place: Place) -> ArmError:
    """An extension that is not there, in its provider's own words."""
    cluster = place.scope.lower().rfind("/providers/") + len("/providers/")
    text = f"The Resource {place.scope[cluster:]}/{place.described()} could not be found!"
    return ArmError(404, "ExtensionNotFound", text)


def no_method(method: str) -> ArmError:
    """A method a resource does not take."""
    return ArmError(405, "MethodNotAllowed", f"The requested resource does not support http method '{method}'.")


def not_registered(namespace: str) -> ArmError:
    """A write to a provider the subscription has not registered. Clients read the quoted name out of it."""
    text = (
        f"The subscription is not registered to use namespace '{namespace}'. See https://aka.ms/rps-not-found for "
        "how to register subscriptions."
    )
    return ArmError(409, "MissingSubscriptionRegistration", text)


def inactive(place: Place) -> ArmError:
    """A write into a namespace that is being made."""
    text = (
        "SubCode=40900. Conflict. You're requesting an operation that isn't allowed in the resource's current state. "
        f"Resource: {place.described()}."
    )
    return ArmError(409, "Conflict", text)


def busy(name: str, kind: str) -> ArmError:
    """A write while an earlier one is not done."""
    text = f"Earlier operation [{kind}] on the extension '{name}' is in progress. Try again when it has ended."
    return ArmError(409, "Conflict", text)


def forbidden(place: Place, action: str) -> ArmError:
    """What RBAC answers: the action that the caller may not do."""
    text = (
        "The client 'operator@example.com' with object id '3f6c0e58-0000-4000-8000-0a1b2c3d4e5f' does not have "
        f"authorization to perform action '{action}' over scope '{place.path}' or the scope is invalid. If access "
        "was recently granted, please refresh your credentials."
    )
    return ArmError(403, "AuthorizationFailed", text)


VERBS: Final[Mapping[str, str]] = {"GET": "read", "HEAD": "read", "DELETE": "delete", "POST": "action"}
"""The last part of an RBAC action by method; a write for the rest."""


def verb(method: str) -> str:
    """What RBAC calls a method."""
    return VERBS.get(method, "write")
