"""Credential plugins of a kubeconfig: run, read, kept until they expire.

A plugin never gets the terminal: stdin is closed and it is told that nobody can answer. Owns the
client.authentication.k8s.io contract; must not know what the credential is used for.
"""

from __future__ import annotations

import asyncio
import base64
import os
import re
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from tui.client.shared import Shared
from tui.core.errors import Problem
from tui.core.redact import redact_text
from tui.core.text import clean, shorten_end
from tui.core.units import epoch

TIMEOUT: Final = 60.0
"""Seconds a plugin may take: az and gcloud need several on a slow host."""
SKEW: Final = 30.0
"""A credential is renewed so many seconds before it expires."""
KILLED: Final = 0.5
"""Seconds to wait for the end of what was killed."""
FAILED_FOR: Final = 5.0
"""Seconds for which a failure answers for everybody: each reflector would run the plugin anew."""
GOOD_FOR: Final = 60.0
"""Seconds for which a new credential is kept, though it be expired by our clock: that may be wrong, and who is refused
asks anew."""
_LONGEST: Final = 300
"""Characters of what a plugin complains of."""
_EXTENSION: Final = "client.authentication.k8s.io/exec"
_CLUSTER: Final = (
    "server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority-data", "proxy-url",
    "disable-compression",
)  # fmt: skip


class Credential(Struct, frozen=True):
    """What a plugin gave. Never logged."""

    token: str = ""
    certificate: str = ""
    key: str = ""
    expires: float | None = None

    def __repr__(self) -> str:
        return "Credential(…)"


class ExecPlugin:
    """One plugin of one user; `credential()` runs it only when it must, and once for all who wait."""

    def __init__(
        self, spec: Mapping[str, Any], cluster: Mapping[str, Any], base: str, clock: Callable[[], float] = time.time,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        """`clock` is for what expires at an instant, `tick` for what is a moment old."""
        self._spec, self._cluster, self._base, self._clock, self._tick = spec, cluster, base, clock, tick
        self._kept: Credential | None = None
        self._got = float("-inf")
        self._failed: tuple[Problem, float] | None = None
        self._running: Shared[Credential | Problem] = Shared()

    def forget(self) -> None:
        """The credential was refused: run the plugin anew next time."""
        self._kept = self._failed = None

    async def credential(self) -> Credential | Problem:
        """The credential that is kept, or a new one."""
        kept = self._kept
        if kept is not None and self._is_good(kept):
            return kept
        if self._failed is not None and self._tick() - self._failed[1] < FAILED_FOR:
            return self._failed[0]
        return await self._running.get(self._renew)

    def _is_good(self, kept: Credential) -> bool:
        in_time = kept.expires is None or kept.expires - SKEW > self._clock()
        return in_time or self._tick() - self._got < GOOD_FOR

    async def _renew(self) -> Credential | Problem:
        found = await self._run()
        if isinstance(found, Credential):
            self._kept, self._failed, self._got = found, None, self._tick()
        else:
            self._failed = (found, self._tick())
        return found

    async def _run(self) -> Credential | Problem:
        command = str(self._spec.get("command") or "")
        where = f"credential plugin {clean(command) or '?'}"
        if not command:
            return Problem("the kubeconfig names no command", where)
        if self._spec.get("interactiveMode") == "Always":
            return Problem("it insists on a terminal", where, f"run `{clean(command)}` in a shell first")
        if os.sep in command and not os.path.isabs(command):  # noqa: PTH117 - kubectl's own rule
            command = os.path.join(self._base, command)  # noqa: PTH118
        try:
            process = await _started(command, [str(a) for a in self._spec.get("args") or []], self._environment())
        except OSError as error:
            return self._cannot_run(error, where)
        return await self._finish(process, where)

    def _cannot_run(self, error: OSError, where: str) -> Problem:
        hint = clean(str(self._spec.get("installHint") or "")).strip()
        missing = isinstance(error, FileNotFoundError)
        what = "is not installed" if missing else f"cannot be run: {error.strerror}"
        step = (hint if missing else "") or "install it, or put it on PATH"
        return Problem(what, where, shorten_end(step, _LONGEST), code="NoPlugin")

    async def _finish(self, process: asyncio.subprocess.Process, where: str) -> Credential | Problem:
        try:
            async with asyncio.timeout(TIMEOUT):
                out, err = await process.communicate()
        except TimeoutError:
            return Problem(f"gave nothing in {TIMEOUT:.0f} s", where, "run it in a shell to see what it asks")
        finally:
            await _end(process)
        if process.returncode:
            said = complaint(err.decode("utf-8", "replace")) or f"exit code {process.returncode}"
            return Problem(f"failed: {said}", where, "run it in a shell")
        return _decode(out, where)

    def _environment(self) -> dict[str, str]:
        environment = dict(os.environ)
        for item in self._spec.get("env") or []:
            if isinstance(item, dict) and item.get("name"):
                environment[str(item["name"])] = str(item.get("value") or "")
        spec: dict[str, Any] = {"interactive": False}
        if self._spec.get("provideClusterInfo"):
            spec["cluster"] = self._cluster_info()
        info = {"apiVersion": self._spec.get("apiVersion"), "kind": "ExecCredential", "spec": spec}
        environment["KUBERNETES_EXEC_INFO"] = msgspec.json.encode(info).decode()
        return environment

    def _cluster_info(self) -> dict[str, Any]:
        """The cluster as plugins know it: the CA as data, its own extension as `config`."""
        info = {key: self._cluster[key] for key in _CLUSTER if key in self._cluster}
        authority = self._cluster.get("certificate-authority")
        if authority and "certificate-authority-data" not in info:
            with suppress(OSError):
                info["certificate-authority-data"] = base64.b64encode(Path(authority).read_bytes()).decode()
        for extension in self._cluster.get("extensions") or []:
            if isinstance(extension, dict) and extension.get("name") == _EXTENSION:
                info["config"] = extension.get("extension")
        return info


async def _started(command: str, arguments: list[str], environment: dict[str, str]) -> asyncio.subprocess.Process:
    """The process, in a session of its own. Who leaves while it starts ends it."""
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            command, *arguments, env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE, start_new_session=True,
        )
    )  # fmt: skip
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        with suppress(OSError):
            await _end(await starting)
        raise


async def _end(process: asyncio.subprocess.Process) -> None:
    """Nothing it started outlives it: az is a shell script round a Python."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(TimeoutError):
        async with asyncio.timeout(KILLED):  # a child that left the session may hold the pipes for ever
            await process.wait()


_TELLING: Final = re.compile(r"\b(error|failed|denied|expired|please run|not logged in|AADSTS\d+)\b", re.IGNORECASE)


def complaint(said: str) -> str:
    """The one line of a program's stderr that says what is wrong: the last that sounds so, else the last."""
    lines = [line for raw in said.splitlines() if (line := clean(raw).strip())]
    telling = [line for line in lines if _TELLING.search(line)]
    return shorten_end(redact_text((telling or lines or [""])[-1]), _LONGEST)


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
