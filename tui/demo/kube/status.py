"""Status bodies as the API server words them.

Owns reasons, codes and sentences (k8s.io/apimachinery `errors`). Must not know what led to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from tui.demo.kube.causes import Cause
from tui.demo.kube.registry import Resource

REASONS: Final = {
    400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 405: "MethodNotAllowed",
    406: "NotAcceptable", 409: "Conflict", 410: "Expired", 415: "UnsupportedMediaType", 422: "Invalid",
    413: "RequestEntityTooLarge", 429: "TooManyRequests", 500: "InternalError", 503: "ServiceUnavailable",
    504: "Timeout",
}  # fmt: skip


class StatusError(Exception):
    """Raised inside the server, answered as a Status body."""

    def __init__(self, code: int, message: str, reason: str = "", **details: Any) -> None:
        super().__init__(message)
        self.code, self.message = code, message
        self.reason: str | None = reason or REASONS.get(code, "Unknown")
        self.details = {name: value for name, value in details.items() if value} if details else None
        """None for none; empty ones are sent, as the real server does where it knows nothing of an object."""
        self.retry_after: int | None = details.get("retryAfterSeconds")
        self.metadata: dict[str, Any] = {}
        """The Status' own: the token to go on with where a list cannot."""

    def body(self) -> dict[str, Any]:
        """The Status object."""
        return {
            "kind": "Status", "apiVersion": "v1", "metadata": self.metadata, "status": "Failure",
            "message": self.message, **({"reason": self.reason} if self.reason else {}),
            **({"details": self.details} if self.details is not None else {}), "code": self.code,
        }  # fmt: skip


class PlainError(StatusError):
    """A refusal in plain text: of a path that no API is under."""


def not_found(resource: Resource, name: str) -> StatusError:
    """`pods "x" not found`."""
    text = f'{resource.store} "{name}" not found'
    return StatusError(404, text, name=name, group=resource.group, kind=resource.plural)


def exists(resource: Resource, name: str) -> StatusError:
    """`pods "x" already exists`."""
    text = f'{resource.store} "{name}" already exists'
    return StatusError(409, text, "AlreadyExists", name=name, group=resource.group, kind=resource.plural)


def changed_meanwhile(resource: Resource, name: str) -> StatusError:
    """The conflict of an update with an old resourceVersion."""
    text = (
        f'Operation cannot be fulfilled on {resource.store} "{name}": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )
    return StatusError(409, text, name=name, group=resource.group, kind=resource.plural)


def forbidden(user: str, verb: str, resource: str, group: str, namespace: str, name: str = "") -> StatusError:
    """What RBAC answers."""
    plural = resource.partition("/")[0]
    named = f'"{name}" ' if name else ""
    where = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
    subject = f"{plural}.{group}" if group else plural
    text = (
        f'{subject} {named}is forbidden: User "{user}" cannot {verb} resource "{resource}" '
        f'in API group "{group}" {where}'
    )
    return StatusError(403, text, name=name, group=group, kind=plural)


def invalid(resource: Resource, name: str, causes: Sequence[Cause], kind: str = "") -> StatusError:
    """A 422 of an object; `kind` says that the object calls itself something else than its resource."""
    return _invalid(resource.group, kind or resource.kind, name, causes)


def _invalid(group: str, kind: str, name: str, causes: Sequence[Cause]) -> StatusError:
    said = [f"{field}: {sentence}" for _reason, field, sentence in causes]
    listed = said[0] if len(said) == 1 else f"[{', '.join(said)}]"
    shown = f"{kind}.{group}" if group else kind
    return StatusError(
        422, f'{shown} "{name}" is invalid: {listed}', name=name, group=group, kind=kind,
        causes=[{"reason": reason, "message": sentence, "field": field} for reason, field, sentence in causes],
    )  # fmt: skip


def expired(message: str) -> StatusError:
    """A 410."""
    return StatusError(410, message)


def unauthorized() -> StatusError:
    """Nobody signed in."""
    return StatusError(401, "Unauthorized")


def no_such_path() -> StatusError:
    """A path that no API is under."""
    return PlainError(404, "404 page not found\n")


def no_such_resource() -> StatusError:
    """A resource that an API has not."""
    return StatusError(404, "the server could not find the requested resource", name="")


def not_allowed() -> StatusError:
    """A method that means nothing on this path."""
    return StatusError(405, "the server does not allow this method on the requested resource", name="")


def unnamed(message: str) -> StatusError:
    """A 500 for what the server did not expect: it has no reason and no details."""
    error = StatusError(500, message)
    error.reason = None
    return error


def options_invalid(options: str, *causes: Cause) -> StatusError:
    """A 422 about query parameters: `PatchOptions.meta.k8s.io "" is invalid: …`."""
    return _invalid("meta.k8s.io", options, "", causes)


def review_invalid(group: str, *causes: Cause) -> StatusError:
    """A 422 of a review, which the server names by its group alone."""
    return _invalid(group, "", "", causes)


def log_invalid(pod: str, *causes: Cause) -> StatusError:
    """A 422 of the options of a log."""
    return _invalid("", "PodLogOptions", pod, causes)


def scale_invalid(name: str, *causes: Cause) -> StatusError:
    """A 422 of a Scale."""
    return _invalid("autoscaling", "Scale", name, causes)


def too_new(asked: int, current: int) -> StatusError:
    """A resourceVersion from the future."""
    return StatusError(
        504, f"Timeout: Too large resource version: {asked}, current: {current}", retryAfterSeconds=1,
        causes=[{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}],
    )  # fmt: skip
