"""What a pod may be, in itself and in templates, and what may not change of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo.kube import town
from tests.demo.kube.test_kinds import problems
from tui.demo.kube import pod_rules

NAMED = {"name": "a", "image": "x"}


def of_pod(**spec: Any) -> list[str]:
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [NAMED], **spec}}
    return problems("pods", body)


def of_amounts(**resources: Any) -> list[str]:
    found = of_pod(containers=[{**NAMED, "resources": resources}])
    return [sentence.removeprefix("spec.containers[0].resources.") for sentence in found]


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


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"dnsPolicy": "x"}, "spec.dnsPolicy: Unsupported value"),
        ({"activeDeadlineSeconds": 0}, "spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and"),
        ({"nodeSelector": {"a b": "c"}}, 'spec.nodeSelector: Invalid value: "a b": name part must consist'),
        ({"tolerations": [{"operator": "Perhaps"}]}, "spec.tolerations[0].operator: Unsupported value"),
        ({"containers": [{**NAMED, "imagePullPolicy": "Maybe"}]}, "spec.containers[0].imagePullPolicy: Unsupported"),
        ({"containers": [{**NAMED, "env": [{"name": ""}]}]}, "spec.containers[0].env[0].name: Required value"),
        ({"containers": [{**NAMED, "ports": [{"containerPort": 0}]}]},
         "spec.containers[0].ports[0].containerPort: Required value"),
        ({"containers": [{**NAMED, "volumeMounts": [{"name": "v", "mountPath": "/x"}]}]},
         'spec.containers[0].volumeMounts[0].name: Not found: "v"'),
    ],
)  # fmt: skip
def test_other_choices(spec: dict[str, Any], expected: str) -> None:
    (found,) = of_pod(**spec)
    assert found.startswith(expected)


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ({"limits": {"cpu": "1", "x.com/gpu": "1"}, "requests": {"cpu": "500m", "x.com/gpu": "1"}}, []),
        ({"limits": {"cpu": "-1"}}, ['limits[cpu]: Invalid value: "-1": must be greater than or equal to 0']),
        ({"limits": {"x.com/gpu": "1500m"}}, ['limits[x.com/gpu]: Invalid value: "1500m": must be an integer']),
        ({"requests": {"x.com/gpu": "1"}},
         ["limits: Required value: Limit must be set for non overcommitable resources"]),
        ({"limits": {"gpu": "1"}}, [
            'limits[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified',
            'limits[gpu]: Invalid value: "gpu": must be a standard resource for containers',
        ]),
    ],
)  # fmt: skip
def test_amounts(resources: dict[str, Any], expected: list[str]) -> None:
    assert of_amounts(**resources) == expected


def test_a_pod_keeps_what_may_not_change() -> None:
    old, new = town.pod("a")["spec"], town.pod("a")["spec"]
    new["containers"][0]["image"] = "img:2"
    new["tolerations"] = [{"key": "k"}]
    assert list(pod_rules.changes(old, new)) == []
    assert [field for _reason, field, _sentence in pod_rules.changes(new, old)] == ["spec"]
    new["containers"][0]["command"] = ["sleep"]
    assert [field for _reason, field, _sentence in pod_rules.changes(old, new)] == ["spec"]
