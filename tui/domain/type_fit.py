"""Instance types with what they mean on this cluster: how many nodes match, how many fit, who uses them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from tui.core.health import Health
from tui.domain import instance_type, scheduling
from tui.domain.amounts import Amounts
from tui.domain.extension import INSTALLED, PENDING, of_product
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
    """The product's default: not a custom resource, cannot be edited, can be replaced by `defaultinstancetype`."""
    known: bool
    """Nodes and pods could be seen: the counts below are true."""
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
    """Every instance type, the built-in default included unless it is replaced or nothing is installed that has it.

    Inputs: instancetypes, nodes, pods, extensions.
    """
    nodes, pods = list(inputs.get("nodes", {}).values()), inputs.get("pods", {})
    used = scheduling.usage(pods.values()) if pods else None
    extension = of_product(inputs.get("extensions", {}))
    site = scheduling.site(extension)
    types: Mapping[str, InstanceTypeRow] = inputs.get("instancetypes", {})
    found = [_row(kind, False, nodes, used, site) for kind in types.values()]
    has_default = bool(types) if extension is None else extension.state in (INSTALLED, PENDING)
    if instance_type.DEFAULT not in types and has_default:
        fixed = built_in(extension.shown_version if extension else "")
        found.append(_row(fixed, True, nodes, used, site))
    return found


_FIRST_SIZE = {"cpu": "600m", "memory": "1536Mi"}
_LATER_REQUESTS, _LATER_LIMITS = {"cpu": "100m", "memory": "2Gi"}, {"cpu": "2", "memory": "2Gi"}
_LATER: Final = (1, 1, 19)
"""The version that changed the built-in size."""


def built_in(version: str) -> InstanceTypeRow:
    """The default the product uses when no `defaultinstancetype` exists; kubectl does not show it."""
    numbers = tuple(int(part) for part in version.split(".")[:3] if part.isdecimal() and len(part) < 6)
    early = bool(numbers) and numbers < _LATER
    requests, limits = (_FIRST_SIZE, _FIRST_SIZE) if early else (_LATER_REQUESTS, _LATER_LIMITS)
    spec = {"resources": {"requests": requests, "limits": limits}}
    return instance_type.decode({"metadata": {"name": instance_type.DEFAULT}, "spec": spec})


def _row(
    kind: InstanceTypeRow, fixed: bool, nodes: list[Any], used: scheduling.Usage | None, site: scheduling.Site
) -> TypeRow:
    room = scheduling.capacity(scheduling.ask(kind), kind.selector, nodes, used or {}, site)
    health, why = kind.health, kind.why
    if nodes and health is Health.GOOD:
        health, why = _judge(room, taken=used is not None and not room.now)
    return TypeRow(
        kind.key, kind.name, kind.cpu, kind.memory, kind.gpus, kind.requests, kind.limits, kind.selector,
        kind.selector_text, kind.default, fixed, bool(nodes) and used is not None,
        room.nodes, room.matching, room.fitting, room.now, room.empty,
        kind.created, health, why or ("built in" if fixed else ""), kind.labels,
    )  # fmt: skip


def _judge(room: scheduling.Capacity, *, taken: bool) -> tuple[Health, str]:
    if not room.matching:
        return Health.WARN, "no node matches"
    if not room.usable:
        return Health.WARN, "no node that matches is ready"
    if not room.empty:
        return Health.WARN, "larger than any node that matches"
    return Health.GOOD, "all taken now" if taken else ""


def haystack(row: TypeRow) -> str:
    """What the filter looks in."""
    return f"{row.name} {row.cpu} {row.memory} {row.selector_text} {row.why}"
