"""RBAC decisions: what a view-only identity may and may not do."""

from __future__ import annotations

import pytest

from tui.demo.kube.access import Identity, Rule

VIEWER = Identity(
    "viewer",
    ("system:authenticated",),
    (
        Rule(("get", "list"), ("",), ("pods", "pods/log"), namespaces=("ml",)),
        Rule(("get",), ("",), ("configmaps",), names=("health",)),
        Rule(("*",), ("apps",), ("*/scale",)),
    ),
)


@pytest.mark.parametrize(
    ("verb", "group", "resource", "namespace", "name", "allowed"),
    [
        ("list", "", "pods", "ml", "", True),
        ("get", "", "pods/log", "ml", "a", True),
        ("get", "", "pods/exec", "ml", "a", False),
        ("delete", "", "pods", "ml", "a", False),
        ("list", "", "pods", "", "", False),
        ("list", "apps", "pods", "ml", "", False),
        ("get", "", "configmaps", "x", "health", True),
        ("get", "", "configmaps", "x", "other", False),
        ("patch", "apps", "deployments/scale", "x", "d", True),
        ("patch", "apps", "deployments", "x", "d", False),
    ],
)
def test_rules(verb: str, group: str, resource: str, namespace: str, name: str, allowed: bool) -> None:
    assert VIEWER.may(verb, group, resource, namespace=namespace, name=name) is allowed
