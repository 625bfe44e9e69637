"""The hand that writes: what actors show becomes objects, logs and their changes.

Owns the comparison of what is shown with what was shown before. A client's own changes stay: only the parts that
the world itself changed are written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from tui.demo.kube.logs import LogBook
from tui.demo.kube.objects import ObjectStore
from tui.demo.world.actor import Actor
from tui.demo.world.bodies import Body, stamp
from tui.demo.world.logs import Voice
from tui.demo.world.stuck import conditions

Key = tuple[str, str, str]
"""Resource, namespace, name."""

_OWNERS: Final = {
    ("ReplicaSet", "apps"): "replicasets.apps", ("StatefulSet", "apps"): "statefulsets.apps",
    ("DaemonSet", "apps"): "daemonsets.apps", ("Job", "batch.volcano.sh"): "jobs.batch.volcano.sh",
}  # fmt: skip


def key_of(resource: str, body: Body) -> Key:
    """Where an object is kept."""
    return resource, body["metadata"].get("namespace", ""), body["metadata"]["name"]


class Stage:
    """Writes to one object store and one log book."""

    def __init__(self, objects: ObjectStore, logs: LogBook) -> None:
        self._objects, self._logs = objects, logs
        self._shown: dict[Actor, dict[Key, Body]] = {}
        self._heard: dict[tuple[str, str, str], Voice] = {}
        self._actors: dict[Key, Actor] = {}
        self._busy = 0

    @property
    def writing(self) -> bool:
        """The write that is going on is the world's own."""
        return self._busy > 0

    @contextmanager
    def own(self) -> Iterator[ObjectStore]:
        """The store, for writes that are the world's own."""
        self._busy += 1
        try:
            yield self._objects
        finally:
            self._busy -= 1

    def actor_of(self, key: Key) -> Actor | None:
        """Who shows an object."""
        return self._actors.get(key)

    def is_bare(self, actor: Actor) -> bool:
        """Nothing of an actor is there."""
        return not self._shown.get(actor)

    def is_open(self, namespace: str) -> bool:
        """Things can be made there: it exists and is not going away. Always true without a namespace."""
        held = self.held("namespaces", "", namespace)
        return not namespace or (held is not None and not held["metadata"].get("deletionTimestamp"))

    def held(self, resource: str, namespace: str, name: str) -> Body | None:
        """An object as it is kept: read it, never edit it."""
        found = self._objects.held(resource, (namespace, name))
        return found[0] if found is not None else None

    def wants(self, pod: Body) -> bool:
        """The owner of a pod that is gone is there and stays, and so does its namespace."""
        meta = pod["metadata"]
        if not self.is_open(meta["namespace"]):
            return False
        for reference in meta.get("ownerReferences", ()):
            resource = _OWNERS.get((reference["kind"], reference["apiVersion"].partition("/")[0]), "")
            held = self.held(resource, meta["namespace"], reference["name"])
            return held is not None and not held["metadata"].get("deletionTimestamp")
        return False

    def has(self, resource: str, body: Body) -> bool:
        """There is an object of that name."""
        _resource, namespace, name = key_of(resource, body)
        return self.held(resource, namespace, name) is not None

    def keys(self, resource: str) -> list[tuple[str, str]]:
        """Namespace and name of every object of a resource."""
        return self._objects.keys(resource)

    def sweep(self, namespace: str, at: float) -> list[tuple[str, list[str]]]:
        """Remove everything in a namespace, and it itself.

        What has finalizers stays, marked, and so does the namespace: gives resource and finalizers of each.
        """
        left: list[tuple[str, list[str]]] = []
        with self.own() as objects:
            inside = [(resource, key, body) for resource, key, body in objects.everything() if key[0] == namespace]
            for resource, key, body in inside:
                finalizers = body["metadata"].get("finalizers")
                if finalizers:
                    left.append((resource, list(finalizers)))
                    objects.change(resource, *key, lambda held: _mark(held, at))
                else:
                    self._remove((resource, *key))
            if left:
                objects.change("namespaces", "", namespace, lambda held: _terminate(held, left, at))
            else:
                self._remove(("namespaces", "", namespace))
        return left

    def show(self, actor: Actor, now: float) -> None:
        """Make the store say what the actor is now."""
        with self.own():
            before = self._shown.get(actor, {})
            fresh = {key_of(resource, body): body for resource, body in actor.bodies(now)}
            for key in before:
                if key not in fresh:
                    self._remove(key)
            for key, body in fresh.items():
                self._put(actor, key, body, before.get(key))
            self._shown[actor] = fresh
            for voice in actor.voices(now):
                self._hear(voice)

    def hide(self, actor: Actor) -> None:
        """Take everything of an actor away."""
        with self.own():
            for key in self._shown.pop(actor, {}):
                self._remove(key)

    def forget(self, key: Key) -> None:
        """A client removed an object."""
        actor = self._actors.pop(key, None)
        if actor is not None and actor in self._shown:
            self._drop_log(key)

    def _put(self, actor: Actor, key: Key, body: Body, before: Body | None) -> None:
        resource, namespace, name = key
        again = before is not None and before["metadata"]["uid"] != body["metadata"]["uid"]
        if again:
            self._remove(key)
        if before is None or again:
            if self._objects.held(resource, (namespace, name)) is None and self.is_open(namespace):
                self._objects.adopt(resource, [{**body, "metadata": dict(body["metadata"])}])
                self._actors[key] = actor
        elif before != body:
            self._objects.change(resource, namespace, name, lambda held: _update(held, before, body))

    def _remove(self, key: Key) -> None:
        self._objects.delete(key[0], key[1], key[2])
        self._actors.pop(key, None)
        self._drop_log(key)

    def _drop_log(self, key: Key) -> None:
        if key[0] == "pods":
            self._logs.drop(key[1], key[2])
            for heard in [one for one in self._heard if one[:2] == key[1:]]:
                del self._heard[heard]

    def _hear(self, voice: Voice) -> None:
        where = (voice.namespace, voice.pod, voice.container)
        if ("pods", *where[:2]) in self._actors and self._heard.get(where) != voice:
            self._heard[where] = voice
            self._logs.put(*where, voice.source, previous=voice.previous)


def _mark(held: Body, at: float) -> None:
    """It is told to go."""
    held["metadata"].setdefault("deletionTimestamp", stamp(at))
    held["metadata"].setdefault("deletionGracePeriodSeconds", 0)


def _terminate(held: Body, left: Sequence[tuple[str, Sequence[str]]], at: float) -> None:
    _mark(held, at)
    held["status"] = {"phase": "Terminating", "conditions": conditions(left, at)}


def _update(held: Body, before: Body, body: Body) -> None:
    """Write the parts that differ from what was shown last; what clients wrote elsewhere stays."""
    for part in body:
        if part != "metadata" and body[part] != before.get(part):
            held[part] = body[part]
    for part in before:
        if part not in body:
            held.pop(part, None)
    for part in ("labels", "annotations"):
        _marked(held["metadata"], part, before["metadata"].get(part) or {}, body["metadata"].get(part) or {})
    held["metadata"]["managedFields"] = _managed(held, body)


def _marked(held: Body, part: str, before: Mapping[str, str], now: Mapping[str, str]) -> None:
    """Labels or annotations that the world changed."""
    for key in before.keys() - now.keys():
        held.get(part, {}).pop(key, None)
    for key, value in now.items():
        if before.get(key) != value:
            held.setdefault(part, {})[key] = value


def _managed(held: Body, body: Body) -> list[Body]:
    """What the world's managers manage now, and what clients came to manage."""
    own = {_manager(entry): entry for entry in body["metadata"]["managedFields"]}
    others = [entry for entry in held["metadata"].get("managedFields", ()) if _manager(entry) not in own]
    return [*own.values(), *others]


def _manager(entry: Body) -> tuple[str, str, str]:
    return entry["manager"], entry["operation"], entry.get("subresource", "")
