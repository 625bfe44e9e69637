"""The seeded world: fills the stores of the simulated cloud, and lets time go on.

Owns the order of things. The same seed, start and time give the same objects, in whatever steps time is advanced.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from math import inf
from typing import Any, Final

from tui.demo.arm import outcomes
from tui.demo.arm.moments import zulu
from tui.demo.arm.operations import Event as Write
from tui.demo.arm.state import ArmState
from tui.demo.arm.verdicts import AZUREML
from tui.demo.kube.logs import LogBook
from tui.demo.kube.objects import Event, ObjectStore
from tui.demo.world import azure, causes, envelopes, foreign, ground, job_objects, nodes, preview_jobs, relay, stuck
from tui.demo.world.actor import Actor, Scenery
from tui.demo.world.agenda import Agenda
from tui.demo.world.arc import agents, scenery
from tui.demo.world.bodies import Body, Maker
from tui.demo.world.components import NAME, NAMESPACE
from tui.demo.world.crowd import A_NODE, Crowd
from tui.demo.world.extension import Extension, ailing
from tui.demo.world.jobs import JobActor
from tui.demo.world.machines import Machines
from tui.demo.world.names import Dice
from tui.demo.world.play import READY, ROLLED_BACK, Circumstances
from tui.demo.world.release import Release
from tui.demo.world.scenario import of_names
from tui.demo.world.stage import Stage, key_of
from tui.demo.world.training import Training, belongings
from tui.demo.world.turnover import Turnover
from tui.demo.world.wish import Wish, of_resource
from tui.demo.world.workloads import Workload

DAY: Final = 86400.0
REMEMBERED: Final = 6 * 3600.0
"""Seconds of log that components have at the beginning; older lines were rotated away."""
HEARTBEAT: Final = 300.0
"""Seconds between two calls of the Arc agents."""
_PREVIEW: Final = {"releaseTrain": "preview", "version": "1.0.37", "autoUpgradeMinorVersion": False}
"""What an extension of the preview of 2021 was asked to be."""
_INTRUDES: Final = 6.0


class World:
    """`fill` once, then `advance` as time goes on. `clock` gives the time; at `fill` it is the world's start."""

    def __init__(
        self, seed: int, pods: int, objects: ObjectStore, logs: LogBook, arm: ArmState, clock: Callable[[], float],
        scenarios: Collection[str] = (),
    ) -> None:  # fmt: skip
        self.dice = Dice(seed)
        self.estate = azure.estate(self.dice)
        self._stage, self._agenda = Stage(objects, logs), Agenda()
        self._arm, self._clock, self._pods, self._on = arm, clock, pods, of_names(scenarios)
        self._dirty: dict[Actor, None] = {}
        self._wakes: dict[Actor, float] = {}
        self._playing: set[Actor] = set()
        self._extensions: dict[str, Extension] = {}
        self._hanging: set[str] = set()
        self._now = -inf
        objects.subscribe(self._note)

    def fill(self) -> None:
        """Put everything in that is there at the start."""
        start = self._clock()
        self._start, self._maker = start, Maker(self.dice, start)
        self.nodes = nodes.nodes(self.dice, start, -(-self._pods // A_NODE), small="two-nodes" in self._on)
        self._core = [node for node in self.nodes if node.pool.name != "shared"]
        self._training = Training(self._maker, self.estate, self._agenda, self._core, self.enter, self._wake)
        self._fill_ground()
        self._fill_azure()
        self._fill_extension()
        self._agenda.at(start + HEARTBEAT, self._call)
        self.advance(start)
        self._fill_stuck()
        if self._pods:
            Turnover(Crowd(self._maker, self._pods, self.nodes, start), self._stage, self._agenda, start)
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

    def sweep(self, namespace: str, now: float) -> bool:
        """A namespace goes with all that is in it; False: it hangs, and goes when nothing holds it any more."""
        left = self._stage.sweep(namespace, now)
        (self._hanging.add if left else self._hanging.discard)(namespace)
        return not left

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
        start, created, on = self._start, self._start - 40 * DAY, self._on
        plain = [node for node in self._core if node.pool.name == "cpu" and not node.trouble]
        self._machines = Machines(self._maker, self.nodes, start, on)
        still = [*ground.ground(self._maker, created), *scenery(self._maker, self.estate, created + DAY),
                 *foreign.shown(self._maker, on, start)]  # fmt: skip
        for actor in (self._machines, Scenery(still), nodes.Heartbeats(self._maker, self.nodes, start)):
            self.enter(actor, start)
        since = start - REMEMBERED
        for load, places in (
            *ground.system_loads(self.nodes, since, plugin=on.plugin and "gpu-operator" not in on, offered=on.plugin),
            *foreign.loads(on, self.nodes, since),
        ):
            self.enter(Workload(self._maker, load, places, created + 600), start)
        offline = start - 2400 if on.offline else None
        for agent in agents(self._maker, plain, created + DAY + 60, since, offline=offline):
            self.enter(agent, start)

    def _offer(self, own: bool, now: float) -> None:
        self._machines.offer(own)
        self.enter(self._machines, now)

    def _fill_azure(self) -> None:
        start, on = self._start, self._on
        self._arm.put(azure.cluster(self.estate, self.nodes, start, on.connectivity, on.region))
        for body in azure.rest(self.estate, start, attached=not on.bare, relay=on.relay):
            self._arm.put(body)
        for provider in on.unregistered:
            self._arm.register(self.estate.subscription, provider, "NotRegistered")
        self._arm.rights = on.rights

    def _fill_extension(self) -> None:
        start, on = self._start, self._on
        if on.bare and not on.played and not on.left_over:
            return
        created = start if on.played else start - 900 if on.left_over else start - 3 * DAY
        extension = self._extension(NAME)
        body = azure.extension(self.estate, created, inference=self.dice.seed % 3 == 0, given=on.settings)
        if on.preview:
            body["properties"].update(_PREVIEW, currentVersion=_PREVIEW["version"])
        self._arm.put(body)
        if on.played:
            extension.install(start, self._arm.begin(self.estate.extension, "create").id, of_resource(body))
        elif on.left_over:
            self._fail(body, created)
        else:
            self._stand(extension, body, created)

    def _stand(self, extension: Extension, body: Body, created: float) -> None:
        start, on, wish = self._start, self._on, of_resource(body)
        troubles = ailing(self.dice.seed, start, relay_down="relay-down" in on)
        extension.stand(created, start - REMEMBERED, wish, troubles)
        self.enter(Scenery(list(belongings(self._maker, created + READY + 3600))), start)
        if on.preview:
            for actor in preview_jobs.actors(self._maker, self.estate, self._core, start):
                self.enter(actor, start)
            return
        self._training.open_with_cast(start, flood="flood" in on)
        self._training.open = lambda: extension.working and "relay-down" not in on and not on.offline
        self._training.go_on(start)
        if "updating" in on:
            self._arm.edit(self.estate.extension, lambda held: _set(held, installDcgmExporter="False"))
            changed = of_resource(self._arm.get(self.estate.extension) or body)
            extension.update(start, self._arm.begin(self.estate.extension, "update").id, changed)

    def _fail(self, body: Body, created: float) -> None:
        wish, ended = of_resource(body), created + ROLLED_BACK
        body["properties"]["provisioningState"] = "Failed"
        outcomes.blame(body, envelopes.error(causes.no_network(), wish, "Create"), ended)
        body["systemData"]["lastModifiedAt"] = zulu(ended)
        self._extension(NAME).left_over(created, wish)

    def _fill_stuck(self) -> None:
        """What holds a namespace, now or later."""
        on, start = self._on, self._start
        if "fail-namespace-terminating" in on:
            still = [*ground.namespace(self._maker, NAMESPACE, start - DAY),
                     *stuck.definition(self._maker, start - DAY), stuck.job(self._maker, start - DAY)]  # fmt: skip
            self.enter(Scenery(still), start)
            self.advance(start)
            self.sweep(NAMESPACE, start - 600)
        elif "delete-hangs" in on:
            self.enter(Scenery([stuck.job(self._maker, start - DAY)]), start)
            self.advance(start)

    def _extension(self, name: str) -> Extension:
        """The extension of a name, made when it is first heard of."""
        key = name.lower()
        if key not in self._extensions:
            around = Circumstances(
                self._ended, lambda wish: relay.problem(self._arm, wish), self._offer, self._on.install,
                self._on.update, self._on.offline,
            )  # fmt: skip
            release = Release(self._maker, self.estate, self, self._stage, self._core)
            self._extensions[key] = Extension(release, self._agenda, around)
        return self._extensions[key]

    def _call(self, due: float) -> None:
        """The Arc agents call Azure."""
        if not self._on.offline:
            self._arm.edit(self.estate.cluster, lambda body: _called(body, due))
        self._agenda.at(due + HEARTBEAT, self._call)

    def _ended(self, operation: str, status: Any, error: dict[str, Any] | None) -> None:
        if operation and self._arm.operation(operation) is not None:
            self._arm.finish(operation, status, error, self._agenda.now)

    def _written(self, write: Write) -> bool:
        """A client wrote to ARM. False: nothing that is played here."""
        now = self._clock()
        if write.type.startswith(relay.TYPE):
            for extension in self._extensions.values():
                extension.relay_changed(now)
        ours = write.resource_id.lower().startswith(self.estate.cluster.lower() + "/")
        kind = str((write.resource.get("properties") or {}).get("extensionType"))
        if write.type != outcomes.EXTENSION or not ours or kind.lower() != AZUREML:
            return False
        self._play(write, of_resource(write.resource), now)
        return True

    def _play(self, write: Write, wish: Wish, now: float) -> None:
        extension, operation = self._extension(wish.name), write.operation_id
        if write.kind == "create":
            self._agenda.at(now + _INTRUDES, self._intrude)
            extension.install(now, operation, wish)
        elif write.kind == "update":
            extension.update(now, operation, wish)
        elif write.kind == "delete":
            extension.delete(now, operation, wish)
        else:
            extension.forget()

    def _intrude(self, due: float) -> None:
        found = [one for one in foreign.intruder(self._maker, self._on, due) if not self._stage.has(*one)]
        if found:
            self._stage.show(Scenery(found), due)

    def _note(self, event: Event) -> None:
        """A write to the cluster. What a client deleted may have to come again."""
        if self._stage.writing or event.type != "DELETED":
            return
        key = key_of(event.resource, event.object)
        actor = self._stage.actor_of(key)
        self._stage.forget(key)
        if key[1] in self._hanging:
            self._agenda.at(self._clock(), partial(self._let_go, key[1]))
        if actor is not None:
            self._lost(actor, key, event.object)

    def _let_go(self, namespace: str, due: float) -> None:
        if namespace in self._hanging:
            self.sweep(namespace, due)

    def _lost(self, actor: Actor, key: tuple[str, str, str], last: Body) -> None:
        now = self._clock()
        if isinstance(actor, JobActor) and key[0] in (job_objects.AMLJOBS, job_objects.VCJOBS):
            self._training.cancel(actor, now)
        elif key[0] == "pods" and self._stage.wants(last) and actor.lost(key[2], now):
            self._agenda.at(now, partial(self._wake, actor))


def _set(extension: Body, **settings: str) -> None:
    extension["properties"]["configurationSettings"].update(settings)


def _called(body: Body, at: float) -> None:
    body["properties"]["lastConnectivityTime"] = zulu(at - 3)
