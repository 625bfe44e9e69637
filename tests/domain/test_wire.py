"""The one door for foreign objects: whatever comes in, a sound value comes out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.hostile import CORPUS, offences
from tui.domain.kinds import KINDS
from tui.domain.pod import PodItem
from tui.domain.wire import (
    Condition,
    Meta,
    Owner,
    controller,
    dig,
    fit,
    labels,
    mapping,
    moment,
    row_key,
    said,
    sequence,
    text,
    word,
)


def test_fields_of_a_wrong_type_are_as_if_absent() -> None:
    item = fit(
        {
            "metadata": {
                "name": 5,
                "namespace": "a",
                "labels": {"x": 1, "y": "z"},
                "ownerReferences": [1, {"kind": "Job"}],
            },
            "spec": "not an object",
            "status": {"phase": ["Running"], "podIP": "10.0.0.1", "conditions": [{"type": "Ready", "status": True}]},
        },
        PodItem,
    )
    assert item.metadata is not None
    assert (item.metadata.name, item.metadata.namespace, item.metadata.labels) == (None, "a", {"y": "z"})
    assert item.metadata.ownerReferences == [Owner("Job")]
    assert item.spec is None
    assert item.status is not None
    assert (item.status.phase, item.status.podIP) == (None, "10.0.0.1")
    assert item.status.conditions == [Condition("Ready")]


@pytest.mark.parametrize("value", [None, 5, "text", [], [1], True, {"metadata": None}, {"metadata": []}, {"x": {}}])
def test_anything_fits(value: Any) -> None:
    assert isinstance(fit(value, PodItem), PodItem)


def test_a_fitting_value_comes_back_as_it_is() -> None:
    item = PodItem()
    assert fit(item, PodItem) is item


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=6)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=8,
)
FIELDS = """metadata spec status name namespace labels containers state phase conditions type resources requests cpu
    envs nodeSelector limits job options involvedObject count taints allocatable minMember ownerReferences terminated"""
SHAPED = st.recursive(
    JSON,
    lambda inner: st.dictionaries(st.sampled_from(FIELDS.split()), inner, max_size=5),
    max_leaves=20,
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@settings(max_examples=40)
@given(value=SHAPED)
def test_every_kind_takes_any_json(kind: Any, value: Any) -> None:
    row = kind.decode(json.loads(json.dumps(value)))
    assert isinstance(row.key, str)
    assert row == kind.decode(value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [("a", "a"), (None, ""), (True, "true"), (False, "false"), (3, "3"), (1.5, "1.5"), ([], ""), ({}, "")],
)
def test_text(value: object, shown: str) -> None:
    assert text(value) == shown


def test_a_number_too_long_to_write() -> None:
    assert text(1 << 20000) == "…"


@pytest.mark.parametrize("value", CORPUS)
def test_all_doors_clean(value: str) -> None:
    shown = [text(value), word(value), said(value), *labels({value: value}), *labels({value: value}).values()]
    shown += [row_key(Meta(value, value)), *controller(Meta(ownerReferences=[Owner(value, value)]))]
    assert [offence for one in shown for offence in offences(one)] == []


def test_what_somebody_says_carries_no_secret() -> None:
    assert said(" mount failed: AccountKey=abcd1234 \n") == "mount failed: AccountKey=‹masked›"


def test_words_are_kept_once() -> None:
    one, other = word("".join(["node", "-1"])), word("".join(["nod", "e-1"]))
    assert one is other
    assert word(None) == word("") == ""


@pytest.mark.parametrize("value", [None, "", 5, [], {}, "not a time", "0001-01-01T00:00:00Z"])
def test_no_moment(value: object) -> None:
    assert moment(value) is None


def test_keys() -> None:
    assert row_key(Meta("x", "a")) == "a/x"
    assert row_key(Meta("x")) == "x"
    assert row_key(Meta()) == ""


def test_the_controller_before_other_owners() -> None:
    owners = [Owner("ConfigMap", "c"), Owner("ReplicaSet", "r", True)]
    assert controller(Meta(ownerReferences=owners)) == ("ReplicaSet", "r")
    assert controller(Meta(ownerReferences=owners[:1])) == ("ConfigMap", "c")
    assert controller(Meta()) == ("", "")


def test_nested_values() -> None:
    assert dig({"a": {"b": 1}}, "a", "b") == 1
    assert dig({"a": [1]}, "a", "b") is None
    assert dig(None, "a") is None
    assert mapping([1]) == {}
    assert sequence({"a": 1}) == []
