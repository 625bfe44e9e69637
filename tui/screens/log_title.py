"""What the title of a log says, and the line that tells how the view is narrowed. Pure but for what it reads of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tui.core.health import Health
from tui.core.table import Tone
from tui.core.text import shorten_middle
from tui.domain.pod import PodRow
from widgets.log_view import LogView

Glyph = Callable[[Health], str]
Pieces = list[tuple[str, Tone]]
_NAME: Final = 34
"""Cells of the name: two thirds of a narrow line are for how it stands."""


def left(what: tuple[str, str], previous: bool, pod: PodRow | None, state: str, glyph: Glyph) -> Pieces:
    """What is read, and what of it is not as it should be: the run before, a pod in trouble, a broken stream."""
    name, part = what
    parts: Pieces = [(f"{shorten_middle(name, _NAME)} ", "strong"), (f"· {part} ", None)]
    if previous:
        parts.append(("· previous run ", Health.WARN))
    if pod is not None and pod.health is not Health.GOOD:
        parts.append((f"{glyph(pod.health)} {pod.status} ", pod.health))
    if "broken" in state:
        parts.append((f"{glyph(Health.STALE)} {state}", Health.STALE))
    return parts


def figures(view: LogView, state: str, since: str, room: int) -> str:
    """`+12 new  paused  12,480 lines  200 dropped  tail`: as much of it as `room` cells hold, what matters most."""
    word = "" if "broken" in state else state.split(":")[0]
    if not view.following and word == "following":
        word = "paused"
    parts = [
        (0, f"+{view.unseen:,} new" if view.unseen else ""),
        (2, f"sampled, {view.rate:,.0f}/s" if view.sampled else ""),
        (1, word),
        (4, f"{view.count:,} lines"),
        (3, f"{view.dropped:,} dropped" if view.dropped else ""),
        (5, since),
    ]
    for least in range(len(parts), -1, -1):
        text = "  ".join(part for rank, part in parts if part and rank <= least)
        if len(text) <= room:
            return text
    return ""


def narrowed(view: LogView, glyph: Glyph) -> Pieces:
    """Search, filter, level, errors: what hides lines or leads from one to the next; empty for nothing."""
    notes = [note for note in (view.search_note, view.filter_note, view.error_note) if note]
    parts: Pieces = [(f"{note}   ", Health.BUSY) for note in notes]
    if view.hidden:
        parts.append((f"{view.hidden:,} hidden   ", "dim"))
    if not view.fold:
        parts.append(("unfolded   ", "dim"))
    if view.behind:
        parts.append((f"{glyph(Health.BUSY)} {view.behind:,} lines still to be looked at", Health.BUSY))
    return parts
