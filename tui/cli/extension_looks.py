"""The commands that only look: show, preflight, plan. Text for people, JSON for scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click
import msgspec

from tui.cli.looking import looking
from tui.cli.wish import draft_of
from tui.core.errors import Problem, UsageProblem
from tui.core.health import GLYPHS
from tui.core.table import Tone
from tui.domain.plans import choice as plan_choice
from tui.domain.plans.note import Note
from tui.domain.plans.plan import Plan, shown
from tui.screens import extension_page, plan_page
from tui.session import Session
from tui.settings import Settings


async def show(settings: Settings, output: str) -> int:
    """The extension as ARM tells it."""
    async with looking(settings) as session:
        store, now = session.store, session.clock()
        row = extension_page.chosen(store, settings.extension)
        if output == "json":
            click.echo(_json(row))
        elif row is None:
            click.echo("\n".join(extension_page.absent(store, now)))
        else:
            told(extension_page.page(store, row, now, GLYPHS.__getitem__))
        return 0 if row is not None and row.state == "Installed" else 1


async def preflight(settings: Settings, output: str, wish: Mapping[str, Any]) -> int:
    """What an install would meet."""
    async with looking(settings) as session:
        draft, _notes = draft_of(wish, plan_choice.draft_of(plan_choice.live_of(session.store.by_kind())))
        extension = session.extension
        assert extension is not None
        _seen, notes = await extension.preflight(session.target.cluster_id, draft)
        if output == "json":
            click.echo(_json([_note(note) for note in notes]))
        else:
            told([line for note in notes for line in plan_page.note_lines(note, GLYPHS.__getitem__)])
        return 1 if any(note.blocks for note in notes) else 0


async def plan(settings: Settings, output: str, wish: Mapping[str, Any], *, bodies: bool) -> int:
    """What would be sent."""
    async with looking(settings) as session:
        made = await planned(session, wish)
        if output == "json":
            click.echo(_json(_plan(made)))
        else:
            told(plan_page.page(made, GLYPHS.__getitem__, bodies=bodies))
        return 1 if made.blocked else 0


async def planned(session: Session, wish: Mapping[str, Any]) -> Plan:
    """The plan for a wish, after a look at everything. Raises UsageProblem when none can be made."""
    assert session.extension is not None
    known = session.store.by_kind()
    draft, notes = draft_of(wish, plan_choice.draft_of(plan_choice.live_of(known)))
    for note in notes:
        click.echo(note.what, err=True)
    seen = await session.extension.survey(session.target.cluster_id)
    endpoints = await session.extension.endpoints()
    return checked(plan_choice.wished(draft, known, seen, endpoints))


def checked(made: Plan | Problem) -> Plan:
    """The plan. Raises UsageProblem when there is none."""
    if isinstance(made, Problem):
        raise UsageProblem(f"{made}; {made.next}" if made.next else str(made))
    return made


def told(lines: Sequence[Sequence[tuple[str, Tone]]]) -> None:
    """Toned lines as plain text."""
    for line in lines:
        click.echo("".join(text for text, _tone in line).rstrip())


def _json(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value, enc_hook=str), indent=2).decode()


def _note(note: Note) -> dict[str, Any]:
    return {
        "code": note.code, "health": note.health.name.lower(), "blocks": note.blocks, "what": note.what,
        "evidence": note.evidence, "remedy": note.remedy, "implies": dict(note.implies), "command": note.command,
    }  # fmt: skip


def _plan(made: Plan) -> dict[str, Any]:
    return {
        "verb": made.verb, "target": made.target, "blocked": bool(made.blocked),
        "notes": [_note(note) for note in made.notes],
        "requests": [
            {
                "id": step.id, "title": step.title, "method": step.method, "path": step.path,
                "keptWhenThere": step.reuse, "body": shown(step.body), "command": step.command,
            }
            for step in made.steps
        ],
        "costs": list(made.costs), "lasting": list(made.lasting), "command": made.az,
    }  # fmt: skip
