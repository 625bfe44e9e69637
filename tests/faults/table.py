"""The table of faults: how often each was tried, when it was told, when all was right again, and what was checked.

Owns the rows and how they get from a test to the end of the run, also from the processes of pytest-xdist. Load it as a
plugin where the run begins, so that the table is printed there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import pytest

KEY: Final = "fault"
_HEAD: Final = ("fault", "on", "tries", "told", "right again", "checked")
_LINE: Final = "{:<44} {:<8} {:>5} {:>11} {:>12}  {}"
PRINTED: Final = pytest.StashKey[bool]()

Note = Callable[..., None]


def seconds(figures: Iterable[float | None]) -> str:
    """The longest of some spans, `-` when there is none."""
    known = [figure for figure in figures if figure is not None]
    return f"{max(known):.2f} s" if known else "-"


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Note:
    """`note(fault, on, tries, told, right, checked)`: one row; `told` and `right` are spans in seconds, one a try."""

    def add(
        fault: str, on: str, tries: int, told: Iterable[float | None], right: Iterable[float | None], checked: str
    ) -> None:
        row = (fault, on, str(tries), seconds(told), seconds(right), checked)
        request.node.user_properties.append((KEY, row))

    return add


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the table, once."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, ())]
    rows = [tuple(value) for report in reports for key, value in report.user_properties if key == KEY]
    if not rows or config.stash.get(PRINTED, False):
        return
    config.stash[PRINTED] = True
    terminalreporter.section("faults")
    terminalreporter.write_line(_LINE.format(*_HEAD))
    for row in sorted(dict.fromkeys(rows), key=lambda row: (row[1] != "demo", row[1])):
        terminalreporter.write_line(_LINE.format(*row).rstrip())
