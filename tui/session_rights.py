"""What we may do on the cluster: asked of the API when a screen first wants to know, and again now and then.

Owns when to ask. A right that holds in the whole cluster is not asked for again in each namespace. What is not known
counts as allowed: the API has the last word anyway, and says it in words.
Source of the answers: SelfSubjectAccessReview, which every signed-in user may create.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

from tui.domain.rights import Need

HOLDS: Final = 300.0
"""Seconds a yes is believed."""
AGAIN: Final = 30.0
"""Seconds after which a no, or no answer, is asked for again: somebody may just have granted it."""

_Asked = tuple[Need, str]


class Reviewer(Protocol):
    """What answers: the Kubernetes client."""

    async def can_i(self, verb: str, resource: str, namespace: str = "", name: str = "") -> bool | None: ...


class Rights:
    """Answers from what is known, and finds out what is not."""

    def __init__(self, kube: Reviewer, tick: Callable[[], float]) -> None:
        """`tick` paces, in seconds."""
        self._kube, self._tick = kube, tick
        self._known: dict[_Asked, tuple[bool | None, float]] = {}
        self._wanted: dict[_Asked, None] = {}
        self._wake = asyncio.Event()

    def may(self, need: Need, namespace: str = "") -> bool | None:
        """Whether we may; None while it is not known. Asking makes it known soon."""
        whole = self._look((need, ""))
        if whole is not False or not namespace or not need.namespaced:
            return whole
        return self._look((need, namespace))

    async def run(self) -> None:
        """Find out what is wanted, one at a time, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._wanted:
                asked = next(iter(self._wanted))
                need, namespace = asked
                answer = await self._kube.can_i(need.verb, need.resource, namespace)
                self._known[asked] = answer, self._tick()
                del self._wanted[asked]

    def _look(self, asked: _Asked) -> bool | None:
        answer, at = self._known.get(asked, (None, float("-inf")))
        if self._tick() - at > (HOLDS if answer else AGAIN):
            self._wanted[asked] = None
            self._wake.set()
        return answer
