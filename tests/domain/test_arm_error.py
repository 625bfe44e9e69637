"""ARM errors: their shape, and the sentence inside the envelopes."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.redact import MASK
from tui.domain.arm_error import ArmError, decode, essence, innermost, lines

FAILED = "The extension operation failed with the following error: "
ATOMIC = "failed, and has been uninstalled due to atomic being set: "
OWNERSHIP = (
    'Unable to continue with install: CustomResourceDefinition "jobs.batch.volcano.sh" in namespace "" exists and '
    "cannot be imported into the current release: invalid ownership metadata"
)
ROLLED = "failed, and has been rolled back due to atomic being set: "


def test_nested() -> None:
    body = {
        "error": {
            "code": "Outer", "message": "it failed", "target": "vm",
            "details": [{"code": "Note"}, {"code": "Inner", "message": "quota exceeded", "details": []}, None, 5],
            "additionalInfo": [{"type": "PolicyViolation", "info": {"x": 1}}, {"type": ""}, None],
        }
    }  # fmt: skip
    error = decode(body)
    assert error == ArmError(
        "Outer", "it failed", "vm", (ArmError("Note", ""), ArmError("Inner", "quota exceeded")), ("PolicyViolation",)
    )
    assert innermost(error) == ArmError("Inner", "quota exceeded")
    assert list(lines(error)) == [
        "Outer: it failed (vm) [PolicyViolation]", "  Note", "  Inner: quota exceeded",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        None, {}, [], "text", 5, {"code": None, "message": None}, {"error": None},
        {"error": {"code": "", "message": ""}},
        {"code": None, "message": None, "details": [{"code": None}], "target": None},
    ],
)  # fmt: skip
def test_none(body: Any) -> None:
    assert decode(body) is None


def test_only_a_detail_says_something() -> None:
    error = decode({"code": None, "details": [{"message": "no room"}]})
    assert error is not None
    assert str(innermost(error)) == "no room"


def test_an_endless_one_ends() -> None:
    body: dict[str, Any] = {"code": "end"}
    for _ in range(500):
        body = {"code": "x", "details": [body]}
    error = decode(body)
    assert error is not None
    assert len(list(lines(error))) < 20


def test_secrets_and_escapes_do_not_get_in() -> None:
    error = decode({"code": "\x1b[31mX", "message": "https://s/x?sig=abcdef\nfailed"})
    assert error == ArmError("X", f"https://s/x?sig={MASK} failed")


@pytest.mark.parametrize(
    ("message", "inside"),
    [
        ("quota exceeded", "quota exceeded"),
        (f"{FAILED}quota exceeded", "quota exceeded"),
        (f"Helm installation failed : release amlarc {ATOMIC}timed out waiting for the condition",
         "timed out waiting for the condition"),
        (f"{FAILED}Error: {{ [ InnerError : [Helm upgrade failed : release amlarc {ROLLED}failed pre-upgrade: pod "
         "healthcheck failed]] }} occurred while doing the operation : [Update] on the config",
         "failed pre-upgrade: pod healthcheck failed"),
        (f"{FAILED}Error: [ InnerError: [Helm installation failed : Unable to get the status from the local CRD : "
         "release not found]]",
         "Unable to get the status from the local CRD : release not found"),
        (f"{FAILED} Error: [ InnerError: [Helm installation failed : {OWNERSHIP}]] occurred while doing the "
         "operation : [Create] on the config",
         OWNERSHIP),
        ("Error: cannot re-use a name that is still in use", "cannot re-use a name that is still in use"),
        ("The resource is not registered in region eastasia. Extension is available in eastus, westus.",
         "The resource is not registered in region eastasia. Extension is available in eastus, westus."),
        ("array index [3] is out of range", "array index [3] is out of range"),
        (FAILED, FAILED.strip()),
        ("", ""),
    ],
)  # fmt: skip
def test_the_sentence_inside(message: str, inside: str) -> None:
    assert essence(message) == inside


PIECES = (FAILED, ATOMIC, ROLLED, "InnerError: [", "Error: ", "Helm installation failed : ", "]", "}", "[", ": ", " x ")
TAIL = " occurred while doing the operation : [Create] on the config"


@given(st.lists(st.sampled_from((*PIECES, TAIL)), max_size=10).map("".join))
def test_unwrapping_ends_and_is_done_once(message: str) -> None:
    once = essence(message)
    assert essence(once) == once
    assert once in message or once == message.strip()


def test_a_hostile_message_costs_no_more_than_its_length() -> None:
    """With quadratic patterns this takes half a minute."""
    began = time.process_time()
    for piece in PIECES:
        essence(piece * 2000)
    assert time.process_time() - began < 5
