"""Where one log comes from. A value only."""

from __future__ import annotations

from msgspec import Struct


class LogSource(Struct, frozen=True):
    """A container's log, or a file in a container."""

    pod: str
    """Key of the pod, `namespace/name`."""
    container: str
    path: str = ""
    """A file in the container, tailed by exec, instead of the container's log."""
