"""A program in a container, by exec: its streams, and how it ended.

Owns the channels of exec, what a Status says of an end, and the wording when a program cannot be started. Which program
that is, is the caller's.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tui.client.channels import BROKEN, Channels, opened
from tui.client.failure import TIMEOUT, host_port
from tui.client.kube import KubeClient
from tui.client.log_state import object_path
from tui.core.errors import Problem
from tui.core.text import clean

STDIN, STDOUT, STDERR, _STATUS, _RESIZE = range(5)
LIMIT: Final = 1 << 20
"""Bytes that a program may say to `exec_once`."""
DEADLINE: Final = 30.0
"""Seconds that `exec_once` waits for its end."""
NO_PROGRAM: Final = "NoProgram"
"""The code of a program that the image does not have."""
NO_CONTAINER: Final = "NoContainer"
"""The code of a container that is not there, or does not run."""
TOO_MUCH: Final = "TooMuch"
"""The code of a program that said more than was asked for."""
_WANTED: Final = "ask for get and create on pods/exec: a WebSocket takes the first, servers from 1.35 on both"


class Program(Struct, frozen=True):
    """What to run where."""

    key: str
    """The pod, `namespace/name`."""
    container: str
    command: tuple[str, ...]
    stdin: bool = False
    tty: bool = False

    @property
    def query(self) -> list[tuple[str, Any]]:
        """The parameters of the request. A terminal has one stream for both kinds of output."""
        words = [("command", word) for word in self.command]
        flags = (("stdin", self.stdin), ("stdout", True), ("stderr", not self.tty), ("tty", self.tty))
        return [("container", self.container), *words, *flags]


class Chunk(Struct, frozen=True):
    """What it said, on one of its two streams."""

    data: bytes
    error: bool = False


class Exited(Struct, frozen=True):
    """It has ended."""

    code: int


class Ran(Struct, frozen=True):
    """All that it said, and how it ended."""

    stdout: bytes
    stderr: bytes
    exit_code: int


class Running:
    """A program that was started."""

    def __init__(self, channels: Channels, program: Program, where: str) -> None:
        self._channels, self._program, self._where = channels, program, where

    async def receive(self) -> Chunk | Exited | Problem:
        """What comes next. After Exited or a Problem nothing does."""
        while True:
            message = await self._channels.receive()
            if message is None:
                return Problem("the connection ended before the program did", host_port(self._where), code=BROKEN)
            if isinstance(message, Problem):
                return message
            channel, data = message
            if channel in (STDOUT, STDERR):
                return Chunk(data, channel == STDERR)
            if channel == _STATUS:
                return ending(data, self._program)

    async def send(self, data: bytes) -> Problem | None:
        """Put data into its standard input."""
        return await self._channels.send(STDIN, data)

    async def resize(self, columns: int, rows: int) -> Problem | None:
        """Tell its terminal's size."""
        return await self._channels.send(_RESIZE, msgspec.json.encode({"Width": columns, "Height": rows}))

    async def end_input(self) -> Problem | None:
        """Close its standard input, where the server can do that."""
        return await self._channels.end(STDIN)


@asynccontextmanager
async def started(kube: KubeClient, program: Program, *, reads: bool = False) -> AsyncIterator[Running | Problem]:
    """A program; left alone when the block ends. `reads`: it changes nothing, so it may run in a read-only session."""
    path = f"{object_path(program.key)}/exec"
    async with opened(kube, path, program.query, reads=reads) as channels:
        if isinstance(channels, Problem):
            yield _refused(channels, program)
        else:
            yield Running(channels, program, kube.connection.server)


async def exec_stream(
    kube: KubeClient, key: str, container: str, command: Sequence[str], *, reads: bool = False
) -> AsyncGenerator[Chunk | Exited | Problem, None]:
    """What a program without input says, as it says it; Exited or a Problem is the last thing it gives."""
    async with started(kube, Program(key, container, tuple(command)), reads=reads) as running:
        if isinstance(running, Problem):
            yield running
            return
        while True:
            found = await running.receive()
            yield found
            if not isinstance(found, Chunk):
                return


async def exec_once(
    kube: KubeClient, key: str, container: str, command: Sequence[str], *, limit: int = LIMIT,
    deadline: float = DEADLINE, reads: bool = False,
) -> Ran | Problem:  # fmt: skip
    """Run a program to its end. One that says more than `limit` bytes, or takes longer, is a Problem."""
    told: tuple[list[bytes], list[bytes]] = [], []
    said = 0
    try:
        async with (
            asyncio.timeout(deadline),
            aclosing(exec_stream(kube, key, container, command, reads=reads)) as parts,
        ):
            async for part in parts:
                if isinstance(part, Problem):
                    return part
                if isinstance(part, Exited):
                    return Ran(b"".join(told[0]), b"".join(told[1]), part.code)
                said += len(part.data)
                if said > limit:
                    return Problem(f"{command[0]} said more than {limit} bytes", key, code=TOO_MUCH)
                told[part.error].append(part.data)
    except TimeoutError:
        return Problem(f"{command[0]} did not end within {deadline:g} s", key, code=TIMEOUT)
    raise AssertionError("a stream ends with Exited or a Problem")


def ending(status: bytes, program: Program) -> Exited | Problem:
    """What the Status on the error channel says."""
    try:
        found = msgspec.json.decode(status)
    except (msgspec.DecodeError, UnicodeDecodeError):
        found = None
    if not isinstance(found, dict):
        return Problem(_short(status.decode("utf-8", "replace")), program.key, code="Exec")
    if found.get("status") == "Success":
        return Exited(0)
    code = _exit_code(found)
    if code is not None:
        return Exited(code)
    message = str(found.get("message") or "the program could not be started")
    return _told(Problem(_short(message), program.key, code=clean(str(found.get("reason") or "Exec"))), program)


def _exit_code(status: dict[str, Any]) -> int | None:
    details = status.get("details")
    causes = details.get("causes") if isinstance(details, dict) else None
    for cause in causes if isinstance(causes, list) else ():
        if isinstance(cause, dict) and cause.get("reason") == "ExitCode":
            try:
                return int(str(cause.get("message")))
            except ValueError:
                return None
    return None


_AGAIN: Final = re.compile(r"^(?:Internal error occurred: |error executing command in container: )+")
_MISSING: Final = ("executable file not found", "no such file or directory", "not found in $path")


def _short(message: str) -> str:
    """Without what each layer put in front."""
    return _AGAIN.sub("", clean(message).strip())[:400]


def _refused(problem: Problem, program: Program) -> Problem:
    """The handshake's refusal: what to ask for, or what is not there."""
    if problem.status == 403:
        return replace(problem, next=_WANTED)
    return _told(replace(problem, what=_short(problem.what)), program)


def _told(problem: Problem, program: Program) -> Problem:
    """A failure by its kind, where the words of the container runtime tell it."""
    said = problem.what.lower()
    if "container not found" in said or "is not valid for pod" in said:
        what = f"container {program.container} does not run: {problem.what}"
        return replace(problem, what=what, code=NO_CONTAINER)
    if "exec" in said and any(words in said for words in _MISSING):
        return Problem(f"the image has no {program.command[0]}", program.key, code=NO_PROGRAM)
    return problem
