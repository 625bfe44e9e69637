"""Ingress controllers of the same class, and the first inference router."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.preflight.surveys import DENIED, INFERENCE, TRAINING, draft, load, note, notes, obj, survey
from tui.core.health import Health

GOOD, WARN, BAD, UNKNOWN, OFF = Health.GOOD, Health.WARN, Health.BAD, Health.UNKNOWN, Health.OFF
CLASS, OTHER = "k8s.io/ingress-nginx", "k8s.io/amlarc-ingress-nginx"
IMPLIES = {"nginxIngress.controller": OTHER}
SERVING = draft(INFERENCE)


def ingress_class(controller: str = CLASS, **more: Any) -> Any:
    return obj("nginx", spec={"controller": controller}, **more)


SIGNS: dict[str, dict[str, Any]] = {
    "class": {"ingress_classes": [ingress_class()]},
    "argument": {"deployments": [load("i", "ingress", args=["/nginx", f"--controller-class={CLASS}"])]},
    "label": {"deployments": [load("i", "ingress", labels={"app.kubernetes.io/name": "ingress-nginx"})]},
    "daemon set": {"daemon_sets": [load("i", "ingress", labels={"app.kubernetes.io/name": "ingress-nginx"})]},
}


@pytest.mark.parametrize("sign", SIGNS)
def test_each_sign_of_the_same_class(sign: str) -> None:
    found = note("ingress-present", SERVING, aks=True, **SIGNS[sign])
    assert (found.health, found.implies) == (BAD, IMPLIES)
    assert CLASS in found.evidence
    assert note("ingress-present", draft({**INFERENCE, **IMPLIES}), aks=True, **SIGNS[sign]).health is GOOD


@pytest.mark.parametrize(
    ("aks", "wanted", "matters"),
    [
        (True, SERVING, True),
        (True, draft(), True),
        (True, draft(TRAINING), False),
        (False, SERVING, False),
        (False, draft({"nginxIngress.enabled": "true"}), True),
        (True, draft({**INFERENCE, "nginxIngress.enabled": "false"}), False),
    ],
)
def test_where_an_ingress_controller_is_installed(aks: bool, wanted: Any, matters: bool) -> None:
    found = notes(survey(aks=aks, **SIGNS["class"]), wanted)
    assert ("ingress-present" in found) is matters
    assert ("ingress-unneeded" in found) is not matters


@pytest.mark.parametrize(
    "parts",
    [
        {"ingress_classes": [ingress_class("k8s.io/other")]},
        {"ingress_classes": [ingress_class(release="amlarc-compute")]},
        {"deployments": [load("i", labels={"app.kubernetes.io/name": "ingress-nginx"}, args=["--controller-class=x"])]},
        {"deployments": [load("i", labels={"app.kubernetes.io/name": "traefik"})]},
    ],
)
def test_what_does_not_clash(parts: Any) -> None:
    assert note("ingress-absent", SERVING, aks=True, **parts).health is GOOD


def test_the_class_of_ours_may_be_taken_too() -> None:
    found = note("ingress-present", draft({**INFERENCE, **IMPLIES}), aks=True, ingress_classes=[ingress_class(OTHER)])
    assert (found.health, found.implies) == (BAD, {}), "a third one has to be thought of"


@pytest.mark.parametrize("part", ["ingress_classes", "deployments", "daemon_sets"])
def test_what_could_not_be_seen(part: str) -> None:
    asked = note("ingress-unknown", SERVING, aks=True, **{part: DENIED})
    assert (asked.health, asked.implies) == (UNKNOWN, IMPLIES)
    assert note("ingress-unknown", draft({**INFERENCE, **IMPLIES}), aks=True, **{part: DENIED}).implies == {}


def webhook(space: str = "ingress", name: str = "ingress-nginx-admission") -> Any:
    return obj(name, webhooks=[{"clientConfig": {"service": {"name": "c", "namespace": space}}}])


def controller(space: str = "ingress", ready: int = 1) -> Any:
    return load("i", space, labels={"app.kubernetes.io/name": "ingress-nginx"}, ready=ready)


@pytest.mark.parametrize(
    ("parts", "stale"),
    [
        ({}, True),
        ({"deployments": [controller()]}, False),
        ({"daemon_sets": [controller()]}, False),
        ({"deployments": [controller(ready=0)]}, True),
        ({"deployments": [controller("other")]}, True),
        ({"deployments": [load("i", "ingress")]}, True),
        ({"deployments": DENIED}, False),
    ],
)
def test_a_webhook_with_nobody_behind_it(parts: Any, stale: bool) -> None:
    found = notes(survey(webhooks=[webhook(), webhook(name="other")], **parts))
    assert ("ingress-webhook-stale" in found) is stale
    if stale:
        command = "kubectl delete validatingwebhookconfiguration ingress-nginx-admission"
        assert (found["ingress-webhook-stale"].health, found["ingress-webhook-stale"].command) == (WARN, command)


def test_where_none_is_installed_the_one_there_stays() -> None:
    found = note("ingress-unneeded", draft(TRAINING), **SIGNS["class"])
    assert (found.health, found.implies) == (OFF, {})
    assert "IngressClass nginx" in found.evidence


ROLE = {"legacy_roles": [obj("azureml-fe-role")]}
ROUTER = {"deployments": [load("azureml-fe", "default")]}


@pytest.mark.parametrize("parts", [ROLE, ROUTER, {**ROLE, **ROUTER}])
@pytest.mark.parametrize(("wanted", "health"), [(SERVING, BAD), (draft(), BAD), (draft(TRAINING), WARN)])
def test_the_first_inference_router(parts: Any, wanted: Any, health: Health) -> None:
    found = note("legacy-router", wanted, **parts)
    assert found.health is health
    for word in (
        "serviceaccount/azureml-fe", "deployment/azureml-fe", "service/azureml-fe", "service/azureml-fe-int-http",
        "secret/azuremlfessl", "configmap/azuremlfeconfig", "clusterrole/azureml-fe-role",
        "clusterrolebinding/azureml-fe-binding",
    ):  # fmt: skip
        assert word in found.command.split()


def test_what_is_not_the_first_router() -> None:
    ours = {"legacy_roles": [obj("azureml-fe-role", release="amlarc-compute")]}
    new = {"deployments": [load("azureml-fe", "azureml"), load("azureml-fe-v2", "azureml")]}
    assert note("legacy-router-absent", **ours, **new).health is GOOD
    for part in ("legacy_roles", "deployments"):
        assert note("legacy-router-unknown", **{part: DENIED}).health is UNKNOWN
