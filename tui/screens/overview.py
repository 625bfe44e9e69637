"""The first screen: four panes and a live log, problems first.

Owns the arrangement: stacked and sized by `layout.allot` on a small screen, two by two above a log on a large
one. Each pane is a widget of `panes`; here they are placed, walked through, enlarged.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual import events, on
from textual.containers import Container
from textual.widget import Widget

from tui import keys
from tui.core.store import Delta
from tui.screens.allowed import guarded, lacking, needs
from tui.screens.deck import DeckScreen
from tui.screens.kind_screen import whole
from tui.screens.layout import allot, together
from tui.screens.pane import Pane
from tui.screens.panes import ExtensionPane, JobsPane, PodsPane, TypesPane
from tui.screens.tail import LogPane
from widgets.status_bar import StatusBar

_WIDE = 120
_HIGH = 36
"""From this size on the panes stand two by two."""
_AROUND = 3
"""Lines round the panes: head, the row under the cursor, foot."""


class OverviewScreen(DeckScreen):
    """Extension, pods, instance types, jobs, and the log of the selected job."""

    MODE = "overview"
    WATCHES = ("extensions", "clusters", "relays", "buses", "computes", "pods", "types", "jobs")
    BINDINGS = [*keys.OVERVIEW, *keys.ROW, *keys.LOGS_OF_ROW]
    HINTS = keys.OVERVIEW
    DEFAULT_CSS = """
    OverviewScreen #panes { height: 1fr; layout: vertical; }
    OverviewScreen.-grid #panes { layout: grid; grid-size: 2 3; grid-gutter: 0 2; }
    OverviewScreen.-grid LogPane { column-span: 2; }
    OverviewScreen.-enlarged #panes { layout: vertical; }
    """

    def body(self) -> Iterable[Widget]:
        with Container(id="panes"):
            yield ExtensionPane(classes="pane")
            yield PodsPane(classes="pane")
            yield TypesPane(classes="pane")
            yield JobsPane(classes="pane")
            yield LogPane(classes="pane")
        yield StatusBar(id="row")

    def ready(self) -> None:
        self._large: Pane | None = None
        self._arrange()
        self.query_one(PodsPane).take_focus()

    @property
    def panes(self) -> list[Pane]:
        """Top to bottom."""
        return list(self.query(Pane))

    def renew(self, delta: Delta | None) -> None:
        for pane in self.panes:
            if delta is None or delta.touches(*pane.WATCHES):
                pane.renew(delta)
        self._arrange()
        self._tail()
        self._whole_row()

    def tick(self) -> None:
        for pane in self.panes:
            pane.tick()
        self._arrange()

    @on(events.Resize)
    def _resized(self) -> None:
        if self.is_mounted:
            self._arrange()

    def _arrange(self) -> None:
        """Heights follow what the panes have to say, one under the other or two by two."""
        grid = self.size.width >= _WIDE and self.size.height >= _HIGH
        self.set_class(grid, "-grid")
        self.set_class(self._large is not None, "-enlarged")
        panes, room = self.panes, self.size.height - _AROUND
        heights: list[int | None] = [None] * len(panes)
        if grid and self._large is None:
            rows = allot(room, together([pane.want() for pane in panes], 2))
            self.query_one("#panes").styles.grid_rows = " ".join(map(str, rows))
        elif self._large is None:
            heights = list(allot(room, [pane.want() for pane in panes]))
        for pane, height in zip(panes, heights, strict=True):
            pane.give(height, shown=self._large in (None, pane))

    def _tail(self) -> None:
        self.query_one(LogPane).follow(self.query_one(JobsPane).current)

    @on(Pane.Moved)
    def _moved(self, event: Pane.Moved) -> None:
        if isinstance(event.pane, JobsPane):
            self._tail()
        self._whole_row()

    @on(events.DescendantFocus)
    def _whole_row(self) -> None:
        """The row under the cursor of the pane in focus, with nothing cut off."""
        row = self.pane.current if self.pane is not None else None
        self.query_one("#row", StatusBar).show(whole(row.name, row, self.deck.glyph) if row is not None else [])

    def hints(self) -> list[tuple[str, str]]:
        """On a narrow screen the names of the eight screens are worth more than keys that ? tells."""
        return super().hints() if self.size.width >= _WIDE else []

    @property
    def pane(self) -> Pane | None:
        """The pane that has the focus."""
        return next((pane for pane in self.panes if pane.has_focus_within), None)

    def action_pane(self, step: int) -> None:
        walk = [pane for pane in self.panes if pane.display and pane.can_take_focus]
        place = walk.index(self.pane) if self.pane in walk else -1
        walk[(place + step) % len(walk)].take_focus()

    def action_enlarge(self) -> None:
        self._large = None if self._large is not None else self.pane
        self._arrange()

    async def action_back(self) -> None:
        if self._large is not None:
            self.action_enlarge()

    async def action_open(self) -> None:
        """Enter: the pane's own screen, on the same row."""
        if self.pane is not None:
            await self.pane.open()

    @on(Pane.Opened)
    async def _opened(self, event: Pane.Opened) -> None:
        await event.pane.open()

    def lacking(self, action: str) -> str:
        if self.pane is None or self.pane.current is None:
            return ""
        namespace = str(getattr(self.pane.current, "namespace", ""))
        return lacking(self.deck, needs(action, self.pane.object_kind), namespace)

    @guarded
    async def action_logs(self) -> None:
        if self.pane is not None:
            await self.pane.logs(previous=False)

    @guarded
    async def action_previous(self) -> None:
        if self.pane is not None:
            await self.pane.logs(previous=True)

    @guarded
    def action_describe(self) -> None:
        if self.pane is not None:
            self.pane.describe()

    @guarded
    def action_yaml(self) -> None:
        if self.pane is not None:
            self.pane.yaml()
