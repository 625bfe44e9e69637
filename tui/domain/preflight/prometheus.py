"""The Prometheus operator: two of them in one cluster fight over the same resources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from tui.core.health import Health
from tui.domain.plans.note import Note
from tui.domain.preflight.noting import listed, unknown
from tui.domain.preflight.wish import Wish
from tui.domain.surveys.kube import Workload
from tui.domain.surveys.survey import PROMETHEUSES, Survey, foreign, pick, unseen

REUSE: Final[Mapping[str, str]] = {"installPromOp": "False"}
REUSE_BEFORE: Final[Mapping[str, str]] = {"reuseExistingPromOp": "True"}
"""The same in 1.0.x."""
OLDEST: Final = (9, 3, 4)
NEWEST: Final = (30, 0, 1)
"""Charts of kube-prometheus-stack whose operator the product takes."""
_IMAGE: Final = re.compile(r"(?:^|/)prometheus-operator(?:[:@]|$)")
_NAME: Final = re.compile(r"(?:^|-)(?:prometheus-operator|prom-operator|kube-prometheus-stack-operator)$")
_CHART: Final = re.compile(r"kube-prometheus-stack-(\d{1,4})\.(\d{1,4})\.(\d{1,4})")


def find(survey: Survey, wish: Wish) -> Iterator[Note]:
    """Whether one is there, and whether it is one that can be used."""
    implies = REUSE_BEFORE if wish.era == "B" else REUSE
    loads = foreign(pick(survey.deployments, is_operator), wish.releases)
    if loads:
        yield _there(survey, wish, loads, implies)
        yield from _charts(loads)
        return
    hidden = unseen(survey.deployments)
    reuse = wish.grants(implies)
    if hidden and reuse:
        yield unknown(
            "prometheus-unknown", "whether there is a Prometheus operator to be used could not be seen", hidden
        )
    elif hidden:
        what = "whether a Prometheus operator is there could not be seen: is one?"
        yield unknown("prometheus-unknown", what, hidden, implies=implies)
    elif reuse:
        said = ", ".join(f"{key}={value}" for key, value in implies.items())
        what = f"{said}, but no other Prometheus operator is there: no metrics would be collected"
        yield Note("prometheus-missing", Health.WARN, what, "no Deployment of a Prometheus operator")
    else:
        yield Note("prometheus-absent", Health.GOOD, "there is no other Prometheus operator")


def is_operator(load: Workload) -> bool:
    """By its image, its label or its name."""
    named = load.label("app.kubernetes.io/name") in ("prometheus-operator", "kube-prometheus-stack-prometheus-operator")
    return named or bool(_NAME.search(load.name)) or any(_IMAGE.search(image) for image in load.images)


def _there(survey: Survey, wish: Wish, loads: list[Workload], implies: Mapping[str, str]) -> Note:
    definitions = foreign(pick(survey.definitions, lambda each: each.name == PROMETHEUSES), wish.releases)
    evidence = listed([*definitions, *loads])
    said = ", ".join(f"{key}={value}" for key, value in implies.items())
    if wish.grants(implies):
        what = "a Prometheus operator is there and will be used"
        step = "a ServiceMonitor prom-kubelet has to be added to it"
        return Note("prometheus-present", Health.GOOD, what, evidence, step, implies)
    what = "a Prometheus operator is there already (E45002): Helm refuses to take over what is not its own"
    return Note("prometheus-present", Health.BAD, what, evidence, f"set {said}", implies)


def _charts(loads: list[Workload]) -> Iterator[Note]:
    """Which chart brought it, where its labels say so."""
    for load in loads:
        found = _CHART.search(load.label("helm.sh/chart") or load.label("chart"))
        if found is None:
            continue
        version = (int(found[1]), int(found[2]), int(found[3]))
        if not OLDEST <= version <= NEWEST:
            what = f"its chart {found[0]} is outside 9.3.4 to 30.0.1, which are known to work"
            yield Note("prometheus-chart-untested", Health.WARN, what, f"{load}: label helm.sh/chart")
