"""Training jobs as a printed table: as wide as the terminal, whole in a pipe.

Owns widths and colours of what is printed; the columns are those of the screen.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import click

from tui.core.health import ASCII_GLYPHS, GLYPHS, Health
from tui.core.table import Column, Tone
from tui.core.text import shorten_end, shorten_middle
from tui.domain import cells
from tui.domain.columns_kube import JOB
from tui.domain.job import JobRow
from widgets.columns import place

Segment = tuple[str, Tone]
_GAP: Final = "  "
_WIDE: Final[cells.Columns] = (
    cells.text("jobid", "JOB ID", 32, "job_id"),
    cells.text("queue", "QUEUE", 8),
    cells.text("compute", "COMPUTE", 10),
    cells.text("workspace", "WORKSPACE", 10),
)
_STYLES: Final[dict[Tone, dict[str, Any]]] = {
    Health.BAD: {"fg": "red"}, Health.WARN: {"fg": "yellow"}, Health.BUSY: {"fg": "cyan"},
    Health.UNKNOWN: {"fg": "magenta"}, Health.STALE: {"fg": "magenta"}, Health.GOOD: {"fg": "green"},
    Health.OFF: {"dim": True}, "dim": {"dim": True}, "strong": {"bold": True},
}  # fmt: skip


def told(rows: Sequence[tuple[int, JobRow]], now: float, *, ascii_: bool = False, wide: bool = False) -> None:
    """Print them, each with its depth."""
    glyphs = ASCII_GLYPHS if ascii_ else GLYPHS
    columns = (_glyph(glyphs.__getitem__), *JOB, *(_WIDE if wide else ()))
    lines = [_cells(row, depth, columns, now) for depth, row in rows]
    width = 0 if wide else terminal_width()
    for line in laid_out([[(column.title, None) for column in columns], *lines], columns, width):
        say(line)


def _glyph(glyph: Callable[[Health], str]) -> Column[Any]:
    return Column("health", "", lambda row, _now: glyph(row.health), 1, tone=lambda row: row.health)


def _cells(row: Any, depth: int, columns: Sequence[Column[Any]], now: float) -> list[Segment]:
    return [
        (
            ("  " * depth if column.id in ("name", "object") else "") + column.text(row, now),
            column.tone(row) if column.tone is not None else None,
        )
        for column in columns
    ]


def laid_out(lines: Sequence[Sequence[Segment]], columns: Sequence[Column[Any]], width: int) -> Iterable[list[Segment]]:
    """The lines with their cells padded; `width` 0: every cell whole, else as on a screen of that width."""
    if width:
        kept = {one.column.id: one.width for one in place(columns, width)}
    else:
        kept = {
            column.id: max(len(line[index][0]) for line in lines) for index, column in enumerate(columns)
        }  # fmt: skip
    gap = " " if width else _GAP
    for line in lines:
        yield [
            segment
            for (text, tone), column in zip(line, columns, strict=True)
            if column.id in kept
            for segment in ((_padded(text, column, kept[column.id]), tone), (gap, None))
        ]


def _padded(text: str, column: Column[Any], width: int) -> str:
    short = shorten_middle(text, width) if column.cut == "middle" else shorten_end(text, width)
    return f"{short:>{width}}" if column.right else f"{short:<{width}}"


def terminal_width() -> int:
    """Of the terminal that is printed to; 0 for a pipe."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0


def say(line: Iterable[Segment]) -> None:
    """Print one toned line; in colours only to a terminal that may have them."""
    coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    several = [(text, tone) for text, tone in line if text]
    while several and not several[-1][0].strip():
        several.pop()
    parts = [
        click.style(text, **_STYLES.get(tone, {})) if coloured and tone is not None else text for text, tone in several
    ]
    click.echo("".join(parts).rstrip(), color=coloured)
