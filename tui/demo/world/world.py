"""The seeded world: fills the stores of the simulated cloud, and lets time go on.

Owns the order of things. The same seed, start and time give the same objects, in whatever steps time is advanced.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from math import inf
from typing import Any, Final

from tui.demo.arm.moments import zulu
from tui.demo.arm.operations import Event as Write
from tui.demo.arm.state import ArmState
from tui.demo.kube.logs import LogBook
from tui.demo.kube.objects import Event, ObjectStore
from tui.demo.world import azure, ground, job_objects, nodes
from tui.demo.world.actor import Actor, Scenery
from tui.demo.world.agenda import Agenda
from tui.demo.world.arc import agents, scenery
from tui.demo.world.bodies import Body, Maker
from tui.demo.world.crowd import A_NODE, EVERY, Crowd
from tui.demo.world.extension import FAILURE, READY, ROLLED_BACK, Extension, relay_crash
from tui.demo.world.jobs import JobActor
from tui.demo.world.names import Dice
from tui.demo.world.replica import Trouble, Unready
from tui.demo.world.stage import Stage, key_of
from tui.demo.world.training import Training, belongings
from tui.demo.world.workloads import Workload

DAY: Final = 86400.0
REMEMBERED: Final = 6 * 3600.0
"""Seconds of log that components have at the beginning; older lines were rotated away."""
HEARTBEAT: Final = 300.0
"""Seconds between two calls of the Arc agents."""
UNINSTALLED: Final = frozenset({"not-installed", "installing", "install-failing", "install-failed"})
"""Scenarios that begin without the extension."""


class World:
    """`fill` once, then `advance` as time goes on. `clock` gives the time; at `fill` it is the world's start."""

    def __init__(
        self, seed: int, pods: int, objects: ObjectStore, logs: LogBook, arm: ArmState, clock: Callable[[], float],
        scenarios: Collection[str] = (),
    ) -> None:  # fmt: skip
        self.dice = Dice(seed)
        self.estate = azure.estate(self.dice)
        self._stage, self._agenda = Stage(objects, logs), Agenda()
        self._arm, self._clock, self._pods, self._on = arm, clock, pods, frozenset(scenarios)
        self._dirty: dict[Actor, None] = {}
        self._wakes: dict[Actor, float] = {}
        self._playing: set[Actor] = set()
        self._now = -inf
        objects.subscribe(self._note)

    def fill(self) -> None:
        """Put everything in that is there at the start."""
        start = self._clock()
        self._start, self._maker = start, Maker(self.dice, start)
        self.nodes = nodes.nodes(self.dice, start, -(-self._pods // A_NODE))
        self._core = [node for node in self.nodes if node.pool.name != "shared"]
        self._training = Training(self._maker, self.estate, self._agenda, self._core, self.enter, self._wake)
        self._extension = Extension(
            self._maker, self.estate, self._agenda, self, self._core, self._ended,
            failing="install-failing" in self._on,
        )  # fmt: skip
        self._fill_ground()
        self._fill_azure()
        self._fill_extension()
        self._agenda.at(start + HEARTBEAT, self._call)
        self.advance(start)
        if self._pods:
            self._fill_crowd()
        self._arm.subscribe(self._written)

    def advance(self, now: float) -> None:
        """Do all that is due, and show what changed."""
        if now < self._now:
            return
        self._now = now
        self._agenda.play(now)
        dirty, self._dirty = list(self._dirty), {}
        for actor in dirty:
            self._stage.show(actor, now)
            self._sleep(actor, now)

    def enter(self, actor: Actor, now: float) -> None:
        """Put an actor on; one that is on already is shown anew."""
        del now
        self._playing.add(actor)
        self._dirty[actor] = None

    def leave(self, actor: Actor) -> None:
        """Take an actor off, with all that is his."""
        self._playing.discard(actor)
        self._wakes.pop(actor, None)
        self._dirty.pop(actor, None)
        self._stage.hide(actor)

    @property
    def _inference(self) -> bool:
        return self.dice.seed % 3 == 0

    def _wake(self, actor: Actor, _due: float) -> None:
        if actor in self._playing:
            self._dirty[actor] = None

    def _sleep(self, actor: Actor, now: float) -> None:
        """Have an actor shown again when he changes next; one who has no more to show goes."""
        due = actor.next(now)
        if due == inf and self._stage.is_bare(actor):
            self.leave(actor)
        elif due < inf and self._wakes.get(actor) != due:
            self._wakes[actor] = due
            self._agenda.at(due, partial(self._wake, actor))

    def _fill_ground(self) -> None:
        start, created = self._start, self._start - 40 * DAY
        offline = start - 2400 if "arc-offline" in self._on else None
        plain = [node for node in self._core if node.pool.name == "cpu" and not node.trouble]
        bodies = [("nodes", nodes.body(self._maker, node, start)) for node in self.nodes]
        still = [*bodies, *ground.ground(self._maker, created), *scenery(self._maker, self.estate, created + DAY)]
        self.enter(Scenery(still), start)
        self.enter(nodes.Heartbeats(self._maker, self.nodes, start), start)
        for load, places in ground.system_loads(self.nodes, start - REMEMBERED):
            self.enter(Workload(self._maker, load, places, created + 600), start)
        for agent in agents(self._maker, plain, created + DAY + 60, start - REMEMBERED, offline=offline):
            self.enter(agent, start)

    def _fill_azure(self) -> None:
        start, offline = self._start, "arc-offline" in self._on
        bare = bool(self._on & UNINSTALLED)
        self._arm.put(azure.cluster(self.estate, self.nodes, start, offline=offline))
        for body in azure.rest(self.estate, start, attached=not bare, relay="not-installed" not in self._on):
            self._arm.put(body)
        self._arm.register(self.estate.subscription, "Microsoft.ServiceBus", "NotRegistered")

    def _fill_extension(self) -> None:
        start, extension = self._start, self._extension
        installed = start - 3 * DAY
        if "not-installed" in self._on:
            return
        playing = self._on & {"installing", "install-failing"}
        created = start if playing else start - 900 if "install-failed" in self._on else installed
        body = azure.extension(self.estate, created, inference=self._inference)
        self._arm.put(body)
        if playing:
            extension.install(start, self._arm.begin(self.estate.extension, "create").id, _settings(body))
        elif "install-failed" in self._on:
            self._fail(body, created)
        else:
            extension.stand(installed, start - REMEMBERED, _settings(body), self._troubles())
            self.enter(Scenery(list(belongings(self._maker, installed + READY + 3600))), start)
            self._training.open_with_cast(start)
            self._training.open = lambda: extension.working and not self._on & {"relay-down", "arc-offline"}
            self._training.go_on(start)

    def _fail(self, body: Body, created: float) -> None:
        body["properties"] |= {"provisioningState": "Failed", "errorInfo": dict(FAILURE)}
        body["systemData"]["lastModifiedAt"] = zulu(created + ROLLED_BACK)
        self._extension.left_over(created, _settings(body))

    def _troubles(self) -> dict[str, dict[int, Trouble]]:
        """What is wrong with components: one relay server always, Prometheus with odd seeds."""
        start = self._start
        full = "40300: the quota of 25 listeners of hybrid connection arc-west is used up"
        refused = "40103: invalid authorization token signature"
        found: dict[str, dict[int, Trouble]] = {"relayserver": {1: relay_crash(start - 3180, full)}}
        if "relay-down" in self._on:
            found["relayserver"] = {n: relay_crash(start - 1290 - 7 * n, refused) for n in (0, 1)}
        if self.dice.seed % 2:
            said = "Readiness probe failed: HTTP probe failed with statuscode: 500"
            found["prometheus-prom-prometheus"] = {0: Unready("config-reloader", start - 540, said)}
        return found

    def _fill_crowd(self) -> None:
        self._crowd = Crowd(self._maker, self._pods, self.nodes, self._start)
        self._stage.show(Scenery(list(self._crowd.ground())), self._start)
        with self._stage.own() as objects:
            objects.adopt("pods", self._crowd.bodies())
        self._agenda.at(self._start + EVERY, lambda due: self._turn(0, due))

    def _turn(self, turn: int, due: float) -> None:
        """One pod of the crowd goes and another comes."""
        number = self._crowd.chosen(turn)
        with self._stage.own() as objects:
            objects.delete("pods", *self._crowd.name(number))
            made = self._crowd.born(number, due)
            objects.adopt("pods", [made])
        self._agenda.at(due + 11, lambda _then: self._grow(number, made))
        self._agenda.at(due + EVERY, lambda then: self._turn(turn + 1, then))

    def _grow(self, number: int, made: Body) -> None:
        meta, grown = made["metadata"], self._crowd.grown(number)
        if grown["metadata"]["uid"] == meta["uid"]:
            with self._stage.own() as objects:
                objects.change("pods", meta["namespace"], meta["name"], lambda pod: pod.update(status=grown["status"]))

    def _call(self, due: float) -> None:
        """The Arc agents call Azure."""
        if "arc-offline" not in self._on:
            self._arm.edit(self.estate.cluster, lambda body: _called(body, due))
        self._agenda.at(due + HEARTBEAT, self._call)

    def _ended(self, operation: str, status: Any, error: dict[str, Any] | None) -> None:
        if operation and self._arm.operation(operation) is not None:
            self._arm.finish(operation, status, error)

    def _written(self, write: Write) -> bool:
        """A client wrote to ARM. False: nothing that is played here."""
        if write.resource_id.lower() != self.estate.extension.lower() or write.kind == "forget":
            return False
        now, kind, settings = self._clock(), write.kind, _settings(write.resource)
        if kind == "create" or (kind == "update" and not self._extension.working):
            self._extension.install(now, write.operation_id, settings)
        elif kind == "update":
            self._extension.update(now, write.operation_id, settings)
        else:
            self._extension.delete(now, write.operation_id)
        return True

    def _note(self, event: Event) -> None:
        """A write to the cluster. What a client deleted may have to come again."""
        if self._stage.writing or event.type != "DELETED":
            return
        key = key_of(event.resource, event.object)
        actor = self._stage.actor_of(key)
        self._stage.forget(key)
        if actor is not None:
            self._lost(actor, key, event.object)

    def _lost(self, actor: Actor, key: tuple[str, str, str], last: Body) -> None:
        now = self._clock()
        if isinstance(actor, JobActor) and key[0] in (job_objects.AMLJOBS, job_objects.VCJOBS):
            self._training.cancel(actor, now)
        elif key[0] == "pods" and self._is_wanted(last) and actor.lost(key[2], now):
            self._agenda.at(now, partial(self._wake, actor))

    def _is_wanted(self, pod: Body) -> bool:
        """Its owner is there and stays, and so does its namespace."""
        meta = pod["metadata"]
        if not self._stage.is_open(meta["namespace"]):
            return False
        for reference in meta.get("ownerReferences", ()):
            resource = _OWNERS.get((reference["kind"], reference["apiVersion"].partition("/")[0]), "")
            held = self._stage.held(resource, meta["namespace"], reference["name"])
            return held is not None and not held["metadata"].get("deletionTimestamp")
        return False


_OWNERS: Final = {
    ("ReplicaSet", "apps"): "replicasets.apps", ("StatefulSet", "apps"): "statefulsets.apps",
    ("DaemonSet", "apps"): "daemonsets.apps", ("Job", "batch.volcano.sh"): job_objects.VCJOBS,
}  # fmt: skip


def _settings(extension: Body) -> dict[str, str]:
    return dict(extension["properties"].get("configurationSettings") or {})


def _called(body: Body, at: float) -> None:
    body["properties"]["lastConnectivityTime"] = zulu(at - 3)
