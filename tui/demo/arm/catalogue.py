"""Which resource types this ARM knows: their api-versions, how their lists page, how answers spell them.

Data only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ResourceType:
    """One type of one provider."""

    name: str
    """`Microsoft.Relay/namespaces`."""
    versions: tuple[str, ...]
    """Newest first."""
    page: int = 100
    """Items of a list page. Small where the demo's lists are to page."""
    skip: str = "$skiptoken"
    """The query parameter that continues a list."""
    shown: str = ""
    """`type` as answers spell it, where that differs from `name`."""
    methods: frozenset[str] = frozenset({"GET", "HEAD", "PUT", "PATCH", "DELETE"})
    """What one resource of it can be asked."""

    @property
    def namespace(self) -> str:
        """The provider."""
        return self.name.partition("/")[0]

    @property
    def path(self) -> str:
        """The type without its provider."""
        return self.name.partition("/")[2]


READ: Final = frozenset({"GET", "HEAD"})
EXTENSIONS: Final = (
    "2023-05-01", "2022-11-01", "2022-07-01", "2022-04-02-preview", "2022-03-01", "2022-01-01-preview",
    "2021-11-01-preview", "2021-09-01", "2021-05-01-preview", "2020-07-01-preview",
)  # fmt: skip
CONNECTED: Final = ("2024-01-01", "2023-11-01-preview", "2022-10-01-preview", "2021-10-01", "2021-03-01")
MANAGED: Final = ("2024-02-01", "2023-10-01", "2022-09-01", "2021-05-01", "2020-09-01")
MACHINE_LEARNING: Final = (
    "2024-04-01", "2023-10-01", "2023-04-01", "2022-10-01", "2022-05-01", "2021-10-01", "2021-07-01", "2020-02-02",
    "2019-11-01",
)  # fmt: skip
RELAY: Final = ("2021-11-01", "2017-04-01")
SERVICE_BUS: Final = ("2022-10-01-preview", "2021-11-01", "2018-01-01-preview", "2017-04-01")
INSIGHTS: Final = ("2022-10-01", "2021-12-01-preview", "2021-06-01", "2020-08-01", "2015-11-01-preview")
STORAGE: Final = ("2023-01-01", "2022-09-01", "2021-09-01")
REGISTRY: Final = ("2023-07-01", "2022-12-01", "2021-09-01")
RESOURCES: Final = (
    "2024-03-01", "2023-07-01", "2022-12-01", "2022-09-01", "2022-01-01", "2021-04-01", "2021-01-01", "2020-10-01",
    "2020-06-01", "2020-01-01", "2019-10-01", "2019-05-01", "2018-05-01", "2016-06-01", "2016-02-01",
)  # fmt: skip
"""Of ARM's own calls: subscriptions, groups, providers, resource lists."""

_KNOWN: Final = (
    ResourceType("Microsoft.Kubernetes/connectedClusters", CONNECTED, methods=READ,
                 shown="microsoft.kubernetes/connectedclusters"),
    ResourceType("Microsoft.ContainerService/managedClusters", MANAGED, methods=READ,
                 shown="Microsoft.ContainerService/ManagedClusters"),
    ResourceType("Microsoft.KubernetesConfiguration/extensions", EXTENSIONS),
    ResourceType("Microsoft.MachineLearningServices/workspaces", MACHINE_LEARNING, page=2, skip="$skip", methods=READ),
    ResourceType("Microsoft.MachineLearningServices/workspaces/computes", MACHINE_LEARNING, page=2, skip="$skip"),
    ResourceType("Microsoft.Relay/namespaces", RELAY, shown="Microsoft.Relay/Namespaces"),
    ResourceType("Microsoft.Relay/namespaces/authorizationRules", RELAY),
    ResourceType("Microsoft.Relay/namespaces/hybridConnections", RELAY,
                 shown="Microsoft.Relay/namespaces/hybridconnections"),
    ResourceType("Microsoft.Relay/namespaces/hybridConnections/authorizationRules", RELAY,
                 shown="Microsoft.Relay/namespaces/hybridconnections/authorizationrules"),
    ResourceType("Microsoft.ServiceBus/namespaces", SERVICE_BUS, shown="Microsoft.ServiceBus/Namespaces"),
    ResourceType("Microsoft.ServiceBus/namespaces/authorizationRules", SERVICE_BUS),
    ResourceType("Microsoft.ServiceBus/namespaces/topics", SERVICE_BUS),
    ResourceType("Microsoft.ServiceBus/namespaces/topics/subscriptions", SERVICE_BUS),
    ResourceType("Microsoft.OperationalInsights/workspaces", INSIGHTS),
    ResourceType("Microsoft.Storage/storageAccounts", STORAGE, methods=READ),
    ResourceType("Microsoft.ContainerRegistry/registries", REGISTRY, methods=READ),
)  # fmt: skip
TYPES: Final = {kind.name.lower(): kind for kind in _KNOWN}

_BARE: Final = frozenset({"Microsoft.Authorization", "Microsoft.ExtendedLocation"})
NAMESPACES: Final = tuple(sorted({kind.namespace for kind in _KNOWN} | _BARE))
"""The providers. One of them has a list of its own only, and one matters only by its registration."""

RESOURCE_PAGE: Final = 3
"""Items of a page of the resource lists."""

LOCATIONS: Final = (
    "East US", "East US 2", "West US 2", "West Central US", "South Central US", "North Europe", "West Europe",
    "UK South", "Southeast Asia", "Australia East",
)  # fmt: skip


def location_title(location: str) -> str:
    """`eastus` as messaging namespaces write it: `East US`. What is no known location stays."""
    return next((known for known in LOCATIONS if location_name(known) == location_name(location)), location)


def location_name(location: str) -> str:
    """`East US` as resources write it: `eastus`."""
    return location.replace(" ", "").lower()
