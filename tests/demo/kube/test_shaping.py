"""Objects brought into the form of their schema: pruning, defaults, null and empty, amounts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from tests.demo.kube.test_json_patch import JSON
from tests.demo.kube.town import DEFINITION
from tui.demo.kube.models import built_ins
from tui.demo.kube.schema import Schema
from tui.demo.kube.shaping import fill, normal, pruned, unknown, without_empty, without_nulls

TYPE = Schema(DEFINITION["spec"]["versions"][0]["schema"]["openAPIV3Schema"])


def pod() -> Schema:
    definitions = built_ins().definitions
    return Schema(definitions["io.k8s.api.core.v1.Pod"], definitions)


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
    assert normal(body, pod())["spec"]["containers"][0]["resources"] == {"limits": {"x.com/gpu": "1"}}


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


@pytest.mark.parametrize(
    ("node", "value", "kept"),
    [
        ({"type": "string"}, None, {}),
        ({"type": "string", "nullable": True}, None, {"a": None}),
        ({"x-kubernetes-preserve-unknown-fields": True}, None, {"a": None}),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": True}, None, {}),
        ({"type": "integer"}, 2.0, {"a": 2}),
        ({"type": "number"}, 2.5, {"a": 2.5}),
        ({"type": "array", "items": {"type": "string"}}, [None], {"a": [None]}),
    ],
)
def test_null_is_kept_where_it_is_allowed_and_whole_numbers_are_whole(
    node: dict[str, Any], value: Any, kept: dict[str, Any]
) -> None:
    made = pruned({"a": value}, Schema({"type": "object", "properties": {"a": node}}))
    assert made == kept
    assert repr(made) == repr(kept)  # 2 and 2.0 are equal


def test_empty_maps_and_lists_of_built_in_types_are_left_out_but_not_empty_structs() -> None:
    body = {
        "metadata": {"name": "a", "labels": {}, "finalizers": []},
        "spec": {
            "containers": [], "nodeSelector": {}, "securityContext": {}, "volumes": [{"name": "v", "emptyDir": {}}],
        },
    }  # fmt: skip
    assert without_empty(body, pod()) == {
        "metadata": {"name": "a"},
        "spec": {"containers": [], "securityContext": {}, "volumes": [{"name": "v", "emptyDir": {}}]},
    }


def test_amounts_have_one_form() -> None:
    limits = {"cpu": "1000m", "memory": 1073741824, "x.com/gpu": 1}
    body = {"spec": {"containers": [{"name": "a", "resources": {"limits": limits}, "ports": [{"containerPort": 80}]}]}}
    (container,) = normal(body, pod())["spec"]["containers"]
    assert container["resources"]["limits"] == {"cpu": "1", "memory": "1073741824", "x.com/gpu": "1"}
    assert container["ports"] == [{"containerPort": 80}]
