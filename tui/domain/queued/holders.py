"""Who holds what is lacking, on the nodes that would do, and the smallest set of them whose end lets the gang in.

Owns the grouping of pods by what they belong to, and the search. Must not know words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import nlargest
from itertools import combinations
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from tui.domain import job
from tui.domain.aml_job import RUN_LABEL
from tui.domain.amounts import NONE, Amounts
from tui.domain.component import NAMESPACE
from tui.domain.job import JobRow
from tui.domain.pod import PodRow
from tui.domain.queued.answer import Cause, Holder
from tui.domain.queued.case import Case
from tui.domain.queued.outlook import Outlook
from tui.domain.queued.packing import packed
from tui.domain.scheduling import Used

_STAYS: Final = frozenset({NAMESPACE, "kube-system", "kube-node-lease", "azure-arc", "gatekeeper-system"})
"""Namespaces whose pods are nobody's to end."""
_TIED: Final = frozenset({"DaemonSet", "Node"})
_LARGEST: Final = 3
"""Holders in a set that is searched for as the smallest."""
_LEAST: Final = 0.05
"""Share of a pod's wish that is worth telling."""
_EFFORT: Final = 4_000
"""Sets and nodes that are looked at in the search; when it is used up, the next best set that is enough is told."""

Freed = dict[str, Used]


class Held(Struct):
    """What one holder has, node by node."""

    first: PodRow
    key: str
    freed: Freed
    holds: Amounts
    """Of the nodes that would do."""
    pods: int
    since: float | None


def holders(case: Case, view: Outlook) -> tuple[Holder, ...]:
    """All who hold something that is lacking, those worth to wait for first, the greatest of them first."""
    if not view.limits:
        return ()
    would_do = {place.node.name for judged in view.places for place in judged if place.empty}
    found = [one for one in _held(case, would_do).values() if _matters(one.holds, view.limits)]
    rows: Mapping[str, JobRow] = case.rows(job.NAME)
    told = [(_holder(one, rows.get(one.key)), one) for one in found]
    told.sort(key=lambda pair: (pair[0].stays, *(-each for each in _weight(pair[0].holds, view.limits)), pair[0].key))
    enough = {one.key for one in smallest([one for holder, one in told if not holder.stays], view)}
    size = view.demands[0].size
    return tuple(
        replace(holder, enough=holder.key in enough)
        for holder, _one in told
        if holder.key in enough or _share(holder, size, view.limits) >= _LEAST
    )


def _share(one: Holder, size: Amounts, limits: frozenset[Cause]) -> float:
    """What it holds on one of its nodes, of what one pod wants."""
    held, wanted = _weight(one.holds, limits), _weight(size, limits)
    shares = (have / (want * len(one.nodes)) for have, want in zip(held, wanted, strict=True) if want)
    return max(shares, default=1.0 if "pods" in limits else 0.0)


def _held(case: Case, would_do: set[str]) -> dict[str, Held]:
    """By job, else by workload, what all pods on these nodes take."""
    found: dict[str, Held] = {}
    for pod in case.rows("pods").values():
        if pod.node not in would_do or pod.over:
            continue
        job_id = job.pod_job_id(pod)
        key = f"{pod.namespace}/{job_id or pod.component or pod.name}"
        if key == case.job.key:
            continue
        one = found.get(key)
        if one is None:
            one = found[key] = Held(pod, key, {}, NONE, 0, pod.created)
        _take(one, pod)
    for one in found.values():
        parts = one.freed.values()
        one.holds = Amounts(
            sum(part.cpu for part in parts), sum(part.memory for part in parts),
            sum(part.gpus for part in parts), sum(part.fuse for part in parts),
        )  # fmt: skip
        one.pods = sum(part.pods for part in parts)
    return found


def _take(one: Held, pod: PodRow) -> None:
    wants = pod.requests
    if pod.created is not None and (one.since is None or pod.created < one.since):
        one.since = pod.created
    sums = one.freed.get(pod.node)
    if sums is None:
        sums = one.freed[pod.node] = Used()
    sums.cpu += wants.cpu
    sums.memory += wants.memory
    sums.gpus += wants.gpus
    sums.fuse += wants.fuse
    sums.pods += 1


def _matters(holds: Amounts, limits: frozenset[Cause]) -> bool:
    return "pods" in limits or any(_weight(holds, limits))


def _weight(holds: Amounts, limits: frozenset[Cause]) -> tuple[int, ...]:
    """What it holds of what is lacking, the dearest first."""
    by_cause: tuple[tuple[Cause, int], ...] = (
        ("gpu", holds.gpus), ("fuse", holds.fuse), ("memory", holds.memory), ("cpu", holds.cpu),
    )  # fmt: skip
    return tuple(amount for cause, amount in by_cause if cause in limits)


def _holder(one: Held, row: JobRow | None) -> Holder:
    pod = one.first
    is_job = bool(job.pod_job_id(pod))
    stays = not is_job and (pod.namespace in _STAYS or pod.owner_kind in _TIED)
    labels = pod.labels
    name = row.name if row is not None else (labels.get(RUN_LABEL, "") if is_job else "")
    return Holder(
        one.key, is_job, name or one.key.partition("/")[2], pod.namespace,
        row.user if row is not None else labels.get("userName", ""),
        (row.started or row.created) if row is not None else one.since,
        one.holds, one.pods, tuple(sorted(one.freed)), stays,
        owner_kind="" if is_job else pod.owner_kind or "Pod",
    )  # fmt: skip


def smallest(several: Sequence[Held], view: Outlook) -> Sequence[Held]:
    """As few of them as let the whole gang in when they end; none when all of them together do not."""
    search = _Search(view)
    if not several or not search.enough(several):
        return ()
    for count in range(1, min(_LARGEST, len(several)) + 1):
        for some in combinations(several, count) if search.possible(several, count) else ():
            if search.effort <= 0:
                return _any(several, search)
            if search.enough(some):
                return some
    return _any(several, search)


def _any(several: Sequence[Held], search: _Search) -> Sequence[Held]:
    """A set that is enough: the first so many, without those of them that are found not to be needed."""
    low, high = 0, len(several)
    while high - low > 1:
        middle = (low + high) // 2
        if search.enough(several[:middle]):
            high = middle
        else:
            low = middle
    kept = list(several[:high])
    search.effort = _EFFORT
    for one in reversed(several[:high]):
        if search.effort <= 0:
            break
        rest = [other for other in kept if other is not one]
        if rest and search.enough(rest):
            kept = rest
    return kept


class _Search:
    """Whether the gang would fit if some ended; counts what it looks at."""

    def __init__(self, view: Outlook) -> None:
        self._view = view
        self.effort = _EFFORT
        self._now = {place.node.name: place.now for judged in view.places for place in judged if place.empty}
        self._short = _fields(view.needs - view.free)
        """Of each resource, what has to become free at least."""

    def possible(self, several: Sequence[Held], count: int) -> bool:
        """Whether the greatest so many of each resource hold as much as is short."""
        columns = zip(*(_fields(one.holds) for one in several), strict=True)
        return all(
            sum(nlargest(count, column)) >= short for column, short in zip(columns, self._short, strict=True)
        )  # fmt: skip

    def enough(self, some: Sequence[Held]) -> bool:
        """Whether all of the gang finds a node when these are over."""
        self.effort -= 1
        if any(sum(column) < short for column, short in zip(zip(*(_fields(one.holds) for one in some), strict=True),
                                                            self._short, strict=True)):  # fmt: skip
            return False
        freed = _together(some)
        view = self._view
        if len(view.demands) > 1:
            self.effort -= sum(len(one.nodes) for one in view.demands)
            return packed(view.demands, view.left, freed) >= view.needed
        one = view.demands[0]  # only the nodes where something ends can take more than they do
        touched = tuple(freed)
        before = sum(self._now[name] for name in freed)
        self.effort -= len(touched)
        after = packed([replace(one, nodes=touched, count=one.count + before)], view.left, freed)
        return view.fits[0].room - before + after >= view.needed


def _fields(amounts: Amounts) -> tuple[int, int, int, int]:
    return amounts.cpu, amounts.memory, amounts.gpus, amounts.fuse


def _together(some: Sequence[Held]) -> Mapping[str, Used]:
    if len(some) == 1:
        return some[0].freed
    sums: Freed = {}
    for one in some:
        for name, used in one.freed.items():
            both = sums.setdefault(name, Used())
            both.cpu += used.cpu
            both.memory += used.memory
            both.gpus += used.gpus
            both.fuse += used.fuse
            both.pods += used.pods
    return sums
