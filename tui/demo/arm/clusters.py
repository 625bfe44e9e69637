"""How connected and managed clusters look in answers: their casing, and what is absent until agents report.

Pure but for one habit: ARM writes `distribution` now in one casing, now in the other, so answers are counted.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

from tui.demo.arm.catalogue import TYPES
from tui.demo.arm.operations import Json

CONNECTED: Final = "microsoft.kubernetes/connectedclusters"
MANAGED: Final = "microsoft.containerservice/managedclusters"
SORTS: Final = (CONNECTED, MANAGED)
"""What an extension can be upon."""
_FROM_AGENTS: Final = (
    "kubernetesVersion", "agentVersion", "totalNodeCount", "totalCoreCount", "lastConnectivityTime",
    "managedIdentityCertificateExpirationTime",
)  # fmt: skip


class Casing:
    """Counts answers."""

    def __init__(self) -> None:
        self._upper: Iterator[bool] = itertools.cycle((False, True))

    def connected(self, resource: Json) -> Json:
        """A connected cluster, without what its agents have not told yet."""
        inner = dict(resource.get("properties") or {})
        if str(inner.get("connectivityStatus") or "Connecting").lower() == "connecting":
            inner = {name: value for name, value in inner.items() if name not in _FROM_AGENTS}
        distribution = str(inner.get("distribution") or "")
        if distribution:
            inner["distribution"] = distribution.upper() if next(self._upper) else distribution.lower()
        return {**resource, "type": TYPES[CONNECTED].shown, "properties": inner}


def managed(resource: Json) -> Json:
    """An AKS cluster: another casing of `resourceGroups` than the id it was asked for by."""
    path = str(resource["id"]).replace("/resourceGroups/", "/resourcegroups/")
    return {**resource, "id": path, "type": TYPES[MANAGED].shown}
