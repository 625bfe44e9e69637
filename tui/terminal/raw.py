"""The terminal as a stream of bytes, for a program elsewhere that drives it as a whole.

Owns raw mode, and the return from it: whatever the other program left switched on is switched off. The terminal is
opened a second time, so that nobody who shares it finds it non-blocking. Knows nothing of what comes and goes.
"""

from __future__ import annotations

import asyncio
import os
import sys
import termios
import tty
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

_PIECE: Final = 4096
_OFF: Final = (
    b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l"  # mouse
    b"\x1b[?1004l\x1b[?2004l\x1b[?2026l"  # focus, bracketed paste, held frames
    b"\x1b[<u\x1b[?1l\x1b>"  # keys as they are at first
    b"\x1b[?1047l\x1b7\x1b[r\x1b8\x1b[?6l\x1b[?7h\x1b[4l"  # the usual screen, all of it, with line wrap
    b"\x1b(B\x0f\x1b[0m\x1b[?25h"  # letters, colours, the cursor
)
"""What editors and pagers switch on: one that was cut off cannot switch it off itself."""


class RawTerminal:
    """The terminal of this process, raw inside of the `with`."""

    def __init__(self, path: str = "") -> None:
        self._path = path
        self._fd = -1
        self._before: list[Any] = []

    def __enter__(self) -> RawTerminal:
        """Raises OSError where there is no terminal."""
        path = self._path or os.ttyname(sys.__stdin__.fileno() if sys.__stdin__ is not None else 0)
        self._fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            self._before = termios.tcgetattr(self._fd)
            tty.setraw(self._fd, termios.TCSANOW)
        except termios.error as error:
            os.close(self._fd)
            raise OSError(*error.args) from None
        return self

    def __exit__(self, *_error: object) -> None:
        """As it was; what was typed for the other program is not for us."""
        self.reset()
        with suppress(termios.error):
            termios.tcflush(self._fd, termios.TCIFLUSH)
            termios.tcsetattr(self._fd, termios.TCSANOW, self._before)
        os.close(self._fd)

    def reset(self) -> None:
        """Switch off what the other program may have left on."""
        with suppress(OSError):  # it reads no more, or is gone
            os.write(self._fd, _OFF)

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        found = os.get_terminal_size(self._fd)
        return found.columns or 80, found.lines or 24

    async def read(self) -> bytes:
        """What was typed; empty when the terminal is gone."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                return os.read(self._fd, _PIECE)
            except BlockingIOError:
                await _ready(self._fd, loop.add_reader, loop.remove_reader)
            except OSError:
                return b""

    async def write(self, data: bytes) -> bool:
        """Show; as slowly as the terminal takes it. False when it is gone."""
        loop = asyncio.get_running_loop()
        while data:
            try:
                data = data[os.write(self._fd, data) :]
            except BlockingIOError:
                await _ready(self._fd, loop.add_writer, loop.remove_writer)
            except OSError:
                return False
        return True


async def _ready(descriptor: int, add: Callable[..., Any], remove: Callable[[int], Any]) -> None:
    ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    add(descriptor, lambda: None if ready.done() else ready.set_result(None))
    try:
        await ready
    finally:
        remove(descriptor)
