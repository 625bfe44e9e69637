"""Programs that show files or parts of them: cat, head, tail, wc, grep, seq."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Final

from tui.demo.world.inside.files import File
from tui.demo.world.inside.options import Options, take
from tui.demo.world.inside.process import Lines, Process

_POLL: Final = 0.1
"""Real seconds between two looks at a followed file."""
_PIECE: Final = 64 * 1024


async def _opened(process: Process, path: str) -> File | None:
    """The file at a path; None when there is none, which is said."""
    node = process.view.find(path)
    if node is not None and not isinstance(node, dict):
        return node
    name = process.arguments[0]
    if node is not None:
        said = f"{name}: error reading '{path}': Is a directory" if name != "cat" else f"cat: {path}: Is a directory"
    elif name in ("head", "tail"):
        said = f"{name}: cannot open '{path}' for reading: No such file or directory"
    else:
        said = f"{name}: {path}: No such file or directory"
    await process.complain(said)
    return None


async def _inputs(process: Process, paths: list[str]) -> AsyncIterator[tuple[str, bytes | None]]:
    """What files hold, or standard input where none is named; None for one that cannot be read."""
    for path in paths or ["-"]:
        if path == "-":
            pieces = []
            while piece := await process.streams.read():
                pieces.append(piece)
            yield path, b"".join(pieces)
            continue
        file = await _opened(process, path)
        yield path, None if file is None else _whole(file, process.now())


def _whole(file: File, now: float) -> bytes:
    pieces: list[bytes] = []
    while piece := file.read(sum(map(len, pieces)), now):
        pieces.append(piece)
    return b"".join(pieces)


async def cat(process: Process) -> int:
    """Everything."""
    code = 0
    for path in process.arguments[1:] or ["-"]:
        if path == "-":
            while piece := await process.streams.read():
                await process.streams.write(piece)
            continue
        file = await _opened(process, path)
        if file is None:
            code = 1
            continue
        at, now = 0, process.now()
        while data := file.read(at, now):
            at += len(data)
            await process.streams.write(data)
    return code


async def head(process: Process) -> int:
    """The first lines or bytes."""
    options = take(process.arguments[1:], "n", "c")
    code = 0
    if not options.rest:
        await _first_lines(process, options)
        return 0
    async for path, data in _inputs(process, options.rest):
        if data is None:
            code = 1
            continue
        if len(options.rest) > 1:
            await process.say(f"==> {path} <==\n")
        if "c" in options.values:
            await process.streams.write(data[: options.number("c", 0)])
        else:
            await process.streams.write(b"".join(_lines(data)[: options.number("n", 10)]))
    return code


async def _first_lines(process: Process, options: Options) -> None:
    """Of standard input: as soon as they are there."""
    if "c" in options.values:
        left = options.number("c", 0)
        while left > 0 and (piece := await process.streams.read()):
            await process.streams.write(piece[:left])
            left -= len(piece)
        return
    lines = Lines(process.streams.read)
    for _ in range(options.number("n", 10)):
        line = await lines.line()
        if not line:
            return
        await process.streams.write(line)


async def tail(process: Process) -> int:
    """The last lines or bytes, or all from one on; with -f or -F what comes after."""
    options = take(process.arguments[1:], "n", "c", "s")
    follow, retry = bool({"f", "F", "follow"} & options.flags), bool({"F", "retry"} & options.flags)
    if not options.rest:
        async for _path, data in _inputs(process, []):
            await process.streams.write((data or b"")[_start(data or b"", options) :])
        return 0
    code, opened = 0, []
    for path in options.rest:
        file = await _opened(process, path)
        if file is None and not retry:
            code = 1
            continue
        opened.append(_Tailed(path, file))
    titled = len(options.rest) > 1
    for one in opened:
        if titled:
            await process.say(f"==> {one.path} <==\n")
        await one.begin(process, options)
    while follow and opened:
        await asyncio.sleep(_POLL)
        for one in opened:
            await one.go_on(process)
    return code


class _Tailed:
    """One file that is followed."""

    def __init__(self, path: str, file: File | None) -> None:
        self.path, self._file, self._at = path, file, 0

    async def begin(self, process: Process, options: Options) -> None:
        if self._file is None:
            return
        now = process.now()
        size = self._file.size(now)
        if "c" in options.values and options.values["c"].startswith("+"):
            self._at = max(0, options.number("c", 1) - 1)
        elif "c" in options.values:
            self._at = max(0, size - options.number("c", 0))
        elif options.values.get("n", "").startswith("+"):
            self._at = _start(_whole(self._file, now), options)
        else:
            self._at = self._last_lines(size, options, now)
        await self._give(process, now)

    def _last_lines(self, size: int, options: Options, now: float) -> int:
        """Where they begin, looked for from the end."""
        assert self._file is not None
        wanted, back = options.number("n", 10), _PIECE
        while True:
            begin = max(0, size - back)
            data = self._file.read(begin, now)[: size - begin]
            if begin == 0 or data.count(b"\n") > wanted:
                return begin + _start(data, options)
            back *= 4

    async def go_on(self, process: Process) -> None:
        if self._file is None:
            node = process.view.find(self.path)
            self._file = node if not isinstance(node, dict) else None
            if self._file is not None:
                await process.complain(f"tail: '{self.path}' has appeared;  following new file")
        if self._file is None:
            return
        await self._give(process, process.now())

    async def _give(self, process: Process, now: float) -> None:
        """What there is until a moment."""
        assert self._file is not None
        while data := self._file.read(self._at, now):
            self._at += len(data)
            await process.streams.write(data)


def _start(data: bytes, options: Options) -> int:
    """Where the wanted end of some data begins."""
    if "c" in options.values:
        number = options.number("c", 0)
        return max(0, number - 1) if options.values["c"].startswith("+") else max(0, len(data) - number)
    number = options.number("n", 10)
    lines = _lines(data)
    if options.values.get("n", "").startswith("+"):
        return sum(map(len, lines[: max(0, number - 1)]))
    return len(data) - sum(map(len, lines[-number:])) if number else len(data)


def _lines(data: bytes) -> list[bytes]:
    """With their ends; a carriage return is none."""
    whole, _, rest = data.rpartition(b"\n")
    found = [line + b"\n" for line in whole.split(b"\n")] if b"\n" in data else []
    return [*found, rest] if rest else found


async def wc(process: Process) -> int:
    """Lines, words, bytes."""
    options, code, total = take(process.arguments[1:]), 0, [0, 0, 0]
    wanted = [n for n, letter in enumerate("lwc") if letter in options.flags] or [0, 1, 2]
    if wanted == [2] and len(options.rest) == 1 and (file := await _opened(process, options.rest[0])) is not None:
        await process.say(f"{file.size(process.now())} {options.rest[0]}\n")
        return 0
    async for path, data in _inputs(process, options.rest):
        if data is None:
            code = 1
            continue
        counts = [data.count(b"\n"), len(data.split()), len(data)]
        total = [old + new for old, new in zip(total, counts, strict=True)]
        await process.say(_counted([counts[n] for n in wanted], "" if path == "-" else f" {path}"))
    if len(options.rest) > 1:
        await process.say(_counted([total[n] for n in wanted], " total"))
    return code


def _counted(counts: list[int], name: str) -> str:
    shown = [str(count) for count in counts] if len(counts) == 1 else [f"{count:7d}" for count in counts]
    return " ".join(shown) + name + "\n"


async def grep(process: Process) -> int:
    """Lines that match."""
    options = take(process.arguments[1:], "e", "m")
    pattern, *paths = ([options.values["e"]] if "e" in options.values else []) + options.rest or [""]
    wanted = re.compile(pattern.encode(), re.IGNORECASE if "i" in options.flags else 0)
    found = 0
    async for _path, data in _inputs(process, paths):
        lines = [
            line for line in (data or b"").split(b"\n")[:-1] if bool(wanted.search(line)) is not ("v" in options.flags)
        ]
        lines = lines[: options.number("m", len(lines))]
        found += len(lines)
        if not {"c", "q"} & options.flags:
            await process.streams.write(b"".join(line + b"\n" for line in lines))
    if "c" in options.flags:
        await process.say(f"{found}\n")
    return int(not found)


async def seq(process: Process) -> int:
    """Numbers."""
    given = [int(word) for word in process.arguments[1:] if word.lstrip("-").isdigit()]
    first, last = (given[0], given[-1]) if len(given) > 1 else (1, given[0] if given else 0)
    numbers = range(first, last + 1)
    for start in range(0, len(numbers), _PIECE // 8):
        await process.say("".join(f"{number}\n" for number in numbers[start : start + _PIECE // 8]))
    return 0


PROGRAMS: Final[Mapping[str, Callable[[Process], Awaitable[int]]]] = {
    "cat": cat, "head": head, "tail": tail, "wc": wc, "grep": grep, "seq": seq,
}  # fmt: skip
