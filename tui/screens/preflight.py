"""What an install would meet on this cluster: findings worst first, each with its evidence and the setting it implies.

Owns the look at them. What is looked at is the session's errand, what it means is `domain.preflight`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from textual import on, work
from textual.app import ComposeResult
from textual.screen import Screen

from tui import keys
from tui.core.health import Health
from tui.core.table import Column, Tone
from tui.domain.draft import Draft
from tui.domain.note import Note
from tui.screens.deck import Deck, deck_of
from tui.screens.plan_page import note_lines
from widgets.page import Page
from widgets.status_bar import KeyBar, StatusBar
from widgets.table import Table

_ORDER: Final = (Health.BAD, Health.UNKNOWN, Health.WARN, Health.STALE, Health.BUSY, Health.GOOD, Health.OFF)
_WORDS: Final = {Health.BAD: "in the way", Health.UNKNOWN: "to ask", Health.WARN: "to heed", Health.GOOD: "fine"}


def _tone(note: Note) -> Tone:
    return note.health


COLUMNS: Final[tuple[Column[Note], ...]] = (
    Column(
        "what",
        "FINDING",
        lambda n, _now: n.what,
        30,
        grow=4,
    ),
    Column("sets", "SET", lambda n, _now: " ".join(f"{k}={v}" for k, v in n.implies.items()), 12, grow=2, drop=1),
    Column("evidence", "SEEN", lambda n, _now: n.evidence, 16, grow=3, drop=2, tone=lambda _n: "dim"),
)


class _Notes:
    """Findings as a table's model: by their place, worst first."""

    def __init__(self, deck: Deck) -> None:
        self._deck = deck
        self.notes: list[Note] = []
        glyph: Column[Note] = Column("health", "", lambda n, _now: deck.glyph(n.health), 1, tone=_tone)
        self.columns = (glyph, *COLUMNS)

    def take(self, notes: Sequence[Note]) -> None:
        self.notes = sorted(notes, key=lambda note: _ORDER.index(note.health))

    @property
    def keys(self) -> list[str]:
        return [str(place) for place in range(len(self.notes))]

    def cells(self, key: str, columns: Sequence[Column[Any]], now: float) -> list[tuple[str, Tone]]:
        note = self.notes[int(key)]
        return [(column.text(note, now), column.tone(note) if column.tone else None) for column in columns]


class PreflightScreen(Screen[None]):
    """The findings for a draft, looked for when it opens and again on `r`."""

    BINDINGS = [*keys.PREFLIGHT, keys.BACK]
    DEFAULT_CSS = """
    PreflightScreen #detail { height: 6; border-top: solid $panel; }
    """

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self._draft = draft

    def compose(self) -> ComposeResult:
        yield StatusBar(id="head")
        yield Table(id="table")
        yield Page(id="detail")
        yield KeyBar(id="foot")

    def on_mount(self) -> None:
        deck = deck_of(self)
        self._model = _Notes(deck)
        self.query_one("#detail", Page).wrap = True
        self.query_one("#foot", KeyBar).show(keys.hints((*keys.PREFLIGHT, keys.BACK)))
        self.table.show(self._model, self._model.columns, deck.now())
        self.table.focus()
        self.look()

    @property
    def table(self) -> Table:
        """The findings."""
        return self.query_one("#table", Table)

    @work(group="preflight", exclusive=True)
    async def look(self) -> None:
        """Look at the cluster, the subscription and our rights."""
        session = deck_of(self).session
        self.table.set_message(["looking at the cluster, the subscription and our rights…"])
        self._head("looking…")
        if session is None or session.extension is None:
            self.table.set_message(["not connected yet; r looks again"])
            return
        _seen, notes = await session.extension.preflight(session.target.cluster_id, self._draft)
        self._model.take(notes)
        self.table.reorder()
        self._head("")
        self._tell()

    def _head(self, note: str) -> None:
        counts = {health: sum(n.health is health for n in self._model.notes) for health in _WORDS}
        left: list[tuple[str, Tone]] = [("PREFLIGHT  ", "strong")]
        left += [(f"{count} {_WORDS[health]}  ", health) for health, count in counts.items() if count]
        self.query_one("#head", StatusBar).show(left, [(note, "dim")])

    @on(Table.Highlighted)
    def _tell(self) -> None:
        """The finding under the cursor with nothing cut off."""
        key = self.table.cursor_key
        note = self._model.notes[int(key)] if key is not None else None
        self.query_one("#detail", Page).show(note_lines(note, deck_of(self).glyph) if note is not None else [])

    def action_refresh(self) -> None:
        self.look()

    def action_settings(self) -> None:
        """The settings form, with what the findings imply filled in."""
        from tui.domain.preflight import implied
        from tui.screens.settings import SettingsScreen

        self.app.push_screen(SettingsScreen(self._draft, implied(self._model.notes)))

    def action_back(self) -> None:
        self.dismiss()
