"""One training job as the objects it is made of: AmlJob, Volcano Job, PodGroup, pods, their containers and nodes.

Owns the rows and their order. Conditions and events are not kept in rows: who shows them fetches them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from tui.core.health import Health
from tui.domain import job, node, pod, volcano
from tui.domain.aml_job import NAME as AML_JOBS
from tui.domain.aml_job import AmlJobRow
from tui.domain.container import Container
from tui.domain.job import QUEUED, JobRow
from tui.domain.pod import PodRow
from tui.domain.pod_health import container_health, container_why, short_name
from tui.domain.volcano import PodGroupRow, VcJobRow

JOB: Final = job.NAME
CONTAINER: Final = "containers"
KINDS: Final = (JOB, AML_JOBS, volcano.JOBS, volcano.GROUPS, pod.NAME, node.NAME)
"""Kinds of the store whose rows a tree is made of."""
_FAULTY: Final = (Health.WARN, Health.BAD)

RowsByKind = Mapping[str, Mapping[str, Any]]


class TreeRow(Struct, frozen=True, gc=False):
    """One object of a job."""

    key: str
    """Of this row: the kind and the object's key, of a container its name too."""
    kind: str
    """Of the store; `containers` for one of a pod."""
    object: str
    """Key of the object in its kind, of a container that of its pod; empty when the object is not seen."""
    depth: int
    name: str
    """What to call it here: `AmlJob`, `worker-0`, `execution-wrapper`."""
    state: str
    health: Health
    why: str
    since: float | None
    """When it was made; of a container, when it began or ended."""
    node: str = ""
    container: str = ""
    folded: int = 0
    """How many containers are not shown below it."""


def tree(row: JobRow, rows: RowsByKind, toggled: Collection[str] = ()) -> list[TreeRow]:
    """The job and all its objects, each below what made it.

    Containers are shown of a pod in trouble and of the only one, once it has a node; `toggled` are keys of lines
    where it is the other way round.
    """
    lines = [TreeRow(f"{JOB}/{row.key}", JOB, row.key, 0, row.name, row.state, row.health, row.why, row.created)]
    lines += _controllers(row, rows)
    depth = 1 + sum(line.kind in (AML_JOBS, volcano.JOBS) and bool(line.object) for line in lines)
    pods: Mapping[str, PodRow] = rows.get(pod.NAME, {})
    for part in row.pods:
        if (found := pods.get(part.key)) is not None:
            usual = bool(found.node) and (len(row.pods) == 1 or found.health in _FAULTY)
            lines += _pod(found, depth, part.name, open_=usual is not (key_of(found) in toggled))
    if row.state == QUEUED and len(row.pods) < row.nodes:
        told = f"{len(row.pods)} of {row.nodes} are made"
        lines.append(TreeRow(f"{pod.NAME}/", pod.NAME, "", depth, "pods", "not seen", Health.BUSY, told, None))
    for key in row.earlier:
        if (found := pods.get(key)) is not None:
            lines += _earlier(found, depth, open_=key_of(found) in toggled)
    return [*lines, *_nodes(row, rows)]


def _controllers(row: JobRow, rows: RowsByKind) -> Iterator[TreeRow]:
    """What stands above the pods. Of a job that waits, what is missing is told, too: it may be the reason."""
    depth, waits = 1, row.state == QUEUED
    aml: AmlJobRow | None = rows.get(AML_JOBS, {}).get(row.aml_job)
    if aml is not None:
        state = "Terminating" if aml.deleted is not None else aml.state or "delivered"
        yield _object(AML_JOBS, aml, depth, "AmlJob", state, aml.health if aml.state else Health.GOOD)
        depth += 1
    vc: VcJobRow | None = rows.get(volcano.JOBS, {}).get(row.vc_job)
    if vc is not None:
        state = f"{vc.phase or 'new'} {vc.running}/{vc.replicas}"
        yield _object(volcano.JOBS, vc, depth, "Volcano Job", state, vc.health)
    elif aml is not None and waits:
        yield TreeRow(f"{volcano.JOBS}/", volcano.JOBS, "", depth, "Volcano Job", "not seen", Health.BUSY, "", None)
    depth += vc is not None
    group: PodGroupRow | None = rows.get(volcano.GROUPS, {}).get(row.group)
    if group is not None:
        yield _object(volcano.GROUPS, group, depth, "PodGroup", group.phase, group.health)
    elif vc is not None and waits:
        yield TreeRow(f"{volcano.GROUPS}/", volcano.GROUPS, "", depth, "PodGroup", "not seen", Health.BUSY, "", None)


def _object(kind: str, row: Any, depth: int, name: str, state: str, health: Health) -> TreeRow:
    return TreeRow(f"{kind}/{row.key}", kind, row.key, depth, name, state, health, row.why, row.created)


def key_of(row: PodRow) -> str:
    """Of the line of a pod."""
    return f"{pod.NAME}/{row.key}"


def _pod(row: PodRow, depth: int, name: str, *, open_: bool) -> Iterator[TreeRow]:
    yield TreeRow(
        key_of(row), pod.NAME, row.key, depth, name, f"{row.status} {row.ready}/{row.total}",
        row.health, row.why, row.created, row.node, job.main_container(row), 0 if open_ else len(row.containers),
    )  # fmt: skip
    if open_:
        yield from (_container(row, part, depth + 1) for part in row.containers)


def _earlier(row: PodRow, depth: int, *, open_: bool) -> Iterator[TreeRow]:
    """A pod of an attempt that was given up: told, but no trouble of today."""
    name = f"{job.job_pod(row).name}, earlier"
    yield TreeRow(
        key_of(row), pod.NAME, row.key, depth, name, row.status, Health.OFF, row.why, row.created,
        row.node, job.main_container(row), 0 if open_ else len(row.containers),
    )  # fmt: skip
    if open_:
        yield from (_container(row, part, depth + 1) for part in row.containers)


def _container(row: PodRow, part: Container, depth: int) -> TreeRow:
    since = part.ended.finished if part.ended is not None else part.since
    health = Health.OFF if row.over and part.state == "unknown" else container_health(part)
    return TreeRow(
        f"{pod.NAME}/{row.key}/{part.name}", CONTAINER, row.key, depth, short_name(part.name),
        part.reason or (part.state if part.reported else ""), health, container_why(part), since, "", part.name,
    )  # fmt: skip


def _nodes(row: JobRow, rows: RowsByKind) -> Iterator[TreeRow]:
    known = rows.get(node.NAME, {})
    for name in row.placed:
        if (found := known.get(name)) is not None:
            yield _object(node.NAME, found, 1, f"node {name}", found.status, found.health)
