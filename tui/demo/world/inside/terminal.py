"""A terminal as the kernel's line discipline makes it of raw bytes: echo, erase, ^C, ^D, and CR where there is LF.

Owns the bytes in both directions. Must not know what reads and writes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from tui.demo.kube.programs import Wire

_INTERRUPT: Final = 0x03
_END: Final = 0x04
_ERASE: Final = (0x08, 0x7F)
_ERASE_WORD: Final = 0x17
_ERASE_LINE: Final = 0x15
_CONTROL: Final = 0x20
INTERRUPTED: Final = 130


class Interrupted(Exception):
    """^C was typed while nothing ran."""


class Terminal:
    """Between a wire and a program. `read` gives whole lines."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._line = bytearray()
        self._lines: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._task: asyncio.Task[int] | None = None
        self._hung_up = False
        self._stopped = False

    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return self._wire.columns, self._wire.rows

    async def read(self) -> bytes:
        """The next line; empty for ^D, and for ever after the other side is gone. Raises Interrupted."""
        if self._hung_up and self._lines.empty():
            return b""
        line = await self._lines.get()
        if line is None:
            raise Interrupted
        return line

    async def write(self, data: bytes) -> None:
        """Output."""
        await self._wire.write(data.replace(b"\n", b"\r\n"))

    async def listen(self) -> None:
        """Take in what is typed, until the other side is gone."""
        while data := await self._wire.read():
            await self._typed(data)
        self._hung_up = True
        self._lines.put_nowait(b"")

    @contextmanager
    def prompting(self) -> Iterator[None]:
        """While somebody asks for commands: ^C does not end him."""
        before, self._task = self._task, None
        try:
            yield
        finally:
            self._task = before

    async def foreground(self, work: Awaitable[int]) -> int:
        """Run what ^C ends."""
        self._stopped = False
        before, task = self._task, asyncio.ensure_future(work)
        self._task = task
        try:
            return await task
        except asyncio.CancelledError:
            if not self._stopped:
                raise
            return INTERRUPTED
        finally:
            self._task = before
            if not task.done():
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _typed(self, data: bytes) -> None:
        echo = bytearray()
        for byte in data.replace(b"\r", b"\n"):
            echo += self._take(byte)
        if echo:
            await self._wire.write(bytes(echo))

    def _take(self, byte: int) -> bytes:
        """One byte; gives what is echoed."""
        match byte:
            case 0x0A:
                self._push(b"\n")
                return b"\r\n"
            case byte if byte == _INTERRUPT:
                return self._interrupt()
            case byte if byte == _END:
                self._push(b"")
                return b""
            case byte if byte in _ERASE:
                return self._erase(1)
            case byte if byte == _ERASE_LINE:
                return self._erase(len(self._line))
            case byte if byte == _ERASE_WORD:
                kept = self._line.rstrip().rpartition(b" ")
                return self._erase(len(self._line) - len(kept[0]) - len(kept[1]))
        self._line.append(byte)
        if byte >= _CONTROL or byte == 0x09:
            return bytes((byte,))
        return bytes((0x5E, byte + 0x40))  # ^X

    def _push(self, end: bytes) -> None:
        self._lines.put_nowait(bytes(self._line) + end)
        self._line.clear()

    def _interrupt(self) -> bytes:
        self._line.clear()
        while not self._lines.empty():  # what was typed ahead is thrown away
            self._lines.get_nowait()
        if self._task is not None and not self._task.done():
            self._stopped = True
            self._task.cancel()
        else:
            self._lines.put_nowait(None)
        return b"^C\r\n"

    def _erase(self, count: int) -> bytes:
        """Take so many bytes back; a character of several bytes goes as a whole."""
        columns, left = 0, min(count, len(self._line))
        while left > 0:
            byte = self._line.pop()
            left -= 1
            columns += (byte & 0xC0) != 0x80
            if left == 0 and (byte & 0xC0) == 0x80 and self._line:
                left = 1
        return b"\b \b" * columns
