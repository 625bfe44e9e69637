"""Logs, live: of one container, of all containers of a pod, of all workers of a job, of a file in a container.

Owns what is read and its streams: they end when another log is opened or the app does. How lines are narrowed, folded
and marked is the view's; what the title says is `log_title`'s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from textwrap import wrap
from typing import Any

from textual import on, work
from textual.widget import Widget

from tui import keys
from tui.core.errors import Problem
from tui.core.store import Delta
from tui.domain import log_target
from tui.domain.job import JobRow
from tui.domain.log_target import USER_LOGS, LogTarget
from tui.domain.pod import PodRow
from tui.domain.rights import EXEC
from tui.screens import log_title
from tui.screens.allowed import lacking
from tui.screens.deck import DeckScreen
from tui.screens.log_feed import Feed, decode_line
from tui.screens.log_keys import LogKeys
from widgets.choose import ChooseScreen, Option
from widgets.filter_bar import FilterBar
from widgets.log_view import LogView
from widgets.status_bar import StatusBar

SINCE: tuple[tuple[str, float | None], ...] = (
    ("tail", None),
    ("1m", 60.0),
    ("5m", 300.0),
    ("15m", 900.0),
    ("1h", 3600.0),
    ("all", 0.0),
)
"""How far back: the words and the seconds; None: the last lines; 0: from the beginning."""


class LogsScreen(LogKeys, DeckScreen):
    """One choice of logs at a time."""

    MODE = "logs"
    WATCHES = ("pods", "jobs")
    BINDINGS = [*keys.TEXT, *keys.LOG]
    HINTS = (*keys.LOG, *keys.TEXT[:1], keys.TEXT[3])

    def __init__(self) -> None:
        super().__init__()
        self.target = LogTarget()
        self._previous = False
        self._since = 0
        self._state = ""
        self._feed: Feed | None = None

    def body(self) -> Iterable[Widget]:
        yield StatusBar(id="title")
        yield LogView(id="log", decode=decode_line, limit=self.deck.settings.log_lines)
        yield StatusBar(id="notes")
        yield FilterBar(id="search", prompt="search ")
        yield FilterBar(id="filter", prompt="filter ")
        yield FilterBar(id="highlight", prompt="highlight ")

    def ready(self) -> None:
        self.view.focus()
        if self.target.nothing:
            self.view.set_message(["no log chosen", "press l on a pod or on a job"])
        self.tell()

    @property
    def view(self) -> LogView:
        """The log."""
        return self.query_one("#log", LogView)

    @property
    def pods(self) -> Any:
        """All pods by key."""
        return self.deck.store.rows("pods")

    @property
    def jobs(self) -> Any:
        """All jobs by key."""
        return self.deck.store.rows("jobs")

    @property
    def pod(self) -> PodRow | None:
        """The pod as it is now, None when it is gone or there are several."""
        row: PodRow | None = self.deck.store.get("pods", self.target.pod)
        return row

    @property
    def job(self) -> JobRow | None:
        """The job that the pods are of."""
        row: JobRow | None = self.deck.store.get("jobs", self.target.job)
        return row

    # -- what is read

    def show(self, target: LogTarget, *, previous: bool = False) -> None:
        """Read this from now on."""
        if target.pod and not target.job and (job := log_target.job_of(target.pod, self.jobs)) is not None:
            target = LogTarget(target.pod, target.container, job.key, target.every, target.path)
        parts = log_target.parts(target, self.pods, self.jobs)
        if len(parts) == 1 and not target.workers:
            target = LogTarget(target.pod, parts[0].container, target.job, target.every, target.path)
        self.target, self._previous = target, previous
        self._may_not_exec()  # asked now, so that it is known when somebody chooses
        self._reopen()

    def _reopen(self) -> None:
        self.view.clear()
        self.view.set_message([])
        self._stream()

    @work(group="log", exclusive=True)
    async def _stream(self) -> None:
        kube = self.deck.session.kube if self.deck.session else None
        if kube is None:
            self._say("no Kubernetes API to ask")
            return
        from tui.client.logs import LogOptions

        word, seconds = SINCE[self._since]
        tail = self.deck.settings.log_tail if word == "tail" else None
        options = LogOptions(tail=tail, since=seconds or None, previous=self._previous)
        self._feed = Feed(kube, options, self.view, self._say, live=self.target.workers)
        self._feed.add(log_target.parts(self.target, self.pods, self.jobs))
        await self._feed.run()

    def renew(self, delta: Delta | None) -> None:
        if self.target.workers and self._feed is not None and self.job is not None:
            self._feed.add(log_target.parts(self.target, self.pods, self.jobs))
        self.tell()

    def tick(self) -> None:
        self.tell()

    def _say(self, state: str) -> None:
        if state != self._state and self.query("#log") and self.query("#title"):  # else it is closing
            self._state = state
            self.view.set_message(wrap(state, max(20, self.size.width - 2)))  # seen while there is no line
            self.tell()

    def tell(self) -> None:
        """Say anew what is read, how it stands, and how it is narrowed."""
        title, notes = self.query_one("#title", StatusBar), self.query_one("#notes", StatusBar)
        if self.target.nothing:
            title.show([("LOGS", "strong")], [])
            return
        what = log_target.title(self.target, self.pods, self.jobs)
        left = log_title.left(what, self._previous, self.pod, self._state, self.deck.glyph)
        room = max(self.size.width - sum(len(text) for text, _tone in left) - 1, self.size.width // 2 - 1)
        title.show(left, [(log_title.figures(self.view, self._state, SINCE[self._since][0], room), "dim")])
        narrowed = log_title.narrowed(self.view, self.deck.glyph)
        notes.display = bool(narrowed)
        notes.show(narrowed)

    # -- keys: another log

    @work(group="choose", exclusive=True)
    async def action_container(self) -> None:
        """Choose what else to read of this pod or job."""
        options = log_target.choices(self.target, self.pods, self.jobs)
        if self._may_not_exec():
            options = [one for one in options if one.target.path != USER_LOGS]
        if not options:
            return
        here = next((n for n, one in enumerate(options) if one.target == self.target), 0)
        listed = [Option(one.name, one.about) for one in options]
        taken = await self.app.push_screen_wait(ChooseScreen("READ", listed, here))
        if taken is not None:
            await self._take(options[taken].target)

    def _may_not_exec(self) -> bool:
        namespace = (self.target.pod or self.target.job).partition("/")[0]
        return bool(lacking(self.deck, (EXEC,), namespace))

    async def _take(self, target: LogTarget) -> None:
        if target.path == USER_LOGS:
            found = await self._user_log(target)
            if found is None:
                return
            target = found
        self.show(target)

    async def _user_log(self, target: LogTarget) -> LogTarget | None:
        """The file to read: asked for when there are several; None when there is none, which is said."""
        from tui.client.exec_tail import find_user_logs

        kube = self.deck.session.kube if self.deck.session else None
        if kube is None:
            return None
        found = await find_user_logs(kube, target.pod, target.container)
        if isinstance(found, Problem) or not found:
            told = str(found) if isinstance(found, Problem) else "no user_logs in this container"
            self.notify(told, severity="warning", markup=False)
            return None
        listed = [Option(path.rpartition("/")[2], path) for path in found]
        taken = 0 if len(found) == 1 else await self.app.push_screen_wait(ChooseScreen("FILE", listed))
        return None if taken is None else LogTarget(target.pod, target.container, target.job, path=found[taken])

    def action_together(self) -> None:
        """All workers of the job, or all containers of the pod; and back to one."""
        options = log_target.choices(self.target, self.pods, self.jobs)
        many = [one.target for one in options if one.target.workers or one.target.every]
        if not many:
            self.notify("there is one log only", markup=False)
        elif self.target in many:
            self.show(next(one.target for one in options if one.target not in many))
        else:
            self.show(many[0])

    def action_previous(self) -> None:
        if not self.target.nothing and not self.target.path:
            self.show(self.target, previous=not self._previous)

    def action_since(self) -> None:
        self._since = (self._since + 1) % len(SINCE)
        if not self.target.nothing:
            self._reopen()

    # -- keys: text out

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self.view.text_of_view())
        self.notify("sent what is shown to the terminal's clipboard", markup=False)

    @work(group="choose", exclusive=True)
    async def action_save(self) -> None:
        """To a file: what the filters and folding show, or all that is kept."""
        view = self.view
        taken: int | None = 1
        if view.shown != view.count:
            shown, all_ = f"{view.shown:,} lines", f"{view.count:,} lines"
            options = [Option("what is shown", shown), Option("all that is kept", all_)]
            taken = await self.app.push_screen_wait(ChooseScreen("SAVE", options))
        if taken is not None:
            self._save(view.all_lines() if taken else view.shown_lines())

    @work(group="save")
    async def _save(self, lines: Iterable[str]) -> None:
        name = " ".join(log_target.title(self.target, self.pods, self.jobs))
        # Decoding and masking 100,000 lines takes seconds: not on this thread.
        self.notify(await asyncio.to_thread(_saved, name, lines), markup=False)

    @on(LogView.Noted)
    def _noted(self) -> None:
        self.tell()

    # -- what is typed

    @on(FilterBar.Changed, "#search")
    def _searched(self, event: FilterBar.Changed) -> None:
        self.view.search(event.text)
        self.tell()

    @on(FilterBar.Changed, "#filter")
    def _filtered(self, event: FilterBar.Changed) -> None:
        self.view.filter(event.text)
        self.tell()

    @on(FilterBar.Closed)
    def _typed(self, event: FilterBar.Closed) -> None:
        self.typed(event.bar)
        self.view.focus()

    async def action_back(self) -> None:
        """First the search goes, then what hides lines, then the screen."""
        if not (self.view.clear_search() or self.widen()):
            await super().action_back()
        self.tell()


def _saved(name: str, lines: Iterable[str]) -> str:
    from tui.screens.saving import save_text

    return save_text(f"{name} log", lines)
