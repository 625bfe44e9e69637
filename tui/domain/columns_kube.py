"""Columns of what comes from the Kubernetes API, and of what is derived from it."""

from __future__ import annotations

from typing import Any, Final

from tui.core.table import Column
from tui.core.units import age, short_age
from tui.domain import cells
from tui.domain.amounts import cpu_text, memory_text
from tui.domain.cells import Columns
from tui.domain.pod_status import restarts_text

POD: Final[Columns] = (
    cells.NAMESPACE,
    cells.name(24),
    Column("ready", "READY", lambda row, _now: f"{row.ready}/{row.total}", 5, sort=lambda r: r.ready - r.total),
    cells.status(width=11),
    Column(
        "restarts",
        "RESTARTS",
        lambda row, now: restarts_text(row.restarts, row.restarted, now),
        8,
        most=16,
        grow=1,
        descending=True,
        sort=lambda row: row.restarts,
        ages=True,
        drop=2,
    ),
    cells.AGE,
    cells.why(16),
    cells.text("component", "COMPONENT", 12, most=28, grow=1, cut="middle", drop=5, tone=lambda _row: "dim"),
    cells.text("node", "NODE", 10, most=30, grow=1, cut="middle", drop=7),
    cells.text("ip", "IP", 11, most=15, drop=8),
)


def _memory(row: Any) -> str:
    return memory_text(row.allocatable.memory)


NODE: Final[Columns] = (
    cells.name(16),
    cells.status(most=24),
    cells.text("roles", "ROLES", 6, most=14, grow=1, drop=8),
    cells.AGE,
    cells.text("version", "VERSION", 8, most=18, grow=1, drop=5),
    cells.text("pool", "POOL", 8, most=20, grow=1, drop=4),
    cells.figure("cpu", "CPU", 6, lambda r: r.allocatable.cpu, lambda r: cpu_text(r.allocatable.cpu), drop=2),
    cells.figure("memory", "MEMORY", 8, lambda r: r.allocatable.memory, _memory, drop=2),
    cells.figure("gpus", "GPU", 3, lambda r: r.allocatable.gpus, drop=1),
    cells.why(),
    Column(
        "taints",
        "TAINTS",
        lambda row, _now: ",".join(map(str, row.taints)) or cells.NONE,
        8,
        grow=1,
        most=40,
        drop=6,
    ),
    cells.text("ip", "IP", 11, most=15, drop=7),
)
EVENT: Final[Columns] = (
    cells.since("last", "LAST", 5, "last", short_age),
    cells.text("type", "TYPE", 7, tone=cells.health, drop=4),
    cells.text("reason", "REASON", 10, grow=1, most=24, tone=cells.health),
    cells.text("object", "OBJECT", 16, grow=1, most=44, cut="middle"),
    cells.number("count", "COUNT", 5, drop=3),
    cells.text("message", "MESSAGE", 20, grow=4),
    cells.text("namespace", "NAMESPACE", 10, most=20, drop=6),
    cells.text("source", "SOURCE", 10, most=24, drop=7),
)
NAMESPACE_COLUMNS: Final[Columns] = (cells.name(), cells.status(most=12), cells.AGE, cells.why())
TYPE: Final[Columns] = (
    cells.name(14, 40),
    cells.figure("cpu", "CPU", 8, lambda row: row.requests.cpu, lambda row: str(row.cpu)),
    cells.figure("memory", "MEMORY", 11, lambda row: row.requests.memory, lambda row: str(row.memory)),
    cells.number("gpus", "GPU", 3),
)
SELECTOR: Final = cells.text("selector", "SELECTOR", 10, "selector_text", grow=2, most=60, drop=4)
INSTANCE_TYPE: Final[Columns] = (*TYPE, SELECTOR, cells.AGE, cells.why())


def _known(row: Any, some: int, all_: int) -> str:
    return f"{some}/{all_}" if row.known else "?"


DERIVED_TYPE: Final[Columns] = (
    *TYPE,
    cells.figure("fits", "FITS NOW", 8, lambda row: row.fitting, lambda row: _known(row, row.fitting, row.nodes)),
    cells.figure("room", "ROOM", 7, lambda row: row.now, lambda row: _known(row, row.now, row.empty), drop=5),
    SELECTOR,
    cells.why(),
)


def _time(row: Any, now: float) -> str:
    """Its place in the queue while it waits there, `2nd`; else how long it takes or took."""
    if row.place:
        return ordinal(row.place)
    seconds = row.elapsed(now)
    return cells.NONE if seconds is None else age(seconds)


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `3rd`, `4th`, `11th`."""
    teens = 10 <= number % 100 <= 20
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _tries(row: Any, _now: float) -> str:
    """`2` retries, `+5` restarts of containers, `2+5` both."""
    return f"{row.retries or ''}{f'+{row.restarts}' if row.restarts else ''}" or cells.NONE


def _nodes(row: Any, _now: float) -> str:
    return ",".join(row.placed) or cells.NONE


JOB: Final[Columns] = (
    cells.name(16, 44),
    cells.text("experiment", "EXPERIMENT", 10, grow=1, most=30, cut="middle", drop=6),
    cells.text("size", "SIZE", 12, grow=1, most=26),
    cells.status("STATE", 9, "state", 10),
    cells.why(20),
    Column("elapsed", "TIME", _time, 5, right=True, ages=True, sort=lambda row: -(row.created or 0.0)),
    Column(
        "tries",
        "TRY",
        _tries,
        3,
        grow=1,
        most=6,
        right=True,
        descending=True,
        sort=lambda row: row.retries + row.restarts,
        drop=3,
    ),
    Column("nodes", "NODES", _nodes, 8, grow=1, most=40, cut="middle", drop=7),
    cells.text("user", "USER", 6, most=20, grow=1, drop=4),
    cells.since("age", "AGE", 6, "created", drop=9),
    cells.text("namespace", "NAMESPACE", 10, most=24, drop=8),
)
AML_JOB: Final[Columns] = (
    cells.NAMESPACE,
    cells.name(),
    cells.text("run", "RUN", 12, "run_id", grow=1),
    cells.status(field="state"),
    cells.AGE,
)
VC_JOB: Final[Columns] = (
    cells.NAMESPACE,
    cells.name(),
    cells.status(field="phase"),
    cells.number("running", "RUNNING", 7),
    cells.number("minimum", "MIN", 3),
    cells.text("queue", "QUEUE", 8, drop=3),
    cells.AGE,
    cells.why(),
)
POD_GROUP: Final = VC_JOB
"""A Volcano Job and its PodGroup have the same to say."""
