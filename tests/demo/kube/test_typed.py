"""Objects that cannot be applied, as they do not have the form of their type."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo.kube.town import DEFINITION
from tui.demo.kube.schema import Schema
from tui.demo.kube.typed import untyped

TYPE = Schema(DEFINITION["spec"]["versions"][0]["schema"]["openAPIV3Schema"])


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"nodeSelector": {"a": "b"}, "weight": 1.5, "rules": [{"name": "a"}, {"name": "b"}]}, []),
        ("gpu", [".spec: expected map, got &{gpu}"]),
        ({"nodeSelector": []}, [".spec.nodeSelector: expected map, got &{[]}"]),
        ({"rules": {}}, [".spec.rules: expected list, got &{map[]}"]),
        ({"tier": 5}, [".spec.tier: expected string, got &value.valueUnstructured{Value:5}"]),
        ({"weight": "x"}, [".spec.weight: expected numeric (int or float), got string"]),
        ({"weight": True}, [".spec.weight: expected numeric (int or float), got bool"]),
        ({"resources": {"limits": {"cpu": [1]}}}, []),
        ({"rules": [{"name": "a"}, {"name": "a"}]}, ['.spec.rules: duplicate entries for key [name="a"]']),
        ({"tier": 5, "weight": "x"}, [
            ".spec.tier: expected string, got &value.valueUnstructured{Value:5}",
            ".spec.weight: expected numeric (int or float), got string",
        ]),
    ],
)  # fmt: skip
def test_what_is_refused_before_any_validation(spec: Any, said: list[str]) -> None:
    assert list(untyped({"spec": spec}, TYPE)) == said
