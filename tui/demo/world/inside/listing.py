"""Programs that tell which files there are: ls, stat, find, df."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Final

from tui.core.units import rfc3339
from tui.demo.world.inside.files import Fixed, Node
from tui.demo.world.inside.options import take
from tui.demo.world.inside.process import Process


async def ls(process: Process) -> int:
    """Names, or with -l their sizes and times."""
    flags = {letter for word in process.arguments[1:] if _is_flag(word) for letter in word[1:]}
    paths = sorted(word for word in process.arguments[1:] if not _is_flag(word)) or ["."]
    files, directories, code = [], [], 0
    for path in paths:
        node = process.view.find(path)
        if node is None:
            await process.complain(f"ls: cannot access '{path}': No such file or directory")
            code = 2
        elif isinstance(node, dict) and "d" not in flags:
            directories.append((path, node))
        else:
            files.append((path, node))
    await process.say(_listed(process, files, flags))
    for place, (path, node) in enumerate(directories):
        gap = "\n" if place or files else ""
        title = f"{gap}{path}:\n" if len(paths) > 1 else ""
        shown = sorted((name, inner) for name, inner in node.items() if "a" in flags or not name.startswith("."))
        total = "total 8\n" if "l" in flags else ""
        await process.say(title + total + _listed(process, shown, flags))
    return code


def _is_flag(word: str) -> bool:
    return word.startswith("-") and word != "-"


def _listed(process: Process, entries: list[tuple[str, Node]], flags: set[str]) -> str:
    if "l" in flags:
        return "".join(_long(name, node, process.now()) for name, node in entries)
    names = [name for name, _node in entries]
    if process.box.terminal is not None and "1" not in flags:
        return "  ".join(names) + "\n" if names else ""
    return "".join(f"{name}\n" for name in names)


def _long(name: str, node: Node, now: float) -> str:
    if isinstance(node, dict):
        mode, size, at = "drwxr-xr-x", 4096, now
    else:
        program = isinstance(node, Fixed) and node.program
        mode, size, at = "-rwxr-xr-x" if program else "-rw-r--r--", node.size(now), node.changed
    spelt = rfc3339(at)
    return f"{mode} 1 root root {size:10d} {spelt[:10]} {spelt[11:16]} {name}\n"


async def stat(process: Process) -> int:
    """`stat -c FORMAT`: size, name, time and kind."""
    options, code = take(process.arguments[1:], "c"), 0
    form = options.values.get("c", "")
    for path in options.rest:
        node = process.view.find(path)
        if node is None:
            await process.complain(f"stat: cannot statx '{path}': No such file or directory")
            code = 1
            continue
        size = 4096 if isinstance(node, dict) else node.size(process.now())
        at = 0.0 if isinstance(node, dict) else node.changed
        kind = "directory" if isinstance(node, dict) else "regular file"
        said = form or "  File: %n\n  Size: %s\t%F"
        for mark, value in (("%s", size), ("%n", path), ("%Y", int(at)), ("%F", kind), ("%i", 40961)):
            said = said.replace(mark, str(value))
        await process.say(said + "\n")
    return code


async def find(process: Process) -> int:
    """Every path under one, of a name where `-name` says so."""
    words = process.arguments[1:]
    start = words[0] if words and not _is_flag(words[0]) else "."
    wanted = words[words.index("-name") + 1] if "-name" in words[:-1] else "*"
    node = process.view.find(start)
    if node is None:
        await process.complain(f"find: '{start}': No such file or directory")
        return 1
    files_only = words[-2:] == ["-type", "f"] or "-type f" in " ".join(words)
    await process.say("".join(f"{path}\n" for path in _under(start, node, wanted, files_only=files_only)))
    return 0


def _under(path: str, node: Node, wanted: str, *, files_only: bool) -> Iterator[str]:
    if fnmatchcase(path.rpartition("/")[2] or path, wanted) and not (files_only and isinstance(node, dict)):
        yield path
    for name, inner in sorted(node.items()) if isinstance(node, dict) else ():
        yield from _under(f"{path.rstrip('/')}/{name}", inner, wanted, files_only=files_only)


async def df(process: Process) -> int:
    """The disk."""
    await process.say(
        "Filesystem      Size  Used Avail Use% Mounted on\noverlay         124G   83G   41G  67% /\n"
        "tmpfs            64M     0   64M   0% /dev\n"
    )
    return 0


PROGRAMS: Final[Mapping[str, Callable[[Process], Awaitable[int]]]] = {"ls": ls, "stat": stat, "find": find, "df": df}
