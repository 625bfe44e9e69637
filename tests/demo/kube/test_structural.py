"""Validation by schema: the sentences and field paths of the API server, pruning and defaults."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from tests.demo.kube.test_json_patch import JSON
from tests.demo.kube.town import DEFINITION
from tui.demo.kube.json_patch import copied
from tui.demo.kube.models import built_ins
from tui.demo.kube.schema import Schema
from tui.demo.kube.structural import as_text, fill, problems, unknown, without_nulls

TYPE = Schema(DEFINITION["spec"]["versions"][0]["schema"]["openAPIV3Schema"])
AMOUNTS = {"limits": {"cpu": "1"}}


def pod() -> Schema:
    definitions = built_ins().definitions
    return Schema(definitions["io.k8s.api.core.v1.Pod"], definitions)


def said(spec: Any) -> list[str]:
    return [f"{field}: {sentence}" for _reason, field, sentence in problems({"spec": spec}, TYPE)]


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ({}, "spec.resources: Required value"),
        (
            {"resources": []},
            'spec.resources: Invalid value: "array": spec.resources in body must be of type object: "array"',
        ),
        (
            {"resources": AMOUNTS, "weight": "x"},
            'spec.weight: Invalid value: "string": spec.weight in body must be of type integer: "string"',
        ),
        (
            {"resources": AMOUNTS, "weight": 1.5},
            'spec.weight: Invalid value: "number": spec.weight in body must be of type integer: "number"',
        ),
        (
            {"resources": AMOUNTS, "weight": True},
            'spec.weight: Invalid value: "boolean": spec.weight in body must be of type integer: "boolean"',
        ),
        (
            {"resources": AMOUNTS, "weight": 0},
            "spec.weight: Invalid value: 0: spec.weight in body should be greater than or equal to 1",
        ),
        (
            {"resources": AMOUNTS, "weight": 11},
            "spec.weight: Invalid value: 11: spec.weight in body should be less than or equal to 10",
        ),
        (
            {"resources": AMOUNTS, "tier": "gold"},
            'spec.tier: Unsupported value: "gold": supported values: "spot", "standard"',
        ),
        (
            {"resources": AMOUNTS, "code": "A1"},
            "spec.code: Invalid value: \"A1\": spec.code in body should match '^[a-z]+$'",
        ),
        (
            {"resources": {"limits": {"cpu": "lots"}}},
            'spec.resources.limits.cpu: Invalid value: "lots": spec.resources.limits.cpu in body should match '
            r"'^[0-9]+(\.[0-9]+)?(m|Ki|Mi|Gi)?$'",
        ),
        (
            {"resources": {"limits": {"cpu": []}}},
            'spec.resources.limits.cpu: Invalid value: "array": spec.resources.limits.cpu in body must be of type '
            'integer,string: "array"',
        ),
        (
            {"resources": AMOUNTS, "rules": [{"name": "a"}, {"name": "a"}]},
            'spec.rules[1]: Duplicate value: {"name":"a"}',
        ),
        ({"resources": AMOUNTS, "rules": [{"value": "a"}]}, "spec.rules[0].name: Required value"),
    ],
)
def test_sentences(spec: Any, sentence: str) -> None:
    assert said(spec) == [sentence]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    assert len(said({"weight": 0, "tier": 1, "code": "9"})) == 4


@pytest.mark.parametrize(
    "spec",
    [
        {"resources": AMOUNTS, "weight": 10, "tier": "spot", "code": "abc"},
        {"resources": {"limits": {"cpu": 2, "memory": "16Gi"}}},
        {"resources": {}, "weight": 2.0},
    ],
)
def test_what_is_right_passes(spec: Any) -> None:
    assert said(spec) == []


@pytest.mark.parametrize(
    ("node", "good", "bad"),
    [
        ({"type": "string", "minLength": 2, "maxLength": 3}, ["ab", "abc"], ["a", "abcd"]),
        ({"type": "array", "minItems": 1, "maxItems": 2}, [[1], [1, 2]], [[], [1, 2, 3]]),
        ({"type": "object", "minProperties": 1}, [{"a": 1}], [{}]),
        ({"type": "number", "multipleOf": 2, "exclusiveMinimum": True, "minimum": 0}, [2, 4.0], [0, 3]),
        ({"type": "string", "nullable": True}, [None, ""], [1]),
        ({"type": "string"}, [""], [None]),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, ["a", 1], [[], 1.5]),
        ({"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}, [{"a": 1}], [{}, {"a": 1, "b": 1}]),
        ({"not": {"required": ["a"]}}, [{}], [{"a": 1}]),
        ({"allOf": [{"required": ["a"]}, {"required": ["b"]}]}, [{"a": 1, "b": 1}], [{"a": 1}]),
        ({"type": "string", "format": "date-time"}, ["2024-01-01T00:00:00Z"], ["yesterday"]),
        ({"type": "array", "x-kubernetes-list-type": "set"}, [[1, 2]], [[1, 1]]),
    ],
)
def test_limits(node: dict[str, Any], good: list[Any], bad: list[Any]) -> None:
    assert [value for value in good if any(problems(value, Schema(node), "x"))] == []
    assert [value for value in bad if not any(problems(value, Schema(node), "x"))] == []


def test_unknown_fields_are_taken_out_and_named() -> None:
    body = {
        "spec": {"resources": {"limits": {"any": "1"}, "limitz": {}}, "rules": [{"name": "a", "nam": 1}], "x": {"y": 1}}
    }
    assert list(unknown(body, TYPE)) == ["spec.resources.limitz", "spec.rules[0].nam", "spec.x"]
    assert body == {"spec": {"resources": {"limits": {"any": "1"}}, "rules": [{"name": "a"}]}}
    assert list(unknown(body, TYPE)) == []


def test_fields_are_kept_where_the_schema_says_so() -> None:
    free = Schema(
        {"type": "object", "properties": {"job": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}}
    )
    body = {"job": {"deep": {"er": [1]}}, "other": 1}
    assert list(unknown(body, free)) == ["other"]
    assert body == {"job": {"deep": {"er": [1]}}}


def test_built_in_types_know_their_fields() -> None:
    body = {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "labels": {"free": "x"}},
        "spec": {
            "containers": [{"name": "a", "imagee": "x", "resources": {"limits": {"x.com/gpu": 1}}}],
            "nodeSelector": {"a": "b"},
        },
    }  # fmt: skip
    assert list(unknown(body, pod())) == ["spec.containers[0].imagee"]
    assert as_text(body, pod())["spec"]["containers"][0]["resources"] == {"limits": {"x.com/gpu": "1"}}


def test_defaults_fill_gaps_only() -> None:
    body: dict[str, Any] = {"spec": {}}
    fill(body, TYPE)
    assert body == {"spec": {"tier": "standard"}}
    body = {"spec": {"tier": "spot"}}
    fill(body, TYPE)
    assert body == {"spec": {"tier": "spot"}}
    empty: dict[str, Any] = {}
    fill(empty, TYPE)
    assert empty == {}


@given(JSON)
def test_no_value_makes_validation_fall(value: Any) -> None:
    body = {"spec": copied(value)}
    list(unknown(body, TYPE))
    list(problems(body, TYPE))
    fill(body, TYPE)


def nulls(value: Any) -> bool:
    """Is there a null inside a map?"""
    if isinstance(value, dict):
        return any(part is None or nulls(part) for part in value.values())
    return isinstance(value, list) and any(nulls(item) for item in value)


@given(JSON)
def test_without_nulls(value: Any) -> None:
    assert not nulls(without_nulls(value))
    if not nulls(value):
        assert without_nulls(value) == value
