"""The log of one container, live: follow, container, previous, since, timestamps, wrap, search, save.

Owns the stream: it ends when another log is opened or the app does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from textwrap import wrap
from typing import Any

from textual import on, work
from textual.widget import Widget

from tui import keys
from tui.core.health import Health
from tui.core.store import Delta
from tui.core.table import Tone
from tui.core.text import shorten_middle
from tui.domain.job import main_container
from tui.domain.pod import PodRow
from tui.domain.pod_health import short_name
from tui.screens.deck import DeckScreen
from tui.screens.log_feed import decode_line, feed
from tui.screens.saving import save_text
from widgets.filter_bar import FilterBar
from widgets.log_view import LogView, Times
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
TIMES: tuple[Times, ...] = ("none", "time", "full", "age")


class LogsScreen(DeckScreen):
    """One log at a time, of any pod."""

    MODE = "logs"
    WATCHES = ("pods",)
    BINDINGS = [*keys.TEXT, *keys.LOG]
    HINTS = (*keys.LOG, *keys.TEXT[:1], keys.TEXT[3])

    def __init__(self) -> None:
        super().__init__()
        self._pod = self._container = ""
        self._previous = False
        self._since = 0
        self._state = ""

    def body(self) -> Iterable[Widget]:
        yield StatusBar(id="title")
        yield LogView(id="log", decode=decode_line, limit=self.deck.settings.log_lines)
        yield FilterBar(id="filter", prompt="search ")

    def ready(self) -> None:
        self.view.focus()
        if not self._pod:
            self.view.set_message(["no log chosen", "press l on a pod or on a job"])
        self._title()

    @property
    def view(self) -> LogView:
        """The log."""
        return self.query_one("#log", LogView)

    @property
    def pod(self) -> PodRow | None:
        """The pod as it is now, None when it is gone."""
        row: PodRow | None = self.deck.store.get("pods", self._pod)
        return row

    def show(self, pod: str, container: str = "", *, previous: bool = False) -> None:
        """Open the log of a pod by key; the container the user's program runs in when none is named."""
        row: PodRow | None = self.deck.store.get("pods", pod)
        self._pod, self._previous = pod, previous
        self._container = container or (_default(row) if row is not None else "")
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
        await feed(kube, self._pod, self._container, options, self.view, self._say)

    def renew(self, delta: Delta | None) -> None:
        if delta is None or self._pod in delta.changed.get("pods", ()) or self._pod in delta.gone.get("pods", ()):
            self._title()

    def tick(self) -> None:
        self._title()

    def _say(self, state: str) -> None:
        if state != self._state and self.query("#log") and self.query("#title"):  # else it is closing
            self._state = state
            self.view.set_message(wrap(state, max(20, self.size.width - 2)))  # seen while there is no line
            self._title()

    def _title(self) -> None:
        if not self._pod:
            self.query_one("#title", StatusBar).show([("LOGS", "strong")], [])
            return
        left: list[tuple[str, Tone]] = [(f"{shorten_middle(self._pod.rpartition('/')[2], 30)} ", "strong")]
        left += [(f"· {short_name(self._container)} ", None), *self._condition()]
        self.query_one("#title", StatusBar).show(left, [(self._figures(), "dim")])

    def _condition(self) -> list[tuple[str, Tone]]:
        """What is not as it should be: the run before, a pod in trouble, a broken stream."""
        pod = self.pod
        parts: list[tuple[str, Tone]] = [("· previous run ", Health.WARN)] if self._previous else []
        if pod is not None and pod.health is not Health.GOOD:
            parts.append((f"{self.deck.glyph(pod.health)} {pod.status} ", pod.health))
        if self._state.startswith("broken"):
            parts.append((f"{self.deck.glyph(Health.STALE)} {self._state}", Health.STALE))
        return parts

    def _figures(self) -> str:
        view = self.view
        state = self._state.split(":")[0] if view.following or self._state != "following" else "paused"
        parts = [view.search_note, f"+{view.unseen} new" if view.unseen else "", state]
        parts += [f"{view.count:,} lines", f"{view.dropped:,} dropped" if view.dropped else "", SINCE[self._since][0]]
        return "  ".join(part for part in parts if part)

    # -- keys

    def action_follow(self) -> None:
        self.view.follow()
        self._title()

    def action_container(self) -> None:
        """The next container of the pod."""
        pod = self.pod
        if pod is None:
            return
        names = [part.name for part in pod.containers]
        place = names.index(self._container) if self._container in names else -1
        self.show(self._pod, names[(place + 1) % len(names)], previous=self._previous)

    def action_previous(self) -> None:
        if self._pod:
            self.show(self._pod, self._container, previous=not self._previous)

    def action_since(self) -> None:
        self._since = (self._since + 1) % len(SINCE)
        if self._pod:
            self._reopen()

    def action_time(self) -> None:
        place = TIMES.index(self.view.timestamps)
        self.view.timestamps = TIMES[(place + 1) % len(TIMES)]

    def action_wrap(self) -> None:
        self.view.wrap = not self.view.wrap

    def action_mark(self) -> None:
        self.view.divider("mark")

    def action_search(self) -> None:
        self.query_one("#filter", FilterBar).open("")

    @on(FilterBar.Changed)
    def _typed(self, event: FilterBar.Changed) -> None:
        self.view.search(event.text)
        self._title()

    @on(FilterBar.Closed)
    def _search_closed(self) -> None:
        self.view.focus()

    def action_match(self, step: int) -> None:
        self.view.next_match(step)
        self._title()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self.view.text_of_view())
        self.notify("sent what is shown to the terminal's clipboard", markup=False)

    @work(group="save")
    async def action_save(self) -> None:
        lines = self.view.all_lines()  # decoding and masking 100,000 of them takes seconds: not on this thread
        self.notify(await asyncio.to_thread(save_text, f"{self._pod} {self._container} log", lines), markup=False)

    async def action_back(self) -> None:
        if not self.view.clear_search():
            await super().action_back()


def _default(row: Any) -> str:
    return main_container(row)
