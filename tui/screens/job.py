"""One training job as a tree of its objects, and below it the conditions and events of the one under the cursor.

Owns the look at one job. What an object says is `job_page`'s; why a job waits is `domain.queued`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from textual import events, on, work
from textual.app import ComposeResult
from textual.screen import Screen

from tui import keys
from tui.core.health import Health
from tui.core.store import Delta
from tui.core.table import Tone
from tui.domain import event
from tui.domain.job import JobRow
from tui.domain.job_tree import CONTAINER, JOB, KINDS, TreeRow
from tui.domain.pod import PodRow
from tui.screens.allowed import guarded, lacking, needs
from tui.screens.deck import Deck, deck_of
from tui.screens.document import DocumentScreen
from tui.screens.folding import folded
from tui.screens.job_facts import WAITING, JobFacts
from tui.screens.job_lines import COLUMNS, JobLines, glyphs
from tui.screens.jobs import worst_pod
from tui.screens.pod_errands import PodErrands
from tui.screens.raw import describe_object, yaml_of_object
from widgets.page import Page
from widgets.status_bar import KeyBar, StatusBar
from widgets.table import Table

ENLARGE: Final = keys.OVERVIEW[3]
_SHARE: Final = 0.5
"""Of the height that the tree takes at most."""


class JobScreen(Screen[None], PodErrands):
    """The objects of one job."""

    BINDINGS = [keys.WHY, ENLARGE, keys.FOLD, *keys.ROW, *keys.LOGS_OF_ROW, keys.DELETE, *keys.POD, keys.BACK]
    DEFAULT_CSS = """
    JobScreen > Table { height: 8; }
    JobScreen > Page { height: 1fr; }
    """

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key
        self._large = False
        self._behind = False

    @property
    def deck(self) -> Deck:
        """The app."""
        return deck_of(self)

    def compose(self) -> ComposeResult:
        yield StatusBar(id="head")
        yield Table(id="table")
        yield Page(id="page")
        yield KeyBar(id="foot")

    def on_mount(self) -> None:
        self._lines = JobLines(self.deck, self._key)
        self._facts = JobFacts(self.deck, self._key)
        self.table.show(self._lines, (glyphs(self.deck.glyph), *COLUMNS), self.deck.now())
        self.table.focus()
        self.deck.changes.subscribe(self, self._news)
        self.set_interval(1.0, self._second)
        self._show()

    @property
    def table(self) -> Table:
        """The tree."""
        return self.query_one("#table", Table)

    @property
    def job(self) -> JobRow | None:
        """The job, None when it is gone."""
        row: JobRow | None = self.deck.store.get(JOB, self._key)
        return row

    @property
    def current(self) -> TreeRow | None:
        """The line under the cursor."""
        return self._lines.line(self.table.cursor_key or "")

    def _news(self, delta: Delta) -> None:
        if not delta.touches(*KINDS, event.NAME):
            return
        self._behind = not self.is_current
        if not self._behind:
            self._renew()

    def on_screen_resume(self) -> None:
        """Visible again: catch up on what was missed."""
        if self._behind:
            self._behind = False
            self._renew()

    def _renew(self) -> None:
        if self._lines.renew():
            self.table.reorder()
        self.table.refresh_keys(self._lines.keys)
        self._show()

    def _second(self) -> None:
        if self.is_current:
            self.table.tick(self.deck.now())
            self._show()

    def _show(self) -> None:
        """Head, tree, details and keys as things are now."""
        row, line = self.job, self.current
        self._head(row)
        self._share()
        if line is not None and self._facts.stale(line):
            self._ask(line)
        if row is not None and (waits := self._facts.unasked(row)):
            self._ask_wants(waits)
        lines = self._facts.page(row, line, self.deck.now())
        self.query_one("#page", Page).show(folded(lines, self.app.size.width))
        shown = [
            each for each in (*keys.LOGS_OF_ROW, keys.WHY, keys.FOLD, *keys.ROW, ENLARGE) if self._usable(each.action)
        ]
        self.query_one("#foot", KeyBar).show([*keys.hints(shown), ("esc", "back"), keys.HELP])

    def _head(self, row: JobRow | None) -> None:
        left: list[tuple[str, Tone]] = [("JOB ", "strong")]
        if row is None:
            left += [(f"{self._key}  ", "strong"), (f"{self.deck.glyph(Health.OFF)} gone", Health.OFF)]
        else:
            left += [(f"{row.name}  ", "strong"), (f"{self.deck.glyph(row.health)} {row.state}  ", row.health)]
            left.append((row.why, None))
        self.query_one("#head", StatusBar).show(left, [(row.size if row is not None else "", "dim")])

    def _share(self) -> None:
        """The tree takes what it needs, up to its share; enlarged, the details have all."""
        self.table.display = not self._large
        rows = min(len(self._lines.keys) + 1, max(5, int(self.app.size.height * _SHARE) - 1))
        if self.table.styles.height is None or self.table.styles.height.value != rows:
            self.table.styles.height = rows

    def on_resize(self, _event: events.Resize) -> None:
        """Lines are folded anew."""
        if self.is_mounted:
            self._show()

    @work(group="object", exclusive=True)
    async def _ask(self, line: TreeRow) -> None:
        """Read the object under the cursor: its conditions are in no row."""
        if await self._facts.read(line):
            self._show()

    @work(group="wants")
    async def _ask_wants(self, pods: list[str]) -> None:
        """Read what its pods that have no node ask of one."""
        if await self._facts.read_wants(pods):
            self._show()

    @on(Table.Highlighted)
    def _moved(self) -> None:
        self.query_one("#page", Page).action_first()
        self._show()

    # -- keys

    def _usable(self, action: str) -> bool:
        return self.check_action(action, ()) is not False and not self.lacking(action)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What the line under the cursor has."""
        if action == "why":
            return self.job is not None and self.job.state in WAITING
        if action == "fold":
            return self.current is not None and bool(self._lines.pod_line(self.current))
        if action in ("logs", "previous"):
            return bool(self._voice()[0])
        if action in ("delete", "shell", "forward", "copy_yaml"):
            return bool(self.pod_target()[0]) and self.offers(action)
        if action == "studio":
            return self.offers(action)
        return action not in ("describe", "yaml") or bool(self._object()[1])

    def lacking(self, action: str) -> str:
        """What we may not do that an action would, in words."""
        return lacking(self.deck, needs(action, self._object()[0]), self._key.partition("/")[0])

    def _object(self) -> tuple[str, str]:
        """Kind and key of the object of the API under the cursor: of a container, its pod; of the job, what made it."""
        line, row = self.current, self.job
        if line is None or row is None:
            return "", ""
        if line.kind != JOB:
            return ("pods" if line.kind == CONTAINER else line.kind), line.object
        return ("amljobs", row.aml_job) if row.aml_job else ("vcjobs", row.vc_job)

    def pod_target(self) -> tuple[str, str]:
        """The pod or container under the cursor; of what is neither, no pod."""
        line = self.current
        return (line.object, line.container) if line is not None and line.kind in ("pods", CONTAINER) else ("", "")

    def labels(self) -> Mapping[str, str]:
        return self.job.labels if self.job is not None else {}

    def _voice(self) -> tuple[str, str]:
        """Pod and container whose log is meant: of what is no pod, that of the pod in most trouble.

        Empty where nothing can have been written: without a node nothing ran.
        """
        line, row = self.current, self.job
        if line is not None and line.kind in ("pods", CONTAINER):
            pod: PodRow | None = self.deck.store.get("pods", line.object)
            return (line.object, line.container) if pod is not None and pod.node else ("", "")
        if row is None or not any(each.node for each in row.pods):
            return "", ""
        worst = worst_pod(row)
        return worst.key, worst.container

    @on(Table.Selected)
    def _selected(self) -> None:
        """Deeper. By the app: the screen that is left must not wait for its own handler to end."""
        line = self.current
        spoken = line is not None and line.kind in (JOB, "pods", CONTAINER)
        self.app.call_later(self.run_action, "logs" if spoken else "describe")

    @guarded
    async def action_logs(self) -> None:
        """The log of the container, of the pod's main one, of all workers of the job."""
        await self._log(previous=False)

    @guarded
    async def action_previous(self) -> None:
        """The log before the last restart."""
        await self._log(previous=True)

    async def _log(self, *, previous: bool) -> None:
        (pod, container), line, row = self._voice(), self.current, self.job
        if not pod or row is None:
            return
        together = line is not None and line.kind == JOB and len(row.pods) > 1 and not previous
        await self.deck.open_log("" if together else pod, container, job=row.key, previous=previous)

    @guarded
    def action_describe(self) -> None:
        """Describe the object, with its events."""
        self._document("describe", describe_object)

    @guarded
    def action_yaml(self) -> None:
        """The object as YAML, secrets masked."""
        self._document("yaml", yaml_of_object)

    def _document(self, word: str, load: Any) -> None:
        kind, key = self._object()
        if key:
            self.app.push_screen(DocumentScreen(f"{word} {kind} {key}", load(self.deck, kind, key)))

    def action_fold(self) -> None:
        """Show or hide the containers of the pod."""
        pod = self._lines.fold(self.current) if self.current is not None else ""
        if pod:
            self.table.move_to(pod)
            self.table.reorder()
            self._show()

    def action_why(self) -> None:
        """Why it waits, on the whole screen."""
        self.table.action_first()
        self._enlarge(True)

    def action_enlarge(self) -> None:
        """The details on the whole screen, and back."""
        self._enlarge(not self._large)

    def _enlarge(self, large: bool) -> None:
        self._large = large
        self._share()
        (self.query_one("#page", Page) if large else self.table).focus()
        self._show()

    def action_back(self) -> None:
        if self._large:
            self._enlarge(False)
        else:
            self.dismiss()
