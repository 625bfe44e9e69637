"""Every binding has an id, so the config file can move it; an id means one thing."""

from __future__ import annotations

from textual.binding import Binding

from tui import keys
from tui.app import ArcdeckApp


def test_no_binding_of_ours_is_without_an_id() -> None:
    for binding in (*keys._in_widgets(), *ArcdeckApp.BINDINGS):
        assert isinstance(binding, Binding)
        assert binding.id, binding


def test_the_catalogue_knows_what_the_readme_promises() -> None:
    known = keys.catalogue()
    assert {"row.logs", "move.down", "confirm.yes", "filter.clear", "screen.pods", "deck.quit"} <= set(known)
