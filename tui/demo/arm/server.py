"""The HTTP side of the simulated ARM: token, faults, allowances, headers; then the router.

Owns what every answer carries. Listens nowhere itself: whoever runs the application gives it a TLS socket.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import msgspec
from aiohttp import web

from tui.demo.arm import errors, faulty, moments, places
from tui.demo.arm.call import Call, Reply
from tui.demo.arm.errors import ArmError
from tui.demo.arm.faulty import FaultSource
from tui.demo.arm.places import Place
from tui.demo.arm.quota import Quota, sort_of
from tui.demo.arm.routing import Router
from tui.demo.arm.state import ArmState

JSON: Final = "application/json"
_ECHOED: Final = "x-ms-client-request-id"


class ArmServer:
    """One ARM endpoint over a state. `address` is asked at every request: the port may be known late."""

    def __init__(
        self,
        state: ArmState,
        token: str,
        clock: Callable[[], float],
        faults: FaultSource,
        *,
        address: Callable[[], str],
        quota: Quota | None = None,
        pace: float = 0.0,
    ) -> None:
        """`pace`: seconds after which every answer wants to be asked for again; 0: each provider's own habit."""
        self._state, self._token, self._clock, self._faults = state, token, clock, faults
        self._address, self._quota = address, quota or Quota(clock)
        self._router, self._trouble = Router(), faulty.Trouble()
        self._answered = 0
        self._paced = {"retry-after": f"{pace:g}"} if pace else {}

    def application(self) -> web.Application:
        """The aiohttp application; every path is its own."""
        made = web.Application()
        made.router.add_route("*", "/{path:.*}", self._handle)
        return made

    async def _handle(self, request: web.Request) -> web.Response:
        if self._faults.delay > 0:
            await asyncio.sleep(self._faults.delay)
        place = places.parse(request.path)
        headers = self._common(request)
        try:
            lost = self._refuse(request, place)
            headers.update(self._counted(request.method, place))
            reply = self._router.answer(await self._call(request, place))
            if lost is not None:
                raise lost
        except ArmError as error:
            reply = Reply(error.status, error.body(), error.headers)
        paced = self._paced if reply.status < 300 else {}
        return _response(replace(reply, headers={**reply.headers, **paced}), headers)

    def _refuse(self, request: web.Request, place: Place) -> ArmError | None:
        """Raises ArmError when the service is in trouble or the caller is nobody.

        Gives the error, if any, with which to answer what will have been done.
        """
        fault = self._faults.arm(request.path, request.method)
        trouble = self._trouble.refusal(fault, place, request.method, self._clock()) if fault else None
        lost = trouble if fault == faulty.LOST_ANSWER else None
        if trouble is not None and lost is None:
            raise trouble
        sent = request.headers.get("Authorization", "")
        if not sent:
            raise faulty.missing_token()
        scheme, _, token = sent.partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), self._token.encode()):
            raise faulty.wrong_token()
        return lost

    def _counted(self, method: str, place: Place) -> dict[str, str]:
        """The allowance header. Raises ArmError (429) when nothing is left of it."""
        sort = sort_of(method)
        left = self._quota.take(place.subscription, sort)
        if left < 0:
            raise faulty.throttled(place.subscription, self._quota.wait(place.subscription, sort))
        return {f"x-ms-ratelimit-remaining-{'subscription' if place.subscription else 'tenant'}-{sort}": str(left)}

    def _common(self, request: web.Request) -> dict[str, str]:
        """What every answer carries, refusals too."""
        self._answered += 1
        own = self._state.guid(f"request {self._answered}")
        correlation = request.headers.get("x-ms-correlation-request-id") or own
        stamp = moments.zulu(self._clock())[:19].replace("-", "").replace(":", "") + "Z"
        headers = {
            "Cache-Control": "no-cache", "Pragma": "no-cache", "x-ms-request-id": own,
            "x-ms-correlation-request-id": correlation, "x-ms-routing-request-id": f"EASTUS:{stamp}:{own}",
            "X-Content-Type-Options": "nosniff",
        }  # fmt: skip
        if request.headers.get("x-ms-return-client-request-id", "").lower() == "true":
            headers[_ECHOED] = request.headers.get(_ECHOED, own)
        return headers

    async def _call(self, request: web.Request, place: Place) -> Call:
        query = {name.lower(): value for name, value in request.query.items()}
        content = _decoded(await request.read()) if request.method in ("PUT", "PATCH", "POST") else None
        return Call(self._state, request.method, place, query, content, self._address().rstrip("/"))


def _decoded(data: bytes) -> Any:
    if not data.strip():
        return None
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise errors.unreadable(str(error)) from None


def _response(reply: Reply, headers: dict[str, str]) -> web.Response:
    made = web.Response(status=reply.status, headers={**headers, **reply.headers})
    if isinstance(reply.body, str):
        made.text, made.content_type = reply.body, "text/html"
    elif reply.body is not None:
        made.body = msgspec.json.encode(reply.body)
        made.content_type, made.charset = JSON, "utf-8"
    return made
