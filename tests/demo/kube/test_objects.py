"""The object store: versions rise, history replays to the present, and private copies stay private."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.demo.kube.objects import Compacted, Event, ObjectStore

STEPS = st.lists(st.tuples(st.sampled_from(["create", "change", "delete"]), st.sampled_from("abc")))


def pod(name: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": "ml"}, "spec": {"n": 0}}


def store() -> ObjectStore:
    return ObjectStore(lambda: 0.0)


@given(STEPS)
def test_history_replays_to_the_present(steps: list[tuple[str, str]]) -> None:
    objects, seen, replayed = store(), list[Event](), dict[str, Any]()
    objects.subscribe(seen.append)
    for number, (step, name) in enumerate(steps, 1):
        if step == "create" and objects.get("pods", "ml", name) is None:
            objects.create("pods", pod(name))
        elif step == "change":
            objects.change("pods", "ml", name, lambda o, n=number: o["spec"].update(n=n))  # type: ignore[misc]
        elif step == "delete":
            objects.delete("pods", "ml", name)
    versions = [event.version for event in seen]
    assert versions == sorted(set(versions))
    assert objects.since(1, "pods") == seen
    for event in seen:
        name = event.object["metadata"]["name"]
        replayed[name] = event.object
        if event.type == "DELETED":
            del replayed[name]
    assert [replayed[name] for name in sorted(replayed)] == objects.list("pods")


def test_many_objects_are_adopted_as_they_are_and_their_parts_stay_shared_and_unharmed() -> None:
    objects, seen, spec = store(), list[Event](), {"n": 0}
    objects.subscribe(seen.append)
    many = [{"metadata": {"name": name, "namespace": "ml"}, "spec": spec} for name in "cab"]
    objects.adopt("pods", iter(many))
    assert [event.object["metadata"]["name"] for event in seen] == ["c", "a", "b"]
    assert {event.manager for event in seen} == {"arcdeck-demo"}
    for name, made in zip("cab", many, strict=True):
        held = objects.held("pods", ("ml", name))
        assert held is not None
        assert held[0] is made, "no copy"
        meta = made["metadata"]
        assert (meta["generation"], meta["creationTimestamp"]) == (1, "1970-01-01T00:00:00Z")
        assert meta["uid"]
    objects.change("pods", "ml", "a", lambda obj: obj["spec"].update(n=1))
    assert [obj["spec"]["n"] for obj in objects.list("pods")] == [1, 0, 0]
    assert spec == {"n": 0}
    with pytest.raises(ValueError, match="already exists"):
        objects.adopt("pods", [pod("b")])


def test_a_change_that_changes_nothing_writes_nothing() -> None:
    objects = store()
    objects.create("pods", pod("a"))
    before = objects.version
    objects.change("pods", "ml", "a", lambda o: o["metadata"].update(uid="forged"))
    assert objects.version == before


@pytest.mark.parametrize(("status", "generation", "n"), [(False, 2, 7), (True, 1, 0)])
def test_status_writes_leave_the_desired_state(status: bool, generation: int, n: int) -> None:
    objects = store()
    objects.create("pods", pod("a"))

    def edit(obj: dict[str, Any]) -> None:
        obj["spec"]["n"], obj["status"] = 7, {"phase": "Running"}

    changed = objects.change("pods", "ml", "a", edit, status=status)
    assert changed is not None
    assert (changed["metadata"]["generation"], changed["spec"]["n"]) == (generation, n)
    assert changed["status"] == {"phase": "Running"}


def test_copies_are_private_and_names_unique() -> None:
    objects = store()
    objects.create("pods", pod("a"))["spec"]["n"] = 9
    objects.list("pods")[0]["spec"]["n"] = 9
    assert objects.get("pods", "ml", "a")["spec"]["n"] == 0  # type: ignore[index]
    with pytest.raises(ValueError, match="exists"):
        objects.create("pods", pod("a"))


def test_compacted_history_is_refused() -> None:
    objects = store()
    objects.create("pods", pod("a"))
    objects.compact()
    assert objects.since(objects.version, "pods") == []
    assert objects.before("pods", objects.version) == {}
    for ask in (lambda: objects.since(1, "pods"), lambda: objects.before("pods", 1)):
        with pytest.raises(Compacted):
            ask()


@given(STEPS, st.integers(0, 30))
def test_the_past_can_be_had_back(steps: list[tuple[str, str]], at: int) -> None:
    objects, states = store(), dict[int, list[dict[str, Any]]]()
    states[objects.version] = []
    for number, (step, name) in enumerate(steps, 1):
        if step == "create" and objects.get("pods", "ml", name) is None:
            objects.create("pods", pod(name))
        elif step == "change":
            objects.change("pods", "ml", name, lambda o, n=number: o["spec"].update(n=n))  # type: ignore[misc]
        elif step == "delete":
            objects.delete("pods", "ml", name)
        states[objects.version] = objects.list("pods")
    version = sorted(states)[at % len(states)]
    then = objects.before("pods", version)
    now = {key: objects.held("pods", key) for key in objects.keys("pods")}
    past = {key: held[0] for key, held in now.items() if held is not None} | then
    assert [past[key] for key in sorted(past) if past[key] is not None] == states[version]


def test_keys_of_a_namespace_are_those_and_no_others() -> None:
    objects = store()
    for namespace in ("a", "ab", "b", "a-b"):
        for name in ("y", "x"):
            objects.create("pods", {"metadata": {"name": name, "namespace": namespace}})
    assert objects.keys("pods", "a") == [("a", "x"), ("a", "y")]
    assert objects.keys("pods") == sorted(objects.keys("pods"))
    objects.delete("pods", "a", "x")
    assert objects.keys("pods", "a") == [("a", "y")]
