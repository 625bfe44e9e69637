"""What installs on the cluster: the Arc agents; and what an AKS cluster needs to be attached later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui.core.health import Health
from tui.domain.plans.note import Note
from tui.domain.preflight.noting import listed, unknown
from tui.domain.preflight.wish import Wish
from tui.domain.surveys.survey import Survey, pick, seen, unseen

ARC: Final = "azure-arc"
MANAGER: Final = "extension-manager"
_ROLE: Final = "Microsoft.MachineLearningServices/workspaces/mlworkload"


def find(survey: Survey, _wish: Wish) -> Iterator[Note]:
    """Arc's, or AKS's."""
    if survey.is_arc:
        yield _manager(survey)
    else:
        yield from _managed(survey)


def _manager(survey: Survey) -> Note:
    """The agent that applies the chart."""
    found = pick(survey.deployments, lambda load: load.key == f"{ARC}/{MANAGER}")
    hidden = unseen(survey.deployments)
    if hidden:
        return unknown("extension-manager-unknown", "whether the agent that installs is well could not be seen", hidden)
    step = f"kubectl get pods -n {ARC}; az connectedk8s troubleshoot"
    if not found:
        what = "the agent that installs extensions is not on this cluster: is this the cluster the ARM id names?"
        return Note("extension-manager-missing", Health.WARN, what, f"no Deployment {ARC}/{MANAGER}", step)
    load = found[0]
    evidence = f"{load}: {load.ready} of {load.desired} ready"
    if load.ready < max(load.desired, 1):
        what = "the agent that installs extensions is not ready"
        return Note("extension-manager-down", Health.WARN, what, evidence, step)
    return Note("extension-manager-ready", Health.GOOD, "the agent that installs extensions is ready", evidence)


def _managed(survey: Survey) -> Iterator[Note]:
    if any(row.name == ARC for row in seen(survey.namespaces) or ()):
        what = "the cluster is connected by Arc too: use it as one of the two, not as both"
        yield Note(
            "aks-and-arc", Health.WARN, what, f"Namespace {ARC}", "use its connectedClusters id, or disconnect it"
        )
    facts = survey.aks
    if facts is None:
        hidden = unseen(survey.cluster)
        if hidden:
            yield unknown("aks-unknown", "whether the AKS cluster can be attached later could not be seen", hidden)
        return
    if not facts.local_accounts:
        what = "local accounts are off: attaching takes listClusterAdminCredential"
        step = f"switch them on, or bind the Trusted Access role {_ROLE}"
        yield Note("aks-local-accounts", Health.WARN, what, "properties.disableLocalAccounts true", step)
    if facts.identity == "service principal":
        what = "the cluster has a service principal: a managed identity is needed"
        step = "az aks update --enable-managed-identity"
        yield Note("aks-identity", Health.WARN, what, "properties.servicePrincipalProfile.clientId", step)
    elif not facts.identity:
        yield Note(
            "aks-identity", Health.UNKNOWN, "which identity the cluster has is not told", "identity.type missing"
        )
    if facts.authorized_ranges:
        what = "only some addresses reach the API server: those of Azure Machine Learning must be among them"
        evidence = f"apiServerAccessProfile.authorizedIPRanges {listed(facts.authorized_ranges)}"
        yield Note("aks-authorized-ranges", Health.WARN, what, evidence, "add the ranges of its control plane")
    if facts.local_accounts and facts.identity not in ("", "service principal") and not facts.authorized_ranges:
        what = "the AKS cluster can be attached later"
        yield Note("aks-attachable", Health.GOOD, what, f"identity.type {facts.identity}, local accounts on")
