"""The terminal of the demo's containers: echo, erase, ^C, ^D, prompts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.demo.world.inside.bench import LOG, Bench, Wire


@asynccontextmanager
async def shell(*command: str, code: int) -> AsyncIterator[Wire]:
    """A program on a terminal; after the block it has ended with `code`."""
    wire = Wire(ends=False)
    task = asyncio.create_task(Bench().run(*command, wire=wire, tty=True))
    try:
        yield wire
        async with asyncio.timeout(5):
            assert (await task)[0] == code
    finally:
        task.cancel()


async def typed(wire: Wire, data: bytes, until: bytes) -> bytes:
    """What comes for some keys."""
    before = len(wire.said)
    wire.type(data)
    async with asyncio.timeout(5):
        while until not in wire.said[before:]:  # noqa: ASYNC110 - only looking tells
            await asyncio.sleep(0.005)
    return bytes(wire.said[before:])


async def test_a_session() -> None:
    async with shell("bash", code=7) as wire:
        await wire.until(b"root@p:/# ")
        assert await typed(wire, b"echo hi\r", b"# ") == b"echo hi\r\nhi\r\nroot@p:/# "
        assert await typed(wire, b"echo abx\x7fc\r", b"\nabc\r") == b"echo abx\b \bc\r\nabc\r\nroot@p:/# "
        assert b"\r\n/etc\r\nroot@p:/etc# " in await typed(wire, b"cd /etc; pwd\r", b"/etc# ")
        assert b"command not found" in await typed(wire, b"nothing-like-it\r", b"found\r\n")
        assert b"> " in await typed(wire, b"for i in 1 2; do\r", b"> ")
        assert b"1\r\n2\r\n" in await typed(wire, b"echo $i; done\r", b"2\r\nroot")
        wire.columns, wire.rows = 132, 43
        assert b"43 132" in await typed(wire, b"stty size\r", b"132\r\n")
        wire.type(b"exit 7\r")


async def test_an_interrupt_ends_what_runs_or_what_was_typed() -> None:
    async with shell("sh", code=0) as wire:
        await wire.until(b"# ")
        assert await typed(wire, b"half a line\x03", b"# ") == b"half a line^C\r\n# "
        await typed(wire, f"tail -F {LOG}\r".encode(), b"step")
        assert (await typed(wire, b"\x03", b"# ")).endswith(b"^C\r\n# ")
        assert b"130" in await typed(wire, b"echo $?\r", b"130\r\n")
        assert b"abc\r\nabc\r\n" in await typed(wire, b"cat\rabc\r", b"abc\r\nabc\r\n")
        await typed(wire, b"\x04", b"# ")
        wire.type(b"true\r\x04")
        await wire.until(b"true")


async def test_a_shell_that_is_started_by_a_shell() -> None:
    """As a program does that does not know which one an image has."""
    script = "command -v bash >/dev/null 2>&1 && exec bash; exec sh"
    async with shell("sh", "-c", script, code=3) as wire:
        await wire.until(b"root@p:/# ")
        await typed(wire, b"half\x03", b"# ")
        await typed(wire, b"sleep 60\r", b"60\r\n")
        await typed(wire, b"\x03", b"# ")
        await typed(wire, b"sh\r", b"\r\n# ")
        await typed(wire, b"sleep 60\r", b"60\r\n")
        await typed(wire, b"\x03", b"# ")
        assert b"130" in await typed(wire, b"echo $?\r", b"130\r\n")
        await typed(wire, b"exit 4\r", b"root@p:/# ")
        assert b"4" in await typed(wire, b"echo $?\r", b"4\r\n")
        wire.type(b"exit 3\r")


@pytest.mark.parametrize(
    ("keys", "echoed"),
    [(b"one two\x17x\r", b"one two\b \b\b \b\b \bx\r\n"), (b"abc\x15d\r", b"abc\b \b\b \b\b \bd\r\n"),
     ("aé\x7f\x7f\x7fb\r".encode(), "aé\b \b\b \bb\r\n".encode()), (b"\x1b[A\r", b"^[[A\r\n")],
)  # fmt: skip
async def test_what_is_erased(keys: bytes, echoed: bytes) -> None:
    async with shell("sh", "-c", "read line", code=0) as wire:
        assert (await typed(wire, keys, b"\r\n")) == echoed


async def test_an_interrupt_throws_away_what_was_typed_ahead() -> None:
    async with shell("sh", code=0) as wire:
        await wire.until(b"# ")
        await typed(wire, b"echo no\rexit 9\r\x03", b"^C\r\n# ")
        assert b"no\r\nno" not in wire.said
        wire.type(b"exit 0\r")


async def test_an_interrupt_ends_a_program_without_a_shell() -> None:
    async with shell("tail", "-F", LOG, code=130) as wire:
        await wire.until(b"step")
        wire.type(b"\x03")


async def test_a_terminal_that_is_gone_ends_its_shell() -> None:
    async with shell("bash", code=0) as wire:
        await wire.until(b"# ")
        wire.type(b"")
