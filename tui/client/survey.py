"""Fills a survey: asks ARM and the cluster for what findings rest on, gently, and writes nothing.

Owns what is asked, how many requests are under way, and how long a server's wish to be left alone is honoured. A part
that cannot be had is a Problem in its place; nothing expected is raised. Pods are never listed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar

import msgspec

from tui.client.arm import ArmClient, Json
from tui.client.kube import KubeClient
from tui.client.transport import JSON, METADATA, Delayed
from tui.client.wire import decode_page
from tui.core.errors import Problem
from tui.core.kind import Kind
from tui.core.text import clean
from tui.domain import arm_id, cluster, extension, relay
from tui.domain.component import NAMESPACE
from tui.domain.surveys import kube as kinds
from tui.domain.surveys.arm import aks_facts, arc_facts, permission
from tui.domain.surveys.survey import (
    BLOB_DRIVER,
    DEFINITIONS,
    LEGACY_ROLE,
    NEEDS,
    PROVIDERS,
    SCHEDULER_MAP,
    Part,
    Survey,
)
from tui.domain.wire import mapping, sequence, text

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]

AT_ONCE: Final = 4
"""Requests under way at each of the two APIs."""
PAGE: Final = 200
"""Objects a page."""
SMALL_PAGE: Final = 5
"""Secrets of Helm releases a page: each may be a megabyte, of which the metadata is kept."""
MOST_PAGES: Final = 500
"""A list that does not end sooner leads round in a circle."""
PATIENCE: Final = 10.0
"""Seconds that a server which wants to be left alone is waited for."""
TRIES: Final = 3
AUTHORIZATION: Final = "2022-04-01"
"""api-version of Microsoft.Authorization/permissions."""
_BUSY: Final = (410, 429, 503)
_SIGNED_OUT: Final = Problem("not asked: ARM is switched off", next="sign in (--sign-in)")
_NO_CLUSTER: Final = Problem("not asked: no kubeconfig", next="name one with --kubeconfig")


async def survey(
    kube: KubeClient | None, arm: ArmClient | None, cluster_id: str, *,
    clock: Callable[[], float] = time.time, sleep: Sleep = asyncio.sleep,
) -> Survey:  # fmt: skip
    """Look at everything once. Without a client its side's parts are Problems that say so."""
    azure, objects = await asyncio.gather(
        _Azure(arm, cluster_id, sleep).parts() if arm is not None else _all(_AZURE, _SIGNED_OUT),
        _Cluster(kube, sleep).parts() if kube is not None else _all(_CLUSTER, _NO_CLUSTER),
    )
    return Survey(cluster_id, clock(), **azure, **objects)


_AZURE: Final = ("cluster", "extensions", "relays", "on_cluster", "on_group")
_CLUSTER: Final = (
    "version", "nodes", "namespaces", "daemon_sets", "deployments", "stateful_sets", "definitions", "drivers",
    "schedulers", "ingress_classes", "webhooks", "legacy_roles", "releases", "remains",
)  # fmt: skip


async def _all(parts: tuple[str, ...], problem: Problem) -> dict[str, Any]:
    return dict.fromkeys(parts, problem)


async def _together(parts: Mapping[str, Awaitable[Any]]) -> dict[str, Any]:
    """By name, once all are there."""
    found = await asyncio.gather(*parts.values())
    return dict(zip(parts, found, strict=True))


def _lost(found: object) -> bool:
    """Nobody answers, or nobody knows us: asking on would only repeat it."""
    return isinstance(found, Problem) and found.status in (0, 401)


class _Azure:
    """ARM's side of a survey."""

    def __init__(self, arm: ArmClient, cluster_id: str, sleep: Sleep) -> None:
        self._arm, self._id, self._sleep = arm, cluster_id, sleep
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def parts(self) -> dict[str, Any]:
        """The parts by name. The cluster is asked for first: where that gets no answer, nothing else would."""
        body = await self._ask(lambda: self._arm.cluster(self._id))
        connected = "/connectedclusters/" in self._id.lower()
        other = "Microsoft.ContainerService" if connected else "Microsoft.Kubernetes"
        wanted = [namespace for namespace in PROVIDERS if namespace != other]
        if isinstance(body, Problem) and _lost(body):
            return {**await _all(_AZURE, body), "providers": dict.fromkeys(wanted, body)}
        subscription, group = arm_id.subscription(self._id), arm_id.group(self._id)
        found = await _together(
            {
                "extensions": self._rows(lambda: self._arm.extensions(self._id), extension.decode),
                "relays": self._rows(lambda: self._arm.relays(subscription, group), relay.decode),
                "on_cluster": self._permissions(self._id),
                "on_group": self._permissions(f"/subscriptions/{subscription}/resourceGroups/{group}"),
                "providers": _together({namespace: self._provider(subscription, namespace) for namespace in wanted}),
            }
        )
        if isinstance(body, Problem):
            return {**found, "cluster": body}
        facts = {"arc": arc_facts(body)} if connected else {"aks": aks_facts(body)}
        return {**found, **facts, "cluster": cluster.decode(body)}

    async def _rows(
        self, ask: Callable[[], Awaitable[list[Json] | Problem]], decode: Callable[[Json], T]
    ) -> Part[tuple[T, ...]]:
        found = await self._ask(ask)
        return found if isinstance(found, Problem) else tuple(map(decode, found))

    async def _permissions(self, scope: str) -> Part[tuple[Any, ...]]:
        path = f"{scope}/providers/Microsoft.Authorization/permissions"
        return await self._rows(lambda: self._arm.collection(path, AUTHORIZATION), permission)

    async def _provider(self, subscription: str, namespace: str) -> Part[str]:
        found = await self._ask(lambda: self._arm.provider(subscription, namespace))
        return found if isinstance(found, Problem) else text(found.get("registrationState"))

    async def _ask(self, ask: Callable[[], Awaitable[T | Problem]]) -> T | Problem:
        """Ask when ARM allows it; again where it was busy."""
        async with self._slots:
            for attempt in range(TRIES):
                quiet = self._arm.delay()
                if quiet > PATIENCE:
                    return Problem(f"not asked: too many requests, for {quiet:.0f}s more", self._arm.where, status=429)
                await self._sleep(quiet)
                found = await ask()
                if attempt + 1 == TRIES or not isinstance(found, Problem) or found.status not in (429, 503):
                    break
            return found


class _Cluster:
    """The Kubernetes side of a survey."""

    def __init__(self, kube: KubeClient, sleep: Sleep) -> None:
        self._kube, self._sleep = kube, sleep
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def parts(self) -> dict[str, Any]:
        """The parts by name. The version is asked for first: where that gets no answer, nothing else would."""
        version = await self._ask(self._kube.version)
        if isinstance(version, Problem) and _lost(version):
            return await _all(_CLUSTER, version)
        groups = await self._ask(self._groups)
        found = await _together(
            {
                "nodes": self._every(kinds.MACHINES),
                "namespaces": self._every(kinds.SPACES),
                "daemon_sets": self._every(kinds.DAEMON_SETS),
                "deployments": self._every(kinds.DEPLOYMENTS),
                "stateful_sets": self._every(kinds.STATEFUL_SETS),
                "definitions": self._definitions(groups),
                "drivers": self._one(kinds.CSI_DRIVERS, BLOB_DRIVER),
                "schedulers": self._every(kinds.SCHEDULER_CONFIGS, fieldSelector=f"metadata.name={SCHEDULER_MAP}"),
                "ingress_classes": self._every(kinds.INGRESS_CLASSES),
                "webhooks": self._every(kinds.WEBHOOKS),
                "legacy_roles": self._one(kinds.CLUSTER_ROLES, LEGACY_ROLE),
                "releases": self._releases(),
                "remains": self._remains(),
                "rights": self._rights(),
            }
        )
        return {**found, "version": version if isinstance(version, Problem) else clean(version)}

    async def _groups(self) -> Part[frozenset[str]]:
        found = await self._kube.read("GET", "/apis")
        if isinstance(found, Problem):
            return found
        return frozenset(text(mapping(each).get("name")) for each in sequence(found.get("groups")))

    async def _definitions(self, groups: Part[frozenset[str]]) -> Part[tuple[Any, ...]]:
        """By name, and only those of groups that are served: a list of all would be megabytes of schemas."""
        if isinstance(groups, Problem):
            return groups
        names = [name for family in DEFINITIONS.values() for name in family if name.partition(".")[2] in groups]
        return _joined(await asyncio.gather(*(self._one(kinds.DEFINITIONS, name) for name in names)))

    async def _releases(self) -> Part[tuple[Any, ...]]:
        """What Helm keeps of releases in the extension's namespace; superseded revisions say nothing."""
        wanted = "owner=helm,status!=superseded"
        return await self._every(kinds.SECRETS, NAMESPACE, SMALL_PAGE, labelSelector=wanted)

    async def _remains(self) -> Part[tuple[Any, ...]]:
        every = (kinds.SERVICES, kinds.ACCOUNTS, kinds.CONFIG_MAPS)
        return _joined(await asyncio.gather(*(self._every(kind, NAMESPACE) for kind in every)))

    async def _rights(self) -> dict[Any, bool | None]:
        answers = await asyncio.gather(
            *(self._may(need.verb, need.resource, NAMESPACE if need.namespaced else "") for need in NEEDS)
        )
        return dict(zip(NEEDS, answers, strict=True))

    async def _may(self, verb: str, resource: str, namespace: str) -> bool | None:
        async with self._slots:
            return await self._kube.can_i(verb, resource, namespace)

    async def _one(self, kind: Kind, name: str) -> Part[tuple[Any, ...]]:
        """A cluster-scoped object by its name; empty when it is not there."""
        found = await self._ask(lambda: self._kube.get(kind, name))
        if isinstance(found, Problem):
            return () if found.status == 404 else found
        return (kind.decode(found),)

    async def _every(
        self, kind: Kind, namespace: str | None = None, limit: int = PAGE, **selectors: str
    ) -> Part[tuple[Any, ...]]:
        """All of a kind, page by page; empty where the server knows no such kind."""
        found = await self._ask(lambda: self._pages(kind, namespace, limit, selectors))
        return () if isinstance(found, Problem) and found.status == 404 else found

    async def _pages(
        self, kind: Kind, namespace: str | None, limit: int, selectors: Mapping[str, str]
    ) -> Part[tuple[Any, ...]]:
        rows: list[Any] = []
        token = ""
        for _ in range(MOST_PAGES):
            query = {"limit": limit, **selectors, "continue": token or None}
            accept = METADATA if kind is kinds.SECRETS else JSON
            answer = await self._kube.request("GET", kind.path(namespace), query, accept=accept)
            if isinstance(answer, Problem):
                return answer
            try:
                page = decode_page(kind, answer.body)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                return Problem(f"{kind.resource}: an unreadable answer: {clean(str(error))}", code="Unreadable")
            rows += page.rows
            token = page.next
            if not token:
                return tuple(rows)
        return Problem(f"{kind.resource}: a list of more than {MOST_PAGES} pages", code="Endless")

    async def _ask(self, ask: Callable[[], Awaitable[T | Problem]]) -> T | Problem:
        """Ask; again where the server was busy and says when to come back, or a list took too long."""
        async with self._slots:
            for attempt in range(TRIES):
                found = await ask()
                if attempt + 1 == TRIES or not isinstance(found, Problem) or found.status not in _BUSY:
                    break
                after = found.after if isinstance(found, Delayed) else 0.0
                if after > PATIENCE or (found.status != 410 and not after):
                    break
                await self._sleep(after)
            return found


def _joined(parts: list[Part[tuple[Any, ...]]]) -> Part[tuple[Any, ...]]:
    """Several parts as one: seen only where each of them was."""
    problem = next((part for part in parts if isinstance(part, Problem)), None)
    return problem or tuple(row for part in parts if not isinstance(part, Problem) for row in part)
