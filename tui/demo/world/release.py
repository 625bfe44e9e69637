"""The Helm release of the extension: what of it is on stage.

Owns the actors of the release, and which come and go together. When they do is the extension's affair.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Protocol

from tui.demo.world import arc, installed, sight
from tui.demo.world.actor import Actor, Remains, Scenery
from tui.demo.world.azure import Estate
from tui.demo.world.bodies import Maker, Shown
from tui.demo.world.causes import Cause, Troubles
from tui.demo.world.components import DEVICE_PLUGIN, NAMESPACE, PROMETHEUS, loads
from tui.demo.world.ground import namespace, service
from tui.demo.world.nodes import Node
from tui.demo.world.once import Checkup, Found, HealthCheck, correlation
from tui.demo.world.parts import Part
from tui.demo.world.report import PASSED, Entry, report
from tui.demo.world.sight import Cluster
from tui.demo.world.training import default_type
from tui.demo.world.wish import Wish
from tui.demo.world.workloads import Load, Workload

LATER: Final = 30.0
"""Seconds after the rest that the Prometheus operator makes its StatefulSet."""
SPACING: Final = 0.3
"""Seconds between two workloads that Helm makes."""
_OF_OTHERS: Final = frozenset({PROMETHEUS})
"""What Helm does not wait for: it did not make it."""
_ON_GPUS: Final = ("dcgm", "nvidia")
_PROBE: Final = "healthcheck-probe"


class OnStage(Protocol):
    """Puts actors on and off."""

    def enter(self, actor: Actor, now: float) -> None: ...

    def leave(self, actor: Actor) -> None: ...

    def sweep(self, namespace: str, now: float) -> bool:
        """A namespace goes with all that is in it; False: it hangs on what has a finalizer."""


class Release:
    """Everything in the cluster that is of one extension."""

    def __init__(self, maker: Maker, where: Estate, world: OnStage, cluster: Cluster, nodes: Sequence[Node]) -> None:
        self._maker, self._where, self._world, self._cluster, self._nodes = maker, where, world, cluster, nodes
        self._still: dict[str, Scenery] = {}
        self._made: dict[str, float] = {}
        self._stages: dict[str, Entry] = {}
        self._records: list[tuple[float, str]] = []
        self._definitions: dict[str, Shown] = {}
        self._parts: dict[str, Workload] = {}
        self._check: HealthCheck | None = None
        self._remains: list[Remains] = []

    def look(self, now: float, wish: Wish, relay: str) -> sight.Sight:
        """What there is already. `relay`: why the hybrid connection cannot be opened."""
        return sight.look(self._cluster, self._nodes, wish, self._would_make(now, wish), relay)

    def _would_make(self, now: float, wish: Wish) -> Iterator[Shown]:
        """Definitions and standing things that are not on stage yet."""
        ours = {key for still in self._still.values() for key in map(_key, still.bodies(now))}
        for shown in (*installed.definitions(self._maker, now, wish),
                      *installed.standing(self._maker, self._where, now, wish)):  # fmt: skip
            if _key(shown) not in ours:
                yield shown

    def open(self, now: float) -> None:
        """The namespace; it is not made twice."""
        if self._cluster.held("namespaces", "", NAMESPACE) is None:
            self._drop_still("namespace")
        if "namespace" not in self._still:
            self._show("namespace", list(namespace(self._maker, NAMESPACE, now)), now)

    def define(self, now: float, wish: Wish) -> None:
        """The definitions, beside those of an earlier time."""
        for shown in installed.definitions(self._maker, self._since("definitions", now), wish):
            self._definitions.setdefault(shown[1]["metadata"]["name"], shown)
        self._show("definitions", list(self._definitions.values()), now)

    def types(self, now: float) -> None:
        """The instance type that it makes where there is none of that name."""
        resource, body = default_type(self._maker, now)
        if self._cluster.held(resource, "", body["metadata"]["name"]) is None:
            self._drop_still("types")
            self._show("types", [(resource, body)], now)

    def config(self, now: float, wish: Wish, state: str) -> None:
        """What the Arc agents know of it."""
        self._show("config", [arc.extension_config(self._maker, self._since("config", now), wish, state)], now)

    def record(self, now: float, wish: Wish, status: str, *, anew: bool = False) -> None:
        """What Helm writes down: a revision more, or another status of the newest one."""
        if not anew and self._records:
            self._records[-1] = (self._records[-1][0], status)
        else:
            self._records.append((now, status))
        if status == "deployed":
            before = self._records[:-1]
            self._records[:-1] = [(at, "superseded" if told == status else told) for at, told in before]
        self._show("record", list(installed.records(self._maker, self._records, wish.name)), now)

    def report(self, now: float, wish: Wish, stages: Mapping[str, tuple[Found, ...]], began: float) -> None:
        """What the health check found that began then, beside what it found at other stages."""
        told = correlation(self._maker, began)
        self._stages.update({stage: Entry(found, now, told) for stage, found in stages.items()})
        self._show("report", [report(self._maker, wish, self._since("report", now), self._stages)], now)

    def check(self, now: float, wish: Wish, stage: str, cause: Cause | None = None, *, again: bool = False) -> None:
        """Run the health check; the pod of an earlier one goes. `again`: Helm takes back what it did."""
        self.stop_check(now)
        healthy = sum(not node.trouble for node in self._nodes)
        if cause is not None and cause.healthy is not None:
            healthy = cause.healthy
        run = Checkup(stage, told(cause, again=again), healthy, cause.unpulled if cause is not None else "")
        self._check = HealthCheck(self._maker, wish, self._homes(wish)[0], now, run)
        self._world.enter(self._check, now)

    def probe(self, now: float, wish: Wish) -> None:
        """The service by which the health check tries for a load balancer."""
        labels = {"app": "healthcheck"}
        made = service(self._maker, NAMESPACE, _PROBE, now, 80, labels, labels=labels, kind=wish.service)
        self._show("probe", [made], now)

    def arrange(self, now: float, since: float, wish: Wish, troubles: Troubles) -> None:
        """Have the components whose switches are on, and no others; logs of new ones begin at `since`."""
        made = self._since("standing", now)
        self._show("standing", list(installed.standing(self._maker, self._where, made, wish)), now)
        wanted = {load.name: (part, load) for part, load in loads(since, wish)}
        for name in [name for name in self._parts if name not in wanted]:
            self._drop(self._parts.pop(name), now)
        for number, (name, (part, load)) in enumerate(wanted.items()):
            if name not in self._parts:
                self._parts[name] = self._workload(part, load, number, now, wish, troubles)
            elif not self._turn(self._parts[name], part, load, number, now, wish, troubles):
                continue
            self._world.enter(self._parts[name], now)

    def _turn(
        self, there: Workload, part: Part, load: Load, number: int, now: float, wish: Wish, troubles: Troubles
    ) -> bool:  # fmt: skip
        """Have a component be something else; False when it is that already."""
        places = self._places(part, number, wish)
        if load.template == there.load.template and len(places) == there.wanted:
            return False
        there.roll(load, places, now, troubles.get(load.name))
        return True

    def well(self, now: float) -> bool:
        """All that Helm waits for is ready."""
        return all(part.well(now) for name, part in self._parts.items() if name not in _OF_OTHERS)

    def afflict(self, now: float, troubles: Troubles) -> None:
        """Have something happen to components that run."""
        for name, found in troubles.items():
            if name in self._parts:
                self._parts[name].afflict(found, now)
                self._world.enter(self._parts[name], now)

    @property
    def plugged(self) -> bool:
        """Its own device plugin is there."""
        return DEVICE_PLUGIN in self._parts

    def last_words(self, made: float, ended: float, wish: Wish, troubles: Troubles) -> None:
        """What is still said about components that were there from `made` until `ended`."""
        for number, (part, load) in enumerate(loads(made, wish)):
            gone = self._workload(part, load, number, made, wish, troubles)
            self._leave_behind(Remains(self._maker, gone.remains(ended)), ended)

    def names(self) -> list[str]:
        """The components that are there."""
        return list(self._parts)

    def take_away(self, now: float, *names: str) -> None:
        """Components go; all of them when none is named."""
        for name in names or self.names():
            if name in self._parts:
                self._drop(self._parts.pop(name), now)

    def clear(self, *names: str) -> None:
        """Still things go: `standing`, `config`, `report`, `record`, `probe`."""
        for name in names:
            self._drop_still(name)
        if "report" in names:
            self._stages.clear()
        if "record" in names:
            self._records.clear()

    def end_namespace(self, now: float) -> None:
        """The namespace goes with all that is left in it, what was said in it too; or it hangs."""
        for remains in self._remains:
            self._world.leave(remains)
        self._remains.clear()
        if self._world.sweep(NAMESPACE, now):
            self._drop_still("namespace")
        else:
            self._still.pop("namespace", None)
            self._made.pop("namespace", None)

    def stop_check(self, now: float) -> None:
        """The pod of the health check goes."""
        if self._check is not None:
            self._drop(self._check, now)
            self._check = None

    def _since(self, name: str, now: float) -> float:
        """When a still thing was made: now, if it was not."""
        return self._made.setdefault(name, now)

    def _show(self, name: str, shown: Sequence[Shown], now: float) -> None:
        if name in self._still:
            self._still[name].change(shown)
        else:
            self._still[name] = Scenery(shown)
        self._world.enter(self._still[name], now)

    def _drop_still(self, name: str) -> None:
        self._made.pop(name, None)
        if name in self._still:
            self._world.leave(self._still.pop(name))

    def _workload(
        self, part: Part, load: Load, number: int, now: float, wish: Wish, troubles: Troubles
    ) -> Workload:  # fmt: skip
        made = now + (LATER if part.name == PROMETHEUS else number * SPACING)
        return Workload(self._maker, load, self._places(part, number, wish), made, troubles.get(load.name))

    def _places(self, part: Part, number: int, wish: Wish) -> list[Node]:
        """Components go to the nodes that take them, in turn; those of GPUs to all that have some."""
        if part.kind == "DaemonSet":
            found = [node for node in self._nodes if node.pool.gpus] if part.when in _ON_GPUS else self._nodes
            return [node for node in found if sight.matches(node, wish)]
        homes = self._homes(wish)
        return [homes[(number + n) % len(homes)] for n in range(part.replicas)]

    def _homes(self, wish: Wish) -> list[Node]:
        healthy = [node for node in self._nodes if not node.trouble]
        return [node for node in healthy if sight.takes(node, wish)] or healthy[:1]

    def _drop(self, actor: Workload | HealthCheck, now: float) -> None:
        self._world.leave(actor)
        self._leave_behind(Remains(self._maker, actor.remains(now)), now)

    def _leave_behind(self, remains: Remains, now: float) -> None:
        self._remains.append(remains)
        self._world.enter(remains, now)


def told(cause: Cause | None, *, again: bool = False) -> tuple[Found, ...]:
    """What the health check finds, before anything is made or `again` when it is taken back."""
    if cause is None:
        return PASSED
    return cause.after if again and cause.step != "check" else cause.found


def _key(shown: Shown) -> tuple[str, str, str]:
    resource, body = shown
    return resource, body["metadata"].get("namespace", ""), body["metadata"]["name"]
