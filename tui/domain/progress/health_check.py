"""What the extension's health check found: its ConfigMap's reports and its pod's log.

Owns their reading: which report belongs to which operation, the header, the lines of the checkers, klog lines. What a
code means is in `health_codes`. Whatever text is in there, reading it never raises and ends soon.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, Literal

from msgspec import Struct

from tui.core.text import clean_lines, shorten_end
from tui.core.units import epoch
from tui.domain.progress.health_codes import Code, find, is_critical
from tui.domain.wire import mapping, moment, said, text

NAME: Final = "arcml-healthcheck"
OLD_NAME: Final = "amlarc-healthcheck"
"""What it was called before 1.0.75."""
NAMES: Final = (NAME, OLD_NAME)
POD: Final = "healthcheck"
Verb = Literal["deploy", "update", "delete"]
STAGES: Final[dict[Verb, tuple[str, ...]]] = {
    "deploy": ("pre-install", "pre-delete"), "update": ("pre-upgrade", "pre-rollback"), "delete": ("pre-delete",),
}  # fmt: skip
"""Which reports tell about an operation: what ran before it, and what ran when a failed one was taken back."""
SKEW: Final = 300.0
"""Seconds a cluster's clock may be wrong: a report dated earlier than the operation by more is an older one's."""

_MOST: Final = 1 << 20
"""Characters of a report that are read; a ConfigMap holds no more."""
_MOST_CHECKS: Final = 200
_WIDEST: Final = 2000
"""Characters of a message that are kept."""
_HEADER: Final = re.compile(
    r"\s{0,20}(Duration|Date|K8sDistribution|K8sInfrastructure|CorrelationId|TroubleShootingGuide)\s{0,4}:(.*)",
    re.IGNORECASE,
)
_CHECK: Final = re.compile(
    r"\bStatus\s{0,4}:\s{0,4}(?P<status>Passed|Failed)[\s,;]{1,8}Name\s{0,4}:\s{0,4}(?P<name>[^\s,;]+)"
    r"(?:[\s,;]{1,8}ErrorCode\s{0,4}:\s{0,4}(?P<code>E\d{5})\b)?"
    r"(?:[\s,;]{1,8}ErrorMessage\s{0,4}:\s{0,4}(?P<message>.*))?",
    re.IGNORECASE,
)


class Check(Struct, frozen=True, gc=False):
    """What one checker found."""

    name: str
    """`service`, `clusterresource`, `inferencev1`…"""
    passed: bool
    code: str = ""
    """`E40001`; empty when it passed or gave none."""
    message: str = ""

    @property
    def known(self) -> Code:
        """Meaning and remedy of its code."""
        return find(self.code)

    @property
    def critical(self) -> bool:
        """It stops the operation."""
        return not self.passed and is_critical(self.code)


class Report(Struct, frozen=True, gc=False):
    """What was found at one stage."""

    stage: str
    """`pre-install`, `pre-upgrade`, `pre-rollback`, `pre-delete`, `test`."""
    status: str = ""
    """`Success`, `Failed`, or whatever it says."""
    checks: tuple[Check, ...] = ()
    correlation: str = ""
    """To give to support."""
    date: float | None = None
    duration: str = ""
    distribution: str = ""
    infrastructure: str = ""
    guide: str = ""

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that did not pass, those that stop an operation first."""
        return tuple(sorted((check for check in self.checks if not check.passed), key=lambda check: not check.critical))


class HealthCheck(Struct, frozen=True, gc=False):
    """The ConfigMap."""

    key: str
    reports: tuple[Report, ...] = ()

    def of(self, stage: str) -> Report | None:
        """The report of a stage."""
        return next((report for report in self.reports if report.stage == stage), None)


def decode(body: Any) -> HealthCheck:
    """The reports in a ConfigMap as the API sends it. Never raises."""
    wire = mapping(body)
    meta, data = mapping(wire.get("metadata")), mapping(wire.get("data"))
    key = "/".join(filter(None, (text(meta.get("namespace")), text(meta.get("name")))))
    texts = {key.strip().lower(): value for key, value in data.items() if isinstance(value, str)}
    stages = {name.removeprefix("reports-").removesuffix("-success") for name in texts if name.startswith("reports-")}
    stages |= {name.removeprefix("status-").removesuffix("-success") for name in texts if name.startswith("status-")}
    return HealthCheck(key, tuple(_report(stage, texts) for stage in sorted(stages)[:20]))


def _report(stage: str, texts: dict[str, str]) -> Report:
    """The older keys end in `-success`, whatever was found."""
    status = texts.get(f"status-{stage}", texts.get(f"status-{stage}-success", ""))
    body = texts.get(f"reports-{stage}", texts.get(f"reports-{stage}-success", ""))
    return read(text(stage), body, status=shorten_end(said(status), 100))


def read(stage: str, body: str, status: str = "") -> Report:
    """One report's text. What stands between two checkers' lines belongs to the message of the one before."""
    header: dict[str, str] = {}
    checks: list[Check] = []
    for line in clean_lines(body[:_MOST]):
        if (found := _HEADER.match(line)) is not None:
            header.setdefault(found[1].lower(), shorten_end(said(found[2]), 200))
        elif (check := check_of(line)) is not None and len(checks) < _MOST_CHECKS:
            checks.append(check)
        elif checks and line.strip() and not checks[-1].passed:
            checks[-1] = _longer(checks[-1], line)
    return Report(
        stage, status, tuple(checks), header.get("correlationid", ""), instant(header.get("date", "")),
        header.get("duration", ""), header.get("k8sdistribution", ""), header.get("k8sinfrastructure", ""),
        header.get("troubleshootingguide", ""),
    )  # fmt: skip


def check_of(line: str) -> Check | None:
    """The checker's finding in a line of a report or of the log; None when it holds none."""
    found = _CHECK.search(line[: _WIDEST * 2])
    if found is None:
        return None
    passed = found["status"].lower() == "passed"
    message = shorten_end(said(found["message"] or ""), _WIDEST)
    return Check(text(found["name"])[:100], passed, (found["code"] or "").upper(), message)


def _longer(check: Check, more: str) -> Check:
    if len(check.message) >= _WIDEST:
        return check
    message = shorten_end(f"{check.message} {said(more[:_WIDEST])}".strip(), _WIDEST)
    return Check(check.name, check.passed, check.code, message)


_GO_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,9})?) ([+-]\d{4})")


def instant(written: str) -> float | None:
    """Seconds since 1970 of an instant as Go prints it (`2023-12-12 13:57:17.89 +0000 UTC m=+0.29`) or JSON has it."""
    found = _GO_TIME.match(written)
    return moment(written.strip()) if found is None else epoch(f"{found[1]}T{found[2][:15]}{found[3]}")


def relevant(check: HealthCheck | None, verb: Verb, begun: float | None = None) -> tuple[Report, ...]:
    """The reports that tell about an operation that began at `begun`; older ones are left out."""
    found = [check.of(stage) for stage in STAGES[verb]] if check is not None else []
    return tuple(report for report in found if report is not None and not _older(report, begun))


def _older(report: Report, begun: float | None) -> bool:
    return begun is not None and report.date is not None and report.date < begun - SKEW


def failures(reports: Iterable[Report]) -> tuple[Check, ...]:
    """The failed checks of several reports, none twice, those that stop an operation first."""
    found: dict[tuple[str, str], Check] = {}
    for report in reports:
        for check in report.failed:
            found.setdefault((check.name, check.code), check)
    return tuple(sorted(found.values(), key=lambda check: (not check.critical, check.code)))


class LogLine(Struct, frozen=True, gc=False):
    """A line of the health check's log."""

    text: str
    """Without the prefix."""
    level: Literal["", "info", "warning", "error"] = ""
    source: str = ""
    """`healthcheck.go:88`."""
    settings: dict[str, str] = {}
    """`EnableInference: true, HealthyNodeCount: 3`: what it was told to check."""
    check: Check | None = None
    codes: tuple[str, ...] = ()


_STAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) ")
"""What the API puts before a line when asked for timestamps."""
_KLOG: Final = re.compile(r"([IWEF])\d{4} [\d:.]{8,15}\s{1,12}\d{1,10} ([\w./-]{1,120}:\d{1,7})\] ?(.*)")
_SETTING: Final = re.compile(
    r"\b(EnableInference|EnableTraining|ClusterPurpose|InferenceRouterHA|HealthyNodeCount|HookName|ExtensionName)"
    r"\s{0,2}:\s{0,2}([\w.-]{0,100})"
)
_CODE: Final = re.compile(r"\bE4\d{4}\b")
_LEVELS: Final[dict[str, Literal["info", "warning", "error"]]] = {
    "I": "info", "W": "warning", "E": "error", "F": "error",
}  # fmt: skip


def log_line(raw: str) -> LogLine:
    """A line of the pod's log, with or without the API's timestamp."""
    line = said(raw[: _WIDEST * 2])
    line = _STAMP.sub("", line, count=1)
    found = _KLOG.match(line)
    words = shorten_end(found[3] if found else line, _WIDEST)
    return LogLine(
        words, _LEVELS[found[1]] if found else "", found[2] if found else "",
        dict(_SETTING.findall(words)), check_of(words),
        tuple(dict.fromkeys(_CODE.findall(words))),
    )  # fmt: skip
