"""Deployments, StatefulSets and DaemonSets, with everything that stands round them.

Owns the chain from a workload to its pods, that a deleted pod is made again, and the rollout of another template. What
a pod does is in `replica`, who goes when another comes in `rollout`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import inf
from typing import Final

from tui.demo.world import workload_bodies as made
from tui.demo.world.bodies import Body, Maker, Shown
from tui.demo.world.events import Note, about, bodies, next_change, of_pod
from tui.demo.world.logs import Voice
from tui.demo.world.nodes import Node
from tui.demo.world.pods import pod
from tui.demo.world.replica import Replica, Trouble
from tui.demo.world.rollout import Living, in_place, surging
from tui.demo.world.workload_bodies import Counts, Kind, Load
from tui.demo.world.workload_bodies import release_marks as release_marks

__all__ = ["Kind", "Load", "Workload", "passed", "release_marks"]

MADE_AGAIN: Final = 1.0
"""Seconds from a pod's end to the next one."""
_SCALES: Final = "deployment-controller"


class Workload:
    """An actor."""

    def __init__(
        self, maker: Maker, load: Load, places: Sequence[Node], created: float,
        troubles: Mapping[int, Trouble] | None = None,
    ) -> None:  # fmt: skip
        self._maker, self._created = maker, created
        self._hashes: dict[str, str] = {}
        self._sets: dict[str, tuple[Body, float]] = {}
        self._troubles: dict[int, Trouble] = {}
        self._body: Body = {}
        self._generation = 0
        self._past: tuple[Note, ...] = ()
        self._take(load, places, created, troubles)
        pods = (self._living(number, created) for number in range(len(places)))
        self._pods = [
            replace(one, replica=replace(one.replica, trouble=self._troubles.get(one.number))) for one in pods
        ]
        self._say()

    @property
    def load(self) -> Load:
        """What it is now."""
        return self._load

    @property
    def wanted(self) -> int:
        """How many pods it is to have."""
        return len(self._places)

    def bodies(self, now: float) -> Iterator[Shown]:
        """The workload, its ReplicaSets, its pods, and what is said about them."""
        if now < self._created:
            return
        here = [living for living in self._pods if living.there(now)]
        yield made.RESOURCES[self._load.kind], {**self._body, "status": self._status(here, now)}
        if self._load.kind == "Deployment":
            yield from self._replica_sets(here, now)
        for living in here:
            yield "pods", pod(self._maker, living.replica.frame, living.replica.look(now))
        yield from bodies(self._maker, self._notes, now)

    def voices(self, now: float) -> Iterator[Voice]:
        """Of all its pods."""
        for living in self._pods:
            if living.there(now):
                yield from living.replica.voices(now)

    def next(self, now: float) -> float:
        """The next change of one of its pods."""
        moments = [self._created]
        for living in self._pods:
            moments += [living.replica.frame.created, living.ends]
            if now < living.ends:
                moments.append(living.replica.next(now))
        return min([*(at for at in moments if at > now), next_change(self._notes, now)], default=inf)

    def lost(self, name: str, now: float) -> bool:
        """Make another pod in the place of one that is gone. A crash that had a cause elsewhere goes on."""
        place = next((n for n, one in enumerate(self._pods) if one.replica.frame.name == name and one.there(now)), None)
        if place is None:
            return False
        gone = self._pods[place]
        self._past += (*self._made(gone), *passed(self._maker, gone.replica, now))
        fresh = self._living(gone.number, now + MADE_AGAIN, gone.hash, gone.replica.trouble)
        self._pods[place] = replace(fresh, ends=gone.ends)
        self._say()
        return True

    def roll(
        self, load: Load, places: Sequence[Node], now: float, troubles: Mapping[int, Trouble] | None = None
    ) -> None:  # fmt: skip
        """Be something else: pods of another template come and those of the old one go, or more come, or some go."""
        alive = [living for living in self._pods if living.there(now)]
        for living in self._pods:
            if living.ends <= now:
                self._past += (*self._made(living), *passed(self._maker, living.replica, living.ends))
        self._past += self._scaled()
        self._take(load, places, now, troubles)
        wanted, target = len(self._places), self._hash
        if load.kind == "Deployment":
            self._pods = surging(alive, wanted, target, self._fresh, now, load.spare)
        else:
            order = range(wanted) if load.kind == "DaemonSet" else reversed(range(wanted))
            self._pods = in_place(alive, order, target, self._fresh, now, load.spare)
        self._say()

    def afflict(self, troubles: Mapping[int, Trouble], now: float) -> None:
        """Have something happen to pods that run well."""
        self._troubles = {**self._troubles, **troubles}
        for place, living in enumerate(self._pods):
            trouble = troubles.get(living.number)
            if trouble is not None and living.there(now) and living.replica.trouble is None:
                self._pods[place] = replace(living, replica=replace(living.replica, trouble=trouble))
        self._say()

    def well(self, now: float) -> bool:
        """Enough of its pods are ready, all of the newest generation: what Helm waits for."""
        own = [one for one in self._pods if one.hash == self._hash and one.there(now)]
        least = max(len(self._places) - self._load.spare, min(1, len(self._places)))
        return sum(one.replica.ready(now) for one in own) >= least

    def remains(self, now: float) -> tuple[Note, ...]:
        """What is still said about its pods after they were all stopped."""
        return (*self._past, *(n for one in self._pods for n in passed(self._maker, one.replica, min(now, one.ends))))

    def _take(
        self, load: Load, places: Sequence[Node], now: float, troubles: Mapping[int, Trouble] | None
    ) -> None:  # fmt: skip
        """Become this from now on, as far as objects other than pods tell."""
        self._load, self._places, self._troubles = load, tuple(places), dict(troubles or {})
        self._turned = now
        maker, name = self._maker, (load.namespace, load.name)
        more = () if not self._hashes else (load.template,)
        self._hash = self._hashes.setdefault(load.template, maker.dice.suffix(10, "template", *name, *more))
        body = made.describe(maker, load, self._created, len(places), self._generation + 1)
        if body["spec"] != self._body.get("spec"):
            self._generation += 1
            self._body = body
        if load.kind == "Deployment":
            created = self._sets[self._hash][1] if self._hash in self._sets else now
            owner = made.replica_set(maker, load, self._body, self._hash, created, self._generation)
            self._sets[self._hash] = (owner, created)

    def _living(self, number: int, created: float, hash: str = "", trouble: Trouble | None = None) -> Living:
        """A new pod. `trouble`: what was wrong with the one before it."""
        load, place, hash = self._load, self._places[number % len(self._places)], hash or self._hash
        owner = self._sets[hash][0] if load.kind == "Deployment" else self._body
        frame = made.frame(self._maker, load, hash, owner, number, place, created, self._generation)
        gone = place.since if place.trouble == "NotReady" else None
        delay = load.delay + 2 * number  # a node pulls for one pod after another
        found = trouble.anew(created + delay) if trouble is not None else None
        return Living(number, hash, Replica(frame, delay, load.flows, found, gone))

    def _fresh(self, number: int, created: float) -> Living:
        """A pod of a rollout."""
        return self._living(number, created, trouble=self._troubles.get(number))

    def _replica_sets(self, here: Sequence[Living], now: float) -> Iterator[Shown]:
        for hash, (body, created) in self._sets.items():
            if created > now:
                continue
            own = [living for living in here if living.hash == hash]
            newest = hash == self._hash and len(own) == len(here)
            spec = body["spec"] if newest else {**body["spec"], "replicas": len(own)}
            ready = sum(living.replica.ready(now) for living in own)
            yield "replicasets.apps", {**body, "spec": spec, "status": made.set_status(len(own), ready)}

    def _status(self, here: Sequence[Living], now: float) -> Body:
        load = self._load
        ready = sum(living.replica.ready(now) for living in here)
        updated = sum(living.hash == self._hash for living in here)
        counts = Counts(len(self._places), len(here), ready, updated, self._generation)
        if load.kind == "DaemonSet":
            return made.daemon_status(counts)
        if load.kind == "StatefulSet":
            before = next((living.hash for living in here if living.hash != self._hash), self._hash)
            return made.stateful_status(counts, f"{load.name}-{before}", f"{load.name}-{self._hash}")
        settled = self._turned + load.delay + 6
        return made.deployment_status(counts, self._turned, settled, self._sets[self._hash][0]["metadata"]["name"])

    def _say(self) -> None:
        """Gather what is said, after something was done."""
        found = [note for living in self._pods for note in (*self._notes_of(living), *self._made(living))]
        self._notes = (*self._past, *found, *self._scaled())

    def _notes_of(self, living: Living) -> tuple[Note, ...]:
        if living.ends < inf:
            return passed(self._maker, living.replica, living.ends)
        return tuple(living.replica.notes(self._maker))

    def _made(self, living: Living) -> tuple[Note, ...]:
        if self._load.kind != "Deployment":
            return ()
        frame, made_by = living.replica.frame, about(self._sets[living.hash][0])
        said = f"Created pod: {frame.name}"
        return (Note(made_by, "SuccessfulCreate", said, frame.created, source="replicaset-controller"),)

    def _scaled(self) -> tuple[Note, ...]:
        if self._load.kind != "Deployment":
            return ()
        body, since = self._sets[self._hash]
        said = f"Scaled up replica set {body['metadata']['name']} to {len(self._places)}"
        return (Note(about(self._body), "ScalingReplicaSet", said, since, source=_SCALES),)


def passed(maker: Maker, replica: Replica, now: float) -> tuple[Note, ...]:
    """What is said about a pod that is stopped then."""
    frame = replica.frame
    stopped = of_pod(maker, frame.namespace, frame.name, frame.created, frame.boxes[0].name)
    killing = Note(stopped, "Killing", f"Stopping container {frame.boxes[0].name}", now, host=frame.node)
    said = [replace(note, until=min(now, note.until)) for note in replica.notes(maker) if note.first <= now]
    begun = replica.look(now).mains and frame.created <= now
    return (*said, killing) if begun else tuple(said)
