"""Owns the objects of the simulated cluster and their history; must not know HTTP, schemas or rights."""

from __future__ import annotations

import uuid
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, TypeAlias, TypeVar

import msgspec

Body: TypeAlias = dict[str, Any]
Key: TypeAlias = tuple[str, str]
BodyOrNone = TypeVar("BodyOrNone", bound=Body | None)
Bodies: TypeAlias = list[Body]
Keys: TypeAlias = list[Key]
Texts: TypeAlias = list[bytes]
Events: TypeAlias = "list[Event]"
Changes: TypeAlias = dict[Key, Body | None]

UNCOUNTED: Final = frozenset(
    {
        "configmaps", "endpoints", "events", "leases.coordination.k8s.io", "limitranges", "namespaces", "nodes",
        "persistentvolumeclaims", "persistentvolumes", "resourcequotas", "secrets", "serviceaccounts", "services",
        "storageclasses.storage.k8s.io", "csidrivers.storage.k8s.io", "roles.rbac.authorization.k8s.io",
        "rolebindings.rbac.authorization.k8s.io", "clusterroles.rbac.authorization.k8s.io",
        "clusterrolebindings.rbac.authorization.k8s.io",
    }
)  # fmt: skip
"""Resources whose objects have no generation: nobody waits for a controller to have seen their newest spec."""
HISTORY = 3_000
"""Events kept for watches and for the later pages of lists, before the oldest are forgotten."""


@dataclass(frozen=True, slots=True)
class Event:
    """One write. `object` and `old` are shared with the store: read them, never edit them."""

    type: Literal["ADDED", "MODIFIED", "DELETED"]
    resource: str
    version: int
    object: Body
    old: Body | None
    manager: str
    encoded: bytes
    """The object as JSON, made once for every watcher."""


class Compacted(Exception):
    """The asked resourceVersion is older than the history kept (410 Gone on the wire)."""


def timestamp(seconds: float) -> str:
    """Seconds since 1970 as metav1.Time: RFC 3339, UTC, whole seconds."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def key_of(obj: Body) -> Key:
    """Namespace (empty for none) and name."""
    return obj["metadata"].get("namespace") or "", obj["metadata"]["name"]


class ObjectStore:
    """An etcd in memory: one increasing resourceVersion for everything. `clock` gives seconds since 1970."""

    def __init__(self, clock: Callable[[], float], *, history: int = HISTORY) -> None:
        self._clock = clock
        self._kept = history
        self._objects: dict[str, dict[Key, Body]] = {}
        self._encoded: dict[str, dict[Key, bytes]] = {}
        self._events: deque[Event] = deque()
        self._callbacks: list[Callable[[Event], None]] = []
        self._order: dict[str, Keys] = {}
        self._version = 1
        self._compacted = 1

    @property
    def version(self) -> int:
        """The newest resourceVersion."""
        return self._version

    @property
    def compacted(self) -> int:
        """The oldest resourceVersion that can still be asked for."""
        return self._compacted

    def create(self, resource: str, obj: Body, *, manager: str = "arcdeck-demo") -> Body:
        """Store a new object; ValueError when it exists, KeyError without metadata.name."""
        return _copy(self._add(resource, _copy(obj), manager))

    def adopt(self, resource: str, objects: Iterable[Body], *, manager: str = "arcdeck-demo") -> None:
        """Store many new objects as they are, without the two copies each: the caller gives them up.

        Their metadata must be their own; other parts may be shared between them, as stored objects are never edited.
        ValueError when one exists.
        """
        for obj in objects:
            self._add(resource, obj, manager)

    def _add(self, resource: str, obj: Body, manager: str) -> Body:
        meta, key = obj["metadata"], key_of(obj)
        if key in self._objects.get(resource, {}):
            raise ValueError(f"{resource} {key} already exists")
        meta["uid"] = meta.get("uid") or str(uuid.uuid4())
        meta["creationTimestamp"] = meta.get("creationTimestamp") or timestamp(self._clock())
        meta.pop("generation", None)
        if resource not in UNCOUNTED:
            meta["generation"] = 1
        return self._write("ADDED", resource, key, obj, None, manager)

    def get(self, resource: str, namespace: str | None, name: str) -> Body | None:
        """A private copy of one object."""
        return _copy(self._objects.get(resource, {}).get((namespace or "", name)))

    def list(self, resource: str, namespace: str | None = None) -> Bodies:
        """Private copies, ordered by namespace and name as etcd's keys are."""
        held = self._objects.get(resource, {})
        return [_copy(held[key]) for key in self.keys(resource, namespace)]

    def encoded(self, resource: str, namespace: str | None = None) -> Texts:
        """The same objects as JSON, never encoded twice."""
        held = self._encoded.get(resource, {})
        return [held[key] for key in self.keys(resource, namespace)]

    def change(
        self,
        resource: str,
        namespace: str | None,
        name: str,
        edit: Callable[[Body], None],
        *,
        status: bool = False,
        manager: str = "arcdeck-demo",
    ) -> Body | None:
        """Edit a private copy and store it when different. With `status` only the status part is taken."""
        key = (namespace or "", name)
        old = self._objects.get(resource, {}).get(key)
        if old is None:
            return None
        new = _copy(old)
        edit(new)
        if status:
            new = _with_status(_copy(old), new)
        _keep_identity(old, new)
        if new == old:
            return _copy(old)
        if resource not in UNCOUNTED and (_desired(new) != _desired(old) or _marked(new) > _marked(old)):
            new["metadata"]["generation"] = old["metadata"]["generation"] + 1
        return _copy(self._write("MODIFIED", resource, key, new, old, manager))

    def delete(self, resource: str, namespace: str | None, name: str, *, manager: str = "arcdeck-demo") -> Body | None:
        """Remove at once and return the last state, or None when there was none."""
        key = (namespace or "", name)
        old = self._objects.get(resource, {}).get(key)
        if old is None:
            return None
        return _copy(self._write("DELETED", resource, key, _copy(old), old, manager))

    def since(self, version: int, resource: str) -> Events:
        """Writes to a resource after `version`; Compacted when some of them are forgotten."""
        if version < self._compacted:
            raise Compacted(f"too old resource version: {version} ({self._compacted})")
        return [e for e in self._events if e.version > version and e.resource == resource]

    def before(self, resource: str, version: int) -> Changes:
        """What was different at `version`: each key written since, with the object of then (None: there was none).

        Raises Compacted when some of the writes since are forgotten.
        """
        if version < self._compacted:
            raise Compacted(f"too old resource version: {version} ({self._compacted})")
        then: Changes = {}
        for event in reversed(self._events):
            if event.version <= version:
                break
            if event.resource == resource:
                then[key_of(event.object)] = event.old
        return then

    def compact(self, keep: int = 0) -> None:
        """Forget all but the newest `keep` events."""
        while len(self._events) > keep:
            self._compacted = self._events.popleft().version

    def subscribe(self, callback: Callable[[Event], None]) -> Callable[[], None]:
        """Call back synchronously after each write; the result ends it."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def keys(self, resource: str, namespace: str | None = None) -> Keys:
        """Keys in etcd's order, of one namespace or of all."""
        order = self._order.get(resource, [])
        if not namespace:
            return order[:]
        return order[bisect_left(order, (namespace, "")) : bisect_left(order, (namespace + "\0", ""))]

    def everything(self) -> Iterator[tuple[str, Key, Body]]:
        """Every object as it is kept, with its resource and key (read it, never edit it)."""
        for resource, held in self._objects.items():
            for key, obj in held.items():
                yield resource, key, obj

    def held(self, resource: str, key: Key) -> tuple[Body, bytes] | None:
        """The object as it is kept (read it, never edit it) with its JSON; None when there is none."""
        obj = self._objects.get(resource, {}).get(key)
        return None if obj is None else (obj, self._encoded[resource][key])

    def _write(
        self,
        kind: Literal["ADDED", "MODIFIED", "DELETED"],
        resource: str,
        key: Key,
        obj: Body,
        old: Body | None,
        manager: str,
    ) -> Body:
        self._version += 1
        obj["metadata"]["resourceVersion"] = str(self._version)
        encoded = msgspec.json.encode(obj)
        objects, texts = self._objects.setdefault(resource, {}), self._encoded.setdefault(resource, {})
        order = self._order.setdefault(resource, [])
        if kind == "DELETED":
            del objects[key], texts[key], order[bisect_left(order, key)]
        else:
            objects[key], texts[key] = obj, encoded
        if kind == "ADDED":
            insort(order, key)
        event = Event(kind, resource, self._version, obj, old, manager, encoded)
        self._events.append(event)
        self.compact(self._kept)
        for callback in tuple(self._callbacks):
            callback(event)
        return obj


def _copy(obj: BodyOrNone) -> BodyOrNone:
    """A private copy. Through JSON: several times faster than deepcopy, and objects are JSON anyway."""
    return msgspec.json.decode(msgspec.json.encode(obj), type=type(obj))


def _with_status(old: Body, new: Body) -> Body:
    old.pop("status", None)
    if "status" in new:
        old["status"] = new["status"]
    return old


def _keep_identity(old: Body, new: Body) -> None:
    """What no writer may change (the registry's rest strategies put it back)."""
    for field in ("name", "namespace", "uid", "resourceVersion", "creationTimestamp", "generation"):
        if field in old["metadata"]:
            new["metadata"][field] = old["metadata"][field]


def _marked(obj: Body) -> bool:
    """It is told to go: that counts as a new generation."""
    return "deletionTimestamp" in obj["metadata"]


def _desired(obj: Body) -> Body:
    return {name: part for name, part in obj.items() if name not in ("metadata", "status")}
