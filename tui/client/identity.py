"""Who we say we are, request by request: the Authorization header of a kubeconfig user, and whom it impersonates.

Owns static tokens, token files that rotate, user and password, and the official client's OIDC refresh. Exec plugins
and certificates are elsewhere.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import quote

from tui.client.choice import Choice
from tui.core.errors import Problem
from tui.core.redact import redact_text
from tui.core.text import clean

Headers = tuple[tuple[str, str], ...]
FILE_AGE: Final = 60.0
"""Seconds after which a token file is read again: projected tokens rotate."""


class Authorization(Protocol):
    """A source of the token, or of a whole `Basic …` value; empty when the user has none."""

    async def token(self) -> str | Problem: ...

    async def renew(self) -> Problem | None:
        """It was refused: get another."""


def authorization(choice: Choice, clock: Callable[[], float] = time.time) -> Authorization:
    """The source that the kubeconfig user names; a token file goes before a token, as in kubectl."""
    user = choice.user
    if user.get("tokenFile"):
        return TokenFile(Path(user["tokenFile"]), str(user.get("token") or ""), clock)
    if isinstance(user.get("auth-provider"), dict):
        return Official(choice)
    if user.get("token"):
        return Fixed(str(user["token"]).strip())
    if user.get("username"):
        pair = f"{user['username']}:{user.get('password') or ''}"
        return Fixed("Basic " + base64.b64encode(pair.encode()).decode())
    return Fixed("")


class Fixed:
    """Never changes."""

    def __init__(self, value: str) -> None:
        self._value = value

    async def token(self) -> str | Problem:
        return _sound(self._value)

    async def renew(self) -> Problem | None:
        return None


class TokenFile:
    """Read again each minute, and at once when it was refused."""

    def __init__(self, path: Path, kept: str, clock: Callable[[], float]) -> None:
        self._path, self._kept, self._clock = path, kept, clock
        self._read_at = float("-inf")

    async def token(self) -> str | Problem:
        if not 0 <= self._clock() - self._read_at < FILE_AGE:  # a clock that was set back counts as time that passed
            self._read()
        return _sound(self._kept) if self._kept else Problem("is empty or cannot be read", clean(str(self._path)))

    async def renew(self) -> Problem | None:
        self._read()
        return None

    def _read(self) -> None:
        self._read_at = self._clock()
        try:
            self._kept = self._path.read_text("utf-8").strip() or self._kept
        except (OSError, UnicodeDecodeError):
            return  # the token that is kept may still do


class Official:
    """What only the official client knows: OIDC. Its document is kept, because refresh tokens rotate."""

    def __init__(self, choice: Choice) -> None:
        user = {"auth-provider": _copy(choice.user["auth-provider"])}
        self._document = {
            "current-context": "c",
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "c"}}],
            "clusters": [{"name": "c", "cluster": {"server": choice.server}}],
            "users": [{"name": "c", "user": user}],
        }
        self._where = f"context {choice.context!r}: auth-provider oidc"
        self._value = ""

    async def token(self) -> str | Problem:
        if not self._value:
            problem = await self.renew()
            if problem is not None:
                return problem
        return _sound(self._value)

    async def renew(self) -> Problem | None:
        official = import_module("kubernetes.aio.config")
        configuration = import_module("kubernetes.aio.client").Configuration()
        try:
            await official.load_kube_config_from_dict(self._document, context="c", client_configuration=configuration)
        except Exception as error:  # its own, aiohttp's, json's, KeyError: all mean that the sign-in failed
            told = redact_text(clean(str(error) or type(error).__name__))[:300]
            return Problem(f"failed: {told}", self._where, "sign in again (kubelogin), or use its exec plugin")
        self._value = str(configuration.api_key.get("BearerToken") or "")
        return None


def _copy(value: Any) -> Any:
    return {key: _copy(inner) for key, inner in value.items()} if isinstance(value, dict) else value


def _sound(value: str) -> str | Problem:
    """A token with a line break or a control in it would be another header."""
    if value.isprintable() and value.isascii():
        return value
    return Problem("the token holds characters that no token has", next="mend the kubeconfig")


def impersonation(user: Mapping[str, Any]) -> Headers:
    """The headers of `as`, `as-uid`, `as-groups` and `as-user-extra`."""
    found: list[tuple[str, str]] = []
    if user.get("as"):
        found.append(("Impersonate-User", str(user["as"])))
    if user.get("as-uid"):
        found.append(("Impersonate-Uid", str(user["as-uid"])))
    found += [("Impersonate-Group", str(group)) for group in user.get("as-groups") or []]
    extra = user.get("as-user-extra")
    for name, values in extra.items() if isinstance(extra, dict) else ():
        found += [(f"Impersonate-Extra-{quote(str(name), safe='')}", str(value)) for value in values or []]
    return tuple(found)
