"""The commands that write: deploy, update, delete. The plan is printed, asked about, run, and followed to its end.

Owns the question and the lines that tell how it goes. Interrupted, the operation goes on in Azure: the same command
again follows it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import click

from tui.cli.extension_looks import checked, planned, told
from tui.cli.looking import looking
from tui.core.errors import UsageProblem
from tui.core.health import GLYPHS
from tui.core.store import Delta
from tui.domain.plans import choice as plan_choice
from tui.domain.plans import work
from tui.domain.plans.plan import Plan
from tui.domain.plans.work import WorkRow
from tui.domain.progress.progress import progress
from tui.screens import plan_page, progress_page
from tui.session import Session
from tui.settings import Settings

LOOK = 1.0
"""Seconds between two looks while nothing new happens."""


async def wished(settings: Settings, verb: str, wish: Mapping[str, Any], *, dry_run: bool, yes: bool) -> int:
    """Install or update."""
    news = _News()
    async with looking(settings, news=news.take) as session:
        made = await planned(session, wish)
        if verb == "update" and made.verb != "update":
            raise UsageProblem("there is nothing to update: the extension is not installed; deploy installs it")
        return await _done(session, news, made, dry_run=dry_run, yes=yes)


async def removed(settings: Settings, *, force: bool, dry_run: bool, yes: bool) -> int:
    """Delete."""
    news = _News()
    async with looking(settings, news=news.take) as session:
        made = checked(plan_choice.removal(session.store.by_kind(), force=force))
        return await _done(session, news, made, dry_run=dry_run, yes=yes)


async def _done(session: Session, news: _News, made: Plan, *, dry_run: bool, yes: bool) -> int:
    """Print, ask, run, follow; the exit code."""
    told(plan_page.page(made, GLYPHS.__getitem__, bodies=False))
    if made.blocked:
        click.echo("not sent: something is in the way", err=True)
        return 1
    if dry_run or not made.steps:
        return 0
    if not (yes or _asked(made)):
        click.echo("nothing was sent", err=True)
        return 1
    assert session.extension is not None
    refused = session.extension.begin(made)
    if refused is not None:
        raise UsageProblem(f"{refused}; {refused.next}" if refused.next else str(refused))
    return await _follow(session, news, made)


def _asked(made: Plan) -> bool:
    """A clear yes; what destroys something wants its name typed."""
    if made.name_to_type:
        answer: str = click.prompt(f"type {made.name_to_type} to go on", default="", show_default=False)
        return answer == made.name_to_type
    return click.confirm(f"{made.verb} it?")


class _News:
    """Wakes whoever waits for the store to change."""

    def __init__(self) -> None:
        self._came = asyncio.Event()

    def take(self, _delta: Delta) -> None:
        self._came.set()

    async def wait(self) -> None:
        """Until something changed, or for a while."""
        self._came.clear()
        try:
            async with asyncio.timeout(LOOK):
                await self._came.wait()
        except TimeoutError:
            return


async def _follow(session: Session, news: _News, made: Plan) -> int:
    """Tell each step and each phase once, then how it ended."""
    extension = session.extension
    assert extension is not None
    said: set[str] = set()
    while True:
        row: WorkRow | None = session.store.get(work.NAME, made.target.lower())
        found = progress(extension.sight(), session.clock())
        lines = [f"{GLYPHS[step.health]} {step.title}: {step.state}" for step in row.steps] if row is not None else []
        counted = f", {found.settled} of {found.wanted} ready" if found.wanted and made.verb != "delete" else ""
        for line in (*lines, f"{GLYPHS[found.health]} {found.phase}{counted}"):
            if line not in said and ": waiting" not in line:
                said.add(line)
                click.echo(line, err=True)
        if row is not None and row.ended is not None and not extension.busy and not extension.leaving:
            break
        if found.phase == "hangs":
            break
        await news.wait()
    if found.phase == "hangs" or row is None or row.failed:
        told(progress_page.page(found, row, (), (), session.clock(), GLYPHS.__getitem__))
        return 1
    click.echo(f"{made.verb} of {row.name}: done")
    return 0
