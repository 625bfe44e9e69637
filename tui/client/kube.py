"""The Kubernetes API: list, watch, get, delete, apply, logs, permissions.

Owns URLs, timeouts and the wording of refusals. Answers are values: rows, decoded JSON, or a Problem; nothing
expected is raised. A read-only client refuses every write here, below all screens.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Struct

from tui.client import failure
from tui.client.audit import Audit, apply_command, delete_command
from tui.client.connection import USER_AGENT, Connection
from tui.client.stream import chunks
from tui.client.wire import LineSplitter, PageOfRows, WatchBatch, decode_page, decode_watch
from tui.core.errors import Problem
from tui.core.kind import Kind
from tui.core.operation import retry_after

CONNECT: Final = 10.0
"""Seconds to connect."""
READ: Final = 30.0
"""Seconds without a byte that end a plain request."""
PAGE: Final = 500
"""Objects a page: smaller costs round trips, larger blocks the loop (measured)."""
SILENCE: Final = 120.0
"""Seconds without a byte after which a watch counts as dead; bookmarks come each minute."""
FIELD_MANAGER: Final = "arcdeck"
_READ_ONLY: Final = Problem("not sent: this is a read-only session", next="start without --read-only")
_JSON: Final = {"Accept": "application/json", "User-Agent": USER_AGENT}


class Answer(Struct, frozen=True):
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Delayed(Problem, frozen=True):
    """A Problem whose server said when to come back."""

    after: float = 0.0
    """Seconds, from Retry-After."""


class KubeClient:
    """One API server. Close its connection when done."""

    def __init__(self, connection: Connection, *, read_only: bool = False, audit: Audit | None = None) -> None:
        self.connection, self.read_only, self._audit = connection, read_only, audit

    @asynccontextmanager
    async def stream(
        self, method: str, path: str, query: Mapping[str, Any] | None = None, *, body: Any = None,
        content_type: str = "application/json", silence: float = READ,
    ) -> AsyncIterator[Any]:  # fmt: skip
        """An open answer (aiohttp's) of status 2xx, or a Problem. Released on exit."""
        import aiohttp

        url, response = self.connection.server, None
        try:
            opened: Any = await self.connection.client()
            if not isinstance(opened, Problem):
                url = self.connection.server + path + (f"?{urlencode(_present(query))}" if query else "")
                timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT, sock_read=silence)
                headers = {**_JSON, **await self.connection.headers(), "Content-Type": content_type}
                response = (await opened.call_api(method, url, headers, body, _request_timeout=timeout)).response
                opened = response if response.status < 300 else await _refusal(response, self.connection.context)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            opened = failure.of_exception(error, url)
        try:
            yield opened
        finally:
            if response is not None:
                response.close()

    async def request(
        self, method: str, path: str, query: Mapping[str, Any] | None = None, **more: Any
    ) -> Answer | Problem:
        """One whole answer. `more` is `body` and `content_type`."""
        async with self.stream(method, path, query, **more) as opened:
            if isinstance(opened, Problem):
                return opened
            body = await _read(opened, self.connection.server)
            return body if isinstance(body, Problem) else Answer(opened.status, dict(opened.headers), body)

    async def list_pages(
        self, kind: Kind, namespace: str | None = None, limit: int = PAGE
    ) -> AsyncGenerator[PageOfRows | Problem, None]:
        """The collection page by page; a Problem is the last thing it gives."""
        token = ""
        while True:
            query = {"limit": limit, "continue": token or None}
            answer = await self.request("GET", kind.path(namespace), query)
            if isinstance(answer, Problem):
                yield answer
                return
            try:
                page = decode_page(kind, answer.body)
            except msgspec.DecodeError as error:
                yield Problem(f"{kind.resource}: an unreadable answer: {error}", self.connection.context)
                return
            yield page
            token = page.next
            if not token:
                return

    async def watch(
        self, kind: Kind, namespace: str | None, version: str, *, seconds: int = 300, silence: float = SILENCE
    ) -> AsyncGenerator[WatchBatch | Problem, None]:
        """What changes from `version` on: an empty batch once it is open, then batches; a Problem ends it.

        It ends without a Problem when the server closes after about `seconds`, which is normal.
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
            async for chunk in chunks(opened, self.connection.server):
                if isinstance(chunk, Problem):
                    yield chunk
                    return
                batch = _batch(kind, lines.feed(chunk), self.connection.context)
                yield batch
                if isinstance(batch, Problem):
                    return

    async def get(self, kind: Kind, key: str) -> dict[str, Any] | Problem:
        """The whole object as JSON."""
        return await self.read("GET", kind.object_path(key))

    async def delete(self, kind: Kind, key: str, *, dry_run: bool = False) -> Problem | None:
        """Ask for its deletion; the watch tells when it is gone."""
        command = delete_command(self.connection.context, kind, key)
        done = await self._write(
            "DELETE", kind.object_path(key), {"dryRun": "All" if dry_run else None},
            verb="delete", resource=kind.resource, key=key, command=command, dry_run=dry_run,
        )  # fmt: skip
        return done if isinstance(done, Problem) else None

    async def apply(
        self,
        obj: Mapping[str, Any],
        *,
        dry_run: bool = False,
        force: bool = False,
        field_manager: str = FIELD_MANAGER,
    ) -> dict[str, Any] | Problem:
        """Server-side apply. A conflict is a Problem that names the other managers and the fields."""
        path = await self._path_of(obj)
        if isinstance(path, Problem):
            return path
        url, resource, key = path
        query = {
            "fieldManager": field_manager,
            "force": "true" if force else None,
            "dryRun": "All" if dry_run else None,
        }
        return await self._write(
            "PATCH", url, query, body=_without_server_fields(obj), content_type="application/apply-patch+yaml",
            verb="apply", resource=resource, key=key, dry_run=dry_run,
            command=apply_command(self.connection.context, field_manager, force),
        )  # fmt: skip

    async def _write(
        self, method: str, path: str, query: Mapping[str, Any], *, verb: str, resource: str, key: str,
        command: str, dry_run: bool, **more: Any,
    ) -> dict[str, Any] | Problem:  # fmt: skip
        if self.read_only:
            return _READ_ONLY
        intent = None
        if self._audit is not None:
            intent = self._audit.intent(self.connection.context, verb, resource, key, command, dry_run)
            unwritten = self._audit.write(intent)
            if unwritten is not None:
                return unwritten
        done = await self.read(method, path, query, **more)
        if self._audit is not None and intent is not None:
            self._audit.write(self._audit.outcome(intent, done if isinstance(done, Problem) else None))
        return done

    async def _path_of(self, obj: Mapping[str, Any]) -> tuple[str, str, str] | Problem:
        """URL path, resource and key of an object, its plural asked from discovery."""
        version, kind = str(obj.get("apiVersion") or ""), str(obj.get("kind") or "")
        meta = obj.get("metadata") if isinstance(obj.get("metadata"), dict) else {}
        name, namespace = str((meta or {}).get("name") or ""), str((meta or {}).get("namespace") or "")
        if not (version and kind and name):
            return Problem("needs apiVersion, kind and metadata.name", code="Invalid")
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        found = await self.read("GET", root)
        if isinstance(found, Problem):
            return found
        for resource in found.get("resources") or []:
            if resource.get("kind") == kind and "/" not in resource.get("name", "/"):
                plural = resource["name"]
                scope = f"/namespaces/{quote(namespace or 'default')}" if resource.get("namespaced") else ""
                group = version.partition("/")[0] if "/" in version else ""
                key = f"{namespace or 'default'}/{name}" if resource.get("namespaced") else name
                return f"{root}{scope}/{plural}/{quote(name)}", f"{plural}.{group}".rstrip("."), key
        return Problem(f"the server knows no {kind} in {version}", self.connection.context, code="NotFound", status=404)

    async def events_of(self, uid: str, namespace: str) -> list[dict[str, Any]] | Problem:
        """The core/v1 events about one object, as the API sends them."""
        path = f"/api/v1/namespaces/{quote(namespace or 'default')}/events"
        found = await self.read("GET", path, {"fieldSelector": f"involvedObject.uid={uid}", "limit": PAGE})
        return found if isinstance(found, Problem) else list(found.get("items") or [])

    async def version(self) -> str | Problem:
        """`v1.31.2`: also the first contact."""
        found = await self.read("GET", "/version")
        return found if isinstance(found, Problem) else str(found.get("gitVersion") or "")

    async def can_i(self, verb: str, resource: str, namespace: str = "", name: str = "") -> bool | None:
        """Whether we may (`resource` as kubectl names it: `pods/log`, `jobs.batch`); None when it will not say."""
        plural, _, group = resource.partition(".")
        plural, _, sub = plural.partition("/")
        attributes = {
            "verb": verb, "resource": plural, "group": group, "subresource": sub, "namespace": namespace, "name": name,
        }  # fmt: skip
        body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
                "spec": {"resourceAttributes": attributes}}  # fmt: skip
        found = await self.read("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body=body)
        if isinstance(found, Problem) or not isinstance(found.get("status"), dict):
            return None
        return bool(found["status"].get("allowed"))

    async def rules(self, namespace: str) -> list[dict[str, Any]] | Problem:
        """What we may do in a namespace: the resource rules of SelfSubjectRulesReview."""
        body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview",
                "spec": {"namespace": namespace}}  # fmt: skip
        found = await self.read("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", body=body)
        return found if isinstance(found, Problem) else list((found.get("status") or {}).get("resourceRules") or [])

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


def _present(query: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in query.items() if value is not None}


def _without_server_fields(obj: Mapping[str, Any]) -> dict[str, Any]:
    """Server-side apply refuses managedFields; the other fields are the server's own and would be claimed."""
    theirs = ("managedFields", "uid", "resourceVersion", "creationTimestamp", "generation", "selfLink")
    metadata = {key: value for key, value in obj.get("metadata", {}).items() if key not in theirs}
    return {**{key: value for key, value in obj.items() if key != "status"}, "metadata": metadata}


def _batch(kind: Kind, lines: list[bytes], where: str) -> WatchBatch | Problem:
    try:
        batch = decode_watch(kind, lines)
    except msgspec.DecodeError as error:
        return Problem(f"{kind.resource}: an unreadable watch line: {error}", where)
    if batch.error is None:
        return batch
    code = batch.error.get("code")
    return failure.of_status(code if isinstance(code, int) else 500, msgspec.json.encode(batch.error), where)


async def _refusal(response: Any, where: str) -> Problem:
    problem = failure.of_status(response.status, await response.read(), where)
    after = retry_after({name.lower(): value for name, value in response.headers.items()})
    return Delayed(problem.what, problem.where, problem.next, problem.status, problem.code, after) if after else problem


async def _read(response: Any, url: str) -> bytes | Problem:
    import aiohttp

    try:
        body: bytes = await response.read()
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        return failure.of_exception(error, url)
    return body
