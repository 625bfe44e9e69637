"""A shell that reads commands: with a prompt on a terminal, without one from a pipe.

Owns the prompt, commands that go over several lines, and how a shell is started.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from functools import partial

from tui.demo.world.inside.grammar import Script
from tui.demo.world.inside.parse import parse
from tui.demo.world.inside.process import Lines, Process, Streams
from tui.demo.world.inside.programs import Program
from tui.demo.world.inside.shell import Shell
from tui.demo.world.inside.state import Exit, Jump, State
from tui.demo.world.inside.terminal import INTERRUPTED, Interrupted, Terminal
from tui.demo.world.inside.words import Incomplete, SyntaxProblem


def with_shells(
    programs: Mapping[str, Program], names: Iterable[str], terminal: Terminal | None
) -> Mapping[str, Program]:  # fmt: skip
    """The programs of an image and its shells, which can start each other."""
    found = dict(programs)
    found.update({name: partial(_begin, found, terminal, name) for name in names})
    return found


async def _begin(programs: Mapping[str, Program], terminal: Terminal | None, name: str, process: Process) -> int:
    """A shell: `-c` and a script, or one that asks for commands."""
    words = process.arguments[1:]
    state = State(replace(process.view), dict(process.env), zero=name)
    shell = Shell(state, process.box, programs, name)
    flags = "".join(word[1:] for word in words if word.startswith("-") and not word.startswith("--"))
    if "c" not in flags:
        return await Prompt(shell, process.streams, terminal).run()
    given = [word for word in words if not word.startswith("-")] or [""]
    state.zero, state.arguments = (given[1:2] or [name])[0], given[2:]
    return await shell.whole(given[0], process.streams)


class Prompt:
    """Reads until its input ends or somebody leaves."""

    def __init__(self, shell: Shell, streams: Streams, terminal: Terminal | None) -> None:
        self._shell, self._streams, self._terminal = shell, streams, terminal
        self._lines = Lines(streams.read)

    async def run(self) -> int:
        """Gives the exit code of the shell."""
        try:
            with self._terminal.prompting() if self._terminal is not None else nullcontext():
                while await self._turn():
                    pass
        except Exit as end:
            return end.code
        if self._terminal is not None:
            await self._terminal.write(b"exit\n" if self._shell.name == "bash" else b"\n")
        return self._shell.state.status

    async def _turn(self) -> bool:
        """One command; False at the end of the input."""
        try:
            script = await self._script()
        except Interrupted:
            self._shell.state.status = INTERRUPTED
            return True
        except SyntaxProblem as problem:
            self._shell.state.status = 2
            await self._streams.error(f"{self._shell.name}: 1: Syntax error: {problem}\n".encode())
            return True
        if script is None:
            return False
        self._shell.state.status = await self._do(script)
        return True

    async def _do(self, script: Script) -> int:
        work = self._shell.script(script, self._streams)
        try:
            return await (self._terminal.foreground(work) if self._terminal else work)
        except Jump:
            return 0

    async def _script(self) -> Script | None:
        """The next command, whole; None at the end."""
        text, shown = "", self._shown()
        while True:
            if self._terminal is not None:
                await self._terminal.write(shown.encode())
            line = (await self._line()).decode("utf-8", "surrogateescape")
            if not line and not text:
                return None
            text += line
            try:
                return parse(text)
            except Incomplete:
                if not line:
                    raise
                shown = "> "

    async def _line(self) -> bytes:
        if self._terminal is None:
            return await self._lines.line()
        line = b""
        while not line.endswith(b"\n"):
            piece = await self._terminal.read()
            if not piece:
                return line
            line += piece
        return line

    def _shown(self) -> str:
        if self._shell.name != "bash":
            return "# "
        view = self._shell.state.view
        host = self._shell.box.host
        return f"root@{host}:{'~' if view.cwd == '/root' else view.cwd}# "
