"""Columns of ARM resources."""

from __future__ import annotations

from typing import Final

from tui.domain import cells
from tui.domain.cells import Columns

EXTENSION: Final[Columns] = (
    cells.name(),
    cells.text("type", "TYPE", 20, grow=1, most=40, drop=4),
    cells.text("version", "VERSION", 8, "shown_version"),
    cells.text("train", "TRAIN", 7, drop=3),
    cells.status("STATE", field="state"),
    cells.since("age", "AGE", 6, "created"),
    cells.why(),
)
CLUSTER: Final[Columns] = (
    cells.name(),
    cells.text("location", "LOCATION", 8, drop=4),
    cells.status("CONNECTIVITY", 12, "connectivity"),
    cells.since("seen", "HEARD", 6, "last_seen"),
    cells.text("kubernetes", "KUBERNETES", 10, "kubernetes_version", drop=3),
    cells.number("nodes", "NODES", 5, drop=2),
    cells.text("agent", "AGENT", 8, "agent_version", drop=5),
    cells.why(),
)
COMPUTE: Final[Columns] = (
    cells.name(),
    cells.text("workspace", "WORKSPACE", 12, most=33, grow=1, drop=3),
    cells.text("type", "TYPE", 10, drop=5),
    cells.status("STATE", field="state"),
    cells.text("namespace", "NAMESPACE", 10, drop=2),
    cells.text("default", "DEFAULT TYPE", 12, "default_type", drop=4),
    cells.since("age", "AGE", 6, "created"),
    cells.why(),
)
WORKSPACE: Final[Columns] = (
    cells.name(),
    cells.text("group", "RESOURCE GROUP", 14, most=40, grow=1, drop=3),
    cells.text("location", "LOCATION", 8),
    cells.status("STATE", field="state"),
    cells.AGE,
    cells.why(),
)
RELAY: Final[Columns] = (
    cells.name(),
    cells.text("location", "LOCATION", 8),
    cells.status("STATE", field="state"),
    cells.AGE,
    cells.why(),
)
SERVICE_BUS: Final[Columns] = RELAY
