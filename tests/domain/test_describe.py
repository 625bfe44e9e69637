"""Objects as text: complete, clean, and without a secret."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.core.hostile import MEAN, offences
from tests.domain.build import NOW, Box, ago, conditions, ended, node, pod, running, waiting
from tests.domain.jobs import aml, gpu_type
from tui.core.redact import MASK
from tui.domain import event
from tui.domain.describe import describe, to_yaml
from tui.domain.event import EventRow
from tui.domain.lines import block, nested, title


def full_pod() -> dict[str, Any]:
    box = Box(
        "main", waiting("CrashLoopBackOff", "back-off 5m"), restarts=4, last=ended(137, "OOMKilled", seconds=90),
        requests={"cpu": "1"}, limits={"memory": "2Gi"},
    )  # fmt: skip
    body = pod(
        box, Box("other", running(60)), inits=(Box("init", ended(0, "Completed")),), labels={"app": "gateway"},
        owner=("ReplicaSet", "gateway-7b58"), conditions=conditions(Ready=(False, "ContainersNotReady", "main")),
        tolerations=[{"key": "sku", "operator": "Equal", "value": "gpu", "effect": "NoSchedule"},
                     {"operator": "Exists"}, {"key": "node.kubernetes.io/not-ready", "operator": "Exists",
                                              "effect": "NoExecute", "tolerationSeconds": 300}],
        volumes=[{"name": "token", "secret": {"secretName": "run-token", "defaultMode": 420}}, {"name": "tmp",
            "emptyDir": {}}],
        serviceAccountName="amlarc", nodeSelector={"gpu": "v"}, priority=5,
    )  # fmt: skip
    container = body["spec"]["containers"][0]
    container["env"] = [
        {"name": "AZUREML_RUN_ID", "value": "r1"}, {"name": "RUN_TOKEN", "value": "hunter2"},
        {"name": "FROM_SECRET", "valueFrom": {"secretKeyRef": {"name": "s", "key": "password"}}},
        {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
    ]  # fmt: skip
    container["envFrom"] = [{"secretRef": {"name": "all-of-it"}}, {"configMapRef": {"name": "conf"}}]
    container["command"] = ["run", "--password=hunter2"]
    container["volumeMounts"] = [
        {"name": "token", "mountPath": "/t", "readOnly": True},
        {"name": "tmp", "mountPath": "/tmp"},
    ]
    container["ports"] = [{"containerPort": 8080}, {"containerPort": 53, "protocol": "UDP"}]
    body["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": "hunter2", "note": "n"}
    return {"apiVersion": "v1", "kind": "Pod", **body}


def warning(**more: Any) -> EventRow:
    about = {"kind": "Pod", "namespace": "azureml", "name": "gateway-7b58dc99cd-c6c4s"}
    meta = {"name": f"e{more.get('reason', '')}", "namespace": "azureml"}
    times = {"firstTimestamp": ago(2400), "lastTimestamp": ago(180), "count": 12}
    body = {
        "metadata": meta,
        "involvedObject": about,
        "type": "Warning",
        "reason": "BackOff",
        "message": "again",
        **times,
    }
    return event.decode({**body, "source": {"component": "kubelet"}, **more})


def field(label: str, value: str, indent: int = 0) -> str:
    return f"{' ' * indent}{label + ':':<18} {value}"


def test_a_pod() -> None:
    lines = describe(full_pod(), [warning()], NOW)
    text = "\n".join(lines)
    assert "hunter2" not in text
    for line in (
        field("Name", "gateway-7b58dc99cd-c6c4s"),
        field("Namespace", "azureml"),
        field("Service Account", "amlarc"),
        field("Node", "n1"),
        field("Status", "CrashLoopBackOff"),
        field("Why", "main: OOMKilled, exit 137"),
        field("Controlled By", "ReplicaSet/gateway-7b58"),
        field("Annotations", "kubectl.kubernetes.io/last-applied-configuration: ‹masked›"),
        "Init Containers:",
        "  main:",
        field("Ports", "8080/TCP, 53/UDP", 4),
        field("State", "Waiting", 4),
        field("Reason", "CrashLoopBackOff", 6),
        field("Last State", "Terminated", 4),
        field("Exit Code", "137", 6),
        field("Restart Count", "4", 4),
        field("Environment", "AZUREML_RUN_ID: <hidden>", 4),
        field("Environment From", "secret all-of-it", 4),
        field("Mounts", "/t from token (ro)", 4),
        field("Node-Selectors", "gpu=v"),
        field("Tolerations", "sku=gpu:NoSchedule"),
    ):
        assert line in lines, line
    for part in (
        "RUN_TOKEN: <hidden>", "FROM_SECRET: secret s, key password", "NODE: field spec.nodeName", f"--password={MASK}",
        "op=Exists for 300s", "run-token", "BackOff", "3m (x12 over 40m)", "kubelet",
    ):  # fmt: skip
        assert part in text, part


def test_events_are_those_of_the_object_the_youngest_last() -> None:
    other = warning(reason="Other", involvedObject={"kind": "Pod", "namespace": "azureml", "name": "another"})
    early = warning(reason="Early", lastTimestamp=ago(900))
    once = warning(reason="Once", count=1, lastTimestamp=ago(5))
    text = "\n".join(describe(full_pod(), [once, other, early], NOW))
    assert text.index("Early") < text.index("Once")
    assert "Other" not in text
    assert "5s " in text
    assert describe(full_pod(), [], NOW)[-1] == "Events:  <none>"


def test_a_node() -> None:
    body = node("gpu-1", gpus="4", labels={"agentpool": "gpu", "node-role.kubernetes.io/agent": ""},
                taints=[{"key": "sku", "value": "gpu", "effect": "NoSchedule"}], cordoned=True)  # fmt: skip
    body["status"]["nodeInfo"] = {"kubeletVersion": "v1.27.3"}
    body["status"]["addresses"] = [{"type": "InternalIP", "address": "10.0.0.4"}]
    lines = describe({"kind": "Node", **body}, [], NOW)
    for line in (
        "Name:              gpu-1", "Roles:             agent", "Taints:            sku=gpu:NoSchedule",
        "Unschedulable:     true", "Why:               cordoned", "Addresses:         InternalIP: 10.0.0.4",
        "  nvidia.com/gpu:    4", "  Kubelet Version:   v1.27.3",
    ):  # fmt: skip
        assert line in lines, line


def test_any_other_kind() -> None:
    body = {"apiVersion": "amlarc.azureml.com/v1alpha1", "kind": "AmlJob", **aml(), "status": {"state": "Running"}}
    text = "\n".join(describe(body, [], NOW))
    assert "hunter2" not in text
    assert "c2VjcmV0" not in text
    for part in (
        "Name:              0123456789abcdef",
        "Kind:              AmlJob",
        "AZUREML_RUN_ID",
        "bert-07",
        "2m ago",
    ):
        assert part in text, part


def test_an_instance_type_with_what_is_wrong_with_it() -> None:
    body = {"apiVersion": "amlarc.azureml.com/v1alpha1", "kind": "InstanceType", **gpu_type()}
    assert "Findings:" not in describe(body, [], NOW)
    del body["spec"]["resources"]["requests"]
    lines = describe(body, [], NOW)
    assert "  spec.resources.requests: is missing: cpu and memory are needed in both" in lines


def test_a_secret() -> None:
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"a": "aHVudGVyMg=="}}
    for lines in (describe(body, [], NOW), to_yaml(body)):
        assert "aHVudGVyMg==" not in "\n".join(lines)
        assert any(MASK in line for line in lines)


def test_yaml() -> None:
    body = full_pod()
    body["metadata"]["managedFields"] = [{"manager": "x"}]
    lines = to_yaml(body)
    text = "\n".join(lines)
    assert "hunter2" not in text
    assert "managedFields" not in text
    shown = yaml.safe_load(text)
    assert shown["spec"]["tolerations"] == body["spec"]["tolerations"]
    assert shown["spec"]["containers"][0]["env"][0]["value"] == "r1"
    assert shown["spec"]["containers"][0]["env"][1]["value"] == MASK
    assert "managedFields" in "\n".join(to_yaml(body, managed_fields=True))
    assert lines[0] == "apiVersion: v1"


def test_what_occurs_twice_is_written_twice() -> None:
    sizes = {"cpu": "1"}
    assert "&id001" not in "\n".join(to_yaml({"a": sizes, "b": sizes}))


def _poisoned(value: Any) -> Any:
    if isinstance(value, dict):
        return {(f"{key}{MEAN}" if key == "app" else key): _poisoned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_poisoned(item) for item in value]
    return value + MEAN if isinstance(value, str) and value not in ("Pod", "Node", "InstanceType") else value


@pytest.mark.parametrize(
    "body",
    [full_pod(), {"kind": "Node", **node()}, {"kind": "AmlJob", **aml()}, {"kind": "InstanceType", **gpu_type()}],
    ids=lambda body: body["kind"],
)
def test_nothing_hostile_is_left(body: dict[str, Any]) -> None:
    bad = _poisoned(body)
    lines = [*describe(bad, [warning(message=MEAN, reason=MEAN)], NOW), *to_yaml(bad)]
    assert [offence for line in lines for offence in offences(line)] == []


@pytest.mark.parametrize(
    "body", [{}, {"metadata": 5}, {"kind": "Pod", "spec": [], "status": 5}, {"kind": "Node", "status": []}]
)
def test_a_broken_object_is_described_too(body: Any) -> None:
    assert describe(body, [], NOW)
    assert to_yaml(body)


def test_endless_depth_ends() -> None:
    deep: Any = {"x": 1}
    for _ in range(400):
        deep = {"a": [deep]}
    assert any("…" in line for line in describe({"kind": "X", "spec": deep}, [], NOW))


def test_unknown_shapes() -> None:
    assert list(nested("nodeSelector", {"a": "b", "podIP": None})) == ["Node Selector:", "  A:                 b",
                                                                       "  Pod IP:            <none>"]  # fmt: skip
    assert list(block("Items", [{"a": 1, "b": 2}, "x", []])) == [
        "Items:", "  - A:                 1", "    B:                 2", "  x",
    ]  # fmt: skip
    assert list(block("Nothing", {})) == []
    assert (title("podIP"), title("app.kubernetes.io/name"), title("")) == ("Pod IP", "app.kubernetes.io/name", "")
