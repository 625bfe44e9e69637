"""Sign-in to Azure: which credential, for which cloud, and what to do when it fails.

Owns the order of the ways to sign in and the endpoints of the sovereign clouds. azure-identity is imported when a
credential is made. Tokens stay inside the credential.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct

from tui.core.errors import Problem
from tui.core.text import clean
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

Prompt = Callable[[str, str, float], None]
"""Takes the address to open, the code to type there, and until when it is good (seconds since 1970)."""


def cloud_of(settings: Settings) -> Cloud:
    """The cloud of the settings; the demo's endpoint in a demo."""
    cloud = CLOUDS[settings.cloud]
    return Cloud(settings.demo.arm.rstrip("/"), cloud.authority, cloud.scope) if settings.demo else cloud


class StaticToken:
    """The demo's own bearer token, as a credential."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def get_token(self, *_scopes: str, **_options: Any) -> Any:
        from azure.core.credentials import AccessToken

        return AccessToken(self._token, int(time.time()) + 3600)

    async def close(self) -> None:
        """Nothing to close."""


def make(settings: Settings, prompt: Prompt | None = None) -> Any | None:
    """The credential, nothing asked of anybody yet; None when the settings want no ARM at all."""
    if settings.demo is not None:
        return StaticToken(settings.demo.token)
    if settings.sign_in == "none":
        return None
    from azure.identity import aio

    host = CLOUDS[settings.cloud].authority
    tenant = settings.tenant
    ways: dict[str, Callable[[], Any]] = {
        "cli": lambda: aio.AzureCliCredential(tenant_id=tenant or "", process_timeout=30),
        "environment": lambda: aio.EnvironmentCredential(authority=host),
        "workload": lambda: aio.WorkloadIdentityCredential(tenant_id=tenant, authority=host),
        "managed": lambda: aio.ManagedIdentityCredential(),
    }
    if settings.sign_in == "device":
        return _device(host, tenant, prompt)
    if settings.sign_in != "auto":
        return ways[settings.sign_in]()
    return aio.ChainedTokenCredential(*[found for way in ways.values() if (found := _made(way)) is not None])


def _made(way: Callable[[], Any]) -> Any | None:
    """Workload identity refuses to be made where its variables are absent."""
    try:
        return way()
    except ValueError:
        return None


def _device(host: str, tenant: str | None, prompt: Prompt | None) -> Any:
    from azure.identity import DeviceCodeCredential

    def show(uri: str, code: str, expires: Any) -> None:
        if prompt is not None:
            prompt(clean(uri), clean(code), expires.timestamp())

    more = {"tenant_id": tenant} if tenant else {}
    return _Threaded(DeviceCodeCredential(authority=host, prompt_callback=show, timeout=900, **more))


class _Threaded:
    """The device-code credential exists only in its blocking form: it waits in a thread."""

    def __init__(self, credential: Any) -> None:
        import asyncio

        self._credential, self._one = credential, asyncio.Lock()

    async def get_token(self, *scopes: str, **options: Any) -> Any:
        import asyncio

        async with self._one:  # one prompt, however many requests wait for it
            return await asyncio.to_thread(self._credential.get_token, *scopes, **options)

    async def close(self) -> None:
        self._credential.close()


def problem_of(error: Exception, settings: Settings) -> Problem:
    """A failed sign-in in one line, with the next thing to do."""
    tenant = f" --tenant {settings.tenant}" if settings.tenant else ""
    steps = {
        "device": "start again and type the code in time",
        "managed": "is an identity assigned to this machine?",
        "environment": "set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET",
        "workload": "is the workload identity webhook active for this pod?",
    }
    first = clean(str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__)[:300]
    step = steps.get(settings.sign_in, f"run `az login{tenant}`")
    return Problem(f"signed out: {first}", "Azure sign-in", step, 401, "SignedOut")
