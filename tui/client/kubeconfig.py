"""kubeconfig files: found, read, merged, one context picked.

Owns the rules of `kubectl config`: several files joined, the first to name a thing wins, relative paths are
relative to their own file. Bad input is a UsageProblem that names file and line. Opens no connection.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from msgspec import Struct

from tui.core.errors import UsageProblem
from tui.core.text import clean

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LISTS: Final = ("clusters", "contexts", "users")
_PATHS: Final = {
    "clusters": ("certificate-authority",),
    "users": ("client-certificate", "client-key", "tokenFile"),
}


class Kubeconfig(Struct, frozen=True):
    """Several files as one."""

    files: tuple[Path, ...]
    clusters: dict[str, dict[str, Any]]
    users: dict[str, dict[str, Any]]
    contexts: dict[str, dict[str, Any]]
    current: str = ""


class Choice(Struct, frozen=True):
    """One context: where to go and as whom."""

    context: str
    server: str
    cluster: dict[str, Any]
    user: dict[str, Any]
    namespace: str = ""
    base: str = ""
    """The directory that an exec plugin with a relative command is found from."""


def find(given: str | None, environ: Mapping[str, str], home: Path) -> tuple[Path, ...]:
    """The files to read. A file that was given by name must be there; of a KUBECONFIG list, missing ones are skipped."""
    listed = given or environ.get("KUBECONFIG") or ""
    paths = [Path(part).expanduser() for part in listed.split(os.pathsep) if part]
    if not paths:
        default = home / ".kube" / "config"
        return (default,) if default.exists() else ()
    there = tuple(path for path in paths if path.exists())
    if not there:
        raise UsageProblem(f"no kubeconfig: {', '.join(map(str, paths))} does not exist")
    return there


def load(files: tuple[Path, ...]) -> Kubeconfig:
    """The files merged."""
    merged: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in _LISTS}
    current = ""
    for file in files:
        document = _read(file)
        current = current or str(document.get("current-context") or "")
        for name in _LISTS:
            _merge(merged[name], name, document.get(name), file)
    return Kubeconfig(files, merged["clusters"], merged["users"], merged["contexts"], current)


def _read(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError:
        raise UsageProblem(f"{file}: not a text file") from None
    except OSError as error:
        raise UsageProblem(f"{file}: cannot be read: {error.strerror}") from None
    try:
        document = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader, the C one where there is one
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark is not None else ""
        what = getattr(error, "problem", None) or "cannot be parsed"
        raise UsageProblem(clean(f"{file}{line}: bad YAML: {what}")) from None
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise UsageProblem(f"{file}: not a kubeconfig")
    return document


def _merge(into: dict[str, dict[str, Any]], name: str, items: Any, file: Path) -> None:
    if items is None:
        return
    if not isinstance(items, list):
        raise UsageProblem(f"{file}: `{name}` must be a list")
    for item in items:
        label = item.get("name") if isinstance(item, dict) else None
        if not isinstance(label, str):
            raise UsageProblem(f"{file}: an item of `{name}` has no name")
        body = item.get(name[:-1])
        body = dict(body) if isinstance(body, dict) else {}
        base = file.absolute().parent
        for key in _PATHS.get(name, ()):
            if isinstance(body.get(key), str) and body[key]:
                body[key] = str(base / Path(body[key]).expanduser())
        body["_base"] = str(base)
        into.setdefault(label, body)


def choose(config: Kubeconfig, context: str | None) -> Choice:
    """The context asked for, else the current one."""
    files = ", ".join(map(str, config.files))
    name = context or config.current
    if not name:
        known = ", ".join(sorted(config.contexts)) or "none"
        raise UsageProblem(clean(f"{files}: no current context; name one of: {known}"))
    if name not in config.contexts:
        near = difflib.get_close_matches(name, config.contexts, 3, 0.5) or sorted(config.contexts)[:5]
        hint = f"; there is {', '.join(near)}" if near else ""
        raise UsageProblem(clean(f"{files}: no context {name!r}{hint}"))
    found = config.contexts[name]
    cluster = config.clusters.get(str(found.get("cluster")))
    if cluster is None:
        raise UsageProblem(clean(f"{files}: context {name!r} names an unknown cluster {found.get('cluster')!r}"))
    server = cluster.get("server")
    if not isinstance(server, str) or not server.startswith(("http://", "https://")):
        raise UsageProblem(clean(f"{files}: cluster {found.get('cluster')!r} has no server address"))
    user_name = found.get("user")
    user = config.users.get(str(user_name)) if user_name else {}
    if user is None:
        raise UsageProblem(clean(f"{files}: context {name!r} names an unknown user {user_name!r}"))
    _check_files(cluster, user, name)
    return Choice(
        name, server.rstrip("/"), _plain(cluster), _plain(user), str(found.get("namespace") or ""),
        str(user.get("_base", "")),
    )  # fmt: skip


def _plain(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != "_base" and value is not None}


def _check_files(cluster: dict[str, Any], user: dict[str, Any], context: str) -> None:
    for body, keys in ((cluster, _PATHS["clusters"]), (user, _PATHS["users"])):
        for key in keys:
            path = body.get(key)
            if path and not body.get(f"{key}-data") and not os.access(path, os.R_OK):
                raise UsageProblem(clean(f"context {context!r}: {key} {path} cannot be read"))
