"""What is carried from one step of a plan to the next, and that no secret of it stays anywhere."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from msgspec.structs import replace

from tests.client.arm_demo import ARC, EXTENSION, TOKEN, Cloud, cloud, cluster_row
from tests.client.test_plan_run import SERVING, deploy, live, run, struck, told
from tui.client.plan_events import End, Failed, PlanDone, PlanFailed
from tui.core.secret import Secret
from tui.demo import tls
from tui.domain import relay
from tui.domain.plans import delete as plan_delete
from tui.domain.plans import deploy as plan_deploy
from tui.domain.plans.plan import Fill, Plan, Step

PATH = f"{ARC.rpartition('/providers/')[0]}/providers/Microsoft.Relay/namespaces/mine-relay"


@pytest.fixture
async def arm(certificates: tls.Certificates, tmp_path: Path) -> AsyncIterator[Cloud]:
    async with cloud(certificates, tmp_path) as found:
        yield found


async def test_no_secret_is_left_on_disk_and_every_write_is_recorded(arm: Cloud, tmp_path: Path) -> None:
    await run(arm, deploy(SERVING, era="B"))
    keys = [value for bodies in arm.bodies.values() for body in bodies for value in
            body.get("properties", {}).get("configurationProtectedSettings", {}).values()]  # fmt: skip
    assert len(keys) == 7
    arm.before = struck(99, lambda: None, "DELETE")
    await run(arm, plan_delete.plan(live(arm), cluster_row()))
    on_disk = arm.on_disk.decode()
    assert len(arm.left) == 1
    for secret in (*keys, "hunter2", "hunter3", TOKEN, *(key.rpartition("SharedAccessKey=")[2] for key in keys)):
        assert secret not in on_disk
    lines = arm.audit
    assert [line["request"].split("?")[0].split(" ") for line in lines if line["stage"] == "intent"] == [
        list(write) for write in arm.writes()
    ]
    assert all(line["key"].startswith("/subscriptions/") and line["who"] and line["command"] for line in lines)
    assert (tmp_path / "audit.jsonl").stat().st_mode & 0o777 == 0o600
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in arm.left)


async def test_a_step_that_may_fail_leaves_its_place_out(arm: Cloud) -> None:
    missing = Step("maybe", "read what is not there", "POST", f"{ARC}x/providers/Microsoft.Relay/namespaces/x/listKeys",
                   optional=True, gives={"maybe": "a.b"})  # fmt: skip
    body = {"location": "eastus", "properties": {"a": Fill("maybe"), "b": "c"}}
    end = await run(arm, Plan("deploy", PATH, (missing, Step("last", "make it", "PUT", PATH, body=body))))
    assert isinstance(end, PlanDone)
    assert told(arm, Failed) == ["maybe"]
    assert arm.sent("PUT", "/mine-relay") == [{"location": "eastus", "properties": {"b": "c"}}]


async def test_a_place_nobody_fills_is_told_before_it_is_sent(arm: Cloud) -> None:
    end = await run(arm, Plan("deploy", PATH, (Step("s", "t", "PUT", PATH, body={"a": [Fill("gone")]}),)))
    assert isinstance(end, PlanFailed)
    assert (end.problem.code, arm.writes()) == ("Unfilled", [])


async def test_an_encoded_place_is_filled_as_base64(arm: Cloud) -> None:
    await run(arm, deploy())
    keys = relay.keys(relay.connection_of(plan_deploy.home_of(cluster_row()), {}))
    body = {"location": "eastus", "properties": {"a": Fill(relay.STRING, encoded=True)}}
    await run(arm, Plan("deploy", PATH, (keys, Step("last", "make it", "PUT", PATH, body=body))))
    (found,) = arm.sent("PUT", "/mine-relay")
    assert found["properties"]["a"].startswith("RW5kcG9pbnQ9c2I6Ly9")


async def test_a_secret_is_sent_again_since_nobody_can_tell_whether_it_is_the_same(arm: Cloud) -> None:
    """The first run was killed once its PUT was taken; the second brings another key of the same certificate."""
    tasks: list[asyncio.Task[End]] = []

    def lost(_number: int, request: web.Request) -> bool:
        if request.method == "PUT" and request.path == EXTENSION:
            tasks[0].cancel()
        return False

    arm.lost = lost
    tasks.append(asyncio.create_task(run(arm, deploy(SERVING))))
    await asyncio.gather(*tasks, return_exceptions=True)
    arm.lost = lambda _number, _request: False
    other = {**SERVING.protected, "sslKeyPemFile": Secret("another key")}
    assert isinstance(await run(arm, deploy(replace(SERVING, protected=other))), PlanDone)
    keys = [body["properties"]["configurationProtectedSettings"]["scoringFe.sslKey"]
            for body in arm.sent("PUT", "/amlarc-compute")]  # fmt: skip
    assert [b64decode(key) for key in keys] == [b"KEY-hunter3", b"another key"]
