"""Relay and Service Bus of a cluster: there, missing, changed, not seen; each in words, with what to do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.build import CLUSTER_ID, NOW, ago, extension
from tests.domain.targets import CLUSTER, PLACE, RELAY, store
from tui.core.facts import Denied, Missing, Phase, Source, Stale
from tui.core.health import Health
from tui.domain import relay, service_bus
from tui.domain.azure_standing import AzureStanding, relay_gone, standings, unused_bus
from tui.domain.cluster import decode as cluster_row
from tui.domain.extension import decode as extension_row
from tui.domain.summary import summarise

GROUP = "/subscriptions/s1/resourceGroups/rg-ml/providers"
DOOR = f"{RELAY['id']}/hybridConnections/arc-west"
NAMED = {"relayserver.hybridConnectionResourceID": DOOR}
MINE = f"{GROUP}/Microsoft.Relay/namespaces/mine/hybridConnections/door"
BUS_NAME = service_bus.expected_name(*PLACE)
BUS = {
    "id": f"{GROUP}/Microsoft.ServiceBus/namespaces/{BUS_NAME}", "name": BUS_NAME,
    "properties": {"provisioningState": "Succeeded", "status": "Active", "createdAt": ago(4 * 86400)},
}  # fmt: skip
PREVIEW = {"extensions": [extension(version="1.0.37")]}
AKS_ID = CLUSTER_ID.replace("Microsoft.Kubernetes/connectedClusters", "Microsoft.ContainerService/managedClusters")
AKS = {"id": AKS_ID, "name": "arc-west", "type": "Microsoft.ContainerService/managedClusters",
       "properties": {"provisioningState": "Succeeded", "powerState": {"code": "Running"}}}  # fmt: skip


def space(name: str, **properties: Any) -> dict[str, Any]:
    return {"id": f"{GROUP}/Microsoft.Relay/namespaces/{name}", "name": name, "properties": properties}


def with_settings(**settings: str) -> list[Any]:
    return [extension({key.replace("__", "."): value for key, value in settings.items()})]


def stands(noun: str = "Relay", **changes: Any) -> AzureStanding | None:
    return next((one for one in standings(store(**changes)) if one.noun == noun), None)


def relay_stands(*relays: Any, settings: dict[str, str] = NAMED) -> AzureStanding:
    found = stands(relays=list(relays), extensions=[extension(settings)])
    assert found is not None
    return found


def test_one_that_is_there_is_well_whatever_the_case_of_its_id() -> None:
    for body in (RELAY, {**RELAY, "id": RELAY["id"].upper()}, relay.looked(RELAY, DOOR.lower(), {})):  # type: ignore[attr-defined]
        assert (relay_stands(body).health, relay_stands(body).why) == (Health.GOOD, "")


def test_one_that_is_missing_breaks_the_computes_and_is_made_anew_by_a_deploy() -> None:
    found = relay_stands()
    assert (found.health, found.brief, found.name, found.row) == (Health.BAD, "missing", RELAY["name"], None)
    assert "attached computes are broken by it: arc1" in found.why
    assert found.remedy == "deploy the extension again: that makes it anew; then attach the computes again"


@pytest.mark.parametrize(
    "changes",
    [
        {"extensions": []},
        {"extensions": [extension(state="Creating")]},
        {"extensions": [extension(state="Failed")]},
        {"extensions": with_settings(relayserver__enabled="false")},
        {"clusters": [AKS]},
        {"without": ("relays",)},
    ],
    ids=["no extension", "in progress", "failed", "switched off", "AKS", "no answer yet"],
)
def test_nobody_misses_what_nobody_needs(changes: dict[str, Any]) -> None:
    assert stands(**{"relays": [], **changes}) is None


def test_a_managed_cluster_misses_it_only_where_the_settings_want_it() -> None:
    found = stands(clusters=[AKS], relays=[], extensions=with_settings(relayserver__enabled="true"))
    assert found is not None
    assert found.health is Health.BAD


def test_another_than_the_one_in_the_settings_is_a_change() -> None:
    found = relay_stands(RELAY, settings={"relayserver.hybridConnectionResourceID": MINE})
    assert (found.health, found.brief, found.name) == (Health.WARN, "changed", "mine")
    assert f"the one in the extension's settings is gone, {RELAY['name']} is there instead" in found.why
    fine = relay_stands(RELAY, space("mine"), settings={"relayserver.hybridConnectionResourceID": MINE})
    assert (fine.health, fine.name) == (Health.GOOD, "mine")
    theirs = {**space("theirs"), "tags": {"managed_by": "amlk8s"}}
    assert relay_stands(theirs).brief == "missing", "a tag alone does not make it this cluster's"
    assert relay_stands(theirs, settings={}).name == "theirs", "but without a name in the settings it may be"


def test_a_namespace_without_the_hybrid_connection_is_a_change() -> None:
    found = relay_stands(relay.looked(RELAY, DOOR, None))
    assert (found.health, found.brief) == (Health.WARN, "changed")
    assert found.why.startswith("changed: the hybrid connection arc-west is missing in it; no job comes in")
    other = relay.looked(RELAY, f"{RELAY['id']}/hybridConnections/another", None)
    assert relay_stands(other).health is Health.GOOD, "another was looked for, before the settings were known"


@pytest.mark.parametrize("inside", [False, True], ids=["namespace", "hybrid connection"])
def test_one_made_after_the_extension_was_modified_has_another_key(inside: bool) -> None:
    def made(seconds: float) -> AzureStanding:
        young = {"properties": {"createdAt": ago(seconds)}}
        body = {**RELAY, "properties": {"createdAt": ago(seconds)}}
        return relay_stands(relay.looked(RELAY, DOOR, young) if inside else body)

    assert made(601).health is Health.GOOD
    found = made(599)
    assert (found.health, found.brief) == (Health.WARN, "changed")
    assert "its connection string is another one, the pods hold an old key" in found.why
    assert "deploy it again: that hands out the new string" in found.remedy


def test_one_that_is_not_well_says_its_state() -> None:
    for properties, health, why in (
        ({"provisioningState": "Failed"}, Health.BAD, "Relay Failed"),
        ({"provisioningState": "Succeeded", "status": "Disabled"}, Health.BAD, "Relay Disabled"),
        ({"provisioningState": "Created", "status": "Activating"}, Health.BUSY, "Relay Activating"),
    ):
        found = relay_stands({**RELAY, "properties": properties})
        assert (found.health, found.why, bool(found.remedy)) == (health, why, health is Health.BAD)


def test_what_could_not_be_seen_is_no_problem_by_itself() -> None:
    for fact, why in (
        (Denied("relays", NOW, "read relays", "403"), "denied: you may not read relays"),
        (Stale("relays", NOW, "refused"), "not seen: refused"),
    ):
        found = store(without=("relays",), facts=(fact,))
        (one,) = standings(found)
        assert (one.health, one.why) == (Health.UNKNOWN, why)
        assert summarise(found, NOW).problems == ()
    far = MINE.replace("rg-ml", "rg-far")
    elsewhere = relay_stands(settings={"relayserver.hybridConnectionResourceID": far})
    assert (elsewhere.health, elsewhere.why) == (
        Health.UNKNOWN, "it is in the resource group rg-far, which is not looked at",
    )  # fmt: skip


def test_a_subscription_without_the_provider_has_none() -> None:
    found = stands(without=("relays",), facts=(Missing("relays", NOW, "not registered"),))
    assert found is not None
    assert found.brief == "missing"


def test_the_service_bus_is_of_the_preview_era() -> None:
    assert stands("Service Bus") is None
    there = stands("Service Bus", **PREVIEW, buses=[BUS])
    assert there is not None
    assert (there.health, there.name) == (Health.GOOD, BUS_NAME)
    gone = stands("Service Bus", **PREVIEW)
    assert gone is not None
    assert (gone.health, gone.brief, gone.name) == (Health.BAD, "missing", BUS_NAME)
    assert "no status goes out" in gone.why
    other = f"{GROUP}/Microsoft.ServiceBus/namespaces/other"
    changed = stands(
        "Service Bus", buses=[BUS], extensions=[extension({"servicebus.resourceID": other}, version="1.0.1")]
    )
    assert changed is not None
    assert (changed.health, changed.brief) == (Health.WARN, "changed")
    anew = stands("Service Bus", **PREVIEW, buses=[{**BUS, "properties": {"createdAt": ago(5)}}])
    assert anew is not None
    assert "the pods hold an old key" in anew.why


def test_the_service_bus_is_asked_for_only_while_it_is_used() -> None:
    live, loading, away = (Source("extensions", phase) for phase in (Phase.LIVE, Phase.LOADING, Phase.STALE))
    assert unused_bus(extension_row(extension(version="1.0.37")), live) == ""
    assert unused_bus(extension_row(extension({"ServiceBus.Enabled": "True"})), live) == ""
    assert "servicebus.enabled" in (unused_bus(extension_row(extension()), live) or "")
    assert "servicebus.enabled" in (
        unused_bus(extension_row(extension({"servicebus.enabled": "false"}, version="1.0.37")), live) or ""
    )
    assert unused_bus(None, loading) is None
    assert unused_bus(None, live) == "no extension is installed that would use Service Bus"
    assert unused_bus(None, away) == "no extension is seen that would use Service Bus"


def test_the_relay_is_gone_for_whoever_diagnoses() -> None:
    cluster, row = cluster_row(CLUSTER), relay.decode(RELAY)
    assert relay_gone([], cluster, {})
    assert not relay_gone([row], cluster, {})
    assert relay_gone([row], cluster, {"relayserver.hybridConnectionResourceID": MINE})
    far = MINE.replace("rg-ml", "rg-far")
    assert not relay_gone([row], cluster, {"relayserver.hybridConnectionResourceID": far}), "nobody looked there"
