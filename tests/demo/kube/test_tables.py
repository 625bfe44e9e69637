"""Tables: the columns and cells kubectl shows, of built-in and custom resources."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo.kube import town
from tui.demo.kube.jsonpath import find
from tui.demo.kube.objects import timestamp
from tui.demo.kube.registry import BUILT_IN, Resource, custom
from tui.demo.kube.tables import cells, definitions, table

NOW = town.START
BY_NAME = {resource.plural: resource for resource in BUILT_IN}
TYPES = custom(town.DEFINITION)[0]


def meta(name: str = "x", **more: Any) -> dict[str, Any]:
    return {"name": name, "namespace": "ml", "creationTimestamp": timestamp(NOW - 125), **more}


def row(resource: Resource, obj: dict[str, Any]) -> dict[str, Any]:
    return dict(zip([column["name"] for column in definitions(resource)], cells(resource, obj, NOW), strict=True))


@pytest.mark.parametrize("resource", BUILT_IN, ids=lambda resource: resource.store)
def test_every_kind_has_a_cell_for_each_column_even_of_an_empty_object(resource: Resource) -> None:
    shown = row(resource, {"metadata": {"name": "x"}})
    assert "x" in shown.values()


def test_custom_columns() -> None:
    obj = town.instance_type("gpu", "4", **{"nvidia.com/gpu": "1"})
    obj["metadata"]["creationTimestamp"] = timestamp(NOW - 60)
    assert row(TYPES, obj) == {"Name": "gpu", "CPU": "4", "GPU": "1", "Age": "60s"}
    assert row(TYPES, town.instance_type("plain"))["GPU"] is None


def test_columns_of_a_definition_without_any() -> None:
    bare = Resource("g", "v1", "things", "Thing", True, custom=True)
    assert row(bare, {"metadata": meta()}) == {"Name": "x", "Age": "2m5s"}


@pytest.mark.parametrize(
    ("kind", "value", "cell"),
    [("integer", 3, 3), ("integer", "3", None), ("boolean", False, False), ("string", 3, "3"), ("string", True, "true"),
     ("number", 1.5, 1.5), ("date", timestamp(NOW - 7200), "120m"), ("date", None, "<unknown>")],
)  # fmt: skip
def test_cells_have_the_type_of_their_column(kind: str, value: Any, cell: Any) -> None:
    column = {"name": "C", "type": kind, "jsonPath": ".spec.c", "priority": 1}
    resource = Resource("g", "v1", "things", "Thing", True, columns=(column,), custom=True)
    assert cells(resource, {"metadata": meta(), "spec": {"c": value}}, NOW)[1] == cell
    assert definitions(resource)[1] == {
        "name": "C", "type": kind, "format": "", "priority": 1,
        "description": "Custom resource definition column (in JSONPath format): .spec.c",
    }  # fmt: skip
    said = {**column, "description": "How much."}
    resource = Resource("g", "v1", "things", "Thing", True, columns=(said,), custom=True)
    assert definitions(resource)[1]["description"] == "How much."


CONDITIONS = [{"type": "Ready", "status": "True"}, {"type": "Other", "status": "False"}]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (".a.b", [1]),
        ("a.b", [1]),
        (".a.nothing", []),
        (r".a.x\.y/z", [2]),
        (".list[0].type", ["Ready"]),
        (".list[-1].type", ["Other"]),
        (".list[9].type", []),
        (".list[*].status", ["True", "False"]),
        ('.list[?(@.type=="Other")].status', ["False"]),
        (".list[?(@.type=='None')].status", []),
        ("{.a['b']}", [1]),
        (".a.b.c", []),
    ],
)
def test_json_paths(path: str, found: list[Any]) -> None:
    assert find({"a": {"b": 1, "x.y/z": 2}, "list": CONDITIONS}, path) == found


@pytest.mark.parametrize(
    ("plural", "obj", "expected"),
    [
        pytest.param(
            "nodes",
            {**town.node("n"), "spec": {"unschedulable": True},
             "metadata": meta("n", labels={"node-role.kubernetes.io/worker": "", "node-role.kubernetes.io/agent": ""})},
            {"Status": "Ready,SchedulingDisabled", "Roles": "agent,worker", "Age": "2m5s", "Internal-IP": "10.1.0.4"},
            id="node",
        ),
        pytest.param(
            "events",
            {"metadata": meta("e"), "type": "Warning", "reason": "BackOff", "message": " m \n", "count": 4,
             "involvedObject": {"kind": "Pod", "name": "p"}, "source": {"component": "kubelet", "host": "n"},
             "firstTimestamp": timestamp(NOW - 300), "lastTimestamp": timestamp(NOW - 30)},
            {"Last Seen": "30s", "Object": "pod/p", "Message": "m", "First Seen": "5m", "Count": 4,
             "Source": "kubelet, n"},
            id="event",
        ),
        pytest.param(
            "deployments", {**town.deployment("d", 2), "metadata": meta("d")},
            {"Ready": "2/2", "Up-to-date": 2, "Available": 2, "Containers": "main", "Images": "img:1",
             "Selector": "app=d"},
            id="deployment",
        ),
        pytest.param(
            "jobs",
            {"metadata": meta("j"), "spec": {"completions": 3}, "status": {
                "succeeded": 3, "startTime": timestamp(NOW - 100), "completionTime": timestamp(NOW - 40),
                "conditions": [{"type": "Complete", "status": "True"}]}},
            {"Status": "Complete", "Completions": "3/3", "Duration": "60s"},
            id="job",
        ),
        pytest.param(
            "daemonsets",
            {"metadata": meta("d"), "spec": {"template": {"spec": {"containers": [], "nodeSelector": {"gpu": "yes"}}}},
             "status": {"desiredNumberScheduled": 3, "numberReady": 1}},
            {"Desired": 3, "Current": 0, "Ready": 1, "Node Selector": "gpu=yes"},
            id="daemonset",
        ),
        pytest.param(
            "services",
            {"metadata": meta("s"), "spec": {"type": "LoadBalancer", "clusterIP": "10.0.0.1",
             "ports": [{"port": 80, "nodePort": 30080}, {"port": 53, "protocol": "UDP"}]}},
            {"External-IP": "<pending>", "Port(s)": "80:30080/TCP,53/UDP", "Cluster-IP": "10.0.0.1"},
            id="service",
        ),
        pytest.param("secrets", {"metadata": meta("s"), "data": {"a": "", "b": ""}},
                     {"Type": "Opaque", "Data": 2}, id="secret"),
        pytest.param(
            "persistentvolumeclaims",
            {"metadata": meta("c"), "spec": {"volumeName": "v", "storageClassName": "fast"},
             "status": {"phase": "Bound", "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteMany"]}},
            {"Status": "Bound", "Capacity": "1Gi", "Access Modes": "RWX", "StorageClass": "fast"},
            id="claim",
        ),
    ],
)  # fmt: skip
def test_cells(plural: str, obj: dict[str, Any], expected: dict[str, Any]) -> None:
    shown = row(BY_NAME[plural], obj)
    assert {column: shown[column] for column in expected} == expected


def test_columns_for_wide_output_have_a_priority() -> None:
    wide = {column["name"] for column in definitions(BY_NAME["pods"]) if column["priority"]}
    assert wide == {"IP", "Node", "Nominated Node", "Readiness Gates"}


@pytest.mark.parametrize(
    ("include", "kind"), [("Metadata", "PartialObjectMetadata"), ("Object", "Pod"), ("None", None)]
)
def test_what_rows_hold_beside_cells(include: str, kind: str | None) -> None:
    shown = table(BY_NAME["pods"], [town.pod("a")], NOW, include, resourceVersion="7")
    assert (shown["kind"], shown["metadata"]) == ("Table", {"resourceVersion": "7"})
    inner = shown["rows"][0]["object"]
    assert (inner and inner["kind"]) == kind
    assert table(BY_NAME["pods"], [], NOW, include, heads=False)["columnDefinitions"] is None
