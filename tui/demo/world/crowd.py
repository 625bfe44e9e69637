"""Pods of other teams, many of them: as large as real ones, with a little coming and going.

Owns their number, names and turnover. Made by filling in a few patterns, because thousands must be there at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from tui.demo.world.bodies import Body, Maker, Shown, owner, stamp
from tui.demo.world.containers import Box, State, ended, running, waiting
from tui.demo.world.ground import namespace
from tui.demo.world.nodes import PODS, Node
from tui.demo.world.pods import Frame, Look, pod
from tui.demo.world.workloads import Load, Workload

A_NODE: Final = PODS - 10
"""Pods of the crowd on one of its nodes."""
A_TEAM: Final = 400
A_SET: Final = 25
"""Pods of one ReplicaSet."""
EVERY: Final = 5.0
"""Seconds between two replacements."""
_STARTS: Final = 7.0
_DAY: Final = 86400.0
_BORN: Final = 946684800.0
"""The time that stands for each pod's own in a pattern (2000-01-01)."""
_TEAMS: Final = ("search", "billing", "media", "ingest", "ads", "maps", "risk", "mobile", "games", "docs")
_APPS: Final = ("api", "web", "worker", "cache", "indexer", "gateway", "scheduler", "exporter", "notifier", "sync")
_MARKS: Final = ("@name", "@namespace", "@uid", "@set", "@owner", "@app", "@node", "@host", "@ip", "@id")

_MOODS: Final = ("good", "new", "crash", "pull", "done")

Fill = Callable[[dict[str, str]], Any]


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one pod; its number decides everything about it."""

    number: int

    @property
    def set(self) -> int:
        """Its ReplicaSet's number."""
        return self.number // A_SET

    @property
    def team(self) -> str:
        """Its namespace."""
        number = self.number // A_TEAM
        tail = f"-{number // len(_TEAMS) + 1}" if number >= len(_TEAMS) else ""
        return f"team-{_TEAMS[number % len(_TEAMS)]}{tail}"

    @property
    def app(self) -> str:
        """What it is."""
        return f"{_APPS[self.set % len(_APPS)]}-{self.set % 100}"


class Crowd:
    """The pods, by slot. `bodies` makes all of them; `replace` says what one replacement does."""

    def __init__(self, maker: Maker, count: int, nodes: list[Node], start: float) -> None:
        self._maker, self._start = maker, start
        self._slots = [Slot(number) for number in range(count)]
        self._nodes = [node for node in nodes if node.pool.name == "shared"]
        self._born: dict[int, float] = {}
        self._sets: dict[int, tuple[str, str]] = {}
        self._patterns = {mood: _compiled(_pattern(maker, mood)) for mood in _MOODS}

    def ground(self) -> Iterator[Shown]:
        """Namespaces, Deployments and ReplicaSets."""
        for team in dict.fromkeys(slot.team for slot in self._slots):
            yield from namespace(self._maker, team, self._start - 20 * _DAY, {"team": team.removeprefix("team-")})
        for first in self._slots[::A_SET]:
            size = min(A_SET, len(self._slots) - first.number)
            load = Load("Deployment", first.team, first.app, _boxes(first.app)[:1], (("app", first.app),))
            workload = Workload(self._maker, load, (), self._start - 10 * _DAY)
            for resource, body in workload.bodies(self._start):
                counts = {"replicas": size, "readyReplicas": size, "availableReplicas": size, "observedGeneration": 1}
                yield resource, {**body, "spec": {**body["spec"], "replicas": size}, "status": counts}
                if resource == "replicasets.apps":
                    reference = owner(body)
                    self._sets[first.set] = (reference["name"], reference["uid"])

    def bodies(self) -> Iterator[Body]:
        """Every pod. Call `ground` first: pods belong to its ReplicaSets."""
        for slot in self._slots:
            yield self._body(slot, self._mood(slot), self.created(slot.number))

    def created(self, number: int) -> float:
        """When the pod of a slot was made."""
        return self._born.get(number, self._start - 600 - (number * 7919 % 9000) * 80.0)

    def name(self, number: int) -> tuple[str, str]:
        """Namespace and name of the pod in a slot."""
        slot = self._slots[number]
        end = self._maker.dice.suffix(5, "crowd", number, self._maker.after(self.created(number)))
        return slot.team, f"{self._sets[slot.set][0]}-{end}"

    def chosen(self, turn: int) -> int:
        """The slot that is replaced at a turn."""
        return self._maker.dice.whole(0, len(self._slots) - 1, "turn", turn)

    def born(self, number: int, now: float) -> Body:
        """A new pod for a slot, still starting."""
        self._born[number] = now
        return self._body(self._slots[number], "new", now)

    def grown(self, number: int) -> Body:
        """The same pod once it runs."""
        return self._body(self._slots[number], "good", self.created(number))

    def _mood(self, slot: Slot) -> str:
        drawn = slot.number * 2654435761 % 1000
        return "crash" if drawn < 4 else "pull" if drawn < 6 else "done" if drawn < 16 else "good"

    def _body(self, slot: Slot, mood: str, created: float) -> Body:
        node = self._nodes[slot.number // A_NODE]
        set_name, set_uid = self._sets[slot.set]
        team, name = self.name(slot.number)
        uid = self._maker.uid("Pod", team, name, created)
        words = {
            "@name": name, "@namespace": team, "@uid": uid, "@set": set_name, "@owner": set_uid, "@app": slot.app,
            "@node": node.name, "@host": node.ip, "@ip": f"10.42.{node.number % 250}.{slot.number % A_NODE + 2}",
            "@id": uid.replace("-", "") * 2,
        }  # fmt: skip
        words.update(_stamps(created))
        body: Body = self._patterns[mood](words)
        return body


def _stamps(created: float) -> dict[str, str]:
    return {stamp(_BORN + after): stamp(created + after) for after in (0.0, 1.0, _STARTS, _STARTS + 4)}


_ALL_MARKS: Final = (*_MARKS, *_stamps(_BORN))


def _boxes(app: str) -> tuple[Box, ...]:
    env = tuple((f"SETTING_{n}", f"value {n}") for n in range(12))
    main = Box("app", f"contoso.example/{app}:2.7.0", "100m", "256Mi", "500m", "512Mi", env=env,
               secret_env=(("DATABASE_PASSWORD", "database", "password"),), ports=(("http", 8080), ("metrics", 9090)),
               probe="/healthz", mounts=(("config", "/etc/app"), ("cache", "/var/cache/app")))  # fmt: skip
    proxy = Box("istio-proxy", "docker.io/istio/proxyv2:1.21.2", "10m", "64Mi", "200m", "256Mi",
                env=tuple((f"PROXY_{n}", f"{n}") for n in range(10)), ports=(("http-envoy-prom", 15090),),
                mounts=(("envoy", "/etc/istio/proxy"),),
                args=("proxy", "sidecar", "--domain", "$(POD_NAMESPACE).svc"))  # fmt: skip
    return main, proxy


def _pattern(maker: Maker, mood: str) -> Body:
    reference = {
        "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "@set", "uid": "@owner", "controller": True,
        "blockOwnerDeletion": True,
    }  # fmt: skip
    annotations = {f"prometheus.io/{key}": value for key, value in (("scrape", "true"), ("port", "9090"))}
    annotations |= {"sidecar.istio.io/status": '{"initContainers":[],"containers":["istio-proxy"]}'}
    frame = Frame(
        "@namespace", "@name", _BORN, _boxes("@app"), "@node", "@host", "@ip", generated="@set-",
        labels=(("app", "@app"), ("pod-template-hash", "6c9d7f8b5d"), ("security.istio.io/tlsMode", "istio")),
        annotations=tuple(annotations.items()), owners=(reference,),
        tolerations=(("dedicated", "shared", "NoSchedule"),),
        volumes=({"name": "config", "configMap": {"name": "@app", "defaultMode": 420}},
                 {"name": "cache", "emptyDir": {}}, {"name": "envoy", "emptyDir": {"medium": "Memory"}}),
        restarts="Never" if mood == "done" else "Always",
    )  # fmt: skip
    body = pod(maker, frame, _look(mood))
    body["metadata"]["uid"] = "@uid"
    for found in body["status"].get("containerStatuses", ()):
        for key in ("containerID", "imageID"):
            found[key] = found[key] and "containerd://@id"
    return body


def _look(mood: str) -> Look:
    up = _BORN + _STARTS
    states: dict[str, State] = {
        "good": running(up), "new": waiting(), "done": ended(up, up + 4),
        "crash": waiting("CrashLoopBackOff", "back-off 5m0s restarting failed container", 31, ended(up, up + 4, 1)),
        "pull": waiting("ImagePullBackOff", 'Back-off pulling image "contoso.example/gone:1"'),
    }  # fmt: skip
    state = states[mood]
    beside = running(up) if mood in ("crash", "pull") else state
    good = mood == "good"
    return Look((state, beside), placed=_BORN + 1, initialized=_BORN + 1, ready=up + 4 if good else None,
                unready=None if good else _BORN + 1)  # fmt: skip


def _compiled(value: Any) -> Fill:
    """A function that fills the marks of a pattern in. Parts without marks are shared, not copied."""
    found = _builder(value)
    return found if found is not None else lambda _words: value


def _builder(value: Any) -> Fill | None:
    if isinstance(value, str):
        return _text_builder(value)
    if isinstance(value, dict):
        return _dict_builder(value)
    if isinstance(value, list):
        parts = [(_builder(item), item) for item in value]
        if any(fill for fill, _item in parts):
            return lambda words: [fill(words) if fill else item for fill, item in parts]
    return None


def _dict_builder(value: Body) -> Fill | None:
    moving = [(key, fill) for key, item in value.items() if (fill := _builder(item)) is not None]
    renamed = {key: fill for key in value if (fill := _text_builder(key)) is not None}
    if renamed:
        fills = {key: _compiled(item) for key, item in value.items()}
        return lambda words: {renamed[k](words) if k in renamed else k: fill(words) for k, fill in fills.items()}
    if not moving:
        return None
    return lambda words: {**value, **{key: fill(words) for key, fill in moving}}


def _text_builder(value: str) -> Fill | None:
    marks = sorted((mark for mark in _ALL_MARKS if mark in value), key=len, reverse=True)
    if not marks:
        return None
    if marks == [value]:
        return lambda words: words[value]

    def fill(words: dict[str, str]) -> str:
        text = value
        for mark in marks:
            text = text.replace(mark, words[mark])
        return text

    return fill
