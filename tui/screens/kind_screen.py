"""A top-level screen that is one table of one kind: filter, sort, namespace, describe, YAML, copy.

Owns how a table behaves. Subclasses say which kind and what its rows can do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import structs
from textual import on
from textual.widget import Widget

from tui import commands, keys
from tui.core.health import Health
from tui.core.store import Delta
from tui.core.table import Tone
from tui.screens import standing
from tui.screens.allowed import guarded, lacking, needs, unseen
from tui.screens.deck import DeckScreen
from tui.screens.document import DocumentScreen
from tui.screens.raw import describe_object, yaml_of_object
from tui.screens.rows import TROUBLE, Rows
from widgets.filter_bar import FilterBar
from widgets.status_bar import StatusBar
from widgets.table import Table


def whole(name: str, row: Any, glyph: Callable[[Health], str]) -> list[tuple[str, Tone]]:
    """A row's full name and reason on one line."""
    why: list[tuple[str, Tone]] = [(f"  {row.why}", None)] if row.why else []
    return [(f"{glyph(row.health)} ", row.health), (name, "strong"), *why]


class KindScreen(DeckScreen):
    """One table. Its cursor stays on its object whatever moves."""

    KIND = ""
    API_KIND = ""
    """The kind to fetch for describe and YAML; empty: the rows are not objects of the API."""
    WORDS = standing.Words("rows")
    NAMESPACED = False
    BINDINGS = [*keys.TABLE]

    rows: Rows

    def body(self) -> Iterable[Widget]:
        """A title line, the table, the row under the cursor in full, the filter."""
        yield StatusBar(id="title")
        yield Table(id="table")
        yield StatusBar(id="row")
        yield FilterBar(id="filter")

    def ready(self) -> None:
        """Show what is known already."""
        self.rows = Rows(self.deck.store.rows(self.KIND), self.KIND, self.deck.glyph)
        self.opening()
        self.table.show(self.rows, self.rows.columns, self.deck.now())
        self.table.focus()
        self._headline()

    def opening(self) -> None:
        """How the table is narrowed when it opens."""

    @property
    def table(self) -> Table:
        """The table."""
        return self.query_one("#table", Table)

    @property
    def current(self) -> Any | None:
        """The row under the cursor."""
        key = self.table.cursor_key
        return None if key is None else self.rows.row(key)

    def renew(self, delta: Delta | None) -> None:
        if delta is None:
            self.rows.rebuild()
            self.table.reorder()
        elif self.rows.update(delta, self.KIND):
            self.table.reorder()
            self.table.refresh_keys(delta.changed.get(self.KIND, ()))
        else:
            self.table.refresh_keys(delta.changed.get(self.KIND, ()))
        self._headline()

    def tick(self) -> None:
        self.table.tick(self.deck.now())
        self._headline()

    def _headline(self) -> None:
        shown, total = len(self.rows.keys), self.rows.total
        source = self.deck.store.source(self.KIND)
        how = standing.standing(
            source, self.WORDS, self.deck.now(), shown=shown, total=total, query=self.rows.narrowed,
            where=self.rows.namespace,
        )  # fmt: skip
        self.table.set_message(how.lines, stale=how.stale)
        left: list[tuple[str, Tone]] = [(f"{self.MODE.upper()} ", "strong"), (self.place(), None)]
        left += [(f"  {text}", tone) for text, tone in self.counts()]
        if self.rows.narrowed:
            left.append((f"  /{self.rows.narrowed}  {shown} of {total}", Health.BUSY))
        if how.note:
            left.append((f"  {self.deck.glyph(how.health)} {how.note}", how.health))
        left += unseen(self.deck, self.KIND)
        self.query_one("#title", StatusBar).show(left, [(self._order_text(), "dim")])
        self.tell_row()

    @on(Table.Highlighted)
    def _highlighted(self) -> None:
        self.tell_row()

    def tell_row(self) -> None:
        """The row under the cursor with nothing cut off: columns are narrow, reasons are long."""
        row = self.current
        self.query_one("#row", StatusBar).show(whole(self.names(row), row, self.deck.glyph) if row is not None else [])

    def names(self, row: Any) -> str:
        """What the row is called."""
        return str(row.name)

    def place(self) -> str:
        """Which part of the cluster is shown."""
        if not self.NAMESPACED or self.rows.namespace:
            return self.rows.namespace
        session = self.deck.session
        seen = session.scopes.get(self.KIND, ()) if session is not None else ()
        return f"only {', '.join(seen)}: the rest is denied" if seen else "all namespaces"

    def counts(self) -> list[tuple[str, Tone]]:
        """The figures of the title line."""
        return [(str(self.rows.total), None)] if self.rows.total else []

    def _order_text(self) -> str:
        if self.rows.sort == TROUBLE:
            return "worst last" if self.rows.descending else "worst first"
        return f"by {self.rows.sort}{' ▼' if self.rows.descending else ' ▲'}"

    def _reshaped(self) -> None:
        self.table.sorted_by(self.rows.sort, self.rows.descending)
        self.table.reorder()
        self._headline()

    # -- narrowing and order

    def action_filter(self) -> None:
        self.query_one("#filter", FilterBar).open(self.rows.query.text)

    @on(FilterBar.Changed)
    def _filter_typed(self, event: FilterBar.Changed) -> None:
        self.rows.narrow(query=event.text)
        event.bar.set_problem(self.rows.query.problem)
        self._reshaped()

    @on(FilterBar.Closed)
    def _filter_closed(self) -> None:
        self.table.focus()

    def action_faults(self) -> None:
        self.rows.narrow(faults=not self.rows.faults)
        self._reshaped()

    def action_sort_column(self, column: str) -> None:
        self.rows.order(column)
        self._reshaped()

    def action_sort_by(self, step: int) -> None:
        ids = [TROUBLE, *(column.id for column in self.rows.columns[1:])]
        place = ids.index(self.rows.sort) if self.rows.sort in ids else 0
        self.action_sort_column(ids[(place + step) % len(ids)])

    def action_reverse(self) -> None:
        self.rows.order(self.rows.sort, not self.rows.descending)
        self._reshaped()

    def action_all_namespaces(self) -> None:
        self.show_namespace("")

    def action_next_namespace(self) -> None:
        names = ["", *sorted({row.namespace for row in self.deck.store.rows(self.KIND).values()})]
        place = names.index(self.rows.namespace) if self.rows.namespace in names else 0
        self.show_namespace(names[(place + 1) % len(names)])

    def show_namespace(self, namespace: str) -> None:
        """Show one namespace, or all when empty; one that was not looked at is from now on."""
        if namespace and self.deck.session is not None:
            self.deck.session.look_at(namespace)
        self.rows.narrow(namespace=namespace)
        self._reshaped()

    def show_row(self, row: Any) -> None:
        """Put the cursor on a row, widening the view when it is hidden."""
        if self.NAMESPACED and self.rows.namespace not in ("", row.namespace):
            self.show_namespace(row.namespace)
        if not self.table.move_to(row.key):
            self.rows.narrow(query="", faults=False)
            self._reshaped()
            self.table.move_to(row.key)

    def show_filter(self, text: str) -> None:
        """Narrow to what matches."""
        self.rows.narrow(query=text)
        self._reshaped()

    async def action_back(self) -> None:
        """First the filter goes, then the screen."""
        if self.rows.query or self.rows.faults:
            self.rows.narrow(query="", faults=False)
            self._reshaped()
            return
        await super().action_back()

    # -- the row

    def object_kind(self) -> str:
        """The kind of the object behind the row under the cursor."""
        return self.API_KIND

    def lacking(self, action: str) -> str:
        namespace = str(getattr(self.current, "namespace", ""))
        return lacking(self.deck, needs(action, self.object_kind()), namespace)

    @on(Table.Selected)
    async def _selected(self) -> None:
        await self.action_open()

    async def action_open(self) -> None:
        """Enter: deeper into the row."""
        self.action_describe()

    @guarded
    def action_describe(self) -> None:
        """Describe the object, with its events."""
        row = self.current
        if row is not None and self.API_KIND:
            load = describe_object(self.deck, self.API_KIND, row.key)
            self.app.push_screen(DocumentScreen(f"describe {self.API_KIND} {row.key}", load))

    @guarded
    def action_yaml(self) -> None:
        """The object as YAML, secrets masked."""
        row = self.current
        if row is not None and self.API_KIND:
            load = yaml_of_object(self.deck, self.API_KIND, row.key)
            self.app.push_screen(DocumentScreen(f"yaml {self.API_KIND} {row.key}", load))

    def action_copy(self) -> None:
        """Put the name on the clipboard of the terminal, where it allows that."""
        if self.current is not None:
            self.app.copy_to_clipboard(self.current.name)
            self.notify(f"sent {self.current.name} to the terminal's clipboard", markup=False)

    def words(self) -> commands.Words:
        return structs.replace(super().words(), columns=[column.id for column in self.rows.columns[1:]])

    async def command(self, command: Any) -> bool:
        match command:
            case commands.SortBy(column):
                if not self.rows.order(column):
                    self.notify(f"no column {column} here", severity="warning", markup=False)
                self._reshaped()
            case commands.SetNamespace(namespace) if self.NAMESPACED:
                self.show_namespace(namespace)
            case commands.Go(_, namespace, text):
                if namespace is not None and self.NAMESPACED:
                    self.show_namespace(namespace)
                if text is not None:
                    self.show_filter(text)
            case _:
                return False
        return True
