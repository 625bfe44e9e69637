"""The extension's own screen: every field ARM tells, statuses, errors, settings, cluster, computes."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from tui import keys
from tui.core.store import Delta
from tui.domain.extension import ExtensionRow
from tui.screens import extension_page
from tui.screens.deck import DeckScreen
from tui.screens.document import DocumentScreen
from tui.screens.raw import yaml_of_resource
from widgets.page import Page


class ExtensionScreen(DeckScreen):
    """One page of lines, always as new as the last poll."""

    MODE = "extension"
    WATCHES = ("extensions", "clusters", "relays", "computes")
    BINDINGS = [keys.ROW[1], keys.REFRESH]
    HINTS = (keys.ROW[1], keys.REFRESH)

    def body(self) -> Iterable[Widget]:
        yield Page(id="page")

    def ready(self) -> None:
        self.query_one(Page).wrap = True  # ids are longer than any terminal is wide, and are needed whole
        self.query_one(Page).focus()
        self._show()

    def renew(self, delta: Delta | None) -> None:
        self._show()

    def tick(self) -> None:
        self._show()

    @property
    def row(self) -> ExtensionRow | None:
        """The extension, None while there is none to see."""
        return extension_page.chosen(self.deck.store, self.deck.settings.extension)

    def _show(self) -> None:
        row, now = self.row, self.deck.now()
        if row is None:
            absent = [[(line, None)] for line in extension_page.absent(self.deck.store, now)]
            self.query_one(Page).show([*absent, *extension_page.around(self.deck.store, now, self.deck.glyph)])
        else:
            self.query_one(Page).show(extension_page.page(self.deck.store, row, now, self.deck.glyph))

    def action_yaml(self) -> None:
        """The raw ARM resource, as it answers now."""
        if self.row is not None:
            self.app.push_screen(DocumentScreen(f"yaml {self.row.name}", yaml_of_resource(self.deck, self.row.id)))

    def action_refresh(self) -> None:
        """Ask ARM now rather than at the next poll."""
        if self.deck.session is not None:
            self.deck.session.poll_now()
