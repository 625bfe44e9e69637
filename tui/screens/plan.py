"""The plan before it is run: everything that will be sent, what follows from it, and the question.

Returns True only for a clear yes; what cannot be undone asks for a name to be typed. A plan with a note that blocks
can be read but not run.
"""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import Screen

from tui import keys
from tui.core.health import Health
from tui.core.table import Tone
from tui.domain import arm_id
from tui.domain.plans.plan import Plan
from tui.screens import plan_page
from tui.screens.deck import deck_of
from tui.screens.folding import folded
from widgets.ask import AskScreen
from widgets.page import Page
from widgets.status_bar import KeyBar, StatusBar


class PlanScreen(Screen[bool]):
    """One plan."""

    BINDINGS = [*keys.PLAN]

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self._plan, self._bodies = plan, False

    def compose(self) -> ComposeResult:
        yield StatusBar(id="head")
        yield Page(id="page")
        yield KeyBar(id="foot")

    def on_mount(self) -> None:
        page = self.query_one("#page", Page)
        page.wrap = True
        page.focus()
        self._show()

    @property
    def runs(self) -> bool:
        """Whether it can be run: there is something to send and nothing that forbids it."""
        return bool(self._plan.steps) and not self._plan.blocked and not deck_of(self).settings.read_only

    def _show(self) -> None:
        plan, deck = self._plan, deck_of(self)
        count = len(plan.steps)
        note: tuple[str, Tone] = (f"{count} request{'s' if count != 1 else ''}", "dim")
        if plan.blocked:
            note = (f"{deck.glyph(Health.BAD)} {len(plan.blocked)} in the way", Health.BAD)
        left: list[tuple[str, Tone]] = [(f"PLAN {plan.verb} {arm_id.name(plan.target)}  ", "strong"), note]
        self.query_one("#head", StatusBar).show(left, [("nothing is sent yet", "dim")])
        lines = plan_page.page(plan, deck.glyph, bodies=self._bodies)
        self.query_one("#page", Page).show(folded(lines, self.app.size.width))
        shown = keys.PLAN if self.runs else [each for each in keys.PLAN if each.action != "run"]
        self.query_one("#foot", KeyBar).show([*keys.hints(shown), keys.HELP])

    def on_resize(self) -> None:
        """Lines are folded anew."""
        self._show()

    def action_bodies(self) -> None:
        """Show or hide what each request carries."""
        self._bodies = not self._bodies
        self._show()

    def action_run(self) -> None:
        """Yes; a plan that destroys something wants its name typed."""
        word = self._plan.name_to_type
        if not self.runs:
            read_only = deck_of(self).settings.read_only
            why = "read-only: nothing is sent" if read_only else "not while something is in the way"
            self.notify(why, severity="warning", markup=False)
        elif word:
            hints = [*self._plan.lasting, f"type {word} to go on"]
            self.app.push_screen(AskScreen("name", hints=hints, judge=lambda text: _same(text, word)), self._typed)
        else:
            self.dismiss(True)

    def _typed(self, text: str | None) -> None:
        if text is not None:
            self.dismiss(True)

    def action_leave(self) -> None:
        self.dismiss(False)


def _same(text: str, word: str) -> str:
    return "" if text == word else "that is something else; nothing was sent"
