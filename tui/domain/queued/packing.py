"""A gang on the nodes, all its pods at once: each may fit somewhere and not all of them beside each other.

Owns the packing. Must not know why a node is none of those that would do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from tui.domain.amounts import Amounts
from tui.domain.node import NodeRow
from tui.domain.queued.fitting import Place
from tui.domain.scheduling import Usage, Used

Room = tuple[int, int, int, int, int]
"""What is left of a node: cpu, memory, GPUs, fuse devices, pods. Plain numbers: it is added up a great many times."""
Free = Mapping[str, Room]

_UNLIMITED: Final = 10_000
"""Pods that a node takes whose limit is not known."""
_NOTHING: Final = Used()


class Demand(Struct, frozen=True):
    """So many pods that want the same, and where each of them may be."""

    size: Amounts
    count: int
    nodes: tuple[str, ...]
    """Those that no label, taint or state keeps it from."""


def demand(size: Amounts, count: int, found: Iterable[Place]) -> Demand:
    """So many such pods, on the nodes that could take one."""
    return Demand(size, count, tuple(place.node.name for place in found if place.empty))


def free(nodes: Iterable[NodeRow], used: Usage) -> dict[str, Room]:
    """What is left of each node."""
    found = {}
    for node in nodes:
        have, sums = node.allocatable, used.get(node.name, _NOTHING)
        pods = node.pods - sums.pods if node.pods else _UNLIMITED
        found[node.name] = (
            have.cpu - sums.cpu, have.memory - sums.memory, have.gpus - sums.gpus, have.fuse - sums.fuse, pods,
        )  # fmt: skip
    return found


def packed(demands: Sequence[Demand], left: Free, freed: Mapping[str, Used] = {}) -> int:
    """How many of a gang's pods find a node, all at once; `freed` is what ends on each node.

    Exact where all want the same. Else the greatest are placed first, each kind on the fullest nodes that take it: a
    cleverer packing may place more.
    """
    more = {name: _and(left[name], used) for name, used in freed.items() if name in left}
    if len(demands) == 1:
        one = demands[0]
        return min(one.count, sum(_times(one.size, more.get(name) or left[name]) for name in one.nodes))
    rest = {**left, **more}
    return sum(_fill(one, rest) for one in sorted(demands, key=lambda one: _greatness(one.size)))


def _greatness(size: Amounts) -> tuple[int, int, int]:
    return -size.gpus, -size.memory, -size.cpu


def _and(room: Room, used: Used) -> Room:
    return (
        room[0] + used.cpu, room[1] + used.memory, room[2] + used.gpus, room[3] + used.fuse, room[4] + used.pods,
    )  # fmt: skip


def _times(size: Amounts, room: Room) -> int:
    """How often a size goes in: `scheduling.times` without its values."""
    most = room[4]
    if size.cpu and room[0] // size.cpu < most:
        most = room[0] // size.cpu
    if size.memory and room[1] // size.memory < most:
        most = room[1] // size.memory
    if size.gpus and room[2] // size.gpus < most:
        most = room[2] // size.gpus
    if size.fuse and room[3] // size.fuse < most:
        most = room[3] // size.fuse
    return max(0, most)


def _fill(one: Demand, rest: dict[str, Room]) -> int:
    """Place what goes of one kind, and take it from what is left."""
    size, placed = one.size, 0
    rooms = [(count, name) for name in one.nodes if (count := _times(size, rest[name]))]
    for count, name in sorted(rooms):
        got = min(count, one.count - placed)
        if not got:
            break
        placed += got
        room = rest[name]
        rest[name] = (
            room[0] - size.cpu * got, room[1] - size.memory * got, room[2] - size.gpus * got,
            room[3] - size.fuse * got, room[4] - got,
        )  # fmt: skip
    return placed
