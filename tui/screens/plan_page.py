"""What a plan says before it is run, as lines: notes, steps with their requests, costs, what stays, the az command.

Pure: a plan in, lines out. Secrets are masks already.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final

from tui.core.health import Health
from tui.core.table import Tone
from tui.domain.plans.note import Note
from tui.domain.plans.plan import Plan, Step, shown

Line = list[tuple[str, Tone]]
Glyph = Callable[[Health], str]
_SCOPE: Final = re.compile(r"/subscriptions/[^\s,;]*/providers/")
"""What comes before the type and the name of a resource: in a list of them it only hides which they are."""


def page(plan: Plan, glyph: Glyph, *, bodies: bool) -> list[Line]:
    """The whole plan; whole paths, commands and bodies of its requests only when asked for."""
    lines: list[Line] = []
    if plan.notes:
        lines += [[("NOTES", "strong")], *(line for note in plan.notes for line in note_lines(note, glyph)), []]
    count = len(plan.steps)
    title = f"{count} REQUEST{'S' if count > 1 else ''}" if count else "NOTHING TO SEND"
    lines.append([(title, "strong")])
    for number, step in enumerate(plan.steps, 1):
        lines += _step(number, step, bodies=bodies)
    for title, texts in (("WHAT IT COSTS", plan.costs), ("WHAT STAYS OR CANNOT BE UNDONE", plan.lasting)):
        if texts:
            lines += [[], [(title, "strong")]]
            lines += [[(f"  {text}", None)] for text in texts]
    if plan.az:
        lines += [[], [("THE SAME BY HAND", "strong")], [(f"  {plan.az}", "dim")]]
    return lines


def note_lines(note: Note, glyph: Glyph) -> list[Line]:
    """A note: what; below it evidence, remedy and command, those it has."""
    lines: list[Line] = [[(f"{glyph(note.health)} ", note.health), (note.what, None)]]
    if note.evidence:
        lines.append([("    seen    ", "dim"), (_SCOPE.sub("", note.evidence), "dim")])
    if note.implies:
        sets = "  ".join(f"{key}={value}" for key, value in note.implies.items())
        lines.append([("    set     ", "dim"), (sets, None)])
    if note.remedy:
        lines.append([("    do      ", "dim"), (note.remedy, None)])
    if note.command:
        lines.append([("    $ ", "dim"), (note.command, "dim")])
    return lines


def _step(number: int, step: Step, *, bodies: bool) -> list[Line]:
    kept = "  if it is missing" if step.reuse else ""
    lines: list[Line] = [[(f"{number:>2} ", "dim"), (step.title, None), (kept, "dim")]]
    path = step.path if bodies else step.path.rpartition("/providers/")[2]
    lines.append([("   ", None), (f"{step.method} {path}", "dim")])
    if bodies and step.command:
        lines.append([("   $ ", "dim"), (step.command, "dim")])
    if bodies and step.body is not None:
        text = json.dumps(shown(step.body), indent=2, ensure_ascii=False)
        lines += [[("     ", None), (line, "dim")] for line in text.splitlines()]
    return lines
