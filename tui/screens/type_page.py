"""What an instance type means on this cluster, as lines: node by node, and who uses it.

Pure: store and type in, lines out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from tui.core.health import Health
from tui.core.store import Store
from tui.core.table import Tone
from tui.domain import scheduling
from tui.domain.amounts import Amounts
from tui.domain.scheduling import Verdict
from tui.domain.type_fit import TypeRow
from tui.screens.extension_page import chosen

Line = list[tuple[str, Tone]]
_ONE_BY_ONE = 12
"""Up to this many nodes with one verdict are named; more become a count."""


def detail(store: Store, row: TypeRow, glyph: Callable[[Health], str]) -> list[Line]:
    """The detail of one type: totals, nodes, jobs."""
    size = Amounts(row.requests.cpu or row.limits.cpu, row.requests.memory or row.limits.memory, row.gpus)
    lines: list[Line] = [[(row.name, "strong"), ("  built in, not a resource" if row.built_in else "", "dim")]]
    if row.why:
        lines.append([(f"{glyph(row.health)} {row.why}", row.health)])
    return [*lines, *on_this_cluster(store, size, row.selector, glyph), *_users(store, row.name)]


def on_this_cluster(
    store: Store, size: Amounts, selector: Mapping[str, str], glyph: Callable[[Health], str]
) -> list[Line]:
    """Where a size fits, node by node; nodes with the same verdict share a line."""
    nodes = list(store.rows("nodes").values())
    if not nodes:
        return [[("nodes are not known here", "dim")]]
    if not store.source("pods").known:
        return [[("what is free is not known: the pods are not seen", "dim")]]
    used = scheduling.usage(store.rows("pods").values())
    site = scheduling.site(chosen(store))
    room = scheduling.capacity(size, selector, nodes, used, site)
    head: Line = [
        ("fits now ", "dim"), (str(room.now), "strong"),
        (" · on an empty cluster ", "dim"), (str(room.empty), "strong"),
        (f" · {room.matching} of {room.nodes} nodes match", "dim"),
    ]  # fmt: skip
    verdicts = scheduling.fit(size, selector, nodes, used, site)
    return [head, *_grouped(verdicts, glyph)]


def _grouped(verdicts: list[Verdict], glyph: Callable[[Health], str]) -> list[Line]:
    groups: dict[tuple[str, Health], list[str]] = {}
    for verdict in sorted(verdicts, key=lambda v: (-v.now, v.cause, v.node)):
        groups.setdefault((verdict.text, verdict.health), []).append(verdict.node)
    lines: list[Line] = []
    for (text, health), names in groups.items():
        who = ", ".join(names[:_ONE_BY_ONE]) + (
            f" and {len(names) - _ONE_BY_ONE} more" if len(names) > _ONE_BY_ONE else ""
        )
        count = f"{len(names)} nodes  " if len(names) > 1 else ""
        lines.append([(f"{glyph(health)} {count}", health), (f"{text}  ", health), (who, "dim")])
    return lines


def _users(store: Store, name: str) -> list[Line]:
    states = Counter(job.state for job in store.rows("jobs").values() if job.instance_type == name)
    live = [(state, states[state]) for state in ("Running", "Starting", "Queued") if states[state]]
    text = ", ".join(f"{count} {state.lower()}" for state, count in live) or "no live job"
    return [[("used by ", "dim"), (text, None)]]
