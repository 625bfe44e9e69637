"""The looks of `arcdeck jobs`: at all training jobs, at one of them, at a run that is not here.

The table is made of what the Kubernetes API says alone: ARM is asked only about a job that waits, or is not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import click
from msgspec import Struct
from msgspec.structs import replace

from tui.cli import job_page, job_table
from tui.cli.looking import looking
from tui.core.errors import Problem, UsageProblem
from tui.core.facts import Phase
from tui.core.health import Health
from tui.core.store import Store
from tui.core.text import clean
from tui.domain import derived, job, job_groups
from tui.domain.job import QUEUED, STARTING, JobRow
from tui.domain.kinds import PODS
from tui.domain.queued import absent as absence
from tui.domain.queued.wants import Wants, wants
from tui.session import Session
from tui.settings import Settings

_ROLES = 8
"""Pods whose specs are fetched: one speaks for all of its role."""
_SHOWN = 10
"""Jobs that are named when several are meant."""
_SEEN = (Phase.LIVE, Phase.STALE, Phase.MISSING)


class Wish(Struct, frozen=True):
    """What the options say."""

    output: str = "table"
    namespace: str = ""
    states: tuple[str, ...] = ()
    timeout: float = 20.0


async def table(settings: Settings, wish: Wish) -> int:
    """All training jobs."""
    async with looking(replace(settings, sign_in="none"), wish.timeout) as session:
        store = session.store
        rows = _chosen(store, wish)
        if (blind := _blind(session, rows)) is not None:
            return blind
        now = session.clock()
        if wish.output in ("json", "yaml"):
            click.echo(job_page.written({"jobs": [job_page.job_fact(row, now) for row in rows]}, wish.output))
        elif rows:
            job_table.told(_in_order(rows, wish), now, ascii_=settings.ascii, wide=wish.output == "wide")
        else:
            click.echo("no training jobs" + (f" in {wish.namespace}" if wish.namespace else ""), err=True)
        _unseen(store)
        return 1 if any(row.health >= Health.WARN for row in rows) else 0


def _chosen(store: Store, wish: Wish) -> list[JobRow]:
    """The jobs that are meant, worst first."""
    rows: Iterable[JobRow] = store.rows(job.NAME).values()
    kept = [
        row for row in rows
        if wish.namespace in ("", row.namespace) and (not wish.states or row.state in wish.states)
    ]  # fmt: skip
    return sorted(kept, key=job.order)


def _in_order(rows: Sequence[JobRow], wish: Wish) -> list[tuple[int, JobRow]]:
    """With their depth: parts of a run below it. Where a state is asked for, its jobs alone: a run would count less."""
    if wish.states:
        return [(0, row) for row in rows]
    found = job_groups.families(rows)
    parts = {child.key for family in found.values() for child in family.children}
    return [(int(row.key in parts), row) for row in job_groups.grouped(rows, found.keys())]


def _blind(session: Session, rows: Sequence[JobRow]) -> int | None:
    """2 when nothing true can be told, and why."""
    if session.problems:
        click.echo(f"could not look: {session.problems[0]}", err=True)
        return 2
    how = derived.standing(derived.JOBS, session.store.source, bool(rows))
    if how.phase in _SEEN and (how.known or how.phase is Phase.MISSING):
        return None
    why = f"you may not {how.permission}" if how.permission else how.reason or "no answer in time"
    click.echo(f"could not look: {why}", err=True)
    return 2


def _unseen(store: Store) -> None:
    rights = derived.unseen(job.NAME, store.source)
    if rights:
        click.echo(f"less is told than could be: you may not {', '.join(rights)}", err=True)


async def one(settings: Settings, run: str, wish: Wish) -> int:
    """One job in full. A second look, at ARM too, where that has part in why it waits or is not here."""
    async with looking(replace(settings, sign_in="none"), wish.timeout) as session:
        found = matching(run, session.store.rows(job.NAME), wish.namespace)
        if len(found) > 1:
            raise UsageProblem(_several(run, found))
        if (blind := _blind(session, found)) is not None:
            return blind
        if found and found[0].state not in (QUEUED, STARTING):
            return await _tell(session, found[0], wish)
    async with looking(settings, wish.timeout) as session:
        found = matching(run, session.store.rows(job.NAME), wish.namespace)
        return await _tell(session, found[0], wish) if found else _absent(session, run, wish)


def _several(run: str, found: Sequence[JobRow]) -> str:
    names = [f"{row.namespace}/{row.name}" for row in found[:_SHOWN]]
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return f"{clean(run)} is the beginning of several: {', '.join(names)}{more}"


def matching(run: str, rows: Mapping[str, JobRow], namespace: str = "") -> list[JobRow]:
    """The jobs a word may mean: those that it names, else the run of several parts, else those it begins."""
    several = [row for row in rows.values() if namespace in ("", row.namespace)]
    parents = [family.parent for family in job_groups.families(several).values()]
    named = [row for row in parents if run in (row.name, row.key)] or [row for row in several if run in _names(row)]
    if named or not run:
        return named
    return [row for row in several if any(each.startswith(run) for each in (row.run_id, row.job_id) if each)]


def _names(row: JobRow) -> set[str]:
    keys = (row.key, row.vc_job, row.group, row.aml_job, *(pod.key for pod in row.pods), *row.earlier)
    names = {row.run_id, row.job_id, *keys, *(key.rpartition("/")[2] for key in keys)}
    return names - {""}


async def _tell(session: Session, row: JobRow, wish: Wish) -> int:
    store, now = session.store, session.clock()
    parts = [
        family for family in job_groups.families(store.rows(job.NAME).values()).values() if family.parent.key == row.key
    ]
    told = job_page.Told(
        row, parts[0].children if parts else (), store.by_kind(), now, await _wants(session, row)
    )  # fmt: skip
    if wish.output in ("json", "yaml"):
        click.echo(job_page.written(job_page.fact(told), wish.output))
    else:
        wide = wish.output == "wide"
        job_page.say(job_page.lines(told, ascii_=session.settings.ascii, wide=wide), wide=wide)
    _unseen(store)
    return 1 if row.health >= Health.WARN else 0


async def _wants(session: Session, row: JobRow) -> dict[str, Wants]:
    """What pods without a node want by their own specs, read of one pod of each role."""
    if session.kube is None:
        return {}
    roles = {pod.role: pod.key for pod in reversed(row.pods) if not pod.node}
    found: dict[str, Wants] = {}
    for key in list(roles.values())[:_ROLES]:
        body = await session.kube.get(PODS, key)
        if isinstance(body, Problem):
            click.echo(f"{key} could not be read: {body}", err=True)
        else:
            found[key] = wants(body)
    return found


def _absent(session: Session, run: str, wish: Wish) -> int:
    """Why a run is not here."""
    store = session.store
    steps = absence.absent(clean(run), store.by_kind(), session.clock(), store.source)
    if wish.output in ("json", "yaml"):
        value = {"run": clean(run), "found": False, "checks": job_page.plain(steps)}
        click.echo(job_page.written(value, wish.output))
    else:
        job_page.say(job_page.missing(clean(run), steps, ascii_=session.settings.ascii), wide=wish.output == "wide")
    return 1
