"""Nodes: readiness, pressure, what they offer, taints."""

from __future__ import annotations

from tui import keys
from tui.core.table import Tone
from tui.screens.kind_screen import KindScreen
from tui.screens.standing import Words


class NodesScreen(KindScreen):
    """The nodes table."""

    MODE = KIND = API_KIND = "nodes"
    WATCHES = ("nodes",)
    WORDS = Words("nodes", off="no cluster to ask")
    BINDINGS = [*keys.ROW]
    HINTS = (*keys.ROW, keys.TABLE[1])

    def counts(self) -> list[tuple[str, Tone]]:
        rows = list(self.deck.store.rows("nodes").values())
        gpus = sum(row.allocatable.gpus for row in rows)
        ready = sum(row.ready for row in rows)
        return [(f"{ready}/{len(rows)} ready  {gpus} GPUs", None)] if rows else []
