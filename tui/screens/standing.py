"""What a pane says of itself when it has no rows, or when they are old: each state in its own words.

Loading, empty, filtered away, denied, stale, missing and off are seven different things at 3 a.m.
Pure: a source and an instant in, lines out.
"""

from __future__ import annotations

from msgspec import Struct, structs

from tui.core.facts import Phase, Source
from tui.core.health import Health
from tui.core.units import age, short_age


class Standing(Struct, frozen=True):
    """How a pane stands: its health, a word or two for its title, the lines to show without rows."""

    health: Health
    note: str
    lines: tuple[str, ...]
    stale: bool = False
    """True when what is shown was true once and may not be now."""


class Words(Struct, frozen=True):
    """How one pane speaks: `noun` in the plural, and what it says when there are none or no such API."""

    noun: str
    empty: str = ""
    missing: str = "not installed"
    missing_next: str = ""
    off: str = ""


def standing(
    source: Source, words: Words, now: float, *, shown: int, total: int, query: str = "", where: str = ""
) -> Standing:
    """The standing of a pane that shows `shown` of `total` rows, of one namespace when `where` names it."""
    if where and not words.empty:
        words = structs.replace(words, empty=f"no {words.noun} in {where}")
    match source.phase:
        case Phase.OFF:
            reason = source.reason or words.off or "not connected"
            return Standing(Health.OFF, "off", (f"{words.noun}: {reason}",))
        case Phase.LOADING:
            return Standing(Health.BUSY, "loading", _loading(source, words, now))
        case Phase.DENIED:
            lines = (f"denied: you may not {source.permission or 'read ' + words.noun}", source.reason)
            return Standing(Health.UNKNOWN, "denied", _full(lines), stale=source.known)
        case Phase.MISSING:
            return Standing(Health.OFF, "not installed", _full((words.missing, source.reason, words.missing_next)))
        case Phase.STALE:
            return _stale(source, words, now, shown, total, query)
    return Standing(Health.GOOD, "", _empty(words, shown, total, query))


def _loading(source: Source, words: Words, now: float) -> tuple[str, ...]:
    waited = now - source.since
    return (f"loading {words.noun}…" + (f" {age(waited)}" if waited >= 3 else ""),)


def _stale(source: Source, words: Words, now: float, shown: int, total: int, query: str) -> Standing:
    if not source.known:
        lines = (
            f"no answer yet: {source.reason}",
            f"trying for {age(now - source.since)}; nothing is known of {words.noun}",
        )
        return Standing(Health.BAD, "no answer", lines)
    note = f"stale {short_age(now - source.fresh)}"
    empty = _empty(words, shown, total, query)
    last = f"last seen {age(now - source.fresh)} ago; {source.reason}"
    return Standing(Health.STALE, note, (*empty, last) if not shown else (last,), stale=True)


def _empty(words: Words, shown: int, total: int, query: str) -> tuple[str, ...]:
    if shown:
        return ()
    if total and query:
        return (f"none of {total} {words.noun} matches {query}", "esc clears the filter")
    return (words.empty or f"no {words.noun}",)


def _full(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(line for line in lines if line)
