"""What an earlier install left behind, or another release made: Helm refuses to import what is not marked as its own.

Matters only while the extension is not installed. Owns the commands that adopt such objects, or say whose they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tui.core.errors import Problem
from tui.core.health import Health
from tui.domain.component import BY_NAME, NAMESPACE, component_of
from tui.domain.extension import INSTALLED, PENDING
from tui.domain.plans.note import Note
from tui.domain.preflight import prometheus, volcano
from tui.domain.preflight.noting import listed, named, quoted, unknown
from tui.domain.preflight.wish import Wish
from tui.domain.surveys.kube import Thing
from tui.domain.surveys.survey import DEFINITIONS, Part, Survey, foreign, pick, seen, unseen

_CONFIGS: Final = frozenset({"fluent-bit-config", "volcano-scheduler-configmap"})
"""ConfigMaps of the chart that are not named like a component."""
_HOOK: Final = "healthcheck"
"""Made anew around each install, its report included: Helm does not ask whose it is."""
_TOLD: Final = {"azureml": "extension", "volcano": "Volcano", "prometheus": "Prometheus operator"}
_OPERATORS: Final = {"volcano": volcano.is_volcano, "prometheus": prometheus.is_operator}
_MOST: Final = 40
"""Objects in one command."""


def find(survey: Survey, wish: Wish) -> Iterator[Note]:
    """Definitions by what they belong to, then objects in the namespace."""
    row = survey.extension
    if row is not None and row.state in (INSTALLED, PENDING):
        return
    if isinstance(survey.extensions, Problem):
        what = "whether something is left of an earlier install cannot be told while the extension is not seen"
        yield unknown("leftovers-unknown", what, [survey.extensions])
        return
    found = [*_definitions(survey, wish), *_objects(survey, wish)]
    empty = survey.namespace is None and not isinstance(survey.namespaces, Problem)
    hidden = unseen(survey.definitions, *(() if empty else _parts(survey)))
    if hidden:
        what = "whether an earlier install left something behind could not be seen"
        yield unknown("leftovers-unknown", what, hidden)
    if not found and not hidden:
        yield Note("leftovers-absent", Health.GOOD, "nothing is left of an earlier install")
    yield from found


def _parts(survey: Survey) -> tuple[Part[tuple[Thing, ...]], ...]:
    """Where objects of the namespace were looked for."""
    return survey.deployments, survey.daemon_sets, survey.stateful_sets, survey.remains


def _wanted(family: str, wish: Wish) -> bool:
    """Whether the chart would make definitions of this family."""
    if family == "volcano":
        return wish.knows("installVolcano") and wish.training and not wish.grants(volcano.REUSE)
    if family == "prometheus":
        return not wish.grants(prometheus.REUSE_BEFORE if wish.era == "B" else prometheus.REUSE)
    return True


def _definitions(survey: Survey, wish: Wish) -> Iterator[Note]:
    for family, names in DEFINITIONS.items():
        here = [each for each in foreign(seen(survey.definitions) or (), wish.releases) if each.name in names]
        operator = _OPERATORS.get(family)
        if operator and (
            isinstance(survey.deployments, Problem) or foreign(pick(survey.deployments, operator), wish.releases)
        ):
            continue  # somebody uses them, or might: the finding about the operator tells
        if here and _wanted(family, wish):
            what = f"definitions of an earlier {_TOLD[family]} are left without this install's marks: Helm refuses them"
            yield _left(f"leftover-definitions-{family}", what, here, wish)


def _objects(survey: Survey, wish: Wish) -> Iterator[Note]:
    every: list[Thing] = []
    for part in _parts(survey):
        every += foreign(seen(part) or (), wish.releases)
    here = [each for each in every if each.namespace == NAMESPACE and not each.controlled and _of_chart(each)]
    if here:
        what = f"objects in namespace {NAMESPACE} have no marks of this install: Helm refuses them"
        yield _left("leftover-objects", what, here, wish)


def _of_chart(thing: Thing) -> bool:
    component = component_of(thing.namespace, thing.name)
    return thing.name in _CONFIGS or (component in BY_NAME and component != _HOOK)


def _left(code: str, what: str, things: Sequence[Thing], wish: Wish) -> Note:
    others = sorted({f"{each.release} in {each.release_namespace}" for each in things if each.release})
    going = sum(each.deleting for each in things)
    step = "adopt them, or delete them; with a definition every object of its kind goes"
    if others:
        step = f"they belong to the Helm release {named(others)}: uninstall it, or {step}"
    if going:
        step = f"{going} of them are being deleted and hang on a finalizer: {step}"
    return Note(code, Health.BAD, what, listed(map(_evidence, things)), step, command=adopt(things, wish.draft.name))


def _evidence(thing: Thing) -> str:
    if thing.release:
        return f"{thing}: meta.helm.sh/release-name {thing.release}"
    return f"{thing}: no meta.helm.sh/release-name"


def adopt(things: Sequence[Thing], release: str) -> str:
    """The command that marks objects as of the extension's Helm release."""
    some = things[:_MOST]
    objects = [f"{each.kind.lower()}/{each.name}" for each in some]
    where = ["-n", NAMESPACE] if some and some[0].namespace else []
    label = ["kubectl", "label", *where, *objects, "app.kubernetes.io/managed-by=Helm", "--overwrite"]
    marks = [f"meta.helm.sh/release-name={release}", f"meta.helm.sh/release-namespace={NAMESPACE}"]
    annotate = ["kubectl", "annotate", *where, *objects, *marks, "--overwrite"]
    return f"{quoted(*label)} && {quoted(*annotate)}"
