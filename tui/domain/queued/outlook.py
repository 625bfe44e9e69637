"""How things are for the pods of one job that need a node: where each would fit, and how many at once.

Owns what all other parts of an explanation rest on.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from tui.domain import scheduling
from tui.domain.amounts import NONE, Amounts, cpu_text, memory_text
from tui.domain.queued.answer import Cause, PodFit
from tui.domain.queued.case import Asking, Case
from tui.domain.queued.fitting import Place, grouped, limits, places
from tui.domain.queued.packing import Demand, Free, demand, free, packed


class Outlook(Struct, frozen=True):
    """The gang before the nodes."""

    fits: tuple[PodFit, ...]
    places: tuple[tuple[Place, ...], ...]
    """Every node, for each of `fits`."""
    demands: tuple[Demand, ...]
    needed: int
    placeable: int
    ever: int
    """How many would be placed, were nothing running."""
    limits: frozenset[Cause]
    """What keeps more of them from the nodes that would do."""
    needs: Amounts
    """What they want in all."""
    free: Amounts
    """What is left on the nodes that would do, in all."""
    left: Free
    """What is left of each node."""

    @property
    def fitting(self) -> bool:
        """All of them would be placed now."""
        return 0 < self.needed <= self.placeable


def outlook(case: Case) -> Outlook:
    """Every pod without a node, against every node."""
    found = [tuple(places(one.wants, case.nodes, case.used)) for one in case.asking]
    sizes = [one.wants.requests for one in case.asking]
    demands = tuple(
        demand(size, len(one.names), judged)
        for one, size, judged in zip(case.asking, sizes, found, strict=True)
    )  # fmt: skip
    left = free(case.nodes, case.used)
    placeable = packed(demands, left) if demands else 0
    held: set[Cause] = set()
    if placeable < case.unplaced:
        held = {
            cause
            for size, judged in zip(sizes, found, strict=True)
            for place in judged
            for cause in limits(size, place, case.used.get(place.node.name))
        }
    return Outlook(
        tuple(map(_fit, case.asking, found)), tuple(found), demands, case.unplaced, placeable,
        packed(demands, free(case.nodes, {})) if demands else 0, frozenset(held),
        sum((_scaled(size, len(one.names)) for one, size in zip(case.asking, sizes, strict=True)), NONE),
        _free(case, found), left,
    )  # fmt: skip


def _fit(one: Asking, judged: tuple[Place, ...]) -> PodFit:
    return PodFit(
        one.names, one.made, one.wants, one.known_from, grouped(judged),
        sum(place.now > 0 for place in judged), sum(place.now for place in judged),
    )  # fmt: skip


def _scaled(size: Amounts, count: int) -> Amounts:
    return Amounts(size.cpu * count, size.memory * count, size.gpus * count, size.fuse * count)


def _free(case: Case, found: Iterable[tuple[Place, ...]]) -> Amounts:
    nodes = {place.node.name: place.node for judged in found for place in judged if place.empty}
    return sum((scheduling.left(node, case.used.get(name))[0].most(NONE) for name, node in nodes.items()), NONE)


def amount_text(amounts: Amounts) -> str:
    """`4 GPUs, 64Gi memory, 16 cpu`; empty when it is nothing."""
    parts = (
        f"{amounts.gpus} GPU{'s' if amounts.gpus != 1 else ''}" if amounts.gpus else "",
        f"{amounts.fuse} fuse device{'s' if amounts.fuse != 1 else ''}" if amounts.fuse else "",
        f"{memory_text(amounts.memory)} memory" if amounts.memory else "",
        f"{cpu_text(amounts.cpu)} cpu" if amounts.cpu else "",
    )
    return ", ".join(filter(None, parts))


def against(needs: Amounts, free: Amounts) -> str:
    """`4 GPUs, 64Gi memory, 16 cpu; free: 2 GPUs, …`: only of what is needed."""
    asked = Amounts(*((have if want else 0) for have, want in zip(_of(free), _of(needs), strict=True)))
    return f"{amount_text(needs)}; free: {amount_text(asked) or 'none of it'}"


def _of(amounts: Amounts) -> tuple[int, int, int, int]:
    return amounts.cpu, amounts.memory, amounts.gpus, amounts.fuse
