"""What an earlier install left: whose it is, when it matters, and the commands that mend it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.preflight.surveys import DENIED, INFERENCE, TRAINING, draft, installed, load, note, notes, obj, survey
from tui.core.health import Health
from tui.domain.preflight.leftovers import adopt
from tui.domain.surveys.kube import thing
from tui.domain.surveys.survey import DEFINITIONS

GOOD, WARN, BAD, UNKNOWN = Health.GOOD, Health.WARN, Health.BAD, Health.UNKNOWN
SPACES = [obj("azureml")]


@pytest.mark.parametrize(
    ("family", "name"), [(family, each) for family, names in DEFINITIONS.items() for each in names]
)
def test_each_definition_that_survived(family: str, name: str) -> None:
    found = note(f"leftover-definitions-{family}", definitions=[obj(name)])
    assert found.health is BAD
    assert found.evidence == f"CustomResourceDefinition {name}: no meta.helm.sh/release-name"
    assert found.command == (
        f"kubectl label customresourcedefinition/{name} app.kubernetes.io/managed-by=Helm --overwrite && "
        f"kubectl annotate customresourcedefinition/{name} meta.helm.sh/release-name=amlarc-compute "
        "meta.helm.sh/release-namespace=azureml --overwrite"
    )


def every(**more: Any) -> list[Any]:
    return [obj(name, **more) for names in DEFINITIONS.values() for name in names]


def left(found: dict[str, Any]) -> set[str]:
    return {code for code in found if code.startswith("leftover-")}


@pytest.mark.parametrize(
    ("wanted", "families"),
    [
        (draft(TRAINING), {"azureml", "volcano", "prometheus"}),
        (draft(INFERENCE), {"azureml", "prometheus"}),
        (draft({**TRAINING, "installVolcano": "False"}), {"azureml", "prometheus"}),
        (draft({**TRAINING, "installPromOp": "False"}), {"azureml", "volcano"}),
        (draft(TRAINING, version="1.0.37"), {"azureml", "prometheus"}),
    ],
)
def test_only_what_this_install_would_bring(wanted: Any, families: set[str]) -> None:
    found = notes(survey(definitions=every()), wanted)
    assert left(found) == {f"leftover-definitions-{each}" for each in families}


def test_definitions_that_are_in_use_are_another_finding() -> None:
    others = [load("volcano-scheduler", "v"), load("prometheus-operator", "m")]
    found = notes(survey(definitions=every(), deployments=others))
    assert left(found) == {"leftover-definitions-azureml"}
    assert {"volcano-present", "prometheus-present"} <= set(found)
    hidden = notes(survey(definitions=every(), deployments=DENIED))
    assert left(hidden) == {"leftover-definitions-azureml"}, "somebody may use them"


def test_marked_as_ours_they_are_adopted_in_silence() -> None:
    found = notes(survey(definitions=every(release="amlarc-compute")))
    assert left(found) == set()
    assert found["leftovers-absent"].health is GOOD


def test_of_another_release() -> None:
    found = note("leftover-definitions-azureml", definitions=[obj("amljobs.amlarc.azureml.com", release="old-aml")])
    assert found.evidence.endswith("meta.helm.sh/release-name old-aml")
    assert found.remedy.startswith("they belong to the Helm release old-aml in azureml: uninstall it")


def test_hanging_on_a_finalizer() -> None:
    going = obj("amljobs.amlarc.azureml.com", meta={"deletionTimestamp": "2023-11-14T00:00:00Z"})
    assert note("leftover-definitions-azureml", definitions=[going]).remedy.startswith("1 of them are being deleted")


@pytest.mark.parametrize(
    ("state", "matters"),
    [("Succeeded", False), ("Creating", False), ("Updating", False), ("Failed", True), ("Deleting", True)],
)
def test_while_it_is_installed_nothing_is_left_over(state: str, matters: bool) -> None:
    found = notes(survey(definitions=every(), extensions=installed(state=state)))
    assert bool(left(found)) is matters
    if not matters:
        assert not any(code.startswith("leftover") for code in found)


PARTS: list[tuple[str, Any, bool]] = [
    ("deployments", load("gateway", "azureml"), True),
    ("deployments", load("amlarc-compute-kube-state-metrics", "azureml"), True),
    ("daemon_sets", load("fluent-bit", "azureml"), True),
    ("stateful_sets", load("frameworkcontroller", "azureml"), True),
    ("remains", obj("fluent-bit-config", "azureml"), True),
    ("remains", obj("relayserver", "azureml", release="old"), True),
    ("deployments", load("gateway", "azureml", release="amlarc-compute"), False),
    ("deployments", load("gateway", "other"), False),
    ("deployments", load("mine", "azureml"), False),
    ("remains", obj("kube-root-ca.crt", "azureml"), False),
    ("remains", obj("default", "azureml"), False),
    ("remains", obj("amlarc-healthcheck", "azureml"), False),
    ("remains", obj("healthcheck", "azureml"), False),
    ("stateful_sets", load("prometheus-prom-prometheus", "azureml", meta={"ownerReferences": [{"kind": "Prometheus"}]}),
     False),
]  # fmt: skip


@pytest.mark.parametrize(("part", "body", "matters"), PARTS)
def test_objects_in_the_namespace(part: str, body: Any, matters: bool) -> None:
    found = notes(survey(namespaces=SPACES, **{part: [body]}))
    assert ("leftover-objects" in found) is matters
    if matters:
        assert found["leftover-objects"].health is BAD
        assert body["metadata"]["name"] in found["leftover-objects"].command
        assert " -n azureml " in found["leftover-objects"].command


def test_what_could_not_be_seen() -> None:
    assert note("leftovers-unknown", definitions=DENIED).health is UNKNOWN
    assert note("leftovers-unknown", extensions=DENIED).health is UNKNOWN
    for part in ("deployments", "daemon_sets", "stateful_sets", "remains"):
        hidden = notes(survey(namespaces=SPACES, **{part: DENIED}))
        assert hidden["leftovers-unknown"].health is UNKNOWN
        assert "leftovers-absent" not in hidden
    assert "leftovers-unknown" not in notes(survey(remains=DENIED)), "no namespace, nothing in it"
    assert "leftovers-unknown" in notes(survey(remains=DENIED, namespaces=DENIED))


def test_names_cannot_end_a_command() -> None:
    evil = thing(obj("x;id", "azureml"), "Service")
    assert "'service/x;id'" in adopt([evil], "a b")
    assert "'meta.helm.sh/release-name=a b'" in adopt([evil], "a b")
