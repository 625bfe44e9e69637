"""Who may do what on the control plane of the tests: the same users as on the demo, with the same rights.

Owns tokens, the rules of the view-only user as RBAC objects, and kubeconfigs.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import yaml

from tui.demo.kube.access import MASTERS, SELF_REVIEWS
from tui.demo.kube.identities import ADMIN, VIEWER

TOKENS: Final = {"admin-token": ADMIN, "viewer-token": VIEWER}
_RBAC: Final = "rbac.authorization.k8s.io/v1"
_ROLE: Final = "arcdeck-look"


def token_file() -> str:
    """The file of `--token-auth-file`: token, user, uid, groups."""
    lines = []
    for token, identity in TOKENS.items():
        groups = ",".join(group for group in identity.groups if group == MASTERS)
        lines.append(f"{token},{identity.user},{identity.user}" + (f',"{groups}"' if groups else "") + "\n")
    return "".join(lines)


def rules() -> Iterable[tuple[str, dict[str, Any]]]:
    """Collection paths and bodies that give the view-only user its rights."""
    asked = [rule for rule in VIEWER.rules if rule not in SELF_REVIEWS]  # these everybody may
    role = {
        "apiVersion": _RBAC, "kind": "ClusterRole", "metadata": {"name": _ROLE},
        "rules": [
            {"verbs": [*rule.verbs], "apiGroups": [*rule.groups], "resources": [*rule.resources]} for rule in asked
        ],
    }  # fmt: skip
    binding = {
        "apiVersion": _RBAC, "kind": "ClusterRoleBinding", "metadata": {"name": _ROLE},
        "roleRef": {"apiGroup": _RBAC.partition("/")[0], "kind": "ClusterRole", "name": _ROLE},
        "subjects": [{"kind": "User", "name": VIEWER.user, "apiGroup": _RBAC.partition("/")[0]}],
    }  # fmt: skip
    yield f"/apis/{_RBAC}/clusterroles", role
    yield f"/apis/{_RBAC}/clusterrolebindings", binding


def write_kubeconfig(path: Path, server: str, ca: Path, token: str) -> Path:
    """A kubeconfig of one user, readable by its owner only."""
    document = {
        "apiVersion": "v1", "kind": "Config", "current-context": "cluster",
        "clusters": [{"name": "cluster", "cluster": {"server": server, "certificate-authority": str(ca)}}],
        "users": [{"name": "user", "user": {"token": token}}],
        "contexts": [{"name": "cluster", "context": {"cluster": "cluster", "user": "user"}}],
    }  # fmt: skip
    path.touch(0o600)
    path.write_text(yaml.safe_dump(document), "utf-8")
    return path
