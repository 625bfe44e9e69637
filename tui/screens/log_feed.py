"""From followed logs into a log view: lines go in as bytes, what happened to a stream as divider lines.

Owns how each stream stands, and the words of the dividers. The streams end with the worker that runs `Feed.run`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from tui.core.errors import Problem
from tui.core.redact import redact_text
from tui.core.text import clean
from tui.core.units import age
from tui.domain.log_target import LogPart
from tui.domain.rights import READ_LOG
from widgets.log_sources import marks_of
from widgets.log_view import LogView

if TYPE_CHECKING:
    from tui.client.kube import KubeClient
    from tui.client.log_group import Batch, LogGroup, Said
    from tui.client.logs import LogOptions

FOLLOWING = "following"
OPENING = "opening…"
_KINDS = (FOLLOWING, "opening", "waiting to start", "broken", "ended", "denied", "no log")
"""The beginnings of the states, in the order in which many are counted."""


def decode_line(raw: bytes) -> str:
    """A piece of a log line as clean text, secrets masked."""
    return redact_text(clean(raw.decode("utf-8", "replace")))


class Feed:
    """Some logs on their way into one view. `say` takes how they stand, in a word or two."""

    def __init__(
        self, kube: KubeClient, options: LogOptions, view: LogView, say: Callable[[str], None], *, live: bool = False
    ) -> None:
        """`live`: more may come after all that are known have ended, as of a job that is tried again."""
        from tui.client.log_group import LogGroup

        self._group: LogGroup = LogGroup(kube, options)
        self._group.live = live
        self._view, self._say = view, say
        self._states: dict[int, str] = {}
        self._full = False
        self.parts: list[LogPart] = []

    def add(self, parts: Iterable[LogPart]) -> None:
        """Follow these too, as many as a group can; those that are followed already are left alone."""
        from tui.client.log_group import MOST

        known = {(part.pod, part.container, part.path) for part in self.parts}
        fresh = [part for part in parts if (part.pod, part.container, part.path) not in known]
        room = MOST - len(self.parts)
        for part in fresh[:room]:
            self._follow(part)
        if len(fresh) > room and not self._full:
            self._full = True
            self._view.divider(f"{len(self.parts)} logs are read, {len(fresh) - room} more are not")
        self._view.sources = marks_of([part.label for part in self.parts])
        self._tell()

    def _follow(self, part: LogPart) -> None:
        from tui.client.log_source import LogSource

        number = self._group.add(LogSource(part.pod, part.container, part.path))
        self._states[number] = OPENING
        self.parts.append(part)

    async def run(self) -> None:
        """Follow until all have ended, or the worker is cancelled."""
        from tui.client.log_group import Batch

        async for event in self._group.events():
            if isinstance(event, Batch):
                self._lines(event)
            else:
                self._event(event)

    def _lines(self, batch: Batch) -> None:
        self._view.append(batch.data, batch.sources)
        for number in set(batch.sources) if batch.sources else (0,):
            self._states[number] = FOLLOWING
        self._tell()

    def _event(self, said: Said) -> None:
        state, divider = _told(said.event, self.parts[said.source].pod)
        self._states[said.source] = state
        if divider:
            label = f"{self.parts[said.source].label}: " if len(self.parts) > 1 else ""
            self._view.divider(label + divider, said.source)
        self._tell()

    def _tell(self) -> None:
        self._say(summed(list(self._states.values())))


def summed(states: Sequence[str]) -> str:
    """How many streams stand together: in the words of one, else counted, `3 following, 1 ended`."""
    if len(set(states)) == 1:
        return states[0]
    counts = Counter(next((kind for kind in _KINDS if state.startswith(kind)), state) for state in states)
    return ", ".join(f"{counts[kind]} {kind}" for kind in _KINDS if counts[kind])


def _told(event: object, pod: str) -> tuple[str, str]:
    """The state of a stream after an event, and the divider that tells it; empty for none."""
    from tui.client import logs

    match event:
        case logs.Broken():
            return _broken(event.reason), ""
        case logs.Resumed():
            return FOLLOWING, f"reconnected after {age(event.after)}, {_lost(event.gap)}"
        case logs.Restarted():
            return FOLLOWING, f"the container restarted: {event.reason}"
        case logs.Ended():
            return f"ended: {event.reason}", f"end: {event.reason}"
        case logs.Refused():
            return _refused(pod, event.problem), ""
    raise TypeError(event)


def _refused(key: str, problem: Problem) -> str:
    if problem.status == 403:
        return f"denied: you may not {READ_LOG.told(key.partition('/')[0])}"
    return f"no log: {problem.what}"


def _broken(reason: str) -> str:
    """The state of a broken stream. Of a container that did not begin yet only the reason: the title names the rest."""
    _, found, why = reason.rpartition(" is waiting to start: ")
    return f"waiting to start: {why}" if found else f"broken: {reason}"


def _lost(gap: str) -> str:
    return f"a gap: {gap}" if gap else "no line lost"
