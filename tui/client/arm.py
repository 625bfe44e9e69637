"""Azure Resource Manager: what arcdeck reads there, as raw JSON.

Owns api-versions, paging, and the wording of refusals. The extension goes through the official
azure-mgmt-kubernetesconfiguration client, the rest through azure-mgmt-core's client; both share one pipeline with
one token policy and no redirects. Raw JSON because answers carry fields that the models drop, and of two eras.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from tui.client import credential, failure
from tui.core.errors import Problem
from tui.core.operation import Answer, retry_after
from tui.core.text import clean
from tui.domain import arm_id
from tui.settings import Settings

EXTENSION_VERSIONS: Final = ("2023-05-01", "2022-11-01", "2022-03-01", "2021-09-01", "2020-07-01-preview")
"""Newest first: a service that knows only an older body says so, and the next is tried."""
VERSIONS: Final[Mapping[str, str]] = {
    "microsoft.kubernetes/connectedclusters": "2024-01-01",
    "microsoft.containerservice/managedclusters": "2023-10-01",
    "microsoft.machinelearningservices/workspaces": "2023-10-01",
    "microsoft.machinelearningservices/workspaces/computes": "2023-10-01",
    "microsoft.relay/namespaces": "2021-11-01",
}
RESOURCES: Final = "2021-04-01"
"""Of the Microsoft.Resources calls: providers, resource lists."""
_UNSUPPORTED: Final = frozenset(
    {
        "invalidapiversionparameter",
        "noregisteredproviderfound",
        "unsupportedapiversion",
        "invalidresourcetype",
    }
)
CONNECT: Final = 10
READ: Final = 60
MOST_PAGES: Final = 200

Json = dict[str, Any]


class ArmClient:
    """One ARM endpoint, one identity. `close` when done."""

    def __init__(
        self,
        settings: Settings,
        *,
        prompt: credential.Prompt | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings, self._prompt, self._clock = settings, prompt, clock
        self.endpoint = credential.cloud_of(settings).arm
        self._client: Any = None
        self._credential: Any = None
        self._extension_version = EXTENSION_VERSIONS[0]
        self._clients: dict[tuple[str, str], Any] = {}
        self.throttled_until = 0.0
        """Until when the service asked not to be asked (Retry-After), seconds since 1970."""
        self.remaining: int | None = None
        """Reads left in this hour, as the service counts them."""

    async def cluster(self, cluster_id: str) -> Json | Problem:
        """A connected or managed cluster."""
        return await self.get(cluster_id, _version_of(cluster_id))

    async def extensions(self, cluster_id: str) -> list[Json] | Problem:
        """The extensions of a cluster."""
        group, provider, kind, name = _cluster_parts(cluster_id)
        found = await self._extension_call(
            cluster_id,
            lambda ops, hook: _first_page(ops.list(group, provider, kind, name, raw_response_hook=hook)),
        )
        return await self._rest(found)

    async def extension(self, resource_id: str) -> Json | Problem:
        """One extension, in whichever era's body the service answers."""
        cluster_id, _, name = resource_id.rpartition("/providers/")
        group, provider, kind, cluster = _cluster_parts(cluster_id)
        extension = name.rpartition("/")[2]
        return await self._extension_call(
            cluster_id,
            lambda ops, hook: ops.get(group, provider, kind, cluster, extension, raw_response_hook=hook),
        )

    async def workspaces(self, subscription: str) -> list[Json] | Problem:
        """Every machine learning workspace of a subscription."""
        kind = "Microsoft.MachineLearningServices/workspaces"
        return await self.collection(f"/subscriptions/{subscription}/providers/{kind}", VERSIONS[kind.lower()])

    async def workspace(self, workspace_id: str) -> Json | Problem:
        """One workspace."""
        return await self.get(workspace_id, _version_of(workspace_id))

    async def computes(self, workspace_id: str) -> list[Json] | Problem:
        """The computes of a workspace, of all types."""
        return await self.collection(f"{workspace_id}/computes", _version_of(f"{workspace_id}/computes/x"))

    async def relays(self, subscription: str, group: str) -> list[Json] | Problem:
        """The Azure Relay namespaces of a resource group."""
        kind = "Microsoft.Relay/namespaces"
        path = f"/subscriptions/{subscription}/resourceGroups/{group}/providers/{kind}"
        return await self.collection(path, VERSIONS[kind.lower()])

    async def provider(self, subscription: str, namespace: str) -> Json | Problem:
        """A resource provider: its registrationState."""
        return await self.get(f"/subscriptions/{subscription}/providers/{namespace}", RESOURCES)

    async def find(self, subscription: str, resource_type: str) -> list[Json] | Problem:
        """Every resource of a type in a subscription: id, name, type, location, tags."""
        query = {"$filter": f"resourceType eq '{resource_type}'"}
        return await self.collection(f"/subscriptions/{subscription}/resources", RESOURCES, query)

    async def get(self, path: str, api_version: str) -> Json | Problem:
        """One resource by its id."""
        answer = await self.ask(self.endpoint + path, {"api-version": api_version})
        if isinstance(answer, Problem):
            return answer
        return answer.body if isinstance(answer.body, dict) else Problem("an unreadable answer", path)

    async def collection(
        self, path: str, api_version: str, query: Mapping[str, str] | None = None
    ) -> list[Json] | Problem:
        """A collection, all pages."""
        answer = await self.ask(self.endpoint + path, {"api-version": api_version, **(query or {})})
        return await self._rest(answer if isinstance(answer, Problem) else answer.body)

    async def operation(self, url: str) -> Answer | Problem:
        """One look at an operation, for `tui.core.operation.step`: error statuses are answers here."""
        return await self.ask(url, {}, whole=True)

    async def ask(self, url: str, query: Mapping[str, str], *, whole: bool = False) -> Answer | Problem:
        """GET a URL of this endpoint. Never sends the token anywhere else."""
        from azure.core.rest import HttpRequest

        if urlsplit(url)[:2] != urlsplit(self.endpoint)[:2]:
            return Problem("not asked: the address is on another host", failure.host_port(url), code="OtherHost")
        client = await self._open()
        if isinstance(client, Problem):
            return client
        return await self._guard(lambda: client.send_request(HttpRequest("GET", url, params=dict(query))), whole)

    async def close(self) -> None:
        """Close connections and the credential."""
        client, sign_in = self._client, self._credential
        self._client = self._credential = None
        if client is not None:
            await client.close()
        if sign_in is not None:
            await sign_in.close()

    async def _open(self) -> Any:
        if self._client is None:
            from tui.client.arm_pipeline import open_client

            self._credential = self._credential or credential.make(self._settings, self._prompt)
            if self._credential is None:
                return Problem("ARM is switched off", next="choose another sign-in", code="Off")
            self._client = open_client(self._settings, self._credential)
        return self._client

    async def _guard(self, send: Callable[[], Any], whole: bool = False) -> Answer | Problem:
        """The answer of a request of the SDK, its exceptions as Problems."""
        from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

        where = failure.host_port(self.endpoint)
        try:
            response = await send()
        except HttpResponseError as error:
            if error.response is None or (isinstance(error, ClientAuthenticationError) and error.status_code is None):
                return credential.problem_of(error, self._settings)
            response = error.response
        except AzureError as error:
            cause = error.inner_exception
            if isinstance(cause, OSError | TimeoutError):
                return failure.of_exception(cause, self.endpoint)
            return Problem(clean(str(error))[:300], where, code="Connect")
        answer = _answer(response)
        self._note(answer)
        return answer if whole or answer.status < 400 else failure.of_arm(answer.status, answer.body, where)

    def _note(self, answer: Answer) -> None:
        left = answer.headers.get("x-ms-ratelimit-remaining-subscription-reads", "")
        self.remaining = int(left) if left.isdigit() else self.remaining
        if answer.status == 429:
            self.throttled_until = self._clock() + (retry_after(answer.headers) or 30.0)

    async def _rest(self, first: Json | Problem | Any) -> list[Json] | Problem:
        """The items of a first page and of those it leads to."""
        items: list[Json] = []
        page = first
        for _ in range(MOST_PAGES):
            if isinstance(page, Problem):
                return page
            page = page if isinstance(page, dict) else {}
            items += [item for item in page.get("value") or [] if isinstance(item, dict)]
            following = page.get("nextLink")
            if not following:
                break
            answer = await self.ask(str(following), {})
            page = answer if isinstance(answer, Problem) else answer.body
        return items

    async def _extension_call(self, cluster_id: str, call: Callable[[Any, Any], Any]) -> Json | Problem:
        """A call of the official extensions client, with the newest api-version the service takes."""
        opened = await self._open()
        if isinstance(opened, Problem):
            return opened
        versions = EXTENSION_VERSIONS[EXTENSION_VERSIONS.index(self._extension_version) :]
        found: Answer | Problem = Problem("no api-version is supported")
        for version in versions:
            operations = self._operations(arm_id.subscription(cluster_id), version)
            found = await self._guard(partial(_captured, call, operations))
            if not (isinstance(found, Problem) and found.code.lower() in _UNSUPPORTED):
                self._extension_version = version
                break
        if isinstance(found, Problem):
            return found
        return found.body if isinstance(found.body, dict) else Problem("an unreadable answer", cluster_id)

    def _operations(self, subscription: str, version: str) -> Any:
        from tui.client.arm_pipeline import extensions_client

        key = (subscription, version)
        if key not in self._clients:
            self._clients[key] = extensions_client(self._client, self._credential, subscription, version, self.endpoint)
        return self._clients[key].extensions


async def _captured(call: Callable[[Any, Any], Any], operations: Any) -> Any:
    """The HTTP response behind a typed call: the models would drop what they do not know."""
    seen: list[Any] = []
    await call(operations, lambda response: seen.append(response.http_response))
    return seen[-1]


async def _first_page(pages: Any) -> None:
    await anext(pages.by_page().__aiter__(), None)


def _answer(response: Any) -> Answer:
    body: Any = None
    try:
        text = response.text() if callable(response.text) else response.text
        if text.strip():
            import msgspec

            body = msgspec.json.decode(text)
    except (ValueError, TypeError):
        body = None
    return Answer(response.status_code, {name.lower(): value for name, value in response.headers.items()}, body)


def _cluster_parts(cluster_id: str) -> tuple[str, str, str, str]:
    steps = cluster_id.strip("/").split("/")
    provider, kind, name = ([*steps[5:8], "", "", ""])[:3]
    return arm_id.group(cluster_id), provider, kind, name


def _version_of(resource_id: str) -> str:
    steps = resource_id.strip("/").lower().split("/")
    if "providers" not in steps:
        return RESOURCES
    after = steps[len(steps) - 1 - steps[::-1].index("providers") + 1 :]
    return VERSIONS.get("/".join([after[0], *after[1::2]]) if after else "", RESOURCES)
