"""Pods: what is decoded of one, and the row that is kept.

Owns the wire fields and the row. Must not keep env values, annotations or volumes. STATUS is in `pod_status`, the
judgement in `pod_health`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from tui.core.health import Health
from tui.domain import pod_health, pod_status
from tui.domain.amounts import NONE, Amounts, Wire, amounts, shared
from tui.domain.component import component_of, workload
from tui.domain.container import Container, ContainerStatus, SpecContainer, containers
from tui.domain.wire import Condition, Meta, controller, fit, labels, moment, said, text, word

NAME: Final = "pods"


class PodSpec(Struct, gc=False):
    """The part of a pod's spec that is used."""

    nodeName: str | None = None
    containers: list[SpecContainer] | None = None
    initContainers: list[SpecContainer] | None = None
    overhead: dict[str, str | int | float] | None = None


class PodStatus(Struct, gc=False):
    """The part of a pod's status that is used."""

    phase: str | None = None
    reason: str | None = None
    message: str | None = None
    podIP: str | None = None
    conditions: list[Condition] | None = None
    containerStatuses: list[ContainerStatus] | None = None
    initContainerStatuses: list[ContainerStatus] | None = None


class PodItem(Struct, gc=False):
    """One pod as the API sends it."""

    metadata: Meta | None = None
    spec: PodSpec | None = None
    status: PodStatus | None = None


class PodRow(Struct, frozen=True, gc=False):
    """One pod as it is shown and counted."""

    key: str
    namespace: str
    uid: str
    status: str
    """As kubectl prints it."""
    phase: str
    ready: int
    total: int
    restarts: int
    restarted: float | None
    """When a container last ended before a restart."""
    created: float | None
    deleted: float | None
    node: str
    """Empty while it is not placed."""
    ip: str
    owner_kind: str
    owner: str
    component: str
    """A component of the extension, else the workload's name."""
    health: Health
    why: str
    """One line, empty when there is nothing to say."""
    requests: Amounts
    """What it takes of a node, as the scheduler counts."""
    containers: tuple[Container, ...]
    """Init containers first, in the order of the spec."""
    labels: dict[str, str]

    @property
    def name(self) -> str:
        """Made of the key: ten thousand more strings need not be kept."""
        return self.key[len(self.namespace) + 1 :] if self.namespace else self.key

    @property
    def over(self) -> bool:
        """It runs no more and takes nothing of its node."""
        return self.phase in ("Succeeded", "Failed")


def decode(item: Any) -> PodRow:
    """The row of one pod; `item` is a PodItem or any JSON value."""
    pod = fit(item, PodItem)
    meta, spec, status = pod.metadata or Meta(), pod.spec or PodSpec(), pod.status or PodStatus()
    parts = containers(
        spec.initContainers or [],
        spec.containers or [],
        status.initContainerStatuses or [],
        status.containerStatuses or [],
    )
    phase, node = word(status.phase) or "Unknown", word(spec.nodeName)
    deleted = moment(meta.deletionTimestamp)
    conditions = {condition.type: condition for condition in status.conditions or ()}
    printed = pod_status.printed(phase, text(status.reason), deleted is not None, parts, conditions)
    kind, owner = controller(meta)
    namespace, name = word(meta.namespace), text(meta.name)
    load = workload(name, kind, owner)
    component = component_of(namespace, load)
    health, why = pod_health.judge(
        phase, text(status.reason), printed.status, said(status.message), parts, conditions, bool(node),
        (component, load),
    )  # fmt: skip
    return PodRow(
        f"{namespace}/{name}" if namespace else name, namespace, text(meta.uid), word(printed.status), phase,
        printed.ready, printed.total, printed.restarts, printed.restarted,
        moment(meta.creationTimestamp), deleted,
        node, text(status.podIP), kind, owner, component, health, why,
        _requests(parts, spec.overhead), parts, labels(meta.labels),
    )  # fmt: skip


def _requests(parts: Sequence[Container], overhead: Wire | None) -> Amounts:
    """What the scheduler reserves: main containers and sidecars add up, an init container needs only its turn.

    Rule: `PodRequests` of k8s.io/component-helpers: an ordinary init container stands beside the sidecars before it.
    """
    total, peak, beside = NONE, NONE, NONE
    for part in parts:
        if part.requests is NONE:
            continue
        if part.role == "main":
            total = part.requests if total is NONE else total + part.requests
        elif part.role == "sidecar":
            beside += part.requests
            peak = peak.most(beside)
        else:
            peak = peak.most(beside + part.requests)
    total = total if beside is NONE else total + beside
    total = total if peak is NONE else total.most(peak)
    return shared(total + amounts(overhead) if overhead else total)


def haystack(row: PodRow) -> str:
    """What the filter looks in."""
    shown = f"{row.ready}/{row.total} {row.status} {row.component} {row.node} {row.ip} {row.why}"
    return f"{row.key} {shown}"
