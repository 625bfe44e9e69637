"""One pod against every node: all constraints that fail, each with by how much.

Rules: the scheduler's filters for readiness, cordon, node selector, required node affinity, taints and resources.
Owns the judgement; what is asked for is `wants`, what is taken is `scheduling.usage`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, Literal

from msgspec import Struct

from tui.core.health import Health
from tui.domain import scheduling
from tui.domain.amounts import Amounts, cpu_text, memory_text
from tui.domain.node import NodeRow, TaintRow
from tui.domain.queued.answer import Cause, Lack, NodeFit
from tui.domain.queued.wants import Term, Wants
from tui.domain.scheduling import Usage, Used

_BARRED: Final = frozenset({"label", "affinity", "taint", "cordoned"})
_CORDON: Final = TaintRow("node.kubernetes.io/unschedulable", "", "NoSchedule")


class Place(Struct, frozen=True, gc=False):
    """One node, judged for one pod."""

    node: NodeRow
    now: int
    empty: int
    lacks: tuple[Lack, ...]
    far: float
    """How much is lacking, as a share of what is asked for: less is nearer."""


def places(wants: Wants, nodes: Iterable[NodeRow], used: Usage) -> list[Place]:
    """Every node, judged. Nodes that stand alike for labels, taints and state are judged once for those."""
    keys = tuple({*wants.selector, *(one.key for term in wants.terms or () for one in term)})
    by_name = any(one.of_field for term in wants.terms or () for one in term)
    known: dict[object, tuple[Lack, ...]] = {}
    found = []
    for node in nodes:
        have = node.labels
        stand = (
            *(have.get(key) for key in keys), node.taints, node.ready, node.cordoned, node.name if by_name else "",
        )  # fmt: skip
        lasting = known.get(stand)
        if lasting is None:
            lasting = known[stand] = tuple(_standing(wants, node))
        found.append(_place(wants.requests, node, used.get(node.name), lasting))
    return found


def _place(size: Amounts, node: NodeRow, used: Used | None, lasting: tuple[Lack, ...]) -> Place:
    room, pods = scheduling.left(node, used)
    short = tuple(_short(size, room, node, pods))
    if lasting:
        return Place(node, 0, 0, (*lasting, *short), _far(size, room))
    empty = scheduling.times(size, node.allocatable, node.pods)
    if short:
        return Place(node, 0, empty, short, _far(size, room))
    return Place(node, scheduling.times(size, room, pods), empty, (), 0.0)


def _standing(wants: Wants, node: NodeRow) -> Iterator[Lack]:
    """What fails whatever runs there."""
    if not node.ready:
        yield Lack("not ready", "not ready", True)
    if node.cordoned and not any(one.tolerates(_CORDON) for one in wants.tolerations):
        yield Lack("cordoned", "cordoned", True)
    for key, value in wants.selector.items():
        have = node.labels.get(key)
        if have != value:
            is_ = "missing" if have is None else f"is {have or 'empty'}"
            yield Lack("label", f"label {key} {is_}, wants {value or 'it empty'}", True)
    if wants.terms is not None:
        yield from _affinity(wants.terms, node)
    for taint in scheduling.blocking_taints(node, wants.tolerations):
        yield Lack("taint", f"taint {taint} not tolerated", True)


def _affinity(terms: Sequence[Term], node: NodeRow) -> Iterator[Lack]:
    """What fails of the term that fails least; one without expressions is met by no node."""
    failing = [[one for one in term if not one.met(node)] for term in terms if term]
    if not failing:
        yield Lack("affinity", "affinity is empty: no node can meet it", True)
        return
    for one in min(failing, key=len):
        have = node.name if one.of_field else node.labels.get(one.key)
        is_ = "missing" if have is None else f"is {have or 'empty'}"
        yield Lack("affinity", f"affinity {one}: {is_}", True)


def _short(size: Amounts, room: Amounts, node: NodeRow, pods: int) -> Iterator[Lack]:
    """What there is too little of. Nothing is short that is not asked for, even where too much is taken."""
    all_ = node.allocatable
    if size.gpus and size.gpus > room.gpus:
        yield Lack("gpu", _devices("GPU", size.gpus, room.gpus, all_.gpus), size.gpus > all_.gpus)
    if size.fuse and size.fuse > room.fuse:
        yield Lack("fuse", _devices("fuse device", size.fuse, room.fuse, all_.fuse), size.fuse > all_.fuse)
    if size.memory and size.memory > room.memory:
        yield _measure("memory", size.memory, room.memory, all_.memory)
    if size.cpu and size.cpu > room.cpu:
        yield _measure("cpu", size.cpu, room.cpu, all_.cpu)
    if pods < 0:
        yield Lack("pods", f"full of pods ({node.pods})", False)


def _devices(noun: str, wanted: int, free: int, all_: int) -> str:
    wants = f", wants {wanted}" if wanted > 1 else ""
    return f"{noun} {max(0, free)} of {all_} free{wants}" if all_ else f"has no {noun}{wants}"


@lru_cache(maxsize=4096)
def _measure(cause: Literal["memory", "cpu"], wanted: int, free: int, all_: int) -> Lack:
    """Machines are much alike: what is short on one of them is short on many."""
    write = memory_text if cause == "memory" else cpu_text
    text = f"{cause} short by {write(wanted - free)}"
    return Lack(cause, f"{text}, it has {write(all_)}" if wanted > all_ else text, wanted > all_)


def _far(size: Amounts, room: Amounts) -> float:
    parts = ((size.gpus, room.gpus), (size.memory, room.memory), (size.cpu, room.cpu), (size.fuse, room.fuse))
    return sum(min(1.0, (wanted - free) / wanted) for wanted, free in parts if wanted > free and wanted)


def grouped(found: Iterable[Place]) -> tuple[NodeFit, ...]:
    """Equal nodes together, the nearest to fitting first."""
    groups: dict[tuple[tuple[Lack, ...], int, int], list[Place]] = {}
    for place in found:
        groups.setdefault((place.lacks, place.now, place.empty), []).append(place)
    by_nearness = sorted(groups.values(), key=lambda several: _nearness(several[0]))
    return tuple(
        NodeFit(tuple(place.node.name for place in several), first.now, first.empty, first.lacks, _health(first))
        for several in by_nearness
        for first in several[:1]
    )


def _nearness(place: Place) -> tuple[int, int, float, int, str]:
    lasting = sum(lack.lasting for lack in place.lacks)
    return lasting, len(place.lacks), place.far, -place.now, place.node.name


def _health(place: Place) -> Health:
    if not place.lacks:
        return Health.GOOD
    causes = {lack.cause for lack in place.lacks if lack.lasting}
    if not causes:
        return Health.BUSY
    return Health.BAD if causes & {"not ready", "gpu", "fuse", "memory", "cpu"} and not causes & _BARRED else Health.OFF


def limits(size: Amounts, place: Place, used: Used | None) -> set[Cause]:
    """What keeps one more from a node that has taken all that fit: of a node that could take more, were it empty."""
    if place.now >= place.empty:
        return set()
    room, pods = scheduling.left(place.node, used)
    one_more = place.now + 1
    asked: tuple[tuple[Cause, int, int], ...] = (
        ("gpu", size.gpus, room.gpus), ("fuse", size.fuse, room.fuse), ("memory", size.memory, room.memory),
        ("cpu", size.cpu, room.cpu), ("pods", int(place.node.pods > 0), pods),
    )  # fmt: skip
    return {cause for cause, wanted, free in asked if wanted and wanted * one_more > free}
