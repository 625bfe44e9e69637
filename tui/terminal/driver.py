"""textual's driver for terminals, with two manners: it asks for no report of every mouse move, and it can always
be closed.

Owns what is switched on in the terminal besides textual's own. Must not know what is shown.
"""

from __future__ import annotations

import contextlib
import termios
from queue import Empty, Full
from typing import Final

from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver

_POLITE: Final = 1.0
"""Seconds the last bytes may take to get out when the terminal reads."""
_ROUNDS: Final = 40
"""Times that what is on its way is thrown away, at most, when it does not."""
_ROUND: Final = 0.05
"""Seconds between two of them."""


class QuietDriver(LinuxDriver):
    """Clicks and the wheel (modes 1000 and 1006), no motion: over SSH each report is a packet."""

    def _enable_mouse_support(self) -> None:
        if self._mouse:
            self.write("\x1b[?1000h\x1b[?1006h")
            self.flush()

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write("\x1b[?1006l\x1b[?1000l")
            self.flush()

    @property
    def is_behind(self) -> bool:
        """Whether something still waits to be written: the terminal, or the link to it, is slow."""
        writer = self._writer_thread
        return writer is not None and writer._queue.qsize() > 0

    def close(self) -> None:
        """End the writer, also when the terminal reads no more: what it does not take is thrown away."""
        writer = self._writer_thread
        if writer is None:
            return
        self._say_stop(writer)
        writer.join(_POLITE)
        for _ in range(_ROUNDS):
            if not writer.is_alive():
                return
            with contextlib.suppress(termios.error):
                termios.tcflush(writer.fileno(), termios.TCOFLUSH)
            writer.join(_ROUND)

    def _say_stop(self, writer: WriterThread) -> None:
        """Put the stop mark into the queue without waiting for room."""
        while True:
            try:
                writer._queue.put_nowait(None)
            except Full:
                with contextlib.suppress(Empty):
                    writer._queue.get_nowait()
            else:
                return
