"""Writes to the Kubernetes API: delete and server-side apply, each on record.

Owns the path of an object as the server's discovery tells it, what of an object is not ours to send, and the order in
which the items of a list go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import msgspec
from msgspec.structs import replace

from tui.client.audit import Audit, Entry, apply_command, delete_command
from tui.client.connection import Connection
from tui.client.transport import USUAL, Limits, Transport
from tui.core.errors import Problem
from tui.core.kind import Kind
from tui.core.text import clean
from tui.domain.wire import dig

FIELD_MANAGER: Final = "arcdeck"
_THEIRS: Final = ("managedFields", "uid", "resourceVersion", "creationTimestamp", "generation", "selfLink")


class Writer(Transport):
    """Writes, and records each before and after."""

    def __init__(
        self, connection: Connection, *, read_only: bool = False, audit: Audit | None = None,
        limits: Limits = USUAL,
    ) -> None:  # fmt: skip
        super().__init__(connection, read_only=read_only, limits=limits)
        self._audit = audit

    async def delete(self, kind: Kind, key: str, *, dry_run: bool = False) -> Problem | None:
        """Ask for its deletion; the watch tells when it is gone."""
        command = delete_command(self.connection.context, kind, key, dry_run)
        query = {"dryRun": "All" if dry_run else None}
        intent = self._intent("delete", kind.resource, key, command, dry_run)
        done = await self._write(intent, "DELETE", kind.object_path(key), query)
        return done if isinstance(done, Problem) else None

    async def apply(
        self, obj: Mapping[str, Any], *, dry_run: bool = False, force: bool = False, field_manager: str = FIELD_MANAGER
    ) -> dict[str, Any] | Problem:
        """Server-side apply. A conflict is a Problem with the code `Conflict` that says who manages which fields;
        only `force` takes them over.

        The items of a list (`InstanceTypeList`, `List`) are applied one after the other, up to the first that is
        refused: that Problem tells which ones were applied before, and to apply the list again does no harm.
        """
        items = _items_of(obj)
        if items is None:
            return await self._apply(obj, dry_run, force, field_manager)
        if isinstance(items, Problem):
            return items
        done: list[dict[str, Any]] = []
        for item in items:
            found = await self._apply(item, dry_run, force, field_manager)
            if isinstance(found, Problem):
                return _stopped(found, items, len(done), dry_run)
            done.append(found)
        return {**obj, "items": done}

    async def _apply(
        self, obj: Mapping[str, Any], dry_run: bool, force: bool, field_manager: str
    ) -> dict[str, Any] | Problem:
        try:
            body = msgspec.to_builtins(_ours(obj))  # a date that YAML made of a value is text again
        except (TypeError, ValueError) as error:
            return Problem(f"not JSON: {error}", code="Invalid")
        path = await self._path_of(obj)
        if isinstance(path, Problem):
            return path
        url, resource, key = path
        query = {
            "fieldManager": field_manager,
            "force": "true" if force else None,
            "dryRun": "All" if dry_run else None,
        }
        command = apply_command(self.connection.context, field_manager, force, dry_run)
        intent = self._intent("apply", resource, key, command, dry_run)
        return await self._write(intent, "PATCH", url, query, body=body, content_type="application/apply-patch+yaml")

    def _intent(self, verb: str, resource: str, key: str, command: str, dry_run: bool) -> Entry | None:
        if self._audit is None:
            return None
        return self._audit.intent(self.connection.context, verb, resource, key, command, dry_run)

    async def _write(
        self, intent: Entry | None, method: str, path: str, query: Mapping[str, Any], **more: Any
    ) -> dict[str, Any] | Problem:
        """Send what was recorded; a read-only session records nothing, because nothing is sent."""
        if self._audit is None or intent is None or self._is_write(method, path):
            return await self.read(method, path, query, **more)
        unwritten = self._audit.write(intent)
        if unwritten is not None:
            return unwritten
        try:
            done = await self.read(method, path, query, **more)
        except BaseException:
            self._audit.write(self._audit.interrupted(intent))
            raise
        self._audit.write(self._audit.outcome(intent, done if isinstance(done, Problem) else None))
        return done

    async def _path_of(self, obj: Mapping[str, Any]) -> tuple[str, str, str] | Problem:
        """URL path, resource and key of an object, its plural asked from discovery."""
        version, kind = str(obj.get("apiVersion") or ""), str(obj.get("kind") or "")
        meta = obj.get("metadata")
        meta = meta if isinstance(meta, dict) else {}
        name, namespace = str(meta.get("name") or ""), str(meta.get("namespace") or "default")
        if not (version and kind and name):
            return Problem("needs apiVersion, kind and metadata.name", code="Invalid")
        root = f"/apis/{quote(version)}" if "/" in version else f"/api/{quote(version)}"
        found = await self.read("GET", root)
        if isinstance(found, Problem):
            return found
        resource = _resource_of(found, kind)
        if resource is None:
            return Problem(
                f"the server knows no {kind} in {version}", self.connection.context, status=404, code="NotFound"
            )
        plural, group = str(resource["name"]), version.partition("/")[0] if "/" in version else ""
        label = f"{plural}.{group}" if group else plural
        if not resource.get("namespaced"):
            return f"{root}/{plural}/{quote(name, safe='')}", label, name
        scope = f"namespaces/{quote(namespace, safe='')}"
        return f"{root}/{scope}/{plural}/{quote(name, safe='')}", label, f"{namespace}/{name}"


def _resource_of(found: Mapping[str, Any], kind: str) -> Mapping[str, Any] | None:
    """The entry of an APIResourceList for a kind, sub-resources left out."""
    resources = [each for each in found.get("resources") or [] if isinstance(each, dict)]
    return next((each for each in resources if each.get("kind") == kind and "/" not in each.get("name", "/")), None)


def _items_of(obj: Mapping[str, Any]) -> list[dict[str, Any]] | Problem | None:
    """The objects of a list; None when it is none. Those of a typed list need not say what they are."""
    kind, items = str(obj.get("kind") or ""), obj.get("items")
    if not kind.endswith("List") or not isinstance(items, list):
        return None
    if not items or not all(isinstance(item, dict) for item in items):
        return Problem("needs items, each of them an object", code="Invalid")
    if kind == "List":
        return items
    return [{"apiVersion": obj.get("apiVersion"), "kind": kind.removesuffix("List"), **item} for item in items]


def _stopped(problem: Problem, items: list[dict[str, Any]], at: int, dry_run: bool) -> Problem:
    """The Problem of one item of a list, with what is done already."""
    names = [clean(str(dig(item, "metadata", "name") or f"items[{n}]")) for n, item in enumerate(items)]
    before = "" if dry_run or not at else f"; applied before it: {', '.join(names[:at])}"
    return replace(problem, what=f"{names[at]}: {problem.what}{before}")


def _ours(obj: Mapping[str, Any]) -> dict[str, Any]:
    """Server-side apply refuses managedFields; the other fields are the server's own and would be claimed."""
    meta = obj.get("metadata")
    metadata = {key: value for key, value in meta.items() if key not in _THEIRS} if isinstance(meta, dict) else {}
    return {**{key: value for key, value in obj.items() if key != "status"}, "metadata": metadata}
