"""What Go says of JSON that does not fit its types, and how it prints values."""

from __future__ import annotations

from typing import Any

import pytest

from tui.demo.kube import go
from tui.demo.kube.models import built_ins
from tui.demo.kube.quantities import UNREADABLE
from tui.demo.kube.schema import Schema


def schema(kind: str) -> Schema:
    definitions = built_ins().definitions
    return Schema(definitions[f"io.k8s.api.{kind}"], definitions)


def of_map(**body: Any) -> str:
    return go.mistake(body, schema("core.v1.ConfigMap"), "ConfigMap")


def of_container(**container: Any) -> str:
    return go.mistake({"spec": {"containers": [container]}}, schema("core.v1.Pod"), "Pod")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"data": {"a": 1}}, "cannot unmarshal number into Go struct field ConfigMap.data of type string"),
        ({"data": {"a": True}}, "cannot unmarshal bool into Go struct field ConfigMap.data of type string"),
        ({"data": []}, "cannot unmarshal array into Go struct field ConfigMap.data of type map[string]string"),
        ({"data": "s"}, "cannot unmarshal string into Go struct field ConfigMap.data of type map[string]string"),
        ({"immutable": "s"}, "cannot unmarshal string into Go struct field ConfigMap.immutable of type bool"),
        ({"metadata": []}, "cannot unmarshal array into Go struct field ConfigMap.metadata of type v1.ObjectMeta"),
        ({"metadata": {"name": 5}},
         "cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string"),
        ({"metadata": {"labels": {"a": 1}}},
         "cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string"),
        ({"metadata": {"finalizers": "x"}},
         "cannot unmarshal string into Go struct field ObjectMeta.metadata.finalizers of type []string"),
    ],
)  # fmt: skip
def test_the_first_field_of_a_wrong_type_is_named_by_its_struct(body: dict[str, Any], said: str) -> None:
    assert of_map(**body) == f"json: {said}"


@pytest.mark.parametrize(
    ("container", "said"),
    [
        ({"image": "x", "ports": [{"containerPort": 80, "protocol": "TCP"}], "name": None}, ""),
        ({"ports": [{"containerPort": 1.5}]}, "json: cannot unmarshal number 1.5 into Go struct field "
         "ContainerPort.spec.containers.ports.containerPort of type int32"),
        ({"env": {}}, "json: cannot unmarshal object into Go struct field Container.spec.containers.env of type "
         "[]v1.EnvVar"),
        ({"resources": {"limits": {"cpu": "lots"}}}, UNREADABLE),
        ({"resources": {"limits": {"cpu": True}}}, UNREADABLE),
        ({"livenessProbe": {"httpGet": {"port": "web"}}}, ""),
    ],
)  # fmt: skip
def test_maps_and_lists_are_no_steps_of_the_path(container: dict[str, Any], said: str) -> None:
    assert of_container(**container) == said


def test_an_instant_must_be_one() -> None:
    assert of_map(metadata={"creationTimestamp": "2024-01-01T00:00:00Z"}) == ""
    assert of_map(metadata={"creationTimestamp": "then"}) == (
        'parsing time "then" as "2006-01-02T15:04:05Z07:00": cannot parse "then" as "2006"'
    )


@pytest.mark.parametrize(
    ("value", "plain", "syntax"),
    [
        ({"b": [1, True], "a": "x"}, "map[a:x b:[1 true]]",
         'map[string]interface {}{"a":"x", "b":[]interface {}{1, true}}'),
        ([], "[]", "[]interface {}{}"),
        (None, "<nil>", "<nil>"),
        ('a"b', 'a"b', '"a\\"b"'),
    ],
)  # fmt: skip
def test_values_as_go_prints_them(value: Any, plain: str, syntax: str) -> None:
    assert (go.plain(value), go.syntax(value)) == (plain, syntax)
