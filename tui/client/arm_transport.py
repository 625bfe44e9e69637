"""Requests to one Azure Resource Manager endpoint.

Owns the pipeline's life, throttling, the one retry after a 401, the turning of failures into Problems, and the refusal
of every write in a read-only session. Sends the token to no other host. Knows no resource. The azure packages are
imported in a thread, with the first request.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from tui.client import credential, failure
from tui.client.clouds import cloud_of
from tui.client.device import Prompt
from tui.client.unrepeated import unrepeated
from tui.core.errors import Problem, UsageProblem
from tui.core.operation import Answer, retry_after
from tui.core.text import clean
from tui.settings import Settings

THROTTLED: Final = 30.0
"""Seconds to wait after a 429 that does not say."""
LONGEST_DELAY: Final = 600.0
"""A greater Retry-After than this is taken as this."""
READS: Final = frozenset({"GET", "HEAD"})
"""All other methods are writes to a read-only session, those that only hand out keys too."""
READ_ONLY: Final = Problem("not sent: this is a read-only session", next="start without --read-only", code="ReadOnly")


class ArmTransport:
    """One ARM endpoint, one identity. `close` when done."""

    def __init__(
        self, settings: Settings, *, prompt: Prompt | None = None,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._settings, self._prompt, self._tick = settings, prompt, tick
        self.endpoint = cloud_of(settings).arm
        self.where = failure.host_port(self.endpoint)
        self._opening = asyncio.Lock()
        self._closed = False
        self._client: Any = None
        self._sign_in: credential.SignIn | None = None
        self._quiet_until = float("-inf")
        self.remaining: int | None = None
        """Reads left in this hour, as the service counts them."""
        self.trouble: Problem | None = None
        """Why the last request got no answer that anybody could use; None: it got one."""

    def delay(self) -> float:
        """Seconds for which the service asked not to be asked (Retry-After)."""
        return max(self._quiet_until - self._tick(), 0.0)

    @property
    def read_only(self) -> bool:
        """Whether it refuses to write."""
        return self._settings.read_only

    def sign_in_again(self) -> None:
        """The operator signed in elsewhere: do not rest on an earlier failure."""
        if self._sign_in is not None:
            self._sign_in.again()

    async def ask(self, url: str, query: Mapping[str, str], *, whole: bool = False) -> Answer | Problem:
        """GET a URL of this endpoint."""
        return await self.send_to("GET", url, query, whole=whole)

    async def send_to(
        self, method: str, url: str, query: Mapping[str, str], *, body: Any = None, whole: bool = False
    ) -> Answer | Problem:
        """One request to a URL of this endpoint. Never sends the token anywhere else, nor a write when read-only.

        `whole`: answers of every status are answers, not only those below 400.
        """
        if method not in READS and self._settings.read_only:
            return READ_ONLY
        if not _same_host(url, self.endpoint):
            return Problem("not asked: the address is on another host", failure.host_port(url), code="OtherHost")
        client = await self.open()
        if isinstance(client, Problem):
            return client
        from azure.core.rest import HttpRequest

        content: dict[str, Any] = {} if body is None else {"json": body}
        options = {} if method in READS else {"middlewares": (unrepeated,)}

        async def send() -> Any:
            return await client.send_request(HttpRequest(method, url, params=dict(query), **content), **options)

        return await self.guard(send, whole)

    async def close(self) -> None:
        """Close connections and the credential."""
        self._closed = True
        client, sign_in = self._client, self._sign_in
        self._client = self._sign_in = None
        if client is not None:
            await client.close()
        if sign_in is not None:
            await sign_in.close()

    async def open(self) -> Any:
        """The official pipeline client, or a Problem."""
        async with self._opening:
            if self._client is None:
                found = self._connect(await asyncio.to_thread(_imported, self._settings))
                if isinstance(found, Problem):
                    self.trouble = found
                    return found
            return self._client

    def _connect(self, pipeline: Any) -> Problem | None:
        if self._closed:
            return Problem("the connection is closed", self.where, code="Closed")
        made = self._sign_in or credential.make(self._settings, self._prompt)
        if isinstance(made, Problem):
            return made
        self._sign_in = made
        try:
            self._client = pipeline.open_client(self._settings, made)
        except (UsageProblem, OSError) as error:
            return Problem(clean(str(error)), self.where, failure.ARM_CA, code="Setup")
        return None

    async def guard(self, send: Callable[[], Awaitable[Any]], whole: bool = False) -> Answer | Problem:
        """The answer of a request of the SDK. A 401 is tried once more: the pipeline then takes a new token."""
        found = await self._once(send)
        if isinstance(found, Answer) and found.status == 401:
            found = await self._once(send)
        if isinstance(found, Answer) and not whole and found.status >= 400:
            found = failure.of_arm(found.status, found.body, self.where)
        self.trouble = found if isinstance(found, Problem) and found.status in (0, 401) else None
        return found

    async def _once(self, send: Callable[[], Awaitable[Any]]) -> Answer | Problem:
        """Send, its exceptions as Problems."""
        from azure.core.exceptions import AzureError, HttpResponseError

        try:
            response = await send()
        except credential.SignedOut as error:
            return error.problem
        except HttpResponseError as error:
            if error.response is None:
                return Problem(clean(str(error))[:300], self.where, code="Broken")
            response = error.response
        except AzureError as error:
            return self._broken(error)
        except UnicodeDecodeError as error:
            return Problem(f"an unreadable answer: {error.reason}", self.where, code="Unreadable")
        answer = _answer(response)
        self._note(answer)
        return answer

    def _broken(self, error: Any) -> Problem:
        try:
            return failure.of_exception(error.inner_exception or error, self.endpoint, failure.ARM_CA)
        except Exception:  # it is no network failure: the SDK's own words are the best there are
            return Problem(clean(str(error))[:300], self.where, code="Broken")

    def _note(self, answer: Answer) -> None:
        left = answer.headers.get("x-ms-ratelimit-remaining-subscription-reads", "")
        self.remaining = int(left) if left.isdigit() else self.remaining
        if answer.status in (429, 503):
            wait = retry_after(answer.headers) or (THROTTLED if answer.status == 429 else 0.0)
            self._quiet_until = max(self._quiet_until, self._tick() + min(wait, LONGEST_DELAY))


def _imported(settings: Settings) -> Any:
    """The pipeline module, and what the sign-in will need: a tenth of a second that is not the loop's."""
    if settings.demo is None:
        import_module("azure.identity.aio")
    return import_module("tui.client.arm_pipeline")


def _same_host(url: str, other: str) -> bool:
    """Scheme, host and port are equal, however they are written."""
    try:
        one, two = urlsplit(url), urlsplit(other)
        return (one.scheme, one.hostname, one.port or 443) == (two.scheme, two.hostname, two.port or 443)
    except ValueError:
        return False


def _answer(response: Any) -> Answer:
    try:
        body = msgspec.json.decode(response.text() or "null")
    except (msgspec.DecodeError, ValueError, TypeError):
        body = None
    return Answer(response.status_code, {name.lower(): value for name, value in response.headers.items()}, body)
