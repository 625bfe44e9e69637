"""Credential plugins of a kubeconfig: run, read, kept until they expire.

A plugin never gets the terminal: stdin is closed and it is told that nobody can answer. Owns the
client.authentication.k8s.io contract; must not know what the credential is used for.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct

from tui.core.errors import Problem
from tui.core.redact import redact_text
from tui.core.text import clean
from tui.core.units import epoch

TIMEOUT: Final = 60.0
"""Seconds a plugin may take: az and gcloud need several on a slow host."""
SKEW: Final = 30.0
"""A credential is renewed so many seconds before it expires."""


class Credential(Struct, frozen=True):
    """What a plugin gave. Never logged."""

    token: str = ""
    certificate: str = ""
    key: str = ""
    expires: float | None = None


class ExecPlugin:
    """One plugin of one user; `credential()` runs it only when it must."""

    def __init__(
        self, spec: Mapping[str, Any], cluster: Mapping[str, Any], base: str, clock: Callable[[], float]
    ) -> None:
        self._spec, self._cluster, self._base, self._clock = spec, cluster, base, clock
        self._kept: Credential | None = None

    def forget(self) -> None:
        """The credential was refused: run the plugin anew next time."""
        self._kept = None

    async def credential(self) -> Credential | Problem:
        """The credential that is kept, or a new one."""
        kept = self._kept
        if kept is not None and (kept.expires is None or kept.expires - SKEW > self._clock()):
            return kept
        found = await self._run()
        if isinstance(found, Credential):
            self._kept = found
        return found

    async def _run(self) -> Credential | Problem:
        command = str(self._spec.get("command") or "")
        where = f"credential plugin {clean(command) or '?'}"
        if self._spec.get("interactiveMode") == "Always":
            return Problem("it insists on a terminal", where, f"run `{clean(command)}` in a shell first")
        if os.sep in command and not os.path.isabs(command):  # noqa: PTH117 - kubectl's own rule
            command = os.path.join(self._base, command)  # noqa: PTH118
        arguments = [str(a) for a in self._spec.get("args") or []]
        try:
            process = await asyncio.create_subprocess_exec(
                command, *arguments, env=self._environment(), stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            hint = clean(str(self._spec.get("installHint") or "")).strip()
            return Problem(f"cannot be run: {error.strerror}", where, hint or "install it, or put it on PATH")
        return await self._finish(process, where)

    async def _finish(self, process: asyncio.subprocess.Process, where: str) -> Credential | Problem:
        try:
            async with asyncio.timeout(TIMEOUT):
                out, err = await process.communicate()
        except TimeoutError:
            return Problem(f"gave nothing in {TIMEOUT:.0f} s", where, "run it in a shell to see what it asks")
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            said = redact_text(clean(err.decode("utf-8", "replace").strip()))[:300]
            return Problem(f"failed ({process.returncode}): {said}", where, "run it in a shell", 401)
        return _decode(out, where)

    def _environment(self) -> dict[str, str]:
        environment = dict(os.environ)
        for item in self._spec.get("env") or []:
            if isinstance(item, dict) and item.get("name"):
                environment[str(item["name"])] = str(item.get("value") or "")
        spec: dict[str, Any] = {"interactive": False}
        if self._spec.get("provideClusterInfo"):
            spec["cluster"] = dict(self._cluster)
        info = {"apiVersion": self._spec.get("apiVersion"), "kind": "ExecCredential", "spec": spec}
        environment["KUBERNETES_EXEC_INFO"] = msgspec.json.encode(info).decode()
        return environment


def _decode(out: bytes, where: str) -> Credential | Problem:
    try:
        body = msgspec.json.decode(out)
        status = body["status"]
        expires = epoch(status.get("expirationTimestamp"))
        token = str(status.get("token") or "")
        certificate = str(status.get("clientCertificateData") or "")
        key = str(status.get("clientKeyData") or "")
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError):
        return Problem("printed no ExecCredential", where, "run it in a shell to see what it prints")
    if bool(certificate) != bool(key) or not (token or certificate):
        return Problem("gave neither a token nor a certificate with its key", where)
    return Credential(token, certificate, key, expires)
