"""What the job's page says of one object: its conditions and its events, worst first; of a container, its runs.

Pure: values in, lines out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from tui.core.errors import Problem
from tui.core.health import Health
from tui.core.table import Tone
from tui.core.units import age
from tui.domain.columns_kube import ordinal
from tui.domain.conditions import Stand
from tui.domain.container import Container, Termination
from tui.domain.event import EventRow
from tui.domain.job import ENDED, JobRow

Line = list[tuple[str, Tone]]
Glyph = Callable[[Health], str]
_EVENTS: Final = 30
"""Events that are shown: the worst and the newest."""
_LABEL: Final = 11
_ROLE: Final = re.compile(r"[a-z]+-\d+(-[0-9a-z]{1,10})?$")


def facts(row: JobRow, now: float) -> list[Line]:
    """What the job is, and the names under which it is known elsewhere."""
    queue = f"{row.queue}, {ordinal(row.place)} in it" if row.place else row.queue
    gpus = f" × {row.gpus} GPU{'s' if row.gpus > 1 else ''}" if row.gpus else ""
    took = row.elapsed(now)
    took_text = f"{'took' if row.state in ENDED else 'for'} {age(took)}" if took is not None else ""
    told = (
        ("run", row.run_id), ("job id", row.job_id), ("experiment", row.experiment), ("user", row.user),
        ("part of", row.root), ("size", f"{row.nodes} node{'s' if row.nodes != 1 else ''}{gpus}"),
        ("type", row.instance_type),
        ("compute", " in ".join(filter(None, (row.compute, row.workspace)))), ("queue", queue),
        ("time", took_text), ("retries", str(row.retries or "")), ("restarts", str(row.restarts or "")),
        ("nodes", ", ".join(row.placed)),
    )  # fmt: skip
    return [_fact(label, value) for label, value in told if value]


def _fact(label: str, value: str, tone: Tone = None) -> Line:
    return [(f"  {label:<{_LABEL}}", "dim"), (value, tone)]


def container(part: Container, now: float) -> list[Line]:
    """A container's present run and the one before."""
    lines = [_fact("image", part.image), _fact("state", f"{part.state} {part.reason}".strip())]
    if part.message and part.ended is None:
        lines.append(_fact("said", part.message))
    if part.since is not None:
        lines.append(_fact("began", f"{age(now - part.since)} ago"))
    lines += [_run(word, end, now) for word, end in (("ended", part.ended), ("last run", part.last)) if end]
    return [*lines, _fact("restarts", str(part.restarts))]


def _run(word: str, end: Termination, now: float) -> Line:
    ago = f", {age(now - end.finished)} ago" if end.finished is not None else ""
    took = f" after {age(end.finished - end.started)}" if end.finished is not None and end.started is not None else ""
    return _fact(word, f"{end}{took}{ago}", Health.BAD if end.exit_code or end.signal else None)


def conditions(found: Sequence[Stand] | Problem | None, now: float, glyph: Glyph) -> list[Line]:
    """The conditions; None: they are being read."""
    if found is None:
        return [[("CONDITIONS  ", "strong"), ("loading…", "dim")]]
    if isinstance(found, Problem):
        return [[("CONDITIONS  ", "strong"), (f"{glyph(Health.UNKNOWN)} {found}", Health.UNKNOWN)]]
    if not found:
        return [[("CONDITIONS  ", "strong"), ("none", "dim")]]
    return [[("CONDITIONS", "strong")], *(_condition(one, now, glyph) for one in found)]


def _condition(one: Stand, now: float, glyph: Glyph) -> Line:
    since = f"  {age(now - one.since)}" if one.since is not None else ""
    why = ": ".join(filter(None, (one.reason, one.message)))
    return [
        (f"{glyph(one.health)} ", one.health),
        (f"{one.type} ", "strong"),
        (one.status, None),
        (since, "dim"),
        (f"  {why}" if why else "", None),
    ]


def events(found: Iterable[EventRow], now: float, glyph: Glyph, *, named: bool = False, prefix: str = "") -> list[Line]:
    """The events, warnings first, the newest of each first.

    `named`: they are of several objects, of whom many say the same; `prefix` of their names is left out.
    """
    rows = sorted(found, key=lambda row: (-int(row.health), -(row.last or 0.0), row.key))
    if not rows:
        return [[("EVENTS  ", "strong"), ("none", "dim")]]
    same: dict[tuple[str, ...], list[EventRow]] = {}
    for row in rows:
        same.setdefault((row.type, row.reason, row.message) if named else (row.key,), []).append(row)
    shown = [_event(several, now, glyph, named, prefix) for several in list(same.values())[:_EVENTS]]
    more = f"{_EVENTS} of {len(same)}" if len(same) > _EVENTS else ""
    return [[("EVENTS  ", "strong"), (more, "dim")], *shown]


def _event(several: Sequence[EventRow], now: float, glyph: Glyph, named: bool, prefix: str) -> Line:
    row, count = several[0], sum(each.count for each in several)
    seen = age(now - row.last) if row.last is not None else "-"
    times = f" ×{count}" if count > 1 else ""
    return [
        (f"{glyph(row.health)} ", row.health),
        (f"{row.reason}  ", "strong"),
        (f"{seen}{times}  ", "dim"),
        (f"{_about(several)}  " if named else "", "dim"),
        (row.message.replace(prefix, "") if prefix else row.message, None),
    ]


def _about(several: Sequence[EventRow]) -> str:
    """The objects of events among those of one job: a pod by its role and index, others by their kind."""
    names = sorted({_short(row) for row in several})
    return f"{names[0]} and {len(names) - 1} more" if len(names) > 2 else ", ".join(names)


def _short(row: EventRow) -> str:
    pod = _ROLE.search(row.object_name) if row.object_kind == "Pod" else None
    return pod[0] if pod is not None else row.object_kind
