"""The kubeconfig of the simulated cloud: one cluster, a context a user.

Owns the file's text. Must not know who reads it.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CLUSTER: Final = "arcdeck-demo"
NAMESPACE: Final = "azureml"
"""Where every context looks first."""


@dataclass(frozen=True, slots=True)
class User:
    """A user; the context has the same name."""

    name: str
    token: str


def write_kubeconfig(path: Path, server: str, ca: Path, users: Sequence[User]) -> Path:
    """Write it so that only its owner can ever read it; the first user is the current one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(_text(server, base64.b64encode(ca.read_bytes()).decode(), users))
    return path


def _text(server: str, ca: str, users: Sequence[User]) -> str:
    contexts = "".join(
        f"- name: {user.name}\n  context: {{cluster: {CLUSTER}, user: {user.name}, namespace: {NAMESPACE}}}\n"
        for user in users
    )
    known = "".join(f'- name: {user.name}\n  user: {{token: "{user.token}"}}\n' for user in users)
    return (
        "apiVersion: v1\nkind: Config\n"
        f"clusters:\n- name: {CLUSTER}\n  cluster:\n    server: {server}\n    certificate-authority-data: {ca}\n"
        f"contexts:\n{contexts}users:\n{known}current-context: {users[0].name}\n"
    )
