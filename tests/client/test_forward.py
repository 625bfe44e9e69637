"""A port of this machine that leads to a port of a pod: real sockets at both ends, the protocol between."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.client.api import client, refusal, running, until
from tests.client.node import V4, Node
from tui.client.forward import Forward
from tui.core.errors import Problem


@asynccontextmanager
async def echo(greeting: bytes = b"") -> AsyncIterator[int]:
    """A server that says everything back in capitals, and hangs up at a `.`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        while data := await reader.read(65536):
            writer.write(data.upper())
            await writer.drain()
            if b"." in data:
                break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@asynccontextmanager
async def forwarding(linger: float = 0.2, remote: int = 8080) -> AsyncIterator[tuple[Forward, Node]]:
    async with echo(b"hello ") as port, running() as api, client(api.url) as kube, asyncio.timeout(10):
        api.handle = node = Node()
        node.ports = {8080: port}
        forward = Forward(kube, "ns/pod", remote, linger=linger)
        assert await forward.listen(0) is None
        task = asyncio.create_task(forward.run())
        try:
            yield forward, node
        finally:
            forward.end()
            await task
            await until(lambda: node.alive == 0)


async def said(forward: Forward, words: bytes, size: int = -1) -> bytes:
    """What one connection answers; a `.` makes the other side hang up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", forward.local)
    try:
        writer.write(words)
        return await (reader.read(-1) if size < 0 else reader.readexactly(size))
    finally:
        writer.close()


async def test_bytes_go_both_ways_each_connection_has_its_own() -> None:
    async with forwarding() as (forward, node):
        big = b"a" * 200_000
        answers = await asyncio.gather(said(forward, b"one."), said(forward, b"two."), said(forward, big + b"."))
        assert answers == [b"hello ONE.", b"hello TWO.", b"hello " + big.upper() + b"."]
        assert node.spoken == [V4] * 3
        await until(lambda: forward.open == 0)
        assert (forward.total, forward.errors, forward.why) == (3, 0, "")
        assert (forward.sent, forward.received) == (200_009, 200_027)


async def test_it_listens_on_this_machine_only_and_says_when_a_port_is_taken() -> None:
    async with forwarding() as (forward, _node):
        assert forward._server is not None
        assert [each.getsockname()[0] for each in forward._server.sockets] == ["127.0.0.1"]
        other = Forward(forward._kube, "ns/pod", 80)
        found = await other.listen(forward.local)
        assert isinstance(found, Problem)
        assert found.what.startswith("cannot listen: ")


async def test_a_side_that_has_closed_is_answered_for_a_while_and_no_longer() -> None:
    async with forwarding() as (forward, node):
        reader, writer = await asyncio.open_connection("127.0.0.1", forward.local)
        writer.write(b"last words")
        writer.write_eof()
        assert await reader.read(-1) == b"hello LAST WORDS"
        await until(lambda: forward.open == 0 and node.alive == 0)
        assert forward.errors == 0
        writer.close()


async def test_a_port_on_which_nothing_listens_is_told_and_the_local_side_sees_no_clean_end() -> None:
    async with forwarding(remote=9) as (forward, _node):
        try:
            found = await said(forward, b"")
        except ConnectionError:
            found = b"reset"
        assert found == b"reset"
        await until(lambda: forward.errors == 1)
        assert forward.why == "ns/pod: nothing listens on port 9 of the pod"
        assert not forward.over


async def test_a_connection_that_breaks_is_reset_and_the_next_one_works() -> None:
    async with forwarding() as (forward, node):
        reader, writer = await asyncio.open_connection("127.0.0.1", forward.local)
        assert await reader.readexactly(6) == b"hello "
        node.break_all()
        with suppress(ConnectionError):
            assert await reader.read(-1) == b"never"
        writer.close()
        await until(lambda: forward.errors == 1)
        assert "the connection broke" in forward.why
        assert await said(forward, b"x.") == b"hello X."
        await until(lambda: not forward.why)


async def test_a_pod_that_is_gone_ends_it_and_a_denial_says_what_to_ask_for() -> None:
    async with forwarding() as (forward, node):
        node.refuse = lambda _request: refusal(403, "you may not")
        await _closed(forward)
        await until(lambda: forward.errors == 1)
        assert forward.why.endswith("you may not")
        node.refuse = lambda _request: refusal(404, 'pods "pod" not found')
        await _closed(forward)
        await until(lambda: forward.over)
        assert forward.why == "the pod is gone"
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", forward.local)) != 0


async def _closed(forward: Forward) -> None:
    try:
        assert await said(forward, b"") == b""
    except ConnectionError:
        return


async def test_its_end_closes_what_is_open() -> None:
    async with forwarding() as (forward, node):
        reader, writer = await asyncio.open_connection("127.0.0.1", forward.local)
        assert await reader.readexactly(6) == b"hello "
        forward.end()
        assert await reader.read(-1) == b""
        await until(lambda: node.alive == 0 and forward.over)
        assert forward.open == 0
        writer.close()
