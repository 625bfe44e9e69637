"""One training job as it is printed: its names, its objects, why it waits; and all of that as values for scripts.

Owns the names of the fields, which scripts rely on. Rows hold no secret: nothing else is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any, Final

import msgspec
from msgspec import Struct

from tui.cli import job_table
from tui.core.health import ASCII_GLYPHS, GLYPHS, WORDS, Health
from tui.core.table import Column
from tui.core.units import rfc3339
from tui.domain import cells, job, job_tree
from tui.domain.event import EventRow
from tui.domain.job import JobRow
from tui.domain.kinds import BY_NAME
from tui.domain.queued import page
from tui.domain.queued.answer import NodeFit, PodFit, Step
from tui.domain.queued.explain import explain
from tui.domain.queued.page import Line
from tui.domain.queued.wants import Wants
from tui.screens import job_page as screen

_TIMES: Final = frozenset({"created", "started", "ended", "since", "at"})
_FOLD: Final = 80
"""Cells of a line in a pipe."""
_EVENTS: Final = 8
"""The newest of each reason and object that are told; all of them are in the JSON."""
_OF_ROOM: Final = frozenset({"FailedScheduling", "Unschedulable", "PodGroupPending"})
"""What the explanation says already."""
_OBJECTS: Final[cells.Columns] = (
    Column("object", "OBJECT", lambda line, _now: "  " * line.depth + line.name, 20, grow=1, most=48),
    cells.text("state", "STATE", 12, grow=1, most=24, tone=cells.health),
    cells.since("age", "AGE", 6, "since"),
    cells.text("node", "NODE", 10, grow=1, most=30, cut="middle", drop=3),
    cells.why(20),
)


class Told(Struct, frozen=True):
    """What is told of one job."""

    row: JobRow
    parts: Sequence[JobRow]
    """Of a sweep or a pipeline."""
    rows: Mapping[str, Mapping[str, Any]]
    now: float
    wants: Mapping[str, Wants]


def lines(told: Told, *, ascii_: bool = False, wide: bool = False) -> list[Line]:
    """The answer first: why, then what it is, then what it is made of."""
    glyph = (ASCII_GLYPHS if ascii_ else GLYPHS).__getitem__
    row, now = told.row, told.now
    head: Line = [(f"{row.name}  ", "strong"), (f"{glyph(row.health)} {row.state}", row.health), (f"  {row.why}", None)]
    found = explain(row.key, told.rows, now, told.wants)
    why = [[], *page.lines(found, glyph)] if found is not None else []
    heard = [one for one in _events(row, told.rows) if found is None or one.reason not in _OF_ROOM]
    about = list({(one.object, one.reason): one for one in heard}.values())[-_EVENTS:]
    events = [[], *screen.events(about, now, glyph, named=True)] if about else []
    return [
        head,
        *why,
        [],
        [("JOB", "strong")],
        *screen.facts(row, now),
        *_identifiers(row),
        *_objects(told, glyph, 0 if wide else job_table.terminal_width() or _FOLD),
        *events,
    ]


def _identifiers(row: JobRow) -> list[Line]:
    """The names of its objects, for kubectl."""
    told = (("AmlJob", row.aml_job), ("VolcanoJob", row.vc_job), ("PodGroup", row.group))
    return [[(f"  {label:<11}", "dim"), (key, None)] for label, key in told if key]


def _objects(told: Told, glyph: Callable[[Health], str], width: int) -> list[Line]:
    """The tree of its objects, or the parts of a run."""
    columns: tuple[Column[Any], ...] = (
        Column("health", "", lambda line, _now: glyph(line.health), 1, tone=lambda line: line.health), *_OBJECTS,
    )  # fmt: skip
    if told.parts:
        title, several = "PARTS", [_part(row) for row in sorted(told.parts, key=job.order)]
    else:
        tree = job_tree.tree(told.row, told.rows)
        title, several = (
            "OBJECTS",
            [line for line in tree if line.kind != job_tree.CONTAINER or line.state != "unknown"],
        )
    lines = [[(column.text(line, told.now), column.tone(line) if column.tone else None) for column in columns]
             for line in several]  # fmt: skip
    head: list[job_table.Segment] = [(column.title, "dim") for column in columns]
    return [[], [(title, "strong")], *(list(line) for line in job_table.laid_out([head, *lines], columns, width))]


def _part(row: JobRow) -> job_tree.TreeRow:
    node = ",".join(row.placed)
    return job_tree.TreeRow(row.key, job.NAME, row.key, 0, row.name, row.state, row.health, row.why, row.created, node)


def _events(row: JobRow, rows: Mapping[str, Mapping[str, Any]]) -> list[EventRow]:
    pods = [("pods", pod.key) for pod in row.pods] + [("pods", key) for key in row.earlier]
    parts = [("amljobs", row.aml_job), ("vcjobs", row.vc_job), ("podgroups", row.group), *pods]
    wanted = {(BY_NAME[kind].kind, key) for kind, key in parts if key}
    found: list[EventRow] = sorted(rows.get("events", {}).values(), key=lambda one: one.last or 0.0)
    return [
        one
        for one in found
        if (one.object_kind, f"{one.object_namespace or one.namespace}/{one.object_name}") in wanted
    ]


def missing(run: str, steps: Sequence[Step], *, ascii_: bool = False) -> list[Line]:
    """A run that is not here: the checks."""
    glyph = (ASCII_GLYPHS if ascii_ else GLYPHS).__getitem__
    return [[(f"{run}  ", "strong"), (f"{glyph(Health.UNKNOWN)} not on this cluster", Health.UNKNOWN)], [],
            *page.steps(steps, glyph)]  # fmt: skip


def say(several: Sequence[Line], *, wide: bool = False) -> None:
    """Print lines, folded at words unless `wide`."""
    from tui.screens.folding import folded

    shown = several if wide else folded(several, job_table.terminal_width() or _FOLD)
    for line in shown:
        job_table.say(line)


# -- for scripts


def job_fact(row: JobRow, now: float) -> dict[str, Any]:
    """All fields of a job."""
    value: dict[str, Any] = plain(row)
    for pod, own in zip(value["pods"], row.pods, strict=True):
        pod["name"] = own.name
    return {**value, "size": row.size, "elapsed_seconds": row.elapsed(now)}


def fact(told: Told) -> dict[str, Any]:
    """One job, its objects, and why it waits."""
    found = explain(told.row.key, told.rows, told.now, told.wants)
    return {
        "found": True, **job_fact(told.row, told.now),
        "parts": [job_fact(row, told.now) for row in told.parts],
        "objects": plain(job_tree.tree(told.row, told.rows)),
        "events": plain(_events(told.row, told.rows)),
        "explanation": plain(found) if found is not None else None,
    }  # fmt: skip


def plain(value: Any) -> Any:
    """A value as JSON has it: healths as words, instants as RFC 3339, with what rows tell by a property."""
    if isinstance(value, Health):
        return WORDS[value]
    if isinstance(value, Struct):
        found = {name: _field(name, getattr(value, name)) for name in value.__struct_fields__}
        if isinstance(value, NodeFit | PodFit):
            found["name"] = value.name
        if isinstance(value, NodeFit):
            found["text"] = value.text
        return found
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Set):
        return sorted(map(plain, value))
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def _field(name: str, value: Any) -> Any:
    return rfc3339(value) if name in _TIMES and isinstance(value, float) else plain(value)


def written(value: Any, output: str) -> str:
    """As JSON or YAML."""
    if output == "yaml":
        import yaml

        return yaml.safe_dump(value, sort_keys=False, allow_unicode=True).rstrip()
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
