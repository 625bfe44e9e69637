"""One Kubernetes API server, reached as the kubeconfig says.

Owns the official client's Configuration and ApiClient, and credentials as they expire. The kubernetes package is
imported by `open`, not by this module: it takes a third of a second. Knows no resource.
"""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from tui.client import kubeconfig
from tui.client.exec_plugin import Credential, ExecPlugin
from tui.client.kubeconfig import Choice
from tui.core.errors import Problem, UsageProblem
from tui.core.text import clean
from tui.settings import Settings

USER_AGENT: Final = "arcdeck"
_TOKEN_FILE_AGE: Final = 60.0
"""Seconds after which a token file is read again: projected tokens rotate."""


def choice_of(settings: Settings, environ: Mapping[str, str] = os.environ, home: Path | None = None) -> Choice | None:
    """Where the settings point, or None to run on the pod's own service account. Raises UsageProblem."""
    given = settings.demo.kubeconfig if settings.demo else settings.kubeconfig
    files = kubeconfig.find(given, environ, home or Path.home())
    if files:
        return kubeconfig.choose(kubeconfig.load(files), settings.context)
    if environ.get("KUBERNETES_SERVICE_HOST"):
        return None
    raise UsageProblem("no kubeconfig: neither --kubeconfig, KUBECONFIG nor ~/.kube/config names a file")


class Connection:
    """A server and how to sign in there. Close it with `close`."""

    def __init__(self, choice: Choice | None, clock: Callable[[], float] = time.time) -> None:
        self._choice, self._clock = choice, clock
        self._configuration: Any = None
        self._client: Any = None
        self._retired: list[Any] = []
        self._file_read = 0.0
        spec = choice.user.get("exec") if choice else None
        self._plugin = (
            ExecPlugin(spec, choice.cluster, choice.base, clock) if choice and isinstance(spec, dict) else None
        )
        self.context = choice.context if choice else "in-cluster"
        self.server = choice.server if choice else ""
        self.namespace = choice.namespace if choice else ""

    async def open(self) -> Problem | None:
        """Read the credentials; nothing is sent yet. Raises UsageProblem for what the kubeconfig got wrong."""
        return await self._load()

    async def client(self) -> Any:
        """The official ApiClient to send with, its Authorization header up to date; or a Problem."""
        if self._client is None or (self._plugin is not None):
            problem = await self._load() if self._client is None else await self._refresh()
            if problem is not None:
                return problem
        return self._client

    async def headers(self) -> dict[str, str]:
        """Headers that sign a request."""
        self._reread_token_file()
        settings = await self._configuration.auth_settings()
        return {part["key"]: part["value"] for part in settings.values() if part.get("value")}

    async def renew(self) -> Problem | None:
        """The server said 401: get new credentials."""
        if self._plugin is not None:
            self._plugin.forget()
        return await self._load()

    async def close(self) -> None:
        """Close every connection."""
        clients = [client for client in (self._client, *self._retired) if client is not None]
        self._client, self._retired = None, []
        for client in clients:
            await client.close()

    async def _refresh(self) -> Problem | None:
        assert self._plugin is not None
        found = await self._plugin.credential()
        if isinstance(found, Problem):
            return found
        if (found.token, found.certificate) == self._signed_with:
            return None
        return await self._load()

    async def _load(self) -> Problem | None:
        from kubernetes.aio.client import ApiClient, Configuration
        from kubernetes.aio.config import ConfigException

        found = await self._plugin.credential() if self._plugin else Credential()
        if isinstance(found, Problem):
            return found
        configuration = Configuration()
        configuration.connection_pool_maxsize = 0  # watches and logs hold one connection each: no limit
        try:
            await self._fill(configuration, found)
            client = ApiClient(configuration)
        except (ConfigException, OSError, ValueError) as error:
            raise UsageProblem(clean(f"context {self.context!r}: {error}")) from None
        if self._client is not None:
            self._retired.append(self._client)  # streams on it go on until they end
        self._signed_with = (found.token, found.certificate)
        self._configuration, self._client, self._file_read = configuration, client, self._clock()
        self.server = configuration.host
        return None

    async def _fill(self, configuration: Any, found: Credential) -> None:
        from kubernetes.aio import config as official

        if self._choice is None:
            official.load_incluster_config(configuration)
            return
        await official.load_kube_config_from_dict(
            _document(self._choice, found), context="c", client_configuration=configuration
        )

    def _reread_token_file(self) -> None:
        path = self._choice.user.get("tokenFile") if self._choice else None
        if not path or self._clock() - self._file_read < _TOKEN_FILE_AGE:
            return
        self._file_read = self._clock()
        try:
            token = Path(path).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return  # the token that is kept may still do
        if token:
            self._configuration.api_key["BearerToken"] = f"Bearer {token}"


def _document(choice: Choice, found: Credential) -> dict[str, Any]:
    """The kubeconfig of this one context, the plugin replaced by what it gave."""
    user = {key: value for key, value in choice.user.items() if key != "exec"}
    if found.token:
        user["token"] = found.token
    if found.certificate:
        user["client-certificate-data"] = base64.b64encode(found.certificate.encode()).decode()
        user["client-key-data"] = base64.b64encode(found.key.encode()).decode()
    return {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "c"}}],
        "clusters": [{"name": "c", "cluster": choice.cluster}],
        "users": [{"name": "c", "user": user}],
    }
