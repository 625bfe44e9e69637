"""What is asked of ARM for each kind that is polled.

Owns how seldom workspaces are asked that have nothing attached from this cluster: a subscription may hold a hundred,
and each look at each counts against an hourly limit. And the one look into the cluster's own Relay namespace.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from tui.client.arm import ArmClient, Json
from tui.core.errors import Problem
from tui.domain import arm_id, relay
from tui.domain.plans.az_names import Home
from tui.settings import Settings

Read = Callable[[], Awaitable[list[Json] | Problem]]

SELDOM: Final = 600.0
"""Seconds between two looks at a workspace that has no compute of this cluster."""
AT_ONCE: Final = 4
"""Workspaces that are asked at the same time."""
RECENT: Final = 10.0
"""Seconds for which a list of workspaces serves both kinds that need it."""


_BUSY: Final = Problem("too many requests: the rest is asked when it allows", "ARM", status=429)


class Readers:
    """By kind in the store, what reads it."""

    def __init__(
        self, arm: ArmClient, settings: Settings, cluster_id: str, in_force: Callable[[], Mapping[str, str]] = dict
    ) -> None:
        """`in_force` gives the settings of the live extension."""
        subscription, group = arm_id.subscription(cluster_id), arm_id.group(cluster_id)
        self._workspaces = Workspaces(arm, settings.workspace_id or "", subscription)
        self._computes = Computes(arm, self._workspaces.read, cluster_id)
        self._relays = Relays(arm, cluster_id, in_force)
        self.by_kind: dict[str, Read] = {
            "extensions": lambda: arm.extensions(cluster_id),
            "clusters": lambda: _one(arm.cluster(cluster_id)),
            "relays": self._relays.read,
            "buses": lambda: arm.buses(subscription, group),
            "workspaces": self._workspaces.read,
            "computes": self._computes.read,
        }

    def again(self) -> None:
        """The operator wants to see what is there now: spare no request."""
        self._workspaces.forget()
        self._computes.forget()


async def _one(reading: Awaitable[Json | Problem]) -> list[Json] | Problem:
    found = await reading
    return found if isinstance(found, Problem) else [found]


class Workspaces:
    """The workspace of the settings, else all of the subscription."""

    def __init__(
        self, arm: ArmClient, workspace_id: str, subscription: str, tick: Callable[[], float] = time.monotonic
    ) -> None:
        self._arm, self._id, self._subscription, self._tick = arm, workspace_id, subscription, tick
        self._turn = asyncio.Lock()
        self._recent: tuple[float, list[Json]] | None = None

    def forget(self) -> None:
        self._recent = None

    async def read(self) -> list[Json] | Problem:
        """They, at most ten seconds old."""
        async with self._turn:
            if self._recent is not None and self._tick() - self._recent[0] < RECENT:
                return self._recent[1]
            found = await (_one(self._arm.workspace(self._id)) if self._id else self._all())
            if not isinstance(found, Problem):
                self._recent = (self._tick(), found)
            return found

    async def _all(self) -> list[Json] | Problem:
        return await self._arm.workspaces(self._subscription)


class Relays:
    """The Relay namespaces of the cluster's group; in the cluster's own, whether the hybrid connection is there."""

    def __init__(self, arm: ArmClient, cluster_id: str, in_force: Callable[[], Mapping[str, str]]) -> None:
        self._arm, self._in_force = arm, in_force
        subscription, group = arm_id.subscription(cluster_id), arm_id.group(cluster_id)
        self._home = Home(subscription, group, arm_id.name(cluster_id), "", cluster_id)

    async def read(self) -> list[Json] | Problem:
        """They."""
        found = await self._arm.relays(self._home.subscription, self._home.group)
        if isinstance(found, Problem):
            return found
        connection = relay.connection_of(self._home, self._in_force())
        space = relay.namespace_of(connection)
        return [await self._looked(each, connection) if arm_id.same(str(each.get("id")), space) else each
                for each in found]  # fmt: skip

    async def _looked(self, space: Json, connection: str) -> Json:
        """With what is in it; as it was, where nobody says."""
        if self._arm.delay() > 0:
            return space
        answer = await self._arm.get(connection)
        if isinstance(answer, Problem):
            return relay.looked(space, connection, None) if answer.status == 404 else space
        return relay.looked(space, connection, answer)


class Computes:
    """The computes, in any of the workspaces, that are this cluster."""

    def __init__(
        self, arm: ArmClient, workspaces: Read, cluster_id: str, tick: Callable[[], float] = time.monotonic
    ) -> None:
        self._arm, self._workspaces, self._cluster_id, self._tick = arm, workspaces, cluster_id, tick
        self._known: dict[str, tuple[float, list[Json] | Problem]] = {}
        """By workspace id, when it was asked, and what it has of ours or why it refuses."""

    def forget(self) -> None:
        self._known = {}

    async def read(self) -> list[Json] | Problem:
        """They; a workspace that refuses us counts as having none, unless all do."""
        workspaces = await self._workspaces()
        if isinstance(workspaces, Problem):
            return workspaces
        ids = [str(workspace.get("id") or "") for workspace in workspaces]
        self._known = {key: kept for key, kept in self._known.items() if key in ids}
        slots = asyncio.Semaphore(AT_ONCE)
        asked = await asyncio.gather(*[self._ask(key, slots) for key in ids if key and self._due(key)])
        lost = [each for each in asked if each is not None]
        known = [answer for _asked, answer in self._known.values()]
        refused = [answer for answer in known if isinstance(answer, Problem)]
        if lost or (refused and len(refused) == len(known)):
            return (lost or refused)[0]
        return [compute for answer in known if not isinstance(answer, Problem) for compute in answer]

    def _due(self, workspace_id: str) -> bool:
        asked, answer = self._known.get(workspace_id, (float("-inf"), []))
        return (bool(answer) and not isinstance(answer, Problem)) or self._tick() - asked >= SELDOM

    async def _ask(self, workspace_id: str, slots: asyncio.Semaphore) -> Problem | None:
        """Ask one workspace; a Problem when that failed otherwise than by a refusal."""
        async with slots:
            if self._arm.delay() > 0:
                return _BUSY  # one of the others was told to wait
            found = await self._arm.computes(workspace_id)
        if isinstance(found, Problem):
            if found.status not in (403, 404):
                return found
            self._known[workspace_id] = (self._tick(), found)
            return None
        self._known[workspace_id] = (self._tick(), [each for each in found if self._is_ours(each)])
        return None

    def _is_ours(self, compute: Json) -> bool:
        properties: Any = compute.get("properties")
        inner: dict[str, Any] = properties if isinstance(properties, dict) else {}
        attached = inner.get("resourceId")
        kind = str(inner.get("computeType") or "").lower()
        return kind == "kubernetes" and (not attached or arm_id.same(str(attached), self._cluster_id))
