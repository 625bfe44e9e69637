"""Port-forwarding: a port of this machine that leads to a port of a pod, one upstream connection for each local one.

Owns the socket that listens, on 127.0.0.1 only, and what travels. The protocol gives each port two channels, data and
errors, and has no word for the end of one: a side that has said all it wants to say is given a while to be answered.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Final

from tui.client.channels import V4, Channels, opened
from tui.client.kube import KubeClient
from tui.client.log_state import object_path
from tui.core.errors import Problem
from tui.core.text import clean

LOOPBACK: Final = "127.0.0.1"
LINGER: Final = 10.0
"""Seconds without an answer after which a connection ends whose local side has closed."""
_DATA, _ERROR = range(2)
_PORT: Final = 2
"""Bytes of the port's number, that each channel begins with."""
_PIECE: Final = 32 * 1024
_WANTED: Final = "ask for get on pods/portforward (servers from 1.35 on ask create, too)"


class Forward:
    """One local port. What it has done is in its attributes."""

    def __init__(self, kube: KubeClient, key: str, remote: int, *, linger: float = LINGER) -> None:
        self._kube, self.key, self.remote, self._linger = kube, key, remote, linger
        self.local = 0
        self.open = self.total = self.sent = self.received = self.errors = 0
        self.why = ""
        """What went wrong last; empty after a connection that went well."""
        self.over = False
        """It listens no more."""
        self._server: asyncio.Server | None = None
        self._ended = asyncio.Event()
        self._tasks: asyncio.TaskGroup | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def listen(self, local: int) -> Problem | None:
        """Take a port of this machine, any when 0."""
        try:
            self._server = await asyncio.start_server(self._accept, LOOPBACK, local)
        except OSError as error:
            why = error.strerror or str(error)
            return Problem(
                f"cannot listen: {clean(why)}", f"{LOOPBACK}:{local}", "take another local port", code="Port"
            )
        self.local = self._server.sockets[0].getsockname()[1]
        return None

    async def run(self) -> None:
        """Serve until `end` is called, or cancelled: then every connection is closed."""
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                await self._ended.wait()
                for connection in self._connections:
                    connection.cancel()
        finally:
            self.over = True
            if self._server is not None:
                self._server.close()

    def end(self, why: str = "") -> None:
        """Listen no more, and close what is open."""
        self.why = why or self.why
        self._ended.set()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._tasks is None or self._ended.is_set():
            writer.close()
        else:
            connection = self._tasks.create_task(self._serve(reader, writer))
            self._connections.add(connection)
            connection.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open, self.total = self.open + 1, self.total + 1
        try:
            problem = await self._lead(reader, writer)
            if problem is not None:
                self.errors += 1
                self.why = str(problem)
                _reset(writer)
            else:
                self.why = ""
            if problem is not None and problem.status == 404:
                self.end("the pod is gone")
        finally:
            self.open -= 1
            writer.close()

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Problem | None:
        """Both ways, until the pod's side ends or nobody here listens any more."""
        path, query = f"{object_path(self.key)}/portforward", [("ports", self.remote)]
        async with opened(self._kube, path, query, protocols=(V4,), heartbeat=None) as channels:
            if isinstance(channels, Problem):
                return channels if channels.status != 403 else _denied(channels)
            heard = asyncio.Event()
            asked = asyncio.create_task(self._ask(reader, channels, heard))
            answered = asyncio.create_task(self._answer(channels, writer, heard))
            try:
                await asyncio.wait({asked, answered}, return_when=asyncio.FIRST_COMPLETED)
                return answered.result() if answered.done() else asked.result()
            finally:
                for task in (asked, answered):
                    task.cancel()
                await asyncio.gather(asked, answered, return_exceptions=True)

    async def _ask(self, reader: asyncio.StreamReader, channels: Channels, heard: asyncio.Event) -> Problem | None:
        with suppress(ConnectionError):
            while data := await reader.read(_PIECE):
                problem = await channels.send(_DATA, data)
                if problem is not None:
                    return problem
                self.sent += len(data)
        with suppress(TimeoutError):
            while True:
                heard.clear()
                await asyncio.wait_for(heard.wait(), self._linger)
        return None

    async def _answer(self, channels: Channels, writer: asyncio.StreamWriter, heard: asyncio.Event) -> Problem | None:
        told, seen = "", set[int]()
        while True:
            message = await channels.receive()
            if not isinstance(message, tuple):
                return Problem(told, self.key, code="Forward") if told else message
            channel, data = message
            heard.set()
            if channel not in seen:
                seen.add(channel)
                data = data[_PORT:]
            if channel == _ERROR and data:
                told = _short(data.decode("utf-8", "replace"), self.remote)
            elif channel == _DATA and data and not await self._give(writer, data):
                return None

    async def _give(self, writer: asyncio.StreamWriter, data: bytes) -> bool:
        """Whether somebody here takes it."""
        try:
            writer.write(data)
            await writer.drain()
        except ConnectionError:
            return False
        self.received += len(data)
        return True


def _reset(writer: asyncio.StreamWriter) -> None:
    """Hang up so that it is seen: a clean end would look like a short answer."""
    with suppress(OSError):
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _denied(problem: Problem) -> Problem:
    return Problem(problem.what, problem.where, _WANTED, problem.status, problem.code)


def _short(said: str, port: int) -> str:
    """The runtime's message, whose end tells what matters."""
    told = clean(said).strip()
    if "connection refused" in told.lower():
        return f"nothing listens on port {port} of the pod"
    return told[:300]
