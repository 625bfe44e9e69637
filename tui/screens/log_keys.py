"""The keys of a log that change how its lines are shown: nothing here reads anew.

Owns the cycles of levels and timestamps, and what the bars at the bottom are opened for.
"""

from __future__ import annotations

from typing import Final

from textual.screen import Screen

from widgets.filter_bar import FilterBar
from widgets.log_level import Level
from widgets.log_time import Times
from widgets.log_view import LogView

TIMES: Final[tuple[Times, ...]] = ("none", "time", "full", "age")
LEVELS: Final[tuple[Level | None, ...]] = (None, Level.INFO, Level.WARNING, Level.ERROR)


class LogKeys(Screen[None]):
    """What a screen with a log does at a key."""

    @property
    def view(self) -> LogView:
        """The log."""
        raise NotImplementedError

    def tell(self) -> None:
        """Say anew how the view is narrowed."""
        raise NotImplementedError

    def action_follow(self) -> None:
        self.view.follow()
        self.tell()

    def action_time(self) -> None:
        place = TIMES.index(self.view.timestamps)
        self.view.timestamps = TIMES[(place + 1) % len(TIMES)]

    def action_wrap(self) -> None:
        self.view.wrap = not self.view.wrap

    def action_fold(self) -> None:
        """Repeated lines and progress bars as one line, or each as it came."""
        self.view.fold = not self.view.fold
        self.tell()

    def action_level(self) -> None:
        """Only lines of this level and worse: the next of all, info, warning, error."""
        place = LEVELS.index(self.view.level)
        self.view.min_level(LEVELS[(place + 1) % len(LEVELS)])
        self.tell()

    def action_pretty(self) -> None:
        """JSON lines over several rows, or as they came."""
        self.view.pretty = not self.view.pretty

    def action_mark(self) -> None:
        """Mark the line at the top, or take its mark away; while following, draw a line here."""
        if self.view.following:
            self.view.divider("mark")
        else:
            self.view.mark()

    def action_next_mark(self, step: int) -> None:
        self.view.next_mark(step)
        self.tell()

    def action_error(self, step: int) -> None:
        """The first error or traceback, then the next."""
        self.view.next_error(step)
        self.tell()

    def action_match(self, step: int) -> None:
        self.view.next_match(step)
        self.tell()

    # -- the bars

    def action_search(self) -> None:
        self.query_one("#search", FilterBar).open("")

    def action_filter(self) -> None:
        self.query_one("#filter", FilterBar).open(self.view.filter_text)

    def action_highlight(self) -> None:
        self.query_one("#highlight", FilterBar).open("")

    def typed(self, bar: FilterBar) -> None:
        """A bar was closed: only then a highlight counts, each word of it would be one."""
        if bar.id == "highlight" and bar.text:
            self.view.toggle_highlight(bar.text)

    def widen(self) -> bool:
        """Take away what hides lines; False when nothing did."""
        view = self.view
        narrowed = bool(view.rules.note)
        if narrowed:
            view.filter("")
            view.min_level(None)
            view.show_sources(None)
        return narrowed
