"""The shell: does what a tree of commands says.

Owns expansion, redirection, pipelines, exit codes and what is built in. Programs are in `programs`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tui.demo.world.inside import builtins
from tui.demo.world.inside.expand import Expander
from tui.demo.world.inside.grammar import (
    Command,
    For,
    Group,
    If,
    Loop,
    Output,
    Pipeline,
    Redirect,
    Redirected,
    Script,
    Simple,
)  # fmt: skip
from tui.demo.world.inside.parse import parse
from tui.demo.world.inside.process import Box, Broken, Pipe, Process, Read, Streams, Write, nothing, nowhere
from tui.demo.world.inside.programs import Program
from tui.demo.world.inside.state import Exit, Jump, State
from tui.demo.world.inside.words import SyntaxProblem

_TURNS: Final = 100_000
"""Turns of a loop after which it is over in any case."""
NOT_FOUND: Final = 127
_SYNTAX: Final = 2


@dataclass(slots=True)
class Shell:
    """One shell, or a subshell of one."""

    state: State
    box: Box
    programs: Mapping[str, Program]
    name: str = "sh"
    _expander: Expander = field(init=False)

    def __post_init__(self) -> None:
        self._expander = Expander(self.state, self._output)

    async def text(self, text: str, streams: Streams) -> int:
        """Run a script that is given as text."""
        try:
            script = parse(text)
        except SyntaxProblem as problem:
            await streams.error(f"{self.name}: 1: Syntax error: {problem}\n".encode())
            return _SYNTAX
        return await self.script(script, streams)

    async def whole(self, text: str, streams: Streams) -> int:
        """The same, with `exit` as the end."""
        try:
            return await self.text(text, streams)
        except Exit as end:
            return end.code
        except Jump:
            return 0

    async def whole_of(self, words: list[str], streams: Streams) -> int:
        """Run one command, with `exit` as the end."""
        try:
            return await self.run(words, streams)
        except Exit as end:
            return end.code

    async def script(self, script: Script, streams: Streams) -> int:
        """Run pipelines one after another."""
        state = self.state
        for before, pipeline in script.steps:
            if (before == "&&" and state.status) or (before == "||" and not state.status):
                continue
            code = await self._pipeline(pipeline, streams)
            state.status = int(not code) if pipeline.negated else code
        return state.status if script.steps else 0

    async def _pipeline(self, pipeline: Pipeline, streams: Streams) -> int:
        if len(pipeline.commands) == 1:
            return await self._command(pipeline.commands[0], streams)
        tasks, before = [], streams.read
        pipes = [Pipe() for _ in pipeline.commands[1:]]
        for place, command in enumerate(pipeline.commands):
            after = pipes[place] if place < len(pipes) else None
            own = replace(streams, read=before, write=after.write if after else streams.write)
            heard = pipes[place - 1] if place else None
            tasks.append(asyncio.create_task(self._in_pipe(command, own, heard, after)))
            before = after.read if after else before
        try:
            return (await asyncio.gather(*tasks))[-1]
        finally:
            for task in tasks:
                task.cancel()

    async def _in_pipe(self, command: Command, streams: Streams, heard: Pipe | None, after: Pipe | None) -> int:
        try:
            return await self._subshell()._command(command, streams)
        except Exit as end:
            return end.code
        except Broken:
            return 141
        finally:
            if heard is not None:
                heard.deafen()
            if after is not None:
                await after.end()

    def _subshell(self) -> Shell:
        return Shell(self.state.copy(), self.box, self.programs, self.name)

    async def _output(self, script: Script) -> str:
        """What a script writes, for `$(…)`."""
        pieces: list[bytes] = []

        async def keep(data: bytes) -> None:
            pieces.append(data)

        inner = self._subshell()
        try:
            self.state.status = await inner.script(script, Streams(nothing, keep, nowhere))
        except Exit as end:
            self.state.status = end.code
        return b"".join(pieces).decode("utf-8", "surrogateescape").rstrip("\n")

    async def _command(self, command: Command, streams: Streams) -> int:
        match command:
            case Simple():
                return await self._simple(command, streams)
            case Redirected(body, redirects):
                led = await self._led(redirects, streams)
                return 1 if led is None else await self._command(body, led)
            case Group(body, own):
                return await (self._subshell() if own else self).script(body, streams)
            case If(condition, then, otherwise):
                if not await self.script(condition, streams):
                    return await self.script(then, streams)
                return await self.script(otherwise, streams) if otherwise is not None else 0
            case Loop():
                return await self._loop(command, streams)
            case For():
                return await self._for(command, streams)

    async def _loop(self, loop: Loop, streams: Streams) -> int:
        code = 0
        for _ in range(_TURNS):
            await asyncio.sleep(0)
            if bool(await self.script(loop.condition, streams)) is not loop.until:
                break
            try:
                code = await self.script(loop.body, streams)
            except Jump as jump:
                if jump.out:
                    break
        return code

    async def _for(self, loop: For, streams: Streams) -> int:
        code = 0
        for value in self.state.arguments if loop.words is None else await self._expander.words(loop.words):
            self.state.env[loop.name] = value
            try:
                code = await self.script(loop.body, streams)
            except Jump as jump:
                if jump.out:
                    break
        return code

    async def _simple(self, command: Simple, streams: Streams) -> int:
        led = await self._led(command.redirects, streams)
        if led is None:
            return 1
        words = await self._expander.words(command.words)
        assigned = {name: await self._expander.text(word) for name, word in command.assigned}
        if not words:
            self.state.env.update(assigned)
            has_output = any(isinstance(part, Output) for _name, word in command.assigned for part in word)
            return self.state.status if has_output else 0
        return await self.run(words, led, assigned)

    async def run(self, words: list[str], streams: Streams, assigned: Mapping[str, str] | None = None) -> int:
        """Run one command: what is built in, or a program."""
        built_in = builtins.BUILT_IN.get(words[0])
        process = Process(words, streams, {**self.state.env, **(assigned or {})}, self.state.view, self.box)
        if built_in is not None:
            return await built_in(self, process)
        program = self.found(words[0])
        if program is None:
            await self._unknown(words[0], streams)
            return NOT_FOUND
        return await program(process)

    def found(self, name: str) -> Program | None:
        """The program of a name or a path; None when there is none."""
        return self.programs.get(name.rpartition("/")[2]) if "/" not in name or self.state.view.find(name) else None

    async def _unknown(self, name: str, streams: Streams) -> None:
        line = "line 1: " if self.name == "bash" and not self.box.terminal else ""
        said = (
            "No such file or directory" if "/" in name else "command not found" if line or self.name == "bash" else ""
        )
        where = f"{self.name}: {line}" if self.name == "bash" else f"{self.name}: 1: "
        await streams.error(f"{where}{name}: {said or 'not found'}\n".encode())

    async def _led(self, redirects: tuple[Redirect, ...], streams: Streams) -> Streams | None:
        """The streams after some redirects; None when one failed, which was said."""
        for redirect in redirects:
            target = await self._expander.text(redirect.target)
            if redirect.operator == ">&" and target in "12":
                other = streams.write if target == "1" else streams.error
                streams = _with(streams, redirect.number, other)
            elif redirect.operator == "<":
                read = await self._input(target, streams)
                if read is None:
                    return None
                streams = replace(streams, read=read)
            elif target != "/dev/null":
                await streams.error(f"{self.name}: 1: cannot create {target}: Read-only file system\n".encode())
                return None
            elif redirect.operator == "&>":
                streams = replace(streams, write=nowhere, error=nowhere)
            else:
                streams = _with(streams, redirect.number, nowhere)
        return streams

    async def _input(self, path: str, streams: Streams) -> Read | None:
        return await builtins.reading(self.state.view, path, self.name, streams)


def _with(streams: Streams, number: int, write: Write) -> Streams:
    return replace(streams, write=write) if number == 1 else replace(streams, error=write)
