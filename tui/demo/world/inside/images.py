"""Which images have which programs.

Owns the names. An image without a shell has nothing that could be started in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tui.demo.world.inside.programs import COMMON, GPU, Program

Body = dict[str, Any]

_BARE: Final = (
    "aml-operator", "amlarc-", "metrics-controller", "prometheus", "config-reloader", "coredns", "kube-state", "dcgm",
    "volcano-", "vc-", "distroless", "device-plugin", "identity-sidecar",
)  # fmt: skip
"""Parts of the names of images without a shell."""
_BASH: Final = ("train/", "eval/", "execution-wrapper", "hosttools", "lifecycler")


def programs_of(container: Body) -> Mapping[str, Program]:
    """The programs of a container besides its shells."""
    if not shells_of(container):
        return {}
    return {**COMMON, **(GPU if gpus(container) else {})}


def shells_of(container: Body) -> tuple[str, ...]:
    """The shells of a container."""
    image = str(container.get("image", ""))
    if any(part in image for part in _BARE):
        return ()
    return ("sh", "bash") if any(part in image for part in _BASH) else ("sh",)


def gpus(container: Body) -> int:
    """How many it has."""
    limits = (container.get("resources") or {}).get("limits") or {}
    return int(limits.get("nvidia.com/gpu", 0))
