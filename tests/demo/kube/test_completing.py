"""What is added to new objects that nobody owns."""

from __future__ import annotations

from typing import Any

import pytest

from tui.demo.kube import completing, defaults
from tui.demo.kube.json_patch import copied
from tui.demo.kube.registry import BUILT_IN
from tui.demo.kube.status import StatusError

BY_NAME = {resource.plural: resource for resource in BUILT_IN}
GONE = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]


def new(plural: str, **body: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"metadata": {"name": "a", "uid": "u-1"}, **copied(body)}
    defaults.fill(BY_NAME[plural], made)
    completing.complete(BY_NAME[plural], made)
    return made


def pod(**spec: Any) -> dict[str, Any]:
    return new("pods", spec={"containers": [{"name": "a", "image": "x:1"}], **spec})


def test_a_new_pod_is_pending_and_has_an_account_and_a_priority() -> None:
    made = pod()
    assert made["status"] == {"phase": "Pending", "qosClass": "BestEffort"}
    spec = made["spec"]
    assert (spec["serviceAccountName"], spec["priority"], spec["preemptionPolicy"]) == (
        "default", 0, "PreemptLowerPriority",
    )  # fmt: skip
    assert pod(priorityClassName="system-node-critical")["spec"]["priority"] == 2_000_001_000
    with pytest.raises(StatusError) as refused:
        pod(priorityClassName="none")
    assert (refused.value.code, refused.value.message) == (
        403, 'pods "a" is forbidden: no PriorityClass with name none was found',
    )  # fmt: skip


@pytest.mark.parametrize(
    ("own", "added"),
    [
        ([], GONE),
        ([{"key": GONE[0], "operator": "Exists", "effect": "NoExecute"}], GONE[1:]),
        ([{"key": GONE[0], "operator": "Exists"}], GONE[1:]),
        ([{"key": GONE[0], "operator": "Exists", "effect": "NoSchedule"}], GONE),
        ([{"operator": "Exists"}], []),
    ],
)
def test_a_pod_stays_for_a_while_on_a_node_that_is_gone(own: list[dict[str, Any]], added: list[str]) -> None:
    found = pod(tolerations=own)["spec"]["tolerations"]
    assert [each["key"] for each in found if each.get("tolerationSeconds") == 300] == added
    assert found[: len(own)] == own


def test_a_pod_that_never_had_them_gets_no_tolerations_later() -> None:
    spec: dict[str, Any] = {"tolerations": []}
    completing.tolerate(spec, {"tolerations": []})
    assert spec["tolerations"] == []
    completing.tolerate(spec, pod()["spec"])
    assert [each["key"] for each in spec["tolerations"]] == GONE


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
    assert completing.qos({"containers": [{"name": "a", "resources": resources}]}) == expected


def test_the_pods_of_a_job_are_told_by_its_uid() -> None:
    made = new("jobs", spec={"template": {"spec": {"containers": []}}})
    chosen = {"batch.kubernetes.io/controller-uid": "u-1"}
    assert made["spec"]["selector"] == {"matchLabels": chosen}
    assert chosen.items() <= made["spec"]["template"]["metadata"]["labels"].items()
    assert made["metadata"]["labels"]["job-name"] == "a"
    assert "selector" not in new("jobs", spec={"manualSelector": True, "template": {"spec": {}}})["spec"]


def test_a_service_has_an_address() -> None:
    spec = new("services", spec={"type": "NodePort", "ports": [{"port": 80}]})["spec"]
    assert spec["clusterIPs"] == [spec["clusterIP"]]
    assert 30_000 <= spec["ports"][0]["nodePort"] < 32_768


@pytest.mark.parametrize(
    ("plural", "status"),
    [
        ("namespaces", {"phase": "Active"}),
        ("deployments", {}),
        ("persistentvolumeclaims", {"phase": "Pending"}),
        ("services", {"loadBalancer": {}}),
    ],
)
def test_first_statuses(plural: str, status: dict[str, Any]) -> None:
    body = {"spec": {"template": {"spec": {}}}} if plural == "deployments" else {"spec": {}}
    assert new(plural, **body)["status"] == status


def test_a_definition_is_not_served_yet() -> None:
    versions = [{"name": "v1", "storage": True}, {"name": "v2"}]
    assert new("customresourcedefinitions", spec={"versions": versions})["status"] == {
        "conditions": None, "acceptedNames": {"plural": "", "kind": ""}, "storedVersions": ["v1"],
    }  # fmt: skip
