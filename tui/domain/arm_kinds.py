"""The ARM resources that are polled, by their name in the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tui.core.facts import Row
from tui.domain import cluster, compute, extension, relay, service_bus, workspace

ARM_KINDS: Final[dict[str, Callable[[Any], Row]]] = {
    extension.NAME: extension.decode,
    cluster.NAME: cluster.decode,
    compute.NAME: compute.decode,
    workspace.NAME: workspace.decode,
    relay.NAME: relay.decode,
    service_bus.NAME: service_bus.decode,
}
