"""Instance types with what they mean on this cluster: how many nodes match, how many fit, who uses them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from tui.core.health import Health, worst
from tui.domain import instance_type, scheduling
from tui.domain.amounts import Amounts
from tui.domain.instance_type import InstanceTypeRow

NAME: Final = "types"


class TypeRow(Struct, frozen=True, gc=False):
    """One instance type on this cluster."""

    key: str
    name: str
    cpu: str
    memory: str
    gpus: int
    requests: Amounts
    limits: Amounts
    selector: dict[str, str]
    selector_text: str
    default: bool
    built_in: bool
    """The product's default: not a custom resource, cannot be edited, can be replaced by
    `defaultinstancetype`.
    """
    known: bool
    """Nodes could be seen: the counts below are true."""
    nodes: int
    matching: int
    """Nodes that match its selector and whose taints are tolerated."""
    fitting: int
    """Nodes where one more fits now."""
    now: int
    """How many more fit now."""
    empty: int
    """How many would fit on an empty cluster."""
    created: float | None
    health: Health
    why: str
    labels: dict[str, str]


def rows(inputs: Mapping[str, Mapping[str, Any]], _now: float) -> Iterable[TypeRow]:
    """Every instance type, the built-in default included unless it is replaced.

    Inputs: instancetypes, nodes, pods, extensions.
    """
    nodes = list(inputs.get("nodes", {}).values())
    used = scheduling.usage(inputs.get("pods", {}).values())
    extension = next((e for e in inputs.get("extensions", {}).values() if e.is_azureml), None)
    site = scheduling.site(extension)
    types: Mapping[str, InstanceTypeRow] = inputs.get("instancetypes", {})
    found = [_row(kind, False, nodes, used, site) for kind in types.values()]
    if instance_type.DEFAULT not in types and (types or extension is not None):
        found.append(_row(built_in(), True, nodes, used, site))
    return found


def built_in() -> InstanceTypeRow:
    """The default the product uses when no `defaultinstancetype` exists; kubectl does not show it."""
    limits = {"cpu": "2", "memory": "2Gi"}
    spec = {"resources": {"requests": {"cpu": "100m", "memory": "2Gi"}, "limits": limits}}
    return instance_type.decode({"metadata": {"name": instance_type.DEFAULT}, "spec": spec})


def _row(
    kind: InstanceTypeRow, fixed: bool, nodes: list[Any], used: scheduling.Usage, site: scheduling.Site
) -> TypeRow:
    room = scheduling.capacity(scheduling.ask(kind), kind.selector, nodes, used, site)
    health, why = kind.health, kind.why
    if nodes and health is Health.GOOD:
        health, why = _judge(room)
    return TypeRow(
        kind.key, kind.name, kind.cpu, kind.memory, kind.gpus, kind.requests, kind.limits, kind.selector,
        kind.selector_text, kind.default, fixed, bool(nodes), room.nodes, room.matching, room.fitting,
        room.now, room.empty, kind.created, worst(health), why or ("built in" if fixed else ""), kind.labels,
    )  # fmt: skip


def _judge(room: scheduling.Capacity) -> tuple[Health, str]:
    if not room.matching:
        return Health.WARN, "no node matches"
    if not room.empty:
        return Health.WARN, "larger than any node that matches"
    return (Health.GOOD, "") if room.now else (Health.GOOD, "all taken now")


def haystack(row: TypeRow) -> str:
    """What the filter looks in."""
    return f"{row.name} {row.cpu} {row.memory} {row.selector_text} {row.why}"
