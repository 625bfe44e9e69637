"""A world of its own for a test: stores, a clock in the test's hand, and what the program's decoders make of it."""

from __future__ import annotations

from typing import Any

from tui.demo.arm.state import ArmState
from tui.demo.kube.logs import LogBook
from tui.demo.kube.objects import ObjectStore
from tui.demo.world.world import World
from tui.domain.arm_kinds import ARM_KINDS
from tui.domain.derived import DERIVED
from tui.domain.kinds import KINDS, PODS

START = 1_700_000_000.25
Rows = dict[str, dict[str, Any]]
ARM_TYPES = {
    "extensions": "microsoft.kubernetesconfiguration/extensions",
    "clusters": "microsoft.kubernetes/connectedclusters",
    "relays": "microsoft.relay/namespaces",
    "workspaces": "microsoft.machinelearningservices/workspaces",
    "computes": "microsoft.machinelearningservices/workspaces/computes",
}


class Stand:
    """One filled world. `go` lets time pass."""

    def __init__(self, seed: int = 1, *scenarios: str, pods: int = 0, start: float = START) -> None:
        self.start = self.now = start
        self.objects, self.logs, self.arm = ObjectStore(self.clock), LogBook(), ArmState(self.clock)
        self.world = World(seed, pods, self.objects, self.logs, self.arm, self.clock, scenarios)
        self.world.fill()

    def clock(self) -> float:
        return self.now

    def go(self, seconds: float) -> None:
        self.now += seconds
        self.world.advance(self.now)

    def objects_by_key(self) -> dict[tuple[str, str, str], dict[str, Any]]:
        """Everything in the cluster, without what counts writes."""
        found = {}
        for resource, key, body in self.objects.everything():
            meta = {k: v for k, v in body["metadata"].items() if k not in ("resourceVersion", "generation")}
            found[(resource, *key)] = {**body, "metadata": meta}
        return found

    def rows(self) -> Rows:
        """What the program reads out of it, derived rows included."""
        found: Rows = {}
        for kind in KINDS:
            found[kind.name] = {row.key: row for row in map(kind.decode, self.objects.list(kind.resource))}
        for name, type in ARM_TYPES.items():
            found[name] = {row.key: row for row in map(ARM_KINDS[name], self.arm.under("", type))}
        for each in DERIVED:
            found[each.name] = {row.key: row for row in each.compute(found, self.now)}
        return found

    def pods(self, namespace: str) -> list[Any]:
        return [PODS.decode(body) for body in self.objects.list("pods", namespace)]

    def extension(self) -> Any:
        return next(map(ARM_KINDS["extensions"], self.arm.under("", ARM_TYPES["extensions"])), None)

    def read(self, pod: str, container: str, *, previous: bool = False, namespace: str = "azureml") -> list[str]:
        source = self.logs.get(namespace, pod, container, previous)
        assert source is not None, (pod, container)
        return [line for _at, line in source.read(0.0, self.now)]
