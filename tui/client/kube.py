"""The Kubernetes API: list, watch, get, events, permissions; and the writes of its base.

Owns URLs and page sizes. Answers are values: rows, decoded JSON, or a Problem; nothing expected is raised.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Final
from urllib.parse import quote

import msgspec
from msgspec import Struct

from tui.client import failure
from tui.client.connection import Connection
from tui.client.pulse import Pulse
from tui.client.stream import QUIET, chunks
from tui.client.wire import LineSplitter, PageOfRows, WatchBatch, decode_page, decode_watch
from tui.client.writes import Writer
from tui.core.errors import Problem
from tui.core.kind import Kind

PAGE: Final = 500
"""Objects a page: smaller costs round trips, larger blocks the loop (measured)."""
SILENCE: Final = 120.0
"""Seconds without a byte after which a watch counts as dead; bookmarks come each minute."""
UNREADABLE: Final = "Unreadable"
"""The code of an answer that is no Kubernetes list or watch."""


class Lull(Struct, frozen=True):
    """A watch has said nothing for a while. `problem`: its server does not answer other questions either."""

    problem: Problem | None


class KubeClient(Writer):
    """One API server. Close its connection when done."""

    def __init__(self, connection: Connection, **more: Any) -> None:
        super().__init__(connection, **more)
        self._pulse = Pulse(self._lives)

    async def list_pages(
        self, kind: Kind, namespace: str | None = None, limit: int = PAGE
    ) -> AsyncGenerator[PageOfRows | Problem, None]:
        """The collection page by page; a Problem is the last thing it gives."""
        token = ""
        while True:
            answer = await self.request("GET", kind.path(namespace), {"limit": limit, "continue": token or None})
            if isinstance(answer, Problem):
                yield answer
                return
            try:
                page = decode_page(kind, answer.body)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                yield self._unreadable(kind, f"an unreadable answer: {error}")
                return
            yield page
            token = page.next
            if not token:
                return

    async def watch(
        self, kind: Kind, namespace: str | None, version: str, *, seconds: int = 300, silence: float = SILENCE
    ) -> AsyncGenerator[WatchBatch | Lull | Problem, None]:
        """What changes from `version` on: an empty batch once it is open, then batches; a Problem ends it.

        It ends without a Problem when the server closes after about `seconds`, which is normal. While it is quiet, a
        Lull tells now and then whether the server lives; the watch goes on.
        """
        query = {
            "watch": "true", "resourceVersion": version, "allowWatchBookmarks": "true", "timeoutSeconds": seconds,
        }  # fmt: skip
        async with self.stream("GET", kind.path(namespace), query, silence=silence) as opened:
            if isinstance(opened, Problem):
                yield opened
                return
            yield WatchBatch()
            lines = LineSplitter()
            async with aclosing(chunks(opened, self.connection.server, self.limits.quiet)) as parts:
                async for chunk in parts:
                    if chunk == QUIET:
                        yield Lull(await self._pulse.feel())
                        continue
                    for found in self._batches(kind, lines, chunk):
                        yield found
                        if isinstance(found, Problem):
                            return

    def _batches(self, kind: Kind, lines: LineSplitter, chunk: bytes | Problem) -> list[WatchBatch | Problem]:
        """What one piece of a watch says; rows that came before an ERROR line are not lost."""
        if isinstance(chunk, Problem):
            return [chunk]
        whole = lines.feed(chunk)
        if not whole:
            return []
        try:
            batch = decode_watch(kind, whole)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return [self._unreadable(kind, f"an unreadable watch line: {error}")]
        if batch.error is None:
            return [batch]
        code = batch.error.get("code")
        status, body = code if isinstance(code, int) else 500, msgspec.json.encode(batch.error)
        problem = failure.of_status(status, body, self.connection.context)
        return [batch, problem] if batch.rows else [problem]

    def _unreadable(self, kind: Kind, what: str) -> Problem:
        step = "is the kubeconfig's server a Kubernetes API?"
        return Problem(f"{kind.resource}: {what}", self.connection.context, step, code=UNREADABLE)

    async def get(self, kind: Kind, key: str) -> dict[str, Any] | Problem:
        """The whole object as JSON."""
        return await self.read("GET", kind.object_path(key))

    async def events_of(self, uid: str, namespace: str) -> list[dict[str, Any]] | Problem:
        """The core/v1 events about one object, as the API sends them."""
        path = f"/api/v1/namespaces/{quote(namespace or 'default', safe='')}/events"
        found = await self.read("GET", path, {"fieldSelector": f"involvedObject.uid={uid}", "limit": PAGE})
        return found if isinstance(found, Problem) else list(found.get("items") or [])

    async def version(self) -> str | Problem:
        """`v1.31.2`: also the first contact."""
        found = await self.read("GET", "/version")
        return found if isinstance(found, Problem) else str(found.get("gitVersion") or "")

    async def _lives(self) -> Problem | None:
        """None when it answers, be it with a refusal. A gateway with nobody behind it is no answer."""
        answer = await self.request("GET", "/version", patience=self.limits.answer, silence=self.limits.answer)
        return answer if isinstance(answer, Problem) and (answer.status == 0 or answer.status >= 500) else None

    async def can_i(self, verb: str, resource: str, namespace: str = "", name: str = "") -> bool | None:
        """Whether we may (`resource` as kubectl names it: `pods/log`, `jobs.batch`); None when it will not say."""
        whole, _, sub = resource.partition("/")
        plural, _, group = whole.partition(".")
        attributes = {
            "verb": verb, "resource": plural, "group": group, "subresource": sub, "namespace": namespace, "name": name,
        }  # fmt: skip
        found = await self._review("SelfSubjectAccessReview", {"resourceAttributes": attributes})
        if isinstance(found, Problem) or not isinstance(found.get("status"), dict):
            return None
        return bool(found["status"].get("allowed"))

    async def rules(self, namespace: str) -> list[dict[str, Any]] | Problem:
        """What we may do in a namespace: the resource rules of SelfSubjectRulesReview."""
        found = await self._review("SelfSubjectRulesReview", {"namespace": namespace})
        return found if isinstance(found, Problem) else list((found.get("status") or {}).get("resourceRules") or [])

    async def _review(self, kind: str, spec: dict[str, Any]) -> dict[str, Any] | Problem:
        body = {"apiVersion": "authorization.k8s.io/v1", "kind": kind, "spec": spec}
        return await self.read("POST", f"/apis/authorization.k8s.io/v1/{kind.lower()}s", body=body)
