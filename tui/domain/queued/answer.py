"""What is told of a job that waits: the values of an explanation. Owns their shape; decides nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

from msgspec import Struct

from tui.core.health import Health
from tui.core.text import shorten_middle
from tui.domain.amounts import Amounts
from tui.domain.queued.wants import Wants

Cause = Literal["label", "affinity", "taint", "not ready", "cordoned", "gpu", "fuse", "memory", "cpu", "pods"]
WayKind = Literal["now", "type", "fewer", "uncordon", "wait", "tolerate", "label", "never"]

_NUMBERED: Final = re.compile(r"(.*?)(\d{1,9})")
_SEVERAL: Final = 3
"""Names that are told one by one."""
_NAME: Final = 30
"""Characters of a name that is one of several."""


class Step(Struct, frozen=True, gc=False):
    """One link of the chain from the cloud to a running container."""

    id: str
    """Stable: `namespace`, `delivered`, `vcjob`, `podgroup`, `gate`, `pods`, `placed`, `started`; see `absent` too."""
    title: str
    """`pods are made: 2 of 4`."""
    health: Health
    """GOOD: passed. BUSY: it waits here. WARN, BAD: it is broken here. UNKNOWN: not seen. OFF: not come to yet."""
    evidence: tuple[str, ...] = ()
    """What that is known from, the most telling first."""
    remedy: str = ""


class Lack(Struct, frozen=True, gc=False):
    """One constraint that a node does not meet."""

    cause: Cause
    text: str
    """By how much: `memory short by 3.5Gi`, `taint sku=gpu:NoSchedule not tolerated`."""
    lasting: bool
    """True when nothing that ends on the node can lift it."""


class NodeFit(Struct, frozen=True, gc=False):
    """Nodes that are equal to a pod: none of them fits, for the same reasons, or all fit equally often."""

    nodes: tuple[str, ...]
    now: int
    """How many such pods fit on each of them now."""
    empty: int
    """How many would fit on each, were nothing running; 0 when it may not be used at all."""
    lacks: tuple[Lack, ...]
    """Every constraint that fails; empty when it fits."""
    health: Health

    @property
    def name(self) -> str:
        """`cpu-1…9`, `gpu-1, gpu-4`, `aks-pool-000 and 11 more`."""
        return names(self.nodes)

    @property
    def text(self) -> str:
        """What fails, or how many fit."""
        if self.lacks:
            return "; ".join(lack.text for lack in self.lacks)
        return f"{self.now} fit{'s' if self.now == 1 else ''}{' on each' if len(self.nodes) > 1 else ''}"


class PodFit(Struct, frozen=True, gc=False):
    """Pods that want the same, judged for every node: each node is in exactly one of `nodes`."""

    pods: tuple[str, ...]
    """Their names: `worker-0`. Of a gang whose pods are not made, what they will be called."""
    made: bool
    """They exist; False: this is one worker of the gang, as its instance type says."""
    wants: Wants
    known_from: str
    """What `wants` was read from: `the pod's own spec`, `instance type gpu-v100 and …`."""
    nodes: tuple[NodeFit, ...]
    """The nearest to fitting first."""
    fitting: int
    """Nodes where one fits now."""
    room: int
    """How many of them would fit now in all, were they alone."""

    @property
    def name(self) -> str:
        """`worker-0…3`."""
        return names(self.pods)


class Holder(Struct, frozen=True, gc=False):
    """A running job, or other pods of one owner, that hold what is lacking on nodes that would do."""

    key: str
    """Of the job; of other pods `namespace/workload`."""
    is_job: bool
    name: str
    """The run, or the workload."""
    namespace: str
    user: str
    since: float | None
    """When it began to hold it."""
    holds: Amounts
    """On the nodes that would do."""
    pods: int
    nodes: tuple[str, ...]
    stays: bool
    """It is no use to wait for its end: a DaemonSet's pods, a part of the cluster or of the extension."""
    enough: bool = False
    """It is one of the smallest set whose end lets the gang in."""
    owner_kind: str = ""
    """Where it is no job: ReplicaSet, DaemonSet, StatefulSet …"""


class Way(Struct, frozen=True, gc=False):
    """Something that would let the job in, or why nothing would."""

    kind: WayKind
    text: str
    cost: str = ""
    """What that lacks against what was asked for: `1 GPU instead of 4`."""
    command: str = ""


class Explanation(Struct, frozen=True):
    """Why a job waits."""

    job: str
    """Key of its row."""
    name: str
    headline: str
    health: Health
    steps: tuple[Step, ...]
    pods: tuple[PodFit, ...]
    holders: tuple[Holder, ...]
    """Of what is lacking, the greatest first."""
    ways: tuple[Way, ...]
    needed: int = 0
    """Pods that still need a node."""
    placeable: int = 0
    """How many of those would be placed now, packed one beside the other."""
    limits: frozenset[Cause] = frozenset()
    """What keeps more of them from the nodes that would do."""
    notes: tuple[str, ...] = ()
    """What is not looked at: pod anti-affinity, volumes …"""
    at: float = 0.0


def names(several: Sequence[str]) -> str:
    """Names that differ in their last number, as one: `cpu-1…9`; of others the first few."""
    if len(several) == 1:
        return several[0]
    if (ranges := _ranges(several)) is not None:
        return ranges
    if len(several) <= _SEVERAL:
        return ", ".join(shorten_middle(name, _NAME) for name in several)
    return f"{shorten_middle(several[0], _NAME)} and {len(several) - 1} more"


def _ranges(several: Sequence[str]) -> str | None:
    found = [_NUMBERED.fullmatch(name) for name in several]
    if any(one is None for one in found) or not found:
        return None
    stems = {one[1] for one in found if one is not None}
    if len(stems) != 1:
        return None
    spans: list[list[str]] = []
    for text in sorted((one[2] for one in found if one is not None), key=int):
        if spans and int(text) == int(spans[-1][-1]) + 1:
            spans[-1] = [spans[-1][0], text]
        else:
            spans.append([text])
    if len(spans) > _SEVERAL:
        return None
    return next(iter(stems)) + ",".join("…".join(span) for span in spans)
