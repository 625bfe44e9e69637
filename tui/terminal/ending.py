"""How a run ends: by the operator, by a signal, by bad input, by a bug; the terminal is restored each time.

Owns signals and what is kept for the command line to say afterwards. Must not know what is shown.
"""

from __future__ import annotations

import asyncio
import signal
import traceback
from functools import partial
from typing import Any

from textual.app import App


class Endings(App[int]):
    """An App whose every end is orderly."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.refusal = ""
        """Why nothing could be opened at all: one line, to be printed once the screens are gone; exit code 2."""
        self.failure = ""
        """The traceback of the bug that ended the run: for a log file, not for the screen."""

    def refuse(self, problem: str) -> None:
        """End the run: what the operator gave cannot work."""
        self.refusal = problem
        self.exit(return_code=2)

    def heed_signals(self) -> None:
        """From now on kill and a closed SSH session end the run as quitting does: nothing stays behind."""
        if self.is_headless:
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, partial(self.exit, return_code=128 + number))

    def _handle_exception(self, error: Exception) -> None:
        self.failure = self.failure or "".join(traceback.format_exception(error))
        super()._handle_exception(error)
        self._exit_renderables.clear()  # textual would paint the traceback, with local variables, over the terminal
