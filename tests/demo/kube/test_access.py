"""RBAC decisions, the two users of the simulated cluster, and certificates as users."""

from __future__ import annotations

import pytest

from tui.demo.kube.access import Identity, Rule, of_certificate
from tui.demo.kube.identities import ADMIN, OUTSIDER, VIEWER

NARROW = Identity(
    "narrow",
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
    assert NARROW.may(verb, group, resource, namespace=namespace, name=name) is allowed


@pytest.mark.parametrize(
    ("verb", "group", "resource", "allowed"),
    [
        ("list", "", "pods", True),
        ("get", "", "pods/log", True),
        ("watch", "", "nodes", True),
        ("list", "amlarc.azureml.com", "instancetypes", True),
        ("list", "apiextensions.k8s.io", "customresourcedefinitions", True),
        ("create", "authorization.k8s.io", "selfsubjectaccessreviews", True),
        ("list", "", "secrets", False),
        ("delete", "", "pods", False),
        ("create", "", "pods/eviction", False),
        ("patch", "amlarc.azureml.com", "instancetypes", False),
        ("list", "rbac.authorization.k8s.io", "roles", False),
    ],
)
def test_the_viewer_looks_and_touches_nothing(verb: str, group: str, resource: str, allowed: bool) -> None:
    assert VIEWER.may(verb, group, resource, namespace="azureml") is allowed
    assert ADMIN.may(verb, group, resource, namespace="azureml")


def test_paths_that_are_no_resources() -> None:
    assert VIEWER.may_read("/openapi/v3/api/v1")
    assert not VIEWER.may_read("/metrics")
    assert ADMIN.may_read("/metrics")


def certificate(user: str, *groups: str) -> dict[str, object]:
    """As `ssl` shows one."""
    return {"subject": (*((("organizationName", group),) for group in groups), (("commonName", user),))}


def test_a_certificate_is_the_user_of_its_name_or_of_its_groups() -> None:
    known = (ADMIN, VIEWER)
    assert of_certificate(certificate(VIEWER.user), known) is VIEWER
    master = of_certificate(certificate("root", "system:masters"), known)
    assert master is not None
    assert master.may("delete", "", "nodes")
    nobody = of_certificate(certificate("someone", "devs"), known)
    assert nobody is not None
    assert (nobody.groups, nobody.may("list", "", "pods")) == (("devs", "system:authenticated"), False)
    assert of_certificate({}, known) is None


def test_an_admin_who_may_not_go_into_containers_may_do_all_else() -> None:
    for verb in ("get", "create"):
        for resource in ("pods/exec", "pods/portforward"):
            assert ADMIN.may(verb, "", resource, namespace="ml")
            assert not OUTSIDER.may(verb, "", resource, namespace="ml")
    for group, resource in (("", "pods"), ("", "pods/log"), ("", "secrets"), ("apps", "deployments/scale"),
                            ("amlarc.azureml.com", "amljobs"), ("batch.volcano.sh", "jobs")):  # fmt: skip
        assert OUTSIDER.may("delete", group, resource, namespace="ml"), resource
