"""One write to ARM: when it is sent again, when it is looked for first, and what goes on record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web

from tests.client.api import Api, cut, running
from tests.client.arm import CLUSTER, endpoint, error, settings
from tui.client import arm_versions, landing
from tui.client.arm import ArmClient
from tui.client.arm_writes import ATTEMPTS, ArmWriter
from tui.client.audit import Audit
from tui.core.errors import Problem
from tui.core.operation import Answer, Operation
from tui.demo import tls

EXTENSION = f"{CLUSTER}/providers/Microsoft.KubernetesConfiguration/extensions/amlarc-compute"
HERE = {"properties": {"a": "b", "provisioningState": "Creating"}}


class Stand:
    """A scripted ARM, a writer on it, and how long it waited."""

    def __init__(self, api: Api, arm: ArmClient, directory: Path) -> None:
        self.api, self.arm, self.directory, self.waits = api, arm, directory, list[float]()
        self.now = 100.0
        self.writer = ArmWriter(arm, Audit(directory, lambda: 0.0), wait=self._wait)

    async def _wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def answers(self, *script: Callable[[], web.Response] | None, looks: Any = None) -> None:
        """The answers to writes, in order; None: the connection breaks. `looks`: what a GET finds."""
        left = list(script)

        def handle(request: web.Request) -> web.Response:
            if request.method == "GET":
                return error(404, "NotFound") if looks is None else web.json_response(looks)
            answer = left.pop(0)
            if answer is None:
                cut(request)
                return web.Response()
            return answer()

        self.api.handle = handle

    @property
    def asked(self) -> list[str]:
        return [request.method for request in self.api.asked]

    @property
    def stages(self) -> list[str]:
        path = self.directory / "audit.jsonl"
        return [msgspec.json.decode(line)["stage"] for line in path.read_bytes().splitlines()] if path.exists() else []


@asynccontextmanager
async def standing(certificates: tls.Certificates, directory: Path) -> AsyncIterator[Stand]:
    made: list[Stand] = []
    async with endpoint(certificates, tick=lambda: made[0].now) as (api, arm):
        made.append(Stand(api, arm, directory))
        yield made[0]


@pytest.fixture
async def stand(certificates: tls.Certificates, tmp_path: Path) -> AsyncIterator[Stand]:
    async with standing(certificates, tmp_path) as found:
        yield found


def ok() -> web.Response:
    return web.json_response(HERE, status=201)


def throttled() -> web.Response:
    return error(429, "TooManyRequests", **{"Retry-After": "17"})


def broken() -> web.Response:
    return error(500, "InternalServerError", "oh")


async def test_what_is_taken_is_sent_once(stand: Stand) -> None:
    stand.answers(ok)
    found = await stand.writer.send("PUT", f"{EXTENSION}?forceDelete=true", "", HERE, command="az x")
    assert isinstance(found, Answer)
    assert (found.status, found.body, stand.waits) == (201, HERE, [])
    (request,) = stand.api.asked
    assert (request.method, request.path) == ("PUT", EXTENSION)
    assert dict(request.query) == {"api-version": "2023-05-01", "forceDelete": "true"}
    assert request.headers["Content-Type"] == "application/json"
    assert stand.stages == ["intent", "accepted"]


async def test_a_429_is_sent_again_when_the_service_allows_whatever_the_method(stand: Stand) -> None:
    for method in ("PUT", "PATCH", "DELETE", "POST"):
        stand.api.asked.clear()
        stand.answers(throttled, throttled, ok)
        assert isinstance(await stand.writer.send(method, EXTENSION, "", {}), Answer)
        assert stand.asked == [method] * 3, "it was not taken, so nobody has to look"
    assert stand.waits == [17.0, 17.0] * 4


async def test_a_5xx_is_looked_into_and_sent_again_when_it_was_not_taken(stand: Stand) -> None:
    stand.answers(broken, broken, ok)
    found = await stand.writer.send("PUT", EXTENSION, "", HERE, before=landing.ABSENT)
    assert isinstance(found, Answer)
    assert stand.asked == ["PUT", "GET", "PUT", "GET", "PUT"]
    assert stand.waits == [2.0, 5.0]
    assert stand.stages == ["intent", "unknown", "intent", "unknown", "intent", "accepted"]


@pytest.mark.parametrize("lost", [None, broken])
async def test_what_arrived_is_not_sent_again(stand: Stand, lost: Callable[[], web.Response] | None) -> None:
    stand.answers(lost, looks=HERE)
    found = await stand.writer.send("PUT", EXTENSION, "", HERE, before=landing.ABSENT)
    assert found == Answer(200, {}, HERE)
    assert stand.asked == ["PUT", "GET"]


async def test_a_delete_that_arrived(stand: Stand) -> None:
    stand.answers(None)
    assert await stand.writer.send("DELETE", EXTENSION) == Answer(204, {}, None)
    deleting = {"properties": {"provisioningState": "Deleting"}}
    stand.answers(None, looks=deleting)
    assert await stand.writer.send("DELETE", EXTENSION) == Answer(202, {}, deleting)
    assert stand.asked == ["DELETE", "GET"] * 2


async def test_it_is_tried_so_often_and_no_more(stand: Stand) -> None:
    stand.answers(*[broken] * 9)
    found = await stand.writer.send("PUT", EXTENSION, "", HERE)
    assert isinstance(found, Problem)
    assert found.status == 500
    assert stand.asked.count("PUT") == ATTEMPTS
    stand.api.asked.clear()
    stand.answers(*[throttled] * 9)
    found = await stand.writer.send("PUT", EXTENSION, "", HERE)
    assert isinstance(found, Problem)
    assert (found.status, stand.asked) == (429, ["PUT"] * ATTEMPTS)


async def test_an_action_that_only_reads_is_simply_asked_again_and_not_recorded(stand: Stand) -> None:
    stand.answers(None, broken, ok)
    assert isinstance(await stand.writer.send("POST", f"{EXTENSION}/listKeys"), Answer)
    assert stand.asked == ["POST"] * 3
    assert stand.stages == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412])
async def test_a_refusal_is_final(stand: Stand, status: int) -> None:
    refused = lambda: error(status, "No", "SharedAccessKey=abcdefgh12345678")  # noqa: E731
    stand.answers(refused, refused)
    found = await stand.writer.send("PUT", EXTENSION, "", HERE)
    assert isinstance(found, Problem)
    assert (found.status, stand.waits) == (status, [])
    assert stand.asked == ["PUT"] * (2 if status == 401 else 1), "a 401 gets one new token"
    assert stand.stages == ["intent", "refused"]
    assert b"abcdefgh" not in (stand.directory / "audit.jsonl").read_bytes()


async def test_when_nobody_can_look_the_outcome_stays_unknown(stand: Stand) -> None:
    stand.api.handle = lambda request: error(503, "ServiceUnavailable")
    found = await stand.writer.send("PUT", EXTENSION, "", HERE)
    assert isinstance(found, Problem)
    assert stand.asked == ["PUT", *["GET"] * ATTEMPTS]
    assert stand.stages == ["intent", "unknown"]


async def test_an_endpoint_that_is_away_is_tried_again_without_looking(
    certificates: tls.Certificates, tmp_path: Path
) -> None:
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    arm = ArmClient(settings("https://127.0.0.1:1", certificates))
    found = await ArmWriter(arm, wait=wait).send("PUT", EXTENSION, "", {})
    await arm.close()
    assert isinstance(found, Problem)
    assert (found.code, waits) == ("Connect", [2.0, 5.0, 15.0, 30.0])


async def test_a_write_that_cannot_be_recorded_is_not_sent(stand: Stand) -> None:
    (stand.directory / "audit.jsonl").mkdir()
    found = await stand.writer.send("DELETE", EXTENSION)
    assert isinstance(found, Problem)
    assert (found.code, stand.api.asked) == ("Audit", [])


async def test_a_write_nobody_waits_for_is_recorded_as_interrupted(stand: Stand) -> None:
    reached, hold = asyncio.Event(), asyncio.Event()

    async def handle(request: web.Request) -> web.Response:
        reached.set()
        await hold.wait()
        return web.Response()

    stand.api.handle = handle
    sending = asyncio.create_task(stand.writer.send("PUT", EXTENSION, "", HERE))
    async with asyncio.timeout(5):
        await reached.wait()
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    hold.set()
    assert stand.stages == ["intent", "interrupted"]


async def test_the_line_says_who_did_what_to_which(stand: Stand) -> None:
    stand.answers(ok)
    await stand.writer.send("PATCH", EXTENSION, "", {"secret": "hunter2"}, command="az rest --body @extension.json")
    ended = Operation("r", "PATCH", status="Failed", code="X", message="token=abcdefgh12345678")
    stand.writer.conclude("PATCH", EXTENSION, "az rest", ended)
    lines = [msgspec.json.decode(line) for line in (stand.directory / "audit.jsonl").read_bytes().splitlines()]
    assert [line["stage"] for line in lines] == ["intent", "accepted", "failed"]
    for line in lines:
        assert (line["verb"], line["resource"]) == ("patch", "microsoft.kubernetesconfiguration/extensions")
        assert (line["key"], line["request"]) == (EXTENSION, f"PATCH {EXTENSION}?api-version=2023-05-01")
    assert lines[0]["command"] == "az rest --body @extension.json"
    assert lines[0]["context"] == stand.arm.where
    assert all(line["who"] for line in lines)
    assert lines[2]["outcome"].startswith("Failed: X: ")
    assert "hunter2" not in str(lines)
    assert "abcdefgh" not in str(lines)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
async def test_the_connection_s_own_layer_sends_no_write_twice(stand: Stand, method: str) -> None:
    stand.answers(None, None, None)
    stand.api.asked.clear()
    found = await stand.arm.send(method, EXTENSION, "", {})
    assert isinstance(found, Problem)
    assert (found.code, stand.asked) == ("Broken", [method])


async def test_a_write_goes_to_no_other_host(stand: Stand) -> None:
    async with running() as evil:
        found = await stand.arm.send_to("PUT", f"{evil.url}/x", {}, body={"a": "b"})
        assert isinstance(found, Problem)
        assert (found.code, evil.asked) == ("OtherHost", [])


async def test_a_version_that_is_refused_is_exchanged_and_remembered(stand: Stand) -> None:
    def handle(request: web.Request) -> web.Response:
        if request.query["api-version"] == "2021-09-01":
            return ok()
        return error(400, "InvalidApiVersionParameter", "The supported versions are '2021-09-01'.")

    stand.api.handle = handle
    for _ in range(2):
        assert isinstance(await stand.writer.send("PUT", EXTENSION, "", {}), Answer)
    asked = [request.query["api-version"] for request in stand.api.asked]
    assert asked == ["2023-05-01", "2021-09-01", "2021-09-01"]
    assert stand.writer.url(f"{EXTENSION}?x=y").endswith("amlarc-compute?api-version=2021-09-01")


def test_the_first_era_has_the_identity_among_the_properties() -> None:
    body = {"identity": {"type": "SystemAssigned"}, "properties": {"a": "b"}}
    moved = {"properties": {"a": "b", "identity": {"type": "SystemAssigned"}}}
    assert arm_versions.fitted(EXTENSION, body, "2020-07-01-preview") == moved
    assert arm_versions.fitted(EXTENSION, body, "2021-09-01") is body
    assert arm_versions.fitted(CLUSTER, body, "2020-07-01-preview") is body
    assert arm_versions.fitted(EXTENSION, {"properties": {}}, "2020-07-01-preview") == {"properties": {}}


@pytest.mark.parametrize(
    ("path", "version"),
    [
        (EXTENSION, "2023-05-01"),
        ("/subscriptions/s/resourceGroups/g/providers/Microsoft.Relay/namespaces/n/hybridConnections/h/"
         "authorizationRules/r/listKeys", "2021-11-01"),
        ("/subscriptions/s/resourceGroups/g/providers/Microsoft.ServiceBus/namespaces/n/topics/t/subscriptions/x",
         "2021-11-01"),
        ("/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/w", "2022-10-01"),
        ("/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/w/sharedKeys",
         "2020-08-01"),
        ("/subscriptions/s/providers/Microsoft.Relay/register", "2021-04-01"),
    ],
)  # fmt: skip
def test_what_is_inside_a_type_has_its_version(path: str, version: str) -> None:
    assert arm_versions.version_of(path) == version
