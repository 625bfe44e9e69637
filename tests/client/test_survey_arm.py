"""What a survey asks of ARM, and how it leaves it alone when it says so."""

from __future__ import annotations

import pytest
from aiohttp import web

from tests.client.arm import CLUSTER, endpoint, error
from tests.client.survey_town import Slept, broken, look, part
from tests.domain.build import NOW
from tui.client.survey import PATIENCE, survey
from tui.core.errors import Problem
from tui.demo import tls
from tui.domain.surveys.survey import PROVIDERS


def arm_answers(request: web.Request) -> web.Response:
    path = request.path.lower()
    if path.endswith("/permissions"):
        more = "" if "skip" in request.query else str(request.url.update_query(skip="1"))
        at = "on cluster" if "connectedclusters" in path else "on group"
        return web.json_response({"value": [{"actions": [at], "notActions": []}], "nextLink": more or None})
    if path.endswith(("/extensions", "/namespaces")):
        return web.json_response({"value": [{"id": f"{path}/x", "name": "x", "properties": {}}]})
    if path == CLUSTER.lower():
        profile = {"desiredAgentVersion": "1.9.0"}
        return web.json_response({"id": CLUSTER, "name": "c", "properties": {"arcAgentProfile": profile}})
    return web.json_response({"registrationState": "Registered"})


async def test_arms_side(certificates: tls.Certificates) -> None:
    async with endpoint(certificates) as (api, arm):
        api.handle = arm_answers
        found = await look(arm=arm)
        paths = [request.path for request in api.asked]
        assert {request.method for request in api.asked} == {"GET"}
    assert not isinstance(found.cluster, Problem)
    assert (found.cluster.name, found.arc and found.arc.desired_agent, found.aks) == ("c", "1.9.0", None)
    assert [each.actions for each in part(found, "on_cluster")] == [("on cluster",)] * 2
    assert [each.actions for each in part(found, "on_group")] == [("on group",)] * 2
    assert (len(part(found, "extensions")), len(part(found, "relays"))) == (1, 1)
    wanted = [name for name in PROVIDERS if name != "Microsoft.ContainerService"]
    assert dict(found.providers) == dict.fromkeys(wanted, "Registered")
    assert len(paths) == 1 + 2 + 4 + len(wanted)


async def test_an_aks_cluster(certificates: tls.Certificates) -> None:
    managed = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/k"
    async with endpoint(certificates) as (api, arm):
        api.handle = lambda request: (
            web.json_response({"id": managed, "name": "k", "properties": {"disableLocalAccounts": True}})
            if request.path == managed
            else arm_answers(request)
        )
        found = await survey(None, arm, managed, clock=lambda: NOW)
    assert found.arc is None
    assert found.aks is not None
    assert not found.aks.local_accounts
    assert "Microsoft.ContainerService" in found.providers
    assert "Microsoft.Kubernetes" not in found.providers


async def test_arms_parts_fail_for_themselves(certificates: tls.Certificates) -> None:
    def handle(request: web.Request) -> web.Response:
        refused = request.path.endswith(("/permissions", "Microsoft.Relay")) or request.path == CLUSTER
        return error(403, "AuthorizationFailed", "no role") if refused else arm_answers(request)

    async with endpoint(certificates) as (api, arm):
        api.handle = handle
        found = await look(arm=arm)
    for name in ("cluster", "on_cluster", "on_group"):
        assert isinstance(part(found, name), Problem)
        assert "no role" in part(found, name).what
    assert isinstance(found.providers["Microsoft.Relay"], Problem)
    assert found.providers["Microsoft.Storage"] == "Registered"
    assert not isinstance(found.extensions, Problem)
    assert (found.arc, found.aks) == (None, None)


@pytest.mark.parametrize(("wait", "naps", "seen"), [(4, [4.0], True), (int(PATIENCE) + 1, [], False)])
async def test_arm_is_left_alone_as_long_as_it_says(
    certificates: tls.Certificates, wait: int, naps: list[float], seen: bool
) -> None:
    slept, now = Slept(), [0.0]

    async def sleep(seconds: float) -> None:
        now[0] += seconds
        await slept(seconds)

    asked = 0

    def handle(request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        if asked == 1:
            return error(429, "TooManyRequests", "slow", **{"Retry-After": str(wait)})
        return arm_answers(request)

    async with endpoint(certificates, tick=lambda: now[0]) as (api, arm):
        api.handle = handle
        found = await look(arm=arm, sleep=sleep)
    assert isinstance(found.cluster, Problem) is not seen
    assert isinstance(found.extensions, Problem) is not seen
    assert slept.naps == naps
    assert seen or asked == 1, "it was asked on although it wants to be left alone"


async def test_arm_that_does_not_answer_is_asked_once(certificates: tls.Certificates) -> None:
    async with endpoint(certificates) as (api, arm):
        api.handle = broken
        found = await look(arm=arm)
        assert len(api.asked) <= 2
    for name in ("cluster", "extensions", "relays", "on_cluster", "on_group"):
        assert isinstance(part(found, name), Problem)
    assert all(isinstance(state, Problem) for state in found.providers.values())
    assert found.providers
