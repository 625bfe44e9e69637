"""Pods of other teams: as many as asked for, of real size, on nodes that can hold them, coming and going."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo.world.stand import Rows, Stand


@pytest.fixture(scope="module")
def stand() -> Stand:
    return Stand(1, pods=600)


@pytest.fixture(scope="module")
def rows(stand: Stand) -> Rows:
    return stand.rows()


def crowd(rows: Rows) -> list[Any]:
    return [pod for pod in rows["pods"].values() if pod.namespace.startswith("team-")]


def test_there_are_as_many_as_asked_for(stand: Stand, rows: Rows) -> None:
    assert len(crowd(rows)) == 600
    sizes = [
        len(text) for namespace in ("team-search", "team-billing") for text in stand.objects.encoded("pods", namespace)
    ]
    assert len(sizes) == 600
    assert 9_000 < sum(sizes) / len(sizes) < 13_000


def test_no_mark_of_the_pattern_is_left(stand: Stand) -> None:
    for text in stand.objects.encoded("pods", "team-search"):
        assert b"@" not in text
        assert b"2000-01-01" not in text


def test_the_nodes_hold_them_and_take_no_job(rows: Rows) -> None:
    shared = [node for node in rows["nodes"].values() if node.pool == "shared"]
    assert len(shared) == 6
    for node in shared:
        used = [pod for pod in rows["pods"].values() if pod.node == node.name]
        assert len(used) <= node.pods
        assert sum(pod.requests.memory for pod in used) <= node.allocatable.memory
    assert rows["types"]["defaultinstancetype"].fitting == 9


def test_most_are_well_and_a_few_are_not(rows: Rows) -> None:
    statuses = [pod.status for pod in crowd(rows)]
    assert statuses.count("Running") > 560
    assert {"CrashLoopBackOff", "Completed", "ImagePullBackOff"} <= set(statuses)


def test_they_belong_to_replica_sets_that_are_there(stand: Stand) -> None:
    for namespace, name in stand.objects.keys("pods", "team-search"):
        held = stand.objects.held("pods", (namespace, name))
        assert held is not None
        [reference] = held[0]["metadata"]["ownerReferences"]
        owner = stand.objects.get("replicasets.apps", namespace, reference["name"])
        assert owner is not None
        assert owner["metadata"]["uid"] == reference["uid"]


def test_they_come_and_go_one_at_a_time() -> None:
    stand = Stand(1, pods=60)
    before = set(stand.objects.keys("pods", "team-search"))
    stand.go(60.5)
    after = set(stand.objects.keys("pods", "team-search"))
    assert len(after) == 60
    assert 8 <= len(after - before) <= 12
    new = [pod for pod in stand.pods("team-search") if (pod.namespace, pod.name) in after - before]
    assert {pod.status for pod in new} == {"ContainerCreating", "Running"}
