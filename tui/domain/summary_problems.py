"""Everything on this cluster that is not as it should be, worst first.

Owns the list. What is wrong with one object is that object's own judgement; here stands what only the whole can tell:
an extension that is not there, a namespace that a compute needs, a source that does not answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from tui.core.facts import Phase, Source
from tui.core.health import WORDS, Health
from tui.core.store import Store
from tui.core.units import age
from tui.domain import arm_id, azure_standing, cluster, extension
from tui.domain.component import NAMESPACE
from tui.domain.expected import missing
from tui.domain.extension import ExtensionRow
from tui.domain.job import JobRow
from tui.domain.summary_facts import ProblemFact
from tui.domain.type_fit import TypeRow

LONG: Final = 1200.0
"""Seconds after which an install or an update is overdue: Helm gives up after some 15 minutes."""

Problem = tuple[Health, str, str]


def problems(store: Store, types: Iterable[TypeRow], jobs: Iterable[JobRow], now: float) -> tuple[ProblemFact, ...]:
    """All of them, worst first."""
    found = [*_unseen(store, now), *_extension(store, now), *_cluster(store, now), *_computes(store), *_pods(store)]
    found += _rows(store.rows("nodes").values(), "node")
    found += _rows(types, "instance type")
    found += _rows(jobs, "job")
    found.sort(key=lambda one: -one[0])
    return tuple(ProblemFact(WORDS[health], what, why) for health, what, why in found)


def is_trouble(health: Health) -> bool:
    """Whether it counts: what is switched off, well or in progress does not."""
    return health > Health.BUSY


def _unseen(store: Store, now: float) -> Iterator[Problem]:
    """A side that was asked and that cannot be believed."""
    for side, kind in (("Kubernetes", "pods"), ("ARM", "extensions")):
        source = store.source(kind)
        if source.phase in (Phase.LOADING, Phase.DENIED, Phase.STALE):
            yield (Health.STALE if source.known else Health.UNKNOWN), f"{side}: {kind}", standing(source, now)


def standing(source: Source, now: float) -> str:
    """How a source stands, each phase in its own words."""
    match source.phase:
        case Phase.LOADING:
            return "no answer yet"
        case Phase.DENIED:
            return f"denied: you may not {source.permission or 'read ' + source.kind}"
        case Phase.STALE if source.known:
            return f"stale, last seen {age(now - source.fresh)} ago: {source.reason}"
        case Phase.STALE:
            return f"does not answer: {source.reason}"
        case Phase.MISSING:
            return f"not installed: {source.reason}" if source.reason else "not installed"
        case Phase.OFF:
            return f"off: {source.reason}" if source.reason else "off"
    return "live"


def _extension(store: Store, now: float) -> Iterator[Problem]:
    row, source = extension.of_product(store.rows("extensions")), store.source("extensions")
    if row is None:
        if source.phase in (Phase.LIVE, Phase.MISSING):
            yield Health.WARN, "extension", "Microsoft.AzureML.Kubernetes is not installed on this cluster"
        return
    what = f"extension {row.name}"
    if is_trouble(row.health):
        yield row.health, what, extension.explain(row, now)
    elif row.health is Health.BUSY and _overdue(row, now):
        yield Health.WARN, what, f"{extension.explain(row, now)}: 2-5m is usual, it gives up at 15m"
    if store.source("pods").phase is Phase.LIVE:
        absent = [component.name for component in missing(row, store.rows("pods").values())]
        if absent:
            yield Health.WARN, what, f"no pod of {', '.join(absent)}"


def _overdue(row: ExtensionRow, now: float) -> bool:
    since = row.modified if row.modified is not None else row.created
    return since is not None and now - since > LONG


def _cluster(store: Store, now: float) -> Iterator[Problem]:
    for row in store.rows("clusters").values():
        if is_trouble(row.health):
            yield row.health, f"cluster {row.name}", cluster.explain(row, now)
    for one in azure_standing.standings(store):
        if is_trouble(one.health) and one.health is not Health.UNKNOWN:  # what was not seen is told by its source
            yield one.health, f"{one.noun.lower()} {one.name}", "; ".join(filter(None, (one.why, one.remedy)))


def _computes(store: Store) -> Iterator[Problem]:
    """Computes of this cluster; a namespace that is not there lets every job wait for ever."""
    clusters = [row.id for row in store.rows("clusters").values()]
    namespaces = store.rows("namespaces") if store.source("namespaces").phase is Phase.LIVE else None
    for row in store.rows("computes").values():
        if not row.is_kubernetes or not any(arm_id.same(row.resource_id, one) for one in clusters):
            continue
        what = f"compute {row.workspace}/{row.name}"
        if is_trouble(row.health):
            yield row.health, what, row.why
        if namespaces is not None and row.namespace and row.namespace not in namespaces:
            yield Health.BAD, what, f"its namespace {row.namespace} does not exist: its jobs stay Queued"


def _pods(store: Store) -> Iterator[Problem]:
    pods = [pod for pod in store.rows("pods").values() if pod.namespace == NAMESPACE]
    alone = store.source("extensions").phase is Phase.OFF
    if not pods and alone and store.source("pods").phase is Phase.LIVE:
        yield Health.WARN, "extension", f"no pods in {NAMESPACE}: it does not run on this cluster"
    for pod in pods:
        if is_trouble(pod.health):
            yield pod.health, f"pod {pod.key}", f"{pod.status}: {pod.why}" if pod.why else pod.status


def _rows(rows: Iterable[Any], noun: str) -> Iterator[Problem]:
    return ((row.health, f"{noun} {row.name}", row.why) for row in rows if is_trouble(row.health))
