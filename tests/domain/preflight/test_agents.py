"""The agent that installs, and what attaching an AKS cluster takes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.preflight.surveys import AKS, DENIED, changed, load, note, notes, obj, survey
from tui.core.health import Health

GOOD, WARN, BAD, UNKNOWN = Health.GOOD, Health.WARN, Health.BAD, Health.UNKNOWN


@pytest.mark.parametrize(
    ("deployments", "code", "health"),
    [
        ([load("extension-manager", "azure-arc")], "extension-manager-ready", GOOD),
        ([load("extension-manager", "azure-arc", ready=0)], "extension-manager-down", WARN),
        ([load("extension-manager", "other")], "extension-manager-missing", WARN),
        (DENIED, "extension-manager-unknown", UNKNOWN),
    ],
)
def test_the_agent_that_installs(deployments: Any, code: str, health: Health) -> None:
    assert note(code, deployments=deployments).health is health
    assert not any(each.startswith("extension-manager") for each in notes(survey(aks=True, deployments=deployments)))


def test_an_aks_cluster_that_can_be_attached() -> None:
    found = notes(survey(aks=True))
    assert found["aks-attachable"].health is GOOD
    assert "aks-and-arc" not in found
    assert not any(code.startswith("aks") for code in notes(survey()))


@pytest.mark.parametrize(
    ("properties", "identity", "code", "health"),
    [
        ({"disableLocalAccounts": True}, "SystemAssigned", "aks-local-accounts", WARN),
        ({"servicePrincipalProfile": {"clientId": "1f2e"}}, None, "aks-identity", WARN),
        ({"servicePrincipalProfile": {"clientId": "1f2e"}}, "None", "aks-identity", WARN),
        ({}, None, "aks-identity", UNKNOWN),
        (
            {"apiServerAccessProfile": {"authorizedIPRanges": ["1.2.3.0/24"]}},
            "UserAssigned",
            "aks-authorized-ranges",
            WARN,
        ),
    ],
)
def test_what_stands_in_the_way_of_attaching(properties: Any, identity: Any, code: str, health: Health) -> None:
    body = {**changed(AKS, **properties), "identity": {"type": identity} if identity else None}
    found = notes(survey(aks=True, body=body))
    assert found[code].health is health
    assert "aks-attachable" not in found


def test_a_managed_identity_has_msi_for_its_principal() -> None:
    body = changed(AKS, servicePrincipalProfile={"clientId": "msi"})
    assert note("aks-attachable", aks=True, body=body).evidence.startswith("identity.type SystemAssigned")


def test_connected_by_arc_too() -> None:
    assert note("aks-and-arc", aks=True, namespaces=[obj("azure-arc")]).health is WARN


def test_a_cluster_nobody_could_see() -> None:
    assert note("aks-unknown", aks=True, cluster=DENIED).health is UNKNOWN
