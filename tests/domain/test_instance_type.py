"""The row of an instance type, and what it means on this cluster."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.build import Box, extension, node_row, pod_row
from tui.core.health import Health
from tui.domain import extension as extensions
from tui.domain import instance_type, type_fit
from tui.domain.amounts import Amounts
from tui.domain.instance_type import InstanceTypeRow
from tui.domain.node import NodeRow
from tui.domain.pod import PodRow
from tui.domain.type_fit import TypeRow

GI = 2**30


def kind(name: str = "gpu", selector: Any = None, requests: Any = None, limits: Any = None) -> InstanceTypeRow:
    sizes = {"cpu": "4", "memory": "16Gi"}
    resources = {"requests": requests or sizes, "limits": limits or {**sizes, "nvidia.com/gpu": 1}}
    return instance_type.decode(
        {"metadata": {"name": name}, "spec": {"nodeSelector": selector, "resources": resources}}
    )


def fits(
    types: list[InstanceTypeRow], nodes: list[NodeRow], pods: list[PodRow], settings: dict[str, str] | None = None,
    version: str = "1.1.39",
) -> dict[str, TypeRow]:  # fmt: skip
    product = extensions.decode(extension(settings, version=version))
    inputs: dict[str, Any] = {
        "instancetypes": {row.key: row for row in types}, "nodes": {row.key: row for row in nodes},
        "pods": {row.key: row for row in pods}, "extensions": {product.key: product},
    }  # fmt: skip
    return {row.name: row for row in type_fit.rows(inputs, 0.0)}


OTHER = pod_row(Box(), name="other", node="elsewhere")
"""Somebody's pod: so pods could be seen."""


def test_one_row() -> None:
    row = kind(selector={"accelerator": "v100"}, requests={"cpu": "700m", "memory": "1500Mi"},
               limits={"cpu": "1", "memory": "2Gi", "nvidia.com/gpu": 2})  # fmt: skip
    assert (row.key, row.cpu, row.memory, row.gpus) == ("gpu", "700m/1", "1500Mi/2Gi", 2)
    assert (row.requests, row.limits) == (Amounts(700, 1500 * 2**20), Amounts(1000, 2 * GI, 2))
    assert (row.selector_text, row.health, row.why, row.default) == ("accelerator=v100", Health.GOOD, "", False)
    assert all(shown in instance_type.haystack(row) for shown in ("gpu", "700m/1", "accelerator=v100"))


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [("1", "1", "1"), ("1", "2", "1/2"), ("1", None, "1"), (None, "2", "2"), (None, None, "-")],
)
def test_a_span(low: str | None, high: str | None, shown: str) -> None:
    sides = {side: {"cpu": value} if value else {} for side, value in (("requests", low), ("limits", high))}
    row = instance_type.decode({"metadata": {"name": "x"}, "spec": {"resources": sides}})
    assert row.cpu == shown


def test_an_incomplete_one_is_broken_and_says_how() -> None:
    """One such resource fails the health check of the product (E45006)."""
    row = kind(requests={"cpu": "1"})
    assert (row.health, row.why) == (Health.BAD, "spec.resources.requests.memory: is missing")
    assert instance_type.decode({"metadata": {"name": "x"}, "spec": None}).why == "spec: is missing"


def test_how_many_fit() -> None:
    nodes = [
        node_row("a", labels={"gpu": "v"}, gpus="2", cpu="16", memory="64Gi"),
        node_row("b", labels={"gpu": "v"}, gpus="1", cpu="16", memory="64Gi"),
        node_row("c", cpu="64", memory="256Gi"),
    ]
    busy = pod_row(Box(limits={"nvidia.com/gpu": "1"}), name="busy", node="b")
    row = fits([kind(selector={"gpu": "v"})], nodes, [busy])["gpu"]
    assert (row.nodes, row.matching, row.fitting, row.now, row.empty) == (3, 2, 1, 2, 3)
    assert (row.health, row.why, row.known) == (Health.GOOD, "", True)


@pytest.mark.parametrize(
    ("nodes", "health", "why"),
    [
        ([node_row(gpus="4")], Health.GOOD, ""),
        ([node_row(gpus="0")], Health.WARN, "larger than any node that matches"),
        ([node_row(gpus="4", labels={"gpu": "k"})], Health.WARN, "no node matches"),
        (
            [node_row(gpus="4", taints=[{"key": "sku", "value": "gpu", "effect": "NoSchedule"}])],
            Health.WARN,
            "no node matches",
        ),
        ([node_row(gpus="4", ready="False")], Health.WARN, "no node that matches is ready"),
        ([node_row(gpus="4", cordoned=True)], Health.WARN, "no node that matches is ready"),
        ([node_row("busy", gpus="1")], Health.GOOD, "all taken now"),
        ([], Health.GOOD, ""),
    ],
)
def test_what_it_means_here(nodes: list[NodeRow], health: Health, why: str) -> None:
    selector = {"gpu": "v"} if why == "no node matches" and nodes[0].labels else None
    taken = pod_row(Box(limits={"nvidia.com/gpu": "1"}), name="busy", node="busy")
    row = fits([kind(selector=selector)], nodes, [taken])["gpu"]
    assert (row.health, row.why) == (health, why)


def test_without_pods_nobody_knows_what_is_taken() -> None:
    """A role may list nodes and not pods: then room is not claimed."""
    assert not fits([kind()], [node_row(gpus="4")], [])["gpu"].known
    assert not fits([kind()], [], [OTHER])["gpu"].known
    assert fits([kind()], [node_row("busy", gpus="0")], [])["gpu"].why == "larger than any node that matches"


def test_a_broken_type_stays_broken() -> None:
    assert fits([kind(requests={"cpu": "1"})], [node_row(gpus="4")], [OTHER])["gpu"].health is Health.BAD


def test_the_built_in_default_shows_unless_it_is_replaced() -> None:
    row = fits([], [node_row()], [OTHER])["defaultinstancetype"]
    assert (row.built_in, row.default, row.cpu, row.memory, row.why) == (True, True, "100m/2", "2Gi", "built in")
    own = fits([kind("defaultinstancetype")], [node_row(gpus="1")], [OTHER])["defaultinstancetype"]
    assert (own.built_in, own.default, own.cpu) == (False, True, "4")


@pytest.mark.parametrize(
    ("version", "size"),
    [("1.1.5", "600m 1536Mi"), ("1.1.18", "600m 1536Mi"), ("1.1.19", "100m/2 2Gi"), ("1.2.0", "100m/2 2Gi"), ("",
        "100m/2 2Gi"),
     ("odd", "100m/2 2Gi")],
)  # fmt: skip
def test_the_built_in_size_changed_once(version: str, size: str) -> None:
    row = type_fit.built_in(version)
    assert f"{row.cpu} {row.memory}" == size
    assert row.health is Health.GOOD


@pytest.mark.parametrize(
    ("state", "shown"), [("Succeeded", True), ("Updating", True), ("Failed", False), ("Deleting", False)]
)
def test_the_default_is_there_while_the_product_is(state: str, shown: bool) -> None:
    product = extensions.decode(extension(state=state))
    inputs: dict[str, Any] = {"extensions": {product.key: product}}
    assert bool(list(type_fit.rows(inputs, 0.0))) is shown


def test_without_product_and_types_there_is_no_default() -> None:
    assert list(type_fit.rows({"nodes": {"n1": node_row()}}, 0.0)) == []
    alone: dict[str, Any] = {"instancetypes": {"gpu": kind()}}
    assert [row.name for row in type_fit.rows(alone, 0.0)] == ["gpu", "defaultinstancetype"]


def test_the_extensions_own_selector_narrows_too() -> None:
    nodes = [node_row("a", gpus="1"), node_row("b", gpus="1", labels={"pool.x/ml": "yes"})]
    row = fits([kind()], nodes, [OTHER], settings={"nodeSelector.pool\\.x/ml": "yes"})["gpu"]
    assert (row.matching, row.now) == (1, 1)
