"""Conditions of any object: which are a fault, the worst first."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.build import NOW, ago
from tui.core.health import Health
from tui.domain.conditions import conditions


def told(*given_: Any) -> list[Any]:
    return conditions({"status": {"conditions": list(given_)}})


@pytest.mark.parametrize(
    ("kind", "status", "reason", "health"),
    [
        ("Ready", "True", "", Health.GOOD), ("Ready", "False", "ContainersNotReady", Health.WARN),
        ("Ready", "False", "PodCompleted", Health.GOOD), ("Ready", "Unknown", "NodeStatusUnknown", Health.UNKNOWN),
        ("Unschedulable", "True", "NotEnoughResources", Health.WARN), ("Unschedulable", "False", "", Health.GOOD),
        ("DiskPressure", "True", "", Health.WARN), ("MemoryPressure", "False", "", Health.GOOD),
        ("PodScheduled", "False", "Unschedulable", Health.WARN), ("Scheduled", "True", "tasks", Health.GOOD),
        ("KernelProblem", "True", "", Health.WARN),
    ],
)  # fmt: skip
def test_what_is_a_fault(kind: str, status: str, reason: str, health: Health) -> None:
    (found,) = told({"type": kind, "status": status, "reason": reason, "message": "m", "lastTransitionTime": ago(9)})
    assert (found.type, found.status, found.reason, found.message, found.since) == (kind, status, reason, "m", NOW - 9)
    assert found.health is health


def test_the_worst_comes_first_then_the_latest() -> None:
    found = told(
        {"type": "A", "status": "True", "lastTransitionTime": ago(50)},
        {"type": "B", "status": "True", "lastTransitionTime": ago(5)},
        {"type": "C", "status": "False", "lastTransitionTime": ago(500)},
    )
    assert [one.type for one in found] == ["C", "B", "A"]


def test_the_conditions_of_a_volcano_job_are_its_phases() -> None:
    found = told({"status": "Pending", "lastTransitionTime": ago(50)}, {"status": "Failed"})
    assert [(one.type, one.status, one.health) for one in found] == [
        ("Failed", "", Health.BAD), ("Pending", "", Health.GOOD),
    ]  # fmt: skip


def test_secrets_in_a_message_are_masked_and_escapes_gone() -> None:
    (found,) = told({"type": "A", "status": "False", "message": "\x1b[31mAccountKey=abcdefghijklmnop=="})
    assert "abcdefghijklmnop" not in found.message
    assert "\x1b" not in found.message


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "status", "reason", "message", "lastTransitionTime"]), inner)
    ),
    max_leaves=8,
)


@given(_json)
def test_nothing_that_is_no_condition_raises(value: Any) -> None:
    assert all(one.type == one.type.strip("\x1b") for one in told(value))
    conditions({"status": value})
