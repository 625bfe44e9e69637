"""A file in a container, followed by this machine's own `tail` over connections that are cut."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.client.api import client, refusal, running, until
from tests.client.node import Node
from tui.client.exec_tail import find_user_logs, tail_file
from tui.client.kube import KubeClient
from tui.client.log_events import LogOptions
from tui.client.logs import Broken, Ended, Lines, LogEvent, Refused, Restarted, Resumed
from tui.client.user_logs import in_order
from tui.core.errors import Problem

NOW = 1_767_323_045.5
STAMP = b"2026-01-02T03:04:05.500000Z "


class Reader:
    """Reads one file in the background."""

    def __init__(self, kube: KubeClient, path: Path, options: LogOptions, **more: Any) -> None:
        self.events: list[LogEvent] = []
        self.slept: list[float] = []
        how = {"sleep": self._sleep, "clock": lambda: NOW, **more}
        self.task = asyncio.create_task(self._read(tail_file(kube, "ns/pod", "main", str(path), options, **how)))

    async def _read(self, stream: Any) -> None:
        async with aclosing(stream):
            async for event in stream:
                self.events.append(event)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0.001)

    @property
    def text(self) -> bytes:
        """The lines, without their stamps."""
        data = b"".join(event.data for event in self.events if isinstance(event, Lines))
        assert data.count(STAMP) == data.count(b"\n")
        return data.replace(STAMP, b"")

    @property
    def others(self) -> list[LogEvent]:
        return [event for event in self.events if not isinstance(event, Lines)]

    async def has(self, text: bytes) -> None:
        """Wait for the whole text."""
        await until(lambda: len(self.text) >= len(text))
        assert self.text == text


@asynccontextmanager
async def reading(
    path: Path, options: LogOptions | None = None, made: Node | None = None, **more: Any
) -> AsyncIterator[tuple[Node, Reader]]:
    async with running() as api, client(api.url, read_only=True) as kube, asyncio.timeout(20):
        api.handle = node = made or Node()
        reader = Reader(kube, path, options or LogOptions(), **more)
        try:
            yield node, reader
        finally:
            reader.task.cancel()
            await asyncio.gather(reader.task, return_exceptions=True)
            await until(lambda: node.alive == 0)


def numbered(start: int, end: int) -> bytes:
    return b"".join(b"line %d \xff\r\x00\n" % n for n in range(start, end))


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


async def test_the_last_lines_then_what_is_added_each_stamped_when_it_came(tmp_path: Path) -> None:
    path = tmp_path / "std_log.txt"
    path.write_bytes(numbered(0, 3000) + b"ha")
    async with reading(path, LogOptions(tail=7)) as (_node, reader):
        await reader.has(numbered(2993, 3000))
        append(path, b"lf\n" + numbered(3000, 3002))
        await reader.has(numbered(2993, 3000) + b"half\n" + numbered(3000, 3002))
        assert reader.others == []


async def test_a_tail_of_long_lines_is_looked_for_further_up(tmp_path: Path) -> None:
    path = tmp_path / "std_log.txt"
    long = [b"%d" % n + b"x" * 100_000 + b"\n" for n in range(8)]
    path.write_bytes(b"".join(long))
    async with reading(path, LogOptions(tail=5)) as (node, reader):
        await reader.has(b"".join(long[3:]))
        assert len(node.commands) == 4, "its size, and three tries"


async def test_all_of_a_short_file_is_given_when_it_has_fewer_lines(tmp_path: Path) -> None:
    path = tmp_path / "std_log.txt"
    path.write_bytes(b"a\nb\n")
    for options in (LogOptions(tail=5), LogOptions()):
        async with reading(path, options) as (_node, reader):
            await reader.has(b"a\nb\n")
    async with reading(path, LogOptions(tail=0)) as (_node, reader):
        await until(lambda: reader.task.done() or (_node.alive and len(_node.commands) == 2))
        append(path, b"c\n")
        await reader.has(b"c\n")


def _is_far(node: Node, reader: Reader, at: int) -> bool:
    return len(node.cuts) <= max(0, 25 - at // 50) or reader.text.count(b"\n") >= at + 99


async def test_no_line_is_lost_and_none_comes_twice_wherever_it_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "std_log.txt"
    chance = random.Random(7)
    path.write_bytes(numbered(0, 400))
    made = Node()
    made.cuts = [chance.choice([0, 1, 1030, chance.randrange(1024, 2500)]) for _ in range(25)]
    async with reading(path, None, made) as (node, reader):
        for at in range(400, 1200, 100):
            append(path, numbered(at, at + 100)[:-7])
            await until(partial(_is_far, node, reader, at))
            append(path, numbered(at, at + 100)[-7:])
        await reader.has(numbered(0, 1200))
        assert not node.cuts
        kinds = [type(event) for event in reader.others]
        assert set(kinds) == {Broken, Resumed}
        assert kinds == [Broken, Resumed] * (len(kinds) // 2), "each break is told once"
        assert max(reader.slept) <= 16.0


async def test_a_file_that_is_rotated_and_one_that_is_cut_are_told_at_their_place(tmp_path: Path) -> None:
    path = tmp_path / "std_log.txt"
    path.write_bytes(b"a1\na2\nhal")
    async with reading(path) as (node, reader):
        await reader.has(b"a1\na2\n")
        path.rename(tmp_path / "std_log.1")
        path.write_bytes(b"b1\n")
        await reader.has(b"a1\na2\nhal\nb1\n")
        assert reader.others == [Restarted("the file was replaced")]
        append(path, b"b2\n")
        await reader.has(b"a1\na2\nhal\nb1\nb2\n")
        path.write_bytes(b"c\n")
        await reader.has(b"a1\na2\nhal\nb1\nb2\nc\n")
        assert reader.others[1:] == [Restarted("the file was cut")]
        node.break_all()
        append(path, b"c2\n")
        await reader.has(b"a1\na2\nhal\nb1\nb2\nc\nc2\n")
        assert [type(event) for event in reader.others[2:]] == [Broken, Resumed]


async def test_a_file_that_was_replaced_while_nobody_looked_is_known_by_its_bytes(tmp_path: Path) -> None:
    for old, new in ((b"old\n" * 9, b"new\n"), (b"old\n", b"new, and longer\n"), (b"old\n" * 900, b"new\n" * 900)):
        path = tmp_path / "std_log.txt"
        path.write_bytes(old)
        gate = asyncio.Event()

        async def wait(_seconds: float, gate: asyncio.Event = gate) -> None:
            await gate.wait()

        async with reading(path, sleep=wait) as (node, reader):
            await reader.has(old)
            node.break_all()
            await until(lambda: reader.others)
            path.write_bytes(new)
            gate.set()
            await reader.has(old + new)
            assert [type(event) for event in reader.others] == [Broken, Restarted, Resumed]


async def test_it_ends_with_its_container_and_gives_what_was_not_whole(tmp_path: Path) -> None:
    path = tmp_path / "std_log.txt"
    path.write_bytes(b"a\nlast words")
    async with reading(path) as (node, reader):
        await reader.has(b"a\n")
        node.state = {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}
        node.break_all()
        await reader.task
        assert reader.text == b"a\nlast words\n"
        assert reader.others == [Ended("OOMKilled, exit code 137", 137)]


async def test_a_container_that_began_anew_has_a_new_file(tmp_path: Path) -> None:
    path = tmp_path / "std_log.txt"
    path.write_bytes(b"a\n")
    async with reading(path) as (node, reader):
        await reader.has(b"a\n")
        node.restarts = 1
        path.write_bytes(b"a\n")
        node.break_all()
        await reader.has(b"a\na\n")
        assert [type(event) for event in reader.others] == [Restarted]


async def refused(path: Path, made: Node, **options: Any) -> Problem:
    async with reading(path, LogOptions(**options), made) as (_node, reader):
        await reader.task
    assert [type(event) for event in reader.events] == [Refused]
    event = reader.events[0]
    assert isinstance(event, Refused)
    return event.problem


async def test_why_a_file_cannot_be_read_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "std_log.txt"
    found = await refused(path, Node())
    assert found.code == "NoFile"
    assert found.what.startswith("cannot be read: ")
    assert found.what.endswith("No such file")
    path.write_bytes(b"a\n")
    bare = Node()
    bare.lacks = {"sh", "/busybox/sh", "busybox"}
    assert (await refused(path, bare)).what == "the image of main has no shell"
    poor = Node()
    poor.rewrite = lambda command: (
        ["env", f"PATH={tmp_path}", "/bin/sh", *command[1:]] if "tail" in command[2] else command
    )
    told = await refused(path, poor)
    assert (told.code, told.what.partition(":")[0]) == ("NoProgram", "tail ended with exit code 127")
    denied = Node()
    denied.refuse = lambda request: refusal(403, "you may not") if request.path.endswith("/exec") else None
    assert (await refused(path, denied)).status == 403
    assert (await refused(path, Node(), previous=True)).code == "NoPrevious"


async def test_a_shell_elsewhere_and_a_tail_of_busybox_do_as_well(tmp_path: Path) -> None:
    path, tools = tmp_path / "std_log.txt", tmp_path / "bin"
    path.write_bytes(b"a\n")
    tools.mkdir()
    (tools / "busybox").write_text('#!/bin/sh\nPATH=/usr/bin:/bin exec "$@"\n')
    (tools / "busybox").chmod(0o755)
    made = Node()
    made.lacks = {"sh"}

    def inside(command: list[str]) -> list[str]:
        assert command[0] == "/busybox/sh"
        search = f"PATH={tools}" if "tail" in command[2] else "A=b"
        return ["env", search, "/bin/sh", *command[1:]]

    made.rewrite = inside
    async with reading(path, None, made) as (_node, reader):
        await reader.has(b"a\n")


async def test_what_there_is_once(tmp_path: Path) -> None:
    path = tmp_path / "std_log.txt"
    path.write_bytes(numbered(0, 900) + b"rest")
    for options in (LogOptions(follow=False), LogOptions(tail=900, follow=False)):
        made = Node()
        made.cuts = [-1, 5000]
        async with reading(path, options, made) as (_node, reader):
            await reader.task
            assert reader.text == numbered(0, 900) + b"rest\n"
            assert reader.events[-1] == Ended("the end of what there is")


async def test_a_file_that_vanishes_for_a_while_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "std_log.txt"
    path.write_bytes(b"a\n")
    async with reading(path) as (node, reader):
        await reader.has(b"a\n")
        path.unlink()
        node.break_all()
        await until(lambda: len(reader.slept) > 3)
        assert [type(event) for event in reader.others] == [Broken]
        path.write_bytes(b"bb\n")
        await reader.has(b"a\nbb\n")


async def test_the_logs_of_the_program_the_main_one_first(tmp_path: Path) -> None:
    folder = tmp_path / "cr/j/7/exe/wd/user_logs"
    folder.mkdir(parents=True)
    for name in ("std_log.txt", "std_log_process_10.txt", "std_log_process_02.txt", "other.txt", "data.bin"):
        (folder / name).touch()
    made = Node()
    made.rewrite = lambda command: [word.replace("/tmp/azureml/cr", f"{tmp_path}/cr") for word in command]
    async with running() as api, client(api.url, read_only=True) as kube:
        api.handle = made
        found = await find_user_logs(kube, "ns/pod", "main")
        assert isinstance(found, list)
        assert [Path(path).name for path in found] == [
            "std_log.txt", "std_log_process_02.txt", "std_log_process_10.txt", "other.txt",
        ]  # fmt: skip
        made.rewrite = lambda command: command
        assert await find_user_logs(kube, "ns/pod", "main") == []
        made.refuse = lambda _request: web.Response(status=403)
        assert isinstance(await find_user_logs(kube, "ns/pod", "main"), Problem)


def test_paths_that_act_on_a_terminal_are_left_out() -> None:
    assert in_order(["/a/\x1b[31m.txt", "relative.txt", "/b/70_driver_log.txt", "/b/70_driver_log.txt"]) == [
        "/b/70_driver_log.txt"
    ]
