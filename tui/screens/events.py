"""Events, newest first."""

from __future__ import annotations

from typing import Any

from tui import keys
from tui.core.health import Health
from tui.core.table import Tone
from tui.screens.kind_screen import KindScreen
from tui.screens.standing import Words


class EventsScreen(KindScreen):
    """The events table."""

    MODE = KIND = API_KIND = "events"
    NAMESPACED = True
    WATCHES = ("events",)
    WORDS = Words("events", off="no cluster to ask")
    BINDINGS = [*keys.ROW, *keys.NAMESPACES]
    HINTS = (*keys.ROW, keys.TABLE[1])

    def opening(self) -> None:
        self.rows.order("last")

    def names(self, row: Any) -> str:
        return str(row.object)

    def counts(self) -> list[tuple[str, Tone]]:
        rows = [row for key in self.rows.keys if (row := self.rows.row(key)) is not None]
        warnings = sum(row.health is Health.WARN for row in rows)
        return [(f"{warnings} warnings of {len(rows)}", Health.WARN if warnings else None)] if rows else []
