"""One waiting job as it is looked at: its objects, the nodes, what is taken of them, and what its pods want.

Owns how these are gathered, and which pods still need a node. Judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from tui.domain import job, job_state, scheduling, type_fit
from tui.domain.aml_job import AmlJobRow
from tui.domain.amounts import NONE, Amounts
from tui.domain.extension import of_product
from tui.domain.instance_type import DEFAULT, InstanceTypeRow
from tui.domain.job import JobRow
from tui.domain.job_queue import Told
from tui.domain.node import NodeRow
from tui.domain.pod import PodRow
from tui.domain.queued import wants as wanting
from tui.domain.queued.wants import OWN, Wants
from tui.domain.volcano import NO_WORKERS, PodGroupRow, VcJobRow

Inputs = Mapping[str, Mapping[str, Any]]

_MADE_BY_TYPE: Final = "its own selector, tolerations and affinity are not seen"


class Asking(Struct, frozen=True):
    """Pods without a node that want the same."""

    names: tuple[str, ...]
    made: bool
    wants: Wants
    known_from: str


class Case(Struct, frozen=True):
    """One job that waits."""

    job: JobRow
    aml: AmlJobRow | None
    vc: VcJobRow | None
    group: PodGroupRow | None
    pods: tuple[PodRow, ...]
    """Of the latest attempt, those that are not over."""
    total: int
    """Pods that it is made of."""
    kind: InstanceTypeRow | None
    asking: tuple[Asking, ...]
    nodes: Sequence[NodeRow]
    used: scheduling.Usage
    inputs: Inputs
    told: Told
    now: float

    @property
    def placed(self) -> int:
        """Pods that have a node, those that are over among them."""
        return sum(bool(each.node) for each in self.job.pods)

    @property
    def unplaced(self) -> int:
        """Pods that need a node, made or not."""
        return sum(len(each.names) for each in self.asking)

    def rows(self, kind: str) -> Mapping[str, Any]:
        """The rows of one kind."""
        return self.inputs.get(kind, {})


def job_of(key: str, inputs: Inputs, now: float) -> JobRow | None:
    """The job's row: the one there is, else made of its objects."""
    known: JobRow | None = inputs.get(job.NAME, {}).get(key)
    if known is not None or job.NAME in inputs:
        return known
    return next((row for row in job_state.rows(inputs, now) if row.key == key), None)


def case_of(row: JobRow, inputs: Inputs, now: float, wants: Mapping[str, Wants]) -> Case:
    """All that is looked at for one job."""
    aml: AmlJobRow | None = inputs.get("amljobs", {}).get(row.aml_job)
    vc: VcJobRow | None = inputs.get("vcjobs", {}).get(row.vc_job)
    group: PodGroupRow | None = inputs.get("podgroups", {}).get(row.group)
    rows: Mapping[str, PodRow] = inputs.get("pods", {})
    pods = tuple(found for one in row.pods if (found := rows.get(one.key)) is not None and not found.over)
    total = max((vc.replicas if vc else 0) or (group.minimum if group else 0) or row.nodes, len(row.pods))
    extension = of_product(inputs.get("extensions", {}))
    kind = _kind(row, inputs, extension.shown_version if extension else "")
    asking = _asking(row, pods, total, wants, _StandIn(kind, group, vc, scheduling.site(extension)))
    return Case(
        row, aml, vc, group, pods, total, kind, tuple(asking), list(inputs.get("nodes", {}).values()),
        scheduling.usage(rows.values()), inputs, Told(inputs.get("events", {})), now,
    )  # fmt: skip


def _kind(row: JobRow, inputs: Inputs, version: str) -> InstanceTypeRow | None:
    """The type it names; of a job of which nothing else is known, the one that it gets."""
    name = row.instance_type or ("" if row.pods or row.group else DEFAULT)
    known: InstanceTypeRow | None = inputs.get("instancetypes", {}).get(name)
    return type_fit.built_in(version) if known is None and name == DEFAULT else known


class _StandIn(Struct, frozen=True):
    """What speaks for a pod whose own spec is not seen."""

    kind: InstanceTypeRow | None
    group: PodGroupRow | None
    vc: VcJobRow | None
    site: scheduling.Site

    def wants(self, requests: Amounts) -> Wants:
        return wanting.of_type(self.kind, requests, self.site)

    def share(self) -> Amounts:
        """Of what the PodGroup needs, one worker's: known where all its pods are workers."""
        group, vc = self.group, self.vc
        if group is None or not group.minimum or (vc is not None and vc.workers != vc.replicas):
            return NONE
        whole = group.needs
        return Amounts(*(-(-each // group.minimum) for each in (whole.cpu, whole.memory, whole.gpus, whole.fuse)))

    @property
    def told(self) -> str:
        if self.kind is None:
            return f"its requests and the extension's settings: {_MADE_BY_TYPE}"
        return f"instance type {self.kind.name} and the extension's settings: {_MADE_BY_TYPE}"


def _asking(
    row: JobRow, pods: Sequence[PodRow], total: int, wants: Mapping[str, Wants], stand_in: _StandIn
) -> Iterator[Asking]:
    """The pods without a node by what they want, then those that are not made."""
    spoken = _spoken(pods, wants)
    groups: dict[tuple[Any, ...], tuple[list[str], Wants, str]] = {}
    for pod in pods:
        if pod.node:
            continue
        role = job.role_of(pod)[0]
        own = wants.get(pod.key)
        name, other = spoken.get(role, ("", None))
        if own is None and other is not None and other.requests == pod.requests:
            wanted, source = other, f"the spec of {name}, whose role is the same"
        else:
            wanted, source = (own, OWN) if own is not None else (stand_in.wants(pod.requests), stand_in.told)
        found = groups.setdefault(_alike(wanted), ([], wanted, source))
        found[0].append(job.job_pod(pod).name)
    yield from (Asking(tuple(names), True, wanted, source) for names, wanted, source in groups.values())
    lacking = total - len(row.pods)
    if lacking > 0:
        name, other = spoken.get("worker", ("", None))
        wanted = other if other is not None else stand_in.wants(stand_in.share().most(_ask(stand_in.kind)))
        source = f"the spec of {name}" if other is not None else stand_in.told
        yield Asking(tuple(_unmade(row, lacking)), False, wanted, source)


def _ask(kind: InstanceTypeRow | None) -> Amounts:
    return scheduling.ask(kind) if kind is not None else NONE


def _spoken(pods: Sequence[PodRow], wants: Mapping[str, Wants]) -> dict[str, tuple[str, Wants]]:
    """By role the first pod whose own spec is known."""
    found: dict[str, tuple[str, Wants]] = {}
    for pod in pods:
        if (own := wants.get(pod.key)) is not None:
            found.setdefault(job.role_of(pod)[0], (job.job_pod(pod).name, own))
    return found


def _alike(wanted: Wants) -> tuple[Any, ...]:
    return (
        wanted.requests, tuple(sorted(wanted.selector.items())), wanted.terms, wanted.tolerations, wanted.unjudged,
    )  # fmt: skip


def _unmade(row: JobRow, count: int) -> Iterator[str]:
    """What the pods that are not made will be called; more than its workers are helpers of whatever name."""
    there = {pod.name for pod in row.pods}
    workers = [name for index in range(row.nodes) if (name := f"worker-{index}") not in there]
    yield from workers[:count]
    helpers = [pod for pod in row.pods if pod.role in NO_WORKERS]
    yield from (f"helper-{len(helpers) + index}" for index in range(count - len(workers)))
