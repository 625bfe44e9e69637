"""The extension's own screen: every field ARM tells, statuses, errors, settings, cluster, computes."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from tui import keys
from tui.core.facts import Phase
from tui.core.store import Delta
from tui.domain.extension import ExtensionRow
from tui.domain.plans import choice as plan_choice
from tui.screens import extension_page
from tui.screens.deck import DeckScreen
from tui.screens.document import DocumentScreen
from tui.screens.folding import folded
from tui.screens.raw import yaml_of_resource
from widgets.page import Page


class ExtensionScreen(DeckScreen):
    """One page of lines, always as new as the last poll."""

    MODE = "extension"
    WATCHES = ("extensions", "clusters", "relays", "buses", "computes")
    BINDINGS = [*keys.EXTENSION, keys.ROW[1], keys.REFRESH]
    HINTS = (*keys.EXTENSION, keys.ROW[1], keys.REFRESH)

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

    @property
    def _target(self) -> str:
        """What there is progress of: the extension, or the one that was worked on last."""
        if self.row is not None:
            return self.row.id
        extension = self.deck.session.extension if self.deck.session is not None else None
        return extension.witness.target if extension is not None else ""

    def on_resize(self) -> None:
        """Lines are folded anew."""
        self._show()

    def _show(self) -> None:
        self.query_one(Page).show(folded(self._lines(), self.app.size.width))

    def _lines(self) -> list[extension_page.Line]:
        store, row, now = self.deck.store, self.row, self.deck.now()
        if row is not None:
            return extension_page.page(store, row, now, self.deck.glyph)
        absent: list[extension_page.Line] = [[(line, None)] for line in extension_page.absent(store, now)]
        if store.source("extensions").phase is Phase.LIVE:
            absent.append([("f looks at what an install would meet, e installs it", "dim")])
        return [*absent, *extension_page.around(store, now, self.deck.glyph)]

    def action_yaml(self) -> None:
        """The raw ARM resource, as it answers now."""
        if self.row is not None:
            self.app.push_screen(DocumentScreen(f"yaml {self.row.name}", yaml_of_resource(self.deck, self.row.id)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing that writes exists in read-only mode; nor what takes an extension without one."""
        if action in ("delete", "force_delete"):
            return self.row is not None and not self.deck.settings.read_only
        return self._target != "" if action == "progress" else action != "yaml" or self.row is not None

    def action_preflight(self) -> None:
        """What an install, or the settings as they are, would meet here."""
        from tui.screens.preflight import PreflightScreen

        self.app.push_screen(PreflightScreen(plan_choice.draft_of(self.row)))

    def action_settings(self) -> None:
        """Install it, or change its settings."""
        from tui.screens.settings import SettingsScreen

        self.app.push_screen(SettingsScreen())

    def action_progress(self) -> None:
        """What goes on, or went on last."""
        from tui.screens.progress import ProgressScreen

        self.app.push_screen(ProgressScreen(self._target))

    def action_delete(self) -> None:
        """Take it away, after a plan that says what goes and what stays."""
        from tui.screens.extension_errands import plan_removal

        plan_removal(self)

    def action_force_delete(self) -> None:
        """Have ARM forget it, whatever the cluster says: for a delete that hangs."""
        from tui.screens.extension_errands import plan_removal

        plan_removal(self, force=True)

    def action_refresh(self) -> None:
        """Ask ARM now rather than at the next poll."""
        if self.deck.session is not None:
            self.deck.session.poll_now()
