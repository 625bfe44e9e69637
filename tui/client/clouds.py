"""The Azure clouds: where ARM and the sign-in of each live."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from tui.settings import Settings


class Cloud(Struct, frozen=True):
    """Where one Azure cloud lives."""

    arm: str
    authority: str
    scope: str


CLOUDS: Final[dict[str, Cloud]] = {
    "AzureCloud": Cloud(
        "https://management.azure.com", "login.microsoftonline.com", "https://management.azure.com/.default"
    ),
    "AzureUSGovernment": Cloud(
        "https://management.usgovcloudapi.net", "login.microsoftonline.us",
        "https://management.core.usgovcloudapi.net/.default",
    ),
    "AzureChinaCloud": Cloud(
        "https://management.chinacloudapi.cn", "login.chinacloudapi.cn", "https://management.chinacloudapi.cn/.default"
    ),
}  # fmt: skip


def cloud_of(settings: Settings) -> Cloud:
    """The cloud of the settings; the demo's endpoint in a demo."""
    cloud = CLOUDS[settings.cloud]
    return Cloud(settings.demo.arm.rstrip("/"), cloud.authority, cloud.scope) if settings.demo else cloud
