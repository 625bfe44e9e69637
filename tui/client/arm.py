"""Azure Resource Manager: what arcdeck reads there, as raw JSON, and the one door for what it sends.

Owns paths, paging and api-versions. The extension is read through the official azure-mgmt-kubernetesconfiguration
client, the rest through azure-mgmt-core's client; both share one pipeline. Raw JSON because answers carry fields that
the models drop, and of two eras. Writes go through `ArmWriter`, which puts them on record: nobody else calls `send`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qsl

from tui.client.arm_transport import ArmTransport
from tui.client.arm_versions import (
    EXTENSION_VERSIONS,
    EXTENSIONS,
    RESOURCES,
    another,
    fitted,
    type_of,
    unsupported,
    version_of,
)
from tui.client.device import Prompt
from tui.core.errors import Problem
from tui.core.operation import Answer
from tui.core.text import clean
from tui.domain import arm_id
from tui.settings import Settings

MOST_PAGES: Final = 200
"""A list that does not end sooner leads round in a circle."""

Json = dict[str, Any]


class ArmClient(ArmTransport):
    """One ARM endpoint, one identity. `close` when done."""

    def __init__(self, settings: Settings, *, prompt: Prompt | None = None, **more: Any) -> None:
        super().__init__(settings, prompt=prompt, **more)
        self._operations: dict[tuple[str, str], Any] = {}
        self._extension_version = EXTENSION_VERSIONS[0]
        self._versions: dict[str, str] = {}
        """By resource type, the api-version a service made us take."""

    async def cluster(self, cluster_id: str) -> Json | Problem:
        """A connected or managed cluster."""
        return await self.get(cluster_id)

    async def extensions(self, cluster_id: str) -> list[Json] | Problem:
        """The extensions of a cluster."""
        where = _cluster_parts(cluster_id)
        found = await self._extension_call(
            cluster_id, lambda ops, hook: _first_page(ops.list(*where, raw_response_hook=hook))
        )
        return await self._rest(found)

    async def extension(self, resource_id: str) -> Json | Problem:
        """One extension, in whichever era's body the service answers."""
        cluster_id, name = arm_id.scope(resource_id), arm_id.name(resource_id)
        where = _cluster_parts(cluster_id)
        return await self._extension_call(cluster_id, lambda ops, hook: ops.get(*where, name, raw_response_hook=hook))

    async def workspaces(self, subscription: str) -> list[Json] | Problem:
        """Every machine learning workspace of a subscription."""
        return await self.collection(
            f"/subscriptions/{subscription}/providers/Microsoft.MachineLearningServices/workspaces"
        )

    async def workspace(self, workspace_id: str) -> Json | Problem:
        """One workspace."""
        return await self.get(workspace_id)

    async def managed_clusters(self, subscription: str) -> list[Json] | Problem:
        """Every AKS cluster of a subscription."""
        return await self.collection(
            f"/subscriptions/{subscription}/providers/Microsoft.ContainerService/managedClusters"
        )

    async def computes(self, workspace_id: str) -> list[Json] | Problem:
        """The computes of a workspace, of all types."""
        return await self.collection(f"{workspace_id}/computes")

    async def relays(self, subscription: str, group: str) -> list[Json] | Problem:
        """The Azure Relay namespaces of a resource group."""
        return await self.collection(
            f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Relay/namespaces"
        )

    async def buses(self, subscription: str, group: str) -> list[Json] | Problem:
        """The Service Bus namespaces of a resource group."""
        return await self.collection(
            f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ServiceBus/namespaces"
        )

    async def provider(self, subscription: str, namespace: str) -> Json | Problem:
        """A resource provider: its registrationState."""
        return await self.get(f"/subscriptions/{subscription}/providers/{namespace}", RESOURCES)

    async def find(self, subscription: str, resource_type: str) -> list[Json] | Problem:
        """Every resource of a type in a subscription: id, name, type, location, tags."""
        query = {"$filter": f"resourceType eq '{resource_type}'"}
        return await self.collection(f"/subscriptions/{subscription}/resources", RESOURCES, query)

    async def get(self, path: str, api_version: str = "") -> Json | Problem:
        """One resource by its id."""
        answer = await self.send("GET", path, api_version)
        if isinstance(answer, Problem):
            return answer
        return answer.body if isinstance(answer.body, dict) else self._unreadable(path)

    async def collection(
        self, path: str, api_version: str = "", query: Mapping[str, str] | None = None
    ) -> list[Json] | Problem:
        """A collection, all pages."""
        answer = await self.send("GET", path, api_version, query=query)
        return await self._rest(answer if isinstance(answer, Problem) else answer.body)

    async def operation(self, url: str) -> Answer | Problem:
        """One look at an operation, for `tui.core.operation.step`: error statuses are answers here."""
        return await self.ask(url, {}, whole=True)

    async def send(
        self, method: str, path: str, api_version: str = "", body: Any = None, *, query: Mapping[str, str] | None = None
    ) -> Answer | Problem:
        """One request in the version we know, else in one that the refusal offers: a refused version did nothing.

        `path` may carry a query of its own.
        """
        plain, _, own = path.partition("?")
        asked = {**dict(parse_qsl(own)), **(query or {})}
        kind, version = type_of(plain), api_version or self.version(plain)
        answer = await self._sent(method, plain, version, asked, body)
        if isinstance(answer, Problem) and unsupported(answer):
            version = another(answer, version)
            if version:
                answer = await self._sent(method, plain, version, asked, body)
                if not unsupported(answer):
                    self._versions[kind] = version
        return answer

    def version(self, path: str) -> str:
        """The api-version a path is asked with."""
        kind = type_of(path)
        known = self._extension_version if kind == EXTENSIONS else version_of(path)
        return self._versions.get(kind) or known

    async def _sent(
        self, method: str, path: str, version: str, query: Mapping[str, str], body: Any
    ) -> Answer | Problem:
        asked = {"api-version": version, **query}
        return await self.send_to(method, self.endpoint + path, asked, body=fitted(path, body, version))

    def _unreadable(self, path: str) -> Problem:
        return Problem(f"an unreadable answer to {clean(path)}", self.where, code="Unreadable")

    async def _rest(self, first: Any) -> list[Json] | Problem:
        """The items of a first page and of those it leads to."""
        items: list[Json] = []
        page = first
        for _ in range(MOST_PAGES):
            if isinstance(page, Problem):
                return page
            if not isinstance(page, dict):
                return self._unreadable("a list")
            items += [item for item in page.get("value") or [] if isinstance(item, dict)]
            following = page.get("nextLink")
            if not following:
                return items
            answer = await self.ask(str(following), {})
            page = answer if isinstance(answer, Problem) else answer.body
        return Problem(f"a list of more than {MOST_PAGES} pages", self.where, code="Endless")

    async def _extension_call(self, cluster_id: str, call: Callable[[Any, Any], Any]) -> Json | Problem:
        """A call of the official extensions client, with the newest api-version the service takes."""
        if not all(_cluster_parts(cluster_id)):
            return Problem(f"{clean(cluster_id)!r} is no cluster's id", self.where, code="BadId")
        opened = await self.open()
        if isinstance(opened, Problem):
            return opened
        found: Answer | Problem = Problem("no api-version is supported", self.where)
        for version in EXTENSION_VERSIONS[EXTENSION_VERSIONS.index(self._extension_version) :]:
            operations = await self._extensions(arm_id.subscription(cluster_id), version)
            found = await self.guard(partial(_captured, call, operations))
            if not unsupported(found):
                self._extension_version = version
                break
        if isinstance(found, Problem):
            return found
        return found.body if isinstance(found.body, dict) else self._unreadable(cluster_id)

    async def _extensions(self, subscription: str, version: str) -> Any:
        """The operations of one version; its models are imported in a thread."""
        key = (subscription, version)
        if key not in self._operations:
            from tui.client.arm_pipeline import extensions_of

            args = (self._client, self._sign_in, subscription, version, self.endpoint)
            self._operations[key] = await asyncio.to_thread(extensions_of, *args)
        return self._operations[key]


async def _captured(call: Callable[[Any, Any], Any], operations: Any) -> Any:
    """The HTTP response behind a typed call: the models would drop what they do not know."""
    from azure.core.exceptions import DeserializationError

    seen: list[Any] = []
    with suppress(DeserializationError, AttributeError):  # the models did not understand the answer; we need not
        await call(operations, lambda response: seen.append(response.http_response))
    return seen[-1]


async def _first_page(pages: Any) -> None:
    await anext(pages.by_page().__aiter__(), None)


def _cluster_parts(cluster_id: str) -> tuple[str, str, str, str]:
    """Resource group, provider, type and name, as the official client wants them."""
    steps = cluster_id.strip("/").split("/")
    provider, kind, name = ([*steps[5:8], "", "", ""])[:3]
    return arm_id.group(cluster_id), provider, kind, name
