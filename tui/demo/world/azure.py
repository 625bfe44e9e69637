"""What is in ARM: the connected cluster and its extension, Relay, workspaces, computes.

Owns ids, names and bodies of Azure resources. Must not know how they are stored or asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import md5
from typing import Any, Final

from tui.demo.arm import keys, places
from tui.demo.arm.moments import offset, zulu
from tui.demo.arm.subscriptions import TENANT
from tui.demo.world.components import NAME, NAMESPACE, VERSION
from tui.demo.world.names import Dice
from tui.demo.world.nodes import Node

Json = dict[str, Any]

CLUSTER: Final = "arc-west"
GROUP: Final = "rg-ml"
LOCATION: Final = "westus2"
TYPE: Final = "Microsoft.AzureML.Kubernetes"
TRAINING: Final = "ml-train"
"""The namespace of the attached compute."""
COMPUTE: Final = "arc-west"
WORKSPACE: Final = "mlw-west"
RULE: Final = "azureml_rw"
"""The authorization rule of the hybrid connection."""
_ML: Final = "Microsoft.MachineLearningServices"
_WORKSPACES: Final = (
    (WORKSPACE, GROUP, LOCATION),
    ("mlw-east", "rg-ml-east", "eastus"),
    ("mlw-lab", "rg-lab", "eastus"),
)
_ID: Final = re.compile(r"[^A-Za-z0-9]")
_DAY: Final = 86400.0


@dataclass(frozen=True, slots=True)
class Estate:
    """The ids of everything, which follow from the seed."""

    subscription: str

    def group(self, name: str = GROUP) -> str:
        """A resource group."""
        return f"/subscriptions/{self.subscription}/resourceGroups/{name}"

    @property
    def cluster(self) -> str:
        """The connected cluster."""
        return f"{self.group()}/providers/Microsoft.Kubernetes/connectedClusters/{CLUSTER}"

    @property
    def extension(self) -> str:
        """Its extension, whether it is there or not."""
        return f"{self.cluster}/providers/Microsoft.KubernetesConfiguration/extensions/{NAME}"

    @property
    def workspaces(self) -> tuple[str, ...]:
        """The workspaces, that of the attached compute first."""
        return tuple(f"{self.group(group)}/providers/{_ML}/workspaces/{name}" for name, group, _place in _WORKSPACES)

    @property
    def relay(self) -> str:
        """The Relay namespace, named as the az CLI names it."""
        return f"{self.group()}/providers/Microsoft.Relay/namespaces/{self.relay_name}"

    @property
    def connection(self) -> str:
        """Its hybrid connection for the cluster."""
        return f"{self.relay}/hybridConnections/{CLUSTER}"

    @property
    def relay_name(self) -> str:
        """50 characters at most: longer ones end in six digits of a digest of the whole."""
        whole = f"{CLUSTER}-{self.subscription}-{GROUP}-relay"
        short = _ID.sub("", whole)
        return short if len(short) <= 50 else short[:44] + md5(whole.encode(), usedforsecurity=False).hexdigest()[:6]


def estate(dice: Dice) -> Estate:
    """The estate of a seed."""
    return Estate(dice.uid("subscription"))


def _data(created: float, modified: float) -> Json:
    return {
        "createdBy": None, "createdByType": None, "createdAt": zulu(created), "lastModifiedBy": None,
        "lastModifiedByType": None, "lastModifiedAt": zulu(modified),
    }  # fmt: skip


def cluster(where: Estate, nodes: list[Node], start: float, connectivity: str, region: str) -> Json:
    """The connected cluster. When it is not Connected, its agents have not called for 40 minutes."""
    offline = connectivity != "Connected"
    seen = start - (2400 if offline else 75)
    expires = start + (51 * _DAY if connectivity != "Expired" else -3600)
    return {
        "id": where.cluster, "name": CLUSTER, "type": "microsoft.kubernetes/connectedclusters",
        "location": region or LOCATION,
        "tags": {"team": "ml-platform", "env": "production"},
        "identity": {"type": "SystemAssigned", "principalId": _guid(where, "cluster"), "tenantId": TENANT},
        "systemData": {**_data(start - 40 * _DAY, start - 2 * _DAY), "createdBy": "ops@contoso.example",
                       "createdByType": "User"},
        "properties": {
            "provisioningState": "Succeeded", "connectivityStatus": connectivity,
            "lastConnectivityTime": zulu(seen), "agentVersion": "1.15.3", "kubernetesVersion": "1.32.5",
            "totalNodeCount": len(nodes), "totalCoreCount": sum(node.pool.cpu for node in nodes),
            "distribution": "k3s", "infrastructure": "generic", "offering": None,
            "managedIdentityCertificateExpirationTime": zulu(expires), "agentPublicKeyCertificate": "",
            "privateLinkState": "Disabled", "azureHybridBenefit": "NotApplicable",
            "arcAgentProfile": {"desiredAgentVersion": "1.15.3", "agentAutoUpgrade": "Enabled", "agentErrors": (
                [_agent_error(seen)] if offline else [])},
        },
    }  # fmt: skip


def _agent_error(at: float) -> Json:
    return {
        "component": "clusterconnect-agent", "severity": "Error", "time": zulu(at),
        "message": "the connection to the cluster connect service was lost and not made again",
    }  # fmt: skip


def settings(where: Estate, *, inference: bool) -> dict[str, str]:
    """configurationSettings: what the operator gave, and what the az CLI added."""
    given = {"enableTraining": "True", "installNvidiaDevicePlugin": "False", "installDcgmExporter": "True"}
    if inference:
        given |= {
            "enableInference": "True", "inferenceRouterServiceType": "nodePort", "inferenceRouterHA": "False",
            "allowInsecureConnections": "True",
        }  # fmt: skip
    return {
        **given, "cluster_name": where.cluster, "cluster_name_friendly": CLUSTER, "clusterId": where.cluster,
        "domain": f"{LOCATION}.cloudapp.azure.com", "location": LOCATION, "jobSchedulerLocation": LOCATION,
        "nginxIngress.enabled": "false", "relayserver.enabled": "true", "servicebus.enabled": "false",
        "relayserver.hybridConnectionName": CLUSTER,
        "relayserver.hybridConnectionResourceID": where.connection,
        "prometheus.prometheusSpec.externalLabels.cluster_name": where.cluster,
    }  # fmt: skip


def extension(where: Estate, created: float, *, inference: bool, given: Mapping[str, str]) -> Json:
    """The extension, installed. `given`: settings beside the usual ones."""
    rule = places.parse(f"{where.connection}/authorizationRules/{RULE}")
    return {
        "id": where.extension, "name": NAME, "type": "Microsoft.KubernetesConfiguration/extensions",
        "identity": {"type": "SystemAssigned", "principalId": _guid(where, "extension"), "tenantId": TENANT},
        "systemData": _data(created, created + 190), "plan": None,
        "properties": {
            "extensionType": TYPE.lower(), "autoUpgradeMinorVersion": True, "releaseTrain": "stable", "version": None,
            "currentVersion": VERSION, "scope": {"cluster": {"releaseNamespace": NAMESPACE}},
            "configurationSettings": {**settings(where, inference=inference), **given},
            "configurationProtectedSettings": {
                "relayserver.relayConnectionString": keys.connection_string(rule, keys.fake("first")),
            },
            "provisioningState": "Succeeded", "statuses": [], "customLocationSettings": None, "packageUri": None,
            "aksAssignedIdentity": None, "isSystemExtension": False,
        },
    }  # fmt: skip


def rest(where: Estate, start: float, *, attached: bool, relay: bool) -> Iterator[Json]:
    """Everything else. The Relay namespace comes with the extension, the Kubernetes computes after it."""
    if relay:
        yield from _relay(where, start)
    for number, (name, group, location) in enumerate(_WORKSPACES):
        yield _workspace(where, where.workspaces[number], name, location, start - (300 - 40 * number) * _DAY)
        yield from _around(where, name, group, location)
    west, east, _lab = where.workspaces
    yield _pool(west, "cpu-cluster", LOCATION, start - 90 * _DAY)
    if attached:
        yield kubernetes(where, west, COMPUTE, LOCATION, TRAINING, start - 3 * _DAY + 3600)
        yield _failed(kubernetes(where, east, "arc-west-east", "eastus", "ml-east", start - 0.3 * _DAY))


def _relay(where: Estate, start: float) -> Iterator[Json]:
    created = start - 3 * _DAY - 600
    path, kind = where.relay, "Microsoft.Relay/namespaces"
    tags = {"created_by": "Azure Arc-enabled ML"}
    yield {
        "id": path, "name": where.relay_name, "type": kind, "location": LOCATION, "tags": tags,
        "sku": {"name": "Standard", "tier": "Standard"},
        "properties": {
            "provisioningState": "Succeeded", "status": "Active", "createdAt": zulu(created),
            "updatedAt": zulu(created),
            "metricId": f"{where.subscription}:{where.relay_name}", "privateEndpointConnections": [],
            "serviceBusEndpoint": f"https://{where.relay_name}.servicebus.windows.net:443/",
        },
    }  # fmt: skip
    for scope, sort, name in ((path, kind, "RootManageSharedAccessKey"),
                              (where.connection, f"{kind}/hybridConnections", RULE)):  # fmt: skip
        yield {
            "id": f"{scope}/authorizationRules/{name}", "name": name, "type": f"{sort}/authorizationRules",
            "properties": {"rights": ["Manage", "Send", "Listen"]},
        }  # fmt: skip
    yield {
        "id": where.connection, "name": CLUSTER, "type": f"{kind}/hybridConnections",
        "properties": {
            "requiresClientAuthorization": True, "listenerCount": 1, "createdAt": zulu(created),
            "updatedAt": zulu(created),
        },
    }  # fmt: skip


def _workspace(where: Estate, path: str, name: str, location: str, created: float) -> Json:
    return {
        "id": path, "name": name, "type": f"{_ML}/workspaces", "location": location, "tags": {}, "kind": "Default",
        "sku": {"name": "Basic", "tier": "Basic"},
        "identity": {"type": "SystemAssigned", "principalId": _guid(where, name), "tenantId": TENANT},
        "systemData": _data(created, created),
        "properties": {
            "friendlyName": name, "provisioningState": "Succeeded", "workspaceId": _guid(where, "workspace", name),
            "publicNetworkAccess": "Enabled", "hbiWorkspace": False, "creationTime": zulu(created),
            "discoveryUrl": f"https://{location}.api.azureml.ms/discovery",
        },
    }  # fmt: skip


def _around(where: Estate, name: str, group: str, location: str) -> Iterator[Json]:
    """What a workspace stands on."""
    stem = name.replace("-", "")
    for provider, sort, called in (("Microsoft.Storage", "storageAccounts", f"{stem}store"),
                                   ("Microsoft.ContainerRegistry", "registries", f"{stem}acr")):  # fmt: skip
        path = f"{where.group(group)}/providers/{provider}/{sort}/{called}"
        yield {
            "id": path, "name": called, "type": f"{provider}/{sort}", "location": location, "tags": {},
            "properties": {"provisioningState": "Succeeded"},
        }  # fmt: skip


def _pool(workspace: str, name: str, location: str, created: float) -> Json:
    """A managed pool of virtual machines: a compute, but no cluster."""
    body = _compute(workspace, name, location, created)
    body["properties"] |= {
        "computeType": "AmlCompute", "resourceId": None, "isAttachedCompute": False,
        "properties": {"vmSize": "STANDARD_DS3_V2", "vmPriority": "Dedicated", "allocationState": "Steady",
                       "scaleSettings": {"minNodeCount": 0, "maxNodeCount": 4}},
    }  # fmt: skip
    return body


def kubernetes(where: Estate, workspace: str, name: str, location: str, namespace: str, created: float) -> Json:
    """The cluster, attached to a workspace."""
    body = _compute(workspace, name, location, created)
    body["properties"] |= {
        "computeType": "Kubernetes", "resourceId": where.cluster, "isAttachedCompute": True,
        "description": "GPU cluster in the west data center",
        "properties": {
            "relayConnectionString": None, "serviceBusConnectionString": None, "vcName": None, "namespace": namespace,
            "extensionPrincipalId": _guid(where, "extension"), "extensionInstanceReleaseTrain": "stable",
            "defaultInstanceType": "defaultinstancetype",
            "instanceTypes": {
                "defaultinstancetype": {"nodeSelector": None, "resources": {
                    "requests": {"cpu": "1", "memory": "2Gi", "nvidia.com/gpu": None},
                    "limits": {"cpu": "2", "memory": "2Gi", "nvidia.com/gpu": None}}},
            },
        },
    }  # fmt: skip
    return body


def _compute(workspace: str, name: str, location: str, created: float) -> Json:
    return {
        "id": f"{workspace}/computes/{name}", "name": name, "type": f"{_ML}/workspaces/computes", "location": location,
        "tags": None, "identity": None,
        "properties": {
            "createdOn": offset(created), "modifiedOn": offset(created + 380), "provisioningState": "Succeeded",
            "provisioningErrors": None, "disableLocalAuth": False, "computeLocation": location, "description": None,
        },
    }  # fmt: skip


def _failed(body: Json) -> Json:
    """An attach that ended badly after most of an hour."""
    inner = body["properties"]
    inner["provisioningState"] = "Failed"
    message = "The workspace identity lacks the role Kubernetes Extension Contributor on the cluster"
    detail: Json = {"code": "AuthorizationFailed", "message": message, "target": None, "details": [],
                    "additionalInfo": []}  # fmt: skip
    inner["provisioningErrors"] = [
        {"error": {"code": "InternalServerError", "message": "An internal server error occurred. Please try again.",
                   "target": None, "details": [detail], "additionalInfo": []}}
    ]  # fmt: skip
    return body


def _guid(where: Estate, *parts: str) -> str:
    """A GUID of something in this estate."""
    raw = md5("/".join((where.subscription, *parts)).encode(), usedforsecurity=False).hexdigest()
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:]}"
