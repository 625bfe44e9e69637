"""The Helm release of the extension: what of it is on stage.

Owns the actors of the release, and which come and go together. When they do is the extension's affair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Final, Protocol

from tui.demo.world import arc, crds, installed
from tui.demo.world.actor import Actor, Remains, Scenery
from tui.demo.world.azure import Estate
from tui.demo.world.bodies import Maker, Shown
from tui.demo.world.components import NAME, NAMESPACE, PROMETHEUS, Part, When, loads
from tui.demo.world.ground import namespace
from tui.demo.world.installed import Found
from tui.demo.world.nodes import Node
from tui.demo.world.once import HealthCheck
from tui.demo.world.replica import Trouble
from tui.demo.world.workloads import Load, Workload

Troubles = Mapping[str, dict[int, Trouble]]
"""By component and number of the pod."""

LATER: Final = 30.0
"""Seconds after the rest that the Prometheus operator makes its StatefulSet."""
SPACING: Final = 0.3
"""Seconds between two workloads that Helm makes."""


class OnStage(Protocol):
    """Puts actors on and off."""

    def enter(self, actor: Actor, now: float) -> None: ...

    def leave(self, actor: Actor) -> None: ...


class Release:
    """Everything in the cluster that is of the extension."""

    def __init__(self, maker: Maker, where: Estate, world: OnStage, nodes: Sequence[Node]) -> None:
        self._maker, self._where, self._world, self._nodes = maker, where, world, nodes
        self._still: dict[str, Scenery] = {}
        self._made: dict[str, float] = {}
        self._stages: dict[str, tuple[Found, ...]] = {}
        self._parts: dict[str, Workload] = {}
        self._check: HealthCheck | None = None
        self._remains: list[Remains] = []

    def ground(self, now: float) -> None:
        """The namespace and the definitions; neither is made twice."""
        if "namespace" not in self._still:
            self._show("namespace", list(namespace(self._maker, NAMESPACE, now)), now)
        if "definitions" not in self._still:
            self._show("definitions", list(crds.shown(self._maker, installed.DEFINITIONS, now, NAME)), now)

    def config(self, now: float, state: str) -> None:
        """What the Arc agents know of it."""
        self._show("config", [arc.extension_config(self._maker, self._since("config", now), state)], now)

    def report(self, now: float, stages: Mapping[str, tuple[Found, ...]]) -> None:
        """What the health check found, beside what it found at other stages."""
        self._stages.update(stages)
        self._show("report", [installed.report(self._maker, self._since("report", now), now, self._stages)], now)

    def check(self, now: float, stage: str, *, failing: bool) -> None:
        """Run the health check; the pod of an earlier one goes."""
        self._stop_check(now)
        said = tuple(f"checker {name} failed: {code} {text}" for name, code, text in installed.FAILED if code)
        healthy = sum(not node.trouble for node in self._nodes)
        self._check = HealthCheck(self._maker, self._home(0), now, stage, healthy, said if failing else ())
        self._world.enter(self._check, now)

    def arrange(self, now: float, since: float, on: Set[When], troubles: Troubles) -> None:
        """Have the components whose switches are on, and no others; logs of new ones begin at `since`."""
        made = self._since("standing", now)
        self._show("standing", list(installed.standing(self._maker, self._where, made, on)), now)
        wanted = {part.name: (part, load) for part, load in loads(since, on)}
        for name in [name for name in self._parts if name not in wanted]:
            self._drop(self._parts.pop(name), now)
        for number, (name, (part, load)) in enumerate(wanted.items()):
            if name not in self._parts:
                self._parts[name] = self._workload(part, load, number, now, troubles)
                self._world.enter(self._parts[name], now)

    def last_words(self, made: float, ended: float, troubles: Troubles, on: Set[When]) -> None:
        """What is still said about components that were there from `made` until `ended`."""
        for number, (part, load) in enumerate(loads(made, on)):
            gone = self._workload(part, load, number, made, troubles)
            self._leave_behind(Remains(self._maker, gone.remains(ended)), ended)

    def take_away(self, now: float) -> None:
        """All pods go."""
        self._stop_check(now)
        for part in self._parts.values():
            self._drop(part, now)
        self._parts.clear()

    def clear(self, *names: str) -> None:
        """Still things go: `standing`, `config`, `report`, `namespace` (with what was said in it)."""
        for name in names:
            self._made.pop(name, None)
            if name in self._still:
                self._world.leave(self._still.pop(name))
        if "report" in names:
            self._stages.clear()
        if "namespace" in names:
            for remains in self._remains:
                self._world.leave(remains)
            self._remains.clear()

    def _since(self, name: str, now: float) -> float:
        """When a still thing was made: now, if it was not."""
        return self._made.setdefault(name, now)

    def _show(self, name: str, shown: Sequence[Shown], now: float) -> None:
        if name in self._still:
            self._still[name].change(shown)
        else:
            self._still[name] = Scenery(shown)
        self._world.enter(self._still[name], now)

    def _workload(self, part: Part, load: Load, number: int, now: float, troubles: Troubles) -> Workload:
        gpus = [node for node in self._nodes if node.pool.gpus]
        places = gpus if part.when == "dcgm" else [self._home(number + n) for n in range(part.replicas)]
        made = now + (LATER if part.name == PROMETHEUS else number * SPACING)
        return Workload(self._maker, load, places, made, troubles.get(part.name))

    def _home(self, number: int) -> Node:
        """Components go to the plain nodes in turn."""
        plain = [node for node in self._nodes if node.pool.name == "cpu" and not node.trouble]
        return plain[number % len(plain)]

    def _stop_check(self, now: float) -> None:
        if self._check is not None:
            self._drop(self._check, now)
            self._check = None

    def _drop(self, actor: Workload | HealthCheck, now: float) -> None:
        self._world.leave(actor)
        self._leave_behind(Remains(self._maker, actor.remains(now)), now)

    def _leave_behind(self, remains: Remains, now: float) -> None:
        self._remains.append(remains)
        self._world.enter(remains, now)
