"""Names, labels, owners and finalizers: which are valid, and what is said of those that are not."""

from __future__ import annotations

from typing import Any

import pytest

from tui.demo.kube import names
from tui.demo.kube.registry import BUILT_IN, Resource

BY_NAME = {resource.plural: resource for resource in BUILT_IN}
CUSTOM = Resource("g.io", "v1", "things", "Thing", True, custom=True)


def wrong(resource: Resource, meta: dict[str, Any], old: dict[str, Any] | None = None) -> list[str]:
    return [f"{field}: {sentence}" for _reason, field, sentence in names.of_metadata(resource, meta, old)]


@pytest.mark.parametrize(
    ("plural", "name", "valid"),
    [
        ("pods", "a.b-c", True),
        ("pods", "A", False),
        ("pods", "-a", False),
        ("pods", "a..b", False),
        ("pods", "a" * 253, True),
        ("pods", "a" * 254, False),
        ("namespaces", "a.b", False),
        ("namespaces", "a" * 63, True),
        ("services", "1a", False),
        ("roles", "system:a B", True),
        ("roles", "a/b", False),
        ("pods", "", False),
    ],
)
def test_names(plural: str, name: str, valid: bool) -> None:
    assert (wrong(BY_NAME[plural], {"name": name}) == []) is valid


def test_the_sentence_for_a_bad_name() -> None:
    assert wrong(BY_NAME["pods"], {"name": "Bad_Name"}) == [
        'metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain must consist of lower case '
        "alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. "
        "'example.com', regex used for validation is "
        r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    ]
    assert wrong(BY_NAME["pods"], {}) == ["metadata.name: Required value: name or generateName is required"]


@pytest.mark.parametrize(
    ("labels", "valid"),
    [
        ({"a": "b"}, True),
        ({"a.b/c": ""}, True),
        ({"a": "b c"}, False),
        ({"a": "-b"}, False),
        ({"a b": "c"}, False),
        ({"A.b/c": "d"}, False),
        ({"a": "x" * 64}, False),
    ],
)
def test_labels(labels: dict[str, str], valid: bool) -> None:
    assert (wrong(BY_NAME["pods"], {"name": "a", "labels": labels}) == []) is valid


def test_generated_names_are_valid_and_differ() -> None:
    made = {names.generated("job-") for _ in range(20)}
    assert len(made) == 20
    assert all(wrong(BY_NAME["pods"], {"name": name}) == [] for name in made)
    assert len(names.generated("x" * 100)) == 63


@pytest.mark.parametrize("key", ["a", "a.b/c", "A_b-1.c"])
def test_keys_that_are_good(key: str) -> None:
    assert names.key_problem(key) == ""


@pytest.mark.parametrize("key", ["", "a b", "-a", "a/", "/a", "A.b/c", "x" * 64])
def test_keys_that_are_not(key: str) -> None:
    assert names.key_problem(key)


def test_an_owner_is_named_in_full() -> None:
    meta = {"name": "a", "ownerReferences": [{"kind": "X", "name": "x", "uid": "1", "apiVersion": "v1"}, {"kind": "X"}]}
    assert wrong(BY_NAME["pods"], meta) == [
        f"metadata.ownerReferences[1].{part}: Required value: must not be empty"
        for part in ("apiVersion", "name", "uid")
    ]


@pytest.mark.parametrize(
    ("resource", "name", "valid"),
    [
        (BY_NAME["pods"], "a.b/c", True),
        (BY_NAME["pods"], "foregroundDeletion", True),
        (BY_NAME["pods"], "mine", False),
        (CUSTOM, "mine", True),
        (CUSTOM, "not mine", False),
    ],
)
def test_finalizers(resource: Resource, name: str, valid: bool) -> None:
    assert (wrong(resource, {"name": "a", "finalizers": [name]}) == []) is valid


def test_what_is_being_deleted_gets_no_new_finalizer() -> None:
    old = {"name": "a", "finalizers": ["a.b/c"], "deletionTimestamp": "2024-01-01T00:00:00Z"}
    assert wrong(BY_NAME["pods"], {"finalizers": ["a.b/c"]}, old) == []
    assert wrong(BY_NAME["pods"], {"finalizers": ["a.b/c", "d.e/f"]}, old) == [
        "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new "
        'finalizers []string{"d.e/f"}'
    ]
    assert wrong(BY_NAME["pods"], {"finalizers": ["a.b/c", "d.e/f"]}, {"name": "a"}) == []


def test_the_name_of_what_exists_is_not_looked_at_again() -> None:
    assert wrong(BY_NAME["pods"], {"labels": {"a b": "c"}}, {"name": "a"})[0].startswith("metadata.labels: ")
    assert wrong(BY_NAME["pods"], {}, {"name": "a"}) == []
