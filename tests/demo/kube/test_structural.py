"""Validation by schema: the sentences and field paths of the API server."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from tests.demo.kube.test_json_patch import JSON
from tests.demo.kube.town import DEFINITION
from tui.demo.kube.json_patch import copied
from tui.demo.kube.schema import Schema
from tui.demo.kube.shaping import fill, pruned, unknown
from tui.demo.kube.structural import problems

TYPE = Schema(DEFINITION["spec"]["versions"][0]["schema"]["openAPIV3Schema"])
AMOUNTS = {"limits": {"cpu": "1"}}


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
    assert len(said({"weight": 0, "tier": 1, "code": "9"})) == 5  # a wrong type is no choice either


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


ONE_OF = 'Invalid value: "": "x" must validate one and only one schema (oneOf)'


def of(node: dict[str, Any], value: Any) -> list[tuple[str, str]]:
    """Field and sentence of what is wrong with a value at `x`."""
    return [(field, sentence) for _reason, field, sentence in problems(value, Schema(node), "x")]


@pytest.mark.parametrize(
    ("node", "value", "expected"),
    [
        ({"type": "integer"}, 1.5, [
            ("x", 'Invalid value: "number": x in body must be of type integer: "number"'),
            ("<nil>", 'Invalid value: "": Checked value must be of type integer (default format) in x'),
        ]),
        ({"type": "integer", "format": "int32"}, 1.5, [
            ("x", 'Invalid value: "float64": x in body must be of type int32: "float64"'),
            ("<nil>", 'Invalid value: "": Checked value must be of type integer with format int32 in x'),
        ]),
        ({"type": "integer", "format": "int32"}, 2**31, [
            ("<nil>", 'Invalid value: "": Checked value must be of type integer with format int32 in x'),
        ]),
        ({"type": "string", "format": "date-time"}, 5, [
            ("x", 'Invalid value: "int64": x in body must be of type date-time: "int64"'),
        ]),
        ({"type": "integer", "enum": [1, 2]}, 3, [("x", 'Unsupported value: 3: supported values: "1", "2"')]),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": True}, [], [
            ("x", 'Invalid value: "array": x in body must be of type integer,string: "array"'),
            ("<nil>", 'Invalid value: "": "x" must validate at least one schema (anyOf)'),
            ("x", 'Invalid value: "array": x in body must be of type integer: "array"'),
        ]),
        ({"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}, {}, [
            ("<nil>", f"{ONE_OF}. Found none valid"),
            ("x.a", "Required value"),
        ]),
        ({"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}, {"a": 1, "b": 1}, [
            ("<nil>", f"{ONE_OF}. Found 2 valid alternatives"),
        ]),
        ({"not": {"required": ["a"]}}, {"a": 1}, [
            ("<nil>", 'Invalid value: "": "x" must not validate the schema (not)'),
        ]),
        ({"type": "object", "x-kubernetes-embedded-resource": True}, {}, [
            ("x.apiVersion", "Required value"), ("x.kind", "Required value"),
        ]),
        ({"type": "object", "maxProperties": 1}, {"a": 1, "b": 2}, [("x", "Too many: 2: must have at most 1 item")]),
        ({"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
          "items": {"type": "object"}}, [5], [
            ("x[0]", 'Invalid value: "integer": x[0] in body must be of type object: "integer"'),
            ("x[0]", "Invalid value: 5: must be an object for an array of list-type map"),
        ]),
    ],
)  # fmt: skip
def test_what_is_said_more_than_once(node: dict[str, Any], value: Any, expected: list[tuple[str, str]]) -> None:
    assert of(node, value) == expected


@given(JSON)
def test_no_value_makes_validation_fall(value: Any) -> None:
    body = {"spec": copied(value)}
    list(unknown(body, TYPE))
    body = pruned(body, TYPE)
    list(problems(body, TYPE))
    fill(body, TYPE)
