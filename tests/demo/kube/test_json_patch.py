"""RFC 6902: the cases of its appendix, and what holds for any document."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.demo.kube.json_patch import copied, json_patch
from tui.demo.kube.status import StatusError

Ops = list[dict[str, Any]]
NAMES = st.sampled_from(["a", "b", "~c", "d/e", ""])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("xy", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("document", "operations", "result"),
    [
        pytest.param({"foo": "bar"}, [{"op": "add", "path": "/baz", "value": "qux"}],
                     {"baz": "qux", "foo": "bar"}, id="A1"),
        pytest.param({"foo": ["bar", "baz"]}, [{"op": "add", "path": "/foo/1", "value": "qux"}],
                     {"foo": ["bar", "qux", "baz"]}, id="A2"),
        pytest.param({"baz": "qux", "foo": "bar"}, [{"op": "remove", "path": "/baz"}], {"foo": "bar"}, id="A3"),
        pytest.param({"foo": ["bar", "qux", "baz"]}, [{"op": "remove", "path": "/foo/1"}],
                     {"foo": ["bar", "baz"]}, id="A4"),
        pytest.param({"baz": "qux", "foo": "bar"}, [{"op": "replace", "path": "/baz", "value": "boo"}],
                     {"baz": "boo", "foo": "bar"}, id="A5"),
        pytest.param({"foo": {"bar": "baz", "waldo": "fred"}, "qux": {"corge": "grault"}},
                     [{"op": "move", "from": "/foo/waldo", "path": "/qux/thud"}],
                     {"foo": {"bar": "baz"}, "qux": {"corge": "grault", "thud": "fred"}}, id="A6"),
        pytest.param({"foo": ["all", "grass", "cows", "eat"]}, [{"op": "move", "from": "/foo/1", "path": "/foo/3"}],
                     {"foo": ["all", "cows", "eat", "grass"]}, id="A7"),
        pytest.param({"baz": "qux", "foo": ["a", 2, "c"]}, [{"op": "test", "path": "/baz", "value": "qux"},
                     {"op": "test", "path": "/foo/1", "value": 2}], {"baz": "qux", "foo": ["a", 2, "c"]}, id="A8"),
        pytest.param({"foo": "bar"}, [{"op": "add", "path": "/child", "value": {"grandchild": {}}}],
                     {"foo": "bar", "child": {"grandchild": {}}}, id="A10"),
        pytest.param({"foo": "bar"}, [{"op": "add", "path": "/baz", "value": "qux", "xyz": 123}],
                     {"foo": "bar", "baz": "qux"}, id="A11"),
        pytest.param({"/": 9, "~1": 10}, [{"op": "test", "path": "/~01", "value": 10}], {"/": 9, "~1": 10}, id="A14"),
        pytest.param({"foo": ["bar"]}, [{"op": "add", "path": "/foo/-", "value": ["abc", "def"]}],
                     {"foo": ["bar", ["abc", "def"]]}, id="A16"),
        pytest.param({"a": 1}, [{"op": "copy", "from": "/a", "path": "/b"}], {"a": 1, "b": 1}, id="copy"),
        pytest.param({"a": 1}, [{"op": "replace", "path": "", "value": [2]}], [2], id="whole"),
        pytest.param({"a": None}, [{"op": "test", "path": "/a", "value": None}], {"a": None}, id="null"),
    ],
)  # fmt: skip
def test_cases_of_the_appendix(document: Any, operations: Ops, result: Any) -> None:
    before = copied(document)
    assert json_patch(document, operations) == result
    assert document == before


@pytest.mark.parametrize(
    ("document", "operation"),
    [
        pytest.param({"baz": "qux"}, {"op": "test", "path": "/baz", "value": "bar"}, id="A9"),
        pytest.param({"foo": "bar"}, {"op": "add", "path": "/baz/bat", "value": "qux"}, id="A12"),
        pytest.param({"/": 9, "~1": 10}, {"op": "test", "path": "/~01", "value": "10"}, id="A15"),
        pytest.param({"a": 1}, {"op": "test", "path": "/a", "value": True}, id="true is not one"),
        pytest.param({"a": [1]}, {"op": "remove", "path": "/a/1"}, id="behind the end"),
        pytest.param({"a": [1]}, {"op": "remove", "path": "/a/-1"}, id="no negative index"),
        pytest.param({"a": [1]}, {"op": "replace", "path": "/a/00", "value": 2}, id="no leading zero"),
        pytest.param({"a": 1}, {"op": "remove", "path": "/b"}, id="not there"),
        pytest.param({"a": [1]}, {"op": "replace", "path": "/a/1", "value": 1}, id="replace needs an item"),
        pytest.param({"a": {}}, {"op": "replace", "path": "/b/c", "value": 1}, id="replace needs a parent"),
        pytest.param({"a": {"b": 1}}, {"op": "move", "from": "/a", "path": "/a/b/c"}, id="into itself"),
        pytest.param({"a": 1}, {"op": "jump", "path": "/a"}, id="unknown"),
        pytest.param({"a": 1}, {"op": "add", "path": "a", "value": 1}, id="no slash"),
        pytest.param({"a": 1}, {"op": "add", "path": "/b"}, id="no value"),
    ],
)
def test_an_operation_that_does_not_apply_is_refused(document: Any, operation: dict[str, Any]) -> None:
    with pytest.raises(StatusError) as refused:
        json_patch(document, [{"op": "add", "path": "/new", "value": 1}, operation])
    assert (refused.value.code, refused.value.details) == (422, {})
    assert refused.value.message == "the server rejected our request due to an error in our request"
    assert "new" not in document


def test_a_field_that_is_not_there_is_replaced_all_the_same() -> None:
    assert json_patch({"a": 1}, [{"op": "replace", "path": "/b", "value": 2}]) == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("operations", "message"),
    [
        ({}, "cannot unmarshal object into Go value of type []handlers.jsonPatchOp"),
        (["x"], "cannot unmarshal string into Go value of type handlers.jsonPatchOp"),
        ([1], "cannot unmarshal number into Go value of type handlers.jsonPatchOp"),
    ],
)
def test_what_is_no_list_of_operations_is_a_bad_request(operations: Any, message: str) -> None:
    with pytest.raises(StatusError) as refused:
        json_patch({}, operations)
    assert refused.value.code == 400
    assert message in refused.value.message


def pointer(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1")


@given(st.dictionaries(NAMES, JSON, max_size=4), NAMES, JSON)
def test_add_then_remove_is_nothing(document: dict[str, Any], name: str, value: Any) -> None:
    path = pointer(name)
    added = json_patch(document, [{"op": "add", "path": path, "value": value}])
    assert json_patch(added, [{"op": "test", "path": path, "value": value}]) == added
    without = {key: part for key, part in document.items() if key != name}
    assert json_patch(added, [{"op": "remove", "path": path}]) == without


@given(st.dictionaries(NAMES, JSON, min_size=1, max_size=4), st.data())
def test_move_is_remove_and_add(document: dict[str, Any], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(document)))
    moved = json_patch(document, [{"op": "move", "from": pointer(name), "path": "/new"}])
    assert moved == {**{key: part for key, part in document.items() if key != name}, "new": document[name]}
