"""The proxy does what it says: a judge that is bribed proves nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from tests.faults.heads import Heads
from tests.faults.proxy import HOST, SOUND, Fault, FaultProxy, between

SAID = bytes(range(97, 123)) * 40


@asynccontextmanager
async def behind(fault: Fault = SOUND) -> AsyncIterator[tuple[FaultProxy, asyncio.StreamReader]]:
    """A link through the proxy to a server that says something and then waits."""

    ends: list[asyncio.Task[None] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends.append(asyncio.current_task())
        with suppress(OSError):
            writer.write(SAID)
            await reader.read()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, HOST, 0)
    async with between(f"tcp://{HOST}:{server.sockets[0].getsockname()[1]}") as proxy:
        proxy.plan = lambda _number: fault
        reader, writer = await asyncio.open_connection(HOST, proxy.port)
        try:
            yield proxy, reader
        finally:
            writer.close()
    await asyncio.gather(*[end for end in ends if end is not None])
    server.close()


async def test_without_a_fault_all_comes_through() -> None:
    async with behind() as (_, reader):
        assert await reader.readexactly(len(SAID)) == SAID


async def test_a_cut_is_a_reset_and_a_truncation_is_a_clean_end() -> None:
    async with behind(Fault(truncate=100)) as (_, reader):
        assert await reader.read() == SAID[:100]
    async with behind(Fault(cut=100)) as (_, reader):
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(len(SAID))


async def test_what_is_corrupted_is_one_byte_that_is_another() -> None:
    for at in (7, 8):
        async with behind(Fault(corrupt=at)) as (_, reader):
            found = await reader.readexactly(len(SAID))
            assert [place for place in range(len(SAID)) if found[place] != SAID[place]] == [at]
    assert all(chr(digit ^ flip).isdigit() is False for digit in b"0123456789" for flip in (0x10, 0x90))


@pytest.mark.parametrize("fault", [Fault(stall=100), Fault(mute=True)])
async def test_what_stalls_or_is_mute_is_open_and_silent(fault: Fault) -> None:
    async with behind(fault) as (proxy, reader):
        assert await reader.read(100) == SAID[:100] if fault.stall else proxy.open <= 1
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await reader.read(1)
        assert proxy.open == 1
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            await reader.read(1)


async def test_late_and_slow_take_their_time() -> None:
    for fault, least in ((Fault(delay=0.05), 0.05), (Fault(rate=20_000), len(SAID) / 20_000 * 0.8)):
        begun = time.monotonic()
        async with behind(fault) as (_, reader):
            assert await reader.readexactly(len(SAID)) == SAID
        assert time.monotonic() - begun >= least - 0.002, "to the resolution of a timer"


async def test_it_refuses_and_listens_again_on_the_same_port() -> None:
    async with behind() as (proxy, reader):
        await reader.readexactly(1)
        await proxy.refuse()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(HOST, proxy.port)
        await proxy.restore()
        again, writer = await asyncio.open_connection(HOST, proxy.port)
        assert await again.readexactly(4) == SAID[:4]
        writer.close()


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_requests_are_found_in_pieces_of_any_size(size: int) -> None:
    body = b"GET /no HTTP/1.1\r\n\r\n"  # what is in a body is no request
    stream = b"GET /api/v1/pods?limit=500 HTTP/1.1\r\nHost: x\r\n\r\nGET /api/v1/pods?watch=true HTTP/1.1\r\n\r\n"
    stream += b"PATCH /x/y HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    stream += b"GET /api/v1/pods?limit=500&continue=c HTTP/1.1\r\n\r\nGET /x/log?follow=true HTTP/1.1\r\n\r\n"
    heads, found = Heads(), []
    for start in range(0, len(stream), size):
        found += heads.feed(stream[start : start + size], float(start))
    assert b"".join(piece for _asked, piece in found) == stream
    assert [(asked.verb, asked.resource) for asked, _ in found if asked] == [
        ("list", "pods"), ("watch", "pods"), ("patch", "y"), ("get", "pods"), ("log", "log"),
    ]  # fmt: skip
