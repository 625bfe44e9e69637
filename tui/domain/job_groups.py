"""Sweeps and pipelines: the jobs that are parts of one run, and the row that stands for all of them.

Owns who belongs to whom and what the parent says. Must not know what is folded on a screen.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from tui.domain.job import (
    CANCELED,
    COMPLETED,
    ENDED,
    FAILED,
    QUEUED,
    RUNNING,
    STARTING,
    STOPPING,
    JobRow,
    order,
)  # fmt: skip

T = TypeVar("T")

_GOES_ON: Final = (RUNNING, STARTING, QUEUED, STOPPING)
"""A run with parts in several states is in the first of these that one of them is in."""
_FIGURES: Final = ((FAILED, "failed"), (QUEUED, "waiting"), (STARTING, "starting"), (RUNNING, "running"),
                   (STOPPING, "stopping"), (CANCELED, "canceled"), (COMPLETED, "done"))  # fmt: skip
_NUMBER: Final = re.compile(r"_[0-9]+")


class Family(Struct, frozen=True):
    """A run and the jobs that are its parts."""

    parent: JobRow
    """Made of its parts; where the run has an AmlJob of its own, under the key of that job."""
    own: JobRow | None
    """The run's own row, where there is one."""
    children: tuple[JobRow, ...]
    """Sorted by key."""


def families(rows: Iterable[JobRow], before: Mapping[str, Family] = {}) -> dict[str, Family]:
    """Every run that has parts, by the key of its parent; those of `before` whose rows are the same are taken over.

    One job alone whose run is not seen stays by itself: a parent would tell nothing more.
    """
    found: dict[tuple[str, str], list[JobRow]] = {}
    alone: dict[tuple[str, str], JobRow] = {}
    for row in rows:
        if row.root:
            found.setdefault((row.namespace, row.root), []).append(row)
        else:
            alone[row.namespace, row.run_id] = row
    made: dict[str, Family] = {}
    for (namespace, root), several in found.items():
        own = alone.get((namespace, root))
        if own is None and len(several) < 2:
            continue
        key = own.key if own is not None else f"{namespace}/run:{root}"
        made[key] = _family(key, root, own, several, before.get(key))
    return made


def _family(key: str, root: str, own: JobRow | None, several: list[JobRow], before: Family | None) -> Family:
    several.sort(key=lambda row: row.key)
    if before is not None and before.own is own and _same(before.children, several):
        return before
    return Family(parent(key, root, own, several), own, tuple(several))


def _same(before: Sequence[JobRow], after: Sequence[JobRow]) -> bool:
    return len(before) == len(after) and all(old is new for old, new in zip(before, after, strict=True))


def grouped(rows: Iterable[JobRow], unfolded: Collection[str] = ()) -> list[JobRow]:
    """All of it in the order of a table: worst first, below an unfolded parent its parts."""
    several = list(rows)
    by_key = families(several)
    inside = {child.key for family in by_key.values() for child in family.children}
    tops = [row for row in several if row.key not in inside and row.key not in by_key]
    tops += [family.parent for family in by_key.values()]
    lines: list[JobRow] = []
    for top in sorted(tops, key=order):
        lines.append(top)
        if top.key in unfolded and top.key in by_key:
            lines += sorted(by_key[top.key].children, key=order)
    return lines


def parent(key: str, root: str, own: JobRow | None, children: Sequence[JobRow]) -> JobRow:
    """The row that stands for a run: sums where there are sums, what all share where they do, else how many differ."""
    members = [*children] if own is None or not (own.pods or own.state in ENDED) else [own, *children]
    live = [row for row in members if row.state not in ENDED]
    sized = live or children
    worst = min(members, key=order)
    state, health = _state(own, members, live), worst.health
    begun, ended = [row.started for row in members], [row.ended for row in members]
    base = own if own is not None else children[0]
    return replace(
        base,
        key=key,
        job_id=own.job_id if own is not None else "",
        run_id=root,
        name=root,
        root="",
        experiment=_shared("experiments", (row.experiment for row in members)),
        user=_shared("users", (row.user for row in members)),
        compute=_shared("computes", (row.compute for row in members)),
        workspace=_shared("workspaces", (row.workspace for row in members)),
        instance_type=_shared("types", (row.instance_type for row in sized)),
        nodes=sum(row.nodes for row in sized),
        gpus=_one((row.gpus for row in sized), 0),
        state=state,
        health=health,
        why=_why(root, children, worst),
        created=_least(row.created for row in (base, *members)),
        started=_least(begun),
        ended=max((at for at in ended if at is not None), default=None) if state in ENDED else None,
        placed=tuple(sorted({node for row in members for node in row.placed})),
        pods=own.pods if own is not None else (),
        queue=_shared("queues", (row.queue for row in members)),
        place=_least_place(members) if state == QUEUED else 0,
        retries=sum(row.retries for row in members),
        restarts=sum(row.restarts for row in members),
        earlier=own.earlier if own is not None else (),
        group=own.group if own is not None else "",
        vc_job=own.vc_job if own is not None else "",
        aml_job=own.aml_job if own is not None else "",
        labels=own.labels if own is not None else {},
    )


def _state(own: JobRow | None, members: Sequence[JobRow], live: Sequence[JobRow]) -> str:
    """As far as the parts are; the run's own word counts once that is over or it is being stopped."""
    if own is not None and own.state in (*ENDED, STOPPING):
        return own.state
    states = {row.state for row in live or members}
    return next(state for state in (*_GOES_ON, FAILED, CANCELED, COMPLETED) if state in states)


def _why(root: str, children: Sequence[JobRow], worst: JobRow) -> str:
    """`8 trials: 1 failed, 2 waiting, 3 running; worst: _3: OOMKilled`."""
    trials = all(_NUMBER.fullmatch(row.name.removeprefix(root)) for row in children)
    count, noun = len(children), "trial" if trials else "step"
    states = Counter(row.state for row in children)
    figures = ", ".join(f"{states[state]} {word}" for state, word in _FIGURES if states[state])
    said = f"; worst: {part_name(root, worst)}: {worst.why}" if worst.why else ""
    return f"{count} {noun}{'s' if count != 1 else ''}: {figures}{said}"


def part_name(root: str, row: JobRow) -> str:
    """A trial by its number, `_3`; a step by its whole name."""
    short = row.name.removeprefix(root)
    return short if _NUMBER.fullmatch(short) else row.name


def _shared(noun: str, values: Iterable[str]) -> str:
    """The one value that all have that have any; else how many there are."""
    known = set(filter(None, values))
    return next(iter(known), "") if len(known) < 2 else f"{len(known)} {noun}"


def _one(values: Iterable[T], otherwise: T) -> T:
    known = set(values)
    return next(iter(known)) if len(known) == 1 else otherwise


def _least(moments: Iterable[float | None]) -> float | None:
    return min((at for at in moments if at is not None), default=None)


def _least_place(rows: Iterable[JobRow]) -> int:
    return min((row.place for row in rows if row.place), default=0)
