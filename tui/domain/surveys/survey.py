"""Everything that was looked at before something is written: one frozen value, each part with its own standing.

A part is what was seen, or the Problem that kept it from being seen; what was not seen is never taken for absent.
Rules that make findings of it are `preflight`'s; who fills it is the client's affair.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final, TypeAlias, TypeVar

from msgspec import Struct

from tui.core.errors import Problem
from tui.domain.cluster import ClusterRow
from tui.domain.component import NAMESPACE
from tui.domain.extension import ExtensionRow
from tui.domain.namespace import NamespaceRow
from tui.domain.relay import RelayRow
from tui.domain.rights import READ_LOG, Need
from tui.domain.surveys.arm import AksFacts, ArcFacts, Permission
from tui.domain.surveys.kube import IngressClass, Machine, SchedulerConfig, Thing, Webhook, Workload

T = TypeVar("T")
K = TypeVar("K", bound=Thing)
Part: TypeAlias = T | Problem

UNSEEN: Final = Problem("not looked at")
"""The standing of a part nobody asked for."""

PROVIDERS: Final = (
    "Microsoft.Kubernetes", "Microsoft.ContainerService", "Microsoft.KubernetesConfiguration",
    "Microsoft.ExtendedLocation", "Microsoft.Relay", "Microsoft.ServiceBus", "Microsoft.OperationalInsights",
    "Microsoft.MachineLearningServices", "Microsoft.Storage",
)  # fmt: skip
"""Resource providers of which one release or another needs the registration."""

NEEDS: Final = (
    Need("list", "pods"), Need("watch", "pods"), READ_LOG, Need("list", "events"), Need("list", "deployments.apps"),
    Need("list", "daemonsets.apps"), Need("list", "statefulsets.apps"), Need("get", "configmaps"),
    Need("list", "nodes", namespaced=False), Need("list", "namespaces", namespaced=False),
)  # fmt: skip
"""What following an install takes in the cluster, namespaced rights in the extension's namespace."""

AML_GROUP: Final = "amlarc.azureml.com"
VOLCANO_JOBS: Final = "jobs.batch.volcano.sh"
PROMETHEUSES: Final = "prometheuses.monitoring.coreos.com"
DEFINITIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "azureml": tuple(
        f"{plural}.{AML_GROUP}"
        for plural in (
            "amljobs", "identities", "instancetypes", "metrics", "onlinedeployments", "onlineendpoints",
            "quotaoverrides",
        )
    ),
    "volcano": (
        VOLCANO_JOBS, "commands.bus.volcano.sh", "podgroups.scheduling.volcano.sh", "queues.scheduling.volcano.sh",
        "numatopologies.nodeinfo.volcano.sh",
    ),
    "prometheus": tuple(
        f"{plural}.monitoring.coreos.com"
        for plural in (
            "alertmanagerconfigs", "alertmanagers", "podmonitors", "probes", "prometheuses", "prometheusrules",
            "servicemonitors", "thanosrulers",
        )
    ),
}  # fmt: skip
"""CustomResourceDefinitions the extension brings, by what they belong to."""

BLOB_DRIVER: Final = "blob.csi.azure.com"
SCHEDULER_MAP: Final = "volcano-scheduler-configmap"
LEGACY_ROLE: Final = "azureml-fe-role"


class Survey(Struct, frozen=True):
    """What was seen, at `at`."""

    cluster_id: str
    at: float
    """Seconds since 1970, by the cluster's clock."""
    cluster: Part[ClusterRow] = UNSEEN
    arc: ArcFacts | None = None
    """None on AKS, and where the cluster's resource was not seen."""
    aks: AksFacts | None = None
    providers: Mapping[str, Part[str]] = {}
    """registrationState by namespace, in the casing of PROVIDERS."""
    extensions: Part[tuple[ExtensionRow, ...]] = UNSEEN
    """All of the cluster, of every type."""
    relays: Part[tuple[RelayRow, ...]] = UNSEEN
    """Of the cluster's resource group."""
    on_cluster: Part[tuple[Permission, ...]] = UNSEEN
    """Our permissions on the cluster's resource."""
    on_group: Part[tuple[Permission, ...]] = UNSEEN
    """Our permissions on its resource group."""
    version: Part[str] = UNSEEN
    """Of the Kubernetes API server: `v1.29.4`."""
    nodes: Part[tuple[Machine, ...]] = UNSEEN
    namespaces: Part[tuple[NamespaceRow, ...]] = UNSEEN
    daemon_sets: Part[tuple[Workload, ...]] = UNSEEN
    deployments: Part[tuple[Workload, ...]] = UNSEEN
    stateful_sets: Part[tuple[Workload, ...]] = UNSEEN
    definitions: Part[tuple[Thing, ...]] = UNSEEN
    """Those of DEFINITIONS that are there."""
    drivers: Part[tuple[Thing, ...]] = UNSEEN
    """The blob CSI driver, when it is there."""
    schedulers: Part[tuple[SchedulerConfig, ...]] = UNSEEN
    """Volcano's ConfigMaps, of all namespaces."""
    ingress_classes: Part[tuple[IngressClass, ...]] = UNSEEN
    webhooks: Part[tuple[Webhook, ...]] = UNSEEN
    legacy_roles: Part[tuple[Thing, ...]] = UNSEEN
    """The ClusterRole of the first inference router, when it is there."""
    releases: Part[tuple[Thing, ...]] = UNSEEN
    """Secrets of Helm releases in the extension's namespace that are not superseded: names and labels."""
    remains: Part[tuple[Thing, ...]] = UNSEEN
    """Services, accounts and ConfigMaps in the extension's namespace."""
    rights: Mapping[Need, bool | None] = {}
    """What each of NEEDS was answered; None: no answer."""

    @property
    def is_arc(self) -> bool:
        """Connected by Azure Arc, so its own id says."""
        return "/connectedclusters/" in self.cluster_id.lower()

    @property
    def extension(self) -> ExtensionRow | None:
        """The product's, whatever its name; None when there is none or nobody could look."""
        rows = seen(self.extensions) or ()
        return next((row for row in rows if row.is_azureml), None)

    @property
    def namespace(self) -> NamespaceRow | None:
        """The extension's, when it is there."""
        return next((row for row in seen(self.namespaces) or () if row.name == NAMESPACE), None)


def seen(part: Part[T]) -> T | None:
    """What was seen; None when it was not."""
    return None if isinstance(part, Problem) else part


def unseen(*parts: Part[object]) -> tuple[Problem, ...]:
    """Why those of the parts were not seen that were not, each reason once."""
    return tuple(dict.fromkeys(part for part in parts if isinstance(part, Problem)))


def pick(part: Part[tuple[T, ...]], test: Callable[[T], bool]) -> list[T]:
    """What passes a test of what was seen."""
    return [each for each in seen(part) or () if test(each)]


def foreign(things: Iterable[K], releases: Collection[str]) -> list[K]:
    """Those that are not of the extension's own Helm release."""
    return [each for each in things if not each.owned(releases)]
