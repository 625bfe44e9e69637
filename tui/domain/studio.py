"""Where a run is shown in the studio: its address, from the labels of its pod. Text to copy; nothing opens it.

Owns the hosts of the clouds and the form of the address.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from tui.domain.aml_job import RUN_LABEL

HOSTS: Final[Mapping[str, str]] = {
    "AzureCloud": "ml.azure.com",
    "AzureUSGovernment": "ml.azure.us",
    "AzureChinaCloud": "studio.ml.azure.cn",
}
_PARTS: Final = ("ml.azure.com/subscription-id", "ml.azure.com/resource-group", "ml.azure.com/workspace")


def url(labels: Mapping[str, str], cloud: str = "AzureCloud") -> str:
    """The address of the run that a pod with these labels belongs to; empty when they do not say."""
    run = labels.get(RUN_LABEL, "")
    subscription, group, workspace = (quote(labels.get(name, ""), safe="") for name in _PARTS)
    if not (run and subscription and group and workspace and cloud in HOSTS):
        return ""
    where = f"/subscriptions/{subscription}/resourcegroups/{group}/workspaces/{workspace}"
    return f"https://{HOSTS[cloud]}/runs/{quote(run, safe='')}?wsid={where}"
