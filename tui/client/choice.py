"""Which cluster, and as whom: one context of the kubeconfig, or the pod's own service account.

Owns what makes a context usable. What cannot work is a UsageProblem of one line, found before anything is sent.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from tui.client import kubeconfig
from tui.client.kubeconfig import BASE, PATHS, Kubeconfig
from tui.client.proxy import checked, proxy_for
from tui.core.errors import UsageProblem
from tui.core.text import clean
from tui.settings import Settings

SERVICE_ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
IN_CLUSTER: Final = "in-cluster"
"""The context's name when arcdeck runs in a pod."""
_OIDC: Final = "oidc"


class NoKubeconfig(UsageProblem):
    """Nothing names a cluster at all: arcdeck can still look at ARM."""


class Choice(Struct, frozen=True):
    """One context: where to go and as whom."""

    context: str
    server: str
    cluster: dict[str, Any]
    user: dict[str, Any]
    namespace: str = ""
    base: str = ""
    """The directory that an exec plugin with a relative command is found from."""
    proxy: str = ""
    """URL of the proxy on the way, empty for none."""
    contexts: tuple[str, ...] = ()
    """Every context that could have been chosen."""

    def __repr__(self) -> str:  # the user's token must not come into a traceback
        return f"Choice({self.context!r}, {self.server!r})"


def choice_of(
    settings: Settings, environ: Mapping[str, str] = os.environ, home: Path | None = None,
    account: Path = SERVICE_ACCOUNT,
) -> Choice:  # fmt: skip
    """Where the settings point. Raises UsageProblem."""
    given = settings.demo.kubeconfig if settings.demo else settings.kubeconfig
    files = kubeconfig.find(given, environ, home or Path(os.path.expanduser("~")))  # noqa: PTH111 - never raises
    config = kubeconfig.load(files) if files else None
    if config is not None and (config.contexts or settings.context or not environ.get("KUBERNETES_SERVICE_HOST")):
        return choose(config, settings.context, environ)
    if environ.get("KUBERNETES_SERVICE_HOST"):
        return in_cluster(environ, account)
    raise NoKubeconfig("no kubeconfig: neither --kubeconfig, KUBECONFIG nor ~/.kube/config names a file")


def in_cluster(environ: Mapping[str, str], account: Path = SERVICE_ACCOUNT) -> Choice:
    """The API server of the cluster this process runs in, as the pod's service account."""
    host, port = environ.get("KUBERNETES_SERVICE_HOST", ""), environ.get("KUBERNETES_SERVICE_PORT") or "443"
    token, authority, namespace = account / "token", account / "ca.crt", account / "namespace"
    for file in (token, authority):
        if not os.access(file, os.R_OK):
            raise UsageProblem(f"in a pod without a service account: {file} cannot be read")
    server = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
    here = namespace.read_text("utf-8").strip() if namespace.exists() else ""
    return Choice(
        IN_CLUSTER, server, {"server": server, "certificate-authority": str(authority)}, {"tokenFile": str(token)},
        clean(here), str(account), proxy_for(server, environ),
    )  # fmt: skip


def choose(config: Kubeconfig, context: str | None, environ: Mapping[str, str] = os.environ) -> Choice:
    """The context asked for, else the current one."""
    files = ", ".join(map(str, config.files))
    name = _context_name(config, context, files)
    found = config.contexts[name]
    cluster = _named(config.clusters, found.get("cluster"), f"{files}: context {name!r}", "cluster")
    user = _named(config.users, found.get("user"), f"{files}: context {name!r}", "user") if found.get("user") else {}
    server = _server(cluster, f"{files}: cluster {found.get('cluster')!r}")
    _check_files(cluster, user, name)
    _check_user(user, f"{files}: user {found.get('user')!r}")
    own = cluster.get("proxy-url")
    proxy = checked(str(own), clean(f"{files}: proxy-url")) if own else proxy_for(server, environ)
    return Choice(
        clean(name), server, _plain(cluster), _plain(user), clean(str(found.get("namespace") or "")),
        str(user.get(BASE, "")), proxy, tuple(sorted(map(clean, config.contexts))),
    )  # fmt: skip


def _context_name(config: Kubeconfig, context: str | None, files: str) -> str:
    name = context or config.current
    if not name:
        known = ", ".join(sorted(config.contexts)) or "none"
        raise UsageProblem(clean(f"{files}: no current context; name one of: {known}"))
    if name not in config.contexts:
        near = difflib.get_close_matches(name, config.contexts, 3, 0.5) or sorted(config.contexts)[:5]
        hint = f"; there is {', '.join(near)}" if near else ""
        raise UsageProblem(clean(f"{files}: no context {name!r}{hint}"))
    return name


def _named(items: Mapping[str, dict[str, Any]], name: Any, where: str, what: str) -> dict[str, Any]:
    if not name:
        raise UsageProblem(clean(f"{where} names no {what}"))
    if str(name) not in items:
        raise UsageProblem(clean(f"{where} names an unknown {what} {name!r}"))
    return items[str(name)]


def _server(cluster: Mapping[str, Any], where: str) -> str:
    server = cluster.get("server")
    if not isinstance(server, str) or not server.startswith(("http://", "https://")):
        raise UsageProblem(clean(f"{where} has no server address"))
    return server.rstrip("/")


def _plain(body: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != BASE}


def _check_files(cluster: Mapping[str, Any], user: Mapping[str, Any], context: str) -> None:
    for body, keys in ((cluster, PATHS["clusters"]), (user, PATHS["users"])):
        for key in keys:
            path = body.get(key)
            if path and not body.get(f"{key}-data") and not os.access(path, os.R_OK):
                raise UsageProblem(clean(f"context {context!r}: {key} {path} cannot be read"))


def _check_user(user: Mapping[str, Any], where: str) -> None:
    parts = [bool(user.get(key) or user.get(f"{key}-data")) for key in ("client-certificate", "client-key")]
    if parts[0] != parts[1]:
        raise UsageProblem(clean(f"{where}: client-certificate and client-key go together; one is missing"))
    provider = user.get("auth-provider")
    name = provider.get("name") if isinstance(provider, dict) else None
    if provider and name != _OIDC:
        raise UsageProblem(clean(f"{where}: auth-provider {name!r} is no more; use its exec plugin (kubelogin)"))
