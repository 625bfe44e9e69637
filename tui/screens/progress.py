"""An install, an update or a delete of the extension while it goes on, and why it failed.

Owns the look at it. Leaving stops nothing: the session follows and records whatever screen is shown.
"""

from __future__ import annotations

from textual import work
from textual.app import ComposeResult
from textual.screen import Screen

from tui import keys
from tui.core.health import Health
from tui.core.store import Delta
from tui.core.table import Tone
from tui.domain import arm_id
from tui.domain.component import NAMESPACE
from tui.domain.event import EventRow
from tui.domain.kinds import WORKLOADS
from tui.domain.plans.work import NAME, WorkRow
from tui.domain.pod import PodRow
from tui.domain.progress.health_check import POD
from tui.domain.progress.progress import Progress, progress
from tui.screens import progress_page
from tui.screens.deck import Deck, deck_of
from tui.screens.folding import folded
from widgets.page import Page
from widgets.status_bar import KeyBar, StatusBar

WATCHES = (NAME, "extensions", "pods", "events", *(kind.name for kind in WORKLOADS))
_EVENTS = 12
"""Newest events that are shown."""
_LINES = 20
"""Last lines of the health check's log."""


class ProgressScreen(Screen[None]):
    """The operation on one extension."""

    BINDINGS = [*keys.PROGRESS, keys.BACK]

    def __init__(self, target: str) -> None:
        super().__init__()
        self._target = target
        self._found: Progress | None = None

    @property
    def deck(self) -> Deck:
        """The app."""
        return deck_of(self)

    def compose(self) -> ComposeResult:
        yield StatusBar(id="head")
        yield Page(id="page")
        yield KeyBar(id="foot")

    def on_mount(self) -> None:
        page = self.query_one("#page", Page)
        page.wrap = True
        page.focus()
        self.deck.changes.subscribe(self, self._news)
        self.set_interval(1.0, self._show)
        if self.deck.session is not None:
            self.deck.session.watch_workloads()
        self._recall()
        self._show()

    @work(group="recall", exclusive=True)
    async def _recall(self) -> None:
        """What an earlier run of arcdeck saw."""
        session = self.deck.session
        if session is not None and session.extension is not None:
            await session.extension.witness.recall(self._target)
            self._show()

    def _news(self, delta: Delta) -> None:
        if delta.touches(*WATCHES):
            self._show()

    def _show(self) -> None:
        if not self.is_current:
            return
        deck, session = self.deck, self.deck.session
        if session is None or session.extension is None:
            self.query_one("#page", Page).show([[("not connected yet", "dim")]])
            return
        now, row = deck.now(), self._work()
        found = self._found = progress(session.extension.sight(), now)
        name = arm_id.name(self._target) or "extension"
        left: list[tuple[str, Tone]] = [(f"{found.verb.upper()} {name}  ", "strong")]
        left += progress_page.head(found, row, now, deck.glyph)
        standing = "" if row is not None and progress_page.early(row) else found.standing
        self.query_one("#head", StatusBar).show(left, [(standing, "dim")])
        log = session.extension.witness.recording.logs.get(POD, ()) if found.verb != "delete" else ()
        lines = progress_page.page(
            found, row, self._events(found.begun), log[-_LINES:], now, deck.glyph,
            context=session.extension.witness.context,
        )  # fmt: skip
        problem = session.extension.witness.problem
        if problem is not None:
            lines = [[(f"{deck.glyph(Health.WARN)} {problem}; {problem.next}", Health.WARN)], [], *lines]
        self.query_one("#page", Page).show(folded(lines, self.app.size.width))
        self._show_keys()

    def _show_keys(self) -> None:
        shown = [each for each in keys.PROGRESS if self.check_action(each.action, ())]
        self.query_one("#foot", KeyBar).show([*keys.hints(shown), ("esc", "back"), keys.HELP])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Settings are looked at again once it failed; a log is there while a pod is."""
        if action == "settings":
            return self._found is not None and self._found.over and self._found.outcome != "succeeded"
        return action != "logs" or bool(self._pods())

    def on_resize(self) -> None:
        """Lines are folded anew."""
        self._show()

    def _work(self) -> WorkRow | None:
        row: WorkRow | None = self.deck.store.get(NAME, self._target.lower())
        return row

    def _events(self, begun: float) -> list[EventRow]:
        """The newest of the namespace since it began."""
        rows = self.deck.store.rows("events").values()
        ours = [row for row in rows if row.namespace == NAMESPACE and (row.last or 0.0) >= begun - 60]
        return sorted(ours, key=lambda row: row.last or 0.0, reverse=True)[:_EVENTS]

    async def action_logs(self) -> None:
        """The log of the pod in most trouble."""
        worst = max(self._pods(), key=lambda row: int(row.health))
        await self.deck.open_log(worst.key)

    def _pods(self) -> list[PodRow]:
        return [row for row in self.deck.store.rows("pods").values() if row.namespace == NAMESPACE]

    def action_settings(self) -> None:
        """Try again: the form, with what the causes imply filled in."""
        from tui.screens.settings import SettingsScreen

        causes = self._found.diagnosis if self._found is not None else ()
        implied = {key: value for one in reversed(causes) for key, value in one.implies.items() if value}
        self.app.push_screen(SettingsScreen(None, implied))

    def action_refresh(self) -> None:
        """Ask ARM now rather than at the next poll."""
        if self.deck.session is not None:
            self.deck.session.poll_now()

    def action_back(self) -> None:
        self.dismiss()
