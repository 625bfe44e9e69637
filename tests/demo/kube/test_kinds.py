"""Names and labels, and what pods, workloads and definitions demand beyond their schema."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo.kube import town
from tui.demo.kube import kinds, names
from tui.demo.kube.models import built_ins
from tui.demo.kube.registry import BUILT_IN, Resource
from tui.demo.kube.schema import Schema

BY_NAME = {resource.plural: resource for resource in BUILT_IN}
AT = "2024-01-01T00:00:00Z"


def wrong(resource: Resource, meta: dict[str, Any]) -> list[str]:
    return [f"{field}: {sentence}" for _reason, field, sentence in names.of_metadata(resource, meta)]


def problems(plural: str, obj: dict[str, Any]) -> list[str]:
    resource, definitions = BY_NAME[plural], built_ins().definitions
    schema = Schema(definitions[built_ins().name(resource)], definitions)
    return [f"{field}: {sentence}" for _reason, field, sentence in kinds.problems(resource, obj, schema)]


@pytest.mark.parametrize(
    ("plural", "name", "valid"),
    [
        ("pods", "a.b-c", True),
        ("pods", "A", False),
        ("pods", "-a", False),
        ("pods", "a..b", False),
        ("pods", "a" * 253, True),
        ("pods", "a" * 254, False),
        ("namespaces", "a.b", False),
        ("namespaces", "a" * 63, True),
        ("services", "1a", False),
        ("roles", "system:a B", True),
        ("roles", "a/b", False),
        ("pods", "", False),
    ],
)
def test_names(plural: str, name: str, valid: bool) -> None:
    assert (wrong(BY_NAME[plural], {"name": name}) == []) is valid


def test_the_sentence_for_a_bad_name() -> None:
    assert wrong(BY_NAME["pods"], {"name": "Bad_Name"}) == [
        'metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain must consist of lower case '
        "alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. "
        "'example.com', regex used for validation is "
        r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    ]
    assert wrong(BY_NAME["pods"], {}) == ["metadata.name: Required value: name or generateName is required"]


@pytest.mark.parametrize(
    ("labels", "valid"),
    [
        ({"a": "b"}, True),
        ({"a.b/c": ""}, True),
        ({"a": "b c"}, False),
        ({"a": "-b"}, False),
        ({"a b": "c"}, False),
        ({"A.b/c": "d"}, False),
        ({"a": "x" * 64}, False),
    ],
)
def test_labels(labels: dict[str, str], valid: bool) -> None:
    assert (wrong(BY_NAME["pods"], {"name": "a", "labels": labels}) == []) is valid


def test_generated_names_are_valid_and_differ() -> None:
    made = {names.generated("job-") for _ in range(20)}
    assert len(made) == 20
    assert all(wrong(BY_NAME["pods"], {"name": name}) == [] for name in made)
    assert len(names.generated("x" * 100)) == 63


def test_a_new_pod_is_pending_with_the_usual_defaults() -> None:
    pod: dict[str, Any] = {
        "metadata": {"name": "a"},
        "spec": {"containers": [{"name": "a", "image": "x:1"}, {"name": "b", "image": "x"}]},
    }
    kinds.complete(BY_NAME["pods"], pod, AT)
    assert pod["status"] == {"phase": "Pending", "qosClass": "BestEffort"}
    assert [c["imagePullPolicy"] for c in pod["spec"]["containers"]] == ["IfNotPresent", "Always"]
    assert (pod["spec"]["restartPolicy"], pod["spec"]["terminationGracePeriodSeconds"]) == ("Always", 30)


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ({}, "BestEffort"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}}, "Guaranteed"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1000m", "memory": "1024Mi"}}, "Guaranteed"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}}, "Burstable"),
        ({"requests": {"cpu": "1"}}, "Burstable"),
    ],
)
def test_quality_of_service(resources: dict[str, Any], expected: str) -> None:
    assert kinds.qos({"containers": [{"name": "a", "resources": resources}]}) == expected


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"containers": []}, ["spec.containers: Required value"]),
        ({}, ["spec.containers: Required value"]),
        ({"containers": [{"name": "a"}]}, ["spec.containers[0].image: Required value"]),
        (
            {"containers": [{"name": "a", "image": "x"}, {"name": "a", "image": "x"}]},
            ['spec.containers[1].name: Duplicate value: "a"'],
        ),
        (
            {"containers": [{"name": "a", "image": "x"}], "restartPolicy": "Often"},
            ['spec.restartPolicy: Unsupported value: "Often": supported values: "Always", "OnFailure", "Never"'],
        ),
        (
            {
                "containers": [
                    {"name": "a", "image": "x", "resources": {"limits": {"cpu": "1"}, "requests": {"cpu": "2"}}}
                ]
            },
            ['spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
        ),
    ],
)
def test_pods(spec: dict[str, Any], expected: list[str]) -> None:
    assert problems("pods", {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": spec}) == expected


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


def test_a_pod_keeps_what_may_not_change() -> None:
    old, new = town.pod("a"), town.pod("a")
    new["spec"]["containers"][0]["image"] = "img:2"
    new["spec"]["tolerations"] = [{"key": "k"}]
    assert list(kinds.changes(BY_NAME["pods"], old, new)) == []
    new["spec"]["containers"][0]["command"] = ["sleep"]
    assert [field for _reason, field, _sentence in kinds.changes(BY_NAME["pods"], old, new)] == ["spec"]


def test_text_of_a_secret_is_kept_coded() -> None:
    secret: dict[str, Any] = {"metadata": {"name": "s"}, "stringData": {"a": "b"}, "data": {"c": "ZA=="}}
    kinds.complete(BY_NAME["secrets"], secret, AT)
    assert (secret["data"], secret["type"], "stringData" in secret) == ({"a": "Yg==", "c": "ZA=="}, "Opaque", False)
