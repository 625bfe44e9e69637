"""Which ARM resource a cluster is: asked of the cluster itself.

Owns the two signs: the ConfigMap of the Arc agents, and the providerID of AKS nodes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from tui.client.kube import KubeClient
from tui.core.errors import Problem
from tui.core.text import clean

_ARC: Final = "/api/v1/namespaces/azure-arc/configmaps/azure-clusterconfig"
_NODE: Final = re.compile(r"azure:///subscriptions/([^/]+)/resourceGroups/([^/]+)/", re.IGNORECASE)
_TYPES: Final = {
    "connectedclusters": "Microsoft.Kubernetes/connectedClusters",
    "managedclusters": "Microsoft.ContainerService/managedClusters",
    "provisionedclusters": "Microsoft.HybridContainerService/provisionedClusters",
    "appliances": "Microsoft.ResourceConnector/appliances",
}


def of_config_map(data: Mapping[str, Any]) -> str:
    """The ARM id that the data of azure-arc/azure-clusterconfig spells, or empty."""
    parts = [clean(str(data.get(f"AZURE_{name}") or "")) for name in
             ("SUBSCRIPTION_ID", "RESOURCE_GROUP", "RESOURCE_NAME")]  # fmt: skip
    kind = _TYPES.get(str(data.get("CLUSTER_TYPE") or "connectedClusters").lower(), _TYPES["connectedclusters"])
    if not all(parts) or any("/" in part for part in parts):
        return ""
    subscription, group, name = parts
    return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/{kind}/{name}"


def of_node(node: Mapping[str, Any]) -> str:
    """The ARM id of the AKS cluster a node belongs to, or empty.

    The node's resource group is `MC_{group}_{cluster}_{location}`, unless it was named by hand; the node label
    kubernetes.azure.com/cluster repeats it. `_` may be in the group's and the cluster's own name: then nobody can
    tell where to split, and no id is better than a wrong one.
    """
    spec, metadata = node.get("spec") or {}, node.get("metadata") or {}
    found = _NODE.match(str(spec.get("providerID") or ""))
    if found is None:
        return ""
    labels = metadata.get("labels") or {}
    managed = str(labels.get("kubernetes.azure.com/cluster") or found[2])
    parts = managed.split("_")
    if len(parts) != 4 or parts[0].lower() != "mc":
        return ""
    return clean(
        f"/subscriptions/{found[1]}/resourceGroups/{parts[1]}/providers/{_TYPES['managedclusters']}/{parts[2]}"
    )


async def find_cluster_id(kube: KubeClient) -> str | Problem:
    """The cluster's ARM id, empty when nothing in it tells one; a Problem when it could not be asked."""
    found = await kube.read("GET", _ARC)
    if isinstance(found, dict):
        spelt = of_config_map(found.get("data") or {})
        if spelt:
            return spelt
    elif found.status not in (403, 404):
        return found
    nodes = await kube.read("GET", "/api/v1/nodes", {"limit": 1})
    if isinstance(nodes, Problem):
        return nodes if nodes.status not in (403, 404) else ""
    items = nodes.get("items") or []
    return of_node(items[0]) if items else ""
