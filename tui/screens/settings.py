"""The settings form: what an install or an update would set, judged as one types; from here the plan.

Nothing is sent from here. Values that differ from the default and from what is live are marked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from msgspec.structs import replace
from textual import on, work
from textual.app import ComposeResult
from textual.screen import Screen

from tui import keys
from tui.client.small_file import read_file
from tui.core.errors import Problem
from tui.core.health import Health
from tui.core.table import Tone
from tui.core.text import clean
from tui.domain.plans import choice as plan_choice
from tui.domain.plans.draft import Draft
from tui.domain.settings import arguments as settings_arguments
from tui.domain.settings import json_text as settings_json
from tui.domain.settings import text as settings_text
from tui.domain.settings.catalogue import find
from tui.screens.deck import Deck, deck_of
from tui.screens.document import DocumentScreen
from tui.screens.extension_errands import plan_wished
from tui.screens.folding import folded
from tui.screens.plan_page import note_lines
from tui.screens.settings_model import RELEASE, Form
from widgets.ask import AskScreen
from widgets.confirm import Confirm
from widgets.filter_bar import FilterBar
from widgets.page import Page
from widgets.status_bar import KeyBar, StatusBar
from widgets.table import Table


class SettingsScreen(Screen[None]):
    """One draft."""

    BINDINGS = [*keys.SETTINGS, keys.TABLE[1], keys.TABLE[2], keys.BACK]
    DEFAULT_CSS = """
    SettingsScreen #detail { height: 5; border-top: solid $panel; }
    """

    def __init__(self, draft: Draft | None = None, implied: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self._given, self._implied = draft, dict(implied or {})

    @property
    def deck(self) -> Deck:
        """The app."""
        return deck_of(self)

    def compose(self) -> ComposeResult:
        yield StatusBar(id="head")
        yield Table(id="table")
        yield Page(id="detail")
        yield FilterBar(id="filter")
        yield KeyBar(id="foot")

    def on_mount(self) -> None:
        rows = self.deck.store.by_kind()
        live = plan_choice.live_of(rows)
        draft = self._given or plan_choice.draft_of(live)
        draft = replace(draft, settings={**draft.settings, **self._implied})
        self.form = Form(self.deck, draft, live, plan_choice.site(rows, live))
        self._opened = draft
        self.query_one("#detail", Page).wrap = True
        self.query_one("#foot", KeyBar).show([*keys.hints(keys.SETTINGS), keys.HELP])
        self.table.show(self.form, self.form.columns, self.deck.now())
        self.table.focus()
        self._show()

    @property
    def table(self) -> Table:
        """The rows."""
        return self.query_one("#table", Table)

    def _take(self, draft: Draft) -> None:
        self.form.take(draft)
        self.table.reorder()
        self.table.refresh_keys(self.form.keys)
        self._show()

    def _show(self) -> None:
        form = self.form
        errors = sum(note.blocks for note in form.notes)
        state: tuple[str, Tone] = (f"{errors} in the way", Health.BAD) if errors else ("sound", Health.GOOD)
        what = "update" if form.updates else "install"
        left: list[tuple[str, Tone]] = [(f"SETTINGS {form.draft.name}  ", "strong"), (f"{what}  ", None), state]
        left.append((f"  {form.changes} {'changed' if form.updates else 'given'}", "dim"))
        if form.live is not None and form.live.in_progress:
            left.append((f"  {self.deck.glyph(Health.WARN)} {form.live.raw_state} goes on", Health.WARN))
        elif not self.deck.store.source("extensions").known:
            left.append((f"  {self.deck.glyph(Health.UNKNOWN)} what is installed is not seen", Health.UNKNOWN))
        self.query_one("#head", StatusBar).show(left, [("nothing is sent from here", "dim")])
        self._tell()

    @on(Table.Highlighted)
    def _tell(self) -> None:
        """The row under the cursor: what it means, and all that is said of it; without such the draft's worst."""
        field = self.form.field(self.table.cursor_key)
        notes = list(field.notes) if field is not None else []
        if field is not None and field.group == RELEASE:
            notes = list(self.form.general)
        lines: list[list[tuple[str, Tone]]] = [[(field.key, "strong"), (f"  {field.meaning}", None)]] if field else []
        for note in notes or self.form.notes[:1]:
            lines += note_lines(note, self.deck.glyph)
        self.query_one("#detail", Page).show(folded(lines, self.app.size.width))

    def on_resize(self) -> None:
        """Lines are folded anew."""
        self._tell()

    # -- one row

    @on(Table.Selected)
    def _selected(self) -> None:
        field = self.form.field(self.table.cursor_key)
        if field is None:
            return
        turned = self.form.turned(field)
        if turned is not None:
            self._take(turned)
        else:
            self._ask(field.key, "" if field.protected else field.value, secret=field.protected)

    @work(group="ask", exclusive=True)
    async def _ask(self, key: str, value: str, *, secret: bool) -> None:
        known = find(key)
        hints = [known.meaning] if known is not None else []
        hints += ["the value, or @ and the path of a file that holds it"] if secret else []
        filed = known is not None and known.kind == "file"
        text = await self.app.push_screen_wait(AskScreen(key, value, hints=hints, secret=secret))
        while secret and text and (filed or text.startswith("@")):
            found = await asyncio.to_thread(read_file, text.removeprefix("@"))
            if not isinstance(found, Problem):
                text = found
                break
            text = await self.app.push_screen_wait(AskScreen(key, hints=hints, problem=str(found), secret=True))
        if text is not None:
            self._take(self.form.put(key, text) if text else self.form.unset(key))

    def action_unset(self) -> None:
        """Back to what is live, or to the default."""
        if self.table.cursor_key is not None:
            self._take(self.form.unset(self.table.cursor_key))

    @work(group="ask", exclusive=True)
    async def action_add(self) -> None:
        """Another key than those of the catalogue."""
        hints = ["any Helm value of the extension: nodeSelector.LABEL, workLoadToleration[0].key …"]
        text = await self.app.push_screen_wait(AskScreen("key=value", hints=hints, judge=_is_pair))
        if text:
            key, _, value = text.partition("=")
            self._take(self.form.put(clean(key.strip()), clean(value.strip())))
            self.table.move_to(key.strip())

    # -- all of it

    @work(group="ask", exclusive=True)
    async def action_import(self) -> None:
        """az arguments, a whole az command, or JSON: pasted, or from a @FILE. Asked again while it will not do."""
        hints = ["arguments of az k8s-extension or JSON, or @ and the path of a file"]
        text = await self.app.push_screen_wait(AskScreen("import", hints=hints))
        while text and (problem := await self._import(text)):
            text = await self.app.push_screen_wait(AskScreen("import", text, hints=hints, problem=problem))

    async def _import(self, text: str) -> str:
        """Take what a text says; why not, when it cannot be taken."""
        source = await asyncio.to_thread(read_file, text[1:]) if text.startswith("@") else text
        if isinstance(source, Problem):
            return str(source)
        read, contents = settings_text.parse(source), dict[str, str]()
        for key, path in read.files.items():
            found = await asyncio.to_thread(read_file, path)
            if isinstance(found, Problem):
                return f"{key}: {found}"
            contents[key] = found
        blocking = [note.what for note in read.notes if note.blocks]
        if not blocking:
            self._take(read.with_files(contents))
            for note in read.notes:
                self.notify(note.what, severity="warning", markup=False)
        return "; ".join(blocking)

    def action_export(self) -> None:
        """As az arguments and as JSON; protected values are placeholders."""
        draft = self.form.draft

        async def load() -> list[str] | Problem:
            return [settings_arguments.to_az(draft), "", *settings_json.to_json(draft).splitlines()]

        self.app.push_screen(DocumentScreen(f"settings of {draft.name}", load))

    def action_plan(self) -> None:
        """What would be sent; run when confirmed."""
        if any(note.blocks for note in self.form.notes):
            self.notify("not while something is in the way", severity="warning", markup=False)
            self._go_to_trouble()
            return
        plan_wished(self, self.form.draft)

    def _go_to_trouble(self) -> None:
        """The cursor goes to the first row with something in the way; from such a row to the next."""
        bad = [key for key in self.form.keys if self.form.blocked(key)]
        at = self.table.cursor_key
        if bad:
            self.table.move_to(bad[(bad.index(at) + 1) % len(bad)] if at in bad else bad[0])

    # -- narrowing

    def action_faults(self) -> None:
        self.form.only_given = not self.form.only_given
        self.table.reorder()

    def action_filter(self) -> None:
        self.query_one("#filter", FilterBar).open(self.form.text)

    @on(FilterBar.Changed)
    def _filter_typed(self, event: FilterBar.Changed) -> None:
        self.form.text = event.text
        self.table.reorder()

    @on(FilterBar.Closed)
    def _filter_closed(self) -> None:
        self.table.focus()

    def action_back(self) -> None:
        """Leave; asks first when something would be lost."""
        if self.form.text or self.form.only_given:
            self.form.text, self.form.only_given = "", False
            self.table.reorder()
        elif self.form.draft == self._opened:
            self.dismiss()
        else:
            self.app.push_screen(Confirm("Discard the settings?", ["Nothing was sent."]), self._leave)

    def _leave(self, yes: bool | None) -> None:
        if yes:
            self.dismiss()


def _is_pair(text: str) -> str:
    return "" if "=" in text and text.partition("=")[0].strip() else "write key=value"
