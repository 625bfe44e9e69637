"""What an install says of the extension that is there already."""

from __future__ import annotations

import pytest

from tests.domain.plans.test_deploy import CLUSTERS, TRAINING, cluster, live, settings_of
from tui.core.health import Health
from tui.core.secret import Secret
from tui.domain.plans import deploy as plan_deploy
from tui.domain.plans.draft import Draft


def wished() -> dict[str, str]:
    draft = Draft(settings=TRAINING | {"logAnalyticsWS": "True"})
    found = settings_of(plan_deploy.plan(draft, cluster(), None))
    return {key: value if isinstance(value, str) else "x" for key, value in found.items()}


def test_what_is_installed_as_wished_needs_nothing() -> None:
    draft = Draft(settings=TRAINING | {"logAnalyticsWS": "True"})
    there = wished() | {"enableTraining": "true", "cluster_name": CLUSTERS["Arc"].upper()}
    made = plan_deploy.plan(draft, cluster(), live(settings=there))
    assert (made.steps, [note.code for note in made.notes]) == ((), ["extension-as-wished"])
    assert not made.blocked
    for other in (
        live(settings=there | {"enableTraining": "False"}), live(settings=there, releaseTrain="preview"),
        live(settings=there, autoUpgradeMinorVersion=False), live("Failed", there),
        live(settings={key: value for key, value in there.items() if key != "azure_log_analytics.customer_id"}),
    ):  # fmt: skip
        assert plan_deploy.plan(draft, cluster(), other).steps
    secret = Draft(settings=draft.settings, protected={"free": Secret("x")})
    assert plan_deploy.plan(secret, cluster(), live(settings=there)).steps, "secrets cannot be compared"


@pytest.mark.parametrize("state", ["Creating", "Updating", "Deleting"])
def test_what_goes_on_already_blocks(state: str) -> None:
    made = plan_deploy.plan(Draft(settings=TRAINING), cluster(), live(state))
    assert [note.code for note in made.blocked] == ["extension-busy"]
    assert state in made.blocked[0].what


def test_another_name_blocks() -> None:
    made = plan_deploy.plan(Draft(name="second", settings=TRAINING), cluster(), live())
    assert [note.code for note in made.blocked] == ["extension-other-name"]
    assert "amlarc-compute" in made.blocked[0].remedy


def test_a_failed_one_is_put_again_and_it_is_said_what_that_does() -> None:
    error = {"code": "ExtensionOperationFailed", "message": "cannot re-use a name that is still in use"}
    made = plan_deploy.plan(Draft(settings=TRAINING), cluster(), live("Failed", errorInfo=error))
    (note,) = made.notes
    assert (note.code, note.health, made.blocked) == ("extension-failed", Health.WARN, ())
    assert "the PUT installs again" in note.what
    assert "an hour" in note.remedy
    assert made.steps[-1].id == "extension"
    odd = plan_deploy.plan(Draft(settings=TRAINING), cluster(), live("Weird"))
    assert [note.code for note in odd.notes] == ["extension-state-unknown"]


def test_a_put_onto_an_installed_one_says_what_it_drops() -> None:
    made = plan_deploy.plan(Draft(settings=TRAINING), cluster(), live(settings={"nodeSelector.gpu": "v"}))
    dropped = next(note for note in made.notes if note.code == "settings-dropped")
    assert "nodeSelector.gpu" in dropped.what
