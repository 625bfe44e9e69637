"""The Log Analytics workspace to which component logs go, when that is asked for. It costs by what comes in.

Owns its name, and the requests that make it and read its id and key.
"""

from __future__ import annotations

from typing import Final

from tui.domain import arm_id
from tui.domain.plans.az_command import az, tags, where
from tui.domain.plans.az_names import TAGS, Home, valid_name
from tui.domain.plans.plan import Step

PROVIDER: Final = "Microsoft.OperationalInsights"
CUSTOMER: Final = "log-analytics-id"
"""Name of the value that `making` gives."""
KEY: Final = "log-analytics-key"
"""Name of the value that `keys` gives."""
_LONGEST: Final = 63


def workspace_of(home: Home) -> str:
    """Id of a cluster's workspace."""
    name = valid_name(f"{home.cluster}-{home.subscription}-{home.group}", _LONGEST)
    return f"{home.providers}/Microsoft.OperationalInsights/workspaces/{name}"


def making(workspace: str, location: str) -> Step:
    """The request after which it is there; gives its customer id."""
    name = arm_id.name(workspace)
    return Step(
        "log-analytics-workspace", f"create the Log Analytics workspace {name}", "PUT", workspace,
        body={"location": location, "tags": dict(TAGS)}, reuse=True, follows=True,
        gives={CUSTOMER: "properties.customerId"},
        command=az("monitor", "log-analytics", "workspace", "create", *where(workspace), "--workspace-name", name,
                   "--location", location, *tags(TAGS)),
    )  # fmt: skip


def keys(workspace: str) -> Step:
    """The request that gives its shared key."""
    return Step(
        "log-analytics-keys", "read the key of the Log Analytics workspace", "POST", f"{workspace}/sharedKeys",
        gives={KEY: "primarySharedKey"},
        command=az("monitor", "log-analytics", "workspace", "get-shared-keys", *where(workspace), "--workspace-name",
                   arm_id.name(workspace)),
    )  # fmt: skip


def removing(workspace: str) -> str:
    """The command that deletes it."""
    return az(
        "monitor", "log-analytics", "workspace", "delete", *where(workspace), "--workspace-name",
        arm_id.name(workspace), "--yes",
    )  # fmt: skip
