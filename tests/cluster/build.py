"""`python -m tests.cluster.build`: the binaries of a control plane, made of published Go modules.

Owns how they are compiled. What is there already is not built again. A binary that cannot be built is named, and the
others are built all the same; only without those that everything needs is it a failure.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from tests.cluster.assets import HERE, MODULES, NEEDED, STAGES, Assets, cache

_NICE: Final = ("nice", "-n", "19")
_VERSION: Final = "k8s.io/component-base/version."
_STAGES: Final = ("node/fast", "node/heartbeat-with-lease", "pod/fast")
_PARALLEL: Final = "2"
"""Compilers at a time: one of them takes up to 2 GB."""


def main() -> int:
    """Build what is missing. The exit code is 1 when no control plane can be had."""
    go, target = shutil.which("go"), cache()
    if go is None:
        print("no control plane: building one needs go", file=sys.stderr)
        return 1
    target.mkdir(parents=True, exist_ok=True)
    for module, binaries in MODULES.items():
        for name, package in binaries.items():
            _build(go, module, name, package, target)
    _stages(go, target / STAGES)
    lacking = Assets(target).lacks(*NEEDED)
    print(lacking or target)
    return 1 if lacking else 0


def _build(go: str, module: str, name: str, package: str, target: Path) -> None:
    if (target / name).exists():
        return
    begun = time.monotonic()
    print(f"building {name} …", flush=True)
    fresh = target / f".{name}.{os.getpid()}"
    command = [
        *_NICE,
        go,
        "build",
        "-p",
        _PARALLEL,
        "-buildvcs=false",
        "-ldflags",
        _flags(module),
        "-o",
        str(fresh),
        package,
    ]
    done = subprocess.run(command, cwd=HERE / module, env={**os.environ, "CGO_ENABLED": "0"}, check=False)
    if done.returncode:
        print(f"{name} was not built: go build ended with {done.returncode}", file=sys.stderr)
        return
    fresh.rename(target / name)  # at once: what is there is whole
    size = (target / name).stat().st_size // 1_000_000
    print(f"{name}: {time.monotonic() - begun:.0f} s, {size} MB", flush=True)


def _stages(go: str, target: Path) -> None:
    """kwok's stages, as its module ships them."""
    if target.exists():
        return
    command = [go, "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kwok"]
    found = subprocess.run(command, cwd=HERE / "kwok", capture_output=True, text=True, check=False).stdout.strip()
    if not found:
        print("kwok's stages were not found", file=sys.stderr)
        return
    stages = Path(found) / "kustomize" / "stage"
    files = [file for place in _STAGES for file in sorted((stages / place).glob("*-*.yaml"))]
    target.write_text("\n---\n".join(file.read_text("utf-8") for file in files), "utf-8")


def _flags(module: str) -> str:
    """Without symbols; and kubernetes tells its version, which its own build would stamp."""
    found = re.search(r"k8s\.io/kubernetes (v(\d+)\.(\d+)\.\S+)", (HERE / module / "go.mod").read_text("utf-8"))
    if module != "kubernetes" or found is None:
        return "-s -w"
    whole, major, minor = found.groups()
    stamps = {"gitVersion": whole, "gitMajor": major, "gitMinor": minor}
    return " ".join(["-s -w", *(f"-X {_VERSION}{field}={value}" for field, value in stamps.items())])


if __name__ == "__main__":
    sys.exit(main())
