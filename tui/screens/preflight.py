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
from tui.domain.plans.draft import Draft
from tui.domain.plans.note import Note
from tui.domain.preflight import implied, questions
from tui.screens.deck import Deck, deck_of
from tui.screens.folding import folded
from tui.screens.plan_page import note_lines
from widgets.page import Page
from widgets.status_bar import KeyBar, StatusBar
from widgets.table import Table

_ORDER: Final = (Health.BAD, Health.UNKNOWN, Health.WARN, Health.STALE, Health.BUSY, Health.GOOD, Health.OFF)
_WORDS: Final = {Health.BAD: "in the way", Health.UNKNOWN: "to ask", Health.WARN: "to heed", Health.GOOD: "fine"}


def is_question(note: Note) -> bool:
    """It could not be seen, and a yes means a setting."""
    return bool(questions([note]))


def _words(note: Note) -> str:
    return " ".join(f"{key}={value}" for key, value in note.implies.items())


COLUMNS: Final[tuple[Column[Note], ...]] = (
    Column("sets", "SET", lambda n, _now: _words(n), 22, grow=2, most=40, cut="middle", drop=1),
    Column("evidence", "SEEN", lambda n, _now: n.evidence, 30, grow=3, drop=2, tone=lambda _n: "dim"),
)
"""Beside the finding, where there is room: the pane below has both of the one under the cursor."""


class _Notes:
    """Findings as a table's model: by their place, worst first; and which questions were answered with yes."""

    def __init__(self, deck: Deck) -> None:
        self.notes: list[Note] = []
        self._yes: set[str] = set()
        glyph: Column[Note] = Column("health", "", lambda n, _now: deck.glyph(self.health(n)), 1, tone=self.health)
        what: Column[Note] = Column("what", "FINDING", lambda n, _now: self._what(n), 58, grow=4)
        self.columns = (glyph, what, *COLUMNS)

    def health(self, note: Note) -> Health:
        """An answered question is none any more."""
        return Health.GOOD if note.code in self._yes else note.health

    def _what(self, note: Note) -> str:
        return f"yes: {note.what}" if note.code in self._yes else note.what

    def turn(self, note: Note) -> None:
        """Answer with yes, or take it back."""
        self._yes ^= {note.code}

    @property
    def implied(self) -> dict[str, str]:
        """What follows from what was seen, and from the answers."""
        answered = [note for note in self.notes if is_question(note) and note.code in self._yes]
        return {**implied(self.notes), **{key: value for note in answered for key, value in note.implies.items()}}

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
        counts = {health: sum(self._model.health(n) is health for n in self._model.notes) for health in _WORDS}
        left: list[tuple[str, Tone]] = [("PREFLIGHT  ", "strong")]
        left += [(f"{count} {_WORDS[health]}  ", health) for health, count in counts.items() if count]
        self.query_one("#head", StatusBar).show(left, [(note, "dim")])

    @on(Table.Highlighted)
    def _tell(self) -> None:
        """The finding under the cursor with nothing cut off."""
        note = self.note
        lines = note_lines(note, deck_of(self).glyph) if note is not None else []
        self.query_one("#detail", Page).show(folded(lines, self.app.size.width))
        shown = [each for each in keys.PREFLIGHT if self.check_action(each.action, ())]
        self.query_one("#foot", KeyBar).show([*keys.hints(shown), ("esc", "back"), keys.HELP])

    def on_resize(self) -> None:
        """Lines are folded anew."""
        self._tell()

    @property
    def note(self) -> Note | None:
        """The finding under the cursor."""
        key = self.table.cursor_key
        return self._model.notes[int(key)] if key is not None else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a question can be answered."""
        return action != "answer" or (self.note is not None and is_question(self.note))

    def action_answer(self) -> None:
        """Yes: what it implies is among what the settings are filled with."""
        if self.note is not None:
            self._model.turn(self.note)
            self.table.refresh_keys(self._model.keys)
            self._head("")

    def action_refresh(self) -> None:
        self.look()

    def action_settings(self) -> None:
        """The settings form, with what the findings imply filled in."""
        from tui.screens.settings import SettingsScreen

        self.app.push_screen(SettingsScreen(self._draft, self._model.implied))

    def action_back(self) -> None:
        self.dismiss()
