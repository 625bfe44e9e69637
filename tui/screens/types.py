"""Instance types with what each means on this cluster; from here the editor."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from tui import keys
from tui.core.health import Health
from tui.core.table import Tone
from tui.domain.type_fit import TypeRow
from tui.screens import type_page
from tui.screens.allowed import guarded
from tui.screens.kind_screen import KindScreen
from tui.screens.standing import Words
from widgets.page import Page

_WIDE = 120
"""From this width on the detail stands beside the table."""


class TypesScreen(KindScreen):
    """The types table, with the detail of the row beside or below it."""

    MODE = KIND = "types"
    API_KIND = "instancetypes"
    WATCHES = ("types", "nodes", "pods", "jobs")
    WORDS = Words(
        "instance types",
        missing="the InstanceType API is not installed",
        missing_next="it comes with the extension",
        off="no cluster to ask",
    )
    BINDINGS = [*keys.ROW, *keys.TYPES]
    HINTS = (*keys.TYPES, *keys.ROW, keys.TABLE[1])
    DEFAULT_CSS = """
    TypesScreen #detail { height: 9; }
    TypesScreen.-wide #side { layout: horizontal; }
    TypesScreen.-wide #side Table { width: 2fr; }
    TypesScreen.-wide #detail { width: 1fr; height: 1fr; padding-left: 2; }
    """

    def body(self) -> Iterable[Widget]:
        title, table, _row, bar = super().body()
        from textual.containers import Container

        yield title
        with Container(id="side"):
            yield table
            yield Page(id="detail")
        yield bar

    def on_resize(self) -> None:
        self.set_class(self.size.width >= _WIDE, "-wide")

    def counts(self) -> list[tuple[str, Tone]]:
        rows = self.deck.store.rows("types").values()
        unfit = sum(row.health in (Health.WARN, Health.BAD) for row in rows)
        return [(f"{len(rows)}", None), *([(f"{unfit} in trouble", Health.WARN)] if unfit else [])]

    def ready(self) -> None:
        self.query_one("#detail", Page).wrap = True  # names of nodes and labels are longer than the room beside a table
        super().ready()

    def tell_row(self) -> None:
        """The type under the cursor: what it means on this cluster."""
        row: TypeRow | None = self.current
        lines = type_page.detail(self.deck.store, row, self.deck.glyph) if row is not None else []
        self.query_one("#detail", Page).show(lines)

    async def action_open(self) -> None:
        """Enter: the editor, which is also the whole detail; for who may not edit, the object."""
        if self.deck.settings.read_only or self.lacking("edit"):
            self.action_describe()
        else:
            self.action_edit()

    @guarded
    def action_edit(self) -> None:
        row: TypeRow | None = self.current
        if row is not None:
            self._editor(row.name, new=row.built_in)

    @guarded
    def action_add(self) -> None:
        self._editor("", new=True)

    def _editor(self, name: str, *, new: bool) -> None:
        from tui.screens.editor import EditorScreen  # with yaml: not before the first frame

        self.app.push_screen(EditorScreen(name, new=new))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing that writes exists in read-only mode."""
        return not (action in ("edit", "add") and self.deck.settings.read_only)
