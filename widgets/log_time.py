"""The time of a log line in words: none, local, as it came, or how long ago. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

Times = Literal["none", "time", "full", "age"]
"""No time; local, with the date when it is not today's; UTC as it came; how long ago."""
WIDE: Final = 120
"""Columns from which on milliseconds are shown."""


def when(stamp: str, times: Times, now: float, *, wide: bool) -> str:
    """A timestamp in the words of `times`; empty for one that cannot be read."""
    if times == "none":
        return ""
    if times == "full":
        return stamp
    moment = _moment(stamp)
    if moment is None:
        return ""
    if times == "age":
        return f"{ago(now - moment.timestamp()):>5}"
    here = moment.astimezone()
    text = f"{here:%H:%M:%S}" + (f".{here.microsecond // 1000:03}" if wide else "")
    return text if here.date() == datetime.fromtimestamp(now, here.tzinfo).date() else f"{here:%m-%d} {text}"


def _moment(stamp: str) -> datetime | None:
    try:
        return datetime.fromisoformat(stamp)
    except ValueError:
        return None


def ago(seconds: float) -> str:
    """An age in its largest unit: `5m`."""
    total = max(0, int(seconds))
    for size, name in ((86400, "d"), (3600, "h"), (60, "m")):
        if total >= size:
            return f"{total // size}{name}"
    return f"{total}s"
