"""Plans run against the demo's ARM: end to end, throttled, failing, refused, and without a secret on disk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from msgspec.structs import replace

from tests.client.api import cut
from tests.client.arm import error
from tests.client.arm_demo import ARC, EXTENSION, Cloud, cloud, cluster_row
from tui.client import plan_run
from tui.client.plan_events import Began, Done, End, Failed, PlanDone, PlanFailed, Progress, Reused, Sent
from tui.core.health import Health
from tui.core.secret import Secret
from tui.demo import tls
from tui.domain import extension, relay
from tui.domain.plans import delete as plan_delete
from tui.domain.plans import deploy as plan_deploy
from tui.domain.plans import update as plan_update
from tui.domain.plans.draft import Draft
from tui.domain.plans.note import Note
from tui.domain.plans.plan import Plan

TRAINING = Draft(settings={"enableTraining": "True"})
PEM = {"sslCertPemFile": Secret("CERT-hunter2"), "sslKeyPemFile": Secret("KEY-hunter3")}
SERVING = Draft(
    settings={"enableInference": "True", "inferenceRouterServiceType": "nodePort", "sslCname": "ml.test",
              "logAnalyticsWS": "True"}, protected=PEM,
)  # fmt: skip


@pytest.fixture
async def arm(certificates: tls.Certificates, tmp_path: Path) -> AsyncIterator[Cloud]:
    async with cloud(certificates, tmp_path) as found:
        yield found


def deploy(draft: Draft = TRAINING, **how: Any) -> Plan:
    return plan_deploy.plan(draft, cluster_row(), how.pop("live", None), **how)


async def run(cloud: Cloud, plan: Plan) -> End:
    return await plan_run.run(
        plan, cloud.writer, cloud.events.append, records=cloud.records, clock=cloud.clock, wait=cloud.clock.wait
    )


def told(cloud: Cloud, kind: type) -> list[str]:
    """Ids of the steps of one kind of event."""
    return [event.step.id for event in cloud.events if isinstance(event, kind)]  # type: ignore[union-attr]


def live(cloud: Cloud) -> extension.ExtensionRow:
    return extension.decode(cloud.state.get(EXTENSION))


def nothing_left(cloud: Cloud) -> bool:
    return not cloud.left


async def test_a_bare_cluster_comes_to_an_extension_and_back(arm: Cloud) -> None:
    made = deploy(SERVING, era="B")
    assert isinstance(await run(arm, made), PlanDone)
    ids = [step.id for step in made.steps]
    assert told(arm, Began) == told(arm, Sent) == told(arm, Done) == ids
    assert isinstance(arm.events[-1], PlanDone)
    assert live(arm).state == "Installed"
    (body,) = arm.sent("PUT", "/extensions/amlarc-compute")
    inner = body["properties"]
    name = relay.expected_name("edge-01", *ARC.split("/")[2:5:2])
    hidden = inner["configurationProtectedSettings"]
    string = hidden["relayserver.relayConnectionString"]
    assert string == hidden["relayServerConnectionString"]
    assert string.startswith(f"Endpoint=sb://{name}.servicebus.windows.net/;SharedAccessKeyName=azureml_rw;")
    assert string.endswith(";EntityPath=edge-01"), "the hybrid connection's own rule, not the namespace's"
    assert "SharedAccessKeyName=RootManageSharedAccessKey" in hidden["servicebus.connectionString"]
    workspace = next(each for key, each in arm.resources.items() if "OperationalInsights" in key)
    customer = workspace["properties"]["customerId"]
    assert inner["configurationSettings"]["azure_log_analytics.customer_id"] == customer
    assert hidden["scoringFe.sslCert"] == "Q0VSVC1odW50ZXIy"
    assert nothing_left(arm)

    arm.events.clear()
    again = plan_update.plan(live(arm), Draft(settings={"installDcgmExporter": "True"}), cluster_row())
    assert isinstance(await run(arm, again), PlanDone)
    assert live(arm).settings["installDcgmExporter"] == "True"
    assert live(arm).settings["sslCname"] == "ml.test", "what is not named stays"
    assert isinstance(await run(arm, plan_delete.plan(live(arm), cluster_row())), PlanDone)
    assert arm.state.get(EXTENSION) is None
    assert any("Microsoft.Relay" in key for key in arm.resources), "the Relay stays"
    assert nothing_left(arm)


async def test_an_update_keeps_the_secrets_that_can_be_fetched(arm: Cloud) -> None:
    await run(arm, deploy())
    first = arm.state.get(EXTENSION)["properties"]["configurationProtectedSettings"]  # type: ignore[index]
    made = plan_update.plan(live(arm), Draft(protected={"mine": Secret("x")}), cluster_row(), relays=None)
    assert isinstance(await run(arm, made), PlanDone)
    found = arm.state.get(EXTENSION)["properties"]["configurationProtectedSettings"]  # type: ignore[index]
    assert found == first | {"mine": "x"}


async def test_what_is_there_is_kept(arm: Cloud) -> None:
    await run(arm, deploy())
    arm.state.remove(EXTENSION)
    count = len(arm.writes())
    arm.events.clear()
    assert isinstance(await run(arm, deploy()), PlanDone)
    assert told(arm, Reused) == ["relay-namespace", "relay-connection", "relay-rule"]
    assert arm.writes()[count:] == [("PUT", EXTENSION)]


async def test_providers_are_registered_and_waited_for(arm: Cloud) -> None:
    lacking = {"Microsoft.Relay", "Microsoft.KubernetesConfiguration"}
    for name in lacking:
        arm.state.register(ARC.split("/")[2], name, "NotRegistered")
    assert isinstance(await run(arm, deploy(unregistered=lacking)), PlanDone)
    waited = [event.operation.status for event in arm.events
              if isinstance(event, Progress) and event.step.id == "register-microsoft.relay"]  # fmt: skip
    assert waited[0] == "Registering"
    assert waited[-1] == "Succeeded"
    lines = [line for line in arm.audit if line["verb"] == "post"]
    assert [line["stage"] for line in lines] == ["intent", "accepted", "done"] * 2


async def test_a_registration_that_does_not_end_is_given_up(arm: Cloud) -> None:
    arm.before = lambda _n, request: (
        web.json_response({"registrationState": "Registering"}) if "/providers/Microsoft.Relay" in request.path
        and "/resourceGroups/" not in request.path else None
    )  # fmt: skip
    end = await run(arm, deploy(unregistered={"Microsoft.Relay"}))
    assert isinstance(end, PlanFailed)
    assert (end.step, "30 minutes" in end.problem.what) == ("register-microsoft.relay", True)
    assert nothing_left(arm)


def struck(times: int, answer: Callable[[], web.Response | None], *methods: str) -> Any:
    """Each request of these methods is answered so, a few times, before ARM sees it."""
    seen: dict[tuple[str, str], int] = {}

    def before(_number: int, request: web.Request) -> web.Response | None:
        key = (request.method, request.path)
        seen[key] = seen.get(key, 0) + 1
        if request.method not in methods or seen[key] > times:
            return None
        found = answer()
        if found is None:
            cut(request)
            return web.Response()
        return found

    return before


ALL = ("GET", "PUT", "POST", "PATCH", "DELETE")


async def test_a_throttled_plan_waits_as_long_as_the_service_says(arm: Cloud) -> None:
    arm.before = struck(2, lambda: error(429, "TooManyRequests", "slow down", **{"Retry-After": "73"}), *ALL)
    assert isinstance(await run(arm, deploy()), PlanDone)
    assert arm.clock.waits.count(73.0) >= 2 * len(arm.writes()) / 3
    assert len([op for op in arm.state.operations(ARC) if op.resource_id == EXTENSION]) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_plan_goes_on_after_a_5xx_anywhere(arm: Cloud, status: int) -> None:
    arm.before = struck(1, lambda: error(status, "ServerError", "oh"), *ALL)
    assert isinstance(await run(arm, deploy()), PlanDone)
    puts = [path for method, path in arm.writes() if method == "PUT" and path == EXTENSION]
    assert len(puts) == 2
    stages = [line["stage"] for line in arm.audit if line["key"] == EXTENSION]
    assert stages == ["intent", "unknown", "intent", "accepted", "done"]


async def test_what_never_answers_is_given_up_and_the_record_is_kept(arm: Cloud) -> None:
    arm.before = struck(99, lambda: error(500, "ServerError", "oh"), "PUT")
    end = await run(arm, deploy())
    assert isinstance(end, PlanFailed)
    assert (end.step, end.problem.status) == ("relay-namespace", 500)
    assert len(arm.writes()) == 5
    assert [record.step for record in arm.records.unfinished()] == ["relay-namespace"]
    arm.before = lambda _number, _request: None
    assert isinstance(await run(arm, deploy()), PlanDone)
    assert nothing_left(arm)


async def test_a_refusal_ends_it_at_once_with_the_service_s_words(arm: Cloud) -> None:
    arm.before = lambda _n, request: (
        error(403, "AuthorizationFailed", "does not have authorization to perform action 'x/write'")
        if request.method == "PUT" and request.path == EXTENSION else None
    )  # fmt: skip
    end = await run(arm, deploy())
    assert isinstance(end, PlanFailed)
    assert (end.step, end.problem.code, end.operation) == ("extension", "AuthorizationFailed", None)
    assert told(arm, Failed) == ["extension"]
    assert nothing_left(arm)
    assert [line["stage"] for line in arm.audit if line["key"] == EXTENSION] == ["intent", "refused"]


async def test_an_install_that_fails_tells_the_operation_s_error(arm: Cloud) -> None:
    message = "Helm installation failed: secret=SharedAccessKey=abcdefgh12345678"

    async def fail(seconds: float) -> None:
        await type(arm.clock).wait(arm.clock, seconds)
        for each in arm.state.operations(ARC):
            arm.state.finish(each.id, "Failed", {"code": "ExtensionOperationFailed", "message": message})

    end = await plan_run.run(
        deploy(), arm.writer, arm.events.append, records=arm.records, clock=arm.clock, wait=fail
    )  # fmt: skip
    assert isinstance(end, PlanFailed)
    assert end.operation is not None
    assert (end.operation.status, end.problem.code) == ("Failed", "ExtensionOperationFailed")
    assert "abcdefgh" not in end.problem.what
    last = arm.audit[-1]
    assert (last["stage"], last["key"]) == ("failed", EXTENSION)
    assert "abcdefgh" not in last["outcome"]
    assert nothing_left(arm)
    assert isinstance(await run(arm, deploy(live=live(arm))), PlanDone), "what failed is put again"


async def test_an_operation_that_cannot_be_seen_is_lost_not_failed(arm: Cloud) -> None:
    arm.before = lambda _n, request: error(500, "E", "oh") if "/operations/" in request.path else None
    end = await run(arm, deploy())
    assert isinstance(end, PlanFailed)
    assert end.problem.code == "Lost"
    (left,) = arm.records.unfinished()
    assert left.operation is not None
    arm.before = lambda _number, _request: None
    assert isinstance(await run(arm, deploy()), PlanDone)
    assert len(arm.sent("PUT", "/amlarc-compute")) == 1, "it was followed, not sent again"


async def test_the_second_of_two_at_once_is_refused_here_and_by_arm(arm: Cloud) -> None:
    claim = arm.records.claim(deploy(), arm.arm.endpoint)
    end = await run(arm, deploy())
    assert isinstance(end, PlanFailed)
    assert end.problem.code == "Busy"
    assert arm.asked == []
    claim.release()  # type: ignore[union-attr]
    await run(arm, deploy())
    arm.state.begin(EXTENSION, "update")
    end = await plan_run.run(deploy(), arm.writer, arm.events.append, clock=arm.clock, wait=arm.clock.wait)
    assert isinstance(end, PlanFailed)
    assert (end.problem.status, end.problem.code) == (409, "Conflict")


async def test_a_read_only_session_sends_nothing(certificates: tls.Certificates, tmp_path: Path) -> None:
    async with cloud(certificates, tmp_path, read_only=True) as arm:
        end = await run(arm, deploy())
        assert isinstance(end, PlanFailed)
        assert end.problem.code == "ReadOnly"
        assert arm.asked == []
        for method in ("PUT", "PATCH", "DELETE", "POST"):
            found = await arm.writer.send(method, EXTENSION, "", {})
            assert getattr(found, "code", "") == "ReadOnly"
            below = await arm.arm.send_to(method, arm.arm.endpoint + EXTENSION, {"api-version": "2023-05-01"}, body={})
            assert getattr(below, "code", "") == "ReadOnly"
        assert (arm.asked, arm.audit, arm.left) == ([], [], [])


async def test_a_plan_with_something_in_the_way_is_not_run(arm: Cloud) -> None:
    note = Note("x", Health.BAD, "the Relay is gone", remedy="make it")
    end = await run(arm, replace(deploy(), notes=(note,)))
    assert isinstance(end, PlanFailed)
    assert (end.problem.code, end.problem.next, arm.asked) == ("Blocked", "make it", [])


async def test_a_plan_of_nothing_is_done(arm: Cloud) -> None:
    assert isinstance(await run(arm, Plan("deploy", EXTENSION, ())), PlanDone)
    assert arm.asked == []


async def test_a_cloud_that_knows_only_the_first_api_is_served_in_its_shape(arm: Cloud) -> None:
    arm.state.versions["microsoft.kubernetesconfiguration/extensions"] = ("2020-07-01-preview",)
    assert isinstance(await run(arm, deploy(era="B")), PlanDone)
    body = arm.sent("PUT", "/amlarc-compute")[-1]
    assert "identity" not in body
    assert body["properties"]["identity"] == {"type": "SystemAssigned"}
    assert live(arm).state == "Installed"
