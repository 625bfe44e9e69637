"""Instance types: the named sizes a training job may ask for, as custom resources `amlarc.azureml.com/v1alpha1`.

Owns the row. The rules of a valid type are in `instance_type_rules`, its YAML in `instance_type_text`.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from tui.core.health import Health
from tui.domain import instance_type_rules as rules
from tui.domain.amounts import Amounts, amounts, cpu_text, memory_exact
from tui.domain.wire import Meta, dig, fit, labels, mapping, moment, text, word

NAME: Final = "instancetypes"
DEFAULT: Final = "defaultinstancetype"
"""The custom resource of this name replaces the built-in default."""


class InstanceTypeItem(Struct, gc=False):
    """One InstanceType; its spec is free-form here, because cluster and docs allow numbers and strings alike."""

    metadata: Meta | None = None
    spec: Any = None


class InstanceTypeRow(Struct, frozen=True, gc=False):
    """One instance type."""

    key: str
    name: str
    uid: str
    requests: Amounts
    limits: Amounts
    cpu: str
    """`1/2`: requests and limits, one when they are equal; `-` when neither is a quantity."""
    memory: str
    gpus: int
    """GPUs of the limits."""
    selector: dict[str, str]
    findings: tuple[rules.Finding, ...]
    """What the rules say against it; an incomplete one makes the product's health check fail (E45006)."""
    created: float | None
    health: Health
    why: str
    labels: dict[str, str]

    @property
    def default(self) -> bool:
        """It is what a job gets that names no type."""
        return self.name == DEFAULT

    @property
    def selector_text(self) -> str:
        """`accelerator=nvidia-v100`, several joined by commas."""
        return ",".join(f"{key}={value}" for key, value in self.selector.items())


def decode(item: Any) -> InstanceTypeRow:
    """The row of one instance type; `item` is an InstanceTypeItem or any JSON value."""
    found = fit(item, InstanceTypeItem)
    meta = found.metadata or Meta()
    requests, limits = (mapping(dig(found.spec, "resources", side)) for side in ("requests", "limits"))
    name = word(meta.name)
    findings = rules.judge_spec(name, found.spec)
    errors = [finding for finding in findings if finding.health is Health.BAD]
    asked, most = amounts(requests), amounts(limits)
    selector = mapping(dig(found.spec, "nodeSelector"))
    return InstanceTypeRow(
        name, name, text(meta.uid), asked, most, _span(asked.cpu, most.cpu, cpu_text),
        _span(asked.memory, most.memory, memory_exact), max(asked.gpus, most.gpus),
        {word(key): text(value) for key, value in selector.items()}, findings, moment(meta.creationTimestamp),
        Health.BAD if errors else Health.GOOD, str(errors[0]) if errors else "", labels(meta.labels),
    )  # fmt: skip


def _span(low: int, high: int, write: Any) -> str:
    if not low or not high or low == high:
        return str(write(high or low)) if high or low else "-"
    return f"{write(low)}/{write(high)}"


def haystack(row: InstanceTypeRow) -> str:
    """What the filter looks in."""
    return f"{row.name} {row.cpu} {row.memory} {row.selector_text} {row.why}"
