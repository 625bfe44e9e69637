"""Nodes: how many the components may use, whether they are large enough, and room for what the system itself asks.

Owns the figures. What other pods take of a node is not counted: no pod is listed for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from tui.core.errors import Problem
from tui.core.health import Health
from tui.domain import scheduling
from tui.domain.amounts import NONE, Amounts, cpu_text, memory_text
from tui.domain.plans.note import Note
from tui.domain.preflight.noting import listed, unknown
from tui.domain.preflight.wish import Wish
from tui.domain.surveys.kube import Machine
from tui.domain.surveys.survey import Survey

GIB: Final = 1024**3
TEST: Final = Amounts(2000, 7 * GIB)
"""A node for a test."""
PRODUCTION: Final = Amounts(4000, 14 * GIB)
"""Each of the three nodes for production."""
ENOUGH: Final = 3
"""Nodes for production, and for a router of which one may fail."""
LEAST_TEST: Final = Amounts(1780, int(2.4 * GIB))
"""What the system's own pods ask without high availability."""
LEAST: Final = Amounts(3600, int(4.2 * GIB))
"""What they ask with it."""
_REPORTED: Final = 0.9
"""Of a machine's nominal memory a kernel reports at least this much."""


def find(survey: Survey, wish: Wish) -> Iterator[Note]:
    """All about nodes."""
    if isinstance(survey.nodes, Problem):
        yield unknown("nodes-unknown", "whether there are nodes for it could not be seen", [survey.nodes])
        return
    usable, kept = _sorted(survey.nodes, wish)
    yield _usable(usable, kept)
    if usable:
        yield _size(usable, wish)
        yield _room(usable, wish)
    yield from _router(usable, wish)


def _sorted(machines: tuple[Machine, ...], wish: Wish) -> tuple[list[Machine], dict[str, str]]:
    """The machines its components may use, and by name why the others are not."""
    verdicts = scheduling.fit(NONE, {}, (machine.row for machine in machines), {}, wish.site)
    usable, kept = [], {}
    for machine, verdict in zip(machines, verdicts, strict=True):
        why = verdict.text if verdict.cause else ""
        if machine.system not in ("", "linux"):
            why = machine.system
        elif machine.arch not in ("", "amd64"):
            why = machine.arch
        if why:
            kept[machine.row.name] = why
        else:
            usable.append(machine)
    return usable, kept


def _usable(usable: list[Machine], kept: dict[str, str]) -> Note:
    reasons = Counter(kept.values())
    out = listed(f"{count} {why}" for why, count in reasons.most_common())
    evidence = f"nodes: {len(usable)} of {len(usable) + len(kept)} Ready, Linux on amd64, taints tolerated"
    evidence += f"; not: {out}" if out else ""
    if not usable:
        what = "no node can run its components"
        return Note("nodes-none", Health.BAD, what, evidence, "add a Linux node on amd64, or change nodeSelector.*")
    if any(not machine.arch or not machine.system for machine in usable):
        what = "of some nodes the architecture or system is not told"
        return Note("nodes-untold", Health.UNKNOWN, what, evidence)
    what = f"{len(usable)} {'node' if len(usable) == 1 else 'nodes'} can run its components"
    return Note("nodes-usable", Health.GOOD, what, evidence)


def _size(usable: list[Machine], wish: Wish) -> Note:
    large = [m for m in usable if _reaches(m, PRODUCTION)]
    small = [m for m in usable if _reaches(m, TEST)]
    sizes = Counter(_told(m.row.capacity) for m in usable)
    evidence = "nodes' capacity: " + listed(f"{count} × {size}" for size, count in sizes.most_common())
    if len(large) >= ENOUGH:
        what = f"{len(large)} nodes are large enough for production (3 of 4 cpu, 14Gi)"
        return Note("nodes-production", Health.GOOD, what, evidence)
    if not small:
        what = "no node is as large as a test takes (2 cpu, 7Gi)"
        return Note("nodes-small", Health.WARN, what, evidence, "add a larger node")
    what = "the nodes are enough for a test, not for production (3 of 4 cpu, 14Gi)"
    testing = wish.value("clusterPurpose").lower() == "devtest"
    step = "" if testing else "add nodes, or take it for a test: clusterPurpose=DevTest"
    return Note("nodes-test", Health.GOOD if testing else Health.WARN, what, evidence, step)


def _reaches(machine: Machine, size: Amounts) -> bool:
    row = machine.row
    have = row.capacity if row.capacity.cpu else row.allocatable
    return have.cpu >= size.cpu and have.memory >= size.memory * _REPORTED


def _told(have: Amounts) -> str:
    return f"{cpu_text(have.cpu)} cpu {memory_text(have.memory)}"


def _room(usable: list[Machine], wish: Wish) -> Note:
    room = sum((machine.row.allocatable for machine in usable), NONE)
    available = wish.inference and wish.on(_router_key(wish))
    least = LEAST if available else LEAST_TEST
    evidence = f"nodes' allocatable {_told(room)}, other pods not counted; asked {_told(least)}"
    if room.cpu >= least.cpu and room.memory >= least.memory:
        return Note("room-enough", Health.GOOD, "the nodes have room for what the system itself asks", evidence)
    what = "the nodes together have no room for what the system itself asks: an install would time out"
    return Note(
        "room-lacking", Health.BAD if wish.decided and wish.inference else Health.WARN, what, evidence, "add nodes"
    )


def _router_key(wish: Wish) -> str:
    return "inferenceLoadBalancerHA" if wish.era == "B" else "inferenceRouterHA"


def _router(usable: list[Machine], wish: Wish) -> Iterator[Note]:
    """The scoring front end with high availability wants a node for each of its three pods."""
    if not wish.inference:
        return
    key, evidence = _router_key(wish), f"nodes: {len(usable)} usable"
    if len(usable) >= ENOUGH:
        yield Note("router-nodes-enough", Health.GOOD, "there are three nodes for the inference router", evidence)
        return
    implies = {key: "False"}
    if wish.grants(implies):
        what = "fewer than three nodes, and the inference router is not to be highly available"
        yield Note("router-nodes-few", Health.GOOD, what, evidence, implies=implies)
        return
    what = f"{key} wants three nodes: the router's pods would stay Pending (E40002)"
    step = f"set {key}=False, as a test also clusterPurpose=DevTest, or add nodes"
    yield Note("router-nodes-few", Health.BAD if wish.decided else Health.WARN, what, evidence, step, implies)
