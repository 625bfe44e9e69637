"""az commands that do what a request does, to be read and typed by people.

Owns quoting and the options of `az k8s-extension`. Holds no secret: a protected value is the placeholder `@FILE`.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from typing import Final

from tui.domain import arm_id
from tui.domain.extension import masked
from tui.domain.plans.az_names import Home
from tui.domain.plans.draft import Draft

FILE: Final = "@FILE"
TYPE: Final = "Microsoft.AzureML.Kubernetes"
VERSION: Final = "2023-05-01"
"""The api-version of the extension's requests."""


def az(*words: str) -> str:
    """One command line."""
    return shlex.join(["az", *words])


def where(resource_id: str) -> tuple[str, ...]:
    """The options that say in which group of which subscription a resource is."""
    return ("--resource-group", arm_id.group(resource_id), "--subscription", arm_id.subscription(resource_id))


def tags(given: Mapping[str, str]) -> tuple[str, ...]:
    """`--tags created_by=…`."""
    return ("--tags", *(f"{key}={value}" for key, value in given.items()))


def rest(method: str, path: str, body_file: str = "") -> str:
    """`az rest` on an extension; the body is in a file."""
    uri = f"{path}{'&' if '?' in path else '?'}api-version={VERSION}"
    return az("rest", "--method", method.lower(), "--uri", uri, *(("--body", f"@{body_file}") if body_file else ()))


def register(namespace: str, subscription: str) -> str:
    """`az provider register`."""
    return az("provider", "register", "--namespace", namespace, "--wait", "--subscription", subscription)


def extension_create(home: Home, draft: Draft) -> str:
    """`az k8s-extension create` for a draft: the CLI adds the rest by itself."""
    return az(
        "k8s-extension", "create", *_named(home, draft.name), "--extension-type", TYPE, "--scope", "cluster",
        *_release(draft), *_given(draft.settings, draft.protected),
    )  # fmt: skip


def extension_update(home: Home, draft: Draft, settings: Mapping[str, str], release: bool) -> str:
    """`az k8s-extension update`: only these settings; train and version where `release` says that they change."""
    words = (*_named(home, draft.name), *(_release(draft) if release else ()), *_given(settings, draft.protected))
    return az("k8s-extension", "update", *words, "--yes")


def extension_delete(home: Home, name: str, force: bool) -> str:
    """`az k8s-extension delete`."""
    return az("k8s-extension", "delete", *_named(home, name), *(("--force",) if force else ()), "--yes")


def _named(home: Home, name: str) -> tuple[str, ...]:
    return (
        "--name", name, "--cluster-type", home.type, "--cluster-name", home.cluster, *where(home.cluster_id),
    )  # fmt: skip


def _release(draft: Draft) -> tuple[str, ...]:
    version = ("--version", draft.version) if draft.version and not draft.auto_upgrade else ()
    return ("--release-train", draft.train, "--auto-upgrade", str(draft.auto_upgrade).lower(), *version)


def _given(settings: Mapping[str, str], protected: Iterable[str]) -> tuple[str, ...]:
    plain = [f"{key}={value if masked(key, value) == value else FILE}" for key, value in settings.items()]
    hidden = [f"{key}={FILE}" for key in protected]
    return (
        *(("--configuration-settings", *plain) if plain else ()),
        *(("--configuration-protected-settings", *hidden) if hidden else ()),
    )
