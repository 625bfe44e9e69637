"""Server-side apply: who owns what, conflicts, force, giving up; and that it settles."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.demo.kube.test_fields import CUSTOM
from tui.demo.kube import apply, fields
from tui.demo.kube.json_patch import copied
from tui.demo.kube.status import StatusError

AT, LATER = "2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z"
Body = dict[str, Any]


def body(**spec: Any) -> Body:
    return {"apiVersion": "x/v1", "kind": "X", "metadata": {"name": "n"}, "spec": spec}


def put(live: Body | None, wanted: Body, manager: str, *, force: bool = False, at: str = AT) -> Body:
    return apply.apply(live, copied(wanted), CUSTOM, (manager, "Apply", ""), force=force, at=at)


def write(old: Body | None, new: Body, manager: str, at: str = AT) -> Body:
    new = copied(new)
    new["metadata"].update(copied((old or {}).get("metadata", {})))
    apply.updated(old, new, CUSTOM, (manager, "Update", ""), at)
    return new


def owned(obj: Body, manager: str) -> set[str]:
    return {
        fields.spelt(path) for who, paths in apply.owners_of(obj).items() if who[0] == manager for path in paths
    }  # fmt: skip


def test_the_first_apply_owns_what_it_says() -> None:
    made = put(None, body(size={"cpu": "1"}), "one")
    assert owned(made, "one") == {".spec.size.cpu"}
    entry = made["metadata"]["managedFields"][0]
    assert (entry["operation"], entry["apiVersion"], entry["time"]) == ("Apply", "x/v1", AT)


def test_another_value_is_a_conflict_that_names_the_other() -> None:
    made = put(None, body(size={"cpu": "1", "mem": "1"}), "one")
    with pytest.raises(StatusError) as refused:
        put(made, body(size={"cpu": "2"}), "two")
    error = refused.value.body()
    assert (error["code"], error["reason"]) == (409, "Conflict")
    assert error["message"] == 'Apply failed with 1 conflict: conflict with "one": .spec.size.cpu'
    assert error["details"]["causes"] == [
        {"reason": "FieldManagerConflict", "message": 'conflict with "one"', "field": ".spec.size.cpu"}
    ]


def test_several_conflicts_are_listed_by_manager() -> None:
    made = write(put(None, body(size={"cpu": "1"}), "one"), body(size={"cpu": "1", "mem": "1"}), "kubectl")
    with pytest.raises(StatusError) as refused:
        put(made, body(size={"cpu": "2", "mem": "2"}), "two")
    assert refused.value.message == (
        "Apply failed with 2 conflicts: "
        'conflicts with "kubectl" using x/v1:\n- .spec.size.mem\nconflicts with "one":\n- .spec.size.cpu'
    )


def test_force_takes_the_field_over() -> None:
    made = put(None, body(size={"cpu": "1", "mem": "1"}), "one")
    taken = put(made, body(size={"cpu": "2"}), "two", force=True)
    assert taken["spec"] == {"size": {"cpu": "2", "mem": "1"}}
    assert (owned(taken, "one"), owned(taken, "two")) == ({".spec.size.mem"}, {".spec.size.cpu"})


def test_the_same_value_is_shared_and_stays_until_the_last_owner_gives_it_up() -> None:
    made = put(put(None, body(size={"cpu": "1"}), "one"), body(size={"cpu": "1"}), "two")
    assert owned(made, "one") == owned(made, "two") == {".spec.size.cpu"}
    half = put(made, body(), "one")
    assert half["spec"]["size"] == {"cpu": "1"}
    assert put(half, body(), "two")["spec"] == {}


def test_giving_up_takes_items_out_but_not_those_of_others() -> None:
    made = put(None, body(rules=[{"name": "a", "value": "1"}, {"name": "b", "value": "1"}]), "one")
    made = put(made, body(rules=[{"name": "b"}]), "two")
    left = put(made, body(tags=["x"]), "one")
    assert left["spec"] == {"rules": [{"name": "b"}], "tags": ["x"]}
    assert put(left, body(), "two")["spec"] == {"tags": ["x"]}


def test_an_object_without_owners_counts_as_owned_before_the_first_apply() -> None:
    live = body(size={"cpu": "1"})
    with pytest.raises(StatusError, match=r'conflict with "before-first-apply" using x/v1: .spec.size.cpu'):
        put(live, body(size={"cpu": "2"}), "one")
    assert owned(put(live, body(size={"cpu": "1"}), "one"), "before-first-apply") == {".spec.size.cpu"}


def test_a_plain_write_owns_what_it_changes_and_others_lose_it() -> None:
    made = put(None, body(size={"cpu": "1", "mem": "1"}, tags=["x"]), "one")
    changed = write(made, body(size={"cpu": "2", "mem": "1"}), "editor", LATER)
    assert (owned(changed, "one"), owned(changed, "editor")) == ({".spec.size.mem"}, {".spec.size.cpu"})
    times = {entry["manager"]: entry["time"] for entry in changed["metadata"]["managedFields"]}
    assert times == {"one": AT, "editor": LATER}


def test_a_write_that_changes_nothing_changes_no_owners() -> None:
    made = put(None, body(size={"cpu": "1"}), "one")
    assert apply.same(made, write(made, body(size={"cpu": "1"}), "editor", LATER))


def test_what_kubectl_applied_from_the_client_is_its_own_while_nobody_changed_it() -> None:
    live = body(size={"cpu": "1", "mem": "1"})
    live["metadata"]["annotations"] = {
        "kubectl.kubernetes.io/last-applied-configuration": '{"spec":{"size":{"cpu":"1","mem":"2"}}}'
    }
    mine = apply.last_applied(live, CUSTOM, ("kubectl", "Apply", ""))
    assert [fields.spelt(path) for path in mine] == [".spec.size.cpu"]
    assert apply.last_applied(live, CUSTOM, ("other", "Apply", "")) == frozenset()
    live["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": "[1"}
    assert apply.last_applied(live, CUSTOM, ("kubectl", "Apply", "")) == frozenset()
    taken = apply.apply(
        live, body(size={"cpu": "9"}), CUSTOM, ("kubectl", "Apply", ""), force=False, at=AT, allowed=mine
    )
    assert taken["spec"]["size"]["cpu"] == "9"


def test_status_is_another_entry_of_the_same_manager() -> None:
    made = put(None, body(size={"cpu": "1"}), "one")
    new = {**copied(made), "status": {"phase": "x"}}
    apply.updated(made, new, CUSTOM, ("one", "Update", "status"), AT)
    assert {(e["manager"], e["operation"], e.get("subresource")) for e in new["metadata"]["managedFields"]} == {
        ("one", "Apply", None), ("one", "Update", "status"),
    }  # fmt: skip


SIZES = st.dictionaries(st.sampled_from(["cpu", "mem", "gpu"]), st.sampled_from("123"), min_size=1, max_size=3)
RULES = st.lists(st.sampled_from("abc"), unique=True, min_size=1, max_size=3).map(
    lambda names: [{"name": n, "value": n} for n in names]
)
SPECS = st.fixed_dictionaries({}, optional={"size": SIZES, "rules": RULES, "list": st.lists(st.sampled_from("pq"))})
MANAGERS = st.sampled_from(["one", "two", "three"])


@given(st.lists(st.tuples(MANAGERS, SPECS), min_size=1, max_size=6))
def test_after_forced_applies_the_object_is_what_its_owners_want(writes: list[tuple[str, Body]]) -> None:
    live: Body | None = None
    for manager, spec in writes:
        live = put(live, body(**spec), manager, force=True)
        there = fields.flat(live, CUSTOM)
        for path, value in fields.flat(body(**spec), CUSTOM).items():
            assert there.get(path) == value or value in ({}, [])
        owners = apply.owners_of(live)
        every = frozenset[fields.Path]().union(*owners.values())
        assert {path for path, value in there.items() if value not in ({}, [])} <= every
        assert owners.get((manager, "Apply", ""), frozenset()) == fields.flat(body(**spec), CUSTOM).keys()


@given(st.lists(st.tuples(MANAGERS, SPECS), max_size=4), MANAGERS, SPECS)
def test_applying_again_changes_nothing(before: list[tuple[str, Body]], manager: str, spec: Body) -> None:
    live: Body | None = None
    for each, earlier in before:
        live = put(live, body(**earlier), each, force=True)
    once = put(live, body(**spec), manager, force=True)
    assert put(once, body(**spec), manager, at=LATER) == once


@given(st.lists(st.tuples(MANAGERS, SPECS), max_size=3), MANAGERS, SPECS)
def test_without_force_it_either_conflicts_or_agrees_with_force(
    before: list[tuple[str, Body]], manager: str, spec: Body
) -> None:
    live: Body | None = None
    for each, earlier in before:
        live = put(live, body(**earlier), each, force=True)
    forced = put(live, body(**spec), manager, force=True)
    others = {path for who, paths in apply.owners_of(live or {}).items() if who[0] != manager for path in paths}
    there, wanted = fields.flat(live or body(), CUSTOM), fields.flat(body(**spec), CUSTOM)
    disputed = {path for path in others & wanted.keys() if wanted[path] != {} and there.get(path) != wanted[path]}
    if disputed:
        with pytest.raises(StatusError) as refused:
            put(live, body(**spec), manager)
        assert {cause["field"] for cause in refused.value.details["causes"]} == set(map(fields.spelt, disputed))
    else:
        assert put(live, body(**spec), manager) == forced


def test_a_map_that_is_new_belongs_to_who_made_it_beside_what_is_in_it() -> None:
    made = write({}, body(size={"cpu": "1"}), "one")
    assert owned(made, "one") == {".spec", ".spec.size", ".spec.size.cpu"}
    assert made["metadata"]["managedFields"][0]["fieldsV1"] == {
        "f:spec": {".": {}, "f:size": {".": {}, "f:cpu": {}}},
    }  # fmt: skip
    more = write(made, body(size={"cpu": "1", "mem": "2"}), "two")
    assert owned(more, "two") == {".spec.size.mem"}


def test_nobody_owns_what_is_always_there() -> None:
    made = write({"spec": {}}, body(size={"cpu": "1"}), "one")
    assert owned(made, "one") == {".spec.size", ".spec.size.cpu"}
    assert "managedFields" not in write({"spec": {}}, body(), "one")["metadata"]


def test_who_says_the_same_has_changed_nothing_and_comes_first() -> None:
    made = put(None, body(size={"cpu": "1"}), "one")
    shared = put(made, body(size={"cpu": "1"}), "two", at=LATER)
    entries = shared["metadata"]["managedFields"]
    assert [(entry["manager"], entry.get("time")) for entry in entries] == [("two", None), ("one", AT)]


def test_appliers_come_before_others_and_the_older_before_the_newer() -> None:
    made = write({}, body(size={"cpu": "1"}), "zed")
    made = put(made, body(size={"mem": "1"}), "new", at=LATER)
    entries = [(entry["manager"], entry["operation"]) for entry in made["metadata"]["managedFields"]]
    assert entries == [("new", "Apply"), ("zed", "Update")]


def test_a_list_of_which_nothing_is_known_is_one_thing() -> None:
    made = put(None, body(anything=[1, {"a": 2}]), "one")
    with pytest.raises(StatusError) as refused:
        put(made, body(anything=[1]), "two")
    assert refused.value.body()["details"]["causes"][0]["field"].startswith(".spec.anything")
