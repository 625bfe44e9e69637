"""Label and field selectors of requests."""

from __future__ import annotations

import pytest

from tests.demo.kube import town
from tui.demo.kube.registry import BUILT_IN, Resource, custom
from tui.demo.kube.selectors import name_of, selector
from tui.demo.kube.status import StatusError

BY_NAME = {resource.plural: resource for resource in BUILT_IN}
PODS, TYPES = BY_NAME["pods"], custom(town.DEFINITION)[0]
POD = {**town.pod("a"), "status": {"phase": "Running"}}


@pytest.mark.parametrize(
    ("labels", "fields", "chosen"),
    [
        ("app=a", "", True),
        ("app==a", "", True),
        ("app!=a", "", False),
        ("other!=a", "", True),
        ("app in (a, b)", "", True),
        ("app notin (a)", "", False),
        ("app", "", True),
        ("!app", "", False),
        ("!other,app=a", "", True),
        ("", "status.phase=Running", True),
        ("", "status.phase!=Running", False),
        ("", "spec.nodeName=node-a,metadata.namespace=azureml", True),
        ("", "spec.nodeName=", False),
        ("", "metadata.name==b", False),
        ("app=a", "metadata.name=b", False),
    ],
)
def test_pods(labels: str, fields: str, chosen: bool) -> None:
    test = selector(labels, fields, PODS)
    assert test is not None
    assert test(POD) is chosen


def test_an_absent_field_counts_as_empty() -> None:
    test = selector("", "spec.nodeName=", PODS)
    assert test is not None
    assert test({"metadata": {"name": "x"}, "spec": {}})
    cordoned = selector("", "spec.unschedulable=false", BY_NAME["nodes"])
    assert cordoned is not None
    assert cordoned(town.node("n"))


def test_nothing_selected_is_no_test() -> None:
    assert selector("", "", PODS) is None


@pytest.mark.parametrize(
    ("resource", "labels", "fields", "message"),
    [
        (PODS, "", "spec.color=red", "field label not supported: spec.color"),
        (TYPES, "", "spec.tier=spot", "field label not supported: spec.tier"),
        (PODS, "", "status.phase", "invalid selector: 'status.phase'"),
        (PODS, "a b", "", "unable to parse requirement"),
    ],
)
def test_what_cannot_be_selected_by(resource: Resource, labels: str, fields: str, message: str) -> None:
    with pytest.raises(StatusError, match=message) as refused:
        selector(labels, fields, resource)
    assert refused.value.code == 400


@pytest.mark.parametrize(
    ("fields", "name"),
    [("metadata.name=a", "a"), ("metadata.name!=a", ""), ("status.phase=x,metadata.name=b", "b"), ("", "")],
)
def test_the_name_that_rights_are_asked_for(fields: str, name: str) -> None:
    assert name_of(fields) == name
