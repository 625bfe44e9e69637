"""The stock demo surveyed over TLS by the real clients."""

from __future__ import annotations

from tests.client.survey_town import part
from tui.client.arm import ArmClient
from tui.client.choice import choice_of
from tui.client.connection import Connection
from tui.client.kube import KubeClient
from tui.client.survey import survey
from tui.core.health import Health
from tui.demo.launch import launch
from tui.domain.plans.draft import Draft
from tui.domain.preflight import findings
from tui.domain.surveys.survey import Survey
from tui.session_clock import clock_of
from tui.settings import Settings


async def of_demo(*faults: str, context: str | None = None) -> Survey:
    """The stock demo, as the real client sees it over TLS."""
    with launch(seed=1, speed=0.0, faults=faults) as demo:
        settings = Settings(demo=demo, kubeconfig=demo.kubeconfig, context=context)
        arm, connection = ArmClient(settings), Connection(choice_of(settings))
        try:
            return await survey(KubeClient(connection), arm, demo.cluster_id, clock=clock_of(settings))
        finally:
            await arm.close()
            await connection.close()


def told(found: Survey) -> dict[str, Health]:
    return {note.code: note.health for note in findings(found, Draft())}


async def test_the_stock_demo() -> None:
    found = await of_demo()
    codes = told(found)
    assert found.extension is not None
    assert codes["extension-installed"] is Health.WARN
    assert codes["cluster-connected"] is Health.GOOD
    assert codes["extension-manager-ready"] is Health.GOOD
    assert codes["relay-present"] is Health.GOOD
    assert codes["device-plugin-present"] is Health.GOOD
    assert codes["rights-granted"] is Health.GOOD
    assert not [code for code, health in codes.items() if health is Health.BAD]
    owned = {"volcano-present", "prometheus-present", "dcgm-present", "leftover-objects"}
    assert not owned & set(codes), "the extension's own parts are no conflicts"
    assert len(part(found, "definitions")) == 20


async def test_a_demo_without_the_extension_through_the_eyes_of_a_viewer() -> None:
    codes = told(await of_demo("not-installed", context="arcdeck-demo-viewer"))
    assert codes["extension-absent"] is Health.GOOD
    assert codes["namespace-absent"] is Health.GOOD
    assert codes["legacy-router-unknown"] is Health.UNKNOWN
    assert not [code for code, health in codes.items() if health is Health.BAD]
