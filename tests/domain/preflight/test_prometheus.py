"""A Prometheus operator of somebody else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.preflight.surveys import DENIED, TRAINING, draft, load, note, notes, obj, old, survey
from tui.core.health import Health
from tui.domain.surveys.survey import PROMETHEUSES

GOOD, WARN, BAD, UNKNOWN = Health.GOOD, Health.WARN, Health.BAD, Health.UNKNOWN
REUSE = {"installPromOp": "False"}
REUSE_OLD = {"reuseExistingPromOp": "True"}
OPERATOR = load("prom-kube-prometheus-stack-operator", "monitoring", image="quay.io/po/prometheus-operator:v0.60.1")


@pytest.mark.parametrize(
    "sign",
    [
        OPERATOR,
        load("prometheus-operator", "openshift-monitoring"),
        load("prom-operator", "x"),
        load("x", "x", image="quay.io/prometheus-operator/prometheus-operator:v0.67.1"),
        load("x", "x", labels={"app.kubernetes.io/name": "prometheus-operator"}),
        load("x", "x", labels={"app.kubernetes.io/name": "kube-prometheus-stack-prometheus-operator"}),
        load("amlarc-compute-prometheus-operator", "azureml"),
    ],
)
def test_each_sign(sign: Any) -> None:
    found = note("prometheus-present", deployments=[sign], definitions=[obj(PROMETHEUSES)])
    assert (found.health, found.implies) == (BAD, REUSE)
    assert f"CustomResourceDefinition {PROMETHEUSES}" in found.evidence
    assert sign["metadata"]["name"] in found.evidence
    assert "E45002" in found.what


@pytest.mark.parametrize(
    "other",
    [
        load("x", "x", image="quay.io/prometheus-operator/prometheus-config-reloader:v0.67.1"),
        load("prometheus", "x", image="prom/prometheus:v2"),
        load("amlarc-compute-prometheus-operator", "azureml", release="amlarc-compute"),
    ],
)
def test_what_is_none(other: Any) -> None:
    assert note("prometheus-absent", deployments=[other]).health is GOOD


@pytest.mark.parametrize(
    ("wanted", "health", "implies"),
    [
        (draft(TRAINING), BAD, REUSE),
        (draft(REUSE), GOOD, REUSE),
        (old(), BAD, REUSE_OLD),
        (old(REUSE_OLD), GOOD, REUSE_OLD),
    ],
)
def test_settings_that_use_it(wanted: Any, health: Health, implies: Any) -> None:
    found = note("prometheus-present", wanted, deployments=[OPERATOR])
    assert (found.health, found.implies) == (health, implies)
    assert ("prom-kubelet" in found.remedy) is (health is GOOD)


@pytest.mark.parametrize(
    ("chart", "told"),
    [
        ("kube-prometheus-stack-30.0.1", False),
        ("kube-prometheus-stack-9.3.4", False),
        ("kube-prometheus-stack-9.3.3", True),
        ("kube-prometheus-stack-45.7.1", True),
        ("something-1.0.0", False),
    ],
)
def test_charts_that_are_known_to_work(chart: str, told: bool) -> None:
    for label in ("helm.sh/chart", "chart"):
        operator = load("prometheus-operator", "x", labels={label: chart})
        assert ("prometheus-chart-untested" in notes(survey(deployments=[operator]))) is told


def test_none_there_or_not_seen() -> None:
    assert note("prometheus-absent").health is GOOD
    missing = note("prometheus-missing", draft(REUSE))
    assert (missing.health, missing.implies) == (WARN, {})
    asked = note("prometheus-unknown", deployments=DENIED)
    assert (asked.health, asked.implies) == (UNKNOWN, REUSE)
    assert note("prometheus-unknown", draft(REUSE), deployments=DENIED).implies == {}
