"""Plans sent to the demo's ARM with the simulated cluster behind it: installs that fail in every way it knows, and one
that does not. Waiting is what makes the world's time pass.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.client.arm_demo import TOKEN, Quiet
from tests.demo.world.stand import Stand
from tui.client.arm import ArmClient
from tui.client.arm_writes import ArmWriter
from tui.client.audit import Audit
from tui.client.plan_events import End, PlanDone, PlanFailed
from tui.client.plan_record import Records
from tui.client.plan_run import run
from tui.demo import tls
from tui.demo.arm.server import ArmServer
from tui.domain import arm_error, cluster
from tui.domain import extension as extensions
from tui.domain.findings.evidence import Evidence
from tui.domain.findings.install_failure import diagnose
from tui.domain.plans import deploy
from tui.domain.plans.draft import Draft
from tui.settings import Demo, Settings

TRAINING = {"enableTraining": "True"}
INFERENCE = {
    "enableInference": "True", "allowInsecureConnections": "True", "inferenceRouterServiceType": "loadBalancer",
}  # fmt: skip


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tls.Certificates:
    return tls.issue(tmp_path_factory.mktemp("certificates"))


@asynccontextmanager
async def served(stand: Stand, certificates: tls.Certificates) -> AsyncIterator[ArmClient]:
    """The ARM of a world over HTTPS, and our client on it."""
    address = ""
    server = ArmServer(stand.arm, TOKEN, stand.clock, Quiet(), address=lambda: address)
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls.server_context(certificates)).start()
    address = f"https://127.0.0.1:{runner.addresses[0][1]}"
    demo = Demo(kubeconfig="", arm=address, ca=str(certificates.ca_path), token=TOKEN, cluster_id="")
    arm = ArmClient(Settings(demo=demo), tick=stand.clock)
    try:
        yield arm
    finally:
        await arm.close()
        await runner.cleanup()


def left(directory: Path) -> list[Path]:
    """Records of plans that are not over."""
    return list(directory.glob("plans/*"))


async def deployed(stand: Stand, certificates: tls.Certificates, directory: Path, settings: dict[str, str]) -> End:
    """What a deploy comes to."""

    async def wait(seconds: float) -> None:
        stand.go(seconds)

    row = cluster.decode(stand.arm.get(stand.world.estate.cluster))
    plan = deploy.plan(Draft(settings=settings), row, None)
    async with served(stand, certificates) as arm:
        writer = ArmWriter(arm, Audit(directory, stand.clock), wait=wait)
        records = Records(directory, stand.clock)
        return await run(plan, writer, lambda _event: None, records=records, clock=stand.clock, wait=wait)


@pytest.mark.parametrize(
    ("scenario", "settings", "code"),
    [
        ("fail-timeout", TRAINING, "X1"),
        ("fail-image-pull", TRAINING, "X1"),
        ("fail-network", TRAINING, "X1"),
        ("fail-healthcheck-e40001", INFERENCE, "X3"),
        ("fail-healthcheck-pull", TRAINING, "X3"),
        ("fail-insufficient-node", INFERENCE, "X1"),
        ("fail-ownership-volcano", TRAINING, "X4"),
        ("fail-ownership-prometheus", TRAINING, "X4"),
        ("fail-chart-not-found", TRAINING, "X9"),
        ("fail-name-in-use", TRAINING, "X6"),
        ("fail-operation-in-progress", TRAINING, "X7"),
        ("fail-namespace-terminating", TRAINING, "X8"),
        ("fail-webhook-nginx", INFERENCE, "X12"),
        ("fail-status-not-populated", TRAINING, "X2"),
        ("fail-policy", TRAINING, "X11"),
        ("fail-region", TRAINING, "X10"),
    ],
)
async def test_an_install_that_fails_ends_with_its_cause(
    certificates: tls.Certificates, tmp_path: Path, scenario: str, settings: dict[str, str], code: str
) -> None:
    end = await deployed(Stand(1, scenario), certificates, tmp_path, settings)
    assert isinstance(end, PlanFailed)
    assert end.step == "extension"
    known = end.operation
    said = arm_error.ArmError(known.code, known.message) if known is not None else None
    error = said or arm_error.ArmError(end.problem.code, end.problem.what)
    assert code in [one.code for one in diagnose(Evidence(errors=(error,), ended=True))]
    assert not left(tmp_path), "it is over: nothing to follow after a restart"


async def test_an_install_that_goes_well(certificates: tls.Certificates, tmp_path: Path) -> None:
    stand = Stand(1, "not-installed")
    end = await deployed(stand, certificates, tmp_path, TRAINING)
    assert isinstance(end, PlanDone)
    row = extensions.decode(stand.arm.get(stand.world.estate.extension))
    assert row.state == "Installed"
    assert stand.arm.get(stand.world.estate.relay) is not None
