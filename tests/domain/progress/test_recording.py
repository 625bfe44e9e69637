"""What is recorded of an operation, and that it comes back from its lines as it was."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.hostile import CORPUS, MEAN, offences, strings
from tests.domain.build import NOW, Box, conditions, ended, pod_row, running, waiting
from tests.domain.findings.cases import check, event_row, report, row
from tui.core.redact import MASK
from tui.domain.progress.recording import Began, Entry, Recording, Standing, slim, words
from tui.domain.progress.recording_wire import entry_of, line_of
from tui.domain.progress.tape import Tape
from tui.domain.workload import decode as workload

BEGAN = Began("deploy", "/subscriptions/s1/x/extensions/amlarc-compute", NOW, "ctx", "0.1")
LOAD = workload(
    {"metadata": {"name": "gateway", "namespace": "azureml", "finalizers": ["f"]}, "spec": {"replicas": 2}},
    "Deployment",
)
CRASHED = pod_row(
    Box("gateway", waiting("CrashLoopBackOff", "back-off"), restarts=3, last=ended(137, "OOMKilled", message="full")),
    inits=(Box("init", ended(0, "Completed"), ready=True),), labels={"app": "x"},
    owner=("ReplicaSet", "gateway-7b58dc99cd"), conditions=conditions(Ready=(False, "No", "not yet")),
)  # fmt: skip


def replayed(entries: list[Entry]) -> Recording:
    """The recording of the entries after they were written and read."""
    tape = Tape()
    for entry in entries:
        found = entry_of(line_of(entry))
        assert found is not None, entry
        tape.take(found)
    return tape.recording()


def everything(tape: Tape) -> list[Entry]:
    """One of each sort."""
    return [
        *tape.begin(BEGAN), *tape.operation(Standing("Creating"), NOW), *tape.extension(row(state="Creating"), NOW),
        *tape.pods([CRASHED, pod_row(Box("other", running()), name="other", uid="u2")], NOW + 1),
        *tape.workloads([LOAD], NOW + 1), *tape.events([event_row("no room", "FailedScheduling")], NOW + 1),
        *tape.report(report(check("E40001")), NOW + 2), *tape.log("healthcheck", ["one", "two"], NOW + 2),
        *tape.pods([], NOW + 3), *tape.workloads([], NOW + 3), *tape.remark("it is so", NOW + 3),
        *tape.operation(Standing("Failed", "ExtensionOperationFailed", "timed out"), NOW + 4), *tape.end(NOW + 5),
    ]  # fmt: skip


def test_all_of_it_comes_back() -> None:
    tape = Tape()
    entries = everything(tape)
    assert replayed(entries) == tape.recording()
    assert len({entry.what for entry in entries}) == 12


def test_what_is_in_it() -> None:
    tape = Tape()
    everything(tape)
    found = tape.recording()
    assert found.began == BEGAN
    assert [(at - NOW, one.status) for at, one in found.operations] == [(0, "Creating"), (4, "Failed")]
    assert [(one.row.name, one.gone) for one in found.vanished] == [
        ("gateway-7b58dc99cd-c6c4s", NOW + 3),
        ("other", NOW + 3),
    ]
    assert found.vanished[0].row == slim(CRASHED)
    assert found.vanished[0].row.why == CRASHED.why
    assert found.logs == {"healthcheck": ["one", "two"]}
    assert (found.remarks, found.ended) == (("it is so",), NOW + 5)


def test_only_changes_are_recorded() -> None:
    tape = Tape()
    assert len(everything(tape)) > 0
    calm = pod_row(Box("gateway", running()), name="p", uid="u9")
    assert [entry.what for entry in tape.pods([calm], NOW + 6)] == ["pod"]
    again = pod_row(Box("gateway", running()), name="p", uid="u9", labels={"other": "labels"})
    assert tape.pods([again], NOW + 7) == []
    ready = pod_row(Box("gateway", running(), ready=False), name="p", uid="u9")
    assert [entry.what for entry in tape.pods([ready], NOW + 8)] == ["pod"]
    assert tape.pods([], NOW + 9, whole=False) == []
    assert [entry.value for entry in tape.pods([], NOW + 9)] == ["azureml/p u9"]
    assert tape.pods([], NOW + 10) == []
    assert [entry.what for entry in tape.pods([ready], NOW + 11)] == ["pod"]
    assert tape.recording().pods[-1].gone is None
    assert tape.operation(Standing("Failed", "ExtensionOperationFailed", "timed out"), NOW) == []
    assert tape.report(report(check("E40001")), NOW) == []
    assert tape.extension(row(state="Creating"), NOW) == []
    assert tape.begin(BEGAN) == []
    assert tape.end(NOW + 12) == []


def test_a_pod_that_keeps_ending_is_told_by_how_it_ended() -> None:
    tape = Tape()
    well = pod_row(Box("gateway", running(), restarts=4), uid=CRASHED.uid)
    tape.pods([CRASHED], NOW)
    tape.pods([well], NOW + 20)
    tape.pods([], NOW + 40)
    (seen,) = tape.recording().vanished
    assert (seen.row.status, seen.telling.why) == ("Running", CRASHED.why)
    assert (seen.at, seen.sick_at) == (NOW + 20, NOW)


@pytest.mark.parametrize(("restarts", "later"), [(4, 400), (0, 40)])
def test_a_pod_that_got_well_is_well(restarts: int, later: float) -> None:
    tape = Tape()
    tape.pods([CRASHED], NOW)
    tape.pods([pod_row(Box("gateway", running(), restarts=restarts), uid=CRASHED.uid)], NOW + 20)
    tape.pods([], NOW + later)
    (seen,) = tape.recording().vanished
    assert seen.telling.status == "Running"


def test_a_pod_in_a_line() -> None:
    assert words(CRASHED) == "OOMKilled, exit 137: full"
    assert words(pod_row(Box("gateway", waiting("ImagePullBackOff"), image="r.io/x:1"))) == "ImagePullBackOff: x:1"
    assert words(pod_row(phase="Failed", reason="Evicted", message="full")) == "Evicted: full"
    assert words(pod_row()) == "Running"


def test_a_new_pod_of_an_old_name_is_another() -> None:
    tape = Tape()
    tape.pods([pod_row(name="healthcheck", uid="a")], NOW)
    tape.pods([pod_row(name="healthcheck", uid="b")], NOW + 1)
    assert [(one.row.uid, one.gone) for one in tape.recording().pods] == [("a", NOW + 1), ("b", None)]


def test_other_namespaces_are_not_recorded() -> None:
    tape = Tape()
    assert tape.pods([pod_row(namespace="web")], NOW) == []
    elsewhere = replace(event_row("x"), namespace="web", key="web/e")
    assert tape.events([elsewhere], NOW) == []
    assert tape.workloads([replace(LOAD, namespace="web", key="web/gateway")], NOW) == []


def test_an_event_that_repeats_is_recorded_now_and_then() -> None:
    tape = Tape()
    event = event_row("no room", "FailedScheduling")
    written = sum(len(tape.events([replace(event, count=count)], NOW)) for count in range(1, 101))
    assert written == 7
    assert len(tape.events([replace(event, count=100, message="other")], NOW)) == 1


def test_secrets_do_not_get_into_a_line() -> None:
    tape = Tape()
    secret = "AccountKey=hunter2hunter2hunter2;x"
    entries = [
        *tape.log("gateway", [f"connecting with {secret}"], NOW), *tape.operation(Standing("Failed", "x", secret), NOW),
        *tape.events([replace(event_row("x"), message=secret)], NOW),
    ]  # fmt: skip
    lines = b"".join(map(line_of, entries))
    assert b"hunter2" not in lines
    assert lines.decode().count(MASK) == 3


def test_nothing_of_a_row_is_taken_for_a_secret() -> None:
    assert MASK.encode() not in b"".join(map(line_of, everything(Tape())))


def test_log_lines_are_bounded() -> None:
    (entry,) = Tape().log("x", ["y" * 100_000, "  ", ""], NOW)
    assert len(entry.value.text) == 2000


@pytest.mark.parametrize(
    "line",
    [
        b"", b"x", b"[]", b"5", b"{}", b'{"at":1,"what":"pod"}', b'{"at":"x","what":"pod","value":{}}',
        b'{"at":1,"what":"unheard of","value":{}}', b'{"at":1,"what":"pod","value":[]}',
        b'{"at":1,"what":[],"value":1}',
        b'{"at":1,"what":"pod","value":{"ready":"many"}}', b'{"at":1,"what":"pod gone","value":5}', b"\xff\xfe",
        b'{"at":1,"what":"report","value":{"reports":[5]}}',
        b'{"at":1,"what":"pod","value":{"containers":[{"ended":5}]}}',
        b'{"at":1,"what":"log","value":"x"}', b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_entry_is_none(line: bytes) -> None:
    assert entry_of(line) is None


def test_a_line_of_another_version_is_read_as_far_as_it_goes() -> None:
    wire = {"at": 1, "what": "pod", "value": {"key": "azureml/x", "namespace": "azureml", "new": {"field": 1}}}
    found = entry_of(msgspec.json.encode(wire))
    assert found is not None
    assert (found.value.name, found.value.status, found.value.containers) == ("x", "", ())
    parts = {"key": "azureml/x", "containers": [{"name": "a", "ended": {"exit_code": 3}}]}
    found = entry_of(msgspec.json.encode({"at": 1, "what": "pod", "value": parts}))
    assert found is not None
    assert str(found.value.containers[0].ended) == "exit 3"


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_can_be_read(line: bytes) -> None:
    entry_of(line)
    entry_of(b'{"at":1,"what":"pod","value":' + line + b"}")


@pytest.mark.parametrize("text", [*CORPUS, MEAN], ids=lambda text: ascii(text)[:20])
def test_a_hostile_file_is_harmless(text: str) -> None:
    def poison(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: poison(item) for key, item in value.items()}
        if isinstance(value, list):
            return [poison(item) for item in value]
        return value + text.encode("utf-8", "replace").decode() if isinstance(value, str) else value

    for entry in everything(Tape()):
        wire = msgspec.json.decode(line_of(entry))
        found = entry_of(msgspec.json.encode({**wire, "value": poison(wire["value"])}))
        assert [sign for each in strings(found) for sign in offences(each)] == []


@pytest.mark.parametrize(
    ("modified", "ended", "tells"),
    [
        (1010.0, 1200.0, True),
        (1190.0, 1200.0, True),
        (None, 1200.0, True),
        (5000.0, None, True),
        (5000.0, 1200.0, False),
        (100.0, 1200.0, False),
        (100.0, None, False),
    ],
)
def test_a_recording_of_another_operation_tells_nothing_of_this_one(
    modified: float | None, ended: float | None, tells: bool
) -> None:
    made = Recording(Began("deploy", "/x", 1000.0), ended=ended)
    assert made.tells_of(modified) is tells
