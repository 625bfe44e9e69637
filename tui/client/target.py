"""Which ARM resource a cluster is: asked of the cluster itself.

Owns the two signs: the ConfigMap of the Arc agents, and the providerID of AKS nodes; what an id must look like; and how
ARM tells the cluster of a node group whose name does not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from tui.client.arm import ArmClient, Json
from tui.client.kube import KubeClient
from tui.core.errors import Problem, UsageProblem
from tui.core.text import clean
from tui.domain.wire import dig

_ARC: Final = "/api/v1/namespaces/azure-arc/configmaps/azure-clusterconfig"
_NODE: Final = re.compile(r"azure:///subscriptions/([^/]+)/resourceGroups/([^/]+)/", re.IGNORECASE)
_TYPES: Final = {
    "connectedclusters": "Microsoft.Kubernetes/connectedClusters",
    "managedclusters": "Microsoft.ContainerService/managedClusters",
    "provisionedclusters": "Microsoft.HybridContainerService/provisionedClusters",
    "appliances": "Microsoft.ResourceConnector/appliances",
}
_ID: Final = re.compile(
    r"/subscriptions/[^/\s]+/resourceGroups/[^/\s]+/providers/[^/\s]+/(?P<type>[^/\s]+)/[^/\s]+", re.IGNORECASE
)


class NodeGroup(Struct, frozen=True):
    """The resource group of a cluster's nodes: the cluster is one of the subscription, which one only ARM can tell."""

    subscription: str
    name: str


def checked_id(given: str, setting: str, types: tuple[str, ...] = tuple(_TYPES)) -> str:
    """An ARM id of one of `types` as somebody typed it, a slash too few or too many mended. Raises UsageProblem."""
    tidy = "/" + given.strip().strip("/")
    found = _ID.fullmatch(tidy)
    if found is None or found["type"].lower() not in types:
        shape = "/subscriptions/…/resourceGroups/…/providers/…"
        raise UsageProblem(clean(f"{setting}: {given!r} is not the ARM id of a {types[0]} resource ({shape})"))
    return tidy


def of_config_map(data: Mapping[str, Any]) -> str:
    """The ARM id that the data of azure-arc/azure-clusterconfig spells, or empty."""
    parts = [clean(str(data.get(f"AZURE_{name}") or "")) for name in
             ("SUBSCRIPTION_ID", "RESOURCE_GROUP", "RESOURCE_NAME")]  # fmt: skip
    kind = _TYPES.get(str(data.get("CLUSTER_TYPE") or "").lower(), _TYPES["connectedclusters"])
    subscription, group, name = parts
    found = f"/subscriptions/{subscription}/resourceGroups/{group}/providers/{kind}/{name}"
    return found if all(parts) and _ID.fullmatch(found) else ""


def of_node(node: Mapping[str, Any]) -> str:
    """The ARM id of the AKS cluster a node belongs to, or empty.

    The node's resource group is `MC_{group}_{cluster}_{location}`, unless it was named by hand; the node label
    kubernetes.azure.com/cluster repeats it. `_` may be in the group's and the cluster's own name: then the name alone
    does not tell where to split, and no id is better than a wrong one.
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


def group_of_node(node: Mapping[str, Any]) -> NodeGroup | None:
    """The resource group an Azure node is in."""
    found = _NODE.match(str(dig(node, "spec", "providerID") or ""))
    return NodeGroup(clean(found[1]), clean(found[2])) if found else None


def of_managed(clusters: Sequence[Json], group: NodeGroup) -> str:
    """The id of the managed cluster that has its nodes in `group`, or empty."""
    wanted = group.name.lower()
    ids = (one.get("id") for one in clusters if str(dig(one, "properties", "nodeResourceGroup")).lower() == wanted)
    return next((clean(found) for found in ids if isinstance(found, str) and _ID.fullmatch(found)), "")


async def find_managed(arm: ArmClient, group: NodeGroup) -> str | Problem:
    """Ask ARM which cluster's nodes are in `group`; empty when it knows of none."""
    found = await arm.managed_clusters(group.subscription)
    return found if isinstance(found, Problem) else of_managed(found, group)


async def find_cluster_id(kube: KubeClient) -> str | NodeGroup | Problem:
    """The cluster's ARM id, or what its nodes tell of it, empty when nothing does.

    A Problem when it could not, or may not, be asked.
    """
    found = await kube.read("GET", _ARC)
    denied: Problem | None = None
    if isinstance(found, dict):
        data = found.get("data")
        spelt = of_config_map(data) if isinstance(data, dict) else ""
        if spelt:
            return spelt
    elif found.status == 403:
        denied = found
    elif found.status != 404:
        return found
    nodes = await kube.read("GET", "/api/v1/nodes", {"limit": 1})
    if isinstance(nodes, Problem):
        return "" if nodes.status == 404 else nodes
    items = nodes.get("items") or []
    return ((of_node(items[0]) or group_of_node(items[0])) if items else None) or denied or ""
