"""A bare pod that runs once to its end: the extension's health check.

Owns its course. Must not know what it finds.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Final

from tui.core.units import rfc3339
from tui.demo.world.bodies import HELM, Maker, Shown
from tui.demo.world.components import HEALTHCHECK, NAME, NAMESPACE, REGISTRY, VERSION
from tui.demo.world.containers import Box, ended, running, waiting
from tui.demo.world.events import Note, bodies, next_change
from tui.demo.world.logs import Told, Voice
from tui.demo.world.nodes import Node
from tui.demo.world.pods import Frame, Look, pod
from tui.demo.world.replica import course
from tui.demo.world.workloads import release_marks

STARTS: Final = 4.0
LASTS: Final = 24.0
"""Seconds that the checks take."""
DONE: Final = STARTS + LASTS


class HealthCheck:
    """An actor. `stage` is the Helm hook: `pre-install`."""

    def __init__(
        self, maker: Maker, place: Node, created: float, stage: str, healthy: int, failures: tuple[str, ...] = ()
    ) -> None:
        self._maker, self._stage, self._failures, self._healthy = maker, stage, failures, healthy
        labels, marks = release_marks(NAME, NAMESPACE)
        box = Box(HEALTHCHECK, f"{REGISTRY}/healthcheck:{VERSION}", "20m", "50Mi", "200m", "500Mi",
                  args=("--stage", stage))  # fmt: skip
        hooks = {"helm.sh/hook": "pre-install,pre-upgrade,pre-rollback,pre-delete,test", "helm.sh/hook-weight": "-5"}
        self._frame = Frame(
            NAMESPACE, HEALTHCHECK, created, (box,), place.name, place.ip,
            place.pod_ip(maker.dice, HEALTHCHECK, maker.after(created)),
            labels=tuple({"app": HEALTHCHECK, **labels}.items()), annotations=tuple({**marks, **hooks}.items()),
            account=HEALTHCHECK, restarts="Never", by=HELM,
        )  # fmt: skip
        self._notes: tuple[Note, ...] = tuple(course(maker, self._frame, STARTS))

    def bodies(self, now: float) -> Iterator[Shown]:
        """The pod and what is said about it."""
        since, until = self._frame.created + STARTS, self._frame.created + DONE
        state = waiting() if now < since else running(since) if now < until else ended(since, until)
        ready = since if since <= now < until else None
        look = Look((state,), placed=self._frame.created, initialized=self._frame.created, ready=ready,
                    unready=None if ready else max(until, since) if now >= until else self._frame.created)  # fmt: skip
        yield "pods", pod(self._maker, self._frame, look)
        yield from bodies(self._maker, self._notes, now)

    def voices(self, now: float) -> Iterator[Voice]:
        """What the checks say."""
        since = self._frame.created + STARTS
        if now >= since:
            healthy = self._healthy
            lines = (
                f"stage {self._stage}, correlation {self._maker.dice.uid('correlation', self._maker.after(since))}",
                f"ClusterPurpose: FastProd, InferenceRouterHA: false, HealthyNodeCount: {healthy}",
                "checker info passed", "checker service passed", "checker helmchart passed",
                *(self._failures or ("checker clusterresource passed",)), "checker instancetype passed",
                "report written to configmap arcml-healthcheck",
            )  # fmt: skip
            step = LASTS / (len(lines) + 1)
            told = tuple((since + step * (n + 1), _klog(since + step * (n + 1), line)) for n, line in enumerate(lines))
            yield Voice(NAMESPACE, HEALTHCHECK, HEALTHCHECK, Told(told, since + LASTS))

    def next(self, now: float) -> float:
        """Start, end, and the events' ends."""
        created = self._frame.created
        moments = [at for at in (created + STARTS, created + DONE) if at > now]
        return min([*moments, next_change(self._notes, now)], default=inf)

    def lost(self, _pod: str, _now: float) -> bool:
        """Nobody makes it again."""
        return False

    def remains(self, _now: float) -> tuple[Note, ...]:
        """What is still said when it is gone."""
        return self._notes


def _klog(at: float, text: str) -> str:
    spelt = rfc3339(at, fraction=6)
    return f"I{spelt[5:7]}{spelt[8:10]} {spelt[11:26]}       1 healthcheck.go:88] {text}"
