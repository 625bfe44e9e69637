"""The overview's panes: a title line that answers first, then rows, worst first.

Owns what each pane says and wants. Must not know where it stands on the screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, cast

from msgspec import structs
from textual import on
from textual.widget import Widget

from tui.core.health import Health
from tui.core.store import Delta
from tui.core.table import Column, Tone
from tui.screens import extension_page, standing
from tui.screens.allowed import unseen
from tui.screens.deck import Deck
from tui.screens.document import DocumentScreen
from tui.screens.jobs import JobsScreen, job_counts, worst_pod
from tui.screens.kind_screen import KindScreen
from tui.screens.layout import Want
from tui.screens.pane import Pane, Segments
from tui.screens.pods import AZUREML, PodsScreen
from tui.screens.raw import describe_object, yaml_of_object
from tui.screens.rows import Rows
from tui.screens.types import TypesScreen
from widgets.page import Page
from widgets.status_bar import StatusBar
from widgets.table import Table

_FAULTY = (Health.WARN, Health.BAD)


class ExtensionPane(Pane):
    """The extension in two to four lines; where there is room, its cluster, computes and settings too."""

    WATCHES = ("extensions", "clusters", "relays", "buses", "computes")
    MODE = "extension"

    def compose(self) -> Iterable[Widget]:
        yield StatusBar(classes="title")
        yield Page(classes="body")

    def on_mount(self) -> None:
        self._lines: Sequence[Segments] = []
        self._brief = 0
        self._roomy = False
        self.renew(None)

    def want(self) -> Want:
        return Want(2, min(1 + self._brief, 5), 1 + len(self._lines))

    def give(self, height: int | None, *, shown: bool = True) -> None:
        """Without a height of its own it stands in a grid or alone: there is room for all it knows."""
        super().give(height, shown=shown)
        if self._roomy is not (height is None):
            self._roomy = height is None
            self.renew(None)

    def renew(self, delta: Delta | None) -> None:
        store, now = self.deck.store, self.deck.now()
        row = extension_page.chosen(store, self.deck.settings.extension)
        left: Segments = [("EXTENSION  ", "strong")]
        if row is None:
            how = standing.standing(store.source("extensions"), extension_page.WORDS, now, shown=0, total=0)
            note = how.note or "not installed"
            health = how.health if how.note else Health.OFF
            left.append((f"{self.deck.glyph(health)} {note}", health))
            brief: list[Segments] = [[(f"  {line}", None)] for line in extension_page.absent(store, now)]
            rest = extension_page.around(store, now, self.deck.glyph)
        else:
            left += extension_page.headline(row, now, self.deck.glyph)
            left += _note(self.deck, "extensions", extension_page.WORDS, 1)
            brief = [[("  ", None), *line] for line in extension_page.summary(store, row, now, self.deck.glyph)]
            rest = extension_page.more(store, row, now, self.deck.glyph)
        self._brief, self._lines = len(brief), [*brief, *rest] if self._roomy else brief
        self.title(left)
        self.query_one(Page).show(self._lines)

    def tick(self) -> None:
        self.renew(None)

    def take_focus(self) -> None:
        self.query_one(Page).focus()


def _note(deck: Deck, kind: str, words: standing.Words, shown: int) -> Segments:
    how = standing.standing(deck.store.source(kind), words, deck.now(), shown=shown, total=shown)
    return [(f"  {deck.glyph(how.health)} {how.note}", how.health)] if how.note else []


class RowsPane(Pane):
    """A pane that is a small table of one kind, worst first."""

    KIND = ""
    API_KIND = ""
    SCREEN: type[KindScreen] = KindScreen
    WORD = ""
    COLUMNS: ClassVar[dict[str, dict[str, Any]]] = {}
    """Ids of the columns it shows, in this order, with what differs from the column's own screen."""

    def compose(self) -> Iterable[Widget]:
        yield StatusBar(classes="title")
        yield Table(classes="body", show_header=False)

    def on_mount(self) -> None:
        self.rows = Rows(self.deck.store.rows(self.KIND), self.KIND, self.deck.glyph)
        self.narrow()
        self.table.show(self.rows, self._columns(), self.deck.now())
        self._headline()

    def _columns(self) -> list[Column[Any]]:
        by_id = {column.id: column for column in self.rows.columns}
        return [by_id["health"], *(structs.replace(by_id[name], **own) for name, own in self.COLUMNS.items())]

    def narrow(self) -> None:
        """Which rows it shows."""

    @property
    def table(self) -> Table:
        """Its rows."""
        return self.query_one(Table)

    @property
    def current(self) -> Any | None:
        """The row under its cursor."""
        key = self.table.cursor_key
        return None if key is None else self.rows.row(key)

    def want(self) -> Want:
        shown = [self.rows.row(key) for key in self.rows.keys]
        bad = sum(row is not None and row.health in _FAULTY for row in shown)
        return Want(2, 1 + min(bad, 6), 1 + max(1, len(shown)))

    def renew(self, delta: Delta | None) -> None:
        if delta is None:
            self.rows.rebuild()
            self.table.reorder()
        else:
            if self.rows.update(delta, self.KIND):
                self.table.reorder()
            self.table.refresh_keys(delta.changed.get(self.KIND, ()))
        self._headline()

    def tick(self) -> None:
        self.table.tick(self.deck.now())
        self._headline()

    def _headline(self) -> None:
        keys = self.rows.keys
        rows = [row for key in keys if (row := self.rows.row(key)) is not None]
        source = self.deck.store.source(self.KIND)
        shown, where = len(rows), self.rows.namespace
        how = standing.standing(source, self.SCREEN.WORDS, self.deck.now(), shown=shown, total=shown, where=where)
        self.table.set_message(how.lines, stale=how.stale)
        note: Segments = [(f"  {self.deck.glyph(how.health)} {how.note}", how.health)] if how.note else []
        self.title([(f"{self.WORD}  ", "strong"), *self.figures(rows), *note, *unseen(self.deck, self.KIND)])

    def figures(self, rows: list[Any]) -> Segments:
        """The title's answer."""
        return [(str(len(rows)), None)]

    @on(Table.Highlighted)
    def _highlighted(self) -> None:
        self.post_message(self.Moved(self))

    @on(Table.Selected)
    def _selected(self) -> None:
        self.post_message(self.Opened(self))

    def take_focus(self) -> None:
        self.table.focus()

    async def open(self) -> None:
        row = self.current
        await self.deck.go(self.MODE)
        screen = self.app.screen
        if row is not None and isinstance(screen, KindScreen):
            screen.show_row(row)

    @property
    def object_kind(self) -> str:
        return self.API_KIND

    def describe(self) -> None:
        if self.current is not None and self.API_KIND:
            load = describe_object(self.deck, self.API_KIND, self.current.key)
            self.app.push_screen(DocumentScreen(f"describe {self.API_KIND} {self.current.key}", load))

    def yaml(self) -> None:
        if self.current is not None and self.API_KIND:
            load = yaml_of_object(self.deck, self.API_KIND, self.current.key)
            self.app.push_screen(DocumentScreen(f"yaml {self.API_KIND} {self.current.key}", load))


class PodsPane(RowsPane):
    """The pods of the extension."""

    WATCHES = ("pods",)
    KIND = API_KIND = MODE = "pods"
    SCREEN = PodsScreen
    WORD = "PODS"
    COLUMNS: ClassVar[dict[str, dict[str, Any]]] = {
        "name": {"width": 24, "most": 44, "grow": 1},
        "ready": {},
        "status": {"width": 16, "grow": 0},
        "restarts": {"width": 3, "grow": 0, "right": True, "text": lambda row, _now: str(row.restarts)},
        "age": {"width": 6},
        "why": {"width": 16, "grow": 4},
    }

    def narrow(self) -> None:
        self.rows.narrow(namespace=AZUREML)

    def figures(self, rows: list[Any]) -> Segments:
        good = sum(row.health in (Health.GOOD, Health.OFF) for row in rows)
        tone: Tone = Health.GOOD if good == len(rows) else Health.WARN
        return [(f"{AZUREML}  ", None), *([(f"{good}/{len(rows)} healthy", tone)] if rows else [])]

    async def logs(self, *, previous: bool) -> None:
        if self.current is not None:
            await self.deck.open_log(self.current.key, previous=previous)


class TypesPane(RowsPane):
    """The instance types, with what fits now."""

    WATCHES = ("types",)
    KIND = MODE = "types"
    API_KIND = "instancetypes"
    SCREEN = TypesScreen
    WORD = "INSTANCE TYPES"
    COLUMNS: ClassVar[dict[str, dict[str, Any]]] = {
        "name": {"width": 20, "most": 40, "grow": 1},
        "cpu": {"width": 6},
        "memory": {"width": 9},
        "gpus": {},
        "fits": {},
        "why": {"width": 14, "grow": 2},
        "selector": {"width": 12, "grow": 1, "drop": 3},
    }

    def figures(self, rows: list[Any]) -> Segments:
        return [(str(len(rows)), None), ("   cpu, memory, gpu, nodes where one fits now", "dim")] if rows else []


class JobsPane(RowsPane):
    """The training jobs."""

    WATCHES = ("jobs",)
    KIND = MODE = "jobs"
    SCREEN = JobsScreen
    WORD = "JOBS"
    COLUMNS: ClassVar[dict[str, dict[str, Any]]] = {
        "name": {"width": 18, "most": 34, "grow": 1},
        "size": {"width": 12, "grow": 0, "most": 20},
        "status": {"width": 9, "grow": 0},
        "why": {"width": 18, "grow": 4},
        "elapsed": {"width": 6},
        "user": {"width": 6, "most": 14, "grow": 0},
    }

    def figures(self, rows: list[Any]) -> Segments:
        parts = job_counts(rows)
        return [part for figure in parts for part in (figure, (" · ", cast("Tone", "dim")))][:-1]

    @property
    def object_kind(self) -> str:
        return "amljobs"

    async def logs(self, *, previous: bool) -> None:
        row = self.current
        if row is not None and row.pods:
            pod = worst_pod(row)
            await self.deck.open_log(pod.key, pod.container, previous=previous)

    def describe(self) -> None:
        if self.current is not None and self.current.aml_job:
            load = describe_object(self.deck, "amljobs", self.current.aml_job)
            self.app.push_screen(DocumentScreen(f"describe amljobs {self.current.aml_job}", load))
