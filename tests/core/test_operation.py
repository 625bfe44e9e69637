"""A long-running ARM operation, answer by answer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.operation import INTERVAL, LONGEST_WAIT, PATIENCE, Answer, Operation, begin, error_of, retry_after, step

HOST = "https://management.azure.com"
RESOURCE = f"{HOST}/subscriptions/s/resourceGroups/g/providers/x/extensions/e?api-version=1"
STATUS = f"{HOST}/subscriptions/s/resourceGroups/g/providers/x/extensions/e/operations/1?api-Version=1"
OTHER = f"{HOST}/subscriptions/s/operationResults/2"
FOREIGN = "https://eastus.rp.kubernetesconfiguration.azure.com/operations/1"
ERROR = {"error": {"code": "ExtensionOperationFailed", "message": "Helm installation failed"}}


def answer(status: int, body: Any = None, **headers: str) -> Answer:
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def state(word: str) -> dict[str, Any]:
    return {"id": "/x", "properties": {"provisioningState": word}}


def begun(method: str = "PUT", *, status: int = 201, body: Any = None, **headers: str) -> Operation:
    return begin(method, RESOURCE, answer(status, body, **headers), 100.0)


@pytest.mark.parametrize(
    ("headers", "url"),
    [
        ({"azure_asyncoperation": STATUS}, STATUS),
        ({"azure_asyncoperation": STATUS, "location": OTHER}, STATUS),
        ({"location": OTHER}, OTHER),
        ({"location": FOREIGN}, RESOURCE),
        ({"azure_asyncoperation": FOREIGN}, RESOURCE),
        ({"azure_asyncoperation": FOREIGN, "location": OTHER}, OTHER),
        ({"azure_asyncoperation": STATUS.replace("https", "http")}, RESOURCE),
        ({"azure_asyncoperation": STATUS.replace(".com", ".com@evil.example")}, RESOURCE),
        (
            {"azure_asyncoperation": STATUS.replace("management", "Management")},
            STATUS.replace("management", "Management"),
        ),
        ({"location": "/relative"}, RESOURCE),
        ({"location": "https://[broken"}, RESOURCE),
        ({}, RESOURCE),
    ],
)
def test_where_to_ask(headers: dict[str, str], url: str) -> None:
    """Azure-AsyncOperation first, else Location, both only on the host the token is meant for, else the resource."""
    op = begun(body=state("Creating"), **headers)
    assert op.url == url
    assert not op.done
    assert op.next_at > 100.0


@pytest.mark.parametrize(
    ("method", "status", "body", "succeeded"),
    [
        ("PUT", 200, state("Succeeded"), True),
        ("PUT", 201, state("succeeded"), True),
        ("PUT", 200, {"properties": {"installState": "Installed"}}, True),
        ("PUT", 200, {"properties": {}}, True),
        ("PATCH", 200, {"properties": {"version": "1"}}, True),
        ("PUT", 200, state("Failed"), False),
        ("PUT", 200, state("Canceled"), False),
        ("PUT", 409, ERROR, False),
        ("PUT", 403, ERROR, False),
        ("DELETE", 204, None, True),
        ("DELETE", 200, {"statusCode": 200, "isSuccessStatusCode": True}, True),
    ],
)
def test_over_at_once(method: str, status: int, body: Any, succeeded: bool) -> None:
    op = begun(method, status=status, body=body)
    assert op.done
    assert op.succeeded is succeeded


def test_a_refusal_keeps_its_words() -> None:
    op = begun(status=409, body=ERROR)
    assert (op.code, op.message) == ("ExtensionOperationFailed", "Helm installation failed")


@pytest.mark.parametrize(
    "body",
    [
        state("Creating"), state("Updating"), state("Accepted"), state("NewWord"),
        {"properties": {"installState": "Pending"}},
        {"properties": {"provisioningState": "Creating", "installState": "Unknown"}},
    ],
)  # fmt: skip
def test_by_the_resource_until_it_is_done(body: Any) -> None:
    op = begun(body=body)
    assert (op.url, op.done) == (RESOURCE, False)
    op = step(op, answer(200, body), 110.0)
    assert not op.done
    op = step(op, answer(200, state("Succeeded")), 120.0)
    assert op.succeeded


def test_by_the_operation_to_success() -> None:
    op = begun(body=state("Creating"), azure_asyncoperation=STATUS, retry_after="3")
    assert op.next_at == 103.0
    op = step(op, answer(200, {"status": "InProgress"}, retry_after="7"), 103.0)
    assert (op.status, op.next_at, op.done) == ("InProgress", 110.0, False)
    op = step(
        op, answer(200, {"id": "/x", "status": "Succeeded", "properties": {"provisioningState": "Creating"}}), 110.0
    )
    assert op.succeeded
    assert op.message == ""
    assert step(op, answer(500), 120.0) is op


def test_by_the_operation_to_failure_with_its_words_cleaned() -> None:
    op = begun(azure_asyncoperation=STATUS)
    body = {"status": "Failed", "error": {"code": "InstallationFailed", "message": "\x1b[31matomic\x1b[0m\nset"}}
    op = step(op, answer(200, body), 110.0)
    assert (op.done, op.succeeded) == (True, False)
    assert (op.status, op.code, op.message) == ("Failed", "InstallationFailed", "atomic set")


def test_a_location_that_says_202_goes_on_and_may_move() -> None:
    op = begun("PATCH", status=202, location=OTHER)
    op = step(op, answer(202, None, location=f"{OTHER}/b"), 110.0)
    assert (op.url, op.done) == (f"{OTHER}/b", False)
    op = step(op, answer(202, None, location=FOREIGN), 120.0)
    assert op.url == f"{OTHER}/b"
    assert step(op, answer(200, {"anything": 1}), 130.0).succeeded
    assert step(op, answer(204), 130.0).succeeded


class TestDelete:
    """Only the absence of the resource proves it, when no operation tells."""

    def test_the_operation_tells(self) -> None:
        op = begun("DELETE", status=202, azure_asyncoperation=STATUS)
        assert step(op, answer(200, {"status": "Succeeded"}), 110.0).succeeded

    def test_a_resource_still_there_is_not_deleted_yet(self) -> None:
        op = begun("DELETE", status=202, location=FOREIGN)
        for word in ("Succeeded", "Failed", "Deleting", "Deleting"):
            op = step(op, answer(200, state(word)), 110.0)
            assert not op.done
        assert op.status == "Deleting"
        assert step(op, answer(404, ERROR), 120.0).succeeded

    def test_a_failure_after_it_began_is_its_own(self) -> None:
        op = begun("DELETE", status=202)
        op = step(op, answer(200, state("Deleting")), 110.0)
        op = step(op, answer(200, state("Failed")), 120.0)
        assert (op.done, op.succeeded, op.status) == (True, False, "Failed")

    def test_an_expired_operation_record_proves_nothing(self) -> None:
        op = begun("DELETE", status=202, azure_asyncoperation=STATUS)
        op = step(op, answer(404), 110.0)
        assert (op.done, op.url) == (False, RESOURCE)


def test_an_expired_operation_record_leads_to_the_resource() -> None:
    op = begun(azure_asyncoperation=STATUS)
    op = step(op, answer(404), 110.0)
    assert (op.url, op.done) == (RESOURCE, False)
    assert op.next_at <= 110.0
    assert step(op, answer(200, state("Succeeded")), 111.0).succeeded
    gone = step(op, answer(404, {"error": {"code": "ExtensionNotFound", "message": "could not be found"}}), 111.0)
    assert (gone.done, gone.succeeded, gone.code) == (True, False, "ExtensionNotFound")


@pytest.mark.parametrize(
    "missed", [None, answer(500), answer(503), answer(401, ERROR), answer(403, ERROR), answer(408)]
)
def test_a_failed_look_is_no_failed_operation(missed: Answer | None) -> None:
    op = begun(azure_asyncoperation=STATUS)
    waits = []
    for _ in range(PATIENCE):
        op = step(op, missed, 200.0)
        assert not op.done
        waits.append(op.next_at - 200.0)
    assert waits == sorted(waits)
    assert waits[0] >= INTERVAL
    back = step(op, answer(200, {"status": "InProgress"}), 300.0)
    assert back.failures == 0
    lost = step(op, missed, 300.0)
    assert (lost.done, lost.succeeded, lost.status) == (True, False, "Lost")
    assert lost.message


def test_throttling_has_no_end_of_patience() -> None:
    op = begun(azure_asyncoperation=STATUS)
    for _ in range(PATIENCE * 4):
        op = step(op, answer(429, retry_after="17"), 200.0)
    assert not op.done
    assert op.next_at == 217.0


def test_a_status_endpoint_that_refuses_ends_it() -> None:
    op = step(begun(azure_asyncoperation=STATUS), answer(400, ERROR), 110.0)
    assert (op.done, op.succeeded, op.code) == (True, False, "ExtensionOperationFailed")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0.0), ({"retry-after": "5"}, 5.0), ({"retry-after": "0"}, 0.0), ({"retry-after": "-1"}, 0.0),
        ({"retry-after-ms": "1500", "retry-after": "5"}, 1.5), ({"x-ms-retry-after-ms": "250"}, 0.25),
        ({"retry-after": "soon"}, 0.0), ({"retry-after": "inf"}, 0.0), ({"retry-after": "nan"}, 0.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, 0.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT", "date": "Wed, 21 Oct 2026 07:27:18 GMT"}, 42.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT", "date": "Wed, 21 Oct 2026 07:29:00 GMT"}, 0.0),
        ({"retry-after": "Wednesday, 21-Oct-26 07:28:00 GMT", "date": "Wed, 21 Oct 2026 07:27:18 -0000"}, 42.0),
        ({"retry-after": "Wed, 99 Oct 2026 07:28:00 GMT", "date": "Wed, 21 Oct 2026 07:27:18 GMT"}, 0.0),
        ({"retry-after": "Fri, soon", "date": "Wed, 21 Oct 2026 07:27:18 GMT"}, 0.0),
    ],
)  # fmt: skip
def test_retry_after(headers: dict[str, str], seconds: float) -> None:
    assert retry_after(headers) == seconds


def test_a_date_without_the_answer_s_own_counts_from_now() -> None:
    at = {"retry-after": "Thu, 01 Jan 1970 00:02:00 GMT"}
    assert retry_after(at, 90.0) == 30.0
    assert retry_after(at, 130.0) == 0.0
    op = begun(azure_asyncoperation=STATUS, retry_after=at["retry-after"])
    assert op.next_at == 120.0


def test_nobody_is_made_to_wait_for_ever() -> None:
    op = begun(azure_asyncoperation=STATUS, retry_after="99999999")
    assert op.next_at == 100.0 + LONGEST_WAIT


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (ERROR, ("ExtensionOperationFailed", "Helm installation failed")),
        ({"code": "X", "message": "y"}, ("X", "y")),
        ({"error": None}, ("", "")), ({"error": {"code": None, "message": None}}, ("", "")),
        ({"error": "text"}, ("", "")), (None, ("", "")), ([], ("", "")), ("text", ("", "")),
    ],
)  # fmt: skip
def test_error_of(body: Any, found: tuple[str, str]) -> None:
    assert error_of(body) == found


BODIES = st.one_of(
    st.none(),
    st.text(max_size=5),
    st.builds(state, st.sampled_from(["Succeeded", "Failed", "Creating", "Deleting", ""])),
    st.fixed_dictionaries({"status": st.sampled_from(["InProgress", "Succeeded", "Canceled", 5, None])}),
    st.just(ERROR),
)
ANSWERS = st.one_of(
    st.none(),
    st.builds(
        Answer,
        st.sampled_from([200, 201, 202, 204, 400, 401, 404, 409, 429, 500, 503]),
        st.dictionaries(
            st.sampled_from(["azure-asyncoperation", "location", "retry-after"]),
            st.sampled_from([STATUS, FOREIGN, OTHER, "9"]),
        ),
        BODIES,
    ),
)


@given(st.sampled_from(["PUT", "PATCH", "DELETE"]), ANSWERS.filter(bool), st.lists(ANSWERS, max_size=12))
def test_whatever_is_answered(method: str, first: Answer, answers: list[Answer | None]) -> None:
    """It never asks a foreign host, never asks in the past, and once over it stays over."""
    op = begin(method, RESOURCE, first, 100.0)
    now = 100.0
    for each in answers:
        now = max(now, op.next_at)
        before, op = op, step(op, each, now)
        if before.done:
            assert op is before
        assert op.done or op.url.startswith(HOST)
        assert op.done or op.next_at >= now or op.next_at == 0.0
        assert not (op.succeeded and op.message)
