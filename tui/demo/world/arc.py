"""The Azure Arc agents in namespace `azure-arc`, and the ConfigMap by which a cluster knows its ARM id.

Owns agents and what they look like when Azure cannot be reached. Must not know the extension's components.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui.demo.arm.subscriptions import TENANT
from tui.demo.world import crds
from tui.demo.world.azure import CLUSTER, GROUP, LOCATION, Estate
from tui.demo.world.bodies import Maker, Shown
from tui.demo.world.chatter import flow
from tui.demo.world.components import NAMESPACE
from tui.demo.world.containers import Box
from tui.demo.world.ground import account, namespace
from tui.demo.world.nodes import Node
from tui.demo.world.replica import Crash
from tui.demo.world.wish import Wish
from tui.demo.world.workloads import Load, Workload, release_marks

ARC: Final = "azure-arc"
RELEASE: Final = "azure-arc"
AGENT: Final = "1.15.3"
_REGISTRY: Final = "mcr.microsoft.com/azurearck8s"
_AGENTS: Final = {
    "cluster-metadata-operator": ("cluster-metadata-operator", "fluent-bit"),
    "clusterconnect-agent": ("clusterconnect-agent", "clusterconnectservice-operator", "fluent-bit"),
    "clusteridentityoperator": ("clusteridentityoperator", "fluent-bit"),
    "config-agent": ("config-agent", "fluent-bit"),
    "controller-manager": ("controller-manager", "fluent-bit"),
    "extension-events-collector": ("extension-events-collector", "fluent-bit"),
    "extension-manager": ("extension-manager", "extension-identity", "fluent-bit"),
    "flux-logs-agent": ("flux-logs-agent",),
    "kube-aad-proxy": ("kube-aad-proxy", "fluent-bit"),
    "metrics-agent": ("metrics-agent", "fluent-bit"),
    "resource-sync-agent": ("resource-sync-agent", "fluent-bit"),
}
"""Deployments and their containers."""
_SPEAK: Final = ("clusterconnect-agent", "clusteridentityoperator", "extension-manager")
"""Those that end when Azure does not answer."""


def scenery(maker: Maker, where: Estate, created: float) -> Iterator[Shown]:
    """Namespace, definitions, accounts and the ConfigMap."""
    labels, marks = release_marks(RELEASE, ARC)
    yield from namespace(maker, ARC, created, {"admission.policy.azure.com/ignore": "true"})
    yield from crds.shown(maker, crds.ARC, created)
    for agent in _AGENTS:
        yield account(maker, ARC, f"azure-arc-{agent}-sa", created, labels, marks)
    yield "configmaps", maker.make(
        "v1", "ConfigMap", "azure-clusterconfig", ARC, created=created, labels=labels, annotations=marks,
        data={
            "AZURE_ARC_AGENT_VERSION": AGENT, "AZURE_ENVIRONMENT": "AZUREPUBLICCLOUD", "AZURE_REGION": LOCATION,
            "AZURE_RESOURCE_GROUP": GROUP, "AZURE_RESOURCE_NAME": CLUSTER, "AZURE_SUBSCRIPTION_ID": where.subscription,
            "AZURE_TENANT_ID": TENANT, "CLUSTER_TYPE": "ConnectedClusters", "KUBERNETES_DISTRO": "k3s",
            "KUBERNETES_INFRA": "generic", "IS_CLIENT_SECRET_A_TOKEN": "false",
            "ARC_AGENT_HELM_CHART_NAME": "azure-arc",
        },
    )  # fmt: skip
    yield "connectedclusters.arc.azure.com", maker.make(
        "arc.azure.com/v1beta1", "ConnectedCluster", "clustermetadata", created=created, by="cluster-metadata-operator",
        spec={"azureArcAgentVersion": AGENT, "azureResourceId": where.cluster},
    )  # fmt: skip


def extension_config(maker: Maker, created: float, wish: Wish, state: str) -> Shown:
    """The operator's own record of an extension. Without a state, nobody has told it how the release is."""
    return "extensionconfigs.clusterconfig.azure.com", maker.make(
        "clusterconfig.azure.com/v1beta1", "ExtensionConfig", wish.name, ARC, created=created, by="config-agent",
        status_by="extension-manager",
        spec={
            "extensionType": "microsoft.azureml.kubernetes", "releaseTrain": wish.train, "version": wish.version,
            "autoUpgradeMinorVersion": "false" if wish.pinned else "true", "parameter": dict(wish.settings),
            "protectedParameters": {"referenceType": "secret", "referenceName": f"{wish.name}-protected-parameters"},
            "lastModifiedTime": "", "releaseNamespace": NAMESPACE,
        },
        status={"status": state, "isSyncedWithAzure": bool(state), "configAppliedTime": ""},
    )  # fmt: skip


def agents(
    maker: Maker, places: list[Node], created: float, since: float, *, offline: float | None
) -> Iterator[Workload]:
    """The Deployments. `offline`: since when Azure does not answer."""
    for number, (name, containers) in enumerate(_AGENTS.items()):
        boxes = tuple(
            Box(container, f"{_REGISTRY}/{container}:{AGENT}", "10m", "20Mi", "100m", "350Mi",
                ports=(("metrics", 8080),) if container == name else ())
            for container in containers
        )  # fmt: skip
        flows = tuple((container, flow(container, since)) for container in containers)
        load = Load(
            "Deployment", ARC, name, boxes, (("app.kubernetes.io/component", name),), RELEASE,
            f"azure-arc-{name}-sa", flows=flows,
        )  # fmt: skip
        troubles = {0: _cut_off(name, offline)} if offline is not None and name in _SPEAK else {}
        yield Workload(maker, load, [places[number % len(places)]], created + number, troubles)


def _cut_off(name: str, since: float) -> Crash:
    host = f"{LOCATION}.dp.kubernetesconfiguration.azure.com"
    lines = (
        f"INFO {name}: asking {host} for its work",
        f'ERROR {name}: Post "https://{host}": dial tcp: lookup {host}: i/o timeout',
        f"ERROR {name}: no answer from Azure after 3 attempts, ending",
    )
    return Crash(name, "no answer from Azure: i/o timeout", lines, since, lasts=35)
