"""Nodes as kubectl prints them, and what keeps work away from them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.build import node, node_row
from tui.core.health import Health
from tui.domain.amounts import Amounts
from tui.domain.node import decode, haystack

PRESSURE = {"type": "DiskPressure", "status": "True", "message": "disk is full"}


@pytest.mark.parametrize(
    ("given", "status", "health", "why"),
    [
        ({}, "Ready", Health.GOOD, ""),
        ({"ready": "False"}, "NotReady", Health.BAD, "kubelet speaks"),
        ({"ready": "Unknown"}, "NotReady", Health.BAD, "kubelet speaks"),
        ({"ready": ""}, "Unknown", Health.UNKNOWN, "has not reported yet"),
        ({"cordoned": True}, "Ready,SchedulingDisabled", Health.OFF, "cordoned"),
        ({"cordoned": True, "ready": "False"}, "NotReady,SchedulingDisabled", Health.BAD, "kubelet speaks"),
        ({"reasons": [PRESSURE]}, "Ready", Health.WARN, "DiskPressure: disk is full"),
        ({"reasons": [{**PRESSURE, "status": "False"}]}, "Ready", Health.GOOD, ""),
        ({"reasons": [PRESSURE, {"type": "NetworkUnavailable", "status": "True"}]}, "Ready", Health.WARN,
         "DiskPressure, NetworkUnavailable: disk is full"),
    ],
)  # fmt: skip
def test_status(given: dict[str, Any], status: str, health: Health, why: str) -> None:
    row = node_row(**given)
    assert (row.status, row.health, row.why) == (status, health, why)


@pytest.mark.parametrize(
    ("labels", "roles"),
    [
        ({}, "<none>"),
        ({"node-role.kubernetes.io/control-plane": ""}, "control-plane"),
        ({"node-role.kubernetes.io/worker": "x", "node-role.kubernetes.io/agent": "", "kubernetes.io/role": "old"},
         "agent,old,worker"),
        ({"node-role.kubernetes.io/": ""}, "<none>"),
    ],
)  # fmt: skip
def test_roles(labels: dict[str, str], roles: str) -> None:
    assert node_row(labels=labels).roles == roles


@pytest.mark.parametrize(
    ("labels", "pool"),
    [
        ({}, ""),
        ({"agentpool": "gpu", "kubernetes.azure.com/agentpool": "gpunp"}, "gpunp"),
        ({"node.kubernetes.io/instance-type": "Standard_NC6"}, "Standard_NC6"),
    ],
)
def test_pool(labels: dict[str, str], pool: str) -> None:
    assert node_row(labels=labels).pool == pool


def test_sizes_taints_and_names() -> None:
    body = node(
        "gpu-1",
        cpu="7820m",
        memory="57Gi",
        gpus="4",
        pods="30",
        taints=[{"key": "sku", "value": "gpu", "effect": "NoSchedule"}],
    )
    body["spec"]["providerID"] = "azure:///subscriptions/s"
    body["status"]["nodeInfo"] = {
        "kubeletVersion": "v1.27.3",
        "osImage": "Ubuntu",
        "containerRuntimeVersion": "containerd://1.7",
    }
    body["status"]["addresses"] = [{"type": "Hostname", "address": "h"}, {"type": "InternalIP", "address": "10.0.0.4"}]
    row = decode(body)
    assert (row.allocatable, row.pods) == (Amounts(7820, 57 * 2**30, 4), 30)
    assert [str(taint) for taint in row.taints] == ["sku=gpu:NoSchedule"]
    assert (row.version, row.os, row.runtime, row.ip) == ("v1.27.3", "Ubuntu", "containerd://1.7", "10.0.0.4")
    assert row.provider_id == "azure:///subscriptions/s"
    assert all(shown in haystack(row) for shown in ("gpu-1", "Ready", "sku=gpu:NoSchedule", "10.0.0.4"))


def test_a_taint_without_a_value() -> None:
    row = node_row(taints=[{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}])
    assert str(row.taints[0]) == "node.kubernetes.io/unschedulable:NoSchedule"
