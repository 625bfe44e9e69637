"""What would let a waiting gang in, or why nothing would: other types, fewer workers, a node opened, a job's end.

Owns the alternatives and their price. A way is told only when it was tried on the nodes as they are.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from tui.core.health import Health
from tui.domain import scheduling
from tui.domain.amounts import NONE, Amounts, cpu_text, memory_text
from tui.domain.extension import of_product
from tui.domain.instance_type import InstanceTypeRow
from tui.domain.node import NodeRow
from tui.domain.queued.answer import Cause, Holder, PodFit, Way, names
from tui.domain.queued.case import Case
from tui.domain.queued.fitting import Place, places
from tui.domain.queued.outlook import Outlook, amount_text
from tui.domain.queued.packing import demand, packed
from tui.domain.queued.wants import of_type

_MOST: Final = 4
"""Ways of one sort that are told."""


def ways(case: Case, view: Outlook, holders: Sequence[Holder]) -> tuple[Way, ...]:
    """All there are, those that change least first."""
    if not case.nodes or not view.needed:
        return ()
    if view.fitting:
        return (Way("now", "nothing has to change: there is room for all of it, the scheduler has to take it up"),)
    return (
        *_never(case, view), *_wait(holders, view), *_uncordon(case, view), *_types(case, view), *_fewer(case, view),
        *_tolerate(case, view), *_label(case, view),
    )  # fmt: skip


def _wait(holders: Sequence[Holder], view: Outlook) -> Iterator[Way]:
    enough = [one for one in holders if one.enough]
    if not enough:
        return
    frees = sum((one.holds for one in enough), NONE)
    held = amount_text(Amounts(*(amount if cause in view.limits else 0 for cause, amount in (
        ("cpu", frees.cpu), ("memory", frees.memory), ("gpu", frees.gpus), ("fuse", frees.fuse)))))  # fmt: skip
    on = names(tuple(sorted({name for one in enough for name in one.nodes})))
    ends = "its end frees" if len(enough) == 1 else "their end frees"
    what = held or f"room for {sum(one.pods for one in enough)} pods"
    yield Way("wait", f"wait for {_listed(one.name for one in enough)}: {ends} {what} on {on}")


def _listed(several: Iterable[str]) -> str:
    found = list(several)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"


def _uncordon(case: Case, view: Outlook) -> Iterator[Way]:
    for nodes, placed in _opened(case, view, "cordoned"):
        command = " && ".join(f"kubectl uncordon {shlex.quote(node.name)}" for node in nodes)
        yield Way("uncordon", f"uncordon {_named(nodes)}: {_then(placed, view)}", "", command)


def _tolerate(case: Case, view: Outlook) -> Iterator[Way]:
    for nodes, placed in _opened(case, view, "taint"):
        taints = {str(taint) for node in nodes for one in case.asking
                  for taint in scheduling.blocking_taints(node, one.wants.tolerations)}  # fmt: skip
        told = f"tolerate {', '.join(sorted(taints))} of {_named(nodes)}: {_then(placed, view)}"
        yield Way("tolerate", told, "workLoadToleration of the extension, for all workloads")


def _named(nodes: Sequence[NodeRow]) -> str:
    return names(tuple(sorted(node.name for node in nodes)))


def _then(placed: int, view: Outlook) -> str:
    return "all of it would fit" if placed >= view.needed else f"{placed} of {view.needed} would fit then"


def _opened(case: Case, view: Outlook, cause: Cause) -> Iterator[tuple[list[NodeRow], int]]:
    """As few nodes as are enough, or all, that nothing but one cause keeps away; how many fit when it is lifted."""
    found: dict[str, tuple[int, NodeRow]] = {}
    for one, judged in zip(case.asking, view.places, strict=True):
        for place in judged:
            if {lack.cause for lack in place.lacks} == {cause}:
                room = scheduling.left(place.node, case.used.get(place.node.name))
                more = scheduling.times(one.wants.requests, *room)
                found[place.node.name] = (-more, place.node)
    if not found:
        return
    nodes = [node for _more, node in sorted(found.values(), key=lambda pair: (pair[0], pair[1].name))]
    opened: list[NodeRow] = []
    placed = view.placeable
    for node in nodes:
        opened.append(node)
        placed = _with(view, opened, cause)
        if placed >= view.needed:
            break
    if placed > view.placeable:
        yield opened, placed


def _with(view: Outlook, opened: Sequence[NodeRow], cause: Cause) -> int:
    """How many are placed where these nodes may be used, each by the pods that only this cause kept away."""
    names_ = {node.name for node in opened}
    more = [
        replace(one, nodes=(*one.nodes, *(place.node.name for place in judged if place.node.name in names_
                                          and {lack.cause for lack in place.lacks} == {cause})))
        for one, judged in zip(view.demands, view.places, strict=True)
    ]  # fmt: skip
    return packed(more, view.left)


def _types(case: Case, view: Outlook) -> Iterator[Way]:
    """Types of which the whole gang would fit now, what lacks least first; none without GPUs for a job with some."""
    own = case.kind.name if case.kind is not None else case.job.instance_type
    beside = _sidecars(case)
    site = scheduling.site(of_product(case.rows("extensions")))
    found: list[tuple[tuple[int, int, int, str], InstanceTypeRow]] = []
    for kind in case.rows("instancetypes").values():
        if kind.name == own or kind.health is Health.BAD or (case.kind is not None and case.kind.gpus > 0 == kind.gpus):
            continue
        wants = of_type(kind, scheduling.ask(kind) + beside, site)
        judged = places(wants, case.nodes, case.used)
        if packed([demand(wants.requests, case.total, judged)], view.left) >= case.total:
            ask = scheduling.ask(kind)
            found.append(((-ask.gpus, -ask.memory, -ask.cpu, kind.name), kind))
    for _order, kind in sorted(found, key=lambda pair: pair[0])[:_MOST]:
        where = f", on nodes {kind.selector_text}" if kind.selector else ""
        yield Way("type", f"instance type {kind.name} fits now{where}", _price(kind, case.kind))


def _sidecars(case: Case) -> Amounts:
    """What a pod asks for beside what its type says."""
    if case.kind is None or not case.asking:
        return NONE
    return (case.asking[0].wants.requests - scheduling.ask(case.kind)).most(NONE)


def _price(other: InstanceTypeRow, own: InstanceTypeRow | None) -> str:
    """What the other type has less of."""
    if own is None:
        return amount_text(scheduling.ask(other))
    new, old = scheduling.ask(other), scheduling.ask(own)
    less = (
        f"{new.gpus} GPU{'s' if new.gpus != 1 else ''} instead of {old.gpus}" if new.gpus < old.gpus else "",
        f"{memory_text(new.memory)} memory instead of {memory_text(old.memory)}" if new.memory < old.memory else "",
        f"{cpu_text(new.cpu)} cpu instead of {cpu_text(old.cpu)}" if new.cpu < old.cpu else "",
    )
    return ", ".join(filter(None, less)) or "it has no less"


def _fewer(case: Case, view: Outlook) -> Iterator[Way]:
    fits = case.placed + view.placeable
    if len(view.demands) == 1 and 0 < fits < case.total:
        yield Way("fewer", f"{fits} worker{'s' if fits > 1 else ''} would fit now", f"instead of {case.total}")


# -- when no end of any job would help


def _never(case: Case, view: Outlook) -> Iterator[Way]:
    if view.ever >= view.needed:
        return
    barred = [fit for fit in view.fits if not any(one.empty for one in fit.nodes)]
    for fit in barred:
        nearest = fit.nodes[0]
        yield Way("never", impossible(fit, case.nodes), f"the nearest is {names(nearest.nodes)}: {nearest.text}")
    if not barred:
        told = f"were nothing running, {view.ever} of its {view.needed} pods would fit"
        yield Way("never", told, "it needs more nodes, or fewer workers")


def impossible(fit: PodFit, nodes: Sequence[NodeRow]) -> str:
    """Why no node could ever take such a pod, as nodes are now."""
    for key, value in fit.wants.selector.items():
        if not any(node.labels.get(key) == value for node in nodes):
            return f"no node has the label {key}={value}"
    open_ = [one for one in fit.nodes if not any(lack.lasting and lack.cause in _DOORS for lack in one.lacks)]
    if open_:
        size = amount_text(fit.wants.requests)
        return f"{fit.name} is larger than any node that may take it: it wants {size}"
    return f"no node may take {fit.name} as nodes are now"


_DOORS: Final = frozenset({"label", "affinity", "taint", "not ready", "cordoned"})


def _label(case: Case, view: Outlook) -> Iterator[Way]:
    """Where no node has a label: what would give it to the nearest, when nothing else is in its way."""
    for one, judged in zip(case.asking, view.places, strict=True):
        missing = {
            key: value for key, value in one.wants.selector.items()
            if not any(node.labels.get(key) == value for node in case.nodes)
        }  # fmt: skip
        near = [place for place in judged if missing and _only_label(place)]
        if near:
            node = min(near, key=lambda place: (len(place.lacks), place.node.name)).node
            pairs = " ".join(shlex.quote(f"{key}={value}") for key, value in missing.items())
            told = f"label {node.name} if it is meant to have it: nothing else keeps the pod away"
            yield Way("label", told, "", f"kubectl label node {shlex.quote(node.name)} {pairs}")


def _only_label(place: Place) -> bool:
    return {lack.cause for lack in place.lacks} == {"label"}
