"""Sets of fields: FieldsV1 and back, what can be owned, and how objects merge and shrink by path."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.demo.kube import fields
from tui.demo.kube.models import built_ins
from tui.demo.kube.schema import ANYTHING, Schema

ITEM = {"type": "object", "properties": {"name": {"type": "string"}, "value": {"type": "string"}}}
CUSTOM = Schema(
    {
        "type": "object",
        "properties": {
            "metadata": {"x-kubernetes-preserve-unknown-fields": True},
            "spec": {
                "type": "object",
                "properties": {
                    "rules": {
                        "type": "array", "items": ITEM, "x-kubernetes-list-type": "map",
                        "x-kubernetes-list-map-keys": ["name"],
                    },
                    "tags": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
                    "list": {"type": "array", "items": {"type": "string"}},
                    "whole": {"type": "object", "x-kubernetes-map-type": "atomic", "additionalProperties": {}},
                    "size": {"type": "object", "additionalProperties": {"type": "string"}},
                    "parts": {"type": "object", "additionalProperties": ITEM},
                },
            },
        },
    }
)  # fmt: skip
STEPS = st.sampled_from(["f:a", "f:b.c", 'k:{"name":"x"}', 'v:"y"', "f:."])
PATHS = st.frozensets(st.lists(STEPS, min_size=1, max_size=4).map(tuple), max_size=8)


def pod() -> Schema:
    definitions = built_ins().definitions
    return Schema(definitions["io.k8s.api.core.v1.Pod"], definitions)


@given(PATHS)
def test_fields_v1_there_and_back(paths: frozenset[fields.Path]) -> None:
    assert frozenset(fields.decode(fields.encode(paths))) == paths


def test_fields_v1_as_the_api_server_writes_it() -> None:
    body = {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", "uid": "1", "labels": {"app": "a"}},
        "spec": {"containers": [{"name": "main", "ports": [{"containerPort": 80}], "command": ["a", "b"]}]},
    }  # fmt: skip
    assert fields.encode(fields.flat(body, pod())) == {
        "f:metadata": {"f:labels": {"f:app": {}}},
        "f:spec": {
            "f:containers": {
                'k:{"name":"main"}': {
                    ".": {}, "f:name": {}, "f:command": {},
                    "f:ports": {'k:{"containerPort":80,"protocol":"TCP"}': {".": {}, "f:containerPort": {}}},
                }
            }
        },
    }  # fmt: skip


def test_what_is_owned_one_by_one_and_what_whole() -> None:
    spec = {"tags": ["x"], "list": ["p", "q"], "whole": {"a": 1}, "size": {"cpu": "1"}, "parts": {"p": {"value": "v"}}}
    spelt = {fields.spelt(path) for path in fields.flat({"spec": spec}, CUSTOM)}
    assert spelt == {
        '.spec.tags[="x"]',
        ".spec.list",
        ".spec.whole",
        ".spec.size.cpu",
        ".spec.parts.p",
        ".spec.parts.p.value",
    }


def test_paths_for_people() -> None:
    path = ("f:spec", "f:containers", 'k:{"containerPort":80,"protocol":"TCP"}', "f:image")
    assert fields.spelt(path) == '.spec.containers[containerPort=80,protocol="TCP"].image'


def test_merging_keeps_what_is_not_spoken_of() -> None:
    live = {
        "spec": {"rules": [{"name": "a", "value": "1"}, {"name": "b"}], "list": ["p"], "whole": {"a": 1}, "tags": ["x"]}
    }
    wanted = {
        "spec": {"rules": [{"name": "b", "value": "2"}, {"name": "c"}], "list": [], "whole": {"b": 2}, "tags": ["y"]}
    }
    assert fields.merged(live, wanted, CUSTOM) == {
        "spec": {
            "rules": [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}, {"name": "c"}],
            "list": [], "whole": {"b": 2}, "tags": ["x", "y"],
        }
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "left"),
    [
        (("f:spec", "f:a"), {"spec": {"rules": [{"name": "a", "value": "1"}], "tags": ["x"]}}),
        (("f:spec", "f:rules", 'k:{"name":"a"}'), {"spec": {"a": 1, "rules": [], "tags": ["x"]}}),
        (
            ("f:spec", "f:rules", 'k:{"name":"a"}', "f:value"),
            {"spec": {"a": 1, "rules": [{"name": "a"}], "tags": ["x"]}},
        ),
        (("f:spec", "f:tags", 'v:"x"'), {"spec": {"a": 1, "rules": [{"name": "a", "value": "1"}], "tags": []}}),
        (("f:spec", "f:no", "f:where"), {"spec": {"a": 1, "rules": [{"name": "a", "value": "1"}], "tags": ["x"]}}),
    ],
)
def test_taking_out_what_is_at_a_path(path: fields.Path, left: dict[str, Any]) -> None:
    body = {"spec": {"a": 1, "rules": [{"name": "a", "value": "1"}], "tags": ["x"]}}
    assert fields.without(body, path, CUSTOM) == left
    assert body["spec"]["a"] == 1


KEYS = st.sampled_from("abc")
TREES = st.recursive(
    st.integers(0, 2) | st.lists(st.integers(0, 2), max_size=2),
    lambda inner: st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(KEYS, TREES, max_size=3), st.dictionaries(KEYS, TREES, max_size=3))
def test_what_is_wanted_is_there_after_a_merge(live: dict[str, Any], wanted: dict[str, Any]) -> None:
    free = Schema(ANYTHING)
    result = fields.flat(fields.merged({"spec": live}, {"spec": wanted}, free), free)
    for path, value in fields.flat({"spec": wanted}, free).items():
        if value not in ({}, []):
            assert result[path] == value
