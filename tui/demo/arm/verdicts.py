"""How an operation ends that nobody plays: well, unless the resources themselves say that it cannot.

The world may ask too. Reads, changes nothing.
"""

from __future__ import annotations

from typing import Final, Protocol

from tui.demo.arm import outcomes, places
from tui.demo.arm.operations import Json, Operation

AZUREML: Final = "microsoft.azureml.kubernetes"


class Resources(Protocol):
    """What there is: `ArmState`."""

    def get(self, resource_id: str) -> Json | None: ...

    def under(self, prefix: str, type: str = "") -> list[Json]: ...


def verdict(resources: Resources, operation: Operation) -> Json | None:
    """The error an operation must end with; None when nothing stands against it."""
    resource = resources.get(operation.resource_id)
    if resource is None or operation.kind == "delete":
        return None
    if places.parse(resource["id"]).type == outcomes.COMPUTE:
        return _attach(resources, resource["properties"])
    return None


def _attach(resources: Resources, properties: Json) -> Json | None:
    """A compute needs its cluster, and there an extension that is installed."""
    cluster = str(properties.get("resourceId") or "")
    if str(properties.get("computeType")).lower() != "kubernetes":
        return None
    if resources.get(cluster) is None:
        return _error("ClusterNotFound", f"Cannot found Kubernetes cluster. Resource id: {cluster}")
    found = [e["properties"] for e in resources.under(cluster, outcomes.EXTENSION)]
    ours = [e for e in found if str(e.get("extensionType")).lower() == AZUREML]
    if not ours:
        text = "The AzureML extension is not installed on the cluster: extension not installed."
        return _error("ExtensionNotInstalled", text)
    if ours[0].get("provisioningState") != "Succeeded":
        return outcomes.NO_REASON
    return None


def _error(code: str, message: str) -> Json:
    return {"code": code, "message": message, "target": None, "details": [], "additionalInfo": []}
