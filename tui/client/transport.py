"""Requests to one Kubernetes API server.

Owns headers, timeouts, the refusal of writes in a read-only session, and the turning of failures into Problems. Knows
no resource; nothing expected is raised.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from tui.client import failure
from tui.client.connection import Borrowed, Connection
from tui.client.stream import keep_alive, whole
from tui.client.upgrade import HEARTBEAT, UpgradeRefused, connect, leave, pairs
from tui.core.errors import Problem
from tui.core.operation import retry_after

CONNECT: Final = 10.0
"""Seconds to connect."""
READ: Final = 30.0
"""Seconds without a byte that end a plain request, and seconds to the first of an answer."""
LONGEST_DELAY: Final = 600.0
"""A greater Retry-After than this is taken as this."""
ANSWER: Final = 10.0
"""Seconds in which a server that lives says which version it is."""
QUIET: Final = 15.0
"""Seconds without a word of a watch after which its server is asked whether it lives."""
_REVIEWS: Final = "/apis/authorization.k8s.io/v1/selfsubject"
"""POSTs below this path ask, and write nothing."""
_READ_ONLY: Final = Problem("not sent: this is a read-only session", next="start without --read-only", code="ReadOnly")
JSON: Final = "application/json"
METADATA: Final = f"{JSON};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,{JSON}"
"""What a list is asked as when only its metadata is wanted: what else an object holds then stays where it is."""
_AGENT: Final = ("User-Agent", "arcdeck")


class Limits(Struct, frozen=True):
    """Seconds that things may take."""

    connect: float = CONNECT
    read: float = READ
    answer: float = ANSWER
    quiet: float = QUIET


USUAL: Final = Limits()


class Answer(Struct, frozen=True):
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Delayed(Problem, frozen=True):
    """A Problem whose server said when to come back."""

    after: float = 0.0
    """Seconds, from Retry-After."""


class Transport:
    """One API server. Close its connection when done."""

    def __init__(self, connection: Connection, *, read_only: bool = False, limits: Limits = USUAL) -> None:
        self.connection, self.read_only, self.limits = connection, read_only, limits
        self.trouble: Problem | None = None
        """Why the last request got no answer that anybody could use; None: it got one."""

    @asynccontextmanager
    async def stream(
        self, method: str, path: str, query: Mapping[str, Any] | None = None, *, body: Any = None,
        content_type: str = JSON, accept: str = JSON, silence: float | None = None, patience: float | None = None,
    ) -> AsyncIterator[Any]:  # fmt: skip
        """An open answer (aiohttp's) of status 2xx, or a Problem. Released on exit.

        `patience` is how long its head may take, `silence` how long any piece of its body; None: the usual time.
        """
        if self._is_write(method, path):
            yield _READ_ONLY
            return
        async with self.connection.borrow() as borrowed:
            if isinstance(borrowed, Problem):
                self.trouble = borrowed
                yield borrowed
                return
            url = self.connection.server + path + (f"?{urlencode(_present(query))}" if query else "")
            response: Any = None
            try:
                try:
                    response = await self._send(borrowed, method, url, body, (accept, content_type), silence, patience)
                    opened = response if response.status < 300 else await self._refusal(response)
                except Exception as error:
                    opened = failure.of_exception(error, self.connection.server)
                self._note(opened)
                yield opened
            finally:
                if response is not None:
                    response.close()

    async def request(
        self, method: str, path: str, query: Mapping[str, Any] | None = None, **more: Any
    ) -> Answer | Problem:
        """One whole answer. `more` is `body`, `content_type` and `accept`."""
        async with self.stream(method, path, query, **more) as opened:
            if isinstance(opened, Problem):
                return opened
            body = await whole(opened, self.connection.server)
            return body if isinstance(body, Problem) else Answer(opened.status, dict(opened.headers), body)

    async def read(
        self, method: str, path: str, query: Mapping[str, Any] | None = None, **more: Any
    ) -> dict[str, Any] | Problem:
        """One JSON object by its path."""
        answer = await self.request(method, path, query, **more)
        if isinstance(answer, Problem):
            return answer
        try:
            found = msgspec.json.decode(answer.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            found = None
        return found if isinstance(found, dict) else Problem("an unreadable answer", self.connection.context)

    @asynccontextmanager
    async def upgrade(
        self, path: str, query: Iterable[tuple[str, Any]], protocols: Sequence[str], *, reads: bool = False,
        heartbeat: float | None = HEARTBEAT,
    ) -> AsyncIterator[Any]:  # fmt: skip
        """An open WebSocket (aiohttp's), or a Problem. Closed on exit.

        `reads`: nothing can be changed through it, so a read-only session may open it. A 401 renews the credentials
        once. Without `heartbeat` a peer that is gone without a word is noticed by TCP only.
        """
        if self.read_only and not reads:
            yield _READ_ONLY
            return
        async with AsyncExitStack() as ends:
            opened = await self._upgraded(ends, path, query, protocols, heartbeat)
            if isinstance(opened, Problem) and opened.status == 401 and await self.connection.renew() is None:
                opened = await self._upgraded(ends, path, query, protocols, heartbeat)
            yield opened

    async def _upgraded(
        self, ends: AsyncExitStack, path: str, query: Iterable[tuple[str, Any]], protocols: Sequence[str],
        heartbeat: float | None,
    ) -> Any:  # fmt: skip
        borrowed = await ends.enter_async_context(self.connection.borrow())
        if isinstance(borrowed, Problem):
            return borrowed
        server = self.connection.server
        url = f"{server}{path}?{urlencode(pairs(query))}"
        try:
            headers = (_AGENT, *borrowed.headers)
            socket = await connect(borrowed.api, url, headers, protocols, heartbeat, self.limits.read)
        except UpgradeRefused as refused:
            return failure.of_status(refused.status, refused.body, self.connection.context)
        except Exception as error:
            return failure.of_exception(error, server)
        ends.push_async_callback(leave, socket)
        if heartbeat is None:
            keep_alive(socket._response)
        return socket

    async def _send(
        self, borrowed: Borrowed, method: str, url: str, body: Any, types: tuple[str, str], silence: float | None,
        patience: float | None,
    ) -> Any:  # fmt: skip
        import aiohttp
        from multidict import CIMultiDict

        limits, silence = self.limits, self.limits.read if silence is None else silence
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=limits.connect, sock_read=silence)
        async with asyncio.timeout(limits.read if patience is None else patience):
            told = (("Accept", types[0]), ("Content-Type", types[1]), _AGENT)
            headers = CIMultiDict([*told, *borrowed.headers])
            response = (await borrowed.api.call_api(method, url, headers, body, _request_timeout=timeout)).response
        if silence > limits.read:
            keep_alive(response)
        return response

    async def _refusal(self, response: Any) -> Problem:
        async with asyncio.timeout(self.limits.read):
            problem = failure.of_status(response.status, await response.read(), self.connection.context)
        after = retry_after({name.lower(): value for name, value in response.headers.items()})
        if not after:
            return problem
        return Delayed(
            problem.what, problem.where, problem.next, problem.status, problem.code, min(after, LONGEST_DELAY)
        )  # fmt: skip

    def _is_write(self, method: str, path: str) -> bool:
        """Whether a read-only session must not send it."""
        return self.read_only and method not in ("GET", "HEAD") and not path.startswith(_REVIEWS)

    def _note(self, opened: Any) -> None:
        lost = isinstance(opened, Problem) and opened.status in (0, 401)
        self.trouble = opened if lost else None


def _present(query: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in query.items() if value is not None}
