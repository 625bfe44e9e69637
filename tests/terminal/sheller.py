"""A program for a real terminal that gives it to shells of a node in this process.

Run as `python -m tests.terminal.sheller REPORT`; `s` begins a shell, `d` one in a container without, `b` one with a
mistake of ours in it, `q` quits. SIGUSR1 breaks the connections.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from tui.terminal.environment import prepare

prepare(os.environ)

from textual.app import ComposeResult  # noqa: E402 the environment comes first
from textual.widgets import Static  # noqa: E402

from tests.client.api import client, running  # noqa: E402
from tests.client.node import Node  # noqa: E402
from tui.client.exec import Running  # noqa: E402
from tui.terminal.diff import DiffDisplay  # noqa: E402
from tui.terminal.ending import Endings  # noqa: E402
from tui.terminal.shell import shell  # noqa: E402


class Sheller(DiffDisplay, Endings):
    BINDINGS = [("q", "quit"), ("s", "shell"), ("d", "bare"), ("b", "bug")]
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, report: Path) -> None:
        super().__init__()
        self._report, self._node = report, Node()
        self._count = 0

    def compose(self) -> ComposeResult:
        yield Static(id="text", markup=False)

    def on_mount(self) -> None:
        self.heed_signals()
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self._node.break_all)
        self.set_interval(0.02, self._tick)
        self._tick()

    def _tick(self) -> None:
        """The screens go on while the terminal is away."""
        self._count += 1
        self.query_one("#text", Static).update("\n".join([f"tick {self._count}", *["deck"] * 20]))

    def action_shell(self) -> None:
        self._node.lacks = set()
        self.run_worker(self._shell())

    def action_bare(self) -> None:
        self._node.lacks = {"sh", "/busybox/sh", "busybox"}
        self.run_worker(self._shell())

    def action_bug(self) -> None:
        """A mistake of ours while the terminal is away."""
        self.action_shell()
        self.set_timer(0.7, self._spoil)

    def _spoil(self) -> None:
        Running.receive = None  # type: ignore[assignment, method-assign]
        for socket in self._node.sockets:
            self.run_worker(socket.send_bytes(b"\x01x"))

    async def _shell(self) -> None:
        async with running() as api, client(api.url) as kube:
            api.handle = self._node
            ending = await shell(self, kube, "ns/pod", "main")
            self._tell({"told": ending.told, "sizes": self._node.sizes, "alive": self._node.alive})

    def _tell(self, what: dict[str, Any]) -> None:
        part = self._report.with_suffix(".part")
        part.write_text(json.dumps(what))
        part.replace(self._report)


if __name__ == "__main__":
    app = Sheller(Path(sys.argv[1]))
    app.run()
    sys.exit(app.return_code or 0)
