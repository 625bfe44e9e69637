"""Where the Azure resources of one cluster live, and how the az CLI names them.

Owns the naming rule, digest included: whoever follows it finds what the CLI made, and the other way round. Knows no
single resource.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import md5
from typing import Final

from msgspec import Struct

from tui.domain import arm_id
from tui.domain.cluster import ClusterRow

TAGS: Final[Mapping[str, str]] = {"created_by": "Azure Arc-enabled ML"}
"""What marks a resource as made for the extension."""
_DIGITS: Final = 6
_TYPES: Final[Mapping[str, str]] = {
    "connectedclusters": "Microsoft.Kubernetes/connectedClusters",
    "managedclusters": "Microsoft.ContainerService/managedClusters",
}


class Home(Struct, frozen=True):
    """Subscription, resource group, name and region of a cluster: all that names follow from."""

    subscription: str
    group: str
    cluster: str
    location: str
    """As resources write it: `westus2`."""
    cluster_id: str
    """In the usual spelling: answers change its casing."""

    @property
    def providers(self) -> str:
        """What the id of every resource in the group begins with."""
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}/providers"

    @property
    def type(self) -> str:
        """`connectedClusters` or `managedClusters`."""
        return self.cluster_id.rsplit("/", 2)[-2]

    @property
    def is_managed(self) -> bool:
        """AKS without Arc."""
        return self.type.lower() == "managedclusters"


def home_of(cluster: ClusterRow) -> Home:
    """The home of a cluster."""
    subscription, group = arm_id.subscription(cluster.id), arm_id.group(cluster.id)
    kind = next((known for word, known in _TYPES.items() if f"/{word}/" in cluster.id.lower()), "")
    usual = f"/subscriptions/{subscription}/resourceGroups/{group}/providers/{kind}/{cluster.name}"
    location = cluster.location.replace(" ", "").lower()
    return Home(subscription, group, cluster.name, location, usual if kind else cluster.id)


def valid_name(whole: str, longest: int) -> str:
    """Letters and digits of `whole`; what would be longer is cut and ends in six digits of a digest of `whole`."""
    stripped = re.sub(r"[^A-Za-z0-9]", "", whole)
    if len(stripped) <= longest:
        return stripped
    return stripped[: longest - _DIGITS] + md5(whole.encode(), usedforsecurity=False).hexdigest()[:_DIGITS]
