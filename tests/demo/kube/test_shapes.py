"""Other forms of an object: as an item of a list, in another version, its metadata."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tui.demo.kube import shapes
from tui.demo.kube.registry import Resource

PODS = Resource("", "v1", "pods", "Pod", True)
THINGS = Resource("g.io", "v1", "things", "Thing", True, custom=True)
META: dict[str, Any] = {"name": "a", "namespace": "n"}


@pytest.mark.parametrize(
    "body",
    [
        {"apiVersion": "v1", "kind": "Pod", "metadata": META},
        {"kind": "Pod", "apiVersion": "v1", "metadata": META},
        {"metadata": META, "apiVersion": "v1", "kind": "Pod"},
        {"metadata": META},
    ],
)
def test_an_item_of_a_built_in_kind_does_not_say_what_the_list_says(body: dict[str, Any]) -> None:
    data = msgspec.json.encode(body)
    assert msgspec.json.decode(shapes.item(PODS, body, data)) == {"metadata": META}
    assert shapes.headless(PODS, body) == {"metadata": META}


def test_an_item_of_a_custom_kind_says_it_in_the_version_of_the_list() -> None:
    body = {"apiVersion": "g.io/v1beta1", "kind": "Thing", "metadata": META}
    item = msgspec.json.decode(shapes.item(THINGS, body, msgspec.json.encode(body)))
    assert item == {**body, "apiVersion": "g.io/v1"}
    assert shapes.headless(THINGS, body) == body
