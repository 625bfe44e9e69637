"""Merge patches by the table of RFC 7386, and strategic merge patches by the merge keys of the built-in types."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.demo.kube.test_json_patch import JSON
from tui.demo.kube.json_patch import copied
from tui.demo.kube.models import built_ins
from tui.demo.kube.patch import merge_patch, strategic_patch
from tui.demo.kube.schema import Schema
from tui.demo.kube.status import StatusError


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_the_table_of_rfc_7386(target: Any, patch: Any, result: Any) -> None:
    before = copied(target)
    assert merge_patch(target, patch) == result
    assert target == before


@given(JSON, JSON)
def test_a_merge_patch_applied_twice_is_applied_once(target: Any, patch: Any) -> None:
    once = merge_patch(target, patch)
    assert merge_patch(once, patch) == once


def maps_without_nulls(value: Any) -> Any:
    """What a merge patch can make of nothing: it cannot say null inside a map, but may inside a list."""
    if isinstance(value, dict):
        return {key: maps_without_nulls(part) for key, part in value.items() if part is not None}
    return value


@given(st.dictionaries(st.text("ab", max_size=2), JSON, max_size=3), JSON)
def test_a_patch_of_nothing_is_the_patch_without_its_nulls(patch: dict[str, Any], target: Any) -> None:
    assert merge_patch({}, patch) == maps_without_nulls(patch)
    assert merge_patch(target, {}) == (target if isinstance(target, dict) else {})


def of(name: str) -> Schema:
    definitions = built_ins().definitions
    return Schema(definitions[f"io.k8s.api.{name}"], definitions)


POD_SPEC = of("core.v1.PodSpec")
A, B = {"name": "a", "image": "1", "env": [{"name": "X", "value": "1"}]}, {"name": "b", "image": "2"}


@pytest.mark.parametrize(
    ("patch", "result"),
    [
        pytest.param({"containers": [{"name": "b", "image": "3"}]},
                     {"containers": [A, {**B, "image": "3"}]}, id="by key"),
        pytest.param({"containers": [{"name": "a", "env": [{"name": "Y", "value": "2"}]}]},
                     {"containers": [{**A, "env": [*A["env"], {"name": "Y", "value": "2"}]}, B]}, id="inside"),
        pytest.param({"containers": [{"name": "a", "$patch": "delete"}]}, {"containers": [B]}, id="delete an item"),
        pytest.param({"containers": [{"$patch": "replace"}, {"name": "c"}]}, {"containers": [{"name": "c"}]}, id="all"),
        pytest.param({"containers": [{"name": "c"}], "$setElementOrder/containers": [{"name": "c"}, {"name": "b"}]},
                     {"containers": [A, {"name": "c"}, B]}, id="order"),
        pytest.param({"containers": [{"name": "a", "image": None}]},
                     {"containers": [{"name": "a", "env": A["env"]}, B]}, id="null in an item"),
        pytest.param({"tolerations": [{"key": "k"}]},
                     {"containers": [A, B], "tolerations": [{"key": "k"}]}, id="atomic"),
        pytest.param({"$retainKeys": ["tolerations"], "tolerations": []}, {"tolerations": []}, id="retain keys"),
        pytest.param({"nodeSelector": {"a": "b"}}, {"containers": [A, B], "nodeSelector": {"a": "b"}}, id="map"),
    ],
)  # fmt: skip
def test_strategic_patches(patch: dict[str, Any], result: dict[str, Any]) -> None:
    target = {"containers": [copied(A), copied(B)]}
    assert strategic_patch(target, patch, POD_SPEC) == result
    assert target == {"containers": [A, B]}


def test_sets_and_directives() -> None:
    schema = of("core.v1.Pod")
    pod = {"metadata": {"finalizers": ["a", "b"], "labels": {"x": "1", "y": "2"}}, "spec": {"a": 1}}
    more = strategic_patch(pod, {"metadata": {"finalizers": ["c", "a"]}}, schema)
    assert more["metadata"]["finalizers"] == ["a", "b", "c"]
    less = strategic_patch(pod, {"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"]}}, schema)
    assert less["metadata"]["finalizers"] == ["b"]
    new = strategic_patch(pod, {"metadata": {"labels": {"$patch": "replace", "z": "3"}}}, schema)
    assert new["metadata"]["labels"] == {"z": "3"}
    gone = strategic_patch(pod, {"metadata": {"labels": {"$patch": "delete"}}}, schema)
    assert "labels" not in gone["metadata"]


def test_an_item_without_its_key_is_refused() -> None:
    with pytest.raises(StatusError, match="does not contain declared merge key: name"):
        strategic_patch({"containers": []}, {"containers": [{"image": "x"}]}, POD_SPEC)


def test_ports_of_services_merge_by_port_and_of_containers_by_container_port() -> None:
    service = {"ports": [{"port": 80, "targetPort": 1}]}
    patched = strategic_patch(service, {"ports": [{"port": 80, "targetPort": 2}]}, of("core.v1.ServiceSpec"))
    assert patched == {"ports": [{"port": 80, "targetPort": 2}]}
    container = {"ports": [{"containerPort": 80, "name": "x"}]}
    patched = strategic_patch(container, {"ports": [{"containerPort": 81}]}, of("core.v1.Container"))
    assert [port["containerPort"] for port in patched["ports"]] == [80, 81]
