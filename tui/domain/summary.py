"""The report of `arcdeck status`: from the store to facts, and whether they are good.

Owns what counts, and the exit code:

0   nothing is wrong. Work in progress (an install, a pod that starts) is not wrong; the state says `in progress`.
1   something is wrong: a problem is listed. That a source that matters could not be read is a problem too, as long as
    the other side could: what is not seen is not healthy.
2   nobody could look: neither the pods (the Kubernetes side) nor the extensions (the ARM side) answered. A side that is
    switched off or not there (`--sign-in none`, no kubeconfig, a cluster without an ARM id) is no problem by itself.

Sources that do not matter to that (a role that may not list nodes) are told, and cost nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tui.core.facts import Phase, Source
from tui.core.health import WORDS, Health
from tui.core.store import Store
from tui.core.units import rfc3339
from tui.domain import extension, job, job_state, type_fit
from tui.domain.arm_kinds import ARM_KINDS
from tui.domain.cluster import ClusterRow
from tui.domain.cluster import explain as explain_cluster
from tui.domain.component import NAMESPACE
from tui.domain.derived import JOBS, TYPES
from tui.domain.expected import missing
from tui.domain.extension import ExtensionRow
from tui.domain.job import JobRow
from tui.domain.kinds import KINDS
from tui.domain.pod import PodRow
from tui.domain.summary_facts import (
    EXIT_CODES,
    ClusterFact,
    Difference,
    ExtensionFact,
    JobFact,
    JobsFact,
    NodesFact,
    PodFact,
    PodsFact,
    SourceFact,
    State,
    Summary,
    TypeFact,
)
from tui.domain.summary_problems import problems, standing
from tui.domain.summary_text import report
from tui.domain.type_fit import TypeRow

__all__ = ["Summary", "report", "summarise"]

MATTER: Final = ("pods", "extensions")
"""Without one of these nothing can be said: one of each side."""
_SIDES: Final[dict[str, str]] = {**{kind.name: "kube" for kind in KINDS}, **dict.fromkeys(ARM_KINDS, "ARM")}


def summarise(store: Store, now: float) -> Summary:
    """The facts of a store at an instant."""
    types, jobs = _types_of(store, now), _jobs_of(store, now)
    found = problems(store, types or (), jobs or (), now)
    row = extension.of_product(store.rows("extensions"))
    pods = [pod for pod in store.rows("pods").values() if pod.namespace == NAMESPACE]
    state = _state(store, bool(found), row, pods)
    return Summary(
        state=state,
        exit_code=EXIT_CODES[state],
        at=rfc3339(now),
        problems=found,
        extension=_extension(row, pods, store, now) if row else None,
        clusters=tuple(_cluster(one, now) for one in store.rows("clusters").values()),
        pods=_pods(pods, now) if store.source("pods").known else None,
        nodes=_nodes(store) if store.source("nodes").known else None,
        types=None if types is None else _types(types),
        jobs=None if jobs is None else _jobs(jobs, now),
        sources=tuple(_source(store.source(kind), side, now) for kind, side in _SIDES.items()),
    )


def _types_of(store: Store, now: float) -> list[TypeRow] | None:
    """Computed here: the derived rows of the store lag behind the rows they are made of."""
    source = store.source("instancetypes")
    if not source.known or source.phase is Phase.MISSING:
        return None
    return list(type_fit.rows({kind: store.rows(kind) for kind in TYPES.inputs}, now))


def _jobs_of(store: Store, now: float) -> list[JobRow] | None:
    if not any(store.source(kind).known for kind in JOBS.signs):
        return None
    return list(job_state.rows({kind: store.rows(kind) for kind in JOBS.inputs}, now))


def _state(store: Store, wrong: bool, row: ExtensionRow | None, pods: list[PodRow]) -> State:
    if not any(store.source(kind).known for kind in MATTER):
        return "could not look"
    if wrong:
        return "something wrong"
    judged = [*pods, *store.rows("clusters").values(), *([row] if row else [])]
    return "in progress" if any(one.health is Health.BUSY for one in judged) else "healthy"


def _since(at: float | None, now: float) -> float | None:
    return None if at is None else round(max(0.0, now - at), 1)


def _source(source: Source, side: Any, now: float) -> SourceFact:
    return SourceFact(
        source.kind, side, source.phase.value, source.known, _since(source.fresh if source.known else None, now),
        _since(source.since or None, now), source.permission, source.reason, standing(source, now),
    )  # fmt: skip


def _extension(row: ExtensionRow, pods: list[PodRow], store: Store, now: float) -> ExtensionFact:
    absent = missing(row, pods) if store.source("pods").phase is Phase.LIVE else []
    return ExtensionFact(
        row.name, row.type, row.id, row.state, row.raw_state, row.shown_version, row.train, WORDS[row.health],
        extension.explain(row, now), _since(row.created, now), _since(row.modified, now),
        tuple(Difference(one.key, one.value, one.default) for one in extension.differs(row)),
        tuple(component.name for component in absent),
    )  # fmt: skip


def _cluster(row: ClusterRow, now: float) -> ClusterFact:
    return ClusterFact(
        row.name, row.id, "Arc" if row.connected else "AKS", row.connectivity, _since(row.last_seen, now),
        row.kubernetes_version, row.agent_version, row.nodes, WORDS[row.health], explain_cluster(row, now),
    )  # fmt: skip


def _pods(pods: list[PodRow], now: float) -> PodsFact:
    sick = sorted((pod for pod in pods if pod.health > Health.GOOD), key=lambda pod: (-pod.health, pod.name))
    facts = (
        PodFact(
            pod.name, pod.component, f"{pod.ready}/{pod.total}", pod.status, pod.restarts, _since(pod.created, now),
            WORDS[pod.health], pod.why,
        )
        for pod in sick
    )  # fmt: skip
    return PodsFact(NAMESPACE, len(pods) - len(sick), len(pods), tuple(facts))


def _nodes(store: Store) -> NodesFact:
    nodes = store.rows("nodes").values()
    return NodesFact(sum(node.ready for node in nodes), len(nodes))


def _types(rows: Iterable[TypeRow]) -> tuple[TypeFact, ...]:
    return tuple(
        TypeFact(
            row.name, row.cpu, row.memory, row.gpus, row.selector_text, row.built_in,
            row.fitting if row.known else None, row.nodes if row.known else None, WORDS[row.health], row.why,
        )
        for row in sorted(rows, key=lambda row: (-row.health, row.name))
    )  # fmt: skip


def _jobs(rows: Iterable[JobRow], now: float) -> JobsFact:
    known = sorted(rows, key=lambda row: (-row.health, -(row.created or 0.0)))
    counted: Mapping[str, int] = Counter(row.state for row in known)
    facts = (
        JobFact(
            row.name, row.namespace, row.state, row.size, row.user, _since(row.created, now), WORDS[row.health], row.why
        )
        for row in known
        if row.why and row.state not in (job.COMPLETED, job.CANCELED)
    )
    return JobsFact(dict(sorted(counted.items())), tuple(facts))
