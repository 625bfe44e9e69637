"""The health check's reports and log, sound and hostile."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hostile import CORPUS, MEAN, offences, strings
from tests.domain.build import NOW, Json
from tui.core.redact import MASK
from tui.core.units import rfc3339
from tui.domain.progress.health_check import (
    SKEW,
    STAGES,
    Check,
    Verb,
    check_of,
    decode,
    failures,
    instant,
    log_line,
    read,
    relevant,
)
from tui.domain.progress.health_codes import CODES, find

HEAD = (
    "\nReport:\nDuration: 149.9ms\nDate: 2023-11-14 22:13:20.896838241 +0000 UTC m=+0.298028493\n"
    "K8sDistribution: k3s\nK8sInfrastructure: generic\nCorrelationId: 6f0b6c5e-1c2d\n"
    "TroubleShootingGuide: https://aka.ms/arcmltsg\n\n"
)
BODY = (
    "Status: Passed Name: service\n"
    "Status: Failed Name: inferencev1 ErrorCode: E45005 ErrorMessage: the old router is there\n"
    "Status: Failed Name: clusterresource ErrorCode: E40002 ErrorMessage: 1 node is healthy\n"
    "  three are needed\n"
    "Status: Failed Name: helmchart\n"
)


def config_map(name: str = "arcml-healthcheck", **data: Any) -> Json:
    return {
        "metadata": {"name": name, "namespace": "azureml"},
        "data": {k.replace("_", "-"): v for k, v in data.items()},
    }


def test_a_report() -> None:
    check = decode(config_map(reports_pre_install=HEAD + BODY, status_pre_install="Failed"))
    report = check.of("pre-install")
    assert report is not None
    assert (check.key, report.status, report.correlation) == ("azureml/arcml-healthcheck", "Failed", "6f0b6c5e-1c2d")
    assert (report.duration, report.distribution, report.infrastructure) == ("149.9ms", "k3s", "generic")
    assert (report.guide, report.date) == ("https://aka.ms/arcmltsg", pytest.approx(NOW + 0.896838))
    assert report.checks == (
        Check("service", True),
        Check("inferencev1", False, "E45005", "the old router is there"),
        Check("clusterresource", False, "E40002", "1 node is healthy three are needed"),
        Check("helmchart", False),
    )
    assert [check.name for check in report.failed] == ["clusterresource", "inferencev1", "helmchart"]
    assert [check.critical for check in report.failed] == [True, False, False]


def test_an_empty_header_field_is_empty() -> None:
    assert read("test", "K8sDistribution:\nCorrelationId: x\nStatus: Passed Name: a").distribution == ""


@pytest.mark.parametrize("name", ["arcml-healthcheck", "amlarc-healthcheck"])
def test_the_older_keys(name: str) -> None:
    check = decode(config_map(name, reports_test_success="Status: Passed Name: service", status_test_success="Success"))
    assert [(report.stage, report.status, len(report.checks)) for report in check.reports] == [("test", "Success", 1)]


@pytest.mark.parametrize(
    ("verb", "stages"),
    [
        ("deploy", ["pre-install", "pre-delete"]),
        ("update", ["pre-upgrade", "pre-rollback"]),
        ("delete", ["pre-delete"]),
    ],
)
def test_which_reports_tell_about_an_operation(verb: Verb, stages: list[str]) -> None:
    every = {
        f"reports_{stage}".replace("-", "_"): f"Date: {rfc3339(NOW)}\n" for each in STAGES.values() for stage in each
    }
    check = decode(config_map(**every, reports_test="x"))
    assert [report.stage for report in relevant(check, verb)] == stages
    assert [report.stage for report in relevant(check, verb, NOW + SKEW)] == stages
    assert relevant(check, verb, NOW + SKEW + 1) == ()
    assert relevant(None, verb) == ()


def test_a_report_without_a_date_is_believed() -> None:
    check = decode(config_map(reports_pre_install=BODY))
    assert [report.stage for report in relevant(check, "deploy", NOW)] == ["pre-install"]


def test_a_failure_told_at_two_stages_is_one() -> None:
    check = decode(config_map(reports_pre_install=BODY, reports_pre_delete=BODY))
    assert [found.code for found in failures(check.reports)] == ["E40002", "", "E45005"]


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_the_table(code: Any) -> None:
    assert find(code.code) is code
    assert code.critical == (code.code < "E45000")
    assert code.meaning
    assert code.remedy


@pytest.mark.parametrize(
    ("code", "critical"),
    [("E44999", True), ("E45000", False), ("E40010", True), ("E51234", False), ("", False), ("X", False)],
)
def test_a_code_that_is_not_in_the_table_is_judged_by_its_number(code: str, critical: bool) -> None:
    assert find(code).critical is critical
    assert find(code).name == ""
    assert "CorrelationId" in find(code).remedy


@pytest.mark.parametrize(
    ("line", "check"),
    [
        ("Status: Failed Name: a ErrorCode: E40001", Check("a", False, "E40001")),
        ("Status: Failed Name: a ErrorMessage: no code", Check("a", False, "", "no code")),
        ("Status:Failed, Name:a, ErrorCode:E40001, ErrorMessage:x, y", Check("a", False, "E40001", "x, y")),
        ("I1 x] status: passed name: service", Check("service", True)),
        ("Status: Failed Name: a ErrorCode: E400011", Check("a", False)),
        ("Status: Maybe Name: a", None),
        ("Status: Failed", None),
        ("", None),
    ],
)
def test_a_line_of_a_checker(line: str, check: Check | None) -> None:
    assert check_of(line) == check


def test_secrets_in_messages_are_masked() -> None:
    line = "Status: Failed Name: a ErrorCode: E40000 ErrorMessage: AccountKey=abcdefgh12345678;x"
    found = check_of(line)
    assert found is not None
    assert "abcdefgh" not in found.message
    assert MASK in found.message
    assert "abcdefgh" not in log_line(line).text
    more = read("test", "Status: Failed Name: a ErrorCode: E40000 ErrorMessage: x\npassword=hunter2hunter2")
    assert "hunter2" not in str(more)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("2023-11-14 22:13:20 +0000 UTC", NOW), ("2023-11-14 22:13:20.5 +0100 CET m=+1", NOW - 3599.5),
        ("2023-11-14T22:13:20Z", NOW), (" 2023-11-14T22:13:20Z ", NOW), ("yesterday", None), ("", None),
        ("2023-99-99 99:99:99 +0000 UTC", None),
    ],
)  # fmt: skip
def test_instants(written: str, seconds: float | None) -> None:
    assert instant(written) == seconds


def test_lines_of_the_log() -> None:
    words = "EnableInference: true, InferenceRouterHA: false, HealthyNodeCount: 3"
    line = f"I1212 13:57:17.746774       8 client.go:70] {words}"
    found = log_line(f"2023-12-12T13:57:17.746800123Z {line}")
    assert (found.level, found.source) == ("info", "client.go:70")
    assert found.settings == {"EnableInference": "true", "InferenceRouterHA": "false", "HealthyNodeCount": "3"}
    assert found == log_line(line)
    failed = log_line(
        "E1212 13:57:18.1 8 main.go:9] Status: Failed Name: service ErrorCode: E40001 ErrorMessage: no address"
    )
    assert failed.check == Check("service", False, "E40001", "no address")
    assert (failed.level, failed.codes) == ("error", ("E40001",))
    hook = log_line("I1212 13:57:17.746774 8 client.go:70] Configuration: &{HookName:pre-install ExtensionName:mlext}")
    assert hook.settings == {"HookName": "pre-install", "ExtensionName": "mlext"}
    plain = log_line("panic: runtime error")
    assert (plain.text, plain.level, plain.settings, plain.check) == ("panic: runtime error", "", {}, None)


@pytest.mark.parametrize("body", [None, [], "x", 5, {"data": []}, {"data": {"reports-pre-install": None, "": ""}}])
def test_what_is_no_config_map_has_no_reports(body: Any) -> None:
    assert decode(body).reports == ()


PIECES = [
    "Status: Failed ",
    "Name: a ",
    "ErrorCode: E40001 ",
    "ErrorMessage: ",
    "\n",
    "Date: ",
    "x",
    "\x1b[2J",
    "\ud800",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=30).map("".join))
def test_any_text_can_be_read(body: str) -> None:
    check = decode(config_map(reports_pre_install=body, status_pre_install=body))
    assert [sign for each in strings(check) for sign in offences(each)] == []
    assert [sign for each in strings(log_line(body)) for sign in offences(each)] == []


@pytest.mark.parametrize("text", [*CORPUS, MEAN], ids=lambda text: ascii(text)[:20])
def test_hostile_text_is_harmless(text: str) -> None:
    failed = f"Status: Failed Name: {text} ErrorCode: E40001 ErrorMessage: {text}"
    lines = f"Date: {text}\nCorrelationId: {text}\n{failed}\n{text}"
    body = {"metadata": {"name": text, "namespace": text}, "data": {f"reports-{text}": lines, f"status-{text}": text}}
    assert [sign for each in strings(decode(body)) for sign in offences(each)] == []


@pytest.mark.parametrize(
    "piece", ["Status: ", "Status: Failed Name: ", "Status:Failed,Name:a,", " \t", "E40001 ", "Date:"]
)
def test_a_hostile_report_costs_no_more_than_its_length(piece: str) -> None:
    began = time.process_time()
    read("test", piece * 40_000)
    read("test", (piece + "\n") * 40_000)
    log_line(piece * 40_000)
    assert time.process_time() - began < 4


def test_a_report_keeps_a_bounded_part() -> None:
    report = read("test", "Status: Failed Name: a ErrorCode: E40001 ErrorMessage: x\n" + "more and more\n" * 5000)
    assert len(report.checks[0].message) == 2000
    assert len(read("test", "Status: Passed Name: a\n" * 5000).checks) == 200
