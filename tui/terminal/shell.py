"""An interactive shell in a container: the screens make room for it, and come back however it ends.

Owns which shell is begun, the way of keys, output and sizes between it and the terminal, and what is said at its end.
Asks nobody and records nothing: that is the screens' part.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct
from textual.app import App, SuspendNotSupported

from tui.client.exec import NO_PROGRAM, Chunk, Exited, Program, Running, started
from tui.client.failure import reason_of
from tui.client.in_shell import SHELLS, no_shell
from tui.client.kube import KubeClient
from tui.core.errors import Problem
from tui.core.units import age
from tui.terminal.raw import RawTerminal

AT_ONCE: Final = 2.0
"""Seconds: what fails sooner has shown nothing that could be read. It stays on the terminal until a key is pressed."""
_NO_TERMINAL: Final = Problem("there is no terminal to give to a shell")
_GONE: Final = Problem("the terminal is gone")


class Ending(Struct, frozen=True):
    """How a shell ended."""

    how: Exited | Problem
    seconds: float

    @property
    def told(self) -> str:
        """In words."""
        if isinstance(self.how, Problem):
            return reason_of(self.how)
        return f"{_code(self.how.code)}, after {age(self.seconds)}"

    @property
    def failed_at_once(self) -> bool:
        """It had not really begun."""
        return self.seconds < AT_ONCE and (isinstance(self.how, Problem) or bool(self.how.code))


def _code(code: int) -> str:
    if not code:
        return "by itself"
    try:
        return f"exit code {code} ({signal.Signals(code - 128).name})"
    except ValueError:
        return f"exit code {code}"


def begin(shell: tuple[str, ...]) -> tuple[str, ...]:
    """The command that begins the best shell there is, by way of one that is everywhere."""
    return (*shell, "-c", f"command -v bash >/dev/null 2>&1 && exec bash; exec {' '.join(shell)}")


async def shell(
    app: App[Any], kube: KubeClient, key: str, container: str, *, tick: Callable[[], float] = time.monotonic
) -> Ending:
    """Give the terminal to a shell in a container until that ends."""
    failed: BaseException | None = None
    ending = Ending(_NO_TERMINAL, 0.0)
    try:
        with app.batch_update(), app.suspend():
            try:
                ending = await _on_terminal(kube, key, container, tick)
            except BaseException as error:  # to raise in here would leave the screens suspended for good
                failed = error
    except SuspendNotSupported:
        return ending
    if failed is not None:
        raise failed
    return ending


async def _on_terminal(kube: KubeClient, key: str, container: str, tick: Callable[[], float]) -> Ending:
    begun = tick()
    try:
        with RawTerminal() as terminal:
            await terminal.write(_line(f"shell in {key}, container {container}; exit or ctrl+d leads back to arcdeck"))
            how = await _any_shell(kube, key, container, terminal)
            ending = Ending(how, tick() - begun)
            terminal.reset()
            await terminal.write(_line(f"shell ended: {ending.told}"))
            if ending.failed_at_once:
                await terminal.write(_line("press a key"))
                await terminal.read()
            return ending
    except OSError:
        return Ending(_NO_TERMINAL, tick() - begun)


def _line(text: str) -> bytes:
    """A line of ours on a terminal whose cursor may be anywhere."""
    return f"\r\n\x1b[0m{text}\r\n".encode()


async def _any_shell(kube: KubeClient, key: str, container: str, terminal: RawTerminal) -> Exited | Problem:
    for each in SHELLS:
        program = Program(key, container, begin(each), stdin=True, tty=True)
        async with started(kube, program) as running:
            how = running if isinstance(running, Problem) else await attach(running, terminal)
        if not isinstance(how, Problem) or how.code != NO_PROGRAM:
            return how
    return no_shell(key, container)


async def attach(running: Running, terminal: RawTerminal) -> Exited | Problem:
    """Keys to the program, its output to the terminal, until either ends."""
    parts = (_show(running, terminal), _type(running, terminal), _measure(running, terminal))
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return next(task.result() for task in tasks if task in done)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _show(running: Running, terminal: RawTerminal) -> Exited | Problem:
    while isinstance(part := await running.receive(), Chunk):
        if not await terminal.write(part.data):
            return _GONE
    return part


async def _type(running: Running, terminal: RawTerminal) -> Problem:
    while typed := await terminal.read():
        problem = await running.send(typed)
        if problem is not None:
            return problem
    return _GONE


async def _measure(running: Running, terminal: RawTerminal) -> Problem:
    """Tell the size now, and each time it changes."""
    changed = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGWINCH, changed.set)
    try:
        while True:
            changed.clear()
            problem = await running.resize(*terminal.size)
            if problem is not None:
                return problem
            await changed.wait()
    finally:
        loop.remove_signal_handler(signal.SIGWINCH)
