"""One program of a control plane: started, paused, killed, started again; never outlives the tests.

Owns the child and its log file. Must not know what the program does.
"""

from __future__ import annotations

import ctypes
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

PATIENCE: Final = 20.0
"""Seconds that a program has to end by itself."""
_DEATH_SIGNAL: Final = 1
"""PR_SET_PDEATHSIG."""


class NotReady(Exception):
    """A program ended, or did not answer in time; the last lines of its log are the message."""


class Process:
    """A program and its arguments; not started yet."""

    def __init__(self, name: str, command: Sequence[str], log: Path) -> None:
        self.name = name
        self._command, self._log = [*command], log
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """Start it; it dies with this process, however that ends."""
        prctl = ctypes.CDLL(None).prctl
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
                preexec_fn=lambda: prctl(_DEATH_SIGNAL, signal.SIGKILL),
            )  # fmt: skip

    def send(self, number: signal.Signals) -> None:
        """SIGSTOP, SIGCONT, SIGKILL …"""
        assert self._child is not None
        self._child.send_signal(number)
        if number == signal.SIGKILL:
            self._child.wait()

    def stop(self) -> None:
        """End it: politely, then not."""
        if self._child is None or not self.running:
            return
        self._child.send_signal(signal.SIGCONT)
        self._child.terminate()
        try:
            self._child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.send(signal.SIGKILL)

    def wait(self, ready: Callable[[], bool], seconds: float = 90.0) -> None:
        """Wait for a fact about it. Raises NotReady."""
        until = time.monotonic() + seconds
        while not ready():
            if not self.running or time.monotonic() > until:
                raise NotReady(f"{self.name} {'is not ready' if self.running else 'ended'}:\n{self.tail()}")
            time.sleep(0.1)

    def tail(self, lines: int = 15) -> str:
        """The end of its log."""
        return "\n".join(self._log.read_text("utf-8", "replace").splitlines()[-lines:])


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
