"""Volcano of somebody else: whether it is there, and whether it will do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.preflight.surveys import (
    DENIED,
    INFERENCE,
    TRAINING,
    draft,
    installed,
    load,
    note,
    notes,
    obj,
    old,
    survey,
)
from tui.core.health import Health
from tui.domain.surveys.survey import VOLCANO_JOBS

GOOD, WARN, BAD, UNKNOWN, OFF = Health.GOOD, Health.WARN, Health.BAD, Health.UNKNOWN, Health.OFF
REUSE = {"installVolcano": "False"}
REUSING = draft({**TRAINING, **REUSE})
HOME = "volcano-system"


def volcano(version: str = "v1.5.1", space: str = HOME, **more: Any) -> list[Any]:
    return [
        load("volcano-admission", space, image=f"docker.io/volcanosh/vc-webhook-manager:{version}", **more),
        load("volcano-scheduler", space, image=f"docker.io/volcanosh/vc-scheduler:{version}", **more),
    ]


@pytest.mark.parametrize(
    ("wanted", "health"),
    [(draft(TRAINING), BAD), (draft(), BAD), (REUSING, GOOD), (draft({**TRAINING, "installVolcano": "True"}), BAD)],
)
def test_one_that_is_there(wanted: Any, health: Health) -> None:
    found = note("volcano-present", wanted, deployments=volcano(), definitions=[obj(VOLCANO_JOBS)])
    assert (found.health, found.implies) == (health, REUSE)
    assert found.evidence == (
        f"CustomResourceDefinition {VOLCANO_JOBS}; Deployment volcano-system/volcano-admission; "
        "Deployment volcano-system/volcano-scheduler"
    )


@pytest.mark.parametrize(
    "sign",
    [
        load("volcano-controllers", "x"),
        load("my-volcano-scheduler", "x"),
        load("scheduler", "x", image="volcanosh/vc-scheduler:v1.5.0"),
        load("hooks", "x", image="registry:5000/volcanosh/vc-webhook-manager@sha256:00"),
    ],
)
def test_each_sign(sign: Any) -> None:
    assert note("volcano-present", deployments=[sign]).health is BAD


def test_a_name_that_only_contains_it_is_no_sign() -> None:
    assert note("volcano-absent", deployments=[load("volcano-dashboards", "x"), load("novolcano-scheduler2")])


def test_our_own_is_none() -> None:
    ours = volcano(space="azureml", release="amlarc-compute")
    found = notes(survey(deployments=ours, extensions=installed(TRAINING)))
    assert found["volcano-absent"].health is GOOD


@pytest.mark.parametrize(
    "wanted", [draft({"enableTraining": "False", **INFERENCE}), draft(INFERENCE), old()], ids=["off", "none", "old"]
)
def test_where_none_is_used_it_does_not_matter(wanted: Any) -> None:
    found = notes(survey(deployments=volcano()), wanted)
    assert found["volcano-unneeded"].health is OFF
    assert "volcano-present" not in found


@pytest.mark.parametrize(
    ("image", "code", "health"),
    [
        ("docker.io/volcanosh/vc-scheduler:v1.4.0", "volcano-version-supported", GOOD),
        ("docker.io/volcanosh/vc-scheduler:1.5", "volcano-version-supported", GOOD),
        ("localhost:5000/volcanosh/vc-scheduler:v1.5.1@sha256:00", "volcano-version-supported", GOOD),
        ("docker.io/volcanosh/vc-scheduler:v1.3.0", "volcano-version-unsupported", WARN),
        ("docker.io/volcanosh/vc-scheduler:v1.10.2", "volcano-version-unsupported", WARN),
        ("docker.io/volcanosh/vc-scheduler:latest", "volcano-version-unknown", UNKNOWN),
        ("localhost:5000/volcanosh/vc-scheduler", "volcano-version-unknown", UNKNOWN),
        ("docker.io/volcanosh/vc-scheduler@sha256:00", "volcano-version-unknown", UNKNOWN),
        ("", "volcano-version-unknown", UNKNOWN),
    ],
)
def test_its_version_is_the_images_tag(image: str, code: str, health: Health) -> None:
    loads = [load("volcano-admission", HOME, image="docker.io/volcanosh/vc-webhook-manager:v1.9.0")] if image else []
    found = note(code, REUSING, deployments=[*loads, load("volcano-scheduler", HOME, image=image)])
    assert found.health is health
    assert found.evidence == f"image {image or 'missing'}"


def config(text: str, space: str = HOME, **more: Any) -> Any:
    return obj("volcano-scheduler-configmap", space, data={"volcano-scheduler.conf": text}, **more)


def test_its_configuration() -> None:
    good = config("tiers:\n- plugins:\n  - name: task-topology\n")
    assert note("volcano-config-matches", REUSING, deployments=volcano(), schedulers=[good]).health is GOOD
    differs = note("volcano-config-differs", REUSING, deployments=volcano(), schedulers=[config("- name: gang")])
    assert differs.health is WARN
    assert differs.evidence == "ConfigMap volcano-system/volcano-scheduler-configmap"
    elsewhere = notes(survey(deployments=volcano(), schedulers=[config("- name: gang", "azureml")]), REUSING)
    assert not any(code.startswith("volcano-config") for code in elsewhere)
    assert note("volcano-config-unknown", REUSING, deployments=volcano(), schedulers=DENIED).health is UNKNOWN


def webhook(space: str = HOME, name: str = "volcano-admission-service-jobs-validate") -> Any:
    service = {"name": "volcano-admission-service", "namespace": space}
    return obj(name, webhooks=[{"name": "v", "clientConfig": {"service": service, "caBundle": "x"}}])


def test_a_webhook_that_checks_jobs_refuses_the_products_before_1_6() -> None:
    found = note("volcano-webhook", REUSING, deployments=volcano(), webhooks=[webhook()])
    assert found.health is WARN
    assert "volcano-admission-service-jobs-validate" in found.evidence
    late = notes(survey(deployments=volcano("v1.6.0"), webhooks=[webhook()]), REUSING)
    assert "volcano-webhook" not in late
    for other in (webhook("azureml"), webhook(name="volcano-admission-service-queues-validate")):
        assert "volcano-webhook" not in notes(survey(deployments=volcano(), webhooks=[other]), REUSING)
    assert note("volcano-webhook-unknown", REUSING, deployments=volcano(), webhooks=DENIED).health is UNKNOWN


def test_none_there() -> None:
    assert note("volcano-absent").health is GOOD
    missing = note("volcano-missing", REUSING)
    assert (missing.health, missing.implies) == (WARN, {}), "the operator said no: it is not turned round in silence"


def test_what_could_not_be_seen() -> None:
    asked = note("volcano-unknown", deployments=DENIED)
    assert (asked.health, asked.implies) == (UNKNOWN, REUSE)
    told = note("volcano-unknown", REUSING, deployments=DENIED)
    assert (told.health, told.implies) == (UNKNOWN, {})
