"""From a followed log into a log view: lines go in as bytes, what happened to the stream as divider lines.

Owns the words of the dividers. The stream ends with the worker that runs `feed`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.core.text import clean
from tui.core.units import age
from widgets.log_view import LogView

if TYPE_CHECKING:
    from tui.client.kube import KubeClient
    from tui.client.logs import LogEvent, LogOptions

Say = Callable[[str], None]
"""Takes the state of the stream in a word or two."""


def decode_line(raw: bytes) -> str:
    """One log line as clean text; of a progress bar's many states the last."""
    text = raw.decode("utf-8", "replace").rstrip("\r\n")
    stamp, space, rest = text.partition(" ")
    if "\r" in rest:
        rest = rest.rsplit("\r", 1)[-1]
    return clean(f"{stamp}{space}{rest}")


async def feed(kube: KubeClient, key: str, container: str, options: LogOptions, view: LogView, say: Say) -> None:
    """Follow until the container has ended or the worker is cancelled."""
    from tui.client.logs import follow

    say("opening…")
    async for event in follow(kube, key, container, options):
        _take(event, view, say)


def _take(event: LogEvent, view: LogView, say: Say) -> None:
    from tui.client import logs

    match event:
        case logs.Lines():
            view.append(event.data)
            say("following")
        case logs.Broken():
            say(f"broken: {event.reason}")
        case logs.Resumed():
            view.divider(f"reconnected after {age(event.after)}, {_lost(event)}")
            say("following")
        case logs.Restarted():
            view.divider(f"the container restarted: {event.reason}")
        case logs.Ended():
            view.divider(f"end: {event.reason}")
            say(f"ended: {event.reason}")
        case logs.Refused():
            view.divider(str(event.problem))
            say("no log")


def _lost(event: object) -> str:
    gap = getattr(event, "gap", "")
    return f"a gap: {gap}" if gap else "no line lost"
