"""The tree of one job as a table's model: indented objects, containers folded away below their pods.

Owns what is unfolded. Must not know what an object's details are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from tui.core.health import Health
from tui.core.table import Column, Tone
from tui.domain import cells
from tui.domain.job import JobRow
from tui.domain.job_tree import CONTAINER, JOB, KINDS, TreeRow, tree
from tui.domain.pod import NAME as PODS
from tui.screens.deck import Deck


def _named(line: TreeRow, _now: float) -> str:
    hidden = f" +{line.folded}" if line.folded else ""
    return f"{'  ' * line.depth}{line.name}{hidden}"


COLUMNS: Final[cells.Columns] = (
    Column("object", "OBJECT", _named, 25, grow=1, most=48, tone=lambda _line: "strong"),
    Column("state", "STATE", lambda line, _now: line.state or cells.NONE, 13, grow=1, most=24, tone=cells.health),
    cells.since("age", "AGE", 6, "since"),
    cells.why(20),
    cells.text("node", "NODE", 10, grow=1, most=30, cut="middle", drop=3),
)


def glyphs(glyph: Callable[[Health], str]) -> Column[Any]:
    """The column of glyphs."""
    return Column("health", "", lambda line, _now: glyph(line.health), 1, tone=lambda line: line.health)


class JobLines:
    """The lines of a job's tree."""

    def __init__(self, deck: Deck, key: str) -> None:
        self._deck, self._key = deck, key
        self._toggled: set[str] = set()
        self._lines: dict[str, TreeRow] = {}
        self.renew()

    @property
    def keys(self) -> Sequence[str]:
        return list(self._lines)

    def line(self, key: str) -> TreeRow | None:
        """The line under a key."""
        return self._lines.get(key)

    def renew(self) -> bool:
        """Make them of the rows there are; True when some came or went."""
        before, store = list(self._lines), self._deck.store
        row: JobRow | None = store.get(JOB, self._key)
        rows = {kind: store.rows(kind) for kind in KINDS}
        self._lines = {line.key: line for line in tree(row, rows, self._toggled)} if row is not None else {}
        return before != list(self._lines)

    def pod_line(self, line: TreeRow) -> str:
        """Key of the line of the pod that a line belongs to, empty for one that belongs to none."""
        return f"{PODS}/{line.object}" if line.kind in (PODS, CONTAINER) and line.object else ""

    def fold(self, line: TreeRow) -> str:
        """Show or hide the containers of a pod; the key of its line."""
        pod = self.pod_line(line)
        if pod:
            self._toggled ^= {pod}
            self.renew()
        return pod

    def cells(self, key: str, columns: Sequence[Column[Any]], now: float) -> list[tuple[str, Tone]]:
        line = self._lines.get(key)
        if line is None:
            return [("", None)] * len(columns)
        return [(column.text(line, now), column.tone(line) if column.tone else None) for column in columns]
