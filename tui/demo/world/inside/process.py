"""What a program of a container has: streams, arguments, environment, files.

Owns pipes, and streams that go nowhere. Must not know programs or shells.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from tui.demo.world.inside.files import View

Read = Callable[[], Awaitable[bytes]]
Write = Callable[[bytes], Awaitable[None]]
_DEPTH: Final = 16
"""Pieces in a pipe until its writer waits."""


class Broken(Exception):
    """Nobody reads at the other end of the pipe."""


async def nothing() -> bytes:
    """The end of /dev/null."""
    return b""


async def nowhere(data: bytes) -> None:
    """Into /dev/null."""
    del data


@dataclass(frozen=True, slots=True)
class Streams:
    """Standard input, output and error."""

    read: Read
    write: Write
    error: Write


@dataclass(frozen=True, slots=True)
class Box:
    """What all programs of a container share."""

    host: str
    facts: dict[str, str]
    """What programs tell of the machine: node, GPU, what runs there."""
    terminal: Callable[[], tuple[int, int]] | None = None
    """Columns and rows, where there is a terminal."""


@dataclass(slots=True)
class Process:
    """A program that runs."""

    arguments: list[str]
    streams: Streams
    env: dict[str, str]
    view: View
    box: Box

    async def say(self, text: str) -> None:
        """A text to standard output."""
        await self.streams.write(text.encode("utf-8", "surrogateescape"))

    async def complain(self, text: str) -> None:
        """A line to standard error."""
        await self.streams.error(text.encode("utf-8", "surrogateescape") + b"\n")

    def now(self) -> float:
        """The time."""
        return self.view.clock()


class Pipe:
    """From one program to the next."""

    def __init__(self) -> None:
        self._pieces: asyncio.Queue[bytes] = asyncio.Queue(_DEPTH)
        self._deaf, self._over = False, False

    async def write(self, data: bytes) -> None:
        """Raises Broken when nobody reads any more."""
        if self._deaf:
            raise Broken
        if data:
            await self._pieces.put(data)

    async def read(self) -> bytes:
        """The next piece; empty at the end."""
        if self._over:
            return b""
        piece = await self._pieces.get()
        self._over = not piece
        return piece

    async def end(self) -> None:
        """The writer is done."""
        if not self._deaf:
            await self._pieces.put(b"")

    def deafen(self) -> None:
        """The reader is done: who waits to write need not wait any longer."""
        self._deaf = True
        while not self._pieces.empty():
            self._pieces.get_nowait()


class Lines:
    """Standard input as lines."""

    def __init__(self, read: Read) -> None:
        self._read, self._rest = read, b""

    async def line(self) -> bytes:
        """The next line with its end, if it has one; empty at the end."""
        while b"\n" not in self._rest:
            piece = await self._read()
            if not piece:
                line, self._rest = self._rest, b""
                return line
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\n")
        return line + b"\n"
