"""The jobs as a table's model: sweeps and pipelines stand for their parts until they are unfolded.

Owns what is folded, and the place of parts under their run. Who belongs together is `domain.job_groups`'.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tui.core.health import Health
from tui.core.store import Delta
from tui.core.table import Column, Tone
from tui.core.view import View
from tui.domain.job import JobRow, order
from tui.domain.job_groups import Family, families
from tui.screens.rows import Rows


class JobRows(Rows):
    """Jobs, runs with parts among them.

    What matches the filter is shown: a run for its own sake, and its parts where only they do.
    """

    def __init__(self, rows: Mapping[str, JobRow], glyph: Callable[[Health], str]) -> None:
        super().__init__(rows, "jobs", glyph)
        self.unfolded: set[str] = set()
        self.touched: set[str] = set()
        """Runs that the last update changed."""
        self._families: dict[str, Family] = {}
        self._parents: dict[str, str] = {}
        """By key of a part, that of its run."""
        self._tops: dict[str, JobRow] = {}
        self._inside: Callable[[Any], Any] = order
        """The order of the parts of a run: as that of the runs."""
        self._keys: list[str] = []
        self._view = View(self._tops, keep=self._keep, order=order)
        self.rebuild()

    @property
    def keys(self) -> Sequence[str]:
        return self._keys

    @property
    def total(self) -> int:
        made = [family.parent for family in self._families.values() if family.own is None]
        return sum(self.namespace in ("", row.namespace) for row in (*self._rows.values(), *made))

    def jobs(self) -> list[JobRow]:
        """The jobs that pass, folded away or not; a run that has no pod of its own is none."""
        idle = {key for key, family in self._families.items() if family.own is not None and not family.own.pods}
        return [row for key, row in self._rows.items() if key not in idle and Rows._keep(self, row)]

    def row(self, key: str) -> JobRow | None:
        family = self._families.get(key)
        return family.parent if family is not None else self._rows.get(key)

    def family(self, key: str) -> Family | None:
        """The run under a key, with its parts; None for a job by itself."""
        return self._families.get(key)

    def home(self, key: str) -> str:
        """The run that a key is a part of; of a run, its own key; else empty."""
        return key if key in self._families else self._parents.get(key, "")

    def cells(self, key: str, columns: Sequence[Column[Any]], now: float) -> list[tuple[str, Tone]]:
        row = self.row(key)
        if row is None:
            return [("", None)] * len(columns)
        mark = self._mark(key)
        return [
            (f"{mark if column.id == 'name' else ''}{column.text(row, now)}", column.tone(row) if column.tone else None)
            for column in columns
        ]

    def _mark(self, key: str) -> str:
        if key in self._parents:
            return "  "
        family = self._families.get(key)
        return "" if family is None else "- " if self._shown(family) else "+ "

    def update(self, delta: Delta, kind: str) -> bool:
        self.touched = set()
        if kind not in delta.changed and kind not in delta.gone:
            return False
        self._view.update(*self._gather())
        return self._list()

    def rebuild(self) -> None:
        self._gather()
        self._view.rebuild()
        self._list()

    def narrow(self, *, query: str | None = None, namespace: str | None = None, faults: bool | None = None) -> None:
        super().narrow(query=query, namespace=namespace, faults=faults)
        self._list()

    def order(self, column_id: str, descending: bool | None = None) -> bool:
        if not super().order(column_id, descending):
            return False
        column = next((column for column in self.columns if column.id == column_id), None)
        self._inside = _order_of(column) if column is not None else order
        self._list()
        return True

    def fold(self, key: str) -> str:
        """Fold or unfold the run that this row belongs to; its key, empty when there is none."""
        home = self.home(key)
        if home:
            self.unfolded ^= {home}
            self._list()
        return home

    def unfold(self, key: str) -> None:
        """Bring a part into view."""
        if key in self._parents:
            self.unfolded.add(self._parents[key])
            self._list()

    def _gather(self) -> tuple[list[str], list[str]]:
        """Runs and jobs by themselves anew: keys of those that changed, and of those that went."""
        self._families = families(self._rows.values(), self._families)
        self._parents = {child.key: key for key, found in self._families.items() for child in found.children}
        self.unfolded &= self._families.keys()
        tops = {key: row for key, row in self._rows.items() if key not in self._parents}
        tops.update((key, found.parent) for key, found in self._families.items())
        changed = [key for key, row in tops.items() if self._tops.get(key) is not row]
        gone = [key for key in self._tops if key not in tops]
        self._tops.clear()
        self._tops.update(tops)
        self.touched = {key for key in changed if key in self._families}
        return changed, gone

    def _list(self) -> bool:
        """The keys anew: below each run that is unfolded its parts. True when they differ."""
        before, self._keys = self._keys, []
        for key in self._view.keys:
            self._keys.append(key)
            if (family := self._families.get(key)) is not None:
                self._keys += self._shown(family)
        return before != self._keys

    def _shown(self, family: Family) -> Sequence[str]:
        """The parts that are in view, in order."""
        unfolded = family.parent.key in self.unfolded
        if not unfolded and Rows._keep(self, family.parent):
            return ()
        parts = {child.key: child for child in family.children if Rows._keep(self, child)}
        if unfolded and not parts:
            parts = {child.key: child for child in family.children}
        return View(parts, order=self._inside, descending=self.descending).keys

    def _keep(self, row: Any) -> bool:
        family = self._families.get(row.key)
        return super()._keep(row) or (family is not None and any(Rows._keep(self, each) for each in family.children))


def _order_of(column: Column[Any]) -> Callable[[Any], Any]:
    return column.sort or (lambda row: column.text(row, 0.0).casefold())
