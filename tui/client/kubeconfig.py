"""kubeconfig files: found, read and merged.

Owns the rules of `kubectl config`: several files joined, the first to name a thing wins, relative paths are
relative to their own file. Bad input is a UsageProblem that names file and line. Opens no connection; which context
is taken is `choice`'s.
"""

from __future__ import annotations

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
PATHS: Final[Mapping[str, tuple[str, ...]]] = {
    "clusters": ("certificate-authority",),
    "users": ("client-certificate", "client-key", "tokenFile"),
}
BASE: Final = "_base"
"""Under this name an item remembers the directory of its file."""


class Kubeconfig(Struct, frozen=True):
    """Several files as one."""

    files: tuple[Path, ...]
    clusters: dict[str, dict[str, Any]]
    users: dict[str, dict[str, Any]]
    contexts: dict[str, dict[str, Any]]
    current: str = ""

    def __repr__(self) -> str:  # the users' tokens must not come into a traceback
        return f"Kubeconfig({', '.join(map(str, self.files))})"


def find(given: str | None, environ: Mapping[str, str], home: Path) -> tuple[Path, ...]:
    """The files to read. Those given by name must all be there; of KUBECONFIG, one must."""
    listed = given or environ.get("KUBECONFIG") or ""
    paths = [Path(part).expanduser() for part in listed.split(os.pathsep) if part]
    if not paths:
        default = home / ".kube" / "config"
        return (default,) if _there(default) else ()
    there = tuple(path for path in paths if _there(path))
    missing = [path for path in paths if path not in there]
    if missing and (given or not there):
        origin = "" if given else "KUBECONFIG: "
        raise UsageProblem(clean(f"{origin}{', '.join(map(str, missing))}: no such file"))
    return there


def _there(path: Path) -> bool:
    """Whether there is something to read; what may not be looked at is read, and told, like any other."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


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
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageProblem(clean(f"{file}: not a text file")) from None
    except OSError as error:
        raise UsageProblem(clean(f"{file}: cannot be read: {error.strerror}")) from None
    try:
        document = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader, the C one where there is one
    except (yaml.YAMLError, ValueError) as error:  # an impossible date is a ValueError
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark is not None else ""
        what = getattr(error, "problem", None) or "cannot be parsed"
        raise UsageProblem(clean(f"{file}{line}: bad YAML: {what}")) from None
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise UsageProblem(clean(f"{file}: not a kubeconfig"))
    return document


def _merge(into: dict[str, dict[str, Any]], name: str, items: Any, file: Path) -> None:
    if items is None:
        return
    if not isinstance(items, list):
        raise UsageProblem(clean(f"{file}: `{name}` must be a list"))
    for item in items:
        label = item.get("name") if isinstance(item, dict) else None
        if not isinstance(label, str):
            raise UsageProblem(clean(f"{file}: an item of `{name}` has no name"))
        into.setdefault(label, _body(name, item.get(name[:-1]), file.absolute().parent))


def _body(name: str, found: Any, base: Path) -> dict[str, Any]:
    body = {key: value for key, value in found.items() if value is not None} if isinstance(found, dict) else {}
    for key in PATHS.get(name, ()):
        if isinstance(body.get(key), str) and body[key]:
            body[key] = str(base / body[key])
    body[BASE] = str(base)
    return body
