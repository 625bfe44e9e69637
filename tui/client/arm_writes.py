"""Writes to ARM: each on record before and after, sent again only where that does no harm, and no more often than a few
times.

Owns what an answer means for the next attempt. A 429 was not taken and is sent again when the service allows; after a
lost answer or a 5xx nobody knows, so the resource is looked at first. Must not know plans; never sees a Secret: bodies
come filled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from tui.client import landing
from tui.client.arm import ArmClient
from tui.client.arm_versions import type_of
from tui.client.audit import Audit, Entry
from tui.core.errors import Problem
from tui.core.operation import Answer, Operation

ATTEMPTS: Final = 5
BACK_OFF: Final = (2.0, 5.0, 15.0, 30.0)
"""Seconds before each new attempt, unless the service asks for more."""
_NOT_SENT: Final = frozenset({"Connect", "Proxy"})
"""Codes of Problems after which nothing was sent, and which may pass."""
_LOST: Final = frozenset({"Broken", "Timeout", "Unreadable"})
"""Codes of Problems after which nobody knows whether it was taken."""
_IDEMPOTENT: Final = frozenset({"PUT", "PATCH", "DELETE"})

Wait = Callable[[float], Awaitable[object]]


def uncertain(problem: Problem) -> bool:
    """Whether a write may have been taken although this is all that came of it."""
    return problem.code in _LOST or problem.status >= 500 or problem.status == 408


def passing(problem: Problem) -> bool:
    """Whether the same request may well succeed a little later."""
    return problem.status == 429 or problem.code in _NOT_SENT or uncertain(problem)


class ArmWriter:
    """The one door for writes to the endpoint of `arm`, which stays its owner's to close."""

    def __init__(self, arm: ArmClient, audit: Audit | None = None, *, wait: Wait = asyncio.sleep) -> None:
        self.arm, self._audit, self._wait = arm, audit, wait

    def url(self, path: str) -> str:
        """Where a resource is asked for."""
        plain = path.partition("?")[0]
        return f"{self.arm.endpoint}{plain}?api-version={self.arm.version(plain)}"

    async def look(self, path: str, api_version: str = "") -> Any | Problem:
        """A resource's body, None when it is not there. Asked again for a while when nobody answers."""
        found: Any | Problem = None
        for attempt in range(ATTEMPTS):
            await self._pause(attempt)
            found = await self.arm.get(path.partition("?")[0], api_version)
            if not isinstance(found, Problem):
                return found
            if found.status == 404:
                return None
            if not passing(found):
                return found
        return found

    async def send(
        self, method: str, path: str, api_version: str = "", body: Any = None, *, command: str = "",
        before: str = landing.UNSEEN,
    ) -> Answer | Problem:  # fmt: skip
        """One write. `before` is the `landing.stamp` of what was there: it tells whether a lost one arrived.

        The answer to a write whose own answer was lost is made of the resource as it is now.
        """
        found: Answer | Problem = Problem("not sent", self.arm.where)
        for attempt in range(ATTEMPTS):
            await self._pause(attempt)
            found = await self._once(method, path, api_version, body, command)
            if isinstance(found, Answer) or not passing(found):
                return found
            if uncertain(found) and method in _IDEMPOTENT:
                there = await self.look(path, api_version)
                if isinstance(there, Problem):
                    return found
                if landing.landed(method, before, there, body):
                    return Answer(204 if there is None else 202 if method == "DELETE" else 200, {}, there)
        return found

    def conclude(self, method: str, path: str, command: str, operation: Operation) -> None:
        """Put on record how the operation ended that a write began."""
        if self._audit is not None and operation.done:
            told = ": ".join(filter(None, (operation.status, operation.code, operation.message)))
            intent = self._intent(self._audit, method, path, "", command)
            self._audit.write(self._audit.ended(intent, operation.succeeded, told))

    async def _pause(self, attempt: int) -> None:
        """Until the service allows it; before a new attempt a while at least."""
        least = BACK_OFF[min(attempt, len(BACK_OFF)) - 1] if attempt else 0.0
        pause = max(least, self.arm.delay())
        if pause > 0:
            await self._wait(pause)

    async def _once(self, method: str, path: str, api_version: str, body: Any, command: str) -> Answer | Problem:
        """Send what was recorded; a read-only session records nothing, because nothing is sent."""
        if self._audit is None or self.arm.read_only or path.lower().endswith(("/listkeys", "/sharedkeys")):
            return await self.arm.send(method, path, api_version, body)
        intent = self._intent(self._audit, method, path, api_version, command)
        unwritten = self._audit.write(intent)
        if unwritten is not None:
            return unwritten
        try:
            found = await self.arm.send(method, path, api_version, body)
        except BaseException:
            self._audit.write(self._audit.interrupted(intent))
            raise
        self._audit.write(_outcome(self._audit, intent, found))
        return found

    def _intent(self, audit: Audit, method: str, path: str, api_version: str, command: str) -> Entry:
        plain, _, query = path.partition("?")
        version = api_version or self.arm.version(plain)
        asked = f"{method} {plain}?api-version={version}{'&' + query if query else ''}"
        return audit.intent(self.arm.where, method.lower(), type_of(plain), plain, command, False, asked)


def _outcome(audit: Audit, intent: Entry, found: Answer | Problem) -> Entry:
    if isinstance(found, Problem):
        return audit.unknown(intent, found) if uncertain(found) else audit.outcome(intent, found)
    going_on = found.status == 202 or "azure-asyncoperation" in found.headers or landing.in_progress(found.body)
    return audit.accepted(intent) if going_on else audit.outcome(intent, None)
