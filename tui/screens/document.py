"""A text of many lines over the screen that asked for it: describe, YAML. Search, wrap, copy, save, refresh.

Owns the look at one document. Must not know where it comes from.
"""

from __future__ import annotations

from textual import on, work
from textual.app import ComposeResult
from textual.screen import Screen

from tui import keys
from tui.core.errors import Problem
from tui.core.health import Health
from tui.screens.raw import Load
from tui.screens.saving import save_text
from widgets.filter_bar import FilterBar
from widgets.status_bar import KeyBar, StatusBar
from widgets.text_view import TextView


class DocumentScreen(Screen[None]):
    """One document, loaded on mount and again on `r`."""

    BINDINGS = [*keys.TEXT, *keys.DOCUMENT, keys.BACK]

    def __init__(self, title: str, load: Load) -> None:
        super().__init__()
        self._title, self._load = title, load

    def compose(self) -> ComposeResult:
        yield StatusBar(id="head")
        yield TextView(id="text")
        yield FilterBar(id="filter")
        yield KeyBar(id="foot")

    def on_mount(self) -> None:
        self.query_one("#foot", KeyBar).show(keys.hints((*keys.TEXT, *keys.DOCUMENT, keys.BACK)))
        self._head("loading…")
        self.view.focus()
        self.fetch()

    @property
    def view(self) -> TextView:
        """The text."""
        return self.query_one("#text", TextView)

    @work(group="document", exclusive=True)
    async def fetch(self) -> None:
        """Load, show, or say why not."""
        found = await self._load()
        if isinstance(found, Problem):
            self.view.set_lines([str(found), found.next] if found.next else [str(found)])
            self._head("could not be read", Health.BAD)
            return
        self.view.set_lines(found)
        self._head(f"{len(found)} lines")

    def _head(self, note: str, health: Health | None = None) -> None:
        self.query_one("#head", StatusBar).show([(self._title, "strong")], [(note, health or "dim")])

    def action_refresh(self) -> None:
        self.fetch()

    def action_back(self) -> None:
        if not self.view.clear_search():
            self.dismiss()

    def action_search(self) -> None:
        self.query_one("#filter", FilterBar).open("")

    @on(FilterBar.Changed)
    def _typed(self, event: FilterBar.Changed) -> None:
        self.view.search(event.text)
        self._head(self.view.search_note)

    @on(FilterBar.Closed)
    def _search_closed(self) -> None:
        self.view.focus()
        self._head(self.view.search_note)

    def action_match(self, step: int) -> None:
        self.view.next_match(step)
        self._head(self.view.search_note)

    def action_wrap(self) -> None:
        self.view.wrap = not self.view.wrap

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self.view.text_of_view())
        self.notify("sent what is shown to the terminal's clipboard", markup=False)

    def action_save(self) -> None:
        self.notify(save_text(self._title, self.view.all_lines()), markup=False)
