"""Answers of an ARM that is in trouble, by the name of the fault. Must not know when a fault strikes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Protocol

from tui.demo.arm import errors, moments, rights
from tui.demo.arm.errors import ArmError
from tui.demo.arm.places import Place

RETRY_AFTER = 5
"""Seconds a throttled client is told to wait."""
WRITE_RETRY_AFTER = 1
"""The same under `throttle-writes`, which strikes more often."""
LOST_ANSWER = "write-lost"
"""The fault under which a write is done and its answer is a server error."""
AUTHORITY = "https://login.microsoftonline.com/common"
BEARER = f'Bearer authorization_uri="{AUTHORITY}", error="invalid_token", error_description="{{}}"'


class FaultSource(Protocol):
    """Decides which request is struck."""

    @property
    def delay(self) -> float:
        """Seconds to wait before each answer."""

    def arm(self, path: str, method: str = "GET") -> str:
        """The name of the fault that strikes this request, empty for none."""


class GatewayError(ArmError):
    """What stands before ARM speaks no JSON."""

    def body(self) -> str:
        return f"<html><head><title>{self.status} {self.code}</title></head><body>{self.message}</body></html>"


class Trouble:
    """Makes the refusals; the 5xx take turns."""

    def __init__(self) -> None:
        self._server_errors: Iterator[ArmError] = itertools.cycle(
            (
                ArmError(500, "InternalServerError", "An internal server error occurred."),
                ArmError(503, "ServerTimeout", "The request timed out. Diagnostic information: tracking id."),
                GatewayError(502, "BadGateway", "The web server received an invalid response."),
            )
        )

    def refusal(self, fault: str, place: Place, method: str, now: float) -> ArmError | None:
        """The answer under a fault; None when the fault is not one of ARM's."""
        if fault in _WAITS:
            return throttled(place.subscription, _WAITS[fault])
        if fault in ("error-500", "write-500", LOST_ANSWER):
            return next(self._server_errors)
        if fault == "arm-down":
            return ArmError(503, "ServiceUnavailable", "The service is unavailable.")
        if fault == "arm-denied":
            return errors.forbidden(place, rights.action_of(method, place))
        if fault == "lost-operation":
            return errors.no_resource(place)
        return expired(now) if fault == "expired-token" else None


_WAITS = {"throttle": RETRY_AFTER, "throttle-writes": WRITE_RETRY_AFTER}


def throttled(subscription: str, wait: int) -> ArmError:
    """Too many requests."""
    text = f"Number of requests for subscription '{subscription}' exceeded. Please try again after '{wait}' seconds."
    return ArmError(429, "SubscriptionRequestsThrottled", text, {"Retry-After": str(wait)})


def expired(now: float) -> ArmError:
    """A token whose time is over."""
    text = (
        f"The access token expiry UTC time '{moments.zulu(now - 60)}' is earlier than current UTC time "
        f"'{moments.zulu(now)}'."
    )
    return _unauthorized("ExpiredAuthenticationToken", text)


def missing_token() -> ArmError:
    """No Authorization header."""
    return _unauthorized("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")


def wrong_token() -> ArmError:
    """A token that is not ours, or no bearer token."""
    return _unauthorized("InvalidAuthenticationToken", "The access token is invalid.")


def _unauthorized(code: str, message: str) -> ArmError:
    return ArmError(401, code, message, {"WWW-Authenticate": BEARER.format(message.replace('"', "'"))})
