"""What the health check found, as it leaves it behind: one ConfigMap, two keys a stage.

Owns the report's form. Must not know when a check runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tui.core.units import rfc3339
from tui.demo.world.bodies import Maker, Shown
from tui.demo.world.components import HEALTHCHECK, NAMESPACE
from tui.demo.world.once import Found
from tui.demo.world.wish import Wish
from tui.demo.world.workloads import release_marks

REPORT: Final = "arcml-healthcheck"
"""The ConfigMap."""
EARLIER: Final = "amlarc-healthcheck"
"""What it was called in the preview."""
_GUIDE: Final = "aka.ms/arcmltsg"
PASSED: Final[tuple[Found, ...]] = tuple(
    (name, "", "") for name in ("info", "service", "helmchart", "clusterresource", "instancetype")
)


def failed(code: str, text: str, checker: str = "clusterresource") -> tuple[Found, ...]:
    """Everything passed but one."""
    if not any(name == checker for name, _code, _text in PASSED):
        return (*PASSED, (checker, code, text))
    return tuple((name, code, text) if name == checker else (name, "", "") for name, _code, _text in PASSED)


UNREACHABLE: Final = failed(
    "E45003", "cannot reach westus2.api.azureml.ms: i/o timeout; check the settings of the proxy"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What was found at one stage."""

    found: tuple[Found, ...]
    at: float
    correlation: str


def report(maker: Maker, wish: Wish, created: float, stages: Mapping[str, Entry]) -> Shown:
    """The ConfigMap of an extension, by stage (`pre-install`)."""
    data: dict[str, str] = {}
    for stage, entry in stages.items():
        bad = [code for _name, code, _message in entry.found if code]
        data[f"status-{stage}"] = "Failed" if bad else "Success"
        data[f"reports-{stage}"] = "\n".join((*_head(entry), *map(_checked, entry.found))) + "\n"
    labels, marks = release_marks(wish.name, NAMESPACE)
    name = EARLIER if wish.preview else REPORT
    return "configmaps", maker.make("v1", "ConfigMap", name, NAMESPACE, created=created, by=HEALTHCHECK,
                                    labels=labels, annotations=marks, data=data)  # fmt: skip


def _head(entry: Entry) -> tuple[str, ...]:
    return (
        "Duration: 21.4s", f"Date: {rfc3339(entry.at)}", "K8sDistribution: k3s", "K8sInfrastructure: generic",
        f"CorrelationId: {entry.correlation}", f"TroubleShootingGuide: {_GUIDE}",
    )  # fmt: skip


def _checked(found: Found) -> str:
    name, code, message = found
    if not code:
        return f"Status: Passed Name: {name}"
    return f"Status: Failed Name: {name} ErrorCode: {code} ErrorMessage: {message}"
