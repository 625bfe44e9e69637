"""A program for a real terminal: its whole screen changes a hundred times a second, and it says how late it was.

Run as `python -m tests.terminal.ticker REPORT [still]`; `still` ticks only when `t` is pressed. `q` quits.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from tui.terminal.environment import prepare

prepare(os.environ)

from textual.app import ComposeResult  # noqa: E402 the environment comes first
from textual.widgets import Static  # noqa: E402

from tui.terminal.diff import DiffDisplay  # noqa: E402

PACE = 0.01
WIDTH = 70


class Ticker(DiffDisplay):
    BINDINGS = [("q", "quit"), ("t", "tick")]
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, report: Path, *, still: bool) -> None:
        super().__init__()
        self._report, self._still = report, still
        self._count, self._lag, self._last = 0, 0.0, 0.0

    def compose(self) -> ComposeResult:
        yield Static(id="text", markup=False)

    def on_mount(self) -> None:
        self._last = time.monotonic()
        self.action_tick()
        if not self._still:
            self.set_interval(PACE, self.action_tick)

    def action_tick(self) -> None:
        now = time.monotonic()
        self._lag, self._last = max(self._lag, now - self._last - PACE), now
        self._count += 1
        lines = [(f"{self._count}-{y} " * WIDTH)[:WIDTH] for y in range(self.size.height - 1)]
        self.query_one("#text", Static).update("\n".join([f"tick {self._count}", *lines]), layout=False)
        if self._count % 10 == 0:
            part = self._report.with_suffix(".part")
            part.write_text(json.dumps({"count": self._count, "lag": self._lag}))
            part.replace(self._report)


if __name__ == "__main__":
    Ticker(Path(sys.argv[1]), still="still" in sys.argv).run()
