"""Where the binaries of a control plane lie: a directory the user names, or the cache that `build` fills.

Owns the names of the binaries and of the modules they come from. Runs nothing.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

HERE: Final = Path(__file__).parent
ASSETS: Final = "KUBEBUILDER_ASSETS"
"""The convention of envtest: a directory with etcd and kube-apiserver in it."""
MODULES: Final[Mapping[str, Mapping[str, str]]] = {
    "etcd": {"etcd": "go.etcd.io/etcd/server/v3"},
    "kubernetes": {
        name: f"k8s.io/kubernetes/cmd/{name}"
        for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
    },
    "kwok": {"kwok": "sigs.k8s.io/kwok/cmd/kwok"},
}
"""Binaries by the Go module here that pins them, with their packages."""
STAGES: Final = "kwok-stages.yaml"
"""Beside kwok: what its nodes and pods go through, of its own module."""
NEEDED: Final = ("etcd", "kube-apiserver")


class Assets(Struct, frozen=True):
    """A directory of binaries."""

    directory: Path

    def find(self, name: str) -> Path | None:
        """The binary, None when it is not there."""
        path = self.directory / name
        return path if os.access(path, os.X_OK) else None

    def lacks(self, *names: str) -> str:
        """The ones that are not there, in words; empty when all are."""
        missing = [name for name in names if self.find(name) is None]
        return f"{self.directory} has no {', '.join(missing)}" if missing else ""


def cache(environ: Mapping[str, str] = os.environ) -> Path:
    """Where `build` puts what the modules here pin: what was built of other versions lies elsewhere."""
    home = environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 - never raises
    pins = hashlib.sha256()
    for module in sorted(MODULES):
        for name in ("go.mod", "go.sum"):
            pins.update((HERE / module / name).read_bytes())
    return Path(home) / "arcdeck-cluster" / pins.hexdigest()[:16] / "bin"


def find(environ: Mapping[str, str] = os.environ) -> Assets | str:
    """The directory to use, or why there is none."""
    named = environ.get(ASSETS)
    assets = Assets(Path(named) if named else cache(environ))
    lacking = assets.lacks(*NEEDED)
    if not lacking:
        return assets
    return f"{ASSETS}: {lacking}" if named else f"no control plane: set {ASSETS}, or run `make cluster`"
