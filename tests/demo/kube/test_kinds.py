"""What workloads, config maps and definitions demand beyond their schema, and what of them may not change."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo.kube import town
from tui.demo.kube import kinds
from tui.demo.kube.models import built_ins
from tui.demo.kube.registry import BUILT_IN
from tui.demo.kube.schema import Schema

BY_NAME = {resource.plural: resource for resource in BUILT_IN}


def problems(plural: str, obj: dict[str, Any]) -> list[str]:
    """What is wrong with an object."""
    resource, definitions = BY_NAME[plural], built_ins().definitions
    schema = Schema(definitions[built_ins().name(resource)], definitions)
    return [f"{field}: {sentence}" for _reason, field, sentence in kinds.problems(resource, obj, schema)]


def test_a_deployment_selects_its_own_pods() -> None:
    body = town.deployment("web")
    assert problems("deployments", body) == []
    body["spec"]["selector"] = {"matchLabels": {"app": "other"}}
    assert problems("deployments", body) == [
        'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'
    ]


def test_a_definition_is_named_after_what_it_defines() -> None:
    body: dict[str, Any] = {**town.DEFINITION, "metadata": {"name": "wrong"}}
    assert problems("customresourcedefinitions", body) == [
        'metadata.name: Invalid value: "wrong": must be spec.names.plural+"."+spec.group'
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"scope": "Space"}, ['spec.scope: Unsupported value: "Space": supported values: "Cluster", "Namespaced"']),
        ({"scope": None}, ["spec.scope: Required value"]),
        ({"versions": []}, [
            "spec.versions: Invalid value: []: must have exactly one version marked as storage version",
            "status.storedVersions: Invalid value: null: must have at least one stored version",
        ]),
        ({"versions": [{"name": "v1", "served": True, "storage": True}]},
         ["spec.versions[0].schema.openAPIV3Schema: Required value"]),
    ],
)  # fmt: skip
def test_a_definition_has_a_scope_and_versions_with_schemas(change: dict[str, Any], expected: list[str]) -> None:
    body: dict[str, Any] = {**town.DEFINITION, "spec": {**town.DEFINITION["spec"], **change}}
    assert problems("customresourcedefinitions", body) == expected


def test_counts_are_not_negative() -> None:
    body = town.deployment("web", -1)
    assert problems("deployments", body) == [
        "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
    ]


@pytest.mark.parametrize(("key", "good"), [("a.b-c_D", True), ("a b", False), ("ä", False)])
def test_keys_of_config_maps(key: str, good: bool) -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {key: "x"}}
    found = problems("configmaps", body)
    assert (found == []) is good
    assert good or found[0].startswith(f'data[{key}]: Invalid value: "{key}": a valid config key must consist')


def test_what_is_immutable_stays() -> None:
    old = {"metadata": {"name": "c"}, "immutable": True, "data": {"a": "1"}}
    assert list(kinds.changes(BY_NAME["configmaps"], old, {**old, "metadata": {"name": "c", "labels": {}}})) == []
    found = list(kinds.changes(BY_NAME["configmaps"], old, {**old, "data": {}}))
    assert found == [
        ("FieldValueForbidden", "data", "Forbidden: field is immutable when `immutable` is set"),
    ]
    assert list(kinds.changes(BY_NAME["configmaps"], {**old, "immutable": False}, {**old, "data": {}})) == []
