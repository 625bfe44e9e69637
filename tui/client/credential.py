"""Sign-in to Azure: which credential, and what to do when it fails.

Owns the order of the ways to sign in. azure-identity is imported when a credential is made. Tokens stay inside the
credential.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from typing import Any, Final

from tui.client.clouds import CLOUDS
from tui.client.device import DeviceCode, Prompt
from tui.core.errors import Problem
from tui.core.redact import redact_text
from tui.core.text import clean, shorten_end
from tui.settings import Settings

FAILED_FOR: Final = 10.0
"""Seconds for which a failure answers for all pollers: each would run az anew."""
_WHERE: Final = "Azure sign-in"
_LONGEST: Final = 300


class SignedOut(Exception):
    """No token. Raised through the pipeline, caught by the ARM client."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class SignIn:
    """A credential whose failures are SignedOut, and whose owner can ask for another try."""

    def __init__(self, credential: Any, settings: Settings, tick: Callable[[], float] = time.monotonic) -> None:
        self._credential, self._settings, self._tick = credential, settings, tick
        self._failed: tuple[Problem, float] | None = None

    async def get_token(self, *scopes: str, **options: Any) -> Any:
        if self._failed is not None and self._tick() - self._failed[1] < FAILED_FOR:
            raise SignedOut(self._failed[0])
        try:
            return await self._credential.get_token(*scopes, **options)
        except Exception as error:  # azure's, msal's, requests', OSError: all mean that there is no token
            self._failed = (problem_of(error, self._settings), self._tick())
            raise SignedOut(self._failed[0]) from error

    def again(self) -> None:
        """The operator signed in elsewhere, or wants another code."""
        self._failed = None
        for each in getattr(self._credential, "credentials", (self._credential,)):
            if isinstance(each, DeviceCode):
                each.again()

    async def close(self) -> None:
        await self._credential.close()


class StaticToken:
    """The demo's own bearer token, as a credential."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def get_token(self, *_scopes: str, **_options: Any) -> Any:
        from azure.core.credentials import AccessToken

        return AccessToken(self._token, int(time.time()) + 3600)

    async def close(self) -> None:
        """Nothing to close."""


def make(settings: Settings, prompt: Prompt | None = None) -> SignIn | Problem:
    """The credential, nothing asked of anybody yet; a Problem when the settings cannot make one.

    `auto`: az CLI, environment, workload identity, managed identity, and last a device code, if there is a `prompt` to
    show it: it is the only one that needs the operator.
    """
    if settings.demo is not None:
        return SignIn(StaticToken(settings.demo.token), settings)
    if settings.sign_in == "none":
        return Problem("ARM is switched off", next="choose another --sign-in", code="Off")
    ways = _ways(settings, prompt)
    try:
        if settings.sign_in != "auto":
            return SignIn(ways[settings.sign_in](), settings)
    except ValueError as error:
        return problem_of(error, settings)
    from azure.identity import aio

    found = [made for way in ways.values() if (made := _made(way)) is not None]
    return SignIn(aio.ChainedTokenCredential(*found), settings)


def _ways(settings: Settings, prompt: Prompt | None) -> dict[str, Callable[[], Any]]:
    logging.getLogger("azure").addHandler(logging.NullHandler())  # what it warns of is told as a Problem
    from azure.identity import aio

    host, tenant = CLOUDS[settings.cloud].authority, settings.tenant
    ways: dict[str, Callable[[], Any]] = {
        "cli": lambda: aio.AzureCliCredential(tenant_id=tenant or "", process_timeout=30),
        "environment": lambda: aio.EnvironmentCredential(authority=host),
        "workload": lambda: aio.WorkloadIdentityCredential(tenant_id=tenant, authority=host),
        "managed": lambda: aio.ManagedIdentityCredential(),
    }
    if prompt is not None or settings.sign_in == "device":
        ways["device"] = lambda: DeviceCode(host, tenant, prompt or (lambda _asked: None))
    return ways


def _made(way: Callable[[], Any]) -> Any | None:
    """Workload identity refuses to be made where its variables are absent."""
    try:
        return way()
    except ValueError:
        return None


_ATTEMPT: Final = re.compile(r"^\s*(?P<way>\w+): (?P<said>.+)$", re.MULTILINE)
_STEPS: Final = {
    "device": "refresh to get another code",
    "managed": "is an identity assigned to this machine?",
    "environment": "set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET",
    "workload": "is the workload identity webhook active for this pod?",
}


def problem_of(error: Exception, settings: Settings) -> Problem:
    """A failed sign-in in one line, with the next thing to do."""
    said = _said(str(error).strip() or type(error).__name__)
    tenant = f" --tenant {settings.tenant}" if settings.tenant else ""
    step = _STEPS.get(settings.sign_in, f"run `az login{tenant}`, or choose another --sign-in")
    told = shorten_end(redact_text(clean(said)), _LONGEST)
    return Problem(f"signed out: {told}", _WHERE, step, 401, "SignedOut")


def _said(message: str) -> str:
    """The line that counts: of a chain, the way that came nearest: the device code, else the az CLI."""
    attempts = {found["way"]: found["said"] for found in _ATTEMPT.finditer(message)}
    for way in ("DeviceCode", "AzureCliCredential"):
        if way in attempts and "Attempted credentials" in message:
            return attempts[way]
    return message.splitlines()[0]
