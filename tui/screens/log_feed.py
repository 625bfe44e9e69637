"""From a followed log into a log view: lines go in as bytes, what happened to the stream as divider lines.

Owns the words of the dividers. The stream ends with the worker that runs `feed`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.core.errors import Problem
from tui.core.redact import redact_text
from tui.core.text import clean
from tui.core.units import age
from tui.domain.rights import READ_LOG
from widgets.log_view import LogView

if TYPE_CHECKING:
    from tui.client.kube import KubeClient
    from tui.client.logs import LogEvent, LogOptions

Say = Callable[[str], None]
"""Takes the state of the stream in a word or two."""


def decode_line(raw: bytes) -> str:
    """A piece of a log line as clean text, secrets masked."""
    return redact_text(clean(raw.decode("utf-8", "replace")))


async def feed(kube: KubeClient, key: str, container: str, options: LogOptions, view: LogView, say: Say) -> None:
    """Follow until the container has ended or the worker is cancelled."""
    from tui.client.logs import follow

    say("opening…")
    async for event in follow(kube, key, container, options):
        _take(event, key, view, say)


def _take(event: LogEvent, key: str, view: LogView, say: Say) -> None:
    from tui.client import logs

    match event:
        case logs.Lines():
            view.append(event.data)
            say("following")
        case logs.Broken():
            say(_broken(event.reason))
        case logs.Resumed():
            view.divider(f"reconnected after {age(event.after)}, {_lost(event)}")
            say("following")
        case logs.Restarted():
            view.divider(f"the container restarted: {event.reason}")
        case logs.Ended():
            view.divider(f"end: {event.reason}")
            say(f"ended: {event.reason}")
        case logs.Refused():
            say(_refused(key, event.problem))


def _refused(key: str, problem: Problem) -> str:
    if problem.status == 403:
        return f"denied: you may not {READ_LOG.told(key.partition('/')[0])}"
    return f"no log: {problem.what}"


def _broken(reason: str) -> str:
    """The state of a broken stream. Of a container that did not begin yet only the reason: the title names the rest."""
    _, found, why = reason.rpartition(" is waiting to start: ")
    return f"waiting to start: {why}" if found else f"broken: {reason}"


def _lost(event: object) -> str:
    gap = getattr(event, "gap", "")
    return f"a gap: {gap}" if gap else "no line lost"
