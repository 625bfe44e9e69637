"""Resource ids, taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.demo.arm.cloud import ARC, EXT, GROUP, RELAY, SUB, WORKSPACE
from tui.demo.arm import places


def test_an_extension_is_upon_a_cluster() -> None:
    place = places.parse(EXT)
    assert (place.subscription, place.group, place.scope) == (SUB, "ml-Edge", ARC)
    assert (place.type, place.name, place.parent) == (
        "microsoft.kubernetesconfiguration/extensions",
        "amlarc-compute",
        ARC,
    )
    assert (place.is_resource, place.is_top) == (True, False)


def test_a_compute_is_inside_a_workspace() -> None:
    place = places.parse(f"{WORKSPACE}/computes/edge/")
    assert (place.parent, place.is_top, place.names) == (WORKSPACE, False, ("vision", "edge"))
    collection = places.parse(f"{WORKSPACE}/computes")
    assert (collection.parent, collection.is_resource, collection.name) == (WORKSPACE, False, "vision")


@pytest.mark.parametrize(
    "path", ["", "/", "//", "/subscriptions", "/subscriptions/x/providers", "/providers/a", "junk"]
)
def test_what_names_nothing_gives_empty_parts(path: str) -> None:
    place = places.parse(path)
    assert not place.is_resource
    assert place.types == ()


@given(st.text(alphabet="ab/PROVIDERSproviders", max_size=60))
def test_any_text_is_taken_apart_and_is_its_own_normal_form(text: str) -> None:
    place = places.parse(text)
    again = places.parse(place.path)
    assert again == place
    assert places.parse(place.path.upper()).key == place.key


def test_descriptions_alternate_types_and_names() -> None:
    place = places.parse(f"{RELAY}/hybridConnections/edge-01")
    assert place.described() == "Microsoft.Relay/namespaces/edge01relay/hybridConnections/edge-01"
    assert places.parse(GROUP).parent == GROUP
