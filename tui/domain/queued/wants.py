"""What a pod wants of a node: the scheduler's part of its own spec, or what stands in for it.

Owns reading it, of the raw pod (which is fetched when asked for, and not kept) or of the instance type. Must not know
nodes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from tui.domain import pod, scheduling
from tui.domain.amounts import NONE, Amounts
from tui.domain.instance_type import InstanceTypeRow
from tui.domain.node import NodeRow
from tui.domain.scheduling import Site, Toleration
from tui.domain.wire import dig, mapping, sequence, text

OWN: Final = "the pod's own spec"


class Requirement(Struct, frozen=True, gc=False):
    """One expression of a node affinity."""

    key: str
    operator: str
    """In, NotIn, Exists, DoesNotExist, Gt, Lt."""
    values: tuple[str, ...] = ()
    of_field: bool = False
    """It is about a field of the node, `metadata.name`, not about a label."""

    def met(self, node: NodeRow) -> bool:
        """Rule: `Requirement.Matches` of apimachinery's labels; an operator it does not know is never met."""
        have = node.name if self.of_field else node.labels.get(self.key)
        match self.operator:
            case "In":
                return have is not None and have in self.values
            case "NotIn":
                return have is None or have not in self.values
            case "Exists":
                return have is not None
            case "DoesNotExist":
                return have is None
        return have is not None and self._compared(have)

    def _compared(self, have: str) -> bool:
        low, high = _number(have), _number(self.values[0]) if len(self.values) == 1 else None
        if low is None or high is None:
            return False
        return low > high if self.operator == "Gt" else low < high if self.operator == "Lt" else False

    def __str__(self) -> str:
        if self.operator in ("Gt", "Lt"):
            return f"{self.key} {'>' if self.operator == 'Gt' else '<'} {'|'.join(self.values)}"
        return f"{self.key} {self.operator} {'|'.join(self.values)}".rstrip()


def _number(value: str) -> int | None:
    sign = value[:1] in ("-", "+")
    return int(value) if value[sign:].isascii() and value[sign:].isdigit() and len(value) < 20 else None


Term = tuple[Requirement, ...]


class Wants(Struct, frozen=True):
    """What a pod wants of a node."""

    requests: Amounts = NONE
    """Of all its containers, as the scheduler counts."""
    selector: dict[str, str] = {}
    terms: tuple[Term, ...] | None = None
    """Required node affinity: one of the terms must be met as a whole; None: none is required."""
    tolerations: tuple[Toleration, ...] = ()
    unjudged: tuple[str, ...] = ()
    """What else its spec asks for that is not looked at here: `pod anti-affinity`."""


def wants(body: Mapping[str, Any]) -> Wants:
    """What a pod wants, of the pod as the API sends it."""
    spec = mapping(body.get("spec"))
    required = dig(spec, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    terms = tuple(_term(mapping(one)) for one in sequence(mapping(required).get("nodeSelectorTerms")))
    return Wants(
        pod.decode(dict(body)).requests,
        {text(key): text(value) for key, value in mapping(spec.get("nodeSelector")).items()},
        terms if isinstance(required, dict) else None,
        tuple(_toleration(mapping(one)) for one in sequence(spec.get("tolerations"))),
        tuple(_unjudged(spec)),
    )


def _term(wire: Mapping[str, Any]) -> Term:
    fields = (_requirement(mapping(one), of_field=True) for one in sequence(wire.get("matchFields")))
    return (*(_requirement(mapping(one)) for one in sequence(wire.get("matchExpressions"))), *fields)


def _requirement(wire: Mapping[str, Any], *, of_field: bool = False) -> Requirement:
    values = tuple(text(value) for value in sequence(wire.get("values")))
    return Requirement(text(wire.get("key")), text(wire.get("operator")), values, of_field)


def _toleration(wire: Mapping[str, Any]) -> Toleration:
    return Toleration(
        text(wire.get("key")), text(wire.get("value")), wire.get("operator") == "Exists", text(wire.get("effect"))
    )


def _unjudged(spec: Mapping[str, Any]) -> Iterator[str]:
    required = "requiredDuringSchedulingIgnoredDuringExecution"
    if sequence(dig(spec, "affinity", "podAffinity", required)):
        yield "pod affinity"
    if sequence(dig(spec, "affinity", "podAntiAffinity", required)):
        yield "pod anti-affinity"
    spread = (mapping(one) for one in sequence(spec.get("topologySpreadConstraints")))
    if any(one.get("whenUnsatisfiable") == "DoNotSchedule" for one in spread):
        yield "topology spread"
    if any(mapping(one).get("persistentVolumeClaim") for one in sequence(spec.get("volumes"))):
        yield "where its volumes are"
    boxes = (mapping(one) for one in sequence(spec.get("containers")))
    if any(mapping(port).get("hostPort") for box in boxes for port in sequence(box.get("ports"))):
        yield "host ports"


def of_type(kind: InstanceTypeRow | None, requests: Amounts, site: Site) -> Wants:
    """What stands in for a pod whose spec is not seen: its type's selector, and what the extension adds to it."""
    size = requests if requests != NONE or kind is None else scheduling.ask(kind)
    own = tuple(kind.selector.items()) if kind is not None else ()
    selector = {**site.selector, **dict(own)}
    clash = tuple(Requirement(key, "In", (value,)) for key, value in site.selector.items() if selector[key] != value)
    return Wants(size, selector, (clash,) if clash else None, site.tolerations)
