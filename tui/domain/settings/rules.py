"""What is wrong with a draft, or worth knowing, before it is sent.

Owns `judge` and the rules of the extension as a whole. Rules of single settings, of inference and of node selection
are modules of their own. Every finding has a stable code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from tui.core.health import Health
from tui.domain.plans.draft import Draft
from tui.domain.plans.note import Note
from tui.domain.settings import rules_inference as settings_rules_inference
from tui.domain.settings import rules_keys as settings_rules_keys
from tui.domain.settings import rules_nodes as settings_rules_nodes
from tui.domain.settings.case import Case, Finding, Site, case_of, finding, quoted_value
from tui.domain.settings.catalogue import given, is_true

__all__ = ["Finding", "Site", "findings", "judge"]

_TRAIN, _SERVE = "enableTraining", "enableInference"
_LONGEST_NAME: Final = 53
_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
"""The name of the extension becomes the name of the Helm release: this and the length are Helm's rule for it."""
_VERSION: Final = re.compile(r"\d{1,6}\.\d{1,6}\.\d{1,6}([-+][0-9A-Za-z.+-]{1,60})?")


def judge(draft: Draft, site: Site) -> list[Note]:
    """All notes on a draft, the worst first."""
    return [found.note for found in findings(draft, site)]


def findings(draft: Draft, site: Site) -> list[Finding]:
    """The same with the settings each is about."""
    case = case_of(draft, site)
    found = [one for rule in _RULES for one in rule(case)]
    return sorted(found, key=lambda one: -one.note.health)


def _identity(case: Case) -> Iterator[Finding]:
    name, draft = case.draft.name, case.draft
    if not case.update and not (_NAME.fullmatch(name) and len(name) <= _LONGEST_NAME):
        told = (
            "the name becomes that of a Helm release: a-z, 0-9, '-' and '.', letters or digits at both ends, at most 53"
        )
        yield finding("name", Health.BAD, told, (), f"name {quoted_value('name', name)}", "choose another name")
    if not draft.train.strip():
        yield finding("train", Health.BAD, "no release train", (), "releaseTrain is empty", "stable is the usual one")


def _version(case: Case) -> Iterator[Finding]:
    version = case.draft.version
    if not version:
        return
    evidence = f"version {quoted_value('version', version)}"
    if case.draft.auto_upgrade:
        told = "a version can be pinned only without automatic upgrades"
        remedy = "switch autoUpgradeMinorVersion off, or leave the version out"
        yield finding("pin", Health.BAD, told, (), f"{evidence}, autoUpgradeMinorVersion true", remedy)
    if not _VERSION.fullmatch(version):
        told = f"{quoted_value('version', version)} is not a version"
        yield finding("version", Health.BAD, told, (), evidence, "write it like 1.1.39")
    elif case.era != case.site.era:
        told = f"{quoted_value('version', version)} is of another generation: other settings and components"
        yield finding("version-era", Health.WARN, told, (), evidence, "check every setting")


def _purpose(case: Case) -> Iterator[Finding]:
    if not case.on(_TRAIN) and not case.on(_SERVE) and case.touched(_TRAIN, _SERVE):
        told = "neither training nor inference is enabled"
        remedy = f"set {_TRAIN}=True, {_SERVE}=True or both"
        yield finding("nothing-enabled", Health.BAD, told, (_TRAIN, _SERVE), case.evidence(_TRAIN, _SERVE), remedy)


def _openshift(case: Case) -> Iterator[Finding]:
    if case.site.distribution.lower() != "openshift" or case.on("openshift") or not _says(case, "openshift"):
        return
    implied = not case.update and given(case.settings, "openshift") is None
    implies = {"openshift": "true"} if implied else {}
    told = "the cluster is OpenShift: openshift=true " + ("is set" if implied else "should be set")
    evidence = f"connectedClusters distribution openshift; {case.evidence('openshift')}"
    yield finding("openshift", Health.WARN, told, ("openshift",), evidence, "set openshift=True", implies)


def _says(case: Case, key: str) -> bool:
    return not case.update or given(case.fresh, key) is not None


def _own_parts(case: Case) -> Iterator[Finding]:
    """Parts of the operator's own that the extension is to use."""
    volcano, operator = given(case.settings, "installVolcano"), given(case.settings, "installPromOp")
    if case.on(_TRAIN) and volcano is not None and not is_true(volcano) and case.touched("installVolcano", _TRAIN):
        told = "training uses your own Volcano: 1.4 and 1.5 are supported, configured as the extension's would be"
        remedy = "compare volcano-scheduler-configmap; below 1.6 switch its job/validate webhook off"
        yield finding("own-volcano", Health.WARN, told, ("installVolcano",), case.evidence("installVolcano"), remedy)
    reused = ["installPromOp"] if operator is not None and not is_true(operator) else []
    reused += ["reuseExistingPromOp"] if case.on("reuseExistingPromOp") else []
    if reused and case.touched(*reused):
        told = "metrics use your own Prometheus operator: charts 9.3.4 to 30.0.1 of kube-prometheus-stack go with it"
        remedy = "add a ServiceMonitor named prom-kubelet afterwards"
        yield finding("own-prometheus", Health.WARN, told, reused, case.evidence(*reused), remedy)


def _flexvolume(case: Case) -> Iterator[Finding]:
    key, driver = "volumePluginDir", "installBlobfuseFlexvol"
    if case.value(key) and case.era == "B" and case.touched(key) and not (case.on(_TRAIN) and case.on(driver)):
        told = f"{key} is read only for training with {driver}"
        yield finding("flexvol-dir", Health.WARN, told, (key,), case.evidence(_TRAIN, driver), "leave it out")


_RULES: Final[tuple[Callable[[Case], Iterator[Finding]], ...]] = (
    _identity,
    _version,
    _purpose,
    settings_rules_keys.sets,
    settings_rules_keys.plain,
    settings_rules_keys.protected,
    settings_rules_inference.router,
    settings_rules_inference.tls,
    settings_rules_inference.high_availability,
    settings_rules_nodes.selectors,
    settings_rules_nodes.tolerations,
    _openshift,
    _own_parts,
    _flexvolume,
)
