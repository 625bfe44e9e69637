"""How objects go: grace, finalizers, dependents, namespaces with all that is in them.

Owns what is marked for deletion and not gone yet; does what kubelets, the garbage collector and the namespace
controller do in a real cluster. Must not know HTTP.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from tui.demo.kube.objects import Body, Key, ObjectStore, timestamp
from tui.demo.kube.registry import CRDS

Policy: TypeAlias = Literal["Background", "Foreground", "Orphan"]
Where: TypeAlias = tuple[str, Key]
"""A resource and an object's key in it."""

GRACE: Final = 30
"""Seconds that a pod has to end when it does not say."""
STOPS: Final = 2.0
"""Seconds after which a container that was told to end has ended: most do long before their grace is over."""
FOREGROUND: Final = "foregroundDeletion"
_OWN: Final[dict[Policy, str]] = {"Foreground": FOREGROUND, "Orphan": "orphan"}
_CLEANUP: Final = "customresourcecleanup.apiextensions.k8s.io"
"""The finalizer of a definition whose objects are still there."""
_OURS: Final = frozenset({*_OWN.values(), _CLEANUP})
"""Finalizers that this takes away."""
_TICK: Final = 0.1
"""Real seconds between two looks at what is due."""


@dataclass(frozen=True, slots=True)
class _Pending:
    uid: str
    due: float
    """In the cluster's time."""
    latest: float
    """In real time: a frozen cluster lets go as well."""


class Deletion:
    """Deletes objects of a store. `clock` gives the cluster's time, `real` the time that goes on when it is frozen."""

    def __init__(
        self,
        objects: ObjectStore,
        clock: Callable[[], float],
        *,
        stops: float = STOPS,
        real: Callable[[], float] = time.monotonic,
    ) -> None:
        self._objects, self._clock, self._stops, self._real = objects, clock, stops, real
        self._pending: dict[Where, _Pending] = {}
        self._news = asyncio.Event()

    def delete(
        self, resource: str, key: Key, *, grace: int | None = None, policy: Policy = "Background"
    ) -> Body | None:
        """Delete an object; the object when it stays for a while, None when it is gone at once."""
        held = self._objects.held(resource, key)
        if held is None:
            return None
        obj = held[0]
        seconds = self.grace_of(resource, obj, grace)
        if policy == "Orphan":
            self._orphan(obj["metadata"]["uid"])
        waits = self._waits(resource, key, obj, policy)
        if not seconds and not waits:
            self._gone([(resource, key)])
            return None
        mark = self.marked(resource, obj, seconds, policy)
        marked = self._objects.change(resource, *key, lambda body: body.update(mark))
        self._later(resource, key, obj["metadata"]["uid"], seconds)
        if resource == "namespaces":
            self._empty(key[1])
        if policy == "Foreground":
            self._collect({obj["metadata"]["uid"]}, policy)
        self.reap()
        return marked

    def grace_of(self, resource: str, obj: Body, asked: int | None) -> int:
        """Seconds that an object has to end: only pods that run on a node have any."""
        spec, status = obj.get("spec") or {}, obj.get("status") or {}
        if resource != "pods" or not spec.get("nodeName") or status.get("phase") in ("Succeeded", "Failed"):
            return 0
        wanted = asked if asked is not None else int(spec.get("terminationGracePeriodSeconds", GRACE))
        known = obj["metadata"].get("deletionGracePeriodSeconds")
        return max(0, wanted) if known is None else min(max(0, wanted), int(known))

    def settle(self, resource: str, key: Key) -> None:
        """Look again at an object that was written: it may have lost its last finalizer."""
        held = self._objects.held(resource, key)
        if held is not None and held[0]["metadata"].get("deletionTimestamp"):
            if (resource, key) not in self._pending:
                self._later(resource, key, held[0]["metadata"]["uid"], 0)
            self.reap()

    def reap(self) -> None:
        """Remove what is due."""
        while True:
            due = [(where, pending) for where, pending in self._pending.items() if self._is_due(where, pending)]
            if not due:
                return
            for where, _pending in due:
                del self._pending[where]
            self._gone([where for where, pending in due if self._is_same(where, pending)])

    async def run(self) -> None:
        """Reap for ever; rests while nothing waits."""
        while True:
            await self._news.wait()
            self.reap()
            if self._pending:
                await asyncio.sleep(_TICK)
            else:
                self._news.clear()

    def _is_same(self, where: Where, pending: _Pending) -> bool:
        held = self._objects.held(*where)
        return held is not None and held[0]["metadata"]["uid"] == pending.uid

    def _is_due(self, where: Where, pending: _Pending) -> bool:
        held = self._objects.held(*where)
        if held is None or held[0]["metadata"]["uid"] != pending.uid:
            return True
        finalizers = set(held[0]["metadata"].get("finalizers") or ())
        if finalizers - _OURS:
            return False
        if FOREGROUND in finalizers and any(True for _ in self._dependents({pending.uid})):
            return False
        if where[0] == "namespaces" and any(True for _ in self._inside(where[1][1])):
            return False
        return self._clock() >= pending.due or self._real() >= pending.latest

    def _waits(self, resource: str, key: Key, obj: Body, policy: Policy) -> bool:
        if obj["metadata"].get("finalizers") or policy in _OWN or resource == CRDS:
            return True
        return resource == "namespaces" and any(True for _ in self._inside(key[1]))

    def marked(self, resource: str, obj: Body, seconds: int, policy: Policy) -> Body:
        """The object as it is when it is told to go. Once told, it only goes sooner."""
        meta = dict(obj["metadata"])
        if "deletionTimestamp" not in meta and "generation" in meta:
            meta["generation"] += 1
        if meta.get("deletionGracePeriodSeconds") != seconds:
            meta["deletionTimestamp"] = timestamp(self._clock() + seconds)
            meta["deletionGracePeriodSeconds"] = seconds
        more = [_OWN[policy]] if policy in _OWN else []
        more += [_CLEANUP] if resource == CRDS else []
        kept = meta.get("finalizers") or []
        finalizers = [*kept, *(each for each in more if each not in kept)]
        made = {**obj, "metadata": {**meta, **({"finalizers": finalizers} if finalizers else {})}}
        if resource == "namespaces":
            made["status"] = {**(obj.get("status") or {}), "phase": "Terminating"}
        return made

    def _later(self, resource: str, key: Key, uid: str, seconds: int) -> None:
        wait = min(float(seconds), self._stops)
        self._pending[resource, key] = _Pending(uid, self._clock() + wait, self._real() + wait)
        self._news.set()

    def _gone(self, places: Iterable[Where]) -> None:
        """Remove objects and all that was theirs."""
        uids = set()
        for resource, key in places:
            last = self._objects.delete(resource, *key)
            if last is not None:
                uids.add(last["metadata"]["uid"])
                if resource == CRDS:
                    self._purge(last["metadata"]["name"])
        if uids:
            self._collect(uids, "Background")

    def _collect(self, owners: set[Any], policy: Policy) -> None:
        for resource, key in list(self._dependents(owners)):
            self.delete(resource, key, policy=policy)

    def _dependents(self, owners: set[Any]) -> Iterable[Where]:
        """Objects whose every owner is among `owners`."""
        for resource, key, obj in self._objects.everything():
            references = obj["metadata"].get("ownerReferences")
            if references and all(reference.get("uid") in owners for reference in references):
                yield resource, key

    def _inside(self, namespace: str) -> Iterable[Where]:
        return ((resource, key) for resource, key, _obj in self._objects.everything() if key[0] == namespace)

    def _empty(self, namespace: str) -> None:
        for resource, key in list(self._inside(namespace)):
            self.delete(resource, key)

    def _purge(self, resource: str) -> None:
        """A definition takes its objects with it, finalizers or not."""
        for key in self._objects.keys(resource):
            self._objects.delete(resource, *key)

    def _orphan(self, uid: str) -> None:
        def freed(body: Body) -> None:
            meta = body["metadata"]
            meta["ownerReferences"] = [each for each in meta["ownerReferences"] if each.get("uid") != uid]

        for resource, key, obj in list(self._objects.everything()):
            if any(each.get("uid") == uid for each in obj["metadata"].get("ownerReferences") or ()):
                self._objects.change(resource, *key, freed)
