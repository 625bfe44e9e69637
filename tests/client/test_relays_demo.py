"""Relay and Service Bus as the pollers see them in the demo's ARM: deployed, taken away, and deployed again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.client.arm import error
from tests.client.arm_demo import ARC, EXTENSION, Cloud, cloud, cluster_row
from tui.client import plan_run
from tui.client.arm_readers import Readers
from tui.client.plan_events import PlanDone
from tui.client.poller import fact_of
from tui.core.errors import Problem
from tui.core.facts import Listed, Page, Relist
from tui.core.health import Health
from tui.core.store import Store
from tui.demo import tls
from tui.domain import extension, relay
from tui.domain.arm_kinds import ARM_KINDS
from tui.domain.azure_standing import AzureStanding, standings
from tui.domain.plans import deploy as plan_deploy
from tui.domain.plans.draft import Draft
from tui.domain.summary import summarise

PREVIEW = {"version": "1.0.37", "auto_upgrade": False}


@pytest.fixture
async def arm(certificates: tls.Certificates, tmp_path: Path) -> AsyncIterator[Cloud]:
    async with cloud(certificates, tmp_path) as found:
        yield found


async def deploy(arm: Cloud, era: Any = "C", **how: Any) -> None:
    body = arm.state.get(EXTENSION)
    live = extension.decode(body) if body else None
    plan = plan_deploy.plan(Draft(settings={"enableTraining": "True"}, **how), cluster_row(), live, era=era)
    end = await plan_run.run(
        plan, arm.writer, lambda _event: None, records=arm.records, clock=arm.clock, wait=arm.clock.wait
    )
    assert isinstance(end, PlanDone), end


async def look(arm: Cloud) -> Store:
    """Every kind read once, as the pollers do."""
    store = Store()

    def in_force() -> Any:
        row = extension.of_product(store.rows("extensions"))
        return row.settings if row else {}

    readers = Readers(arm.arm, arm.settings, ARC, in_force)
    for kind in ("extensions", "clusters", "relays", "buses"):
        found = await readers.by_kind[kind]()
        if isinstance(found, Problem):
            store.apply(fact_of(kind, found, arm.clock()))
            continue
        for fact in (Relist(kind), Page(kind, tuple(map(ARM_KINDS[kind], found))), Listed(kind, arm.clock())):
            store.apply(fact)
    return store


async def seen(arm: Cloud) -> list[tuple[str, str, Health]]:
    return [(one.noun, one.brief, one.health) for one in standings(await look(arm))]


def home(arm: Cloud) -> tuple[str, str]:
    """Ids of the Relay namespace and of its hybrid connection."""
    body = arm.state.get(EXTENSION)
    assert body is not None
    connection = str(body["properties"]["configurationSettings"]["relayserver.hybridConnectionResourceID"])
    return relay.namespace_of(connection), connection


async def as_the_remedy_says(arm: Cloud) -> None:
    """Delete the extension, deploy it again, and all is well."""
    arm.state.remove(EXTENSION)
    await deploy(arm)
    assert await seen(arm) == [("Relay", "", Health.GOOD)]


async def test_deployed_taken_away_and_deployed_again(arm: Cloud) -> None:
    await deploy(arm)
    assert await seen(arm) == [("Relay", "", Health.GOOD)]
    space, _ = home(arm)
    arm.state.remove(space)
    assert await seen(arm) == [("Relay", "missing", Health.BAD)]
    told = [f"{one.what}: {one.why}" for one in summarise(await look(arm), arm.clock()).problems]
    assert any(line.startswith(f"relay {space.rsplit('/', 1)[-1]}: missing") for line in told), told
    await as_the_remedy_says(arm)


async def test_a_hybrid_connection_that_is_taken_away_is_seen_by_one_request_more(arm: Cloud) -> None:
    await deploy(arm)
    space, connection = home(arm)
    arm.state.put({"id": f"{space}x", "name": "x", "location": "westus2", "properties": {}})
    arm.state.remove(connection)
    arm.asked.clear()
    assert await seen(arm) == [("Relay", "changed", Health.WARN)]
    inside = [path for _method, path in arm.asked if "/hybridconnections/" in path.lower()]
    assert inside == [connection], "one look, into the cluster's own"
    arm.state.remove(space)
    arm.asked.clear()
    assert await seen(arm) == [("Relay", "missing", Health.BAD)]
    assert not [path for _method, path in arm.asked if "/hybridconnections/" in path.lower()]


async def test_where_the_look_inside_is_refused_nothing_is_claimed(arm: Cloud) -> None:
    await deploy(arm)
    arm.before = lambda _n, request: (
        error(403, "AuthorizationFailed") if "/hybridconnections/" in request.path.lower() else None
    )
    assert await seen(arm) == [("Relay", "", Health.GOOD)]


async def test_one_that_somebody_made_anew_has_other_keys(arm: Cloud) -> None:
    await deploy(arm)
    space, connection = home(arm)
    bodies = [arm.state.get(each) for each in (space, connection)]
    arm.state.remove(space)
    arm.clock.now += 600
    for body in bodies:
        assert body is not None
        assert not isinstance(await arm.arm.send("PUT", body["id"], body={"location": "westus2"}), Problem)
        arm.clock.now += 30
    assert await seen(arm) == [("Relay", "changed", Health.WARN)]
    await as_the_remedy_says(arm)


async def test_the_service_bus_of_the_preview(arm: Cloud) -> None:
    await deploy(arm, "B", **PREVIEW)
    body = arm.state.get(EXTENSION)
    assert body is not None
    arm.state.put({**body, "properties": {**body["properties"], "currentVersion": "1.0.37"}})
    assert await seen(arm) == [("Relay", "", Health.GOOD), ("Service Bus", "", Health.GOOD)]
    arm.state.remove(body["properties"]["configurationSettings"]["servicebus.resourceID"])
    assert await seen(arm) == [("Relay", "", Health.GOOD), ("Service Bus", "missing", Health.BAD)]

    def unregistered(_number: int, request: web.Request) -> web.Response | None:
        if "/Microsoft.ServiceBus/" not in request.path:
            return None
        return error(409, "MissingSubscriptionRegistration", "not registered to use namespace 'Microsoft.ServiceBus'")

    arm.before = unregistered
    found: list[AzureStanding] = standings(await look(arm))
    assert [(one.noun, one.brief) for one in found] == [("Relay", ""), ("Service Bus", "missing")]
    assert (await look(arm)).source("buses").phase.value == "missing", "no error: there is none"
