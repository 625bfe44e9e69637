"""Searching the lines of a log buffer, a block at a time, by what they show. Pure: finds numbers of lines."""

from __future__ import annotations

from collections.abc import Callable

from widgets.log_buffer import Block
from widgets.log_line import LONGEST
from widgets.log_match import Matcher
from widgets.searching import Search


class LogSearch(Search):
    """A search that follows a log: `searched` is the number of the first line not yet looked at."""

    def __init__(self, text: str, visible: Callable[[bytes], str], first: int, anchor: int) -> None:
        super().__init__(text)
        self._visible = visible
        self._matcher = Matcher(text)
        self.searched = first
        self.anchor: int | None = anchor
        """The line the search was begun at; None once the user went from match to match."""
        self.fresh = True
        """Whether the first match is still to be gone to."""

    def again(self, first: int) -> None:
        """Other lines are to be looked at: begin anew, and stay where one is."""
        self.matches, self.searched = [], first

    def drop_before(self, first: int) -> None:
        super().drop_before(first)
        self.searched = max(self.searched, first)

    def read(self, block: Block, passes: Callable[[int], bool] | None = None) -> None:
        """Look at the block's lines that were not looked at, of those that pass a filter."""
        start = max(self.searched, block.first)
        if not block.divider:
            for place in self._matcher.lines(block.data_between(start, block.end)):
                if (passes is None or passes(start + place)) and self._shows(block.line(start + place)):
                    self.matches.append(start + place)
        self.searched = max(self.searched, block.end)

    def _shows(self, raw: bytes) -> bool:
        """Whether it matches with what is masked or unreadable in it; too costly for a megabyte."""
        return len(raw) > LONGEST or self.pattern.search(self._visible(raw)) is not None
