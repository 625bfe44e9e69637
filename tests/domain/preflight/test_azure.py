"""Azure's side: the cluster's resource, its region, providers, Relay, versions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.build import NOW, ago, extension
from tests.domain.preflight.surveys import (
    AKS,
    CLUSTER,
    DENIED,
    INFERENCE,
    RELAY,
    TRAINING,
    changed,
    draft,
    installed,
    note,
    notes,
    old,
    survey,
)
from tui.core.health import Health
from tui.core.units import epoch
from tui.domain.preflight import unregistered
from tui.domain.preflight.versions import newest, parsed
from tui.domain.surveys.survey import PROVIDERS

GOOD, WARN, BAD, UNKNOWN = Health.GOOD, Health.WARN, Health.BAD, Health.UNKNOWN


@pytest.mark.parametrize(
    ("properties", "code", "health"),
    [
        ({}, "cluster-connected", GOOD),
        ({"provisioningState": "Accepted"}, "cluster-connected", GOOD),
        ({"connectivityStatus": "Connecting"}, "cluster-connecting", WARN),
        ({"connectivityStatus": "Offline"}, "cluster-not-connected", BAD),
        ({"connectivityStatus": "Expired"}, "cluster-not-connected", BAD),
        ({"connectivityStatus": "AgentNotInstalled"}, "cluster-not-connected", BAD),
        ({"connectivityStatus": "Sleeping"}, "cluster-unknown", UNKNOWN),
        ({"connectivityStatus": None}, "cluster-unknown", UNKNOWN),
        ({"provisioningState": "Failed"}, "cluster-broken", BAD),
        ({"provisioningState": "Canceled"}, "cluster-broken", BAD),
        ({"provisioningState": "Deleting"}, "cluster-broken", BAD),
        ({"lastConnectivityTime": ago(14 * 60)}, "cluster-connected", GOOD),
        ({"lastConnectivityTime": ago(16 * 60)}, "cluster-late", WARN),
        ({"lastConnectivityTime": None}, "cluster-connected", GOOD),
    ],
)
def test_reached_is_what_connectivity_says(properties: Any, code: str, health: Health) -> None:
    """provisioningState Succeeded proves nothing: each of these has it unless it says otherwise."""
    found = note(code, body=changed(CLUSTER, **properties))
    assert found.health is health
    assert "arc-west" in found.evidence


def test_the_age_of_the_last_heartbeat_is_told() -> None:
    offline = changed(CLUSTER, connectivityStatus="Offline", lastConnectivityTime=ago(7200))
    found = note("cluster-not-connected", body=offline)
    assert found.evidence == "arc-west: connectivityStatus Offline, lastConnectivityTime 120m ago"


@pytest.mark.parametrize(
    ("power", "code", "health"),
    [
        ({"code": "Running"}, "cluster-running", GOOD),
        ({"code": "Stopped"}, "cluster-stopped", BAD),
        (None, "cluster-unknown", UNKNOWN),
    ],
)
def test_an_aks_cluster_runs_or_not(power: Any, code: str, health: Health) -> None:
    assert note(code, aks=True, body=changed(AKS, powerState=power)).health is health


@pytest.mark.parametrize(
    ("ends", "health"), [(8 * 86400, None), (6 * 86400, WARN), (60, WARN), (-60, BAD)]
)  # fmt: skip
def test_the_agents_certificate(ends: float, health: Health | None) -> None:
    found = notes(survey(body=changed(CLUSTER, managedIdentityCertificateExpirationTime=ago(-ends))))
    assert (found["agent-certificate"].health if "agent-certificate" in found else None) is health


def test_errors_of_agents() -> None:
    errors = [
        {"component": "config-agent", "severity": "Error", "message": "no egress"},
        {"component": "flux", "severity": "Information", "message": "fine"},
    ]
    found = note("agent-error", body=changed(CLUSTER, arcAgentProfile={"agentErrors": errors}))
    assert found.health is WARN
    assert "config-agent: no egress" in found.evidence


@pytest.mark.parametrize(
    ("location", "code", "health"),
    [
        ("westus2", "region-known", GOOD),
        ("West US 2", "region-known", GOOD),
        ("AustraliaEast", "region-known", GOOD),
        ("norwaywest", "region-unlisted", WARN),
        ("", "region-unknown", UNKNOWN),
    ],
)
def test_regions(location: str, code: str, health: Health) -> None:
    found = note(code, body={**CLUSTER, "location": location})
    assert found.health is health
    if health is WARN:
        assert "westcentralus" in found.what
        assert "australiaeast" in found.what


def test_the_services_own_list_of_regions_is_believed() -> None:
    told = "Extension type is not registered in region norwaywest. Extension is available in East US, norwayeast."
    failed = [extension(state="Failed", errorInfo={"code": "ExtensionTypeRegistrationGetFailed", "message": told})]
    refused = note("region-refused", body={**CLUSTER, "location": "westus2"}, extensions=failed)
    assert refused.health is BAD
    assert "eastus, norwayeast" in refused.what
    assert note("region-known", body={**CLUSTER, "location": "norwayeast"}, extensions=failed).health is GOOD


def providers(**states: Any) -> dict[str, Any]:
    return {name: states.get(name.removeprefix("Microsoft."), "Registered") for name in PROVIDERS}


@pytest.mark.parametrize(
    ("namespace", "wanted", "aks", "matters"),
    [
        ("KubernetesConfiguration", draft(TRAINING), False, True),
        ("KubernetesConfiguration", draft(TRAINING), True, True),
        ("Relay", draft(TRAINING), False, True),
        ("Relay", draft(TRAINING), True, False),
        ("Relay", draft({"relayserver.enabled": "true"}), True, True),
        ("Kubernetes", draft(TRAINING), False, True),
        ("Kubernetes", draft(TRAINING), True, False),
        ("ContainerService", draft(TRAINING), True, True),
        ("ContainerService", draft(TRAINING), False, False),
        ("ExtendedLocation", draft(TRAINING), False, True),
        ("ExtendedLocation", draft(TRAINING), True, True),
        ("ServiceBus", draft(TRAINING), False, False),
        ("ServiceBus", old(), False, True),
        ("ServiceBus", draft({"servicebus.enabled": "True"}), False, True),
        ("OperationalInsights", draft(TRAINING), False, False),
        ("OperationalInsights", draft({"logAnalyticsWS": "true"}), False, True),
        ("MachineLearningServices", draft(TRAINING), False, True),
        ("Storage", draft(TRAINING), False, True),
    ],
)
def test_which_providers_matter(namespace: str, wanted: Any, aks: bool, matters: bool) -> None:
    """They block nothing: a plan registers them first."""
    found = notes(survey(aks=aks, providers=providers(**{namespace: "NotRegistered"})), wanted)
    assert ("provider-unregistered" in found) is matters
    if matters:
        told = found["provider-unregistered"]
        assert told.health is WARN
        assert told.evidence == f"provider Microsoft.{namespace}: registrationState NotRegistered"
        assert told.command == f"az provider register --namespace Microsoft.{namespace} --subscription s1"
    else:
        assert f"Microsoft.{namespace}" not in found["provider-registered"].evidence.split("; ")


def test_what_a_plan_has_to_register() -> None:
    states = providers(Relay="NotRegistered", Storage="Registering", ServiceBus="Unregistered", Kubernetes=DENIED)
    wanted = {"Microsoft.Relay", "Microsoft.Storage", "Microsoft.ServiceBus"}
    assert set(unregistered(survey(providers=states))) == wanted


def test_a_provider_on_its_way() -> None:
    found = note("provider-registering", providers=providers(Relay="Registering"))
    assert (found.health, found.command) == (WARN, "")


def test_a_provider_nobody_could_see() -> None:
    found = notes(survey(providers=providers(Relay=DENIED)))
    assert found["provider-unknown"].health is UNKNOWN
    assert "Microsoft.Relay" in found["provider-unknown"].what
    assert "may not be listed" in found["provider-unknown"].evidence
    assert "Microsoft.Relay" not in found["provider-registered"].evidence
    assert note("provider-unknown", providers={}).health is UNKNOWN


@pytest.mark.parametrize(
    ("parts", "code", "health"),
    [
        ({"relays": [RELAY]}, "relay-present", GOOD),
        ({"relays": [{**RELAY, "name": "other"}]}, "relay-absent", GOOD),
        ({"relays": [changed(RELAY, provisioningState="Failed")]}, "relay-broken", WARN),
        ({"relays": []}, "relay-absent", GOOD),
        ({"relays": [], "extensions": installed()}, "relay-gone", WARN),
        ({"relays": DENIED}, "relay-unknown", UNKNOWN),
    ],
)
def test_the_relay(parts: Any, code: str, health: Health) -> None:
    assert note(code, **parts).health is health
    assert not any(each.startswith("relay") for each in notes(survey(aks=True, **parts)))


@pytest.mark.parametrize(
    ("version", "wanted", "code", "health"),
    [
        ("v1.27.3", draft(INFERENCE), "kubernetes-supported", GOOD),
        ("v1.26.9-gke.1", None, "kubernetes-supported", GOOD),
        ("1.28.0+k3s1", None, "kubernetes-supported", GOOD),
        ("v1.25.1", None, "kubernetes-old", WARN),
        ("v1.29.0", None, "kubernetes-unknown", UNKNOWN),
        ("v2.0.0", None, "kubernetes-unknown", UNKNOWN),
        ("what?", None, "kubernetes-unknown", UNKNOWN),
        ("v1.19.5", old(), "kubernetes-supported", GOOD),
        ("v1.27.3", old(), "kubernetes-untested", WARN),
    ],
)
def test_kubernetes(version: str, wanted: Any, code: str, health: Health) -> None:
    """At NOW, in November 2023, 1.28 was the newest."""
    found = note(code, wanted, version=version)
    assert (found.health, found.blocks) == (health, False)


def test_the_calendar() -> None:
    assert newest(NOW) == 28
    assert newest(epoch("2023-12-13T00:00:00Z") or 0) == 29
    assert newest(epoch("2023-12-12T23:59:59Z") or 0) == 28
    assert newest(0) == 18
    assert parsed("v1.29.4+k3s1") == (1, 29)
    assert parsed("latest") is None


def test_where_the_api_server_does_not_tell_arm_does() -> None:
    found = note("kubernetes-supported", version=DENIED)
    assert found.evidence == "arc-west: kubernetesVersion 1.27.3"
    silent = note("kubernetes-unknown", version=DENIED, body=changed(CLUSTER, kubernetesVersion=None))
    assert silent.health is UNKNOWN
    assert "the two minors before" in silent.what


@pytest.mark.parametrize(
    ("have", "wanted", "code", "health", "said"),
    [
        ("1.15.3", "1.15.3", "agent-supported", GOOD, "up to date"),
        ("1.16.0", "1.15.3", "agent-supported", GOOD, "up to date"),
        ("1.13.1", "1.15.3", "agent-old", WARN, "still supported"),
        ("1.12.1", "1.15.3", "agent-old", WARN, "not supported"),
        ("0.9.1", "1.15.3", "agent-old", WARN, "not supported"),
        (None, "1.15.3", "agent-unknown", UNKNOWN, "have not reported"),
        ("1.15.3", None, "agent-unknown", UNKNOWN, "names no newer"),
    ],
)
def test_agents(have: Any, wanted: Any, code: str, health: Health, said: str) -> None:
    body = changed(CLUSTER, agentVersion=have, arcAgentProfile={"desiredAgentVersion": wanted})
    found = note(code, body=body)
    assert found.health is health
    assert said in found.what


def test_a_cluster_nobody_could_see() -> None:
    found = notes(survey(cluster=DENIED))
    assert found["cluster-unknown"].health is UNKNOWN
    assert "may not be listed" in found["cluster-unknown"].evidence
    assert not {"cluster-connected", "region-known", "agent-supported"} & set(found)
