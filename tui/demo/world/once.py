"""A bare pod that runs once to its end: the extension's health check.

Owns its course. Must not know why it finds what it finds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Final

from tui.core.units import rfc3339
from tui.demo.world.bodies import HELM, Maker, Shown
from tui.demo.world.components import HEALTHCHECK, NAMESPACE, REGISTRY
from tui.demo.world.containers import Box, State, ended, running, waiting
from tui.demo.world.events import Note, bodies, next_change, of_pod
from tui.demo.world.logs import Told, Voice
from tui.demo.world.nodes import Node
from tui.demo.world.pods import Frame, Look, pod
from tui.demo.world.replica import course, no_image, no_image_notes
from tui.demo.world.wish import Wish
from tui.demo.world.workloads import release_marks

STARTS: Final = 4.0
LASTS: Final = 24.0
"""Seconds that the checks take."""
DONE: Final = STARTS + LASTS
Found = tuple[str, str, str]
"""Checker, E-code (empty: passed) and message."""
_DIAGNOSTIC: Final = "E45000"
"""From this code on a finding is told and stops nothing."""


@dataclass(frozen=True, slots=True)
class Checkup:
    """One run of it."""

    stage: str
    """The Helm hook: `pre-install`."""
    found: tuple[Found, ...]
    healthy: int
    """Nodes that are ready and may take pods."""
    unpulled: str = ""
    """Why its image cannot be pulled."""

    @property
    def critical(self) -> bool:
        """It found what an install must not go on with."""
        return any(code and code < _DIAGNOSTIC for _name, code, _text in self.found)


class HealthCheck:
    """An actor."""

    def __init__(self, maker: Maker, wish: Wish, place: Node, created: float, run: Checkup) -> None:
        self._maker, self._wish, self._run = maker, wish, run
        labels, marks = release_marks(wish.name, NAMESPACE)
        box = Box(HEALTHCHECK, f"{REGISTRY}/healthcheck:{wish.version}", "20m", "50Mi", "200m", "500Mi",
                  args=("--stage", run.stage))  # fmt: skip
        hooks = {"helm.sh/hook": "pre-install,pre-upgrade,pre-rollback,pre-delete,test", "helm.sh/hook-weight": "-5"}
        self._frame = Frame(
            NAMESPACE, HEALTHCHECK, created, (box,), place.name, place.ip,
            place.pod_ip(maker.dice, HEALTHCHECK, maker.after(created)),
            labels=tuple({"app": HEALTHCHECK, **labels}.items()), annotations=tuple({**marks, **hooks}.items()),
            account=HEALTHCHECK, restarts="Never", by=HELM,
        )  # fmt: skip
        self._notes: tuple[Note, ...] = tuple(self._said())

    @property
    def ends(self) -> float:
        """When it is done; infinity for never."""
        return inf if self._run.unpulled else self._frame.created + DONE

    @property
    def correlation(self) -> str:
        """What support asks for: in its log and in its report."""
        return correlation(self._maker, self._frame.created)

    def bodies(self, now: float) -> Iterator[Shown]:
        """The pod and what is said about it."""
        created = self._frame.created
        since, until = created + STARTS, created + DONE
        running_now = since <= now < until and not self._run.unpulled
        ready = since if running_now else None
        over = now >= until and not self._run.unpulled
        look = Look((self._state(now),), placed=created, initialized=created, ready=ready,
                    unready=None if ready else until if over else created)  # fmt: skip
        yield "pods", pod(self._maker, self._frame, look)
        yield from bodies(self._maker, self._notes, now)

    def _state(self, now: float) -> State:
        since, until = self._frame.created + STARTS, self._frame.created + DONE
        if now < since:
            return waiting()
        if self._run.unpulled:
            return waiting("ImagePullBackOff", no_image(self._frame.boxes[0].image, self._run.unpulled))
        return running(since) if now < until else ended(since, until, 1 if self._run.critical else 0)

    def _said(self) -> Iterator[Note]:
        frame, box = self._frame, self._frame.boxes[0]
        yield from course(self._maker, frame, STARTS, box.name if self._run.unpulled else "")
        if self._run.unpulled:
            about = of_pod(self._maker, frame.namespace, frame.name, frame.created, box.name)
            yield from no_image_notes(about, frame.node, box.image, self._run.unpulled, frame.created + 1)

    def voices(self, now: float) -> Iterator[Voice]:
        """What the checks say."""
        since = self._frame.created + STARTS
        if now >= since and not self._run.unpulled:
            lines = tuple(self._lines())
            step = LASTS / (len(lines) + 1)
            told = tuple((since + step * (n + 1), _klog(since + step * (n + 1), line)) for n, line in enumerate(lines))
            yield Voice(NAMESPACE, HEALTHCHECK, HEALTHCHECK, Told(told, since + LASTS))

    def _lines(self) -> Iterator[str]:
        wish, run = self._wish, self._run
        purpose = wish.value("clusterPurpose", "FastProd")
        yield f"stage {run.stage}, correlation {self.correlation}"
        yield (
            f"EnableInference: {str(wish.inference).lower()}, ClusterPurpose: {purpose}, "
            f"InferenceRouterHA: {str(wish.high).lower()}, HealthyNodeCount: {run.healthy}"
        )
        for name, code, text in run.found:
            yield f"checker {name} failed: {code} {text}" if code else f"checker {name} passed"
        yield "report written to configmap arcml-healthcheck"
        if run.critical:
            yield "a critical check failed, ending with 1"

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


def correlation(maker: Maker, created: float) -> str:
    """The CorrelationId of a check that began then."""
    return maker.dice.uid("correlation", maker.after(created))


def _klog(at: float, text: str) -> str:
    spelt = rfc3339(at, fraction=6)
    return f"I{spelt[5:7]}{spelt[8:10]} {spelt[11:26]}       1 healthcheck.go:88] {text}"
