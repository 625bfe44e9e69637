"""One Kubernetes API server, reached and signed in to as the kubeconfig says.

Owns the official client's Configuration and ApiClient, and credentials as they expire. The kubernetes package is
imported in a thread by `open`, not by this module: it takes a third of a second. Knows no resource.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any, Final

from msgspec import Struct

from tui.client import failure
from tui.client.certificates import fitted
from tui.client.choice import Choice
from tui.client.exec_plugin import Credential, ExecPlugin
from tui.client.identity import Headers, authorization, impersonation
from tui.client.shared import Shared
from tui.client.upgrade import refusals
from tui.core.errors import Problem, UsageProblem

RENEWED_FOR: Final = 5.0
"""Seconds for which one renewal answers all who were refused."""


class Borrowed(Struct, frozen=True):
    """What to send a request with."""

    api: Any
    """The official ApiClient."""
    headers: Headers
    """They sign the request."""

    def __repr__(self) -> str:
        return "Borrowed(…)"


class _Channel:
    """One TLS identity: an ApiClient, what it was made of, and how many use it."""

    def __init__(self, api: Any, origin: tuple[Any, ...]) -> None:
        self.api, self.origin = api, origin
        self.users = 0
        self.retired = False

    async def close_unused(self) -> None:
        if self.retired and not self.users:
            await self.api.close()


class Connection:
    """A server and how to sign in there. Close it with `close`."""

    def __init__(
        self, choice: Choice, *, reload: Callable[[], Choice] | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        """`reload` reads the kubeconfig again: another program may have signed in anew."""
        self._reload, self._clock = reload, clock
        self._channel: _Channel | None = None
        self._building = asyncio.Lock()
        self._renewing: Shared[Problem | None] = Shared()
        self._renewed: tuple[float, Problem | None] | None = None
        self._closed = False
        self._read = 0
        """How often certificates had to be read anew."""
        self._choose(choice)

    def _choose(self, choice: Choice) -> None:
        spec = choice.user.get("exec")
        self.context, self.server, self.namespace = choice.context, choice.server, choice.namespace
        self._choice = choice
        self._read += 1
        self._plugin = (
            ExecPlugin(spec, choice.cluster, choice.base, self._clock) if isinstance(spec, dict) else None
        )  # fmt: skip
        self._sign = authorization(choice, self._clock)
        self._own = impersonation(choice.user)

    async def open(self) -> None:
        """Read the certificates; nothing is sent yet. Raises UsageProblem for what the kubeconfig got wrong."""
        async with self._building:
            await self._build(Credential())

    @asynccontextmanager
    async def borrow(self) -> AsyncIterator[Borrowed | Problem]:
        """What to send one request with; it stays good until the block ends, however long that takes."""
        try:
            found = await self._signed()
        except UsageProblem as problem:
            found = Problem(str(problem), next="mend the kubeconfig", code="Kubeconfig")
        if isinstance(found, Problem):
            yield found
            return
        channel, headers = found
        channel.users += 1
        try:
            yield Borrowed(channel.api, headers)
        finally:
            channel.users -= 1
            await channel.close_unused()

    async def renew(self) -> Problem | None:
        """The server said 401: get new credentials. Who asks a moment later gets the same answer."""
        if self._renewed is not None and time.monotonic() - self._renewed[0] < RENEWED_FOR:
            return self._renewed[1]
        return await self._renewing.get(self._renew)

    async def close(self) -> None:
        """Close every connection; those of requests under way break."""
        self._closed = True
        channel, self._channel = self._channel, None
        if channel is not None:
            await channel.api.close()

    async def _signed(self) -> tuple[_Channel, Headers] | Problem:
        """The channel of the credential in force, and the headers that go with it."""
        credential = await self._plugin.credential() if self._plugin is not None else Credential()
        if isinstance(credential, Problem):
            return credential
        async with self._building:
            if self._closed:
                return Problem("the connection is closed", failure.host_port(self.server), code="Closed")
            channel = self._channel
            if channel is None or channel.origin != self._origin(credential):
                channel = await self._build(credential)
            signature = credential.token or await self._sign.token()
        if isinstance(signature, Problem):
            return signature
        headers = [*self._own, *([("Authorization", _scheme(signature))] if signature else [])]
        return channel, tuple(headers)

    def _origin(self, credential: Credential) -> tuple[Any, ...]:
        return self._read, credential.certificate, credential.key

    async def _build(self, credential: Credential) -> _Channel:
        official = await asyncio.to_thread(import_module, "kubernetes.aio.client")
        configuration = official.Configuration()
        choice = self._choice
        configuration.host = choice.server
        configuration.verify_ssl = not choice.cluster.get("insecure-skip-tls-verify")
        configuration.tls_server_name = choice.cluster.get("tls-server-name") or None
        configuration.proxy = choice.proxy or None
        configuration.connection_pool_maxsize = 0  # watches and logs hold one connection each: no limit
        # aiohttp's own reading of the environment takes ~/.netrc too, and fails when that and a token both apply.
        configuration.client_session_kwargs = {"trust_env": False, "middlewares": (refusals,)}
        # Old cluster CAs lack extensions that Python 3.13 insists on and kubectl does not.
        configuration.disable_strict_ssl_verification = True
        with fitted(configuration, choice, credential):
            channel = _Channel(official.ApiClient(configuration), self._origin(credential))
        old, self._channel = self._channel, channel
        if old is not None:
            old.retired = True
            await old.close_unused()  # else with the last stream on it
        return channel

    async def _renew(self) -> Problem | None:
        self._read_again()
        if self._plugin is not None:
            self._plugin.forget()
            found = await self._plugin.credential()
            answer = found if isinstance(found, Problem) else None
        else:
            answer = await self._sign.renew()
            if self._choice.user.get("client-certificate"):
                self._read += 1  # the file may hold a new one
        self._renewed = (time.monotonic(), answer)
        return answer

    def _read_again(self) -> None:
        if self._reload is None:
            return
        try:
            choice = self._reload()
        except UsageProblem:
            return  # what is known may still do
        if choice != self._choice and choice.server == self._choice.server:
            self._choose(choice)


def _scheme(signature: str) -> str:
    """`Bearer` unless it says otherwise: tokens hold no space."""
    return signature if " " in signature else f"Bearer {signature}"
