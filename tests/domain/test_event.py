"""Events of both generations, and namespaces."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.build import NOW, ago
from tui.core.health import Health
from tui.domain import namespace
from tui.domain.event import EventRow, concerns, decode, haystack


def event(**more: Any) -> EventRow:
    about = {"kind": "Pod", "namespace": "azureml", "name": "gateway-1", "uid": "u1"}
    meta = {"name": "gateway-1.17", "namespace": "azureml", "creationTimestamp": ago(300)}
    body = {"metadata": meta, "involvedObject": about, "type": "Warning", "reason": "BackOff", "message": " Back-off\n"}
    return decode({**body, **more})


OLD = {
    "firstTimestamp": ago(2400),
    "lastTimestamp": ago(60),
    "count": 12,
    "source": {"component": "kubelet", "host": "n1"},
}
NEW = {"eventTime": ago(90), "series": {"count": 3, "lastObservedTime": ago(30)}, "reportingComponent": "volcano"}


def test_the_older_kind() -> None:
    row = event(**OLD)
    assert (row.first, row.last, row.count) == (NOW - 2400, NOW - 60, 12)
    assert (row.source, row.host, row.object, row.message) == ("kubelet", "n1", "pod/gateway-1", "Back-off")
    assert row.health is Health.WARN
    assert row.why == row.message


def test_the_newer_kind() -> None:
    row = event(**NEW)
    assert (row.first, row.last, row.count, row.source) == (NOW - 90, NOW - 30, 3, "volcano")


def test_neither_time_is_said() -> None:
    row = event(type=None)
    assert (row.first, row.last, row.count, row.type, row.health) == (NOW - 300, NOW - 300, 1, "Normal", Health.GOOD)
    assert row.created == row.first


@pytest.mark.parametrize(
    ("kind", "space", "name", "uid", "about"),
    [
        ("Pod", "azureml", "gateway-1", "u1", True),
        ("Pod", "azureml", "gateway-1", "", True),
        ("Pod", "", "gateway-1", "u1", True),
        ("Pod", "azureml", "gateway-1", "u2", False),
        ("Pod", "other", "gateway-1", "u1", False),
        ("Pod", "azureml", "gateway-2", "u1", False),
        ("Node", "azureml", "gateway-1", "u1", False),
    ],
)
def test_whom_it_concerns(kind: str, space: str, name: str, uid: str, about: bool) -> None:
    assert concerns(event(), kind, space, name, uid) is about


def test_events_of_nodes_carry_the_name_for_a_uid() -> None:
    row = event(involvedObject={"kind": "Node", "name": "n1", "uid": "n1"})
    assert concerns(row, "Node", "", "n1", "8c2f-real-uid")


def test_the_filter_finds_what_is_shown() -> None:
    hay = haystack(event(**OLD))
    assert all(shown in hay for shown in ("Warning", "BackOff", "pod/gateway-1", "Back-off", "kubelet", "azureml"))


@pytest.mark.parametrize(
    ("status", "shown", "health", "why"),
    [
        ({"phase": "Active"}, "Active", Health.GOOD, ""),
        ({}, "Active", Health.GOOD, ""),
        ({"phase": "Terminating"}, "Terminating", Health.BUSY, "is being deleted"),
        (
            {"phase": "Terminating", "conditions": [
                {"type": "NamespaceDeletionDiscoveryFailure", "status": "False", "message": "fine"},
                {"type": "NamespaceContentRemaining", "status": "True", "message": "amljobs remain"}]},
            "Terminating", Health.WARN, "amljobs remain",
        ),
    ],
)  # fmt: skip
def test_namespaces(status: Any, shown: str, health: Health, why: str) -> None:
    row = namespace.decode({"metadata": {"name": "azureml"}, "status": status})
    assert (row.key, row.status, row.health, row.why) == ("azureml", shown, health, why)
    assert shown in namespace.haystack(row)
