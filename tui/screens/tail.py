"""The overview's live log: the tail of the selected job's pod, or of the first that runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual import work
from textual.widget import Widget

from tui.domain.log_target import LogPart
from tui.screens.jobs import worst_pod
from tui.screens.layout import Want
from tui.screens.log_feed import Feed, decode_line
from tui.screens.pane import Pane, Segments
from widgets.log_view import LogView
from widgets.status_bar import StatusBar

_TAIL = 200
"""Lines it asks for at first: a pane shows a dozen."""
_KEEP = 2_000


class LogPane(Pane):
    """Follows one job at a time. Its stream ends when another job is selected."""

    MODE = "logs"

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._pod, self._container, self._job, self._part = "", "", "", ""

    def compose(self) -> Iterable[Widget]:
        yield StatusBar(classes="title")
        yield LogView(classes="body", decode=decode_line, limit=_KEEP, timestamps="time")

    def on_mount(self) -> None:
        self._say("")

    def want(self) -> Want:
        return Want(3, 4, 60)

    def take_focus(self) -> None:
        self.query_one(LogView).focus()

    def follow(self, job: Any | None) -> None:
        """Show the log of this job from now on; nothing changes when it is shown already."""
        if job is None or not job.pods:
            if job is not None and job.name != self._job:
                self._pod, self._container, self._job = "", "", job.name
                self.workers.cancel_node(self)
                self.query_one(LogView).clear()
                self._say(f"no pod yet: {job.why}")
            return
        pod = worst_pod(job)
        if self._pod == pod.key or self.deck.session is None:
            return
        self._pod, self._container, self._job, self._part = pod.key, pod.container, job.name, pod.name
        self.query_one(LogView).clear()
        self._stream(pod.key, pod.container)

    @work(group="log", exclusive=True)
    async def _stream(self, key: str, container: str) -> None:
        kube = self.deck.session.kube if self.deck.session else None
        if kube is not None:
            from tui.client.logs import LogOptions

            feed = Feed(kube, LogOptions(tail=_TAIL), self.query_one(LogView), self._say)
            feed.add([LogPart(key, container)])
            await feed.run()

    def _say(self, state: str) -> None:
        if not (self.query(".title") and self.query(".body")):
            return  # the deck is closing: the parts of a pane go before its stream
        what: Segments = [("LOG  ", "strong"), (self._job or "select a job", None if self._job else "dim")]
        if self._pod:
            what.append((f"  {self._part}", "dim"))
        self.title(what, [(state, "dim")])
        self.query_one(LogView).set_message([state])

    async def open(self) -> None:
        if self._pod:
            await self.deck.open_log(self._pod, self._container)
        else:
            await self.deck.go(self.MODE)
