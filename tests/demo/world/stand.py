"""A world of its own for a test: stores, a clock in the test's hand, and what the program's decoders make of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tui.demo.arm import places
from tui.demo.arm.call import Call
from tui.demo.arm.errors import ArmError
from tui.demo.arm.routing import Router
from tui.demo.arm.state import ArmState
from tui.demo.kube.logs import LogBook
from tui.demo.kube.objects import ObjectStore
from tui.demo.world.world import World
from tui.domain.arm_kinds import ARM_KINDS
from tui.domain.derived import DERIVED
from tui.domain.kinds import KINDS, PODS

START = 1_700_000_000.25
GA = "2023-05-01"
RELAY = "2021-11-01"
Rows = dict[str, dict[str, Any]]
ARM_TYPES = {
    "extensions": "microsoft.kubernetesconfiguration/extensions",
    "clusters": "microsoft.kubernetes/connectedclusters",
    "relays": "microsoft.relay/namespaces",
    "workspaces": "microsoft.machinelearningservices/workspaces",
    "computes": "microsoft.machinelearningservices/workspaces/computes",
}


def body(settings: dict[str, str], relay: str, pinned: str = "", train: str = "stable") -> dict[str, Any]:
    """What a client PUTs."""
    protected = {"relayserver.relayConnectionString": relay} if relay else {}
    inner: dict[str, Any] = {
        "extensionType": "Microsoft.AzureML.Kubernetes", "releaseTrain": train, "autoUpgradeMinorVersion": not pinned,
        "scope": {"cluster": {"releaseNamespace": "azureml"}}, "configurationSettings": settings,
        "configurationProtectedSettings": protected,
    }  # fmt: skip
    return {"identity": {"type": "SystemAssigned"}, "properties": inner | ({"version": pinned} if pinned else {})}


class Stand:
    """One filled world. `go` lets time pass."""

    def __init__(self, seed: int = 1, *scenarios: str, pods: int = 0, start: float = START) -> None:
        self.start = self.now = start
        self.objects, self.logs, self.arm = ObjectStore(self.clock), LogBook(), ArmState(self.clock)
        self.world = World(seed, pods, self.objects, self.logs, self.arm, self.clock, scenarios)
        self.world.fill()
        self.router = Router()

    def ask(self, method: str, path: str, version: str, content: Any = None, **query: str) -> tuple[int, Any]:
        """A client's request to ARM, without the wire: status and body; code and message of a refusal."""
        asked = {"api-version": version, **{key.lower(): value for key, value in query.items()}}
        try:
            reply = self.router.answer(Call(self.arm, method, places.parse(path), asked, content, "https://127.0.0.1"))
        except ArmError as refusal:
            return refusal.status, (refusal.code, refusal.message)
        return reply.status, reply.body

    def extension_asks(self, method: str, content: Any = None, *, name: str = "", **query: str) -> tuple[int, Any]:
        """The same of the extension."""
        path = self.world.estate.extension
        return self.ask(method, f"{path.rpartition('/')[0]}/{name}" if name else path, GA, content, **query)

    def deploy(self, name: str = "", *, pinned: str = "", train: str = "stable", **settings: str) -> tuple[int, Any]:
        """What a client does for an install: the Relay namespace and what is in it, then the extension."""
        self.make_relay()
        given = {"enableTraining": "True", **{key.replace("__", "."): value for key, value in settings.items()}}
        return self.extension_asks("PUT", body(given, self.relay_string(), pinned, train), name=name)

    def make_relay(self) -> None:
        """The Relay namespace, hybrid connection and rule, if they are not there."""
        where = self.world.estate
        if self.arm.get(where.relay) is None:
            assert self.ask("PUT", where.relay, RELAY, {"location": "westus2"})[0] == 200
            self.go(30)
        assert self.ask("PUT", where.connection, RELAY, {})[0] == 200
        rights = {"properties": {"rights": ["Manage", "Send", "Listen"]}}
        assert self.ask("PUT", f"{where.connection}/authorizationRules/azureml_rw", RELAY, rights)[0] == 200

    def relay_string(self) -> str:
        path = f"{self.world.estate.connection}/authorizationRules/azureml_rw/listKeys"
        return str(self.ask("POST", path, RELAY)[1]["primaryConnectionString"])

    def update(self, protected: dict[str, str] | None = None, **settings: str) -> tuple[int, Any]:
        """PATCH the extension's settings."""
        inner: dict[str, Any] = {"configurationSettings": {k.replace("__", "."): v for k, v in settings.items()}}
        if protected is not None:
            inner["configurationProtectedSettings"] = protected
        return self.extension_asks("PATCH", {"properties": inner})

    def until(self, fact: Callable[[], bool], most: float = 600.0, step: float = 2.0) -> float:
        """Let time pass until something is so; gives how long that took."""
        begun = self.now
        while not fact():
            assert self.now - begun < most, "it did not come true"
            self.go(step)
        return self.now - begun

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

    def state(self) -> str:
        """The state of the extension in the program's words; empty without one."""
        found = self.extension()
        return found.state if found is not None else ""

    def report(self) -> dict[str, str]:
        """What the health check left."""
        found = self.objects.get("configmaps", "azureml", "arcml-healthcheck")
        return dict(found["data"]) if found else {}

    def components(self) -> dict[str, Any]:
        """The pods of the extension's namespace by component; the worst of those that have several."""
        found: dict[str, Any] = {}
        for pod in self.pods("azureml"):
            if pod.component not in found or pod.health.value > found[pod.component].health.value:
                found[pod.component] = pod
        return found

    def read(self, pod: str, container: str, *, previous: bool = False, namespace: str = "azureml") -> list[str]:
        source = self.logs.get(namespace, pod, container, previous)
        assert source is not None, (pod, container)
        return [line for _at, line in source.read(0.0, self.now)]
