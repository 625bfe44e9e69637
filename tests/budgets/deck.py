"""A screen like the deck's, for measuring: a status bar, a table, a log, a footer.

Run as `python -m tests.budgets.deck` it fills itself on a real terminal and then waits; `q` quits.
"""

from __future__ import annotations

import os
from typing import Any

from tui.terminal.environment import prepare

if __name__ == "__main__":
    prepare(os.environ)

from textual.app import ComposeResult
from textual.binding import Binding

from tests.widgets.rows import COLUMNS, Rows
from tui.terminal.diff import DiffDisplay
from widgets.log_view import LogView
from widgets.status_bar import KeyBar, StatusBar
from widgets.table import Table

NOW = 5_000.0
"""The instant at which ages are shown."""
STATES = ("Running", "CrashLoopBackOff", "Pending", "Completed")


def line(number: int) -> bytes:
    """One line of a training log, some 150 bytes with its timestamp."""
    return (
        b"2026-01-02T10:%02d:%02d.123456789Z epoch %d step %d loss 0.%04d accuracy 0.%04d  %d img/s  lr 0.00%d  rank 0"
        b"  data 0.03s  forward 0.11s  mem 11.2Gi\n"
    ) % (number // 60 % 60, number % 60, number // 1000, number, number % 7919, number % 6007, number % 97, number % 9)


def lines(first: int, count: int) -> bytes:
    """Many of them."""
    return b"".join(line(number) for number in range(first, first + count))


def rows(count: int) -> Rows:
    """So many pods."""
    model = Rows()
    for n in range(count):
        name = f"service-{n * 7919 % 400}-6676d6c959-{n:05}"
        model.rows[name] = {
            "health": "●", "name": name, "ready": f"{n % 3}/2", "status": STATES[n % 4], "restarts": str(n % 17),
            "node": f"gpu-node-{n % 250:03}",
        }  # fmt: skip
        model.born[name] = float(n)
    model.keys = list(model.rows)
    return model


def mark(number: int) -> str:
    """A text that has no cell in common with the one before: the diff sends it whole."""
    return chr(65 + number % 26) * 12


class DeckLike(DiffDisplay):
    """The screen."""

    CSS = "Table { height: 2fr; } LogView { height: 1fr; }"
    BINDINGS = [Binding("q", "quit"), Binding("x", "count")]
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, count: int = 1000, **more: Any) -> None:
        super().__init__(**more)
        self.model = rows(count)
        self.counted = 0

    def compose(self) -> ComposeResult:
        yield StatusBar()
        yield Table()
        yield LogView(decode=lambda raw: raw.decode("utf-8", "replace"), limit=100_000, timestamps="time")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(StatusBar).show([("PODS azureml ", "strong"), ("23/25", "warn")], [("worst first", "dim")])
        self.query_one(KeyBar).show([("enter", "open")], [("1", "overview", True)])
        self.query_one(Table).show(self.model, COLUMNS, NOW)
        self.query_one(Table).focus()
        self.query_one(LogView).append(lines(0, 500))

    def action_count(self) -> None:
        self.counted += 1
        self.query_one(StatusBar).show([(mark(self.counted), None)])


if __name__ == "__main__":
    DeckLike().run()
