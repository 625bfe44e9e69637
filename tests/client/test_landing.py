"""Whether a write arrived whose answer was lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.client.landing import ABSENT, UNSEEN, carries, in_progress, landed, stamp, state
from tui.core.secret import Secret
from tui.domain.plans.plan import Fill

WANTED: dict[str, Any] = {
    "location": "", "identity": {"type": "SystemAssigned"},
    "properties": {"releaseTrain": "stable", "autoUpgradeMinorVersion": True,
                   "configurationSettings": {"enableTraining": "True", "id": Fill("x"), "hidden": Secret("y")},
                   "configurationProtectedSettings": {"a": Fill("b")}},
}  # fmt: skip


def there(word: str = "Creating", at: str = "2024-01-01T00:00:00Z", **settings: str) -> dict[str, Any]:
    inner = {
        "provisioningState": word, "releaseTrain": "Stable", "autoUpgradeMinorVersion": True,
        "configurationSettings": {"enableTraining": "true", **settings}, "configurationProtectedSettings": {},
    }  # fmt: skip
    return {"systemData": {"lastModifiedAt": at}, "properties": inner}


OLD = stamp(there(at="2020-01-01T00:00:00Z"))


@pytest.mark.parametrize(
    ("method", "before", "after", "verdict"),
    [
        ("PUT", ABSENT, None, False),
        ("PUT", ABSENT, there(), True),
        ("PUT", ABSENT, there("Failed"), True),
        ("PUT", OLD, there("Succeeded"), True),
        ("PUT", OLD, there("Updating", "2020-01-01T00:00:00Z"), True),
        ("PUT", OLD, there("Succeeded", "2020-01-01T00:00:00Z"), False),
        ("PATCH", UNSEEN, there("Succeeded"), False),
        ("PATCH", UNSEEN, there("Updating"), True),
        ("PUT", ABSENT, there("Deleting"), False),
        ("PUT", ABSENT, there(enableTraining="False"), False),
        ("DELETE", OLD, None, True),
        ("DELETE", OLD, there("Deleting"), True),
        ("DELETE", OLD, there("Succeeded"), False),
    ],
)
def test_what_was_taken(method: str, before: str, after: Any, verdict: bool) -> None:
    assert landed(method, before, after, WANTED) is verdict


def test_somebody_else_s_settings_are_not_ours_but_without_a_body_nobody_can_tell() -> None:
    other = there(enableTraining="False")
    assert not carries(other, WANTED)
    assert landed("PUT", ABSENT, other)
    assert carries({"properties": {"rights": ["manage", "Send", "Listen"]}}, {"properties": {"rights": ["Send"]}})
    assert not carries({"properties": {"rights": "Send"}}, {"properties": {"rights": ["Send"]}})


@pytest.mark.parametrize(
    ("body", "mark", "word"),
    [
        (None, ABSENT, ""),
        ({}, UNSEEN, ""),
        ({"systemData": None, "properties": {"lastModifiedTime": "t", "installState": "Pending"}}, "at t", "pending"),
        ({"properties": {"updatedAt": "u", "provisioningState": "Succeeded"}}, "at u", "succeeded"),
        ({"properties": {"modifiedOn": "m", "provisioningState": 7}}, "at m", ""),
        ({"registrationState": "Registering"}, UNSEEN, "registering"),
        ([1], UNSEEN, ""),
    ],
)
def test_the_stamp_and_the_state_of_a_resource(body: Any, mark: str, word: str) -> None:
    assert (stamp(body), state(body)) == (mark, word)
    assert in_progress(body) is (word in ("pending", "registering"))


JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["properties", "provisioningState", "systemData", "a", "A"]), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(JSON, JSON, st.sampled_from(["PUT", "PATCH", "DELETE"]), st.sampled_from([ABSENT, UNSEEN, OLD]))
def test_any_answer_gives_a_verdict(after: Any, wanted: Any, method: str, before: str) -> None:
    verdict = landed(method, before, after, wanted)
    assert verdict in (True, False)
    if method != "DELETE" and after is None:
        assert not verdict, "what is not there was not put"
