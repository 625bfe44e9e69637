"""Built-in kinds: what is filled in, amounts in one form, and what of a pod may not be or not change."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.kinds import causes, deployment, deployments, of, pod
from tests.demo.kube.town import Client

MERGE = "application/merge-patch+json"
GONE = {
    (f"node.kubernetes.io/{state}", "Exists", "NoExecute", 300) for state in ("not-ready", "unreachable")
}  # fmt: skip


def _with(**container: Any) -> dict[str, Any]:
    body = pod("p")
    body["spec"]["containers"][0] |= container
    return body


def _asking(**resources: Any) -> dict[str, Any]:
    return _with(resources=resources)


async def test_a_new_pod_has_all_the_defaults(raw: Client, home: str) -> None:
    body = pod("p")
    del body["spec"]["terminationGracePeriodSeconds"]
    status, made = await raw.ask("POST", of(home, "pods"), body)
    assert (status, made["status"]) == (201, {"phase": "Pending", "qosClass": "BestEffort"})
    spec = {name: part for name, part in made["spec"].items() if not name.startswith("serviceAccount")}
    borne = {(t["key"], t["operator"], t["effect"], t["tolerationSeconds"]) for t in spec.pop("tolerations")}
    assert borne == GONE
    assert spec == {
        "containers": [{
            "name": "main", "image": "registry.example/app:1", "imagePullPolicy": "IfNotPresent", "resources": {},
            "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
        }],
        "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst",
        "securityContext": {}, "schedulerName": "default-scheduler", "enableServiceLinks": True, "priority": 0,
        "preemptionPolicy": "PreemptLowerPriority",
    }  # fmt: skip
    (entry,) = made["metadata"]["managedFields"]
    owned = entry["fieldsV1"]["f:spec"]
    assert "f:dnsPolicy" in owned
    assert not {"f:tolerations", "f:priority"} & set(owned)


async def test_amounts_are_kept_in_one_form_and_asked_for_as_they_are_limited(raw: Client, home: str) -> None:
    limits = {"cpu": "1000m", "memory": "1024Mi", "nvidia.com/gpu": 1}
    _status, made = await raw.ask("POST", of(home, "pods"), _asking(limits=limits, requests={"cpu": 0.5}))
    assert made["spec"]["containers"][0]["resources"] == {
        "limits": {"cpu": "1", "memory": "1Gi", "nvidia.com/gpu": "1"},
        "requests": {"cpu": "500m", "memory": "1Gi", "nvidia.com/gpu": "1"},
    }
    assert made["status"]["qosClass"] == "Burstable"


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (_asking(limits={"cpu": "lots"}), 400, 'Pod in version "v1" cannot be handled as a Pod: quantities must match'),
        (_asking(limits={"cpu": -1}), 422, 'limits[cpu]: Invalid value: "-1": must be greater than or equal to 0'),
        (_asking(limits={"cpu": "1"}, requests={"cpu": "2"}), 422,
         'resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'),
        (_asking(requests={"nvidia.com/gpu": "1"}), 422, "Limit must be set for non overcommitable resources"),
        (_asking(limits={"nvidia.com/gpu": "1.5"}), 422, 'Invalid value: "1500m": must be an integer'),
        (_asking(limits={"gpu": "1"}), 422, "must be a standard resource type or fully qualified"),
        (_with(name="Main"), 422, 'spec.containers[0].name: Invalid value: "Main": a lowercase RFC 1123 label'),
        (_with(image=""), 422, "spec.containers[0].image: Required value"),
        (_with(imagePullPolicy="Maybe"), 422, 'supported values: "Always", "IfNotPresent", "Never"'),
        (_with(env=[{"name": "", "value": "x"}]), 422, "spec.containers[0].env[0].name: Required value"),
        (_with(volumeMounts=[{"name": "none", "mountPath": "/x"}]), 422, 'volumeMounts[0].name: Not found: "none"'),
        (_with(ports=[{"containerPort": "web"}]), 400, "string into Go struct field ContainerPort.spec"),
        ({**pod("p"), "spec": {}}, 422, "spec.containers: Required value"),
    ],
)  # fmt: skip
async def test_pods_that_cannot_be(raw: Client, home: str, body: dict[str, Any], code: int, words: str) -> None:
    status, said = await raw.ask("POST", of(home, "pods"), body)
    assert status == code, said
    assert words in said["message"]


async def test_a_priority_that_there_is_not_is_forbidden(raw: Client, home: str) -> None:
    body = pod("p")
    body["spec"]["priorityClassName"] = "nobodys"
    status, said = await raw.ask("POST", of(home, "pods"), body)
    assert (status, said["message"]) == (403, 'pods "p" is forbidden: no PriorityClass with name nobodys was found')


@pytest.mark.parametrize(
    ("patch", "code"),
    [
        ({"spec": {"activeDeadlineSeconds": 500}}, 200),
        ({"spec": {"tolerations": []}}, 200),
        ({"spec": {"nodeName": "other"}}, 422),
        ({"spec": {"restartPolicy": "Never"}}, 422),
        ({"status": {"phase": "Odd"}}, 200),
    ],
)
async def test_what_of_a_pod_may_change(raw: Client, home: str, patch: dict[str, Any], code: int) -> None:
    await raw.ask("POST", of(home, "pods"), pod("p", "node-1"))
    status, said = await raw.ask("PATCH", of(home, "pods", "p"), patch, MERGE)
    assert status == code, said
    if code == 422:
        assert causes(said) == {("FieldValueForbidden", "spec")}
        assert "pod updates may not change fields other than" in said["message"]
    else:
        assert len(said["spec"]["tolerations"]) == 2
        assert said["status"]["phase"] != "Odd"


async def test_a_new_deployment_has_all_the_defaults(raw: Client, home: str) -> None:
    _status, made = await raw.ask("POST", f"{deployments(home)}?dryRun=All", deployment("d"))
    spec = made["spec"]
    assert (spec["progressDeadlineSeconds"], spec["revisionHistoryLimit"]) == (600, 10)
    assert spec["strategy"] == {
        "type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"},
    }  # fmt: skip
    assert "enableServiceLinks" not in spec["template"]["spec"]
    assert made["metadata"]["generation"] == 1
    status, said = await raw.ask("POST", deployments(home), deployment("d", replicas=-1))
    assert (status, causes(said)) == (422, {("FieldValueInvalid", "spec.replicas")})


@pytest.mark.parametrize(
    ("path", "kind", "body", "part"),
    [
        ("/api/v1/namespaces/{}/secrets", "Secret", {"stringData": {"a": "b"}},
         {"data": {"a": "Yg=="}, "type": "Opaque"}),
        ("/api/v1/namespaces/{}/persistentvolumeclaims", "PersistentVolumeClaim",
         {"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1024Mi"}}}},
         {"status": {"phase": "Pending"}, "spec": {
             "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}},
             "volumeMode": "Filesystem"}}),
        ("/api/v1/namespaces", "Namespace", {},
         {"status": {"phase": "Active"}, "spec": {"finalizers": ["kubernetes"]}}),
    ],
)  # fmt: skip
async def test_other_kinds_have_theirs(
    raw: Client, home: str, path: str, kind: str, body: dict[str, Any], part: dict[str, Any]
) -> None:
    head = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "made"}}
    status, made = await raw.ask("POST", path.format(home) + "?dryRun=All", {**head, **body})
    assert status == 201, made
    assert {name: made[name] for name in part} == part


async def test_a_job_tells_its_pods_by_its_uid(raw: Client, home: str) -> None:
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "app:1"}]}}
    body = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j"}, "spec": {"template": template}}
    _status, made = await raw.ask("POST", f"/apis/batch/v1/namespaces/{home}/jobs?dryRun=All", body)
    uid, spec = made["metadata"]["uid"], made["spec"]
    assert spec["selector"] == {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}
    assert spec["template"]["metadata"]["labels"]["job-name"] == "j"
    assert (spec["backoffLimit"], spec["completions"], spec["parallelism"]) == (6, 1, 1)
