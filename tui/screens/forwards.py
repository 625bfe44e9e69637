"""The ports of this machine that lead to pods: where each listens, what went through, what went wrong.

Owns the table. The forwards are the session's: leaving this screen stops none.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.screen import Screen

from tui import keys
from tui.core.table import Column, Tone
from tui.core.units import age, format_bytes
from tui.domain.forward import ForwardRow
from tui.screens.deck import deck_of
from widgets.status_bar import KeyBar, StatusBar
from widgets.table import Table


def _health(row: ForwardRow) -> Tone:
    return row.health


COLUMNS: tuple[Column[ForwardRow], ...] = (
    Column("local", "LOCAL", lambda r, _now: r.address, 15, tone=lambda _r: "strong"),
    Column("pod", "POD", lambda r, _now: r.pod, 16, grow=3, most=60, cut="middle"),
    Column("port", "PORT", lambda r, _now: str(r.remote), 5, right=True),
    Column("open", "OPEN", lambda r, _now: str(r.open), 4, right=True),
    Column("total", "TOTAL", lambda r, _now: str(r.total), 5, right=True, drop=3),
    Column("sent", "SENT", lambda r, _now: format_bytes(Decimal(r.sent)), 7, right=True, drop=2),
    Column("received", "RECEIVED", lambda r, _now: format_bytes(Decimal(r.received)), 8, right=True, drop=2),
    Column("errors", "ERRORS", lambda r, _now: str(r.errors), 6, right=True, tone=_health),
    Column("up", "UP", lambda r, now: age(now - r.since), 6, right=True, ages=True, drop=1),
    Column("why", "WHY", lambda r, _now: r.why, 10, grow=3, drop=4, tone=_health),
)


class _Rows:
    """The forwards of the session, as a table's model."""

    def __init__(self) -> None:
        self.rows: dict[str, ForwardRow] = {}

    @property
    def keys(self) -> list[str]:
        return list(self.rows)

    def cells(self, key: str, columns: Sequence[Column[Any]], now: float) -> list[tuple[str, Tone]]:
        row = self.rows.get(key)
        if row is None:
            return [("", None)] * len(columns)
        return [(column.text(row, now), column.tone(row) if column.tone else None) for column in columns]


class ForwardsScreen(Screen[None]):
    """All forwards, the one under the cursor in full below them."""

    BINDINGS = [*keys.FORWARDS, keys.BACK]

    def compose(self) -> ComposeResult:
        yield StatusBar(id="head")
        yield Table(id="table")
        yield StatusBar(id="row")
        yield KeyBar(id="foot")

    def on_mount(self) -> None:
        self._model = _Rows()
        self.query_one("#foot", KeyBar).show(keys.hints((*keys.FORWARDS, keys.BACK)))
        self.table.show(self._model, COLUMNS, deck_of(self).now())
        self.table.focus()
        self._look()
        self.set_interval(1.0, self._look)

    @property
    def table(self) -> Table:
        """The forwards."""
        return self.query_one("#table", Table)

    @property
    def current(self) -> ForwardRow | None:
        """The row under the cursor."""
        return self._model.rows.get(self.table.cursor_key or "")

    def _look(self) -> None:
        """What the session has now: repaints only what differs."""
        session, before = deck_of(self).session, self._model.rows
        rows = session.forwards.rows if session is not None and session.forwards is not None else []
        self._model.rows = {row.key: row for row in rows}
        if list(before) != self._model.keys:
            self.table.reorder()
        self.table.refresh_keys([row.key for row in rows if before.get(row.key) != row])
        self.table.tick(deck_of(self).now())
        self.table.set_message([] if rows else ["no port leads to a pod; F on a pod leads one"])
        listening = sum(not row.over for row in rows)
        self.query_one("#head", StatusBar).show([("FORWARDS ", "strong"), (f"{listening} listening", None)], [])
        self._whole_row()

    @on(Table.Highlighted)
    def _whole_row(self) -> None:
        row = self.current
        line: list[tuple[str, Tone]] = []
        if row is not None:
            glyph = deck_of(self).glyph(row.health)
            line = [
                (f"{glyph} ", row.health),
                (f"{row.address} → {row.pod} {row.remote}", "strong"),
                (f"  {row.why}", None),
            ]
        self.query_one("#row", StatusBar).show(line)

    def action_stop(self) -> None:
        """Listen no more there."""
        row, session = self.current, deck_of(self).session
        if row is not None and session is not None and session.forwards is not None:
            session.forwards.stop(row.key)
            self._look()
            self.notify(f"{row.address} leads nowhere now", markup=False)

    def action_copy(self) -> None:
        """The address to the terminal's clipboard."""
        if self.current is not None:
            self.app.copy_to_clipboard(self.current.address)
            self.notify(f"sent {self.current.address} to the terminal's clipboard", markup=False)

    def action_back(self) -> None:
        self.dismiss()
