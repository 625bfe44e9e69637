"""Nodes: readiness, pressure, what they offer, and who may run there."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from tui.core.health import Health
from tui.core.text import shorten_end
from tui.domain.amounts import PODS, Amounts, amounts, whole
from tui.domain.wire import Condition, Meta, fit, labels, moment, said, text, word

NAME: Final = "nodes"

_PRESSURES: Final = ("MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable")
_POOL_LABELS: Final = (
    "kubernetes.azure.com/agentpool", "agentpool", "cloud.google.com/gke-nodepool",
    "eks.amazonaws.com/nodegroup",
    "node.kubernetes.io/instance-type",
)  # fmt: skip
_ROLE: Final = "node-role.kubernetes.io/"
_WHY_WIDTH: Final = 160


class Taint(Struct, gc=False):
    """A taint as the API sends it."""

    key: str | None = None
    value: str | None = None
    effect: str | None = None


class NodeSpec(Struct, gc=False):
    """The part of the spec that is used."""

    unschedulable: bool | None = None
    taints: list[Taint] | None = None
    providerID: str | None = None


class NodeInfo(Struct, gc=False):
    """status.nodeInfo."""

    kubeletVersion: str | None = None
    osImage: str | None = None
    containerRuntimeVersion: str | None = None
    architecture: str | None = None


class Address(Struct, gc=False):
    """One of status.addresses."""

    type: str | None = None
    address: str | None = None


class NodeStatus(Struct, gc=False):
    """The part of the status that is used."""

    conditions: list[Condition] | None = None
    allocatable: dict[str, str | int | float] | None = None
    capacity: dict[str, str | int | float] | None = None
    nodeInfo: NodeInfo | None = None
    addresses: list[Address] | None = None


class NodeItem(Struct, gc=False):
    """One node as the API sends it."""

    metadata: Meta | None = None
    spec: NodeSpec | None = None
    status: NodeStatus | None = None


class TaintRow(Struct, frozen=True, gc=False):
    """A taint."""

    key: str
    value: str
    effect: str

    def __str__(self) -> str:
        return f"{self.key}={self.value}:{self.effect}" if self.value else f"{self.key}:{self.effect}"


class NodeRow(Struct, frozen=True, gc=False):
    """One node as it is shown and counted."""

    key: str
    name: str
    uid: str
    status: str
    """As kubectl prints it: `Ready`, `NotReady,SchedulingDisabled`, `Unknown`."""
    ready: bool
    cordoned: bool
    pressures: tuple[str, ...]
    """Conditions that are True and should not be: `MemoryPressure`."""
    taints: tuple[TaintRow, ...]
    labels: dict[str, str]
    allocatable: Amounts
    capacity: Amounts
    pods: int
    """How many pods it may hold."""
    version: str
    """Of its kubelet."""
    roles: str
    """As kubectl prints them; `<none>`."""
    pool: str
    """Agent pool, else machine type, else empty."""
    ip: str
    os: str
    runtime: str
    provider_id: str
    created: float | None
    health: Health
    why: str


def decode(item: Any) -> NodeRow:
    """The row of one node; `item` is a NodeItem or any JSON value."""
    node = fit(item, NodeItem)
    meta, spec, status = node.metadata or Meta(), node.spec or NodeSpec(), node.status or NodeStatus()
    info = status.nodeInfo or NodeInfo()
    marks = labels(meta.labels)
    conditions = {condition.type: condition for condition in status.conditions or ()}
    ready = conditions.get("Ready")
    is_ready = ready is not None and ready.status == "True"
    pressures = tuple(name for name in _PRESSURES if name in conditions and conditions[name].status == "True")
    cordoned = bool(spec.unschedulable)
    health, why = _judge(ready, pressures, cordoned, conditions)
    taints = tuple(TaintRow(word(t.key), text(t.value), word(t.effect)) for t in spec.taints or ())
    name = word(meta.name)
    ips = {address.type: text(address.address) for address in status.addresses or ()}
    return NodeRow(
        name, name, text(meta.uid), _printed(ready, cordoned), is_ready, cordoned, pressures, taints, marks,
        amounts(status.allocatable), amounts(status.capacity),
        whole((status.allocatable or {}).get(PODS)) or 0,
        text(info.kubeletVersion), _roles(marks),
        next((marks[label] for label in _POOL_LABELS if marks.get(label)), ""),
        ips.get("InternalIP", ""), text(info.osImage), text(info.containerRuntimeVersion),
        text(spec.providerID),
        moment(meta.creationTimestamp), health, why,
    )  # fmt: skip


def _printed(ready: Condition | None, cordoned: bool) -> str:
    """Rule: `printNode` of kubectl: Ready only when True, NotReady otherwise, Unknown when there is no condition."""
    shown = "Unknown" if ready is None else "Ready" if ready.status == "True" else "NotReady"
    return f"{shown},SchedulingDisabled" if cordoned else shown


def _roles(marks: dict[str, str]) -> str:
    roles = {key.removeprefix(_ROLE) for key in marks if key.startswith(_ROLE) and len(key) > len(_ROLE)}
    if marks.get("kubernetes.io/role"):
        roles.add(marks["kubernetes.io/role"])
    return ",".join(sorted(roles)) or "<none>"


def _judge(
    ready: Condition | None,
    pressures: tuple[str, ...],
    cordoned: bool,
    conditions: dict[str | None, Condition],
) -> tuple[Health, str]:
    if ready is None:
        return Health.UNKNOWN, "has not reported yet"
    if ready.status != "True":
        told = said(ready.message) or text(ready.reason) or "not ready"
        return Health.BAD, shorten_end(told, _WHY_WIDTH)
    if pressures:
        told = said(conditions[pressures[0]].message)
        return Health.WARN, shorten_end(", ".join(pressures) + (f": {told}" if told else ""), _WHY_WIDTH)
    return (Health.OFF, "cordoned") if cordoned else (Health.GOOD, "")


def haystack(row: NodeRow) -> str:
    """What the filter looks in."""
    taints = " ".join(map(str, row.taints))
    return f"{row.name} {row.status} {row.roles} {row.pool} {row.version} {row.ip} {row.why} {taints}"
