"""A gang at once on the nodes: against every way of placing it."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.domain.build import node_row
from tui.domain.amounts import Amounts
from tui.domain.node import NodeRow
from tui.domain.queued.packing import Demand, free, packed
from tui.domain.scheduling import Used

NAMES = ("n0", "n1", "n2")
AMOUNTS = st.builds(Amounts, st.integers(0, 3), st.integers(0, 3), st.integers(0, 2))
ROOMS = st.lists(st.builds(Amounts, st.integers(0, 6), st.integers(0, 6), st.integers(0, 4)), min_size=1, max_size=3)


def machines(rooms: list[Amounts]) -> tuple[NodeRow, ...]:
    return tuple(replace(node_row(f"n{n}", pods="4"), allocatable=room) for n, room in enumerate(rooms))


def best(pods: list[Amounts], nodes: tuple[NodeRow, ...], used: dict[str, Used]) -> int:
    """The most that any placing of them reaches; each pod on a node, or on none."""
    reached = 0
    for choice in product(range(-1, len(nodes)), repeat=len(pods)):
        sums = {node.name: replace_used(used.get(node.name, Used())) for node in nodes}
        for pod, at in zip(pods, choice, strict=True):
            if at >= 0:
                one = sums[nodes[at].name]
                one.cpu, one.memory, one.gpus, one.pods = (
                    one.cpu + pod.cpu, one.memory + pod.memory, one.gpus + pod.gpus, one.pods + 1,
                )  # fmt: skip
        placed = [at for at in choice if at >= 0]
        if all(_holds(nodes[at], sums[nodes[at].name]) for at in placed):
            reached = max(reached, len(placed))
    return reached


def replace_used(one: Used) -> Used:
    return Used(one.cpu, one.memory, one.gpus, one.pods, one.fuse)


def _holds(node: NodeRow, sums: Used) -> bool:
    have = node.allocatable
    return (
        sums.cpu <= have.cpu and sums.memory <= have.memory and sums.gpus <= have.gpus and sums.pods <= node.pods
    )  # fmt: skip


@given(AMOUNTS, st.integers(1, 4), ROOMS)
@settings(max_examples=60, deadline=None)
def test_of_equal_pods_it_is_exact(size: Amounts, count: int, rooms: list[Amounts]) -> None:
    nodes = machines(rooms)
    assert packed([Demand(size, count, NAMES[: len(nodes)])], free(nodes, {})) == best([size] * count, nodes, {})


@given(AMOUNTS, AMOUNTS, st.integers(1, 2), st.integers(1, 2), ROOMS)
@settings(max_examples=60, deadline=None)
def test_of_others_it_never_promises_too_much(
    first: Amounts, second: Amounts, some: int, more: int, rooms: list[Amounts]
) -> None:
    nodes = machines(rooms)
    at = NAMES[: len(nodes)]
    found = packed([Demand(first, some, at), Demand(second, more, at)], free(nodes, {}))
    assert found <= best([first] * some + [second] * more, nodes, {})


def test_the_great_ones_are_placed_first() -> None:
    nodes = machines([Amounts(4, 4, 1), Amounts(4, 4, 0)])
    helper, worker = Demand(Amounts(3, 3, 0), 1, NAMES[:2]), Demand(Amounts(3, 3, 1), 1, NAMES[:2])
    left = free(nodes, {})
    assert packed([helper, worker], left) == packed([worker, helper], left) == 2


def test_what_ends_makes_room() -> None:
    nodes = machines([Amounts(4, 4, 2)])
    one, left = [Demand(Amounts(1, 1, 1), 2, NAMES[:1])], free(nodes, {"n0": Used(gpus=2, pods=1)})
    assert packed(one, left) == 0
    assert packed(one, left, {"n0": Used(gpus=1, pods=1)}) == 1
    assert packed(one, left, {"n0": Used(gpus=2, pods=1)}) == 2
