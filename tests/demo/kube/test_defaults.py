"""What is filled in when a built-in kind is written and does not say it."""

from __future__ import annotations

from typing import Any

import pytest

from tui.demo.kube import defaults
from tui.demo.kube.json_patch import copied
from tui.demo.kube.registry import BUILT_IN, Resource

BY_NAME = {resource.plural: resource for resource in BUILT_IN}
POD = {"containers": [{"name": "a", "image": "x:1"}]}


def filled(plural: str, **body: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"metadata": {"name": "a"}, **copied(body)}
    defaults.fill(BY_NAME[plural], made)
    return made


def container(**more: Any) -> dict[str, Any]:
    found: dict[str, Any] = filled("pods", spec={"containers": [{"name": "a", "image": "x:1", **more}]})
    return dict(found["spec"]["containers"][0])


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("x:1", "IfNotPresent"),
        ("x", "Always"),
        ("x:latest", "Always"),
        ("h:5000/x", "Always"),
        ("x@sha256:1", "IfNotPresent"),
    ],
)
def test_when_an_image_is_pulled(image: str, policy: str) -> None:
    assert container(image=image)["imagePullPolicy"] == policy


def test_a_pod_asks_for_what_it_may_have_at_most_but_a_template_does_not() -> None:
    resources = {"limits": {"cpu": "2", "memory": "1Gi"}, "requests": {"cpu": "1"}}
    assert container(resources=resources)["resources"]["requests"] == {"cpu": "1", "memory": "1Gi"}
    spec = {"template": {"spec": {"containers": [{"name": "a", "image": "x", "resources": resources}]}}}
    made = filled("deployments", spec=spec)["spec"]["template"]["spec"]
    assert made["containers"][0]["resources"]["requests"] == {"cpu": "1"}
    assert "enableServiceLinks" not in made
    assert filled("pods", spec=POD)["spec"]["enableServiceLinks"] is True


def test_probes_volumes_and_references() -> None:
    made = container(
        livenessProbe={"httpGet": {"port": 80}, "periodSeconds": 5},
        env=[{"name": "N", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
    )
    assert made["livenessProbe"] == {
        "httpGet": {"port": 80, "path": "/", "scheme": "HTTP"}, "periodSeconds": 5, "timeoutSeconds": 1,
        "successThreshold": 1, "failureThreshold": 3,
    }  # fmt: skip
    assert made["env"][0]["valueFrom"]["fieldRef"]["apiVersion"] == "v1"
    volumes = [{"name": "c", "configMap": {"name": "c"}}, {"name": "h", "hostPath": {"path": "/x"}}]
    spec = filled("pods", spec={**POD, "volumes": volumes, "serviceAccount": "sa"})["spec"]
    assert [volume.get("configMap") or volume.get("hostPath") for volume in spec["volumes"]] == [
        {"name": "c", "defaultMode": 420}, {"path": "/x", "type": ""},
    ]  # fmt: skip
    assert spec["serviceAccountName"] == "sa"


def test_a_strategy_that_was_chosen_gets_no_numbers_of_another() -> None:
    usual = filled("deployments", spec={"template": {"spec": POD}})["spec"]
    assert usual["strategy"]["rollingUpdate"] == {"maxUnavailable": "25%", "maxSurge": "25%"}
    chosen = filled("deployments", spec={"template": {"spec": POD}, "strategy": {"type": "Recreate"}})["spec"]
    assert chosen["strategy"] == {"type": "Recreate"}
    assert (chosen["replicas"], chosen["progressDeadlineSeconds"]) == (1, 600)


@pytest.mark.parametrize(
    ("plural", "body", "part"),
    [
        ("namespaces", {}, {"metadata": {"name": "a", "labels": {"kubernetes.io/metadata.name": "a"}}}),
        ("secrets", {"stringData": {"a": "b"}, "data": {"c": "ZA=="}},
         {"data": {"a": "Yg==", "c": "ZA=="}, "type": "Opaque"}),
        ("services", {"spec": {"ports": [{"port": 80}]}},
         {"spec": {"ports": [{"port": 80, "targetPort": 80}], "type": "ClusterIP", "sessionAffinity": "None",
                   "internalTrafficPolicy": "Cluster"}}),
        ("storageclasses", {}, {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"}),
        ("rolebindings", {"subjects": [{"kind": "User", "name": "u"}]},
         {"subjects": [{"kind": "User", "name": "u", "apiGroup": "rbac.authorization.k8s.io"}]}),
        ("customresourcedefinitions", {"spec": {"names": {"kind": "Thing"}}},
         {"spec": {"names": {"kind": "Thing", "singular": "thing", "listKind": "ThingList"},
                   "conversion": {"strategy": "None"}}}),
    ],
)  # fmt: skip
def test_other_kinds(plural: str, body: dict[str, Any], part: dict[str, Any]) -> None:
    made = filled(plural, **body)
    assert {name: made[name] for name in part} == part
    assert "stringData" not in made


@pytest.mark.parametrize("plural", [resource.plural for resource in BUILT_IN if resource.plural != "cronjobs"])
def test_what_is_filled_in_once_stays_so(plural: str) -> None:
    body: dict[str, Any] = {"spec": POD if plural == "pods" else {"template": {"spec": POD}}}
    made = filled(plural, **body)
    assert filled(plural, **made) == made


def test_a_schedule_makes_jobs_whose_pods_have_the_usual_defaults() -> None:
    spec = filled("cronjobs", spec={"schedule": "* * * * *", "jobTemplate": {"spec": {"template": {"spec": POD}}}})[
        "spec"
    ]
    assert spec["jobTemplate"]["spec"]["template"]["spec"]["restartPolicy"] == "Always"
    assert "completions" not in spec["jobTemplate"]["spec"]


def test_nobody_owns_what_is_always_there() -> None:
    assert defaults.zero(BY_NAME["configmaps"]) == {"spec": {}, "status": {}}
    assert "template" in defaults.zero(BY_NAME["deployments"])["spec"]
    assert defaults.zero(Resource("g", "v1", "things", "Thing", True, custom=True)) == {}
