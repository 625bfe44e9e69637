"""Does a size fit a node, how often, and if not, why.

Rules: the scheduler's filters for node selector, taints and resources, with the tolerations the product gives its
workloads. Owns the arithmetic; sidecars of a job's pod, affinities and volumes are not counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal

from msgspec import Struct

from tui.core.health import Health
from tui.domain.amounts import NONE, Amounts, cpu_text, memory_text
from tui.domain.extension import ExtensionRow
from tui.domain.instance_type import InstanceTypeRow
from tui.domain.node import NodeRow, TaintRow
from tui.domain.pod import PodRow

Cause = Literal["", "label", "not ready", "cordoned", "taint", "cpu", "memory", "gpu", "pods"]
Selector = Mapping[str, str]
Wanted = tuple[tuple[str, str], ...]

_UNLIMITED: Final = 10_000
"""How often a size that asks for nothing fits a node whose pod limit is not known."""
_SKIPPED_TAINTS: Final = frozenset(
    {"node.kubernetes.io/unschedulable", "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}
)
"""Said already by `cordoned` and `not ready`."""


class Toleration(Struct, frozen=True, gc=False):
    """A toleration. An empty key with Exists tolerates all; an empty effect means every effect."""

    key: str
    value: str = ""
    exists: bool = False
    effect: str = ""

    def tolerates(self, taint: TaintRow) -> bool:
        """Rule: `ToleratesTaint` of the Kubernetes API."""
        if self.effect and self.effect != taint.effect:
            return False
        if self.key and self.key != taint.key:
            return False
        return self.exists or self.value == taint.value


WORKLOAD_TOLERATIONS: Final = (
    Toleration("ml.azure.com/amlarc", "true"),
    Toleration("ml.azure.com/amlarc-system", "true"),
    Toleration("ml.azure.com/amlarc-workload", "true"),
    Toleration("ml.azure.com/resource-group", exists=True),
    Toleration("ml.azure.com/workspace", exists=True),
    Toleration("ml.azure.com/compute", exists=True),
)
"""What training pods tolerate since 1.1.16. The last three are bound to names; here any name counts."""


class Site(Struct, frozen=True):
    """What the extension adds to every workload."""

    selector: dict[str, str] = {}
    tolerations: tuple[Toleration, ...] = WORKLOAD_TOLERATIONS


class Used(Struct, gc=False):
    """What pods take of one node."""

    cpu: int = 0
    memory: int = 0
    gpus: int = 0
    pods: int = 0
    fuse: int = 0


Usage = Mapping[str, Used]


class Verdict(Struct, frozen=True, gc=False):
    """One node, judged for one size."""

    node: str
    now: int
    """How often it fits beside what runs."""
    empty: int
    """How often it would fit if the node ran nothing; 0 when the node may not be used at all."""
    cause: Cause
    """Why it does not fit now; empty when it does."""
    text: str
    """`2 fit`, `memory short by 3.5Gi`, `taint sku=gpu:NoSchedule`."""
    health: Health


class Capacity(Struct, frozen=True, gc=False):
    """All nodes together, for one size."""

    nodes: int
    matching: int
    """Nodes whose labels match and whose taints are tolerated."""
    usable: int
    """Those of them that are ready and not cordoned."""
    fitting: int
    """Nodes where it fits at least once now."""
    now: int
    """How many fit in all, now."""
    empty: int
    """How many would fit in all, were nothing running."""


def site(extension: ExtensionRow | None) -> Site:
    """What the extension's settings nodeSelector.* and workLoadToleration[i].* add."""
    if extension is None:
        return Site()
    selector = {
        key[len("nodeSelector.") :].replace("\\.", "."): value
        for key, value in extension.settings.items()
        if key.startswith("nodeSelector.")
    }
    return Site(selector, WORKLOAD_TOLERATIONS + _extra_tolerations(extension.settings))


_TOLERATION: Final = re.compile(r"workLoadToleration\[(\d+)\]\.(key|operator|value|effect)", re.IGNORECASE)


def _extra_tolerations(settings: Mapping[str, str]) -> tuple[Toleration, ...]:
    found: dict[str, dict[str, str]] = {}
    for key, value in settings.items():
        named = _TOLERATION.fullmatch(key)
        if named:
            found.setdefault(named[1], {})[named[2].lower()] = value
    return tuple(
        Toleration(
            one.get("key", ""),
            one.get("value", ""),
            one.get("operator", "").lower() == "exists",
            one.get("effect", ""),
        )
        for _index, one in sorted(found.items())
    )


def usage(pods: Iterable[PodRow]) -> dict[str, Used]:
    """What the pods take of each node. Pods that ended take nothing."""
    used: dict[str, Used] = {}
    for pod in pods:
        if not pod.node or pod.over:
            continue
        sums = used.get(pod.node)
        if sums is None:
            sums = used[pod.node] = Used()
        wants = pod.requests
        sums.cpu += wants.cpu
        sums.memory += wants.memory
        sums.gpus += wants.gpus
        sums.fuse += wants.fuse
        sums.pods += 1
    return used


def ask(row: InstanceTypeRow) -> Amounts:
    """What a worker of this type asks of a node: its requests, and the GPUs of its limits."""
    return Amounts(row.requests.cpu or row.limits.cpu, row.requests.memory or row.limits.memory, row.gpus)


def fit(
    size: Amounts, selector: Selector, nodes: Iterable[NodeRow], used: Usage, at: Site | None = None
) -> list[Verdict]:
    """Every node's verdict for one size, in the order of `nodes`."""
    at = at or Site()
    wanted = _both(at, selector)
    return [_verdict(size, wanted, node, used.get(node.name), at.tolerations) for node in nodes]


def capacity(
    size: Amounts, selector: Selector, nodes: Iterable[NodeRow], used: Usage, at: Site | None = None
) -> Capacity:
    """The sums of `fit` without its words: for a thousand nodes and many sizes."""
    at = at or Site()
    wanted = _both(at, selector)
    total = matching = usable = fitting = now = empty = 0
    for node in nodes:
        total += 1
        if not _labels_match(wanted, node) or _taint(node, at.tolerations) is not None:
            continue
        matching += 1
        if not node.ready or node.cordoned:
            continue
        usable += 1
        empty += times(size, node.allocatable, node.pods)
        more = times(size, *left(node, used.get(node.name)))
        now += more
        fitting += more > 0
    return Capacity(total, matching, usable, fitting, now, empty)


def _both(at: Site, selector: Selector) -> Wanted:
    """Both selectors must be met: one label wanted with two values is met nowhere."""
    return (*at.selector.items(), *selector.items())


def _labels_match(wanted: Wanted, node: NodeRow) -> bool:
    have = node.labels
    return all(have.get(key) == value for key, value in wanted)


def _taint(node: NodeRow, tolerations: Sequence[Toleration]) -> TaintRow | None:
    """The first taint that keeps a workload away, None when all are tolerated."""
    return next(blocking_taints(node, tolerations), None) if node.taints else None


def blocking_taints(node: NodeRow, tolerations: Sequence[Toleration]) -> Iterator[TaintRow]:
    """The taints that keep a workload away, without those a node has for being cordoned or not ready."""
    for taint in node.taints:
        if taint.effect == "PreferNoSchedule" or taint.key in _SKIPPED_TAINTS:
            continue
        if not any(toleration.tolerates(taint) for toleration in tolerations):
            yield taint


def left(node: NodeRow, used: Used | None) -> tuple[Amounts, int]:
    """What is left of a node; of its pods -1 means that none are left, 0 that the limit is not known."""
    if used is None:
        return node.allocatable, node.pods
    have = node.allocatable
    rest = Amounts(have.cpu - used.cpu, have.memory - used.memory, have.gpus - used.gpus, have.fuse - used.fuse)
    return rest, (node.pods - used.pods or -1) if node.pods else 0


def times(size: Amounts, room: Amounts, pods: int) -> int:
    """How often a size goes into what is left."""
    most = pods or _UNLIMITED
    if size.cpu:
        most = min(most, room.cpu // size.cpu)
    if size.memory:
        most = min(most, room.memory // size.memory)
    if size.gpus:
        most = min(most, room.gpus // size.gpus)
    if size.fuse:
        most = min(most, room.fuse // size.fuse)
    return max(0, most)


def _verdict(
    size: Amounts, wanted: Wanted, node: NodeRow, used: Used | None, tolerations: Sequence[Toleration]
) -> Verdict:
    for key, value in wanted:
        have = node.labels.get(key)
        if have != value:
            said = f"label {key} missing" if have is None else f"label {key} is {have or 'empty'}"
            return Verdict(node.name, 0, 0, "label", said, Health.OFF)
    taint = _taint(node, tolerations)
    if taint is not None:
        return Verdict(node.name, 0, 0, "taint", f"taint {taint}", Health.OFF)
    if not node.ready:
        return Verdict(node.name, 0, 0, "not ready", "not ready", Health.BAD)
    if node.cordoned:
        return Verdict(node.name, 0, 0, "cordoned", "cordoned", Health.OFF)
    empty, (room, pods) = times(size, node.allocatable, node.pods), left(node, used)
    now = times(size, room, pods)
    if now:
        return Verdict(node.name, now, empty, "", f"{now} fit{'s' if now == 1 else ''}", Health.GOOD)
    cause, told = _short(size, room)
    return Verdict(node.name, 0, empty, cause, told, Health.BUSY if empty else Health.BAD)


def _short(size: Amounts, room: Amounts) -> tuple[Cause, str]:
    """What lacks most tellingly: GPUs before memory before cpu."""
    gpus, memory, cpu = size.gpus - room.gpus, size.memory - room.memory, size.cpu - room.cpu
    if size.gpus and gpus > 0:
        return "gpu", f"short of {gpus} GPU{'s' if gpus > 1 else ''}"
    if size.memory and memory > 0:
        return "memory", f"memory short by {memory_text(memory)}"
    if size.cpu and cpu > 0:
        return "cpu", f"cpu short by {cpu_text(cpu)}"
    return "pods", "full of pods"


def free_total(nodes: Iterable[NodeRow], used: Usage, selector: Selector, at: Site | None = None) -> Amounts:
    """What is left on all nodes together that a workload with this selector may use."""
    at = at or Site()
    wanted = _both(at, selector)
    total = NONE
    for node in nodes:
        usable = node.ready and not node.cordoned and _labels_match(wanted, node)
        if usable and _taint(node, at.tolerations) is None:
            total += left(node, used.get(node.name))[0].most(NONE)
    return total
