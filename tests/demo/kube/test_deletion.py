"""How objects go: grace, finalizers, dependents, namespaces, definitions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo.kube import town
from tui.demo.kube.deletion import Deletion
from tui.demo.kube.objects import ObjectStore, timestamp

PODS, DEPLOYMENTS, SETS = "pods", "deployments.apps", "replicasets.apps"


class Scene:
    """A store, two clocks and the deletion of both."""

    def __init__(self) -> None:
        self.clock, self.real = town.Clock(), town.Clock(0.0)
        self.objects = ObjectStore(self.clock)
        self.deletion = Deletion(self.objects, self.clock, stops=2.0, real=self.real)

    def put(self, resource: str, name: str, owner: dict[str, Any] | None = None, **meta: Any) -> dict[str, Any]:
        body = town.pod(name) if resource == PODS else {"metadata": town.meta(name, "azureml")}
        references = (
            [{"kind": "X", "name": owner["metadata"]["name"], "uid": owner["metadata"]["uid"]}] if owner else []
        )
        body["metadata"] |= {**meta, **({"ownerReferences": references} if references else {})}
        return self.objects.create(resource, body)

    def meta(self, resource: str, name: str) -> dict[str, Any] | None:
        found = self.objects.get(resource, "azureml", name)
        return found["metadata"] if found else None

    def delete(self, resource: str, name: str, **more: Any) -> dict[str, Any] | None:
        return self.deletion.delete(resource, ("azureml", name), **more)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_pod_is_terminating_until_its_containers_have_stopped(scene: Scene) -> None:
    scene.put(PODS, "a")
    left = scene.delete(PODS, "a")
    assert left is not None
    assert left["metadata"]["deletionTimestamp"] == timestamp(town.START + 30)
    assert left["metadata"]["deletionGracePeriodSeconds"] == 30
    scene.clock.now += 1.9
    scene.deletion.reap()
    assert scene.meta(PODS, "a") is not None
    scene.clock.now += 0.2
    scene.deletion.reap()
    assert scene.meta(PODS, "a") is None


def test_in_a_frozen_cluster_real_time_counts(scene: Scene) -> None:
    scene.put(PODS, "a")
    scene.delete(PODS, "a")
    scene.real.now += 2.1
    scene.deletion.reap()
    assert scene.meta(PODS, "a") is None


@pytest.mark.parametrize(
    ("change", "grace"),
    [({}, 0), ({"status": {"phase": "Succeeded"}}, None), ({"spec": {"containers": []}}, None)],
    ids=["no grace", "ended", "on no node"],
)
def test_pods_that_go_at_once(scene: Scene, change: dict[str, Any], grace: int | None) -> None:
    scene.objects.create(PODS, {**town.pod("a"), **change})
    assert scene.delete(PODS, "a", grace=grace) is None
    assert scene.meta(PODS, "a") is None


def test_grace_can_be_shortened_later_but_not_prolonged(scene: Scene) -> None:
    scene.put(PODS, "a")
    scene.delete(PODS, "a", grace=20)
    longer = scene.delete(PODS, "a", grace=25)
    assert longer is not None
    assert longer["metadata"]["deletionGracePeriodSeconds"] == 20
    assert longer["metadata"]["deletionTimestamp"] == timestamp(town.START + 20)
    assert longer["metadata"]["generation"] == 2
    assert scene.delete(PODS, "a", grace=0) is None


def test_finalizers_hold_an_object_until_they_are_gone(scene: Scene) -> None:
    scene.put("configmaps", "a", finalizers=["x/y"])
    left = scene.delete("configmaps", "a")
    assert left is not None
    assert left["metadata"]["deletionTimestamp"] == timestamp(town.START)
    scene.deletion.reap()
    assert scene.meta("configmaps", "a") is not None
    scene.objects.change("configmaps", "azureml", "a", lambda o: o["metadata"].update(finalizers=[]))
    scene.deletion.settle("configmaps", ("azureml", "a"))
    assert scene.meta("configmaps", "a") is None


def test_dependents_follow_in_the_background(scene: Scene) -> None:
    top = scene.put(DEPLOYMENTS, "d")
    middle = scene.put(SETS, "s", top)
    scene.put(PODS, "p", middle)
    other = scene.put(DEPLOYMENTS, "other")
    scene.put(SETS, "kept", other)
    assert scene.delete(DEPLOYMENTS, "d") is None
    pod = scene.meta(PODS, "p")
    assert (scene.meta(SETS, "s"), pod and pod["deletionGracePeriodSeconds"]) == (None, 30)
    assert scene.meta(SETS, "kept") is not None
    scene.clock.now += 3
    scene.deletion.reap()
    assert scene.meta(PODS, "p") is None


def test_in_the_foreground_the_owner_goes_last(scene: Scene) -> None:
    top = scene.put(DEPLOYMENTS, "d")
    scene.put(PODS, "p", scene.put(SETS, "s", top))
    left = scene.delete(DEPLOYMENTS, "d", policy="Foreground")
    assert left is not None
    assert left["metadata"]["finalizers"] == ["foregroundDeletion"]
    assert scene.meta(DEPLOYMENTS, "d") is not None
    scene.clock.now += 3
    scene.deletion.reap()
    assert [scene.meta(DEPLOYMENTS, "d"), scene.meta(SETS, "s"), scene.meta(PODS, "p")] == [None, None, None]


def test_orphans_stay_without_their_owner(scene: Scene) -> None:
    scene.put(SETS, "s", scene.put(DEPLOYMENTS, "d"))
    left = scene.delete(DEPLOYMENTS, "d", policy="Orphan")
    assert left is not None
    assert (left["metadata"]["finalizers"], scene.meta(DEPLOYMENTS, "d")) == (["orphan"], None)
    orphan = scene.meta(SETS, "s")
    assert orphan is not None
    assert orphan["ownerReferences"] == []


def test_an_object_with_another_owner_left_stays(scene: Scene) -> None:
    one, two = scene.put(DEPLOYMENTS, "one"), scene.put(DEPLOYMENTS, "two")
    body: dict[str, Any] = {"metadata": town.meta("s", "azureml")}
    body["metadata"]["ownerReferences"] = [{"uid": one["metadata"]["uid"]}, {"uid": two["metadata"]["uid"]}]
    scene.objects.create(SETS, body)
    scene.delete(DEPLOYMENTS, "one")
    assert scene.meta(SETS, "s") is not None


def test_a_namespace_goes_when_it_is_empty(scene: Scene) -> None:
    scene.objects.create("namespaces", {"metadata": {"name": "azureml"}, "status": {"phase": "Active"}})
    scene.put(PODS, "a")
    scene.put("configmaps", "c")
    left = scene.deletion.delete("namespaces", ("", "azureml"))
    assert left is not None
    assert left["status"]["phase"] == "Terminating"
    assert scene.meta("configmaps", "c") is None
    scene.clock.now += 3
    scene.deletion.reap()
    assert scene.objects.get("namespaces", None, "azureml") is None


def test_a_definition_takes_its_objects_with_it(scene: Scene) -> None:
    scene.objects.create(town.CRD, town.DEFINITION)
    scene.objects.create(town.TYPES, town.instance_type("a"))
    left = scene.deletion.delete(town.CRD, ("", town.TYPES))
    assert left is not None
    assert left["metadata"]["finalizers"] == ["customresourcecleanup.apiextensions.k8s.io"]
    assert (scene.objects.list(town.TYPES), scene.objects.list(town.CRD)) == ([], [])


def test_a_new_object_of_the_same_name_is_left_alone(scene: Scene) -> None:
    scene.put(PODS, "a")
    scene.delete(PODS, "a")
    scene.objects.delete(PODS, "azureml", "a")
    scene.put(PODS, "a")
    scene.clock.now += 60
    scene.deletion.reap()
    assert scene.meta(PODS, "a") is not None
