"""Nodes: which of them count, whether they are large enough, and room."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.preflight.surveys import (
    DENIED,
    INFERENCE,
    NODES,
    TRAINING,
    draft,
    installed,
    node,
    note,
    notes,
    old,
    survey,
)
from tui.core.health import Health
from tui.domain.plans.draft import Draft

GOOD, WARN, BAD, UNKNOWN = Health.GOOD, Health.WARN, Health.BAD, Health.UNKNOWN
SKU = {"key": "sku", "value": "gpu", "effect": "NoSchedule"}


def taint(key: str, value: str = "true", effect: str = "NoSchedule") -> dict[str, str]:
    return {"key": key, "value": value, "effect": effect}


@pytest.mark.parametrize(
    ("odd", "counts"),
    [
        (node("x"), True),
        (node("x", arch="arm64"), False),
        (node("x", system="windows"), False),
        (node("x", ready=False), False),
        (node("x", labels={"kubernetes.io/arch": "arm64"}), False),
        (node("x", taints=[SKU]), False),
        (node("x", taints=[taint("ml.azure.com/amlarc")]), True),
        (node("x", taints=[taint("ml.azure.com/amlarc-system")]), True),
        (node("x", taints=[taint("ml.azure.com/amlarc-workload")]), False),
        (node("x", taints=[taint("sku", effect="PreferNoSchedule")]), True),
    ],
)
def test_which_nodes_count(odd: Any, counts: bool) -> None:
    found = note("nodes-usable", nodes=[*NODES, odd])
    assert found.what == f"{4 if counts else 3} nodes can run its components"
    assert found.evidence.startswith(f"nodes: {4 if counts else 3} of 4")


def test_a_cordoned_node_does_not_count() -> None:
    cordoned = node("x")
    cordoned["spec"]["unschedulable"] = True
    assert note("nodes-usable", nodes=[*NODES, cordoned]).evidence.endswith("not: 1 cordoned")


def test_a_node_without_architecture_is_told() -> None:
    assert note("nodes-untold", nodes=[*NODES, node("x", arch="")]).health is UNKNOWN


def test_only_nodes_that_the_selector_takes() -> None:
    nodes = [*NODES, node("x", labels={"example.com/pool": "ml"})]
    wanted = draft({**TRAINING, "nodeSelector.example\\.com/pool": "ml"})
    assert note("nodes-usable", wanted, nodes=nodes).what == "1 node can run its components"
    none = note("nodes-none", draft({"nodeSelector.pool": "no"}), nodes=nodes)
    assert none.health is BAD
    assert "label pool missing" in none.evidence


def test_a_selector_that_is_live_stays() -> None:
    live = installed({"nodeSelector.Pool": "ml", **TRAINING})
    nodes = [*NODES, node("x", labels={"Pool": "ml"})]
    assert note("nodes-usable", draft(), nodes=nodes, extensions=live).evidence.startswith("nodes: 1 of 4")


def test_nobody_home() -> None:
    found = notes(survey(nodes=[]))
    assert found["nodes-none"].health is BAD
    assert "room-lacking" not in found, "said already"
    assert note("nodes-unknown", nodes=DENIED).health is UNKNOWN


def three(cpu: str, memory: str, count: int = 3) -> list[Any]:
    return [node(f"n{number}", cpu=cpu, memory=memory) for number in range(count)]


@pytest.mark.parametrize(
    ("nodes", "wanted", "code", "health"),
    [
        (three("4", "16Gi"), draft(INFERENCE), "nodes-production", GOOD),
        (three("4", "13Gi"), None, "nodes-production", GOOD),
        (three("4", "12Gi"), None, "nodes-test", WARN),
        (three("3", "16Gi"), None, "nodes-test", WARN),
        (three("4", "16Gi", 2), None, "nodes-test", WARN),
        (three("4", "16Gi", 2), draft({**TRAINING, "clusterPurpose": "DevTest"}), "nodes-test", GOOD),
        (three("2", "7Gi"), None, "nodes-test", WARN),
        (three("2", "6.5Gi"), None, "nodes-test", WARN),
        (three("2", "6Gi"), None, "nodes-small", WARN),
        (three("1", "64Gi"), None, "nodes-small", WARN),
    ],
)
def test_sizes(nodes: Any, wanted: Any, code: str, health: Health) -> None:
    """A kernel reports less than a machine's nominal memory."""
    found = note(code, wanted, nodes=nodes)
    assert (found.health, found.blocks) == (health, False)
    assert "capacity" in found.evidence


@pytest.mark.parametrize(
    ("cpu", "memory", "wanted", "health"),
    [
        ("1780m", "3Gi", draft(TRAINING), GOOD),
        ("1779m", "3Gi", draft(TRAINING), WARN),
        ("2", "2Gi", draft(TRAINING), WARN),
        ("2", "2457Mi", draft(TRAINING), WARN),
        ("2", "2458Mi", draft(TRAINING), GOOD),
        ("3600m", "5Gi", draft(INFERENCE), GOOD),
        ("3500m", "5Gi", draft(INFERENCE), BAD),
        ("3600m", "4Gi", draft(INFERENCE), BAD),
        ("3500m", "5Gi", draft({**INFERENCE, "inferenceRouterHA": "False"}), GOOD),
        ("1700m", "5Gi", draft({**INFERENCE, "inferenceRouterHA": "False"}), BAD),
        ("3500m", "5Gi", draft(), WARN),
    ],
)
def test_room(cpu: str, memory: str, wanted: Draft, health: Health) -> None:
    """Allocatable counts, not capacity; the sum over the nodes that may be used."""
    nodes = [node("x", cpu="64", memory="256Gi", allocatable={"cpu": cpu, "memory": memory}), node("y", taints=[SKU])]
    found = note("room-enough" if health is GOOD else "room-lacking", wanted, nodes=nodes)
    assert found.health is health
    assert "other pods not counted" in found.evidence


@pytest.mark.parametrize(
    ("count", "wanted", "code", "health"),
    [
        (3, draft(INFERENCE), "router-nodes-enough", GOOD),
        (2, draft(INFERENCE), "router-nodes-few", BAD),
        (2, draft(), "router-nodes-few", WARN),
        (2, draft({**INFERENCE, "INFERENCEROUTERHA": "false"}), "router-nodes-few", GOOD),
    ],
)
def test_high_availability_wants_three_nodes(count: int, wanted: Draft, code: str, health: Health) -> None:
    found = note(code, wanted, nodes=NODES[:count])
    assert found.health is health
    assert found.implies == ({} if count == 3 else {"inferenceRouterHA": "False"})


def test_the_routers_setting_of_the_preview() -> None:
    found = note("router-nodes-few", old(INFERENCE), nodes=NODES[:2])
    assert found.implies == {"inferenceLoadBalancerHA": "False"}


def test_without_inference_there_is_no_router() -> None:
    assert not any(code.startswith("router") for code in notes(survey(nodes=NODES[:1]), draft(TRAINING)))


def test_unusable_nodes_do_not_count_for_the_router() -> None:
    assert note("router-nodes-few", draft(INFERENCE), nodes=[*NODES[:2], node("x", arch="arm64")]).health is BAD
