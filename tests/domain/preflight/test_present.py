"""The extension that may be there already, its namespace, and what Helm knows of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.build import extension
from tests.domain.preflight.surveys import DENIED, draft, installed, note, notes, obj, survey
from tui.core.health import Health

GOOD, WARN, BAD, UNKNOWN = Health.GOOD, Health.WARN, Health.BAD, Health.UNKNOWN
SPACES = [obj("default"), obj("azureml", status={"phase": "Active"})]


@pytest.mark.parametrize(
    ("state", "code", "health"),
    [
        ("Succeeded", "extension-installed", WARN),
        ("Creating", "extension-busy", BAD),
        ("Updating", "extension-busy", BAD),
        ("Deleting", "extension-deleting", BAD),
        ("Failed", "extension-failed", WARN),
        ("Canceled", "extension-failed", WARN),
        ("Dreaming", "extension-unknown", UNKNOWN),
    ],
)
def test_what_state_it_is_in(state: str, code: str, health: Health) -> None:
    found = note(code, extensions=installed(state=state))
    assert found.health is health
    assert found.evidence == f"extension amlarc-compute: provisioningState {state}"


def test_the_first_eras_word() -> None:
    body = extension(state="", version="", installState="Pending")
    assert note("extension-busy", extensions=[body]).evidence == "extension amlarc-compute: installState Pending"


def test_why_it_failed_is_told() -> None:
    failed = installed(state="Failed", errorInfo={"code": "X", "message": "no chart"})
    assert note("extension-failed", extensions=failed).what.endswith("Failed: X: no chart")


@pytest.mark.parametrize(
    ("name", "state", "code", "health"),
    [
        ("AMLARC-compute", "Succeeded", "extension-installed", WARN),
        ("second", "Succeeded", "extension-other-name", BAD),
        ("second", "Failed", "extension-other-name", BAD),
        ("second", "Deleting", "extension-deleting", BAD),
        ("flux", "Succeeded", "extension-name-taken", BAD),
    ],
)
def test_its_name(name: str, state: str, code: str, health: Health) -> None:
    assert note(code, draft(name=name), extensions=installed(state=state)).health is health


def test_not_there() -> None:
    assert note("extension-absent", extensions=installed()[:1]).health is GOOD
    assert note("extension-absent", extensions=[]).health is GOOD
    hidden = note("extension-unknown", extensions=DENIED)
    assert hidden.health is UNKNOWN
    assert "may not be listed" in hidden.evidence


def test_the_namespace() -> None:
    assert note("namespace-absent").health is GOOD
    assert note("namespace-present", namespaces=SPACES).health is GOOD
    assert note("namespace-unknown", namespaces=DENIED).health is UNKNOWN
    stuck = {"type": "NamespaceFinalizersRemaining", "status": "True", "message": "amlarc.azureml.com/x in 2 resources"}
    going = obj("azureml", status={"phase": "Terminating", "conditions": [stuck]})
    found = note("namespace-terminating", namespaces=[going])
    assert found.health is BAD
    assert "amlarc.azureml.com/x in 2 resources" in found.evidence


def release(name: str, status: str = "failed") -> dict[str, Any]:
    return obj(f"sh.helm.release.v1.{name}.v3", "azureml", labels={"owner": "helm", "name": name, "status": status})


def test_a_release_helm_still_has_keeps_its_name() -> None:
    found = note("release-left", namespaces=SPACES, releases=[release("amlarc-compute")])
    assert found.health is BAD
    assert found.evidence == "Secret azureml/sh.helm.release.v1.amlarc-compute.v3: status failed"
    assert found.command == "helm uninstall amlarc-compute -n azureml"
    other = notes(survey(namespaces=SPACES, releases=[release("amlarc-compute")]), draft(name="aml2"))
    assert "release-left" not in other
    assert other["release-foreign"].health is WARN
    assert other["release-absent"].health is GOOD
    assert "release-absent" not in notes(survey(namespaces=SPACES, releases=[release("amlarc-compute")]))


def test_with_the_extension_there_its_release_is_no_finding() -> None:
    found = notes(survey(namespaces=SPACES, extensions=installed(), releases=[release("amlarc-compute", "deployed")]))
    assert not any(code.startswith("release") for code in found)


def test_releases_nobody_could_see() -> None:
    assert note("release-unknown", namespaces=SPACES, releases=DENIED).health is UNKNOWN
    assert note("release-unknown", namespaces=DENIED, releases=DENIED).health is UNKNOWN
    assert "release-unknown" not in notes(survey(releases=DENIED)), "no namespace, no release in it"


def test_a_name_from_the_cluster_cannot_end_a_command() -> None:
    evil = "x; rm -rf /"
    found = note("release-left", draft(name=evil), namespaces=SPACES, releases=[release(evil)])
    assert found.command == "helm uninstall 'x; rm -rf /' -n azureml"
