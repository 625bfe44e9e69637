"""A port of the loopback that leads to a server, and does to the bytes on their way what a test wants.

Owns listening, links and the faults of each. Below TLS by default: what is flipped there breaks a record, as on a real
wire. With `ends` it ends TLS itself and begins it anew towards the server, so that faults strike the HTTP inside, and
requests can be counted and answered.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from msgspec import Struct

from tests.faults.heads import Asked, Heads
from tui.demo import tls

HOST: Final = "127.0.0.1"
_PIECE: Final = 16384


class Fault(Struct, frozen=True):
    """What happens to one link. Offsets count the bytes towards the client."""

    mute: bool = False
    """Accepted, and never answered."""
    delay: float = 0.0
    """Seconds that each piece is late, both ways."""
    rate: float = 0.0
    """Bytes a second towards the client; 0: as fast as it goes."""
    cut: int | None = None
    """Reset after so many bytes."""
    truncate: int | None = None
    """Closed cleanly after so many bytes."""
    stall: int | None = None
    """After so many bytes no more come, and nothing is closed."""
    corrupt: int | None = None
    """Bits of this byte are others: no digit becomes another digit, and half of the time it is no UTF-8 any more."""


SOUND: Final = Fault()
Plan = Callable[[int], Fault]
"""The fault of the nth link, from 0 on."""
Reply = Callable[[Asked], bytes]
"""What the proxy itself answers to a request; empty: the server does."""


class Ends(Struct, frozen=True):
    """Both ends of TLS."""

    server: ssl.SSLContext
    client: ssl.SSLContext


def ends(certificates: tls.Certificates) -> Ends:
    """Signed by the same authority on both sides: whoever trusts the server trusts the proxy."""
    return Ends(tls.server_context(certificates), ssl.create_default_context(cafile=str(certificates.ca_path)))


class FaultProxy:
    """Listens between `running` and its end. Faults can be changed at any time, for new links and for open ones."""

    def __init__(self, port: int, inside: Ends | None = None, tick: Callable[[], float] = time.monotonic) -> None:
        self._port, self._inside, self._tick = port, inside, tick
        self._links: set[_Link] = set()
        self._server: asyncio.Server | None = None
        self.port = 0
        self.accepted = 0
        self.asked: list[Asked] = []
        """What was asked; only with `inside`."""
        self.plan: Plan = lambda _number: SOUND
        self.reply: Reply = lambda _asked: b""
        self.doom: Callable[[Asked], bool] = lambda _asked: False
        """Whether the link ends with the first piece of the answer; only with `inside`."""
        self.down, self.up = asyncio.Event(), asyncio.Event()
        """Cleared, nothing is passed towards the client, or towards the server; and nothing is closed."""
        self.down.set()
        self.up.set()

    @property
    def open(self) -> int:
        """Links that are."""
        return len(self._links)

    async def listen(self) -> None:
        """Accept links, on the same port as before."""
        context = self._inside.server if self._inside is not None else None
        self._server = await asyncio.start_server(self._serve, HOST, self.port, ssl=context, reuse_address=True)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def refuse(self) -> None:
        """Reset every link, and let the system refuse new ones."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        self.cut()
        await self.ended()

    def cut(self) -> None:
        """Reset every link that is open."""
        for link in list(self._links):
            link.reset()

    def close(self) -> None:
        """End every link that is open as a peer does that has nothing more to say."""
        for link in list(self._links):
            link.close()

    def mute(self) -> None:
        """From now on nothing comes through, on links that are open or new, and nothing is closed."""
        self.plan = lambda _number: Fault(mute=True)
        self.down.clear()
        self.up.clear()

    def heal(self) -> None:
        """Everything comes through again; links that were mute from their beginning are reset."""
        self.plan = lambda _number: SOUND
        self.reply = lambda _asked: b""
        self.doom = lambda _asked: False
        self.down.set()
        self.up.set()
        for link in list(self._links):
            if link.fault.mute:
                link.reset()

    async def restore(self) -> None:
        """Heal, and listen where it refused."""
        self.heal()
        if self._server is None:
            await self.listen()

    async def ended(self) -> None:
        """Wait until no link is left."""
        await asyncio.gather(*[link.ended.wait() for link in self._links])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = _Link(self, self.plan(self.accepted), reader, writer)
        self.accepted += 1
        self._links.add(link)
        try:
            await link.run(self._port, self._inside)
        finally:
            self._links.discard(link)
            link.ended.set()

    def _note(self, asked: Asked) -> bytes:
        self.asked.append(asked)
        return self.reply(asked)


class _Link:
    """One connection of a client and the one to the server behind it."""

    def __init__(
        self, proxy: FaultProxy, fault: Fault, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._proxy, self.fault, self._reader, self._writer = proxy, fault, reader, writer
        self.ended = asyncio.Event()
        self._passed = 0
        self._doomed = False
        self._task = asyncio.current_task()

    def reset(self) -> None:
        """End it as a lost connection does: with a reset, not with a goodbye."""
        _reset(self._writer)
        if self._task is not None:
            self._task.cancel()

    def close(self) -> None:
        """End it politely."""
        if self._task is not None:
            self._task.cancel()

    async def run(self, port: int, inside: Ends | None) -> None:
        """Pass bytes until one side ends, or the fault does."""
        far: asyncio.StreamWriter | None = None
        try:
            if self.fault.mute:
                await asyncio.Event().wait()
            context = inside.client if inside is not None else None
            back, far = await asyncio.open_connection(HOST, port, ssl=context)
            await self._both(back, far, inside is not None)
        except asyncio.CancelledError:
            pass  # reset
        except (OSError, EOFError):
            _reset(self._writer)
        finally:
            if far is not None:
                far.transport.abort()
            if self.fault.cut is not None:
                _reset(self._writer)
            self._writer.close()

    async def _both(self, back: asyncio.StreamReader, far: asyncio.StreamWriter, seen: bool) -> None:
        """Until either direction ends."""
        pumps = [asyncio.create_task(self._upward(far, seen)), asyncio.create_task(self._downward(back))]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            for found in await asyncio.gather(*pumps, return_exceptions=True):
                if isinstance(found, Exception) and not isinstance(found, OSError | EOFError):
                    raise found

    async def _upward(self, far: asyncio.StreamWriter, seen: bool) -> None:
        heads = Heads()
        while data := await self._reader.read(_PIECE):
            await self._proxy.up.wait()
            await self._late()
            for asked, piece in heads.feed(data, self._proxy._tick()) if seen else [(None, data)]:
                reply = self._proxy._note(asked) if asked is not None else b""
                self._doomed = self._doomed or (asked is not None and self._proxy.doom(asked))
                (self._writer if reply else far).write(reply or piece)
            await far.drain()

    async def _downward(self, back: asyncio.StreamReader) -> None:
        while data := await back.read(self._piece()):
            await self._proxy.down.wait()
            await self._late()
            left = self._left()
            self._writer.write(self._flipped(data if left is None else data[:left]))
            self._passed += len(data)
            await self._writer.drain()
            if self._doomed:
                return
            if left is not None and len(data) >= left:
                await self._end()
                return
            if self.fault.rate:
                await asyncio.sleep(len(data) / self.fault.rate)

    async def _end(self) -> None:
        """What is planned for the end of what is passed: silence, or the end of the link."""
        if self.fault.stall is not None:
            await asyncio.Event().wait()

    async def _late(self) -> None:
        if self.fault.delay:
            await asyncio.sleep(self.fault.delay)

    def _piece(self) -> int:
        return max(1, int(self.fault.rate / 50)) if self.fault.rate else _PIECE

    def _left(self) -> int | None:
        """Bytes until the end that is planned."""
        fault = self.fault
        at = next((each for each in (fault.cut, fault.truncate, fault.stall) if each is not None), None)
        return None if at is None else max(0, at - self._passed)

    def _flipped(self, data: bytes) -> bytes:
        at = -1 if self.fault.corrupt is None else self.fault.corrupt - self._passed
        flipped = 0x10 if at % 2 else 0x90
        return data if not 0 <= at < len(data) else data[:at] + bytes([data[at] ^ flipped]) + data[at + 1 :]


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close without a goodbye: what was not sent yet is dropped, and the peer is told so."""
    if not writer.transport.is_closing():
        sock = writer.get_extra_info("socket")
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def between(
    url: str, certificates: tls.Certificates | None = None, tick: Callable[[], float] = time.monotonic
) -> AsyncIterator[FaultProxy]:
    """A proxy in front of the server at `url`; with its certificates it sees the HTTP inside."""
    inside = ends(certificates) if certificates is not None else None
    proxy = FaultProxy(int(url.rpartition(":")[2]), inside, tick)
    await proxy.listen()
    try:
        yield proxy
    finally:
        await proxy.refuse()


def server_of(kubeconfig: Path) -> str:
    """The server that a kubeconfig of the tests names."""
    return kubeconfig.read_text("utf-8").split("server: ", 1)[1].split("\n", 1)[0].strip("'\" ")


def kubeconfig_through(proxy: FaultProxy, source: Path, target: Path) -> Path:
    """A copy of a kubeconfig that leads through the proxy."""
    text = source.read_text("utf-8").replace(server_of(source), f"https://{HOST}:{proxy.port}")
    target.touch(0o600)
    target.write_text(text, "utf-8")
    return target
