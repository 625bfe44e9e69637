"""The instance-type editor: YAML on the left, what it means on this cluster beside it, findings as you type.

Nothing is written until a plan was shown and confirmed; the write is one server-side apply.
"""

from __future__ import annotations

import difflib
from typing import Any

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen

from tui import keys
from tui.client.failure import CONFLICT
from tui.core.errors import Problem
from tui.core.health import Health
from tui.core.table import Tone
from tui.core.text import clean_lines
from tui.domain import instance_type, instance_type_text
from tui.domain.instance_type_text import Parsed
from tui.domain.kinds import INSTANCE_TYPES
from tui.domain.scheduling import ask
from tui.screens import type_page
from tui.screens.deck import Deck, deck_of
from widgets.confirm import Confirm
from widgets.editor import Editor
from widgets.page import Page
from widgets.status_bar import KeyBar, StatusBar

_WIDE = 120
_CONTEXT = 1
"""Lines round each change of the plan."""


class EditorScreen(Screen[None]):
    """Edit one InstanceType, or write a new one."""

    BINDINGS = [*keys.EDITOR]
    DEFAULT_CSS = """
    EditorScreen #both { height: 1fr; layout: vertical; }
    EditorScreen #both Editor { height: 2fr; }
    EditorScreen #meaning { height: 1fr; border-top: solid $panel; }
    EditorScreen.-wide #both { layout: horizontal; }
    EditorScreen.-wide #both Editor { width: 3fr; height: 1fr; }
    EditorScreen.-wide #meaning { width: 2fr; height: 1fr; border-top: none; padding-left: 2; }
    """

    def __init__(self, name: str, *, new: bool) -> None:
        super().__init__()
        self._type, self._new = name, new
        self._before = ""
        self._parsed = Parsed(None, ())

    @property
    def deck(self) -> Deck:
        """The app."""
        return deck_of(self)

    @property
    def editor(self) -> Editor:
        """The text."""
        return self.query_one(Editor)

    def compose(self) -> ComposeResult:
        yield StatusBar(id="head")
        with Container(id="both"):
            yield Editor()
            yield Page(id="meaning")
        yield KeyBar(id="foot")

    def on_mount(self) -> None:
        self.query_one("#foot", KeyBar).show(keys.hints(keys.EDITOR))
        self.query_one("#meaning", Page).wrap = True
        self._open()

    def on_resize(self) -> None:
        self.set_class(self.size.width >= _WIDE, "-wide")

    @work(group="editor", exclusive=True)
    async def _open(self) -> None:
        found: dict[str, Any] | Problem = Problem("")
        kube = self.deck.session.kube if self.deck.session else None
        if not self._new and kube is not None:
            found = await kube.get(INSTANCE_TYPES, self._type)
            if isinstance(found, Problem):
                self.notify(str(found), severity="error", markup=False)
        if isinstance(found, Problem):
            text = instance_type_text.template(self._type or "new-type")
        else:
            text = self._before = instance_type_text.render(found)
        self.editor.text = "\n".join(clean_lines(text))
        self.editor.focus()
        self._judge()

    @on(Editor.Changed)
    def _judge(self) -> None:
        """Validate what is typed, and say what it would mean."""
        self._parsed = instance_type_text.parse(self.editor.text)
        findings = self._parsed.findings
        self.editor.set_findings([(f.line, f.column, f.health, str(f)) for f in findings])
        errors = sum(f.health is Health.BAD for f in findings)
        note: tuple[str, Tone] = (
            (f"{errors} error{'s' if errors > 1 else ''}", Health.BAD) if errors else ("valid", Health.GOOD)
        )
        title = f"{self._type or 'new instance type'} · {'new' if self._new else 'editing'} · "
        self.query_one("#head", StatusBar).show([(title, "strong"), note], [])
        self.query_one("#meaning", Page).show(self._meaning())

    def _meaning(self) -> list[list[tuple[str, Tone]]]:
        document = self._parsed.document
        if not isinstance(document, dict):
            return [[("what it means shows here once it is YAML", "dim")]]
        row = instance_type.decode(document)
        title: list[tuple[str, Tone]] = [("ON THIS CLUSTER", "strong")]
        body = type_page.on_this_cluster(self.deck.store, ask(row), row.selector, self.deck.glyph)
        return [title, *body, [], [("CHANGE", "strong")], *self._diff()]

    def _diff(self) -> list[list[tuple[str, Tone]]]:
        before, after = self._before.splitlines(), self.editor.text.splitlines()
        tones: dict[str, Tone] = {"+": Health.GOOD, "-": Health.BAD}
        lines = list(difflib.unified_diff(before, after, n=_CONTEXT, lineterm=""))[2:]
        shown = [line for line in lines if not line.startswith("@@")]
        return [[(line, tones.get(line[:1], "dim"))] for line in shown] or [[("none", "dim")]]

    def action_plan(self) -> None:
        """Show what would be written; write it when confirmed."""
        if not self._parsed.valid:
            self.notify("not while there are errors", severity="warning", markup=False)
            return
        self._plan(self._parsed.document)

    @work(group="write", exclusive=True)
    async def _plan(self, document: dict[str, Any]) -> None:
        kube = self.deck.session.kube if self.deck.session else None
        if kube is None:
            self.notify("no Kubernetes API to write to", severity="error", markup=False)
            return
        tried = await kube.apply(document, dry_run=True)
        over = isinstance(tried, Problem) and tried.code == CONFLICT
        if isinstance(tried, Problem) and not over:
            self.notify(f"the cluster refuses: {tried}", severity="error", timeout=15, markup=False)
            return
        name = ", ".join(_names(document))
        if await self.app.push_screen_wait(self._question(name, tried if isinstance(tried, Problem) else None)):
            self._written(await kube.apply(document, force=over), name)

    def _question(self, name: str, conflict: Problem | None) -> Confirm:
        """The plan: what it concerns, what changes, whose fields it takes over."""
        lines = [
            "It concerns every compute attached to this cluster; running pods keep what they have.",
            f"It takes fields over from others: {conflict.what}" if conflict else "The cluster accepts it (dry run).",
            "",
            *("".join(part for part, _tone in line) for line in self._diff()),
        ]
        force = " --force-conflicts" if conflict else ""
        command = f"kubectl apply --server-side --field-manager=arcdeck{force} -f -"
        return Confirm(f"Apply instance type {name}?", lines, command)

    def _written(self, done: dict[str, Any] | Problem, name: str) -> None:
        if isinstance(done, Problem):
            self.notify(f"not applied: {done}", severity="error", timeout=15, markup=False)
            return
        self.notify(f"applied {name}; the table shows it when the watch tells", markup=False)
        self.dismiss()

    def action_discard(self) -> None:
        """Leave; asks first when something would be lost."""
        if self.editor.text.splitlines() == self._before.splitlines() or (self._new and not self._before):
            self.dismiss()
            return
        self.app.push_screen(Confirm("Discard the changes?", ["Nothing was applied."]), self._leave)

    def _leave(self, yes: bool | None) -> None:
        if yes:
            self.dismiss()


def _names(document: dict[str, Any]) -> list[str]:
    """The names in one type or in a list of them."""
    parts = document.get("items") or [document]
    return [str((part.get("metadata") or {}).get("name", "")) for part in parts if isinstance(part, dict)]
