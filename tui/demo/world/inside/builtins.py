"""Commands that are the shell's own: those that change it, and the few that every shell has built in.

Must not know programs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Protocol

from tui.demo.world.inside.files import View
from tui.demo.world.inside.process import Lines, Process, Read, Streams, nothing
from tui.demo.world.inside.state import Exit, Jump, State
from tui.demo.world.inside.testing import holds


class Host(Protocol):
    """The shell, as its own commands see it."""

    name: str
    state: State

    async def run(self, words: list[str], streams: Streams, assigned: Mapping[str, str] | None = None) -> int:
        """Run one command."""

    async def text(self, text: str, streams: Streams) -> int:
        """Run a script."""

    def found(self, name: str) -> object | None:
        """A program."""


BuiltIn = Callable[[Host, Process], Awaitable[int]]


async def reading(view: View, path: str, name: str, streams: Streams) -> Read | None:
    """A file as standard input; None when there is none, which is said."""
    if path == "/dev/null":
        return nothing
    node = view.find(path)
    if node is None or isinstance(node, dict):
        said = "No such file" if node is None else "Is a directory"
        await streams.error(f"{name}: 1: cannot open {path}: {said}\n".encode())
        return None
    pieces = [node.read(0, view.clock())]

    async def read() -> bytes:
        return pieces.pop() if pieces else b""

    return read


async def _cd(host: Host, process: Process) -> int:
    view = host.state.view
    path = process.arguments[1] if len(process.arguments) > 1 else host.state.env.get("HOME", "/")
    path = host.state.env.get("OLDPWD", "/") if path == "-" else path
    if not isinstance(view.find(path), dict):
        await process.complain(f"{host.name}: 1: cd: can't cd to {path}")
        return 2
    host.state.env["OLDPWD"], view.cwd = view.cwd, view.full(path)
    host.state.env["PWD"] = view.cwd
    return 0


async def _pwd(host: Host, process: Process) -> int:
    await process.say(host.state.view.cwd + "\n")
    return 0


async def _echo(_host: Host, process: Process) -> int:
    words, end = process.arguments[1:], "\n"
    if words[:1] == ["-n"]:
        words, end = words[1:], ""
    await process.say(" ".join(words) + end)
    return 0


async def _printf(_host: Host, process: Process) -> int:
    form, *values = process.arguments[1:] or [""]
    form = form.replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r").replace("\\033", "\x1b")
    for value in values:
        form = form.replace("%s", value, 1).replace("%d", value, 1)
    await process.say(form.replace("%s", "").replace("%d", "0").replace("%%", "%"))
    return 0


async def _exit(host: Host, process: Process) -> int:
    given = process.arguments[1] if len(process.arguments) > 1 else str(host.state.status)
    if not given.isdigit():
        await process.complain(f"{host.name}: 1: exit: Illegal number: {given}")
        raise Exit(2)
    raise Exit(int(given) & 0xFF)


async def _export(host: Host, process: Process) -> int:
    for word in process.arguments[1:]:
        name, equals, value = word.partition("=")
        if equals:
            host.state.env[name] = value
    return 0


async def _unset(host: Host, process: Process) -> int:
    for name in process.arguments[1:]:
        host.state.env.pop(name, None)
    return 0


async def _true(_host: Host, _process: Process) -> int:
    return 0


async def _false(_host: Host, _process: Process) -> int:
    return 1


async def _test(_host: Host, process: Process) -> int:
    words = process.arguments[1:]
    if process.arguments[0] == "[":
        if words[-1:] != ["]"]:
            await process.complain("[: missing ]")
            return 2
        words = words[:-1]
    return int(not holds(words, process.view, process.now(), terminal=process.box.terminal is not None))


async def _command(host: Host, process: Process) -> int:
    words = process.arguments[1:]
    if words[:1] not in (["-v"], ["-V"]):
        return await host.run(words, process.streams) if words else 0
    return await _which(host, process, words[1:])


async def _type(host: Host, process: Process) -> int:
    return await _which(host, process, process.arguments[1:])


async def _which(host: Host, process: Process, names: list[str]) -> int:
    code = 0
    for name in names:
        where = name if name in BUILT_IN or "/" in name else f"/usr/bin/{name}"
        if name in BUILT_IN or host.found(name) is not None:
            await process.say(f"{where}\n")
        else:
            code = 127 if process.arguments[0] == "command" else 1
    return code


async def _exec(host: Host, process: Process) -> int:
    if len(process.arguments) == 1:
        return 0
    raise Exit(await host.run(process.arguments[1:], process.streams, process.env))


async def _eval(host: Host, process: Process) -> int:
    return await host.text(" ".join(process.arguments[1:]), process.streams)


async def _shift(host: Host, _process: Process) -> int:
    host.state.arguments = host.state.arguments[1:]
    return 0


async def _break(_host: Host, _process: Process) -> int:
    raise Jump(out=True)


async def _continue(_host: Host, _process: Process) -> int:
    raise Jump(out=False)


async def _read(host: Host, process: Process) -> int:
    names = [word for word in process.arguments[1:] if not word.startswith("-")] or ["REPLY"]
    line = (await Lines(process.streams.read).line()).decode("utf-8", "surrogateescape")
    values = line.rstrip("\n").split(None, len(names) - 1)
    host.state.env.update(dict(zip(names, [*values, *[""] * len(names)], strict=False)))
    return int(not line)


TWICE: Final = frozenset({"echo", "printf", "pwd", "true", "false", "test", "["})
"""What images with a shell have as programs too."""
BUILT_IN: Final[Mapping[str, BuiltIn]] = {
    "cd": _cd, "pwd": _pwd, "echo": _echo, "printf": _printf, "exit": _exit, "export": _export, "unset": _unset,
    "true": _true, ":": _true, "set": _true, "trap": _true, "wait": _true, "umask": _true, "false": _false,
    "test": _test, "[": _test, "command": _command, "type": _type, "exec": _exec, "eval": _eval, "shift": _shift,
    "break": _break, "continue": _continue, "read": _read,
}  # fmt: skip
